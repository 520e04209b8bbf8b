"""The report of the offers: one issue in the catalog repository, edited in place. Opens no pull request."""

from __future__ import annotations

from waypost.catalog.onboarding import LeftOut
from waypost.pages import onboarding as words
from waypost.sync import standings
from waypost.sync.onboarding_ground import Ground, forgiving
from waypost.sync.standings import Standing


def keep_report(ground: Ground, known: dict[int, Standing]) -> None:
    """Have one issue in the catalog repository that says what became of the offers; edit it in place."""
    with forgiving(ground.site.catalog_repository):
        _keep_report(ground, known)


def _keep_report(ground: Ground, known: dict[int, Standing]) -> None:
    rows, left_out = picture(ground, known)
    body = words.report(rows, left_out, ground.site, ground.rules.per_day)
    is_left = words.is_left(rows)
    desk = ground.forge.desk(ground.site.catalog_repository)
    there = next(iter(desk.issues(words.REPORT_MARKER)), None)
    if there is None:
        if is_left:
            desk.open_issue(words.REPORT_TITLE, body)
        return
    # an issue that people closed stays closed; one that we closed comes back with new work
    state = "" if is_left and words.DONE not in there.body else "open" if is_left else "closed"
    same = there.body.replace("\r\n", "\n").strip() == body.strip()
    if not same or state not in ("", there.state):
        desk.edit_issue(there.number, body="" if same else body, state=state)


def picture(ground: Ground, known: dict[int, Standing]) -> tuple[list[words.Row], list[LeftOut]]:
    """What the report shows: only repositories that the catalog shows too."""
    offers = {offer.repository.id: offer for offer in ground.sorted.offers}
    left_out = list(ground.sorted.left_out)
    rows = []
    for number in dict.fromkeys([*offers, *sorted(known)]):
        snapshot, one = ground.catalog.snapshots.get(number), known.get(number)
        if snapshot is None:
            continue
        if one is not None and one.state == "refused":
            left_out.append(LeftOut(snapshot.repository, f"GitHub would not have it: {one.reason}"))
            continue
        state = one.state if one else "to come"
        if state == "declined" and number not in ground.undescribed:
            state = "described"
        draft = offers[number].draft if number in offers else None
        rows.append(
            words.Row(
                snapshot.repository.full_name,
                state,
                one.number if one else 0,
                draft.name if draft else "",
                draft.owner if draft else "",
            )
        )
    return rows, left_out


def reported(ground: Ground) -> list[int]:
    """With an empty database: the repositories that our report names."""
    numbers = {one.repository.full_name.lower(): number for number, one in ground.catalog.snapshots.items()}
    names: list[str] = []
    with forgiving(ground.site.catalog_repository):
        found = ground.forge.desk(ground.site.catalog_repository).issues(words.REPORT_MARKER)
        names = standings.named_in(found[0].body) if found else []
    return [numbers[name.lower()] for name in names if name.lower() in numbers]
