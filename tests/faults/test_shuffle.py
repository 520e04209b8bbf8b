"""Whatever happens to deliveries, the catalog ends up as if everything had been read just now.

Hypothesis makes histories of an organisation (descriptors written, changed back, removed, moved, contested, spread over
location targets; repositories renamed, archived, hidden, deleted, made private; people editing the catalog repository)
and a fate for every delivery: in order, late, doubled, lost. In the end a second Waypost with an empty database looks
at everything, starting from the claims the catalog records, through the real renderer: it must find nothing to write.

200 histories by default; 5,000 with:    pytest tests/faults/test_shuffle.py --faults-full -n 0
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unit.sync.world import World, component, push_payload
from waypost.sync.sweep import ABSENT_SECONDS

REPOSITORIES = ("alpha", "beta", "gamma", "delta")
NAMES = ("payments", "ledger", "users")
OWNERS = ("team-a", "team-b", "group:default/ghosts")
LOCATION = """apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: {name}
spec:
  targets: ["./services/one.yaml", "./services/two.yaml"]
"""
BROKEN = "kind: Component\nmetadata: {name: [}\n"
TEXTS = st.one_of(
    st.builds(component, st.sampled_from(NAMES), st.sampled_from(OWNERS)),
    st.builds(
        lambda one, two: component(one) + "---\n" + component(two), st.sampled_from(NAMES), st.sampled_from(NAMES)
    ),
    st.sampled_from([BROKEN, "", *(LOCATION.format(name=name) for name in NAMES)]),
    st.builds(lambda name, on: component(name, dependsOn=[f"component:{on}"]), *[st.sampled_from(NAMES)] * 2),
)
PATHS = st.sampled_from(["catalog-info.yaml", ".github/catalog-info.yaml", "services/one.yaml", "services/two.yaml"])
REPOSITORY = st.sampled_from(REPOSITORIES)
EVENTS = st.one_of(
    st.tuples(st.just("push"), REPOSITORY, PATHS, TEXTS),
    st.tuples(st.just("push"), REPOSITORY, PATHS, TEXTS),
    st.tuples(st.just("push"), REPOSITORY, PATHS, st.none()),
    st.tuples(st.just("push"), REPOSITORY, st.just(".github/CODEOWNERS"), st.sampled_from(["* @acme/a\n", "* @b\n"])),
    st.tuples(st.just("push"), REPOSITORY, st.just("src/main.py"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("push"), st.just("catalog"), st.just("registrations/x.yaml"), TEXTS),
    st.tuples(st.just("push"), st.just("catalog"), st.just("about.md"), st.sampled_from(["# Hi\n", "Welcome.\n"])),
    st.tuples(st.just("push"), st.just("catalog"), st.just("README.md"), st.sampled_from(["mine\n", None])),
    st.tuples(st.just("deface"), st.integers(0, 50)),
    st.tuples(st.just("revert"), REPOSITORY),
    st.tuples(st.just("revert"), st.sampled_from(REPOSITORIES[:2])),
    st.tuples(st.just("rename"), REPOSITORY),
    st.tuples(st.just("archive"), REPOSITORY, st.booleans()),
    st.tuples(st.just("visibility"), REPOSITORY, st.sampled_from(["private", "public"])),
    st.tuples(st.just("hide"), REPOSITORY, st.booleans()),
    st.tuples(st.just("delete"), REPOSITORY),
    st.tuples(st.just("create"), REPOSITORY, TEXTS),
)
FATES = st.sampled_from(["now", "now", "now", "late", "late", "twice", "lost"])
STEPS = st.tuples(EVENTS, FATES, st.integers(0, 4), st.integers(0, 40))
QUIET = ("hide", "delete")  # no delivery tells an App


class Story:
    """A world to which a history happens."""

    def __init__(self, world):
        self.world = world
        self.forge = world.forge
        self.names = {name: name for name in REPOSITORIES}  # what each is called now; None: deleted
        self.hidden = set()
        self.late = []
        self.is_lossy = False
        described = dict(zip(REPOSITORIES, ("payments", "ledger"), strict=False))
        for name in REPOSITORIES:
            files = {"src/main.py": "0", ".github/x": "x", "services/readme": "x"}
            if name in described:
                files["catalog-info.yaml"] = component(described[name])
            self.forge.create(name, files)

    def happen(self, event, fate):
        deliveries = getattr(self, event[0])(*event[1:])
        if deliveries is None:
            return
        if event[0] in QUIET:
            self.is_lossy = True
        for delivery in deliveries:
            if fate == "lost":
                self.is_lossy = True
            elif fate == "late":
                self.late.append(delivery)
            else:
                for _ in range(2 if fate == "twice" else 1):
                    self.world.deliver(*delivery, guid=f"guid-{id(delivery)}")

    def push(self, name, path, text):
        return self._push(name, {path: text})

    def deface(self, number):
        paths = sorted(self.world.files())
        return self._push("catalog", {paths[number % len(paths)]: "somebody was here\n"}) if paths else None

    def revert(self, name):
        """Change the descriptor and change it back, in two pushes."""
        now = self._name(name)
        text = now and self.forge.text(now, "catalog-info.yaml")
        if not text:
            return None
        other = self._push(name, {"catalog-info.yaml": text + "# changed\n"})
        return [*other, *self._push(name, {"catalog-info.yaml": text})]

    def rename(self, name):
        now = self._name(name)
        if now is None:
            return None
        self.names[name] = now + "x"
        return [self._tell(self.forge.rename(now, self.names[name]), "renamed")]

    def archive(self, name, archived):
        now = self._name(name)
        return now and [self._tell(self.forge.archive(now, archived), "archived" if archived else "unarchived")]

    def visibility(self, name, visibility):
        now = self._name(name)
        return now and [self._tell(self.forge.describe(now, visibility=visibility), "publicized")]

    def hide(self, name, hidden):
        now = self._name(name)
        if now is None:
            return None
        self.forge.hide(now, hidden)
        return []

    def delete(self, name):
        now = self._name(name)
        if now is None:
            return None
        self.forge.delete(now)
        self.names[name] = None
        return []

    def create(self, name, text):
        if self._name(name) is not None:
            return None
        repository = self.forge.create(name, {"catalog-info.yaml": text, "src/main.py": "0", "services/readme": "x"})
        self.names[name] = name
        return [self._tell(repository, "created")]

    def _name(self, name):
        return self.names.get(name, name)

    def _push(self, name, changes):
        now = self._name(name)
        if now is None:
            return None
        before = set(self.forge.paths(now))
        changes = {path: text for path, text in changes.items() if text is not None or path in before}
        if not changes or all(self.forge.text(now, path) == text for path, text in changes.items()):
            return None
        repository = self.forge.push(now, changes)
        return [("push", push_payload(repository, before, changes))]

    def _tell(self, repository, action):
        return ("repository", self.world.payload(repository, action=action))


@pytest.fixture(scope="module")
def folder():
    """In memory where there is such a place: thousands of small databases are made here."""
    memory = Path("/dev/shm")
    place = tempfile.mkdtemp(prefix="waypost-", dir=memory if os.access(memory, os.W_OK) else None)
    yield Path(place)
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def histories(request):
    return 5_000 if request.config.getoption("--faults-full") else 200


def test_catalog_is_what_a_full_look_would_write(folder, histories, record_property):
    @settings(
        max_examples=histories,
        deadline=None,
        derandomize=histories == 200,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    @given(
        steps=st.lists(STEPS, min_size=1, max_size=14), order=st.randoms(use_true_random=False), begins=st.booleans()
    )
    def run(steps, order, begins):
        case = Path(tempfile.mkdtemp(dir=folder))
        try:
            check(World(case), steps, order, begins)
        finally:
            shutil.rmtree(case)

    run()
    record_property("measured", f"{histories:,} generated histories, every one byte-identical")


def check(world, steps, order, begins):
    story = Story(world)
    if begins:
        world.sweep()
    else:
        story.is_lossy = True  # what was there before is told by the first listing only
    for event, fate, work, pause in steps:
        story.happen(event, fate)
        world.clock.sleep(pause)
        for _ in range(work):
            world.worker.run_once()
    order.shuffle(story.late)
    for delivery in story.late:
        world.deliver(*delivery)
    assert world.settle() == ""
    if story.is_lossy:
        look_twice(world)
    head = world.forge.describe("catalog").head
    written = world.files()
    world.clock.sleep(60)
    world.start()
    look_twice(world)
    assert not world.queue.dead()
    assert world.files() == written
    assert world.forge.describe("catalog").head == head


def look_twice(world):
    """What is gone must be missing from two listings."""
    assert world.sweep() == ""
    world.clock.sleep(ABSENT_SECONDS + 1)
    assert world.sweep() == ""
