"""Arithmetic on ISO dates, because the catalog may not know a clock. Knows no times and no zones."""

from __future__ import annotations

import re

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def day_number(text: str) -> int | None:
    """Return the days since 1970-01-01 of a text that begins with an ISO date; None when it does not."""
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    # Days from civil: https://howardhinnant.github.io/date_algorithms.html#days_from_civil
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def is_over(since: str, days: int, today: str) -> bool:
    """Say whether `days` days have passed between two dates; never when either is not known."""
    start, now = day_number(since), day_number(today)
    return start is not None and now is not None and start + days < now
