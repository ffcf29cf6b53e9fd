"""Rows in which a figure may stand that is none of theirs: left out, never changed.

What a row has lost cannot be seen where something else has come in its place: an empty cell at
the end of a row whose figures moved up, or the number of the page. Such a row fits its columns
and says wrong things, so what speaks for it is looked for here and its absence costs the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from ingest.document import Document, Paragraph
from ingest.tables.reading import TableReading, incomplete
from ingest.tables.tokens import Token
from knowledge.checks import has_row_sum, row_adds_up, sum_columns
from knowledge.form import load_form
from knowledge.model import CellId, Figure, Gap, Part
from knowledge.numerals import cell_number
from knowledge.text import solid

MAX_PAGE_DIGITS = 2
"""The longest report met has 40 pages; in a paper of a county with annexes it may have 200."""

MAX_LINE = 8
"""Characters of a line with a page number, blanks included."""

SHIFTED = "一行的边上空着一格，前面的数可能错了格"
STRANGER = "一行里的数像是错了格（加不起来，可能混进了页码）"
PAGE = "一行里有一个数像是页码，可能错了格"


def has_blank_edge(part: Part, cells: Sequence[Token | None]) -> bool:
    """Whether a row with figures begins or ends with an empty cell and no sum can tell why.

    Where a cell was lost and an empty one put at the end, every figure stands one to the left.
    The tables of applications and reviews have a sum for it (`drop_misplaced`). A printed dash
    is no empty cell.
    """
    if has_row_sum(part) or len(cells) < 2 or any(c is not None and c.place for c in cells):
        return False  # where the format draws the columns a figure stands under its label
    texts = [token.text.strip() if token is not None else "" for token in cells]
    return any(texts) and not (texts[0] and texts[-1])


def find_strangers(part: Part, rows: Mapping[str, Mapping[str, Token | None]]) -> frozenset[str]:
    """The rows with one cell a line whose sum does not hold and which may hold a page number.

    `rows` maps items to their cells by column. Where a page number stands for a part,
    the parts without it are no more than the total; where it stands for the total it breaks a
    sum that the other rows keep. A sum that fails in some other way is the report's own error.
    """
    columns = sum_columns(part)
    failing: list[tuple[str, list[Decimal]]] = []
    sound = False
    for item, cells in rows.items():
        tokens = [token for column in columns if (token := cells.get(column)) is not None]
        numbers = [cell_number(token.text) for token in tokens]
        values = [number.value for number in numbers if number is not None]
        if not columns or len(values) != len(columns) or not any(values):
            continue
        if sum(values[:-1]) == values[-1]:
            sound = True
        elif not any(token.marked for token in tokens):
            failing.append((item, values))
    return frozenset(item for item, values in failing if _may_hold_a_page(values, sound))


def _may_hold_a_page(values: Sequence[Decimal], sound: bool) -> bool:
    *parts, total = values
    pages = range(2, 10**MAX_PAGE_DIGITS)
    if total in pages and (sound or not any(parts)):
        return True
    return any(part in pages and sum(parts) - part <= total for part in parts)


def drop_page_numbers(
    readings: Mapping[Part, TableReading], document: Document
) -> dict[Part, TableReading]:
    """The readings without rows of which a figure is the page number that is missing elsewhere.

    Page numbers that stand alone on their lines between other text tell which one is missing;
    a figure on a line of its own that is just that number, at that place, may be it.
    """
    alone = _numbers_alone(document)
    if not alone:
        return dict(readings)
    figures = [f for reading in readings.values() for f in reading.figures if f.line in alone]
    read = {figure.line for figure in figures}
    pages = [(line, alone[line]) for line in sorted(_isolated(document, alone) - read)]
    if not figures or not pages:
        return dict(readings)
    found = {value for _, value in pages}
    suspects = {f.cell for f in figures if f.value not in found and _is_missing_page(f, pages)}
    suspects -= {cell for part, one in readings.items() for cell in _confirmed(part, one)}
    return {
        part: _without(reading, part, suspects) if suspects else reading
        for part, reading in readings.items()
    }


def _numbers_alone(document: Document) -> dict[int, int]:
    """Lines that hold nothing but a number; none of a format that counts no lines."""
    short = [
        text
        for block in document.blocks
        if isinstance(block, Paragraph) and len(text := block.text) <= MAX_LINE
    ]
    if not any(map(_is_number, map(solid, short))):
        return {}
    found: dict[int, int] = {}
    seen: set[int] = set()
    for block in document.blocks:
        if isinstance(block, Paragraph) and block.line is not None:
            text = solid(block.text) if len(block.text) <= MAX_LINE else ""
            if block.line in seen:
                found.pop(block.line, None)
            elif _is_number(text):
                found[block.line] = int(text)
            seen.add(block.line)
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_PAGE_DIGITS + 1


def _isolated(document: Document, alone: Mapping[int, int]) -> set[int]:
    """Those of the lines between two that hold something else."""
    numbers = [
        isinstance(block, Paragraph) and block.line is not None and block.line in alone
        for block in document.blocks
    ]
    found: set[int] = set()
    for at, block in enumerate(document.blocks):
        beside = numbers[max(at - 1, 0) : at] + numbers[at + 1 : at + 2]
        if numbers[at] and not any(beside) and block.line is not None and alone[block.line]:
            found.add(block.line)
    return found


def _is_missing_page(figure: Figure, pages: Sequence[tuple[int, int]]) -> bool:
    assert figure.line is not None  # only figures on lines of their own are asked for
    before = next((value for line, value in reversed(pages) if line < figure.line), None)
    behind = next((value for line, value in pages if line > figure.line), None)
    value = figure.value
    if before is not None and behind is not None:
        return value == before + 1 == behind - 1
    return value > 1 and (value - 1 == before or value + 1 == behind)


def _confirmed(part: Part, reading: TableReading) -> Iterator[CellId]:
    """The cells of rows that are full and add up."""
    columns = sum_columns(part)
    rows: dict[str, dict[str, Decimal]] = {}
    for figure in reading.figures:
        rows.setdefault(figure.cell.item, {})[figure.cell.column] = figure.value
    for item, row in rows.items():
        if row_adds_up(part, row):
            yield from (CellId(item, column) for column in columns)


def _without(reading: TableReading, part: Part, suspects: set[CellId]) -> TableReading:
    items = {figure.cell.item for figure in reading.figures if figure.cell in suspects}
    if not items or reading.edition is None:
        return reading
    if part == "reviews":
        items = {figure.cell.item for figure in reading.figures}  # all stand in one printed row
    gone = [figure.cell for figure in reading.figures if figure.cell.item in items]
    gone += [gap.cell for gap in reading.gaps if gap.cell.item in items and gap.kind == "blank"]
    title = load_form().editions[reading.edition].tables[part].section
    return replace(
        reading,
        figures=tuple(f for f in reading.figures if f.cell not in gone),
        gaps=(
            *(gap for gap in reading.gaps if gap.cell not in gone),
            *(Gap(cell, "unread") for cell in gone),
        ),
        findings=(*reading.findings, incomplete(f"{title}：{PAGE}，没有收录", tuple(gone))),
    )
