"""How far it is, on stderr: a bar where a person watches, now and then a line in the log of a workflow."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield `show(done, total)`."""
    from tqdm import tqdm

    with tqdm(desc=what, unit="", disable=not sys.stderr.isatty(), leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


LINE_SECONDS = 15.0


def lines(what: str, clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """Return `show(done, total)` for a log that somebody may follow."""
    last = clock()

    def show(done: int, total: int) -> None:
        nonlocal last
        if clock() - last >= LINE_SECONDS:
            last = clock()
            print(f"{what}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return show
