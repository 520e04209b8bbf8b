"""From a wish to a repository: find the template, plan, look ahead, carry out, wait. What every door calls.

`prepare` writes nothing and is a dry run; `create` carries out what was prepared; both may be repeated at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from waypost.catalog.refs import DEFAULT_NAMESPACE, full_ref
from waypost.create import first_run, registration, shelf, undo
from waypost.create.carry import Ending, Known, Planner, carry_out
from waypost.create.case import Case
from waypost.create.checks.people import AGREEMENT
from waypost.create.claim import memory
from waypost.create.first_run import FirstRun
from waypost.create.kinds.paths import at
from waypost.create.marks import is_made_by, request_id
from waypost.create.preflight import preflight
from waypost.create.run import Place, Run
from waypost.create.shelf import Library, Shelf
from waypost.create.wish import GITHUB, Wish, parameters
from waypost.forge.creating import Workshop
from waypost.forge.protocol import ForgeError
from waypost.golden import answers, fields, plan, resolve
from waypost.golden.calls import Call, calls
from waypost.golden.plan import Fault, Plan
from waypost.golden.template import Template, read
from waypost.golden.tree import Folder, Tree

CATALOG_SECONDS = 20.0  # a worker that runs has published by then
AUTHORITY = ("actor", "create", AGREEMENT)  # paths of faults that say who may not


@dataclass(frozen=True, slots=True)
class Means:
    """What carrying out needs from outside: time, and somebody to tell."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that has been looked at from all sides, and not begun."""

    workshop: Workshop
    books: Library
    shelf: Shelf
    template: Template
    wish: Wish
    request: str
    plan: Plan
    calls: Sequence[Call]
    faults: Sequence[Fault]
    planner: Planner = field(repr=False)

    @property
    def is_possible(self) -> bool:
        return not any(fault.is_error for fault in self.faults)


@dataclass(slots=True)
class Result:
    """What came of it."""

    ending: Ending
    run: Run
    first_run: FirstRun = field(default_factory=lambda: FirstRun("none"))
    refs: Sequence[str] = ()  # what the new repository declares
    is_in_catalog: bool = False
    trouble: str = ""  # why it is not known how it went on

    @property
    def place(self) -> Place | None:
        return next(iter(self.run.places.values()), None)

    @property
    def commit(self) -> str:
        return next(iter(self.run.first_commits.values()), "")


def prepare(workshop: Workshop, catalog: str, asked: str, wish: Wish, means: Means) -> Prepared:
    """Find everything that can be known before the first write. Raises NoTemplate, and what the forge raises."""
    quiet = Run(workshop, "", lambda effect: b"", means.clock, means.sleep, means.say)
    return quiet.patiently("", lambda: _prepare(workshop, catalog, asked, wish, means))


def _prepare(workshop: Workshop, catalog: str, asked: str, wish: Wish, means: Means) -> Prepared:
    books = shelf.library(workshop, catalog)
    found = shelf.find(workshop, books, asked)
    template = read(found.text, found.file)
    asked_for, faults = parameters(template, wish, books.server)
    # of what was asked for, not of what the catalog makes of it: that may change before somebody goes on
    request = wish.request or request_id(workshop.organisation, template.ref, wish.name, asked_for)
    repository = f"{workshop.organisation}/{wish.name}"
    values, further = resolve.resolve(template, asked_for, books.entities, workshop.organisation, GITHUB, repository)
    if version := _version_begun(workshop, wish, request, found):
        found = shelf.find(workshop, books, asked, version)
        template = read(found.text, found.file)
    planner = _planner(workshop, books, found, template, values, wish, request)
    first = planner({}, ())
    planned = calls(first.effects)
    case = Case(workshop, books, template, found.version, first, wish, request, planned, workshop.me(), means.clock())
    faults = list(dict.fromkeys([*faults, *further, *preflight(case)]))
    return Prepared(workshop, books, found, template, wish, request, first, planned, faults, planner)


def _version_begun(workshop: Workshop, wish: Wish, request: str, found: Shelf) -> str:
    """Return the version of the template that this request has begun with; "" when that is the present one."""
    name = f"{workshop.organisation}/{wish.name}"
    repository = workshop.look(at(name), f"looking for {name}")
    if repository is None or not found.version:
        return ""
    remembered = memory(workshop, name, repository.get("default_branch") or "main")
    begun = remembered.version if remembered is not None and is_made_by(remembered, request) else ""
    return begun if begun != found.version else ""


def _planner(
    workshop: Workshop,
    books: Library,
    found: Shelf,
    template: Template,
    values: Mapping[str, Any],
    wish: Wish,
    request: str,
) -> Planner:
    source, entities, user = shelf.source(workshop, books, found), Data(books.entities), _user(workshop, books, wish)

    def planned(known: Known, failed: Sequence[str]) -> Plan:
        return plan.plan(
            template,
            values,
            source,
            secrets=wish.secrets,
            user=user,
            known=known,
            failed=failed,
            entities=entities,
            task=request,
        )

    return planned


class Data(Mapping[str, Mapping[str, Any]]):
    """Entities as the plain data that templates see."""

    def __init__(self, recorded: shelf.Recorded) -> None:
        self._recorded = recorded

    def __getitem__(self, ref: str) -> Mapping[str, Any]:
        return self._recorded[ref].data

    def __iter__(self) -> Any:
        return iter(self._recorded)

    def __len__(self) -> int:
        return len(self._recorded)


def _user(workshop: Workshop, books: Library, wish: Wish) -> dict[str, Any]:
    me = workshop.me()
    login = wish.actor or ("" if me.is_app else me.login)
    ref = full_ref("user", DEFAULT_NAMESPACE, login)
    known = books.entities.get(ref)
    return {"ref": ref, "entity": dict(known.data)} if known else {"ref": ref}


def create(prepared: Prepared, means: Means, wait: float = 300.0) -> Result:
    """Carry a request out, or go on with it, and wait up to `wait` seconds for the first run."""
    run = Run(
        prepared.workshop,
        prepared.request,
        lambda effect: remembered(prepared, effect.files),
        means.clock,
        means.sleep,
        means.say,
    )
    result = Result(carry_out(run, prepared.plan, prepared.planner), run)
    if result.ending.failure is None:
        try:
            run.patiently("", lambda: _look_after(prepared, result, wait))
        except ForgeError as error:  # everything is done: not to know how it goes on is no failure
            result.trouble = str(error)
    return result


def remembered(prepared: Prepared, files: Tree) -> bytes:
    """Return `.waypost.yaml` for a first commit."""
    secret = {one.name for one in fields.fields(prepared.template) if one.is_secret}
    given = {name: value for name, value in prepared.plan.parameters.items() if name not in secret}
    content = answers.Answers(
        prepared.template.ref,
        prepared.shelf.version,
        prepared.shelf.source,
        prepared.request,
        given,
        sorted(path for path, entry in files.items() if not isinstance(entry, Folder)),
    )
    return answers.text(content).encode()


def _look_after(prepared: Prepared, result: Result, wait: float) -> None:
    workshop, run, place = prepared.workshop, result.run, result.place
    if place is None:
        return
    if workflows := first_run.begun_by_a_push(result.ending.plan, place.full_name):
        if wait:
            run.say(f"wait for the first run, up to {wait:.0f} s")
        result.first_run = first_run.wait(
            workshop, place.full_name, result.commit, workflows, wait, run.clock, run.sleep
        )
    declared = [one for one in registration.descriptors(result.ending.plan) if one.documents]
    result.refs = tuple(ref for one in declared for ref in one.refs)
    if result.refs:
        seconds = min(wait, CATALOG_SECONDS) if workshop.me().is_app else 0.0
        result.is_in_catalog = registration.wait(
            workshop, prepared.books.full_name, result.refs[0], place.id, seconds, run.clock, run.sleep
        )


def take_back(prepared: Prepared, means: Means) -> undo.Undone:
    """Undo what this request has made; who may not create it may not undo it either."""
    refusals = [fault.message for fault in prepared.faults if fault.path in AUTHORITY and fault.is_error]
    if refusals:
        return undo.Undone(kept=refusals)
    name = f"{prepared.workshop.organisation}/{prepared.wish.name}"
    return undo.undo(prepared.workshop, prepared.plan, name, prepared.request, means.say, means.clock())
