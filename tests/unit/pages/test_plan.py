"""A plan says what one commit would do: nothing that is so already, nothing that is not ours."""

from __future__ import annotations

import subprocess

import pytest

from waypost.pages.custom import BEGIN, END, keep
from waypost.pages.plan import SUBJECT, blob_id, message, plan, show

FILES = {
    "README.md": "front\n",
    "entities/component/default/aa/pay.yaml": "name: pay\n",
    "pages/component/default/aa/pay.md": "# pay\n",
    "waypost.yaml": "people: yes\n",
    "registrations/teams.yaml": "people: too\n",
}
HEAD = {path: blob_id(text.encode()) for path, text in FILES.items()}


def planned(rendered, full=False, head=HEAD, files=FILES):
    return plan(rendered.items(), head, files.__getitem__, full)


def test_blob_id_is_gits(tmp_path):
    text = "grüße\r\n".encode()
    out = subprocess.run(["git", "hash-object", "--stdin"], input=text, capture_output=True, check=True, cwd=tmp_path)
    assert blob_id(text) == out.stdout.decode().strip()


def test_what_the_head_says_already_is_no_change():
    rendered = {path: text for path, text in FILES.items() if not path.endswith("s.yaml") and path != "waypost.yaml"}
    assert not planned(rendered, full=True)
    assert planned(rendered, full=True).message == ""


def test_changed_new_and_removed_files_are_told_apart():
    found = planned({"README.md": "other\n", "pages/new.md": "new\n", "pages/component/default/aa/pay.md": None})
    assert found.changes == {
        "README.md": b"other\n",
        "pages/component/default/aa/pay.md": None,
        "pages/new.md": b"new\n",
    }
    assert found.added == {"pages/new.md"}
    assert found.size == 10


def test_partial_plan_leaves_what_was_not_rendered():
    assert planned({"README.md": "front\n"}).changes == {}


def test_full_plan_removes_what_is_ours_and_was_not_rendered_and_nothing_of_people():
    found = planned({"README.md": "front\n"}, full=True)
    assert set(found.changes) == {"entities/component/default/aa/pay.yaml", "pages/component/default/aa/pay.md"}
    assert set(found.changes.values()) == {None}


def test_removing_what_is_not_there_is_no_change():
    assert not planned({"pages/none.md": None})


@pytest.mark.parametrize(
    "path",
    [
        "waypost.yaml",
        "registrations/x.yaml",
        ".github/workflows/x.yml",
        "pagesx/a.md",
        "../README.md",
        "docs/README.md",
    ],
)
def test_file_of_people_is_never_written(path):
    with pytest.raises(ValueError, match="not a generated file"):
        planned({path: "x"})


def test_human_text_survives_byte_for_byte():
    human = "\r\n\tKeep *this*, & that <b>…\r\n  trailing  \n\n"
    old = f"old\n{BEGIN}{human}{END}\nold end\n"
    new = f"new\n{BEGIN}\n{END}\nnew end\n"
    files = {"README.md": old}
    found = planned({"README.md": new}, head={"README.md": blob_id(old.encode())}, files=files)
    assert found.changes["README.md"] == f"new\n{BEGIN}{human}{END}\nnew end\n".encode()
    again = {"README.md": found.changes["README.md"].decode()}
    head = {"README.md": blob_id(found.changes["README.md"])}
    assert not planned({"README.md": new}, head=head, files=again)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        pytest.param("a", "b", "b", id="no region"),
        pytest.param(f"{BEGIN}x{END}", "b\n", f"b\n\n{BEGIN}x{END}\n", id="the new page has no place for it"),
        pytest.param(
            f"{BEGIN}x{END}{BEGIN}y{END}",
            f"n{BEGIN}{END}m",
            f"n{BEGIN}x{END}m\n{BEGIN}y{END}\n",
            id="one more than before",
        ),
        pytest.param(f"a{BEGIN}x", f"n{BEGIN}{END}m", f"n{BEGIN}x{END}m", id="the end was removed"),
        pytest.param(f"{BEGIN}x{END}", f"n{BEGIN}{END}m{BEGIN}z{END}", f"n{BEGIN}x{END}m{BEGIN}z{END}", id="one fewer"),
        pytest.param(f"{END}{BEGIN}x{END}", f"{BEGIN}{END}", f"{BEGIN}x{END}", id="a stray end"),
    ],
)
def test_regions_find_their_place(old, new, kept):
    assert keep(old, new) == kept


@pytest.mark.parametrize(
    ("changes", "added", "said"),
    [
        pytest.param({"pages/a.md": b""}, (), "Refresh 1 page", id="pages only"),
        pytest.param({"pages/a.md": b"", "README.md": b""}, (), "Refresh 2 pages", id="more pages"),
        pytest.param({"entities/api/default/aa/pay.yaml": b""}, (), "Update pay", id="one entity"),
        pytest.param(
            {f"entities/api/default/aa/{name}.yaml": b"" for name in ("pay", "cart", "z1", "z2")},
            (),
            "Update pay, cart and 2 more",
            id="several",
        ),
        pytest.param(
            {
                "entities/api/default/aa/a.yaml": b"",
                "entities/api/default/aa/b.yaml": b"",
                "entities/api/default/aa/c.yaml": None,
            },
            ("entities/api/default/aa/a.yaml",),
            "Add a, update b, remove c",
            id="all three",
        ),
    ],
)
def test_message_says_in_words_what_changes(changes, added, said):
    assert message(changes, added).partition("\n")[0] == said


def test_subject_fits_whatever_the_names():
    names = ["n" * 60 + str(number) for number in range(30)]
    changes = {f"entities/api/default/aa/{name}.yaml": b"" for name in names}
    subject = message(changes).partition("\n")[0]
    assert subject == "Update 30 entities"
    assert len(subject) <= SUBJECT


def test_dry_run_shows_a_summary_and_a_unified_diff():
    found = planned({"README.md": "other\n", "pages/new.md": "new\n", "entities/component/default/aa/pay.yaml": None})
    assert list(show(found, FILES.__getitem__)) == [
        "Remove pay",
        "1 to add, 1 to update, 1 to remove",
        "",
        "--- a/README.md",
        "+++ b/README.md",
        "@@ -1 +1 @@",
        "-front",
        "+other",
        "",
        "--- a/entities/component/default/aa/pay.yaml",
        "+++ /dev/null",
        "@@ -1 +0,0 @@",
        "-name: pay",
        "",
        "--- /dev/null",
        "+++ b/pages/new.md",
        "@@ -0,0 +1 @@",
        "+new",
    ]
    assert list(show(planned({}), FILES.__getitem__)) == ["Nothing to change."]
