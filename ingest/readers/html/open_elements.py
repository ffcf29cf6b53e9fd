"""The elements of a page that are open where it is being read, and what they do to text."""

from __future__ import annotations

from ingest.readers.html.elements import Role
from ingest.readers.html.ink import Ink


class Effects:
    """What an open element does to the text inside it, until it ends."""

    __slots__ = ("around", "heading", "hides", "links", "note", "note_link", "perhaps", "pre")

    def __init__(self) -> None:
        self.around: Ink | None = None
        """The ink around an element that sets its own."""
        self.hides = self.links = self.pre = self.heading = self.note_link = False
        self.note = self.perhaps = -1
        """Of a raised text, and of one that may be a mark (small, a link inside the page): how
        many pieces of its line stand before it."""


class OpenElement:
    """An open element. `role`: what it is in a table; `live`: not inside anything hidden."""

    __slots__ = ("effects", "live", "node", "role", "tag")

    def __init__(self, tag: str, role: Role, live: bool, node: int) -> None:
        self.tag, self.role, self.live, self.node = tag, role, live, node
        self.effects: Effects | None = None
