"""Figures that the form's own sums cast doubt on: left out, never changed.

Figures read off a picture are kept only where the sums confirm them.

A recogniser may take one digit for another, and nothing on the page shows it. Where the form
has a sum for a row (the six kinds of applicants, the four results), the row must be full and
add up; where it has a sum over rows, a sum that does not hold takes its figures with it. Rows
for which the form has no sum (section 二) stay, with the caution `read_by_ocr`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from ingest.tables.reading import TableReading, incomplete
from knowledge.checks import find_failures, has_row_sum, row_adds_up, sum_columns
from knowledge.form import load_form
from knowledge.model import CellId, Figure, Gap, Part

CAUTION = "read_by_ocr"


def drop_doubtful(reading: TableReading, part: Part) -> TableReading:
    """The reading without recognised figures that the form's sums do not confirm.

    What is left out becomes a gap `unread` with its finding. Figures that were not recognised
    stay whatever the sums say: what a report prints is kept as printed.
    """
    if reading.edition is None or not any(CAUTION in f.cautions for f in reading.figures):
        return reading
    rows: dict[str, list[Figure]] = {}
    for figure in reading.figures:
        rows.setdefault(figure.cell.item, []).append(figure)
    doubtful: dict[CellId, str] = {}
    for figures in rows.values():
        recognised = [figure for figure in figures if CAUTION in figure.cautions]
        if not recognised or not has_row_sum(part):
            continue
        if not row_adds_up(part, {figure.cell.column: figure.value for figure in figures}):
            doubtful.update((f.cell, "同一行的数加不起来或不全") for f in recognised)
    for failure in find_failures({figure.cell: figure.value for figure in reading.figures}):
        for cell in failure.cells:
            figure = next(f for f in rows[cell.item] if f.cell == cell)
            if CAUTION in figure.cautions:
                doubtful.setdefault(cell, f"{failure.text}，这里对不上")
    if not doubtful:
        return reading
    title = load_form().editions[reading.edition].tables[part].section
    findings = list(reading.findings)
    for reason in dict.fromkeys(doubtful.values()):
        cells = tuple(cell for cell, own in doubtful.items() if own == reason)
        findings.append(incomplete(f"{title}：从图片认出的数，{reason}，没有收录", cells))
    return replace(
        reading,
        figures=tuple(f for f in reading.figures if f.cell not in doubtful),
        gaps=(*reading.gaps, *(Gap(cell, "unread") for cell in doubtful)),
        findings=tuple(findings),
    )


def drop_misplaced(reading: TableReading, part: Part) -> TableReading:
    """The reading without rows whose figures say themselves that they stand elsewhere.

    Where the form's sum of a row does not hold as read, but does if the figures stood in other
    cells (the total in front, every figure one cell to the left of its own) or if two of them
    were run together (`50` and a blank for `5` and `0`), the row was misprinted and nobody
    knows which figure is whose. Such a row becomes gaps `unread` with its finding; a sum that
    holds in no such way is the report's own error and stays as printed.
    """
    columns = sum_columns(part)
    if reading.adds_up or reading.edition is None or not columns:
        return reading
    # Most rows print nothing but 0, and 0 may stand anywhere.
    filled = {f.cell.item for f in reading.figures if f.value and f.cell.column in columns}
    if not filled:
        return reading
    rows: dict[str, dict[str, Figure]] = {}
    for figure in reading.figures:
        item, column = figure.cell
        if (item in filled or part == "reviews") and column in columns:
            rows.setdefault(item, {})[column] = figure
    blank = {gap.cell for gap in reading.gaps if gap.kind == "blank"}
    misplaced = [
        item
        for item, row in rows.items()
        if item in filled
        and _stands_elsewhere(item, [row.get(column) for column in columns], columns, blank)
    ]
    if part == "reviews" and (misplaced or (len(blank) == 1 and _a_full_sum_fails(rows, columns))):
        misplaced = list(rows)  # all items stand in one printed row
    if not misplaced:
        return reading
    figures = tuple(f for f in reading.figures if f.cell.item in misplaced)
    gone = {figure.cell for figure in figures} | {c for c in blank if c.item in misplaced}
    table = load_form().editions[reading.edition].tables[part]
    read = (*(f.cell for f in figures), *(gap.cell for gap in reading.gaps if gap.cell in gone))
    others = [cell for cell in read if cell not in table.cells]  # a 小计, say
    named = (*(cell for cell in table.cells if cell in gone), *others)
    reason = "一行里的数像是错了格（合计在别的格里才对得上），没有收录"
    return replace(
        reading,
        figures=tuple(f for f in reading.figures if f.cell not in gone),
        gaps=(
            *(gap for gap in reading.gaps if gap.cell not in gone),
            *(Gap(cell, "unread") for cell in named),
        ),
        findings=(
            *reading.findings,
            incomplete(f"{table.section}：{reason}", named),
        ),
    )


def _a_full_sum_fails(rows: Mapping[str, Mapping[str, Figure]], columns: Sequence[str]) -> bool:
    """Whether the figures of an item that has all of them do not add up (beside one blank in
    the same printed row: then every figure may stand one cell from its own)."""
    full = [
        [row[column].value for column in columns]
        for row in rows.values()
        if len(row) == len(columns)
    ]
    return any(sum(values[:-1]) != values[-1] for values in full)


def _stands_elsewhere(
    item: str, row: Sequence[Figure | None], columns: Sequence[str], blank: Container[CellId]
) -> bool:
    """Whether a row, its total last, adds up in other cells only; None for what has no figure."""
    values = [figure.value if figure is not None else None for figure in row]
    known = [value for value in values if value is not None]
    full = len(known) == len(values)
    total = values[-1]
    if not full and any(
        value is None and CellId(item, column) not in blank
        for value, column in zip(values, columns, strict=True)
    ):
        return False
    whole = sum(known)
    if total is not None and whole == 2 * total:
        return False
    # The total stands in another cell: one figure is the sum of all the others.
    elsewhere = any(value and 2 * value == whole for value in values[:-1])
    if elsewhere and (total is None or max(known) > total):
        return True
    # With a blank in the row, a part above the total; with a blank total, a last part that may
    # be the total of the others, of which one was lost.
    parts = [value or 0 for value in values[:-1]]
    if total is not None and not full and max(parts) > total:
        return True
    if total is None and parts[-1] > 0 and parts[-1] >= sum(parts[:-1]):
        return True
    # Two figures run together: with the digits of one cell parted the sum holds.
    if full or len(known) < 2:
        return False
    excess = whole - 2 * known[-1]
    return any(
        value - int(digits[:at]) - int(digits[at:]) == excess
        for value in known[:-1]
        if (digits := str(value)).isdigit()
        for at in range(1, len(digits))
        if digits[at] != "0" or at == len(digits) - 1
    )
