"""What one request needs while it is carried out: the ports, who it is, and what it has come by so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from waypost.create.kinds.paths import at
from waypost.forge.creating import Workshop, Write
from waypost.forge.protocol import ForgeError, HeadMoved, NotFound, RateLimited, Unavailable
from waypost.golden.effects import FilesPushed
from waypost.golden.plan import Fault

Result = TypeVar("Result")

# Seconds between tries: of an outage, and of a repository that GitHub has made but does not find yet.
OUTAGE_WAITS = (1.0, 2.0, 4.0)
SETTLING_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
LONGEST_LIMIT = 60.0  # a limit that ends later is the end of this run


class Place(NamedTuple):
    """A repository that this request makes."""

    full_name: str
    id: int
    url: str
    created: int  # seconds since the epoch, by GitHub's clock: the same for whoever goes on
    default_branch: str


@dataclass(slots=True)
class Run:
    """One request, by one process."""

    workshop: Workshop
    request: str
    remembered: Callable[[FilesPushed], bytes]  # `.waypost.yaml` of a first commit
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    say: Callable[[str], None]  # progress, for people
    places: dict[str, Place] = field(default_factory=dict)  # made by this request, by lower-case owner/name
    fresh: set[str] = field(default_factory=set)  # those made a moment ago: GitHub may not find them everywhere yet
    first_commits: dict[str, str] = field(default_factory=dict)  # by lower-case owner/name
    done: list[str] = field(default_factory=list)  # what is true by now, in words
    lacking: list[str] = field(default_factory=list)  # what the organisation's plan does not have, in words

    def place(self, full_name: str) -> Place | None:
        return self.places.get(full_name.lower())

    def write(self, change: Write) -> Any:
        """Make a change and say so."""
        answer = self.workshop.write(change)
        self.say(change.what)
        return answer

    def must_look(self, full_name: str) -> Mapping[str, Any]:
        """The repository as it is now; raise NotFound when it is not there."""
        found: Mapping[str, Any] | None = self.workshop.look(at(full_name), f"looking for {full_name}")
        if found is None:
            raise NotFound(f"{full_name} is not there, or not for us")
        return found

    def patiently(self, full_name: str, act: Callable[[], Result]) -> Result:
        """Do something again after what passes by itself; `act` looks before it writes, so nothing is done twice."""
        outages, settling, limits = iter(OUTAGE_WAITS), iter(SETTLING_WAITS), iter(range(3))
        while True:
            try:
                return act()
            except NotFound:
                wait = next(settling, None) if full_name.lower() in self.fresh else None
                if wait is None:
                    raise
            except RateLimited as error:
                wait = error.until - self.clock()
                if wait > LONGEST_LIMIT or next(limits, None) is None:
                    raise
                self.say(f"GitHub asks us to wait {wait:.0f} s")
            except Unavailable as error:
                wait = next(outages, None)
                if error.until > self.clock() or wait is None:
                    raise
                self.say(f"{error}; trying again in {wait:.0f} s")
            self.sleep(max(wait, 0.0))


def placed(found: Mapping[str, Any]) -> Place:
    """Read a repository as GitHub shows it."""
    created = int(datetime.fromisoformat(found["created_at"]).timestamp())
    return Place(found["full_name"], found["id"], found["html_url"], created, found["default_branch"] or "main")


def is_refusal(error: ForgeError) -> bool:
    """Say whether GitHub refused a change for its content: perhaps because it is made already."""
    return type(error) in (ForgeError, HeadMoved)


def show(fault: Fault) -> str:
    """Say a fault in one line."""
    return f"{fault.path}: {fault.message}" if fault.path else fault.message
