"""Ctrl-C in the middle of a run: what is at hand is finished, then it stops."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_when_asked() -> Iterator[Callable[[], bool]]:
    """While the block runs, the first Ctrl-C only makes the given function return True.

    Python would else raise in the middle of anything, a destructor included, where it is
    printed and lost. The second Ctrl-C raises KeyboardInterrupt as usual. A process that
    ignores the signal (`nohup`, a script's background job) goes on ignoring it.
    """
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda: False
        return
    signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
