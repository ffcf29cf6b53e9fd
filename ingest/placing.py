"""Which of the cells behind a row label are the row's own: certain, or none at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.alignment import Match, Slot, Token, is_label


@dataclass(frozen=True, slots=True)
class Window:
    """The cells between a row label and the next label.

    `depth` counts the group labels that the form has above the row, `column` the printed
    cells before its label: rows alike in both are printed alike. `marked` tells whether the
    layout shows where a cell ends.
    """

    values: tuple[Token, ...]
    depth: int
    column: int
    marked: bool


def find_windows(
    tokens: Sequence[Token], matches: Iterable[Match], slots: Sequence[Slot], depths: dict[str, int]
) -> dict[str, Window]:
    """For each matched row label, by item, what follows it."""
    windows: dict[str, Window] = {}
    for match in matches:
        item = slots[match.slot].item
        if slots[match.slot].kind != "row" or item is None:
            continue
        last = match.end - 1
        row = tokens[last].row
        end = match.end
        while end < len(tokens) and tokens[end].row == row and not is_label(tokens[end]):
            end += 1
        first = last
        while row is not None and first > 0 and tokens[first - 1].row == row:
            first -= 1
        windows[item] = Window(
            tuple(tokens[match.end : end]), depths[item], last - first, row is not None
        )
    return windows


def fitting_places(values: Sequence[Token], count: int) -> list[int]:
    """Where a stretch of `count` cells can start so that every cell outside it is empty."""
    filled = [number for number, token in enumerate(values) if token.text]
    if not filled:
        return list(range(len(values) - count + 1)) if len(values) >= count else []
    return [
        start
        for start in range(len(values) - count + 1)
        if start <= filled[0] and filled[-1] < start + count
    ]


def settled_place(values: Sequence[Token], count: int) -> int | None:
    """Where `count` cells start that have a figure at both ends and none outside, else None."""
    filled = [number for number, token in enumerate(values) if token.text]
    return filled[0] if filled and filled[-1] - filled[0] + 1 == count else None


def place_row(
    window: Window, count: int, others: Iterable[tuple[Window, int]]
) -> Sequence[Token] | None:
    """The `count` cells of a row among what follows its label, or None if not certain.

    In a line-by-line layout there must be exactly so many. In a printed row there may be
    empty cells before (spanned labels) and after (trailing columns). Figures at both ends
    settle it. Where a cell at an end is empty, settled rows printed alike (`others`, each
    with its count) must show the same start: a row that lost a cell looks just the same.
    """
    values = window.values
    if not window.marked:
        return values if len(values) == count else None
    if not any(token.text for token in values):
        return values[:count] if len(values) >= count else None
    start = settled_place(values, count)
    if start is None:
        alike = [
            (len(other.values), settled_place(other.values, size))
            for other, size in others
            if (other.depth, other.column, other.marked) == (window.depth, window.column, True)
            and any(token.text for token in other.values)
        ]
        places = {place for width, place in alike if place is not None and width == len(values)}
        # A row with none to compare it with has no cell to spare; where several rows lack
        # one at their end, a whole column of figures may be lost.
        if len(alike) == 1 and len(values) == count:
            places = {0}
        if len(places) != 1 or not places.issubset(fitting_places(values, count)):
            return None
        start = places.pop()
    return values[start : start + count]
