"""The assistants of a long-running bot: a few that answer side by side, each with a connection of
its own, and all of them following the store when ingest replaces its file."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.conversation.assistant import Assistant, Names
from knowledge.errors import StoreError
from knowledge.store import open_for_reading

CHECK_SECONDS = 3.0
CHINA = timedelta(hours=8)

READERS = 4
"""Questions that are answered at once. A look-up takes milliseconds; one about all of China may
take a second when it is the first of its kind, and must not keep the others waiting."""

log = logging.getLogger(__name__)
T = TypeVar("T")


def today_in_china() -> date:
    """去年 means what it means to the people who ask, wherever the server stands."""
    return (datetime.now(UTC) + CHINA).date()


class WatchedStore:
    """Opens the store, and again when another file has taken its name.

    Changes inside the file are the Assistant's concern.
    Raises: StoreError if it cannot be opened at first; later the open one stays in use.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], date] = today_in_china,
        make: Callable[..., Assistant] = Assistant,
    ) -> None:
        self.path = path
        self.clock = clock
        self._make = make
        self._names = Names()
        self._file = _identity(path)
        self._free = self._open()
        self._used: list[Assistant] = []
        self._checked = time.monotonic()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="answer")

    async def answer(self, ask: Callable[[Assistant], T]) -> T:
        """What `ask` makes of an assistant, in a thread; the event loop goes on meanwhile.

        The assistant is that for the file as it is now, and nobody else's until `ask` returns.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.run, ask)

    def run(self, ask: Callable[[Assistant], T]) -> T:
        """The same in this thread. At most `READERS` at once, which `answer` sees to."""
        with self._lock:
            self._look()
            free = self._free
            # The one that was given back last: it has read the most of the store already.
            assistant = free.pop()
            self._used.append(assistant)
        try:
            return ask(assistant)
        finally:
            with self._lock:
                self._used.remove(assistant)
                if free is self._free:
                    free.append(assistant)
                else:  # of a file that is no longer the store
                    assistant.store.close()

    def close(self) -> None:
        """End what is still being answered, and close the store."""
        with self._lock:
            for assistant in self._used:
                assistant.store.connection.interrupt()
        self._threads.shutdown(cancel_futures=True)
        for assistant in self._free:
            assistant.store.close()

    def _look(self) -> None:
        """Whether another file has taken the name, looked at every few seconds."""
        if time.monotonic() - self._checked < CHECK_SECONDS:
            return
        self._checked = time.monotonic()
        file = _identity(self.path)
        if file is None or file == self._file:
            return
        self._file = file
        try:
            free = self._open()
        except StoreError as error:
            self._file = None  # look again next time
            log.warning("事实库换了文件，但打不开，先用原来的：%s", error)
            return
        for assistant in self._free:
            assistant.store.close()
        self._free = free
        log.info("事实库有更新，已重新打开")

    def _open(self) -> list[Assistant]:
        free: list[Assistant] = []
        try:
            for _ in range(READERS):
                store = open_for_reading(self.path, any_thread=True)
                free.append(self._make(store, self.clock, with_data=False, names=self._names))
        except StoreError:
            for assistant in free:
                assistant.store.close()
            raise
        return free


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns
