"""Printed rows of exact tables with their figures, read once however many reports print them.

Of ten rows of a folder nine are printed alike in thousands of reports: a label and nothing but
0. Of the tenth the label is known, with everything that follows from it, and only the cells
that print something else than 0 are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from operator import add
from types import MethodType
from typing import Any, NamedTuple

from ingest.document import Row
from ingest.tables.exact_rows import (
    Column,
    Label,
    first_figure,
    is_count,
    labels_of,
    number_of,
)
from ingest.tables.exact_sheets import across_sheet_of, sheet_of
from ingest.tables.reading import TableReading, figure_of
from knowledge.checks import sum_columns
from knowledge.form import load_form
from knowledge.model import Figure, Gap, Part

MAX_KNOWN_ROW = 400
"""Characters of a row that is worth remembering; rows of the form have under 60."""

MAX_KNOWN_ROWS = 2048
"""Rows of one table that are remembered, two kilobytes each: the form has 30, which in a folder
of thousands of reports are printed in some hundred ways."""

MAX_KNOWN_FIGURE = 1
"""Characters of the figures in a row that is worth remembering: those with longer ones are
hardly printed twice, and each would stay as some twenty objects."""

MAX_KNOWN_FRONTS = 512
"""Label cells of one table that are remembered, a kilobyte each."""

ZERO = "0"
NOTHING = Decimal(0)

VALUE, _LINE = map(Figure._fields.index, ("value", "line"))
_new_figure = MethodType(tuple.__new__, Figure)
"""As a method it is called sooner than a `partial` is."""

Fields = tuple[Any, ...]
"""Some of the fields of a figure."""


@dataclass(slots=True)
class RowFigures:
    """The figures of a printed row; all but their lines and section is the same wherever the
    row is printed so."""

    heads: tuple[Fields, ...]
    """The fields of each figure before its line."""
    cautions: tuple[tuple[str, ...], ...]
    """Those of each; () if none has any, as in nearly every row."""
    adds_up: bool
    """Whether all are 0, or the form's sum over the row holds, or it has none for this table."""


Stretch = tuple[Row, int, RowFigures]
"""Figures side by side in a printed row, with the place of the first: mostly all of the row."""


def reading_of(
    rows: Iterable[Stretch], section: str | None, edition: str, gaps: Iterable[Gap] = ()
) -> TableReading:
    """The reading of a table by its rows of figures, in the order of the form."""
    heads: list[Fields] = []
    tails: list[Fields] = []
    """The fields of each figure from its line on."""
    adds_up = True
    for row, start, own in rows:
        heads += own.heads
        if row.on_one_line and not own.cautions:
            tails += ((row.line, section, edition, ()),) * len(own.heads)
        else:
            cautions = own.cautions or repeat(())
            ends = zip(own.heads, row.lines(start), cautions, strict=False)
            tails += [(line, section, edition, earned) for _, line, earned in ends]
        if not own.adds_up:
            adds_up = False
    # A report has 200 figures: putting two tuples together takes half as long as filling ten
    # fields, and a tuple that grows with its figures longer than one made of a list.
    figures = list(map(_new_figure, map(add, heads, tails)))
    return TableReading(edition, tuple(figures), tuple(gaps), adds_up=adds_up)


class PrintedRow(NamedTuple):
    """A printed row as the walk over exact tables reads it, whatever stands around it."""

    words: tuple[str, ...]
    """What stands before its first figure or dash."""
    start: int
    """Where that is, -1 if it has none."""
    line: int | None
    """Which line of a table that goes down the page has these words in front, None for none.

    None too for a row without figures under the label of a row outside the form: that is the
    heading of a group.
    """
    figures: RowFigures | None
    """None if not exactly one stands in every column; of amounts of money see `PrintedRows`."""
    labels: tuple[Label, ...]


class _Front(NamedTuple):
    """What the cells before the first figure of a row tell."""

    words: tuple[str, ...]
    labels: tuple[Label, ...]
    line: int | None
    columns: tuple[Column, ...]
    """Those of the figures behind; () if none are looked for."""
    names: tuple[str, ...]
    """Of each column the label with which its figure is quoted."""
    heads: tuple[Fields, ...]
    """Of each figure the fields before its line if its cell prints 0."""
    total_last: bool
    """Whether the last column is by the form the sum of those before."""


class PrintedRows(dict[tuple[str, ...], PrintedRow]):
    """The printed rows of a table by their texts, each read once.

    What a row with amounts of money says depends on the header. `units`: those that it prints
    for the columns of the row, () if it prints none; where it is None such rows have no figures.
    """

    def __init__(self, edition: str, part: Part, units: tuple[str | None, ...] | None) -> None:
        super().__init__()
        self._edition = edition
        self._part = part
        self._units = units
        table = load_form().editions[edition].tables[part]
        self._across = table.orientation == "across"
        self._has_sum = bool(sum_columns(part))
        self._fronts: dict[tuple[str, ...], _Front] = {}

    def __missing__(self, texts: tuple[str, ...]) -> PrintedRow:
        start = first_figure(texts)
        if start < 0:
            labels = labels_of(texts)
            words = tuple([word for word, _, _ in labels])
            row = PrintedRow(words, -1, self._blank_line(words), None, labels)
            known = True
        else:
            front = self._front(texts[:start])
            cells = texts[start:]
            figures = self._figures(front, cells) if front.columns else None
            row = PrintedRow(front.words, start, front.line, figures, front.labels)
            known = max(map(len, cells)) <= MAX_KNOWN_FIGURE
        if known and sum(map(len, texts)) <= MAX_KNOWN_ROW:
            if len(self) >= MAX_KNOWN_ROWS:
                self.clear()
            self[texts] = row
        return row

    def _blank_line(self, words: tuple[str, ...]) -> int | None:
        if self._across:
            return None
        down = sheet_of(self._edition, self._part)
        line = down.signatures.get(words)
        return None if line is None or down.lines[line].extra else line

    def _front(self, cells: tuple[str, ...]) -> _Front:
        front = self._fronts.get(cells)
        if front is None:
            front = self._read_front(cells)
            if sum(map(len, cells)) <= MAX_KNOWN_ROW:
                if len(self._fronts) >= MAX_KNOWN_FRONTS:
                    self._fronts.clear()
                self._fronts[cells] = front
        return front

    def _read_front(self, cells: tuple[str, ...]) -> _Front:
        labels = labels_of(cells)
        words = tuple([word for word, _, _ in labels])
        line: int | None = None
        columns: tuple[Column, ...] = ()
        names: tuple[str, ...] = ()
        if self._across:
            if not words:  # a row of nothing but figures holds those of the whole table
                across = across_sheet_of(self._edition, self._part)
                columns, names = across.columns, across.labels
        else:
            down = sheet_of(self._edition, self._part)
            line = down.signatures.get(words)
            if line is not None and (self._units is not None or not down.lines[line].money):
                columns = down.lines[line].columns
                names = (labels[-1][2],) * len(columns)
        quotes = {name: f"{name} {ZERO}" for name in names}
        """Of a row of nothing but 0 one, not seven alike: it is kept and goes between processes."""
        heads = []
        for place, name in enumerate(names):
            figure = self._figure(columns[place], place, ZERO, quotes[name])
            assert figure is not None  # 0 is a figure in every column
            heads.append(figure[:_LINE])
        total_last = tuple([column.column for column in columns]) == sum_columns(self._part)
        return _Front(words, labels, line, columns, names, tuple(heads), total_last)

    def _figures(self, front: _Front, cells: tuple[str, ...]) -> RowFigures | None:
        """The figures of a row: exactly one in every column, and nothing behind them."""
        _, _, _, columns, names, zeros, total_last = front
        if len(cells) < len(columns) or any(cells[len(columns) :]):
            return None
        heads = list(zeros)
        cautions: dict[int, tuple[str, ...]] = {}
        whole = NOTHING
        for place, text in enumerate(cells[: len(columns)]):
            if text == ZERO:
                continue
            column = columns[place]
            quote = f"{names[place]} {text.strip()}"
            if is_count(text) and not column.money:
                heads[place] = (column.cell, Decimal(text), text, column.unit, False, quote)
            else:
                figure = self._figure(column, place, text, quote)
                if figure is None:
                    return None
                heads[place] = figure[:_LINE]
                if figure.cautions:
                    cautions[place] = figure.cautions
            whole += heads[place][VALUE]
        adds_up = not (self._has_sum and whole) or (total_last and whole == 2 * heads[-1][VALUE])
        earned = [cautions.get(place, ()) for place in range(len(heads))] if cautions else ()
        return RowFigures(tuple(heads), tuple(earned), adds_up)

    def _figure(self, column: Column, place: int, text: str, quote: str) -> Figure | None:
        number = number_of(text, column.column, column.unit)
        if number is None:
            return None
        unit = self._units[place] if self._units and column.money else None
        stated = text.strip()
        return figure_of(
            column.cell, number, stated, column.unit, unit, quote, None, None, self._edition, False
        )


@lru_cache(maxsize=32)
def printed_rows(
    edition: str, part: Part, units: tuple[str | None, ...] | None = None
) -> PrintedRows:
    """The rows of a table of an edition, and of amounts those under a header with these units."""
    return PrintedRows(edition, part, units)
