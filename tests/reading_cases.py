"""What a reading must give back, shared by the tests that render reports and damage them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ingest.pipeline import parse_report
from ingest.readers.text import read_text
from knowledge.form import load_form
from knowledge.model import CellId, Report
from knowledge.numerals import decimal_of
from tests.render import all_cells

BLANKS = ("", "-", "—", "/", "无")


def distinct_figures(edition: str, start: int = 11) -> dict[CellId, str]:
    """A different figure in every cell: a table of zeros proves nothing about labels."""
    return {cell: str(start + number) for number, cell in enumerate(all_cells(edition))}


def value_of(printed: str) -> Decimal | None:
    """What a cell printed so must be read as; None for a blank."""
    if printed in BLANKS:
        return None
    return decimal_of(printed.replace("增", "+").replace("减", "-").removesuffix("元"))


def read_back(text: str) -> Report:
    return parse_report(read_text(text.encode(), "report.txt"), "report.txt")


def cells_read(report: Report) -> dict[CellId, Decimal]:
    """The cells of the form; fails if one is read twice."""
    cells = [figure for figure in report.figures if not figure.cell.is_narrative]
    assert len({figure.cell for figure in cells}) == len(cells), "a cell was read twice"
    return {figure.cell: figure.value for figure in cells}


def wrong_cells(report: Report, printed: Mapping[CellId, str]) -> dict[CellId, tuple[object, str]]:
    """Cells read with another value than the one printed under their labels."""
    return {
        cell: (value, printed.get(cell, "not on the form"))
        for cell, value in cells_read(report).items()
        if cell not in printed or value != value_of(printed[cell])
    }


def lost_cells(report: Report, printed: Mapping[CellId, str]) -> set[CellId]:
    """Cells that are printed with a figure and were not read."""
    read = cells_read(report)
    return {cell for cell, text in printed.items() if value_of(text) is not None} - read.keys()


def unnamed(report: Report, cells: set[CellId]) -> set[CellId]:
    """Those of the cells that no gap `unread` or no finding accounts for."""
    unread = {gap.cell for gap in report.gaps if gap.kind == "unread"}
    rules = ("incomplete_table", "damaged_text")
    named = {c for f in report.findings if f.rule in rules for c in f.cells}
    whole = any(f.rule == "incomplete_table" and not f.cells for f in report.findings)
    return set() if whole else cells - (unread & named)


def misplaced(report: Report) -> set[CellId]:
    """Cells of rows whose figures look as if they stood in other cells (`drop_misplaced`):
    figures that do not add up, with blanks among them, may look so by chance."""
    return {c for f in report.findings if "错了格" in f.text for c in f.cells}


def items(cells: set[CellId]) -> set[str]:
    return {cell.item for cell in cells}


def official(edition: str, cell: CellId) -> bool:
    return load_form().is_official(edition, cell)
