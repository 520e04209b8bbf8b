"""Uploads and what the catalog says become the changes of one commit to the documentation branch. Commits nothing.

Everything beside the sites follows from the state and the catalog, so the same branch comes out in whatever order and
in however many batches the uploads arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from waypost.docs import limits
from waypost.docs.central import report, shelf, state
from waypost.docs.central.sites import Site, build_site
from waypost.docs.central.taking import NotTaken, Taken, take
from waypost.docs.central.values import Batch, Documented, Facts, Failure, Record, Refusal, State, Upload
from waypost.docs.layout import ASSETS, assets
from waypost.pages.paths import docs_place
from waypost.pages.plan import NAMED, SUBJECT, blob_id

_PARTS = {"auto": {"site", "markdown"}, "site": {"site"}, "markdown": {"markdown"}, "off": set[str]()}
_DOORS = ("site/index.html", "site/report/")  # of the centre itself


@dataclass(slots=True)
class _Work:
    facts: Facts
    records: dict[str, Record]
    refusals: dict[tuple[int, str], Refusal]
    sites: dict[str, Site] = field(default_factory=dict)  # placed by this batch
    news: list[Refusal] = field(default_factory=list)

    def refuse(self, one: Refusal) -> None:
        self.refusals[one.repository_id, one.artifact] = one
        self.news.append(one)


def place(
    tree: Mapping[str, str],
    known: bytes,
    facts: Facts,
    uploads: Sequence[Upload] = (),
    failures: Sequence[Failure] = (),
    mermaid: bytes | None = None,
) -> Batch:
    """Return what one commit changes: sites placed and removed, the shared files, front page, report and state.

    `tree` maps the branch's paths to blob ids, `known` is its state.json (empty when there is none). The order of the
    uploads does not matter; what is on the branch already is not written again. Raises state.BrokenState.
    """
    before = state.read(known)
    # What could not be fetched is asked for again by whoever collects: it is told as long as it lasts.
    lasting = {(one.repository_id, one.artifact): one for one in before.refusals if one.artifact_id}
    work = _Work(facts, _kept(before, facts), lasting)
    for failure in sorted(failures, key=lambda one: (one.repository_id, one.artifact, one.artifact_id)):
        key = failure.repository_id, failure.artifact
        work.refusals[key] = Refusal(
            failure.repository_id, failure.repository, failure.artifact_id, failure.artifact, failure.reason
        )
    if facts.mode != "off":
        for upload in sorted(uploads, key=lambda one: (one.artifact_id, one.repository_id)):
            _take(work, upload, mermaid)
    after = State(dict(sorted(work.records.items())), _told(work), facts.readers)
    changes = _changes(tree, _wanted(work, after, mermaid, tree), work)
    placed = tuple(sorted(ref for ref in work.sites if any(path.startswith(_folders(ref)) for path in changes)))
    removed = tuple(sorted(before.records.keys() - work.records.keys()))
    return Batch(changes, _message(placed, removed, changes), placed, removed, tuple(work.news))


def settled(known: bytes, facts: Facts) -> Mapping[tuple[int, str], int]:
    """Return (repository id, artifact name) -> the newest artifact that need not be looked at again."""
    now = state.read(known)
    kept = _kept(now, facts)
    found = {
        (record.repository_id, record.artifact): record.artifact_id
        for record in kept.values()
        if _PARTS[facts.mode] <= _PARTS.get(record.mode, set())
    }
    for one in now.refusals:
        holder = facts.entities.get(one.claim)
        is_right_by_now = one.claim and holder is not None and holder.repository_id == one.repository_id
        if not is_right_by_now and not one.is_hidden:
            key = (one.repository_id, one.artifact)
            found[key] = max(found.get(key, 0), one.artifact_id)
    return found


def _kept(before: State, facts: Facts) -> dict[str, Record]:
    """Return the records that stay, with what the catalog says of them by now."""
    kept = {}
    for ref, record in before.records.items():
        now = facts.entities.get(ref)
        if facts.mode == "off" or now is None or now.is_hidden or now.repository_id != record.repository_id:
            continue
        parts = _PARTS.get(record.mode, set()) & _PARTS[facts.mode]
        mode = next(name for name, what in _PARTS.items() if what == parts)
        kept[ref] = replace(record, repository=now.repository, visibility=now.visibility, mode=mode)
    return kept


def _take(work: _Work, upload: Upload, mermaid: bytes | None) -> None:
    """Make a site of an upload, or say why there is none."""
    claim = ""
    try:
        if _is_hidden(work.facts, upload.repository_id):
            raise NotTaken(f"fewer people may read {upload.repository} than the catalog ({work.facts.readers}).")
        taken = take(upload.files)
        claim = taken.claim
        entity = _whose(taken, upload, work.facts)
        there = work.records.get(entity.ref)
        if there is not None and there.artifact_id > upload.artifact_id:
            return
        site = build_site(upload, taken, entity, work.facts, mermaid)
        others = sum(record.bytes for ref, record in work.records.items() if ref != entity.ref)
        if others + site.record.bytes > limits.ALL_BYTES:
            most = limits.ALL_BYTES // 1024**2
            raise NotTaken(f"with it the central site would have more than {most} MB, and GitHub Pages hold no more.")
    except NotTaken as error:
        hidden = _is_hidden(work.facts, upload.repository_id)
        one = Refusal(upload.repository_id, upload.repository, upload.artifact_id, upload.artifact, str(error), claim)
        work.refuse(replace(one, is_hidden=hidden))
        return
    work.sites[entity.ref] = site
    work.records[entity.ref] = site.record
    work.refusals.pop((upload.repository_id, upload.artifact), None)


def _whose(taken: Taken, upload: Upload, facts: Facts) -> Documented:
    """Return the entity that an upload documents: one that the catalog records for exactly that repository."""
    own = [entity for entity in facts.entities.values() if entity.repository_id == upload.repository_id]
    known = f" It may name {', '.join(entity.ref for entity in own[:5])}." if own else ""
    if taken.claim:
        found = facts.entities.get(taken.claim)
        if found is None or found.is_hidden:
            raise NotTaken(f"{taken.claim} is not in the catalog.{known}")
        if found.repository_id != upload.repository_id:
            owner = f"{found.repository} (repository {found.repository_id})"
            raise NotTaken(f"{taken.claim} belongs to {owner}, not to repository {upload.repository_id}.{known}")
        return found
    candidates = [entity for entity in own if entity.is_declared] or own
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise NotTaken("the catalog records no entity for this repository. Register it first.")
    raise NotTaken(f"it does not say whose documentation it is. Build it with --entity.{known}")


def _is_hidden(facts: Facts, repository_id: int) -> bool:
    """Say whether nothing of a repository may be told: narrower than the catalog, or nothing is known of it."""
    own = [entity.is_hidden for entity in facts.entities.values() if entity.repository_id == repository_id]
    return any(own)


def _told(work: _Work) -> tuple[Refusal, ...]:
    """Return the refusals that the report keeps: of repositories that the catalog shows, newer than what is placed."""
    shown = {entity.repository_id: entity for entity in work.facts.entities.values()}
    placed = {(record.repository_id, record.artifact): record.artifact_id for record in work.records.values()}
    return tuple(
        replace(one, repository=shown[key[0]].repository)
        for key, one in sorted(work.refusals.items())
        if key[0] in shown and not shown[key[0]].is_hidden and placed.get(key, -1) < (one.artifact_id or 1 << 62)
        if work.facts.mode != "off"
    )


def _wanted(work: _Work, after: State, mermaid: bytes | None, tree: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files that the batch writes if they differ: those of its sites, and those that all sites share."""
    parts = _PARTS[work.facts.mode]
    wanted: dict[str, bytes] = {}
    for ref, site in work.sites.items():
        for part, files in (("site", site.pages), ("markdown", site.markdown)):
            if part in parts:
                wanted |= {f"{part}/{docs_place(ref)}/{path}": data for path, data in files.items()}
    found = report.look(after, work.facts, (tree.keys() - _left(tree, wanted, work)) | wanted.keys())
    if "site" in parts:
        shared = {**assets(mermaid), **shelf.assets()}
        asked = {name for record in after.records.values() for name in record.assets} | shelf.asked()
        wanted |= {f"site/{ASSETS}/{name}": shared[name] for name in sorted(asked & shared.keys())}
        wanted["site/index.html"] = shelf.page(after, work.facts)
        wanted |= {f"site/report/{name}": data for name, data in report.pages(found).items()}
    wanted["README.md"] = shelf.readme(after, work.facts, bool(found))
    wanted["report.md"] = report.markdown(found)
    wanted["report.json"] = report.as_json(found)
    wanted[state.FILE] = state.write(after)
    return wanted


def _changes(tree: Mapping[str, str], wanted: Mapping[str, bytes], work: _Work) -> dict[str, bytes | None]:
    changes: dict[str, bytes | None] = {path: data for path, data in wanted.items() if tree.get(path) != blob_id(data)}
    changes |= dict.fromkeys(_left(tree, wanted, work))
    return dict(sorted(changes.items()))


def _left(tree: Mapping[str, str], wanted: Mapping[str, bytes], work: _Work) -> set[str]:
    """Return the files of the branch that are left over: of a site that went, or that was placed anew without them."""
    homes = {docs_place(ref): ref for ref in work.records}
    parts = _PARTS[work.facts.mode]
    asked = {name for record in work.records.values() for name in record.assets} | shelf.asked()
    found = set()
    for path in tree.keys() - wanted.keys():
        part, *names = path.split("/")
        if part not in ("site", "markdown"):
            continue
        ref = homes.get("/".join(names[:3]))
        if part == "site" and names[0] == ASSETS and len(names) == 2:
            is_left = "site" not in parts or names[1] not in asked
        elif path.startswith(_DOORS) and len(names) <= 2:
            is_left = "site" not in parts
        else:
            is_left = ref is None or ref in work.sites or part not in _PARTS[work.records[ref].mode]
        if is_left:
            found.add(path)
    return found


def _folders(ref: str) -> tuple[str, str]:
    return f"site/{docs_place(ref)}/", f"markdown/{docs_place(ref)}/"


def _message(placed: Sequence[str], removed: Sequence[str], changes: Mapping[str, bytes | None]) -> str:
    """Say in words what the commit does."""
    if not changes:
        return ""
    said = [
        f"{verb} {'that' if verb == 'remove' and placed else 'documentation'} of {_named(refs)}"
        for verb, refs in (("publish", placed), ("remove", removed))
        if refs
    ]
    subject = ", ".join(said) or "refresh the list of documentation"
    subject = (subject[0].upper() + subject[1:])[:SUBJECT]
    body = [
        f"{verb}: {', '.join(refs[:NAMED])}{f' and {len(refs) - NAMED} more' * (len(refs) > NAMED)}"
        for verb, refs in (("Publish", placed), ("Remove", removed))
        if refs
    ]
    return "\n".join([subject, "", *body, ""]) if body else subject


def _named(refs: Sequence[str]) -> str:
    names = [ref.rpartition("/")[2] for ref in refs]
    return " and ".join(names) if len(names) <= 2 else f"{', '.join(names[:2])} and {len(names) - 2} more"
