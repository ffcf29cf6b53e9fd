"""The assistant of a long-running bot: follows the store when ingest replaces its file."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.conversation.assistant import Assistant
from knowledge.errors import StoreError
from knowledge.store import open_for_reading

CHECK_SECONDS = 3.0
CHINA = timedelta(hours=8)

log = logging.getLogger(__name__)


def today_in_china() -> date:
    """去年 means what it means to the people who ask, wherever the server stands."""
    return (datetime.now(UTC) + CHINA).date()


class WatchedStore:
    """Opens the store, and again when another file has taken its name.

    Changes inside the file are the Assistant's concern.
    Raises: StoreError if it cannot be opened at first; later the open one stays in use.
    """

    def __init__(self, path: Path, clock: Callable[[], date] = today_in_china) -> None:
        self.path = path
        self.clock = clock
        self._file = _identity(path)
        self._store = open_for_reading(path)
        self._assistant = Assistant(self._store, clock)
        self._checked = time.monotonic()

    def assistant(self) -> Assistant:
        """The assistant for the file as it is now, looked at every few seconds."""
        if time.monotonic() - self._checked >= CHECK_SECONDS:
            self._checked = time.monotonic()
            file = _identity(self.path)
            if file is not None and file != self._file:
                self._reopen(file)
        self._assistant.index()  # its examples are those of the store as it is now
        return self._assistant

    def _reopen(self, file: tuple[int, int, int]) -> None:
        self._file = file
        try:
            store = open_for_reading(self.path)
        except StoreError as error:
            self._file = None  # look again next time
            log.warning("事实库换了文件，但打不开，先用原来的：%s", error)
            return
        self._store.close()
        self._store, self._assistant = store, Assistant(store, self.clock)
        log.info("事实库有更新，已重新打开")

    def close(self) -> None:
        self._store.close()


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns
