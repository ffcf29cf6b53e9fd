"""Tables whose columns the format draws: labels stand over their figures, or nothing is read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Block, Cell, Document, Paragraph, Row
from ingest.pipeline import parse_report
from knowledge.model import CellId, Report
from tests.grid_blocks import COVERED, grid_document
from tests.reading_cases import (
    cells_read,
    distinct_figures,
    items,
    lost_cells,
    misplaced,
    read_back,
    unnamed,
    value_of,
    wrong_cells,
)
from tests.render import LAYOUTS, Layout, cells_of, draft_report, print_report
from tests.test_exact_tables import DAMAGES, damage
from tests.test_reading_properties import CASES, Case

EDITIONS = ("2019", "2021")
EXAMPLES = int(os.environ.get("ZHENWEN_RENDERED_REPORTS", "150"))


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def balanced(edition: str) -> dict[CellId, str]:
    """Distinct figures whose rows add up: the last column is the sum of the six before it."""
    printed = distinct_figures(edition)
    for cell in cells_of(edition, "applications"):
        if cell.column == "total":
            row = [c for c in cells_of(edition, "applications") if c.item == cell.item]
            printed[cell] = str(sum(int(printed[c]) for c in row if c.column != "total"))
    return printed


def read(document: Document) -> Report:
    return parse_report(document, "report.html")


def edit(document: Document, label: str, change: Sequence[Cell] | None, at: int = 0) -> Document:
    """The document with cells of the row that holds a label replaced from column `at` on."""
    blocks: list[Block] = []
    hits = 0
    for block in document.blocks:
        if isinstance(block, Row) and any(label in cell.text for cell in block.cells):
            hits += 1
            if change is None:
                continue
            cells = (*block.cells[:at], *change, *block.cells[at + len(change) :])
            block = Row(cells, block.grid, block.recognised)
        blocks.append(block)
    assert hits == 1, f"{label} stands in {hits} rows"
    return replace(document, blocks=tuple(blocks))


def figures(*texts: str) -> list[Cell]:
    return [Cell(text, None) for text in texts]


def check(document: Document, printed: dict[CellId, str], *lost: str) -> Report:
    report = read(document)
    assert wrong_cells(report, printed) == {}
    missing = lost_cells(report, printed)
    assert items(missing) == set(lost)
    assert unnamed(report, missing) == set()
    return report


def test_every_cell_and_no_gap(edition: str) -> None:
    printed = distinct_figures(edition)
    report = check(grid_document(draft_report(edition, printed)), printed)
    assert report.gaps == ()


@pytest.mark.parametrize("columns", [(0,), (6,), (0, 6), (0, 1, 2, 3, 4, 5), (2, 3)])
def test_blanks_at_the_edges_are_certain(edition: str, columns: tuple[int, ...]) -> None:
    """What is only a row too short in a ragged table is a blank where the columns are drawn."""
    printed = distinct_figures(edition)
    blank = {c for n, c in enumerate(cells_of(edition, "applications")[:7]) if n in columns}
    rows = {"granted", "not_processed.repeated", "carried_forward"}
    blank = {CellId(item, cell.column) for item in rows for cell in blank}
    printed.update(dict.fromkeys(blank, ""))
    report = check(grid_document(draft_report(edition, printed)), printed)
    assert {gap.cell: gap.kind for gap in report.gaps} == dict.fromkeys(blank, "blank")


def test_blanks_in_section_two_are_certain(edition: str) -> None:
    printed = distinct_figures(edition)
    blank = {cell for cell in cells_of(edition, "disclosure") if int(printed[cell]) % 2}
    printed.update(dict.fromkeys(blank, ""))
    report = check(grid_document(draft_report(edition, printed)), printed)
    assert {gap.cell: gap.kind for gap in report.gaps} == dict.fromkeys(blank, "blank")


def test_blanks_among_the_reviews_are_certain(edition: str) -> None:
    printed = distinct_figures(edition)
    blank = {cell for n, cell in enumerate(cells_of(edition, "reviews")) if n in (0, 4, 5, 13, 14)}
    printed.update(dict.fromkeys(blank, ""))
    report = check(grid_document(draft_report(edition, printed)), printed)
    assert {gap.cell: gap.kind for gap in report.gaps} == dict.fromkeys(blank, "blank")


def test_an_empty_form_is_blank(edition: str) -> None:
    report = check(grid_document(draft_report(edition, {})), {})
    assert {gap.kind for gap in report.gaps} == {"blank"}
    assert len(report.gaps) == len(distinct_figures(edition))


def test_a_row_shifted_against_its_columns_is_read_only_if_it_adds_up(edition: str) -> None:
    """（七）总计 without its first label cell, so that every figure stands one column too far left."""
    for printed, lost in ((balanced(edition), ()), (distinct_figures(edition), ("total_handled",))):
        own = [printed[c] for c in cells_of(edition, "applications") if c.item == "total_handled"]
        shifted = [Cell("（七）总计", None), COVERED, *figures(*own, "")]
        document = edit(grid_document(draft_report(edition, printed)), "（七）总计", shifted)
        check(document, printed, *lost)


def test_a_shifted_row_of_section_two_is_not_read(edition: str) -> None:
    """Nothing adds up there, so nothing says which of the two is wrong."""
    printed = distinct_figures(edition)
    own = [printed[c] for c in cells_of(edition, "disclosure") if c.item == "regulations"]
    document = edit(grid_document(draft_report(edition, printed)), "规章", figures("", *own), 1)
    document = edit(document, "规章", figures("规章", ""))
    check(document, {**printed}, "regulations")


def test_a_figure_in_a_cell_merged_over_two_columns_costs_its_row(edition: str) -> None:
    printed = distinct_figures(edition)
    for cell in cells_of(edition, "applications"):
        if cell.item == "granted" and cell.column in ("business", "research"):
            printed[cell] = ""
    document = grid_document(draft_report(edition, printed))
    document = edit(document, "予以公开", [Cell("77", None), COVERED], 4)
    check(document, printed, "granted")


def test_a_column_label_that_was_lost_costs_its_column(edition: str) -> None:
    """In a drawn table the other labels stand over their own figures all the same."""
    printed = distinct_figures(edition)
    document = edit(grid_document(draft_report(edition, printed)), "科研机构", figures(""), 5)
    report = read(document)
    assert wrong_cells(report, printed) == {}
    lost = lost_cells(report, printed)
    assert lost == {c for c in cells_of(edition, "applications") if c.column == "research"}
    assert unnamed(report, lost) == set()


def test_columns_in_another_order(edition: str) -> None:
    """A drawn column is told by the label over it, wherever it stands."""
    printed = distinct_figures(edition)
    draft = draft_report(edition, printed)
    for row in (*draft.header[1:], *draft.applications):
        row[4], row[6] = row[6], row[4]
    document = grid_document(draft)
    document = edit(document, "法人或其他组织", figures("法人或其他组织"), 4)
    check(document, printed)


def test_an_extra_column_wherever_it_stands(edition: str) -> None:
    printed = distinct_figures(edition)
    draft = draft_report(edition, printed)
    draft.header[0].insert(4, "")
    draft.header[1].insert(4, "法人或其他组织")
    draft.header[1][5] = ""
    draft.header[2].insert(4, "小计")
    wanted = dict(printed)
    rows = dict.fromkeys(cell.item for cell in cells_of(edition, "applications"))
    for row, item in zip(draft.applications, rows, strict=True):
        row.insert(4, f"7{row[3]}")
        wanted[CellId(item, "organisations")] = row[4]
    check(grid_document(draft), wanted)


def test_cell_borders_a_little_apart(edition: str) -> None:
    """Word tables whose rows were dragged have columns of a hair's breadth between the others."""
    printed = distinct_figures(edition)
    document = grid_document(draft_report(edition, printed))
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Row) and block.grid == 2:
            header = not any(cell.text.isdecimal() for cell in block.cells)
            after = 5 if header else 4
            cells = [*block.cells]
            cells.insert(after + 1, COVERED)
            block = Row(cells, block.grid, block.recognised)
        blocks.append(block)
    check(replace(document, blocks=tuple(blocks)), printed)


def test_a_figure_under_no_label_costs_its_row(edition: str) -> None:
    printed = distinct_figures(edition)
    draft = draft_report(edition, printed)
    for row in (*draft.header, *draft.applications):
        row.append("")
    draft.applications[2][-1] = "5"
    check(grid_document(draft), printed, "granted")


def test_a_second_grid_without_header_goes_on(edition: str) -> None:
    """The page broke the table; the second part is a table of its own without a header."""
    printed = distinct_figures(edition)
    document = grid_document(draft_report(edition, printed))
    blocks: list[Block] = []
    grid = 2
    for block in document.blocks:
        if isinstance(block, Row) and block.grid == 2:
            if any("无法提供" in cell.text for cell in block.cells):
                grid = 9
            block = Row(block.cells, grid, block.recognised)
        blocks.append(block)
    check(replace(document, blocks=tuple(blocks)), printed)


def recognised(document: Document) -> Document:
    return Document(
        tuple(Row(b.cells, b.grid, True) if isinstance(b, Row) else b for b in document.blocks)
    )


def cautions_of(report: Report) -> set[tuple[str, ...]]:
    return {figure.cautions for figure in report.figures if figure.edition is not None}


def consistent(edition: str) -> dict[CellId, str]:
    """A report in which every sum of the form holds: two applications, both granted."""
    printed = dict.fromkeys(distinct_figures(edition), "0")
    for item in ("received_new", "granted", "total_handled"):
        printed[CellId(item, "natural_person")] = printed[CellId(item, "total")] = "2"
    printed[CellId("reconsideration", "upheld")] = printed[CellId("reconsideration", "total")] = "3"
    printed[CellId("penalties", "decisions")] = "61"
    return printed


def test_what_was_read_off_a_picture_carries_its_caution(edition: str) -> None:
    printed = consistent(edition)
    report = check(recognised(grid_document(draft_report(edition, printed))), printed)
    assert all("read_by_ocr" in cautions for cautions in cautions_of(report))


def test_a_recognised_row_that_does_not_add_up_is_not_stored(edition: str) -> None:
    printed = consistent(edition)
    read_as = {**printed, CellId("denied.deliberative", "business"): "8"}
    report = read(recognised(grid_document(draft_report(edition, read_as))))
    assert "denied.deliberative" in items(set(read_as) - set(cells_read(report)))
    assert CellId("denied.deliberative", "business") not in cells_read(report)
    assert unnamed(report, {c for c in printed if c.item == "denied.deliberative"}) == set()
    assert read(grid_document(draft_report(edition, read_as))).gaps == ()


def test_a_recognised_row_with_a_blank_is_not_stored(edition: str) -> None:
    """Undecided is not confirmed: the recogniser may have missed a pale figure."""
    printed = consistent(edition)
    printed[CellId("granted", "research")] = ""
    report = read(recognised(grid_document(draft_report(edition, printed))))
    assert "granted" not in items(set(cells_read(report)))
    assert CellId("penalties", "decisions") in cells_read(report)


def test_recognised_figures_of_a_column_that_does_not_balance(edition: str) -> None:
    printed = consistent(edition)
    read_as = {
        **printed,
        CellId("carried_over", "natural_person"): "4",
        CellId("carried_over", "total"): "4",
    }
    report = read(recognised(grid_document(draft_report(edition, read_as))))
    assert CellId("carried_over", "total") not in cells_read(report)
    assert CellId("carried_over", "business") in cells_read(report)


def test_recognised_reviews_must_add_up(edition: str) -> None:
    printed = consistent(edition)
    read_as = {**printed, CellId("reconsideration", "upheld"): "8"}
    report = read(recognised(grid_document(draft_report(edition, read_as))))
    found = items(set(cells_read(report)))
    assert "reconsideration" not in found
    assert "litigation_direct" in found


@given(CASES)
@settings(max_examples=EXAMPLES)
def test_every_cell_and_every_blank(case: Case) -> None:
    """Where the columns are drawn nothing is left to doubt."""
    printed = case.printed()
    report = read(grid_document(draft_report(case.edition, printed)))
    assert wrong_cells(report, printed) == {}
    doubtful = misplaced(report)
    assert lost_cells(report, printed) <= doubtful
    blank = {cell for cell, text in printed.items() if value_of(text) is None}
    gaps = {gap.cell: gap.kind for gap in report.gaps if gap.cell not in doubtful}
    assert gaps == dict.fromkeys(blank - doubtful, "blank")


@given(
    st.sampled_from(EDITIONS),
    st.sampled_from(("grid", *LAYOUTS)),
    DAMAGES,
    st.booleans(),
)
@settings(max_examples=EXAMPLES)
def test_no_figure_under_another_label_whatever_was_lost(
    edition: str, layout: Layout | str, damages: list[tuple[float, int, str]], zeros: bool
) -> None:
    """Rows and labels lost, doubled, moved, overwritten: a figure may be lost, never move."""
    printed = {
        cell: "0" if zeros and number % 5 else text
        for number, (cell, text) in enumerate(distinct_figures(edition, 101).items())
    }
    draft = draft_report(edition, printed)
    for place, kind, text in damages:
        damage(draft, place, kind, text)
    if layout == "grid":
        report = read(grid_document(draft))
    else:
        report = read_back(print_report(draft, layout))  # type: ignore[arg-type]
    others = set(printed.values()) - {"0"}
    for cell, (value, own) in wrong_cells(report, printed).items():
        assert str(value) not in others, (cell, value, own)


def test_a_grid_without_a_header_says_nothing_about_a_lone_figure() -> None:
    """A workbook whose table goes on in a second sheet without its header, every cell blank but
    the 小计 before the last column, which the sheet left out for being empty: 734 is no 总计."""
    kinds = ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    first = [
        ["", "", "", "自然人", "法人或其他组织", *[""] * 5, "总计"],
        ["", "", "", "", *kinds, "小计", ""],
        ["一、本年新收政府信息公开申请数量", "", "", *[""] * 6, "701", ""],
        ["二、上年结转政府信息公开申请数量", "", "", *[""] * 6, "702", ""],
        ["三、本年度办理结果", "（一）予以公开", "", *[""] * 6, "703", ""],
    ]
    second = [
        ["", "（七）总计", *[""] * 7, "734"],
        ["四、结转下年度继续办理", *[""] * 8, "735"],
    ]
    lines = ["官坡镇人民政府2022年政府信息公开工作年度报告", "一、总体情况"]
    lines += ["三、收到和处理政府信息公开申请情况"]
    blocks: list[Block] = [Paragraph(line, number) for number, line in enumerate(lines, 1)]
    for grid, rows in enumerate((first, second), 1):
        blocks += [Row(tuple(Cell(text, 9) for text in row), grid) for row in rows]
    report = read(Document(tuple(blocks)))
    assert CellId("total_handled", "total") not in cells_read(report)
    assert CellId("carried_forward", "total") not in cells_read(report)


@pytest.mark.parametrize(
    "last", ["本年新收", "上年结转", "予以公开", "1.属于国家秘密", "重复申请", "（七）总计"]
)
def test_a_table_that_goes_on_in_another_without_a_header(edition: str, last: str) -> None:
    printed = distinct_figures(edition)
    document = grid_document(draft_report(edition, printed))
    blocks = list(document.blocks)
    at = next(
        number
        for number, block in enumerate(blocks)
        if isinstance(block, Row) and any(last in cell.text for cell in block.cells)
    )
    grid = blocks[at].grid  # type: ignore[union-attr]
    for number, block in enumerate(blocks[at + 1 :], at + 1):
        if isinstance(block, Row) and block.grid == grid:
            blocks[number] = Row(block.cells, 90, block.recognised)
    check(replace(document, blocks=tuple(blocks)), printed)
