"""The cells of a table in a picture, from the white areas between its ruling lines.

A merged cell is one white area, so merges need no rule of their own; where a line is too
faint to be seen two cells run together, and what stands in them is then no figure of either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.document import Cell, Row


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a picture, in pixels from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, point: tuple[float, float]) -> bool:
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one table, each with its place: first row and column, rows and columns spanned.

    Rows and columns count from 0.
    """

    cells: tuple[tuple[Box, int, int, int, int], ...]
    rows: int
    columns: int

    @property
    def box(self) -> Box:
        return Box(
            min(cell[0].left for cell in self.cells),
            min(cell[0].top for cell in self.cells),
            max(cell[0].right for cell in self.cells),
            max(cell[0].bottom for cell in self.cells),
        )


def find_grids(areas: Iterable[Box], gap: float) -> list[Grid]:
    """The tables that white areas form, from top to bottom; `gap` is the most that parts two cells.

    A table has at least two rows and two columns; single framed boxes are none.
    """
    grids = []
    for group in _neighbours(sorted(areas, key=lambda box: (box.top, box.left)), gap):
        rows = _edges([box.top for box in group], [box.bottom for box in group], gap)
        columns = _edges([box.left for box in group], [box.right for box in group], gap)
        if len(rows) < 3 or len(columns) < 3:
            continue
        cells = []
        for box in group:
            top, bottom = _nearest(rows, box.top), _nearest(rows, box.bottom)
            left, right = _nearest(columns, box.left), _nearest(columns, box.right)
            if bottom > top and right > left:
                cells.append((box, top, left, bottom - top, right - left))
        grids.append(Grid(tuple(cells), len(rows) - 1, len(columns) - 1))
    return sorted(grids, key=lambda grid: grid.box.top)


def grid_rows(grid: Grid, texts: Sequence[str], number: int, line: int | None) -> list[Row]:
    """The table as rows; `texts` gives the text of each of the grid's cells, in their order."""
    printed = [[Cell("", line) for _ in range(grid.columns)] for _ in range(grid.rows)]
    for (_, top, left, high, wide), text in zip(grid.cells, texts, strict=True):
        for row in range(top, top + high):
            for column in range(left, left + wide):
                first = row == top and column == left
                printed[row][column] = Cell(text if first else "", line, covered=not first)
    return [Row(tuple(cells), number, recognised=True) for cells in printed]


def _neighbours(boxes: Sequence[Box], gap: float) -> list[list[Box]]:
    """Boxes that stand side by side or one over the other, only a ruling line between them."""
    group_of = list(range(len(boxes)))

    def root(number: int) -> int:
        while group_of[number] != number:
            group_of[number] = group_of[group_of[number]]
            number = group_of[number]
        return number

    for number, box in enumerate(boxes):
        for other in range(number + 1, len(boxes)):
            if boxes[other].top > box.bottom + gap:
                break
            if _touch(box, boxes[other], gap):
                group_of[root(other)] = root(number)
    groups: dict[int, list[Box]] = {}
    for number, box in enumerate(boxes):
        groups.setdefault(root(number), []).append(box)
    return list(groups.values())


def _touch(one: Box, other: Box, gap: float) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return (across > 0 and -gap <= down) or (down > 0 and -gap <= across)


def _edges(starts: Sequence[float], ends: Sequence[float], gap: float) -> list[float]:
    """Where lines run: the starts and ends of cells, those nearer than `gap` taken as one."""
    edges: list[list[float]] = []
    for place in sorted((*starts, *ends)):
        if edges and place - edges[-1][-1] <= gap:
            edges[-1].append(place)
        else:
            edges.append([place])
    return [sum(group) / len(group) for group in edges]


def _nearest(edges: Sequence[float], place: float) -> int:
    return min(range(len(edges)), key=lambda number: abs(edges[number] - place))
