"""The line of text that a page is printing, from the pieces between its tags."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from ingest.readers.html.parts import Item, Line

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20"
_WRAPPED = re.compile(rf"(?<=[{_HAN}])[ \t]*\n[ \t\n]*(?=[{_HAN}])")
_BLANKS = re.compile(r"[ \t\n\f]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u202a-\u202e]")
_NOTE = re.compile(r"[\[［(（〔【]?(?:注|\*|\d{1,2}|[①-⑳])\d?[\]］)）〕】]?|\*+")
_BEHIND_NUMBER = frozenset(".．、)）")
_TEN = re.compile(r"(?<![\d.])10$")
_WORD = re.compile(r"[^\W\d_年月日时分点上下一页篇]")
"""What makes a line more than a link with its date."""


def visible_text(data: str) -> str:
    """Text of the page with its entities resolved and invisible characters gone."""
    if "&" in data:
        data = unescape(data)
    return data if data.isascii() else _INVISIBLE.sub("", data)


def printed_text(text: str) -> str:
    """Text without the blanks and line ends that only lay out the source."""
    if "\n" in text:
        text = _WRAPPED.sub("", text)
    text = text.strip()
    if "\n" in text or "\t" in text or "  " in text:
        text = _BLANKS.sub(" ", text)
    return text


def cell_text(data: str) -> tuple[str, int]:
    """The text of a cell that holds nothing else, and how many line ends stand before it."""
    text = visible_text(data)
    if not text or text.isspace():
        return "", 0
    skipped = text[: len(text) - len(text.lstrip())].count("\n") if "\n" in text else 0
    return printed_text(text), skipped


MAX_KNOWN = 60
"""Characters of a cell that may stand in thousands of tables."""

known_cell_text = lru_cache(maxsize=8192)(cell_text)


class LineBuffer:
    """Collects the pieces of one line until a block or a break ends it."""

    __slots__ = ("line", "link_seen", "outside", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.outside: list[str] = []
        """What of the line stands outside links."""
        self.link_seen = False
        self.line = 0

    def add(self, data: str, line: int, in_link: bool) -> None:
        """Takes a piece that is not blank; `line` is that of its first character."""
        if not self.pieces:
            self.line = line
            if data[0] == "\n" or data[0] == " ":
                self.line += data[: len(data) - len(data.lstrip())].count("\n")
        if in_link:
            self.link_seen = True
        else:
            self.outside.append(data)
        self.pieces.append(data)

    def end(self, sink: list[Item], node: int, heading: bool, pre: bool) -> None:
        """Puts the line, if it prints anything, into `sink` and begins a new one."""
        text = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
        self.pieces.clear()
        text = text.strip() if pre else printed_text(text)
        if text:
            line = self.line
            if text[0] in _BEHIND_NUMBER and sink and _is_number_of(sink[-1], node):
                # "2<br>.其他…" is one label; its number alone would look like a figure.
                before = sink.pop()
                assert isinstance(before, Line)
                text, line = before.text + text, before.line
            linked = self.link_seen and not _WORD.search("".join(self.outside))
            sink.append(Line(text, line, node, linked, heading))
        self.outside.clear()
        self.link_seen = False

    def drop_note(self, start: int, linked: bool) -> None:
        """Takes out a footnote mark, the pieces from `start` on: 5<sup>1</sup> is not 51.

        `linked`: it leads to its footnote, and so is one for certain.
        """
        if start >= len(self.pieces):
            return
        before = "".join(self.pieces[max(0, start - 5) : start]).rstrip()
        mark = "".join(self.pieces[start:]).strip()
        if not _NOTE.fullmatch(mark) or (before[-1:].isascii() and before[-1:].isalpha()):
            return
        del self.pieces[start:]
        if not linked and mark.isdigit() and _TEN.search(before):
            self.pieces.append(f"^{mark}")  # a power of ten is no figure, and not its base

    def part_note(self, start: int) -> None:
        """Parts digits that may be a mark from those before them: neither 5<small>1</small>
        nor 51 is certain, so the cell is no figure."""
        before = "".join(self.pieces[max(0, start - 5) : start]).rstrip()
        mark = "".join(self.pieces[start:]).strip()
        if mark.isdigit() and before[-1:].isdigit():
            self.pieces.insert(start, "^")


def _is_number_of(item: Item, node: int) -> bool:
    """Whether an item is the end of a line of the same block that ends in a number."""
    return isinstance(item, Line) and item.node == node and item.text[-1].isdigit()
