"""Tables that print exactly the form: every label once and in order, a figure in every cell.

That is how most tables are printed, and then nothing has to be searched: one walk over the
printed rows compares each with the next row of the form. Whatever is not exactly so (a label
more or less, a blank, a damaged cell, a repeated header, columns that a drawn grid does not
put under one another) gives None, and the search of `ingest.tables.alignment` reads the table. Both
must give the same wherever this gives anything; `tests/test_exact_tables.py` holds them
against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Block, Paragraph
from ingest.tables.alignment import label_parts, slots_of
from ingest.tables.exact_rows import (
    Column,
    columns_of,
    cut_row,
    is_foreign_line,
    numbers_of,
    word_of,
)
from ingest.tables.reading import TableReading, figure_of, printed_unit, unit_is_clear
from knowledge.form import FormRow, FormTable, label_core, load_form
from knowledge.model import Figure, Part


class _Line(NamedTuple):
    """A row of the form as this module needs it."""

    item: str
    extra: bool
    group: int
    columns: tuple[Column, ...]
    header: tuple[frozenset[str], ...]
    """The ways in which each of its column labels is printed."""


class _Sheet(NamedTuple):
    """A table of an edition with everything that can be worked out before a report is seen."""

    lines: tuple[_Line, ...]
    signatures: dict[tuple[str, ...], int]
    """The labels that a row of figures may have in front, group labels first, to its line."""
    headings: frozenset[str]
    """Labels that may stand without figures between the rows."""
    one_header: bool


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
    sheet = _sheet(edition, part)
    vocabulary = _vocabulary(part)
    lines = sheet.lines
    expected = 0
    header: list[tuple[str, int, str]] = []
    """The labels since the last row of figures: folded, column, as printed."""
    units: list[str | None] = []
    group, left, grid = -1, -1, None
    figures: list[Figure] = []
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
        words, columns, start = cut_row(block)
        if start < 0:
            header += zip(words, columns, (block.cells[c].text for c in columns), strict=True)
            if words and block.grid != grid:
                grid, group = block.grid, -1
            continue
        number = sheet.signatures.get(words)
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
                found = _header(header, line, sheet, vocabulary)
                if found is None:
                    return None
                left, units = found
                group = line.group
            elif not sheet.headings.issuperset(word for word, _, _ in header):
                return None
            header = []
        if group < 0 or (line.group != group and not sheet.one_header) or block.grid != grid:
            return None
        numbers = numbers_of(block, start, line.columns)
        if numbers is None or (grid is not None and start != left):
            return None
        label_cell = block.cells[columns[-1]]
        for offset, column in enumerate(line.columns):
            cell = block.cells[start + offset]
            stated = cell.text.strip()
            figures.append(
                figure_of(
                    column.cell,
                    numbers[offset],
                    stated,
                    column.unit,
                    units[offset] if column.money else None,
                    f"{label_cell.text} {stated}",
                    cell.line,
                    section,
                    edition,
                    False,
                )
            )
        expected += 1
    if not vocabulary.isdisjoint(word for word, _, _ in header) or not all(
        line.extra for line in lines[expected:]
    ):
        return None
    return TableReading(edition, tuple(figures))


def _header(
    header: Sequence[tuple[str, int, str]],
    line: _Line,
    sheet: _Sheet,
    vocabulary: frozenset[str],
) -> tuple[int, list[str | None]] | None:
    """The first column of figures by the labels of a header, and the units of money printed.

    None unless every column of the line has its label once, in the order of the form (总计 may
    stand anywhere in the reading, since its cell reaches over two rows), one beside the other.
    """
    places: list[int] = []
    units: list[str | None] = []
    order: list[int] = []
    totals: list[int] = []
    used = 0
    for number, cores in enumerate(line.header):
        found = [n for n, (word, _, _) in enumerate(header) if word in cores]
        if len(found) != 1:
            return None
        used += 1
        places.append(header[found[0]][1])
        units.append(printed_unit(header[found[0]][2]) if line.columns[number].money else None)
        if line.columns[number].money and not unit_is_clear(header[found[0]][2]):
            return None
        (totals if line.columns[number].column == "total" else order).append(found[0])
    others = len(header) - used
    known = [word for word, _, _ in header if word in sheet.headings or word not in vocabulary]
    if len(known) != others or order != sorted(order):
        return None
    if places == list(range(places[0], places[0] + len(places))):
        return places[0], units
    if totals and order and totals[0] < order[0]:
        return None
    return -1, units


def _read_across(
    blocks: Sequence[Block], edition: str, part: Part, section: str | None
) -> TableReading | None:
    heads, leaves, columns, known, beginnings, labels, groups = _across(edition, part)
    seen_heads: list[str] = []
    seen_leaves: list[tuple[str, int]] = []
    grid = None
    figures: list[Figure] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            if not is_foreign_line(block, beginnings):
                return None
            continue
        if block.recognised:
            return None
        words, places, start = cut_row(block)
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
        if figures and not words and numbers_of(block, start, columns) is not None:
            return None  # a second row of figures: which is this year's is not said
        if figures or not seen_leaves:
            continue
        if words or tuple(seen_heads) != heads or len(seen_leaves) != len(leaves):
            return None
        if any(word not in cores for (word, _), cores in zip(seen_leaves, leaves, strict=True)):
            return None
        numbers = numbers_of(block, start, columns)
        if numbers is None or block.grid != grid:
            return None
        if grid is not None and [p for _, p in seen_leaves] != list(
            range(start, start + len(columns))
        ):
            return None
        for offset, (column, label) in enumerate(zip(columns, labels, strict=True)):
            cell = block.cells[start + offset]
            stated = cell.text.strip()
            figures.append(
                figure_of(
                    column.cell,
                    numbers[offset],
                    stated,
                    column.unit,
                    None,
                    f"{label} {stated}",
                    cell.line,
                    section,
                    edition,
                    False,
                )
            )
    return TableReading(edition, tuple(figures)) if figures else None


@lru_cache(maxsize=4)
def _vocabulary(part: Part) -> frozenset[str]:
    """Every label of a table in any edition and every stretch of one, and its column labels."""
    form = load_form()
    words: set[str] = set()
    for edition in form.editions.values():
        table = edition.tables[part]
        words |= label_parts(slots_of(edition.id, part))
        for row in table.rows:
            words.update(map(label_core, row.group))
            for column in (*row.columns, *(extra for _, extra in table.extra_columns)):
                for core in form.column_cores(column.label):
                    words.update(core[:end] for end in range(1, len(core) + 1))
    return frozenset(words)


@lru_cache(maxsize=8)
def _sheet(edition: str, part: Part) -> _Sheet:
    form = load_form()
    table = form.editions[edition].tables[part]
    groups = list(dict.fromkeys(row.group for row in table.rows))
    one_header = table.header == "table"
    lines: list[_Line] = []
    signatures: dict[tuple[str, ...], int] = {}
    doubled: set[tuple[str, ...]] = set()
    headings = {label_core(label) for row in table.rows for label in row.group}
    if not one_header:
        headings.add(label_core("信息内容"))
    else:
        headings.update(form.header_words)
    for number, row in enumerate(table.rows):
        lines.append(
            _Line(
                row.item,
                row.extra,
                0 if one_header else groups.index(row.group),
                columns_of(row),
                tuple(frozenset(form.column_cores(column.label)) for column in row.columns),
            )
        )
        for core in form.row_cores(row.item, row.label):
            for signature in _fronts(table, row, core):
                if signatures.setdefault(signature, number) != number:
                    doubled.add(signature)
    for signature in doubled:
        del signatures[signature]
    return _Sheet(tuple(lines), signatures, frozenset(headings), one_header)


def _fronts(table: FormTable, row: FormRow, core: str) -> Iterable[tuple[str, ...]]:
    """The label of a row alone and behind any of the labels of its groups."""
    yield (core,)
    if table.header == "table":
        groups = tuple(map(label_core, row.group))
        for first in range(len(groups)):
            yield (*groups[first:], core)
            yield (groups[first], core)


class _Across(NamedTuple):
    heads: tuple[str, ...]
    leaves: tuple[frozenset[str], ...]
    columns: tuple[Column, ...]
    known: frozenset[str]
    beginnings: frozenset[str]
    labels: tuple[str, ...]
    groups: frozenset[str]
    """Labels over heads; none stands before the first head, which has none over it."""


@lru_cache(maxsize=8)
def _across(edition: str, part: Part) -> _Across:
    form = load_form()
    rows = form.editions[edition].tables[part].rows
    heads = tuple(label_core(row.label) for row in rows)
    leaves = tuple(frozenset(form.column_cores(c.label)) for row in rows for c in row.columns)
    known = frozenset(heads).union(*leaves)
    return _Across(
        heads,
        leaves,
        tuple(column for row in rows for column in columns_of(row)),
        known,
        frozenset(label[:end] for label in known for end in range(1, len(label) + 1)),
        tuple(" ".join((*row.group, row.label, c.label)) for row in rows for c in row.columns),
        frozenset(label_core(label) for row in rows[1:] for label in row.group),
    )
