"""What was read from a store and holds until it changes."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")

MAX_KEPT = 128
"""Things kept at once. The largest, of all of China, take a megabyte or two each."""


class Kept:
    """Results of reading through one connection, forgotten as soon as the store has changed.

    What was not used for longest makes room. Not to be shared between threads, as little as
    the connection is.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = (-1, -1)
        self._items: OrderedDict[Hashable, object] = OrderedDict()

    def version(self) -> tuple[int, int]:
        """What is another whenever the store's contents may be: after a commit of any other
        connection, or a change by this one. Inside a transaction it stays as the snapshot does."""
        (others,) = self._connection.execute("PRAGMA data_version").fetchone()
        return others, self._connection.total_changes

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave for this key, which must be its own; made now if the store is another
        one than then."""
        version = self.version()
        if version != self._version:
            self._items.clear()
            self._version = version
        if key in self._items:
            self._items.move_to_end(key)
            return cast("T", self._items[key])
        made = make()
        if self._version == version:  # not when `make` itself met a change
            self._items[key] = made
            if len(self._items) > MAX_KEPT:
                self._items.popitem(last=False)
        return made
