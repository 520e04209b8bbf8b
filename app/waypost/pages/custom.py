"""The human corner of a generated page: what stands between the CUSTOM markers survives byte for byte."""

from __future__ import annotations

BEGIN = "<!-- BEGIN CUSTOM -->"
END = "<!-- END CUSTOM -->"


def keep(old: str, new: str) -> str:
    """Return the new page with the human text of the old one: the n-th region fills the n-th, more go to the end.

    A region whose END somebody removed reaches to the end of the page: odd to look at, but nothing is lost.
    """
    human = _regions(old)
    if not human:
        return new
    pieces = new.split(BEGIN)
    whole = [pieces[0]]
    for piece in pieces[1:]:
        mine, end, rest = piece.partition(END)
        theirs = human.pop(0) if human else mine
        whole.append(f"{BEGIN}{theirs}{END}{rest if end else ''}")
    for theirs in human:
        whole.append(f"\n{BEGIN}{theirs}{END}\n")
    return "".join(whole)


def _regions(text: str) -> list[str]:
    found: list[str] = []
    while True:
        _, begin, text = text.partition(BEGIN)
        if not begin:
            return found
        region, _, text = text.partition(END)
        found.append(region)
