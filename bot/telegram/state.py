"""What a bot must know after a restart: the questions behind its buttons, what it has answered,
and what each conversation is about."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

APPLICATION_ID = 0x5A575354
"""`ZWST`: tells the state from the fact store and from other programs' databases."""

DAY = 86_400
CHOICE_DAYS = 30
HANDLED_DAYS = 2
"""Telegram keeps updates for one day and hands out again those that were not confirmed."""

_TABLES = """
CREATE TABLE IF NOT EXISTS choices (
  key TEXT PRIMARY KEY, question TEXT NOT NULL, label TEXT NOT NULL, created REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handled (
  update_hash BLOB PRIMARY KEY, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conversations (
  chat INTEGER NOT NULL, person INTEGER NOT NULL, memory TEXT NOT NULL, at REAL NOT NULL,
  PRIMARY KEY (chat, person)
) WITHOUT ROWID;
"""

_TABLE = "t:"
Wants = Literal["answer", "table"]

log = logging.getLogger(__name__)


class State:
    """A small SQLite file; one that cannot be used is done without, and the log says so."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = _opened(path)
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning(
                "状态文件 %s 用不了（%s）：重启后旧按钮会失效，请在 [telegram] state 换一个位置",
                path,
                error,
            )
            self._connection = _prepared(sqlite3.connect(":memory:", isolation_level=None))
        self._pruned = 0.0

    def close(self) -> None:
        self._connection.close()

    def remember(self, choices: Iterable[tuple[str, str]], wants: Wants = "answer") -> list[str]:
        """Keep (question, label) pairs; a key each, short enough for a button, that tells what
        a tap wants of the question."""
        now = time.time()
        rows = [(key_of(question, wants), question, label, now) for question, label in choices]
        try:
            self._prune(now)
            self._connection.executemany("INSERT OR REPLACE INTO choices VALUES (?,?,?,?)", rows)
        except sqlite3.Error as error:
            log.warning("按钮没有存下，重启后会失效：%s", error)
        return [row[0] for row in rows]

    def question(self, key: str) -> str | None:
        """The question behind a button, None for one that is too old or not ours."""
        try:
            row = self._connection.execute(
                "SELECT question FROM choices WHERE key = ?", (key,)
            ).fetchone()
        except sqlite3.Error as error:
            log.warning("按钮读不出来：%s", error)
            return None
        return None if row is None else str(row[0])

    def conversation(self, chat: int, person: int) -> str | None:
        """What a conversation was about, as `keep_conversation` was given it; None if unknown."""
        try:
            row = self._connection.execute(
                "SELECT memory FROM conversations WHERE chat = ? AND person = ?", (chat, person)
            ).fetchone()
        except sqlite3.Error as error:
            log.warning("对话读不出来：%s", error)
            return None
        return None if row is None else str(row[0])

    def keep_conversation(self, chat: int, person: int, memory: str) -> None:
        """Remember what a conversation is about, for a day at most."""
        try:
            self._connection.execute(
                "INSERT OR REPLACE INTO conversations VALUES (?,?,?,?)",
                (chat, person, memory, time.time()),
            )
        except sqlite3.Error as error:
            log.warning("对话没有存下，重启后要从头问：%s", error)

    def is_first(self, update: str) -> bool:
        """Whether this update is met for the first time; from now on it is not.

        A bot that is killed before it could confirm an update gets it again. The whole update
        counts, since ids alone may begin anew.
        """
        digest = hashlib.sha256(update.encode()).digest()
        try:
            cursor = self._connection.execute(
                "INSERT OR IGNORE INTO handled VALUES (?,?)", (digest, time.time())
            )
        except sqlite3.Error as error:
            log.warning("状态没有存下：%s", error)
            return True
        return cursor.rowcount == 1

    def _prune(self, now: float) -> None:
        if now - self._pruned < DAY:
            return
        self._pruned = now
        self._connection.execute(
            "DELETE FROM choices WHERE created < ?", (now - CHOICE_DAYS * DAY,)
        )
        self._connection.execute("DELETE FROM handled WHERE at < ?", (now - HANDLED_DAYS * DAY,))
        self._connection.execute("DELETE FROM conversations WHERE at < ?", (now - DAY,))


def key_of(question: str, wants: Wants = "answer") -> str:
    """The callback data of a question: 18 bytes of the 64 that Telegram allows."""
    mark = _TABLE if wants == "table" else "c:"
    return mark + hashlib.sha256(question.encode()).hexdigest()[:16]


def wants_table(key: str) -> bool:
    """Whether a tap wants the figures of its question as a table, not the answer in words."""
    return key.startswith(_TABLE)


def _opened(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, timeout=2, isolation_level=None)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != APPLICATION_ID:
            raise ValueError("是别的程序的数据库")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return _prepared(connection)
    except BaseException:
        connection.close()
        raise


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.executescript(_TABLES)
    return connection
