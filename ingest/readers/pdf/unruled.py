"""Tables without ruling lines: columns by figures that stand under one another.

Only where enough figures stand in a row is a table seen at all, and every column has a place
of its own that no figure leaves. Which label belongs to a row of figures is told by the form:
lines of label around, above or below the figures are one label if they are so on the form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ingest.document import Block, Cell, Paragraph, Row
from ingest.headings import is_row_label
from ingest.readers.pdf.lines import LOST, Glyph, Line, pieces_of, text_of
from ingest.readers.pdf.pages import form_columns, form_labels
from knowledge.form import label_core
from knowledge.numerals import cell_number, is_blank

MIN_COLUMNS = 3
"""Figures side by side that make a table; rows of fewer are read as lines of text."""

MAX_BETWEEN = 5
"""Lines of label alone between two rows of figures: a row label of five lines is the longest."""

MAX_HEADER = 16
"""Lines of the header above the first row of figures, one character a line included."""

NEAR = 0.4
"""Of the size: gap that parts the figures and the column labels of one line."""

LABELS = 0.6
"""Of the size: gap that parts the label of a group from that of a row."""

MIN_EDGE = 3
"""Labels that begin at one place make it the left edge of a column of labels."""

_HEADING = re.compile(r"[一二三四五六七八九十]{1,2}[、.．]|[（(][一二三四五六七八九十]{1,2}[）)]")


class _Figures(NamedTuple):
    """One row of figures: the place of its line, its figures, what stands in front of them."""

    at: int
    values: tuple[Line, ...]
    labels: tuple[Line, ...]


class Slot(NamedTuple):
    """A column of figures: how far it may reach, and from where to where its figures do."""

    left: float
    right: float
    first: float
    last: float


Slots = Sequence[Slot]


class Stretch(NamedTuple):
    """A table among lines: the first of them, the first behind it, and what it says.

    `slots` and `grid` are those of its columns: it may go on on the next page.
    """

    start: int
    end: int
    blocks: tuple[Block, ...]
    slots: Slots
    grid: int


def find_unruled(
    lines: Sequence[Line], page: int, grid: int, recognised: bool, before: Stretch | None
) -> list[Stretch]:
    """The tables among lines that follow one another on a page; grids count from `grid`.

    `before` is the table with which the page before ended: the first goes on with its columns
    if it has no header and its figures stand in the same places.
    """
    rows = [row for at, line in enumerate(lines) if (row := _figures(at, line)) is not None]
    found: list[Stretch] = []
    group: list[_Figures] = []
    for row in [*rows, None]:
        if group and (row is None or _parted(lines, group[-1].at, row.at)):
            first = found[-1].end if found else 0
            above = None if found else before
            number = grid + len([s for s in found if s.grid >= grid])
            stretch = _table(lines, group, first, page, number, recognised, above)
            if stretch is not None:
                found.append(stretch)
            group = []
        if row is not None:
            group.append(row)
    return found


def _figures(at: int, line: Line) -> _Figures | None:
    pieces = pieces_of(line, NEAR)
    count = 0
    while count < len(pieces) and _is_value(text_of(pieces[-1 - count])):
        count += 1
    if count < 2:
        return None
    front = [glyph for piece in pieces[: len(pieces) - count] for glyph in piece.glyphs]
    labels = pieces_of(Line(tuple(front)), LABELS) if front else []
    return _Figures(at, tuple(pieces[len(pieces) - count :]), tuple(labels))


def _is_value(text: str) -> bool:
    return cell_number(text) is not None or is_blank(text)


def _is_heading(line: Line) -> bool:
    text = text_of(line)
    return _HEADING.match(text) is not None and not is_row_label(text[:200]) and len(text) > 5


def _parted(lines: Sequence[Line], one: int, other: int) -> bool:
    between = lines[one + 1 : other]
    return len(between) > MAX_BETWEEN or any(map(_is_heading, between))


def _table(
    lines: Sequence[Line],
    rows: Sequence[_Figures],
    first: int,
    page: int,
    grid: int,
    recognised: bool,
    before: Stretch | None,
) -> Stretch | None:
    slots: Slots | None = _slots(rows)
    start = rows[0].at
    header: list[str] | None = None
    above: list[str] = []
    if slots is not None:
        start = _header_start(lines, rows[0].at, first, slots)
        header, above = _header(lines[start : rows[0].at], slots)
    if header is None:
        if before is None or first or any(_is_heading(line) for line in lines[: rows[0].at]):
            return None
        slots, grid, above = before.slots, before.grid, []
        start = max(0, rows[0].at - MAX_BETWEEN)
    assert slots is not None
    placed = [_placed(row.values, slots) for row in rows]
    if any(own is None for own in placed):
        return None
    end = rows[-1].at + 1
    while end < len(lines) and end - rows[-1].at <= MAX_BETWEEN and not _is_heading(lines[end]):
        end += 1
    waiting = [(row.at, label) for row in rows for label in row.labels]
    numbers = {row.at for row in rows}
    waiting += [
        (at, label)
        for at in range(rows[0].at - MAX_BETWEEN, end)
        if at >= start and at not in numbers
        for label in pieces_of(lines[at], LABELS)
        if label.right <= slots[0].left + 1
    ]
    waiting = _cut_at_edges(waiting)
    doubtful = _doubtful(lines, rows, slots)
    blocks: list[Block] = [Paragraph(text, page, recognised) for text in above]
    if header is not None:
        blocks.append(_row(["", *header], page, grid, recognised))
    used: set[int] = set()
    labels: list[str] = []
    last = rows[-1].at + 1
    for row in rows:
        label, taken = _label_of(row, waiting, used)
        labels.append(label)
        used |= taken
        last = max([last, *(waiting[n][0] + 1 for n in taken)])
    # What is left, labels of groups mostly, stands as text in front of the row beside it.
    rest = sorted(
        (at, piece.left, text_of(piece))
        for n, (at, piece) in enumerate(waiting)
        if n not in used and at < last and text_of(piece) not in labels
    )
    for row, label, texts in zip(rows, labels, placed, strict=True):
        assert texts is not None
        unsure = row.at in doubtful or any(p.right > slots[0].left + 1 for p in row.labels)
        while rest and rest[0][0] <= row.at:
            at, _, text = rest.pop(0)
            if at < row.at or not unsure:
                blocks.append(Paragraph(text, page, recognised))
        if unsure:
            # No cell here is blank for certain, and no figure is in its place for certain.
            blocks.append(Paragraph(text_of(lines[row.at], LOST), page, recognised))
        else:
            blocks.append(_row([label, *texts], page, grid, recognised))
    blocks += [Paragraph(text, page, recognised) for _, _, text in rest]
    return Stretch(start, last, tuple(blocks), slots, grid)


def _doubtful(lines: Sequence[Line], rows: Sequence[_Figures], slots: Slots) -> set[int]:
    """Rows beside whose figures others stand half a line higher or lower: which of them belong
    together, and to which label, is not to be told (figures printed in two sizes look so)."""
    found: set[int] = set()
    for row in rows:
        top = min(value.top for value in row.values)
        bottom = max(value.bottom for value in row.values)
        for near in (row.at - 1, row.at + 1):
            if not 0 <= near < len(lines):
                continue
            for glyph in lines[near].glyphs:
                shared = min(bottom, glyph.bottom) - max(top, glyph.top)
                if glyph.left >= slots[0].left and shared > 0.25 * glyph.size:
                    found.add(row.at)
    return found


def _cut_at_edges(waiting: Sequence[tuple[int, Line]]) -> list[tuple[int, Line]]:
    """Labels cut where another column of labels begins, however small the gap is there."""
    edges = Counter(round(piece.left) for _, piece in waiting)
    often = [edge for edge, count in edges.items() if count >= MIN_EDGE]
    cut: list[tuple[int, Line]] = []
    for at, piece in waiting:
        parts: list[list[Glyph]] = [[]]
        for glyph in piece.glyphs:
            if parts[-1] and any(abs(glyph.left - edge) <= 1 for edge in often):
                gap = glyph.left - parts[-1][-1].right
                if gap > 0.1 * glyph.size:
                    parts.append([])
            parts[-1].append(glyph)
        cut += [(at, Line(tuple(part))) for part in parts]
    return cut


def _row(texts: Sequence[str], page: int, grid: int, recognised: bool) -> Row:
    return Row(tuple(Cell(text, page) for text in texts), grid, recognised)


def _slots(rows: Sequence[_Figures]) -> Slots | None:
    """The place of each column: figures of any rows that stand over one another are one column.

    Counting the figures of a row would mix columns where each row has another one empty. None
    if there are too few. A place reaches half way to the figures of the next column.
    """
    spans: list[list[float]] = []
    for value in sorted((v for row in rows for v in row.values), key=lambda v: v.left):
        if spans and value.left <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], value.right)
        else:
            spans.append([value.left, value.right])
    if len(spans) < MIN_COLUMNS:
        return None
    middles = [(a[1] + b[0]) / 2 for a, b in zip(spans, spans[1:], strict=False)]
    centres = [(a + b) / 2 for a, b in spans]
    left = centres[0] - (middles[0] - centres[0])
    right = centres[-1] + (centres[-1] - middles[-1])
    edges = [min(left, spans[0][0] - 1), *middles, max(right, spans[-1][1] + 1)]
    return [
        Slot(left, right, *span) for left, right, span in zip(edges, edges[1:], spans, strict=False)
    ]


def _placed(values: Sequence[Line], slots: Slots) -> list[str] | None:
    """The figures of a row in their columns; None if one stands in none or two in one."""
    texts = [""] * len(slots)
    for value in values:
        slot = _slot_of(value, slots)
        if slot is None or texts[slot]:
            return None
        texts[slot] = text_of(value)
    return texts


def _slot_of(piece: Line, slots: Slots) -> int | None:
    """The column over or in which a piece stands; None if over several or beside them all."""
    for number, slot in enumerate(slots):
        if slot.left <= (piece.left + piece.right) / 2 < slot.right:
            slack = 0.3 * piece.size
            inside = slot.left - slack <= piece.left and piece.right <= slot.right + slack
            return (
                number if inside and piece.left < slot.last and slot.first < piece.right else None
            )
    return None


def _header_start(lines: Sequence[Line], row: int, first: int, slots: Slots) -> int:
    """The line with which the header begins: the highest that stands over columns of figures
    with no heading or line of text between."""
    start = row
    for at in range(row - 1, max(first, row - MAX_HEADER) - 1, -1):
        line = lines[at]
        if _is_heading(line):
            break
        over = [p for p in pieces_of(line, NEAR) if p.right > slots[0].left]
        left = [p for p in pieces_of(line, NEAR) if p.left < slots[0].left]
        if left and left[-1].right > slots[1].right:
            break  # a line of text
        if over:
            start = at
    return start


def _header(lines: Sequence[Line], slots: Slots) -> tuple[list[str] | None, list[str]]:
    """The label of each column, and the labels that stand over several; None if one column
    has none. What stands higher over a column than its label is no part of it."""
    stacks: list[list[tuple[int, float, str]]] = [[] for _ in slots]
    above: list[tuple[int, float, str]] = []
    for at, line in enumerate(lines):
        for piece in pieces_of(line, NEAR):
            slot = _slot_of(piece, slots)
            if slot is not None:
                stacks[slot].append((at, piece.left, text_of(piece)))
            elif piece.right > slots[0].left:
                above.append((at, piece.left, text_of(piece)))
    labels = []
    for stack in stacks:
        start = _known_end([text for _, _, text in stack])
        beside = start and label_core(stack[start - 1][2]) in form_columns()
        if start is None or beside:
            return None, []  # two labels over one column: of another no figure is printed
        labels.append("".join(text for _, _, text in stack[start:]))
        above += stack[:start]
    if any(label_core(text) in form_columns() for _, _, text in above):
        return None, []  # a column without any figure: the others' places are not certain
    return labels, [text for _, _, text in sorted(above)]


def _known_end(stack: Sequence[str]) -> int | None:
    """Where the label of the form begins with which a stack of texts ends; None for none."""
    known = form_labels()
    for start in range(len(stack)):
        if label_core("".join(stack[start:])) in known:
            return start
    return None


def _label_of(
    row: _Figures, waiting: Sequence[tuple[int, Line]], used: set[int]
) -> tuple[str, set[int]]:
    """The label of a row of figures and which of the waiting pieces it is made of.

    The figures stand within its height, and no other label between it and them: that would
    make it the label of a group. A label of the form comes first; else it is what stands on
    the line itself.
    """
    middle = sum(value.top + value.bottom for value in row.values) / (2 * len(row.values))
    known = form_labels()
    best: tuple[float, float, str, set[int]] | None = None
    for left in sorted({round(piece.left / 4) for _, piece in waiting}):
        own = [
            n
            for n in sorted(range(len(waiting)), key=lambda n: waiting[n][1].bottom)
            if n not in used and abs(waiting[n][1].left / 4 - left) <= 1
        ]
        for start in range(len(own)):
            for size in range(1, MAX_BETWEEN + 1):
                chosen = own[start : start + size]
                if len(chosen) < size:
                    break
                parts = [waiting[n][1] for n in chosen]
                if not parts[0].top <= middle <= parts[-1].bottom or not _stacked(parts):
                    continue
                text = "".join(map(text_of, parts))
                if label_core(text) in known and not _behind(parts[0], middle, waiting, used):
                    rank = (float(left), -abs((parts[0].top + parts[-1].bottom) / 2 - middle))
                    if best is None or rank > best[:2]:
                        best = (*rank, text, set(chosen))
    if best is not None:
        return best[2], best[3]
    own = [n for n in range(len(waiting)) if waiting[n][0] == row.at and n not in used]
    if own and not _behind(waiting[own[-1]][1], middle, waiting, used):
        return text_of(waiting[own[-1]][1]), {own[-1]}
    return "", set()


def _behind(
    label: Line, middle: float, waiting: Sequence[tuple[int, Line]], used: set[int]
) -> bool:
    """Whether another label stands between a label and the figures at this height: the first is
    then that of a group."""
    return any(
        n not in used
        and piece.left > label.left + label.size
        and piece.top <= middle <= piece.bottom
        for n, (_, piece) in enumerate(waiting)
    )


def _stacked(parts: Sequence[Line]) -> bool:
    """Whether lines follow one another closely enough to be one label."""
    return all(
        below.top - line.bottom <= 1.2 * line.size
        for line, below in zip(parts, parts[1:], strict=False)
    )
