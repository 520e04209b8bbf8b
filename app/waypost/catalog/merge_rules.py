"""The rules by which a registration merges by itself: a list of rules as data, and what each refuses, in words.

Narrow on purpose: whatever is not clearly fine asks a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from waypost.catalog.catalog import Catalog
from waypost.catalog.entities import Entity
from waypost.catalog.impact import stated_owner
from waypost.catalog.merge_request import Case, File
from waypost.catalog.ownership import login_of, member_in, other_names, team_of, team_slug, titles
from waypost.catalog.people import People
from waypost.catalog.problems import Severity

FOLDER = "registrations/"
MOST_FILES = 20
NAMED = 5  # things that one refusal lists
NO_BLOCK = "[noblock]"
_DESCRIPTOR = re.compile(rf"{FOLDER}.+\.ya?ml")
_MIGHTY = frozenset({"Template", "Location"})
_GOOD = frozenset({"success", "neutral", "skipped"})


class Rule(NamedTuple):
    """One condition: what must hold, in words for the documentation, and what speaks against it."""

    id: str
    words: str
    check: Callable[[Case], Iterator[str]]


def _switched_on(case: Case) -> Iterator[str]:
    if not case.merging.is_on:
        yield "Nothing merges by itself here. `registrations.merge` in waypost.yaml would allow it."


def _known_author(case: Case) -> Iterator[str]:
    author, people, teams = case.request.author, case.people, case.merging.teams
    if case.request.fork not in ("", author.lower()):
        yield f"Its commits come from a fork of `{case.request.fork}`, who may push anything there. Use your own fork."
    if case.request.is_bot:
        yield f"`{author}` is a bot. A person must merge what bots propose."
    elif people is None:
        yield "The organisation's teams and members could not be read, so nobody is known. A person must merge it."
    elif "*" in teams and author.lower() in people.members:
        return
    elif not any(author.lower() in _members(people, slug) for slug in teams):
        wanted = "the organisation" if "*" in teams else f"the teams {_listed(teams)}"
        yield f"`{author}` is not a member of {wanted}. A member must propose it, or a person merge it."


def _into_default(case: Case) -> Iterator[str]:
    if case.request.base != case.request.default_branch:
        yield f"It goes to the branch `{case.request.base}`. Aim it at `{case.request.default_branch}`."


def _as_checked(case: Case) -> Iterator[str]:
    if case.request.head != case.request.checked:
        now, then = case.request.head[:7], case.request.checked[:7]
        yield f"Its head is {now} by now, and {then} was checked. It is looked at again by itself."


def _no_draft(case: Case) -> Iterator[str]:
    if case.request.is_draft:
        yield "It is a draft. Mark it ready for review."


def _expected_files(case: Case) -> Iterator[str]:
    files = case.request.files
    if files is None:
        yield "It touches more files than GitHub lists. Split it."
        return
    odd = [one.path for one in files if one.status != "removed" and not _is_descriptor(one)]
    odd = [path for path in odd if path not in case.request.generated]  # said by its own rule
    if odd:
        yield f"It touches {_listed(odd)}: only YAML files below {FOLDER} merge by themselves. Take the rest out."
    if len(files) > MOST_FILES:
        yield f"It touches {len(files)} files; at most {MOST_FILES} merge by themselves. Split it."
    if not files:
        yield "It touches no file, so there is nothing to merge."
    if case.request.silent:
        yield f"{_listed(case.request.silent)} describes nothing that the catalog shows. A person must look at it."


def _is_descriptor(file: File) -> bool:
    return all(_DESCRIPTOR.fullmatch(path) for path in (file.path, file.before or file.path))


def _nothing_removed(case: Case) -> Iterator[str]:
    gone = [one.path for one in case.request.files or () if one.status == "removed"]
    if gone:
        yield f"It removes {_listed(gone)}. A person must agree to that."
    if lost := [loss.ref for loss in case.impact.removed]:
        yield f"It takes {_listed(lost)} out of the catalog. A person must agree to that."


def _nothing_generated(case: Case) -> Iterator[str]:
    if case.request.generated:
        yield f"It edits {_listed(case.request.generated)}, which Waypost writes. Take that out."


def _valid(case: Case) -> Iterator[str]:
    errors = [one for one in case.request.problems if one.severity is Severity.ERROR and one.id != "name-taken"]
    if errors:
        places = [f"{one.file}:{one.line}" if one.line else one.file for one in errors]
        yield f"There are errors in {_listed(dict.fromkeys(places))}. Mend them; the check names each."


def _name_free(case: Case) -> Iterator[str]:
    for one in case.request.problems:
        if one.id == "name-taken":
            yield f"{one.message} Pick another name, or hand it over in waypost.yaml."
    somebody = [ref for ref in _concerned(case) if case.impact.after.entities[ref].kind in ("Group", "User")]
    if (
        somebody and case.people is not None and case.impact.after.people is None
    ):  # an answer would tell the public who is a member
        yield f"In a public catalog a person must say who {_listed(somebody)} is on GitHub."
        return
    for ref in somebody:
        if taken := _taken(case, case.impact.after.entities[ref]):
            yield f"`{ref}` would answer for {_listed(taken)}, who is somebody else on GitHub. Pick another name."


def _taken(case: Case, entity: Entity) -> list[str]:
    """Return the members and teams that a group or user is called like but does not stand for."""
    people, organisation = case.people, case.impact.after.organisation
    own = {login_of(entity), team_slug(entity, organisation)}
    if people is None or own == {""}:  # that it stands for nobody, the rule of ownership says
        return []
    called = (*other_names(entity, organisation), *titles(entity))
    names = {ref.rpartition("/")[2].removeprefix("@") for ref in called}
    return sorted(names.intersection((*people.members, *people.teams)) - own)


def _new_indeed(case: Case) -> Iterator[str]:
    for one in case.request.lookalikes[:NAMED]:
        yield f"`{one.ref}` looks like `{one.other}`. A person must say that they are two things."


def _only_described(case: Case) -> Iterator[str]:
    found = [ref for ref in _concerned(case) if case.impact.after.entities[ref].kind in _MIGHTY]
    if found:
        yield f"It registers {_listed(found)}: a person must look at what makes repositories or leads to other files."


def _owner_exists(case: Case) -> Iterator[str]:
    after = case.impact.after
    for ref in _concerned(case):
        if not _owners(ref, after):
            stated = stated_owner(after, ref)
            said = f"`{stated}` does not exist" if stated else "nobody is named"
            yield f"`{ref}` needs an owner and {said}. Name a team or person of the organisation in spec.owner."


def _owned_by_author(case: Case) -> Iterator[str]:
    author = case.request.author
    before, after, concerned = case.impact.before, case.impact.after, _concerned(case)
    old = [ref for ref in (*concerned, *(loss.ref for loss in case.impact.lost)) if ref in before.entities]
    for refs, catalog, when in ((old, before, "before"), (concerned, after, "after")):
        for ref in refs:
            owner = _owners(ref, catalog)
            if owner and not _belongs(author, owner, catalog):
                yield f"`{author}` does not belong to `{owner}`, who owns `{ref}` {when} this. Its owner must merge it."


def _nothing_breaks(case: Case) -> Iterator[str]:
    for loss in case.impact.lost:
        if loss.users:
            users = _listed([user.ref for user in loss.users])
            yield f"`{loss.ref}` goes, and {users} still name it. Ask their owners."
    others = dict.fromkeys(problem.ref or problem.file for problem in case.impact.breakages)
    if others:
        yield f"It causes problems in {_listed(others)}. Ask their owners."
    before, after = case.impact.before, case.impact.after
    touched = [one.ref for one in case.impact.owners if before.owner(one.ref) or before.member(one.ref)]
    touched += [*case.impact.added, *(one.ref for one in case.impact.changed)]
    if strange := [ref for ref in dict.fromkeys(touched) if not _is_here(case, after.entities[ref])]:
        yield f"It changes what other repositories declare: {_listed(strange)}. Ask their owners."


def _green(case: Case) -> Iterator[str]:
    bad = [one.name for one in case.request.checks if one.conclusion not in {*_GOOD, "pending"}]
    if bad:
        yield f"Failing: {_listed(bad)}. Mend it, or run it again."


def _finished(case: Case) -> Iterator[str]:
    if pending := [one.name for one in case.request.checks if one.conclusion == "pending"]:
        yield f"Still running: {_listed(pending)}. It is looked at again when they end."


def _nothing_requested(case: Case) -> Iterator[str]:
    last = {one.login: one.state for one in case.request.reviews if one.state != "COMMENTED"}
    if asked := [login for login, state in last.items() if state == "CHANGES_REQUESTED"]:
        yield f"{_listed(asked)} asked for changes. They must approve, or take it back."


def _nobody_objects(case: Case) -> Iterator[str]:
    author = case.request.author.lower()
    # a review without words of its own has them at a line
    reviews = (one for one in case.request.reviews if one.state == "COMMENTED" or one.body.strip())
    said = [*case.request.comments, *(one for one in reviews if one.state != "APPROVED")]
    people = [one.login for one in said if not one.is_bot and one.login.lower() != author and _holds_up(one.body)]
    if people:
        yield (
            f"{_listed(dict.fromkeys(people))} commented, so a person must merge it. "
            f"A comment with {NO_BLOCK} in it does not hold it up."
        )


def _holds_up(body: str) -> bool:
    """Say whether a comment keeps a person in the loop; what it quotes is another's, maybe our own hint."""
    return not any(NO_BLOCK in line for line in body.splitlines() if not line.lstrip().startswith(">"))


def _concerned(case: Case) -> list[str]:
    """The refs that are new or another, also by a name or an owner; not those that go."""
    impact = case.impact
    found = {*impact.added, *(one.ref for one in impact.changed), *(one.renamed for one in impact.renamed)}
    found.update(one.ref for one in (*impact.owners, *impact.moved))
    return [ref for ref in sorted(found) if _is_here(case, impact.after.entities[ref])]


def _is_here(case: Case, entity: Entity) -> bool:
    return entity.origin.repository.lower() == case.impact.repository.lower()


def _owners(ref: str, catalog: Catalog) -> str:
    """Return who answers for an entity: a group or user there is, or a member's login; people answer for themselves."""
    if ref.startswith(("group:", "user:")):
        return ref
    return catalog.owner(ref) or catalog.member(ref)


def _belongs(author: str, owner: str, catalog: Catalog) -> bool:
    login, people = author.lower(), catalog.all_people
    entity = catalog.entities.get(owner)
    if entity is None:
        return owner.lower() == login or member_in(owner, people) == login
    if entity.kind == "User":
        return login_of(entity) == login  # a name alone may be anybody's
    team = team_of(entity, people, catalog.organisation)
    return people is not None and team is not None and login in _members(people, team.slug.lower())


def _members(people: People, slug: str) -> set[str]:
    return {login.lower() for team in people.below(slug) for login in team.members}


def _listed(names: Iterable[str]) -> str:
    every = [f"`{name}`" for name in names]
    rest = len(every) - NAMED
    return ", ".join(every[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


RULES: Sequence[Rule] = [
    Rule("off", "Merging is switched on: `registrations.merge` stands in waypost.yaml.", _switched_on),
    Rule("author", "The author is a person in one of the listed teams (`*`: in the organisation).", _known_author),
    Rule("base", "It goes to the default branch.", _into_default),
    Rule("head", "The head is the commit that was checked.", _as_checked),
    Rule("draft", "It is no draft.", _no_draft),
    Rule("files", f"It adds or changes YAML files below `{FOLDER}` only, at most {MOST_FILES}.", _expected_files),
    Rule("removal", "It removes no file, and takes nothing out of the catalog.", _nothing_removed),
    Rule("generated", "It edits no file that Waypost writes.", _nothing_generated),
    Rule("errors", "None of its files has an error.", _valid),
    Rule("name", "No name in it belongs to somebody else.", _name_free),
    Rule("lookalike", "Nothing new in it looks like something that exists.", _new_indeed),
    Rule("kind", "It registers no Template and no Location.", _only_described),
    Rule("owner", "Every entity has an owner who exists.", _owner_exists),
    Rule("ownership", "The author belongs to the owner of every entity, before and after.", _owned_by_author),
    Rule("breaks", "Nothing breaks for others.", _nothing_breaks),
    Rule("failing", "Every check of the head is green.", _green),
    Rule("pending", "No check of the head still runs.", _finished),
    Rule("changes", "No review asks for changes.", _nothing_requested),
    Rule("comment", f"Nobody but the author commented, unless with `{NO_BLOCK}`.", _nobody_objects),
]
