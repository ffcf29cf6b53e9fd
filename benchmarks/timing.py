"""How times are taken: the fastest of some rounds, or the median of many calls."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def best(
    action: Callable[[], object], rounds: int = 3, prepare: Callable[[], object] | None = None
) -> float:
    """Seconds of the fastest of some rounds: the one that was least disturbed.

    `prepare` is called before each round and not timed.
    """
    times = []
    for _ in range(rounds):
        if prepare is not None:
            prepare()
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times)


def median(action: Callable[[], object], count: int = 300) -> float:
    """Microseconds."""
    times = []
    for _ in range(count):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6
