"""Archives of all kinds: what GitHub makes is unpacked, what an attacker makes is refused before it does anything."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile

import pytest

from waypost.docs import unpack as module
from waypost.docs.unpack import NotUnpacked, unpack


def archive(files, method=zipfile.ZIP_DEFLATED, mode=0o644 | stat.S_IFREG):
    """Write (name, data) or a dict into a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as out:
        for name, data in files.items() if isinstance(files, dict) else files:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            entry.external_attr = mode << 16
            out.writestr(entry, data)
    return made.getvalue()


def streamed(files):
    """As actions/upload-artifact writes it: sizes come after the data."""

    class Pipe(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise io.UnsupportedOperation

    made = Pipe()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            with out.open(name, "w") as file:
                file.write(data)
    return made.getvalue()


def patched(data, signature, offset, value):
    """Change a field of the first record with that signature."""
    at = data.index(signature) + offset
    return data[:at] + value + data[at + len(value) :]


def central(data, offset, value):
    return patched(data, b"PK\x01\x02", offset, value)


def refused(data, words):
    with pytest.raises(NotUnpacked) as caught:
        unpack(data)
    assert words in str(caught.value)


@pytest.mark.parametrize("write", [archive, streamed])
def test_a_site_comes_back_as_it_was_packed(write):
    files = {
        "index.html": b"<p>hello</p>",
        "images/ö.png": b"\x89PNG\0",
        "empty.txt": b"",
        "zz/deep/er.txt": b"x" * 9000,
    }
    assert unpack(write(files)) == files


def test_folders_are_no_files():
    assert unpack(archive([("guide/", b""), ("guide/index.html", b"x")])) == {"guide/index.html": b"x"}


def test_an_archive_of_nothing_holds_nothing():
    assert unpack(archive({})) == {}


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/passwd", "a//b", "./x", "a/./b", "..\\x", "C:/x", "C:\\x", "a\nb", "a\0b", "..", "x:y"],
)
def test_no_name_leads_elsewhere(name):
    shown = archive({"a" * len(name): b"x"}).replace(b"a" * len(name), name.encode())
    refused(shown, "name" if {"\\", ":", "\n", "\0"} & set(name) else "leads out of its folder")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_only_plain_files_are_unpacked(kind):
    refused(archive({"x": b"/etc/passwd"}, mode=kind | 0o777), "is a")


def test_a_name_comes_once():
    with pytest.warns(UserWarning, match="Duplicate"):
        data = archive([("index.html", b"one"), ("index.html", b"two")])
    refused(data, "twice")


def test_a_file_is_no_folder():
    refused(archive({"a": b"file", "a/b": b"file"}), "is a file and a folder")


def test_an_encrypted_file_is_refused():
    refused(central(archive({"x": b"x"}), 8, struct.pack("<H", 1)), "encrypted")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_what_github_writes_is_unpacked(method):
    refused(archive({"x": b"x" * 100}, method), "packed by method")


def test_too_many_files_are_refused_before_they_are_listed():
    data = archive({str(number): b"" for number in range(100_000)}, zipfile.ZIP_STORED)
    tracemalloc.start()
    refused(data, "more than 5,000 files")
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


def test_as_many_files_as_are_allowed_are_unpacked():
    assert len(unpack(archive({f"{number}.txt": b"" for number in range(module.MOST_FILES)}))) == module.MOST_FILES


def test_a_bomb_is_refused_by_what_it_says_of_itself():
    refused(archive({"x.txt": b"\0" * (20 * 2**20)}), "pack to less than")


def test_many_small_bombs_are_one():
    data = archive({f"{number}.txt": bytes(2**20) for number in range(24)})
    refused(data, "pack to less than")


def test_one_file_has_its_own_limit(monkeypatch):
    monkeypatch.setattr(module, "MOST_FILE_BYTES", 1000)
    refused(archive({"x.txt": bytes(1001)}), "'x.txt' has more than")


def test_all_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 2000)
    refused(archive({"a.txt": bytes(1001), "b.txt": bytes(1001)}), "together")


def test_the_archive_itself_has_a_limit(monkeypatch):
    monkeypatch.setattr(module, "MOST_ARCHIVE_BYTES", 100)
    refused(archive({"a.txt": b"x" * 101}, zipfile.ZIP_STORED), "the archive has more than")


def test_a_bomb_that_lies_about_its_size_brings_no_more_than_it_says():
    data = archive({"x.txt": bytes(2**20)})
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        data = patched(data, signature, offset, struct.pack("<I", 10))
    refused(data, "broken")


def test_a_file_shorter_than_it_says_is_refused():
    data = archive({"x.txt": b"abc"}, zipfile.ZIP_STORED)
    refused(central(data, 24, struct.pack("<I", 10)), "'x.txt'")


def test_entries_that_share_their_bytes_are_refused():
    """One stored kernel, and a second entry of the list that points at it again (the way of a 42 MB bomb)."""
    data = archive({"a.txt": b"k" * 1000, "b.txt": b"k" * 1000}, zipfile.ZIP_STORED)
    second = data.rindex(b"PK\x01\x02")
    data = data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]
    refused(data, "shares bytes")


def test_an_entry_may_not_reach_into_the_list_of_entries():
    data = archive({"a.txt": b"k" * 100}, zipfile.ZIP_STORED)
    data = central(data, 20, struct.pack("<II", 5000, 5000))
    refused(data, "shares bytes")


def test_a_wrong_checksum_is_found():
    data = archive({"a.txt": b"k" * 100}, zipfile.ZIP_STORED)
    refused(data.replace(b"k" * 100, b"j" * 100), "broken")


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\x05\x06", b"not an archive", b"<html></html>" * 100, archive({"a.txt": b"abc"})[:-30]],
    ids=["empty", "cut", "a mark only", "text", "a page", "without its end"],
)
def test_what_is_no_archive_is_refused_in_words(data):
    refused(data, "the archive is broken")


def test_the_name_in_the_list_and_beside_the_data_are_the_same():
    data = archive({"a.txt": b"abc"})
    refused(patched(data, b"PK\x03\x04", 30, b"b.txt"), "broken")


def test_a_long_or_strange_name_cannot_spoil_the_message():
    with pytest.raises(NotUnpacked) as caught:
        unpack(archive({"../" + "x" * 300: b""}))
    assert len(str(caught.value)) < 200
    with pytest.raises(NotUnpacked) as caught:
        unpack(archive({"../\u202e\x1b[31m": b""}))
    assert str(caught.value).isprintable()
