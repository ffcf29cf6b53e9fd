"""Figures that stand under another label than their own, as the form's sums show.

Tables as real publishers misprint them: the total in front, a cell lost and an empty one put
at the end of its row, two figures run together. Whatever is read is what belongs there.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.model import CellId
from tests.reading_cases import distinct_figures, lost_cells, read_back, unnamed, wrong_cells
from tests.render import Draft, Layout, cells_of, draft_report, print_report
from tests.test_table_cells import balanced


def misprint_rows(change: Callable[[list[str]], list[str]]) -> Callable[[Draft], None]:
    def whole(draft: Draft) -> None:
        draft.applications = [[*row[:3], *change(row[3:])] for row in draft.applications]

    return whole


def total_in_front(draft: Draft) -> None:
    draft.header = [[*row[:3], row[-1], *row[3:-1]] for row in draft.header]
    misprint_rows(lambda figures: [figures[-1], *figures[:-1]])(draft)


MISPRINTS: dict[str, Callable[[Draft], None]] = {
    "the total in front": total_in_front,
    "a cell lost, the rest one to the left": misprint_rows(lambda f: [*f[:1], *f[2:], ""]),
    "the first cell lost": misprint_rows(lambda f: [*f[1:], ""]),
    "the last cell lost, the rest one to the right": misprint_rows(lambda f: ["", *f[:-1]]),
    "two figures run together": misprint_rows(lambda f: [f[0], f[1] + f[2], "", *f[3:]]),
    "run together, the rest one to the left": misprint_rows(lambda f: [f[0] + f[1], *f[2:], ""]),
}


@pytest.mark.parametrize("misprint", MISPRINTS)
@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
def test_no_figure_is_read_under_another_label(layout: Layout, misprint: str) -> None:
    printed = balanced("2021")
    draft = draft_report("2021", printed)
    MISPRINTS[misprint](draft)
    report = read_back(print_report(draft, layout))
    assert wrong_cells(report, printed) == {}


def test_a_row_that_only_does_not_add_up_stays_as_printed() -> None:
    printed = balanced("2021")
    wrong = CellId("granted", "total")
    printed[wrong] = str(int(printed[wrong]) + 1)
    report = read_back(print_report(draft_report("2021", printed), "pipes"))
    assert wrong in {figure.cell for figure in report.figures}
    assert wrong_cells(report, printed) == {}


def test_the_misprinted_row_is_named() -> None:
    printed = balanced("2021")
    draft = draft_report("2021", printed)
    row = next(row for row in draft.applications if "予以公开" in "".join(row[:3]))
    row[3:] = [*row[3:4], *row[5:], ""]
    report = read_back(print_report(draft, "pipes"))
    named = {c.item for f in report.findings if f.rule == "incomplete_table" for c in f.cells}
    assert named == {"granted"}
    assert {gap.cell.item for gap in report.gaps if gap.kind == "unread"} == {"granted"}


# ── section 四: one row of figures ──


def reviews_of(printed: dict[CellId, str]) -> list[str]:
    return [text for cell, text in printed.items() if cell in cells_of("2021", "reviews")]


def added_up(start: int) -> dict[CellId, str]:
    """A different figure in every cell, the four results of each block adding up."""
    printed = distinct_figures("2021", start)
    cells = cells_of("2021", "reviews")
    for first in range(0, len(cells), 5):
        four = cells[first : first + 4]
        printed[cells[first + 4]] = str(sum(int(printed[cell]) for cell in four))
    return printed


def another_row(draft: Draft) -> None:
    draft.reviews.insert(-1, reviews_of(added_up(501)))


def another_table(draft: Draft) -> None:
    draft.reviews += [*draft.reviews[:-1], reviews_of(added_up(501))]


def another_table_before(draft: Draft) -> None:
    draft.reviews = [*draft.reviews[:-1], reviews_of(added_up(501)), *draft.reviews]


def one_cell_lost(draft: Draft) -> None:
    row = draft.reviews[-1]
    draft.reviews[-1] = [*row[:3], *row[4:], ""]


def one_to_the_right(draft: Draft) -> None:
    draft.reviews[-1] = ["", *draft.reviews[-1][:-1]]


def lawsuits_first(draft: Draft) -> None:
    header = draft.reviews[0]
    at = header.index("行政诉讼")
    header[0], header[at] = "行政诉讼", "行政复议"


@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
@pytest.mark.parametrize(
    "misprint",
    [
        another_row,
        another_table,
        another_table_before,
        one_cell_lost,
        one_to_the_right,
        lawsuits_first,
    ],
)
def test_reviews_of_which_nobody_knows_which_is_which(
    layout: Layout, misprint: Callable[[Draft], None]
) -> None:
    printed = added_up(11)
    draft = draft_report("2021", printed)
    misprint(draft)
    report = read_back(print_report(draft, layout))
    assert not {figure.cell for figure in report.figures} & set(cells_of("2021", "reviews"))
    assert {gap.kind for gap in report.gaps} == {"unread"}


def leaf(draft: Draft, number: int) -> tuple[list[str], int]:
    """The header row and the place in it of the n-th label over a figure."""
    return draft.reviews[1 if number < 5 else 2], number


@pytest.mark.parametrize("number", [0, 3, 4, 5, 9, 14])
@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
def test_a_label_of_a_result_lost_costs_its_figure_alone(layout: Layout, number: int) -> None:
    printed = added_up(11)
    draft = draft_report("2021", printed)
    row, at = leaf(draft, number)
    row[at] = ""
    report = read_back(print_report(draft, layout))
    assert wrong_cells(report, printed) == {}
    lost = {cells_of("2021", "reviews")[number]}
    assert lost_cells(report, printed) == lost
    assert unnamed(report, lost) == set()


@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
@pytest.mark.parametrize("number", [0, 2, 6, 11])
def test_a_label_of_a_result_lost_where_the_figures_do_not_add_up(
    layout: Layout, number: int
) -> None:
    printed = distinct_figures("2021")
    draft = draft_report("2021", printed)
    row, at = leaf(draft, number)
    row[at] = ""
    report = read_back(print_report(draft, layout))
    assert not {figure.cell for figure in report.figures} & set(cells_of("2021", "reviews"))


@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
@pytest.mark.parametrize("number", [0, 1, 5, 7, 12])
def test_two_labels_of_results_in_the_other_order(layout: Layout, number: int) -> None:
    printed = added_up(11)
    draft = draft_report("2021", printed)
    row, at = leaf(draft, number)
    row[at], row[at + 1] = row[at + 1], row[at]
    report = read_back(print_report(draft, layout))
    assert not {figure.cell for figure in report.figures} & set(cells_of("2021", "reviews"))


def test_the_same_reviews_twice_are_read() -> None:
    printed = added_up(11)
    draft = draft_report("2021", printed)
    draft.reviews += draft.reviews
    report = read_back(print_report(draft, "pipes"))
    assert wrong_cells(report, printed) == {}
    assert {figure.cell for figure in report.figures} >= set(cells_of("2021", "reviews"))


# ── units of money ──


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("本年收费金额（单位：元）", "元"),
        ("本年收费金额（单位：万元，保留4位小数）", "万元"),
        ("本年收费金额（单位：千元）", None),
        ("本年收费金额（单位：亿元）", None),
        ("本年收费金额（单位：百元）", None),
        ("本年收费金额（单位：元、万元）", None),
        ("本年收费金额（万元/元）", None),
        ("本年收费金额（单位：件）", None),
    ],
)
@pytest.mark.parametrize("layout", ["pipes", "lines"])
def test_the_unit_of_an_amount_is_one_that_the_form_knows(
    layout: Layout, label: str, unit: str | None
) -> None:
    draft = draft_report("2021", distinct_figures("2021"))
    draft.disclosure = [
        [label if "收费金额" in cell else cell for cell in row] for row in draft.disclosure
    ]
    report = read_back(print_report(draft, layout))
    fees = [figure.unit for figure in report.figures if figure.cell.item == "fees"]
    assert fees == ([unit] if unit else [])


# ── two reports in one file ──


@pytest.mark.parametrize("title", ["清河镇人民政府2019年", "白沙镇人民政府2020年"])
def test_a_second_report_in_the_file_is_not_this_ones(title: str) -> None:
    printed, others = balanced("2021"), distinct_figures("2021", 5001)
    first = draft_report("2021", printed, overview=["全年主动公开政府信息125条。"])
    second = draft_report(
        "2021",
        others,
        title=f"{title}政府信息公开工作年度报告",
        overview=["全年主动公开政府信息999条，收到政府信息公开申请88件。"],
    )
    report = read_back(f"{print_report(first, 'pipes')}\n{print_report(second, 'pipes')}")
    assert (report.entity.name, report.year) == ("清河镇", 2020)
    assert wrong_cells(report, printed) == {}
    stated = [str(figure.value) for figure in report.figures if figure.cell.is_narrative]
    assert stated == ["125"]
    assert any("不止一份报告" in finding.text for finding in report.findings)


def test_links_to_other_articles_are_no_part_of_the_report() -> None:
    text = print_report(draft_report("2021", balanced("2021")), "pipes")
    report = read_back(f"{text}\n相关阅读：\n主动公开政府信息999条。")
    assert not [figure for figure in report.figures if figure.cell.is_narrative]


# ── section 二: a row without a sum ──


@pytest.mark.parametrize("layout", ["pipes", "tabs", "markdown"])
@pytest.mark.parametrize(
    "misprint",
    [
        pytest.param(lambda f: [*f[1:], ""], id="the first lost"),
        pytest.param(lambda f: [f[0], *f[2:], ""], id="the second lost"),
        pytest.param(lambda f: ["", *f[:-1]], id="the last lost"),
        pytest.param(lambda f: [f[0], "", ""], id="two lost"),
    ],
)
def test_a_row_of_documents_with_a_cell_lost_and_a_blank_at_its_edge(
    layout: Layout, misprint: Callable[[list[str]], list[str]]
) -> None:
    printed = balanced("2021")
    draft = draft_report("2021", printed)
    row = next(row for row in draft.disclosure if "规范性文件" in row[0])
    row[1:4] = misprint(row[1:4])
    report = read_back(print_report(draft, layout))
    assert wrong_cells(report, printed) == {}
    own = {cell for cell in cells_of("2021", "disclosure") if cell.item == "normative_documents"}
    assert not {figure.cell for figure in report.figures} & own
    assert {gap.cell for gap in report.gaps if gap.kind == "unread"} == own
    assert own == {c for f in report.findings if f.rule == "incomplete_table" for c in f.cells}


def test_a_blank_between_two_figures_of_a_row_of_documents_costs_nothing() -> None:
    printed = balanced("2021")
    draft = draft_report("2021", printed)
    row = next(row for row in draft.disclosure if "规范性文件" in row[0])
    blank = CellId("normative_documents", "repealed")
    printed[blank] = row[2] = ""
    report = read_back(print_report(draft, "pipes"))
    assert wrong_cells(report, printed) == {}
    assert [gap.cell for gap in report.gaps] == [blank]


# ── one cell a line: a page number in the place of a cell ──


def with_page_number(text: str, label: str, place: int, number: int) -> str:
    """The printed report with the n-th figure behind a label replaced."""
    lines = text.split("\n")
    at = next(n for n, line in enumerate(lines) if label in line)
    figures = [n for n in range(at + 1, len(lines)) if lines[n].strip().isdigit()]
    lines[figures[place]] = str(number)
    return "\n".join(lines)


@pytest.mark.parametrize("number", [26, 96])
@pytest.mark.parametrize("place", range(7))
def test_a_page_number_for_a_lost_cell_where_the_row_adds_up_otherwise(
    place: int, number: int
) -> None:
    printed = balanced("2021")
    text = with_page_number(
        print_report(draft_report("2021", printed), "lines"), "予以公开", place, number
    )
    report = read_back(text)
    assert wrong_cells(report, printed) == {}


@pytest.mark.parametrize("beside", [(8, None), (None, 10), (8, 10)])
@pytest.mark.parametrize("place", range(3))
def test_a_page_number_for_a_lost_cell_among_the_documents(
    place: int, beside: tuple[int | None, int | None]
) -> None:
    printed = balanced("2021")
    text = print_report(draft_report("2021", printed, overview=["略。"]), "lines")
    text = with_page_number(text, "规范性文件", place, 9)
    before, behind = beside
    if before:
        text = text.replace("二、主动公开", f"{before}\n二、主动公开", 1)
    if behind:
        text += f"\n{behind}\n"
    report = read_back(text)
    assert wrong_cells(report, printed) == {}
    named = {c.item for f in report.findings if f.rule == "incomplete_table" for c in f.cells}
    assert named == {"normative_documents"}


@pytest.mark.parametrize("layout", ["lines", "tabbed_lines"])
@pytest.mark.parametrize(
    ("label", "item"),
    [
        ("三类内部事务", "denied.internal_affairs"),
        ("重复申请", "not_processed.repeated"),
        ("（七）总计", "total_handled"),
    ],
)
def test_a_label_lost_between_two_rows_with_one_cell_a_line(
    layout: Layout, label: str, item: str
) -> None:
    printed = balanced("2021")
    draft = draft_report("2021", printed)
    for row in draft.applications:
        row[:3] = ["" if label in cell else cell for cell in row[:3]]
    report = read_back(print_report(draft, layout))
    assert wrong_cells(report, printed) == {}
    lost = lost_cells(report, printed)
    assert {cell.item for cell in lost} == {item}
    assert unnamed(report, lost) == set()


@pytest.mark.parametrize("layout", ["lines", "tabbed_lines"])
def test_a_label_lost_between_two_rows_that_do_not_add_up(layout: Layout) -> None:
    printed = distinct_figures("2021")
    draft = draft_report("2021", printed)
    for row in draft.applications:
        row[:3] = ["" if "重复申请" in cell else cell for cell in row[:3]]
    report = read_back(print_report(draft, layout))
    assert {cell.item for cell in lost_cells(report, printed)} == {
        "not_processed.petition",
        "not_processed.repeated",
    }


@pytest.mark.parametrize("layout", ["lines", "tabbed_lines"])
def test_a_row_before_a_lost_one_that_the_sums_confirm(layout: Layout) -> None:
    printed = balanced("2021")
    draft = draft_report("2021", printed)
    draft.applications = [row for row in draft.applications if "予以公开" not in "".join(row[:3])]
    report = read_back(print_report(draft, layout))
    assert {cell.item for cell in lost_cells(report, printed)} == {"granted"}
    # With the label alone gone, the figures behind 上年结转 are those of the next row.
    draft = draft_report("2021", printed)
    at = next(n for n, row in enumerate(draft.applications) if "上年结转" in "".join(row[:3]))
    draft.applications[at][3:] = draft.applications[at + 1][3:]
    del draft.applications[at + 1]
    report = read_back(print_report(draft, layout))
    assert wrong_cells(report, printed) == {}
    assert {cell.item for cell in lost_cells(report, printed)} == {"granted", "carried_over"}
