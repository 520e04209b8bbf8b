"""The door's small pure parts: what is read out of an issue, what a hash is made of, what stands in our comments."""

from __future__ import annotations

import pytest

from waypost.create.door.asked import is_request, repository_name
from waypost.create.door.digest import plain
from waypost.create.door.words import STATUS, Command, command, first_line, ours, words_of
from waypost.forge.desk import Comment, Issue, Person
from waypost.golden.effects import FilesPushed, Hidden, SecretSet
from waypost.golden.forms import LABEL
from waypost.golden.tree import File

US = Person("waypost[bot]", True)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("/approve", Command("approve")),
        ("/Approve  \nThank you", Command("approve")),
        ("/approve `ABC123d`", Command("approve", "abc123d")),
        ("/retry\r\nplease", Command("retry")),
        ("/cancel", Command("cancel")),
    ],
)
def test_command_is_the_first_line(body, found):
    assert command(body) == found


@pytest.mark.parametrize(
    "body",
    [
        *("", "\n/approve", "/ approve", "/approve abc", "/approve abc123 def456", "/approve-it"),
        *(f"/approve{end}but not yet" for end in "\u2028\u2029\x0b\x0c\x1c\x85"),  # no line ends to a reader
    ],
)
def test_anything_else_is_talk(body):
    assert command(body) is None


def test_words_of_our_hidden_line_are_read_back():
    line = first_line(STATUS, "failed", "abc123", "2026-01-02T03:04:05Z")
    assert words_of(Comment(1, US, f"{line}\nText")) == ["failed", "abc123", "2026-01-02T03:04:05Z"]
    assert words_of(Comment(1, US, f"Text {line}")) == []
    assert words_of(None) == []


def test_comment_with_our_hidden_line_is_ours_only_when_we_wrote_it():
    line = f"{first_line(STATUS, 'created')}\nText"
    forged, mine = Comment(1, Person("eve"), line), Comment(2, US, line)
    assert ours([forged, mine], "Waypost[bot]", STATUS) == mine
    assert ours([forged], US.login, STATUS) is None


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("acme/pay", "pay"),
        ("pay", "pay"),
        ("github.com?owner=acme&repo=pay", "pay"),
        ("github.com?owner=acme", ""),
    ],
)
def test_name_of_the_repository_is_read_from_what_people_write(answer, name):
    assert repository_name(answer) == name


@pytest.mark.parametrize(
    ("body", "labels", "asks"),
    [
        pytest.param("anything", (LABEL,), True, id="labelled"),
        pytest.param("### Template\n\nnote\n\n### Name\n\npay", (), True, id="written by a form"),
        pytest.param("### Template\n\n../../etc", (), False, id="a path is no template"),
        pytest.param("It breaks", ("bug",), False, id="another issue"),
    ],
)
def test_request_is_known_by_its_label_or_by_its_form(body, labels, asks):
    assert is_request(Issue(1, "", body, Person("ana"), labels=labels)) is asks


def test_hash_is_made_of_the_content_of_files():
    def push(data):
        return FilesPushed(step="s", repository="a/b", branch="main", files={"x": File(data)}, message="m")

    assert plain(push(b"1")) == plain(push(b"1"))
    assert plain(push(b"1")) != plain(push(b"2"))


def test_hash_knows_no_secret():
    secret = SecretSet(step="s", repository="a/b", name="KEY", value=Hidden("hunter22"))
    assert "hunter22" not in str(plain(secret))


def test_hash_is_the_same_whatever_the_order_of_a_set():
    assert plain({"b", "a", "c"}) == plain({"c", "b", "a"})
