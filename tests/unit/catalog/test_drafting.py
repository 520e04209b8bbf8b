"""Drafted descriptors: what they say, and that our own check takes every one of them."""

from __future__ import annotations

import itertools

import pytest

from waypost.catalog.coverage import infer
from waypost.catalog.describe import describe
from waypost.catalog.drafting import FILE, draft
from waypost.catalog.entities import Evidence, Repository, Snapshot
from waypost.catalog.files import Blob, Files, Touch

ROOTS = {
    "nothing": (),
    "service": ("Dockerfile", "go.mod"),
    "module": ("main.tf", "variables.tf"),
    "docs": ("docs/", "mkdocs.yml"),
    "one api": ("openapi.yaml",),
    "many apis": ("asyncapi.json", "schema.graphql", "swagger.yml", "service.proto"),
}
OWNERS = {
    "nobody": (),
    "team": ("@acme/payments",),
    "person": ("@ada",),
    "address": ("ada@acme.example",),
    "odd": ("@acme/x: *y",),
}
TEXTS = {
    "plain": ("pay", "Takes money."),
    "long": ("a" * 90, "word " * 100),
    "odd": ("_.weird--name._", '# {{ no }}: "quoted" | *bold*\n- yes: @all \u202e ${{ x }} %TAG'),
    "number": ("007", "0x1F"),
    "word": ("yes", "null"),
}


def drafted(root=(), owners=(), name="pay", text="", taken=(), **facts):
    repository = Repository(7, "acme", name, head="c" * 40, description=text, **facts)
    return draft(repository, infer(Snapshot(repository, evidence=Evidence(owners, root))), taken)


def checked(repository_name, text, root):
    """Describe a repository that holds a draft, by our own rules."""
    repository = Repository(7, "acme", repository_name, head="c" * 40)
    texts = {FILE: text} | {name: "{}\n" for name in root if not name.endswith("/")}
    files = Files(folders={"": tuple(root)})
    for _ in range(9):
        answer = describe(repository, files)
        if isinstance(answer, Snapshot):
            return answer
        blobs = {path: Blob("b" * 40, texts[path], 9) if path in texts else None for path in answer.paths}
        files = files.add(Files(blobs, {}, dict.fromkeys(answer.touches, Touch("c" * 40, ""))))
    raise AssertionError("it never ended")


@pytest.mark.parametrize(
    ("root", "owners", "words"),
    [
        pytest.param(root, owners, words, id=f"{one}, {two}, {three}")
        for (one, root), (two, owners), (three, words) in itertools.product(
            ROOTS.items(), OWNERS.items(), TEXTS.items()
        )
    ],
)
def test_every_draft_is_valid(root, owners, words):
    name, text = words
    found = drafted(root, owners, name, text, language="Jupyter Notebook", topics=("a--b", "x"))
    snapshot = checked(name, found.text, root)
    assert snapshot.problems == ()
    assert [entity.kind for entity in snapshot.entities] == ["Component"] + ["API"] * len(found.guess.definitions)


def test_a_broken_descriptor_would_be_noticed_here():
    assert checked("pay", drafted().text.replace("owner:", "owners:"), ()).problems


def test_a_draft_says_what_was_found():
    text = drafted(("mkdocs.yml", "openapi.yaml", "Dockerfile"), ("@acme/payments",), text="Takes money.").text
    for line in (
        "  description: Takes money.",
        "    github.com/project-slug: acme/pay",
        "    backstage.io/techdocs-ref: dir:.",
        "  owner: payments",
        "  type: service",
        '    $text: "./openapi.yaml"',
    ):
        assert line in text.splitlines()


def test_a_draft_without_documentation_names_none():
    text = drafted(("README.md",)).text
    assert "techdocs" not in text
    assert "kind: API" not in text


def test_an_owner_that_nothing_tells_is_left_to_people():
    assert "owner: unknown # nothing tells: name a team here\n" in drafted().text
    assert "# nothing tells" in drafted(owners=("ada@acme.example",)).text
    assert "#" not in drafted(owners=("@acme/payments",)).text


def test_a_draft_takes_no_name_that_is_taken():
    assert drafted(taken={"component:default/pay"}, root=("Dockerfile",)).name == "pay-service"
    assert drafted(taken={"api:default/pay"}, root=("openapi.yaml",)).name == "pay-component"
    assert drafted(taken={"api:default/pay"}).name == "pay"
    every = {"component:default/pay", "component:default/pay-component", "component:default/pay-repository"}
    assert drafted(taken=every).name == ""
