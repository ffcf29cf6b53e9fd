"""Figures read off a picture: kept only where the form's own sums confirm them.

A recogniser may take one digit for another, and nothing on the page shows it. Where the form
has a sum for a row (the six kinds of applicants, the four results), the row must be full and
add up; where it has a sum over rows, a sum that does not hold takes its figures with it. Rows
for which the form has no sum (section 二) stay, with the caution `read_by_ocr`.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.reading import TableReading, incomplete
from knowledge.checks import find_failures, has_row_sum, row_adds_up
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
