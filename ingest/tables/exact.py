"""Tables that print exactly the form: every label once and in order, a figure in every cell.

That is how most tables are printed, and then nothing has to be searched: one walk over the
printed rows compares each with the next row of the form. A blank is read too where a drawn grid
shows whose it is (`ingest.tables.exact_blanks`). Whatever is not exactly so (a label more or less,
a blank elsewhere, a damaged cell, a repeated header, columns that a drawn grid does not put
under one another) gives None, and the search of `ingest.tables.alignment` reads the table. Both
must give the same wherever this gives anything; `tests/test_exact_tables.py` and
`tests/test_exact_blanks.py` hold them against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ingest.document import Block, Paragraph
from ingest.tables.exact_blanks import blanks_are_certain, row_with_blanks, stand_alone
from ingest.tables.exact_figures import Stretch, printed_rows, reading_of
from ingest.tables.exact_rows import Label, is_foreign_line, word_of
from ingest.tables.exact_sheets import Line, across_sheet_of, sheet_of, vocabulary_of
from ingest.tables.reading import TableReading, printed_unit, unit_is_clear
from knowledge.form import load_form
from knowledge.model import Gap, Part

MAX_KNOWN_HEADER = 60
"""Labels of a header that is worth remembering; those of the form have under 20."""


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
    lines, one_header = sheet.lines, sheet.one_header
    rows = printed_rows(edition, part)
    expected = 0
    header: tuple[Label, ...] = ()
    """The labels since the last row of figures."""
    units: tuple[str | None, ...] = ()
    group, left, grid = -1, -1, None
    read: list[Stretch] = []
    gaps: list[Gap] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            if not is_foreign_line(block, vocabulary):
                # 第二十条第（一）项, merged over the table's width, comes as a line.
                heading = word_of(block.text)
                if one_header or block.recognised or heading not in sheet.headings:
                    return None
                header += ((heading, 0, block.text),)
            continue
        if block.recognised:
            return None
        texts = block.texts
        words, start, number, own, labels = rows[texts]
        if start < 0 and (
            number is None
            or grid is None
            or block.grid != grid
            or number != _next_own(lines, expected)
        ):
            header += labels
            if words and block.grid != grid:
                grid, group = block.grid, -1
            continue
        if number is None:
            if not vocabulary.isdisjoint(words):
                return None
            continue
        if number != expected:
            while expected < number and lines[expected].extra:
                expected += 1
            if number != expected:
                return None
        line = lines[number]
        if header:
            if line.group != group and (not one_header or group < 0):
                found = _header(header, edition, part, number)
                if found is None:
                    return None
                left, units = found
                group = line.group
            elif not sheet.headings.issuperset(word for word, _, _ in header):
                return None
            header = ()
        elif group < 0 or (line.group != group and not one_header):
            return None
        if block.grid != grid:
            return None
        if own is None and line.money:
            own = printed_rows(edition, part, units)[texts].figures
        if own is not None and (grid is None or start == left):
            read.append((block, start, own))
        else:
            every = printed_rows(edition, part, units)
            blank = None if line.extra else row_with_blanks(block, left, line.columns, every)
            if blank is None:
                return None
            read += blank.figures
            gaps += blank.gaps
        expected += 1
    if not vocabulary.isdisjoint(word for word, _, _ in header) or not all(
        line.extra for line in lines[expected:]
    ):
        return None
    if gaps and not (read and blanks_are_certain(blocks, edition, part)):
        return None
    return reading_of(read, section, edition, gaps)


def _next_own(lines: Sequence[Line], expected: int) -> int | None:
    """The next line that is the form's own; what is printed beside the form is never blank."""
    return next((n for n in range(expected, len(lines)) if not lines[n].extra), None)


def _header(
    header: tuple[Label, ...], edition: str, part: Part, number: int
) -> tuple[int, tuple[str | None, ...]] | None:
    """The first column of figures by the labels of a header, and the units of money printed
    above each, () if there are none.

    None unless every column of the line has its label once, in the order of the form (总计 may
    stand anywhere in the reading, since its cell reaches over two rows), one beside the other,
    and behind the heading of its group.
    """
    if len(header) > MAX_KNOWN_HEADER:
        return _known_header.__wrapped__(header, edition, part, number)
    return _known_header(header, edition, part, number)


@lru_cache(maxsize=512)
def _known_header(
    header: tuple[Label, ...], edition: str, part: Part, number: int
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
    stated = tuple(units) if any(units) else ()
    if places == list(range(places[0], places[0] + len(places))):
        return places[0], stated
    if totals and order and totals[0] < order[0]:
        return None
    return -1, stated


def _read_across(
    blocks: Sequence[Block], edition: str, part: Part, section: str | None
) -> TableReading | None:
    heads, leaves, columns, known, beginnings, _, groups = across_sheet_of(edition, part)
    rows = printed_rows(edition, part)
    seen_heads: list[str] = []
    seen_leaves: list[tuple[str, int]] = []
    grid = None
    read: list[Stretch] = []
    gaps: tuple[Gap, ...] = ()
    for block in blocks:
        if isinstance(block, Paragraph):
            if not is_foreign_line(block, beginnings):
                return None
            continue
        if block.recognised:
            return None
        words, start, _, own, labels = rows[block.texts]
        if start < 0:
            if seen_leaves and not read and words and known.isdisjoint(words):
                return None
            for word, place, _ in labels:
                if word in known:
                    if read:
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
        if read and not words and own is not None:
            return None  # a second row of figures: which is this year's is not said
        if read or not seen_leaves:
            continue
        if words or tuple(seen_heads) != heads or len(seen_leaves) != len(leaves):
            return None
        if any(word not in cores for (word, _), cores in zip(seen_leaves, leaves, strict=True)):
            return None
        if block.grid != grid:
            return None
        left = start if grid is None else seen_leaves[0][1]
        if grid is not None and [p for _, p in seen_leaves] != list(
            range(left, left + len(columns))
        ):
            return None
        if own is not None and start == left:
            read.append((block, start, own))
        else:
            blank = row_with_blanks(block, left, columns, rows)
            if blank is None:
                return None
            read += blank.figures
            gaps = blank.gaps
    if not read or (gaps and not stand_alone(blocks, edition, part)):
        return None
    return reading_of(read, section, edition, gaps)
