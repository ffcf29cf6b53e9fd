"""What the attributes of cells and pictures say of their size."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, partial

from ingest.readers.html.parts import Item, Slot
from ingest.readers.html.styles import PLAIN, Look

_new_slot = partial(tuple.__new__, Slot)


def slot_of(look: Look, line: int, items: Sequence[Item]) -> Slot:
    """A cell with the columns and rows that its attributes say it covers."""
    if look is not PLAIN:
        found = look.attributes
        if "rowspan" in found or "colspan" in found:
            down, across = _number(found.get("rowspan")), _number(found.get("colspan"))
            return _new_slot((down, across, line, items))
    return _new_slot((1, 1, line, items))


@lru_cache(maxsize=512)
def _number(text: str | None) -> int:
    """A span as written; 1 where there is none."""
    match = re.match(r"\s*(\d{1,5})", text) if text else None
    return int(match[1]) if match else 1


def pixels(text: str | None) -> int | None:
    """A width or height as an attribute states it; None if it states none in pixels."""
    match = re.fullmatch(r"\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*", text) if text else None
    return int(match[1]) if match else None


def pixels_in(style: str, name: str) -> int | None:
    """The same as a style states it, points taken for the pixels that they are on a screen."""
    match = re.search(rf"(?<![\w-]){name}\s*:\s*(\d{{1,5}})(?:\.\d*)?(px|pt)", style, re.IGNORECASE)
    return int(match[1]) * (4 if match[2].lower() == "pt" else 3) // 3 if match else None
