"""Tables that print exactly the form: every label once and in order, a figure in every cell.

That is how most tables are printed, and then nothing has to be searched: one walk over the
printed rows compares each with the next row of the form. Whatever is not exactly so (a label
more or less, a blank, a damaged cell, a repeated header, columns that a drawn grid does not
put under one another) gives None, and the search of `ingest.tables.alignment` reads the table. Both
must give the same wherever this gives anything; `tests/test_exact_tables.py` holds them
against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import repeat
from typing import Any, NamedTuple

from ingest.document import Block, Paragraph
from ingest.tables.exact_rows import (
    Column,
    cut_row,
    is_foreign_line,
    numbers_of,
    word_of,
)
from ingest.tables.exact_sheets import across_sheet_of, sheet_of, vocabulary_of
from ingest.tables.reading import TableReading, figure_of, printed_unit, unit_is_clear
from knowledge.form import load_form
from knowledge.model import Figure, Part

MAX_KNOWN_ROW = 400
"""Characters of a row that is worth remembering; rows of the form have under 60."""

MAX_KNOWN_ROWS = 2048
"""Rows of one table that are remembered, two kilobytes each: the form has 30, which in a folder
of thousands of reports are printed in some hundred ways, and the others hold figures."""

MAX_KNOWN_HEADER = 60
"""Labels of a header that is worth remembering; those of the form have under 20."""

LINE, SECTION = map(Figure._fields.index, ("line", "section"))
_new_figure = partial(tuple.__new__, Figure)


def read_exactly(
    blocks: Sequence[Block], edition: str, part: Part, section: str | None
) -> TableReading | None:
    """The reading of a table that prints exactly the form of this edition, else None."""
    if load_form().editions[edition].tables[part].orientation == "across":
        return _read_across(blocks, edition, part, section)
    return _read_down(blocks, edition, part, section)


def _read_down(
    blocks: Sequence[Block], edition: str, part: Part, section: str | None
) -> TableReading | None:
    sheet = sheet_of(edition, part)
    vocabulary = vocabulary_of(part)
    lines = sheet.lines
    printed_rows = _printed_rows(edition, part)
    expected = 0
    header: list[tuple[str, int, str]] = []
    """The labels since the last row of figures: folded, column, as printed."""
    units: tuple[str | None, ...] = ()
    printed = False
    """Whether the header prints any unit."""
    group, left, grid = -1, -1, None
    figures: list[Figure] = []
    headed = repeat(section)
    for block in blocks:
        if isinstance(block, Paragraph):
            if not is_foreign_line(block, vocabulary):
                # 第二十条第（一）项, merged over the table's width, comes as a line.
                heading = word_of(block.text)
                if sheet.one_header or block.recognised or heading not in sheet.headings:
                    return None
                header.append((heading, 0, block.text))
            continue
        if block.recognised:
            return None
        texts = block.texts
        words, columns, start, number, filled, own = printed_rows[texts]
        if start < 0:
            header += own
            if words and block.grid != grid:
                grid, group = block.grid, -1
            continue
        if number is None:
            if not vocabulary.isdisjoint(words):
                return None
            continue
        while expected < number and lines[expected].extra:
            expected += 1
        if number != expected:
            return None
        line = lines[number]
        if header:
            if line.group != group and (not sheet.one_header or group < 0):
                found = _header(header, edition, part, number)
                if found is None:
                    return None
                left, units = found
                printed = any(units)
                group = line.group
            elif not sheet.headings.issuperset(word for word, _, _ in header):
                return None
            header = []
        if group < 0 or (line.group != group and not sheet.one_header) or block.grid != grid:
            return None
        if filled is None or (grid is not None and start != left):
            return None
        if printed:
            labels = (texts[columns[-1]],) * len(line.columns)
            filled = _filled(texts, start, labels, line.columns, units, edition)
            assert filled is not None  # the unit in the header is no part of the number
        figures += _figures(filled, block.lines(start), headed)
        expected += 1
    if not vocabulary.isdisjoint(word for word, _, _ in header) or not all(
        line.extra for line in lines[expected:]
    ):
        return None
    return TableReading(edition, tuple(figures))


def _header(
    header: Sequence[tuple[str, int, str]], edition: str, part: Part, number: int
) -> tuple[int, tuple[str | None, ...]] | None:
    """The first column of figures by the labels of a header, and the units of money printed.

    None unless every column of the line has its label once, in the order of the form (总计 may
    stand anywhere in the reading, since its cell reaches over two rows), one beside the other,
    and behind the heading of its group.
    """
    if len(header) > MAX_KNOWN_HEADER:
        return _known_header.__wrapped__(tuple(header), edition, part, number)
    return _known_header(tuple(header), edition, part, number)


@lru_cache(maxsize=512)
def _known_header(
    header: tuple[tuple[str, int, str], ...], edition: str, part: Part, number: int
) -> tuple[int, tuple[str | None, ...]] | None:
    sheet = sheet_of(edition, part)
    vocabulary = vocabulary_of(part)
    line = sheet.lines[number]
    places: list[int] = []
    units: list[str | None] = []
    order: list[int] = []
    totals: list[int] = []
    used = 0
    for place, cores in enumerate(line.header):
        found = [n for n, (word, _, _) in enumerate(header) if word in cores]
        if len(found) != 1:
            return None
        used += 1
        column = line.columns[place]
        places.append(header[found[0]][1])
        units.append(printed_unit(header[found[0]][2]) if column.money else None)
        if column.money and not unit_is_clear(header[found[0]][2]):
            return None
        (totals if column.column == "total" else order).append(found[0])
    first = min([*order, *totals])
    if not sheet.groups.isdisjoint(word for word, _, _ in header[first:]):
        return None
    others = len(header) - used
    known = [word for word, _, _ in header if word in sheet.headings or word not in vocabulary]
    if len(known) != others or order != sorted(order):
        return None
    if places == list(range(places[0], places[0] + len(places))):
        return places[0], tuple(units)
    if totals and order and totals[0] < order[0]:
        return None
    return -1, tuple(units)


_Fields = tuple[tuple[Any, ...], ...]
_Filled = tuple[_Fields, _Fields]
"""Figures field by field, each for all columns: those before line and section and those behind."""


class _PrintedRow(NamedTuple):
    """A printed row as this module reads it, whatever stands around it."""

    words: tuple[str, ...]
    columns: tuple[int, ...]
    start: int
    line: int | None
    """Which line of the table has these words in front, None for none."""
    filled: _Filled | None
    """Its figures without their lines and section, None if not all are there."""
    labels: tuple[tuple[str, int, str], ...]
    """Its words with their columns and as printed."""


class _PrintedRows(dict[tuple[str, ...], _PrintedRow]):
    """The printed rows of a table by their texts, each read once.

    Most rows of a report are printed in thousands of others: a label and nothing but 0.
    """

    def __init__(self, read: Callable[[tuple[str, ...]], _PrintedRow]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, texts: tuple[str, ...]) -> _PrintedRow:
        row = self._read(texts)
        if len(self) >= MAX_KNOWN_ROWS:
            self.clear()
        if sum(map(len, texts)) <= MAX_KNOWN_ROW:
            self[texts] = row
        return row


@lru_cache(maxsize=8)
def _printed_rows(edition: str, part: Part) -> _PrintedRows:
    across = load_form().editions[edition].tables[part].orientation == "across"
    return _PrintedRows(partial(_row_across if across else _row_down, edition, part))


def _row_down(edition: str, part: Part, texts: tuple[str, ...]) -> _PrintedRow:
    sheet = sheet_of(edition, part)
    words, columns, start = cut_row(texts)
    number = sheet.signatures.get(words) if start >= 0 else None
    filled = None
    if number is not None:
        own = sheet.lines[number].columns
        labels = (texts[columns[-1]],) * len(own)
        filled = _filled(texts, start, labels, own, (None,) * len(own), edition)
    return _PrintedRow(words, columns, start, number, filled, _labels(words, columns, texts))


def _row_across(edition: str, part: Part, texts: tuple[str, ...]) -> _PrintedRow:
    """A row of nothing but figures holds those of the whole table."""
    words, columns, start = cut_row(texts)
    filled = None
    if start >= 0 and not words:
        sheet = across_sheet_of(edition, part)
        units = (None,) * len(sheet.columns)
        filled = _filled(texts, start, sheet.labels, sheet.columns, units, edition)
    return _PrintedRow(words, columns, start, None, filled, _labels(words, columns, texts))


def _labels(
    words: Sequence[str], columns: Sequence[int], texts: Sequence[str]
) -> tuple[tuple[str, int, str], ...]:
    return tuple(zip(words, columns, [texts[column] for column in columns], strict=True))


def _figures(
    filled: _Filled, lines: Iterator[int | None], section: Iterator[str | None]
) -> Iterator[Figure]:
    """All of a figure but its line and section is the same wherever its row is printed so."""
    before, behind = filled
    return map(_new_figure, zip(*before, lines, section, *behind))  # noqa: B905 - as many as the row has columns


def _filled(
    texts: Sequence[str],
    start: int,
    labels: Sequence[str],
    columns: Sequence[Column],
    units: Sequence[str | None],
    edition: str,
) -> _Filled | None:
    """The fields of the figures of a row, each for all of its columns."""
    numbers = numbers_of(texts, start, columns)
    if numbers is None:
        return None
    figures = []
    quotes: dict[str, str] = {}
    """Of a row of nothing but 0 one, not seven alike: it is kept and goes between processes."""
    for offset, column in enumerate(columns):
        stated = texts[start + offset].strip()
        unit = units[offset] if column.money else None
        quote = f"{labels[offset]} {stated}"
        figures.append(
            figure_of(
                column.cell,
                numbers[offset],
                stated,
                column.unit,
                unit,
                quotes.setdefault(quote, quote),
                None,
                None,
                edition,
                False,
            )
        )
    fields = tuple(zip(*figures, strict=True))
    return fields[:LINE], fields[SECTION + 1 :]


def _read_across(
    blocks: Sequence[Block], edition: str, part: Part, section: str | None
) -> TableReading | None:
    heads, leaves, columns, known, beginnings, _, groups = across_sheet_of(edition, part)
    printed_rows = _printed_rows(edition, part)
    seen_heads: list[str] = []
    seen_leaves: list[tuple[str, int]] = []
    grid = None
    figures: list[Figure] = []
    headed = repeat(section)
    for block in blocks:
        if isinstance(block, Paragraph):
            if not is_foreign_line(block, beginnings):
                return None
            continue
        if block.recognised:
            return None
        texts = block.texts
        words, places, start, _, filled, _ = printed_rows[texts]
        if start < 0:
            if seen_leaves and not figures and words and known.isdisjoint(words):
                return None
            for word, place in zip(words, places, strict=True):
                if word in known:
                    if figures:
                        return None
                    grid = block.grid
                    if word in heads:
                        seen_heads.append(word)
                    else:
                        seen_leaves.append((word, place))
                elif word in beginnings or (word in groups and not seen_heads):
                    return None
            continue
        if not beginnings.isdisjoint(words):
            return None
        if figures and not words and filled is not None:
            return None  # a second row of figures: which is this year's is not said
        if figures or not seen_leaves:
            continue
        if words or tuple(seen_heads) != heads or len(seen_leaves) != len(leaves):
            return None
        if any(word not in cores for (word, _), cores in zip(seen_leaves, leaves, strict=True)):
            return None
        if filled is None or block.grid != grid:
            return None
        if grid is not None and [p for _, p in seen_leaves] != list(
            range(start, start + len(columns))
        ):
            return None
        figures += _figures(filled, block.lines(start), headed)
    return TableReading(edition, tuple(figures)) if figures else None
