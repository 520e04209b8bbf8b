"""An archive that anybody could have made becomes {path: bytes} in memory, or is refused whole. Writes no file.

What is inside a file is not looked at here: `docs.central` believes none of it.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence

# A site of a thousand pages with pictures has a tenth of each.
MOST_ARCHIVE_BYTES = 50 * 1024 * 1024
MOST_FILES = 5_000
MOST_BYTES = 100 * 1024 * 1024  # unpacked, all together
MOST_FILE_BYTES = 25 * 1024 * 1024
MOST_RATIO = 200  # unpacked to packed; the text of pages packs to a tenth
_SMALL_BYTES = 1024 * 1024  # so little may pack as well as it likes
_MOST_NAME = 500
_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30  # bytes before its name
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError)


class NotUnpacked(ValueError):
    """The archive is refused; the text says why."""


def unpack(archive: bytes) -> dict[str, bytes]:
    """Return the files of a zip archive; raise NotUnpacked for what no upload of a site looks like."""
    if len(archive) > MOST_ARCHIVE_BYTES:
        raise NotUnpacked(f"the archive has more than {_megabytes(MOST_ARCHIVE_BYTES)}")
    # before anything reads the list of entries; in the content of files these bytes are rare
    if archive.count(_ENTRY) > MOST_FILES:
        raise NotUnpacked(f"the archive has more than {MOST_FILES:,} files")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            _check_together(entries, opened.start_dir)
            files = {entry.filename: _read(opened, entry) for entry in entries if not entry.is_dir()}
    except NotUnpacked:
        raise
    except _BROKEN as error:
        raise NotUnpacked(f"the archive is broken: {error}") from error
    _check_folders(files)
    return dict(sorted(files.items()))


def _check_together(entries: Sequence[zipfile.ZipInfo], end: int) -> None:
    """Look at what the list of entries says, before one byte is unpacked."""
    for entry in entries:
        _check(entry)
    names = [entry.filename for entry in entries]
    if twice := _first_twice(names):
        raise NotUnpacked(f'"{twice}" is in the archive twice')
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if total > MOST_BYTES:
        raise NotUnpacked(f"the files have more than {_megabytes(MOST_BYTES)} together")
    if total > _SMALL_BYTES and total > MOST_RATIO * packed:
        raise NotUnpacked(f"the files pack to less than a {MOST_RATIO}th of their size, as no site does")
    _check_places(entries, end)


def _check(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if why := _wrong_name(name):
        raise NotUnpacked(f"{_shown(name)} {why}")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise NotUnpacked(f"{_shown(name)} is a {'link' if kind == stat.S_IFLNK else 'special file'}")
    if entry.flag_bits & _ENCRYPTED:
        raise NotUnpacked(f"{_shown(name)} is encrypted")
    if entry.compress_type not in _PACKED:
        raise NotUnpacked(f"{_shown(name)} is packed by method {entry.compress_type}; a zip of GitHub deflates")
    if entry.file_size > (0 if entry.is_dir() else MOST_FILE_BYTES):
        raise NotUnpacked(f"{_shown(name)} has more than {_megabytes(0 if entry.is_dir() else MOST_FILE_BYTES)}")


def _wrong_name(name: str) -> str:
    """Say what is wrong with a name; "" when it lies below the archive's top wherever that is put."""
    if len(name.encode("utf-8", "surrogatepass")) > _MOST_NAME:
        return f"has a name of more than {_MOST_NAME} bytes"
    if not name.isprintable() or "\\" in name or ":" in name:
        return "has a name that not every system can hold"
    if any(part in ("", ".", "..") for part in name.removesuffix("/").split("/")):
        return "leads out of its folder"
    return ""


def _first_twice(names: Iterable[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _check_places(entries: Sequence[zipfile.ZipInfo], end: int) -> None:
    """Raise when two entries share bytes: that is how a small archive holds what no disk can."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    limits = [*(entry.header_offset for entry in ordered), end][1:]
    for entry, limit in zip(ordered, limits, strict=True):
        least = _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
        if entry.header_offset < 0 or entry.header_offset + least > limit:
            raise NotUnpacked(f"{_shown(entry.filename)} shares bytes with another entry")


def _read(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with opened.open(entry) as file:
        data = file.read(entry.file_size + 1)  # one more than there is: only at its end the checksum is looked at
    if len(data) != entry.file_size:
        raise NotUnpacked(f"{_shown(entry.filename)} is not as long as the archive says")
    return data


def _check_folders(files: Iterable[str]) -> None:
    names = set(files)
    for name in names:
        above = name.rpartition("/")[0]
        while above:
            if above in names:
                raise NotUnpacked(f"{_shown(above)} is a file and a folder")
            above = above.rpartition("/")[0]


def _shown(name: str) -> str:
    """A name that may hold anything, as a line of text."""
    return ascii(name if len(name) <= 100 else f"{name[:100]}...")


def _megabytes(bytes: int) -> str:
    return f"{bytes // 2**20} MB"
