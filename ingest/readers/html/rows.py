"""A row in which every cell holds nothing but text, read at once: most of a report are such rows.

What this module gives is what `flow` would make of the same tags one by one, at a third of the
time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from ingest.document import Cell
from ingest.readers.html.ink import NO_INK
from ingest.readers.html.lines import MAX_KNOWN, cell_text, known_cell_text
from ingest.readers.html.parts import SINGLE, Slot
from ingest.readers.html.sizes import slot_of
from ingest.readers.html.styles import Look
from ingest.readers.html.tags import cells_of, lines_of

_CHANGED = Slot(-1, -1, 0, ())

_new_cell = partial(tuple.__new__, Cell)


def changes_text(look: Look) -> bool:
    """Whether a row or cell that looks so shows its text otherwise than it is written, or not."""
    return look.unseen or look.display == "none" or look.ink is not NO_INK or look.pre


class Covers:
    """What a cell covers, by its attributes, on one page with its style sheets (`look`)."""

    def __init__(self, look: Callable[[str], Look]) -> None:
        self._look = look
        self.known: dict[str, Slot] = {}
        """`_CHANGED` where they do something to the text of the cell."""

    def of(self, attributes: Iterable[str]) -> list[Slot]:
        known = self.known
        for each in attributes:
            if each not in known:
                look = self._look(each)
                slot = _CHANGED if changes_text(look) else slot_of(look, 0, ())
                known[each] = SINGLE if slot == SINGLE else slot
        return [known[each] for each in attributes]


def whole_row(
    row: str, line: int, covers: Covers, hides: Callable[[str], bool]
) -> tuple[list[Slot], list[Cell]] | None:
    """What each cell of a row as written (`tags.ROW`) covers and prints; None if one of them is
    more than its text.

    `line`: where the row begins.
    """
    written = cells_of(row)
    if ("<p" in row or "<P" in row) and any(inner and hides(inner) for _, inner, _ in written):
        return None
    known = covers.known
    try:
        slots = [known[attributes] for attributes, _, _ in written]
    except KeyError:
        slots = covers.of([attributes for attributes, _, _ in written])
    if _CHANGED in slots:
        return None
    if "\n" in row:
        lines = lines_of(row, line)
        return slots, [
            _cell(text, begin) for (_, _, text), begin in zip(written, lines, strict=True)
        ]
    cells: dict[str, Cell] = {}
    return slots, [
        cells.get(text) or cells.setdefault(text, _cell(text, line)) for _, _, text in written
    ]


def _cell(text: str, line: int) -> Cell:
    shown, skipped = known_cell_text(text) if len(text) <= MAX_KNOWN else cell_text(text)
    return _new_cell((shown, line + skipped, False))
