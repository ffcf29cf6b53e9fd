"""One thing changed at a time: it costs nothing, or only what is damaged, and nothing is wrong.

The table of damages that break a reader by position; every figure of the report is distinct,
so a figure under another label shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from knowledge.form import load_form
from knowledge.model import CellId, Part
from tests.reading_cases import (
    cells_read,
    distinct_figures,
    items,
    lost_cells,
    read_back,
    unnamed,
    value_of,
    wrong_cells,
)
from tests.render import (
    CELL_MARKED,
    LAYOUTS,
    Draft,
    Layout,
    Style,
    all_cells,
    cells_of,
    draft_report,
    print_report,
)

EDITIONS = ("2019", "2021")
Change = Callable[[Draft, dict[CellId, str]], None]
STYLE = Style(trailing_cells=1, ragged=True)


@dataclass(frozen=True)
class Cost:
    """What a damage may cost: items in layouts that mark cells, and in those that do not."""

    marked: frozenset[str] = frozenset()
    unmarked: frozenset[str] = frozenset()


NOTHING = Cost()


def cost(*lost: str) -> Cost:
    return Cost(frozenset(lost), frozenset(lost))


def damaged(
    edition: str, layout: Layout, change: Change, style: Style = STYLE
) -> tuple[dict[CellId, str], str]:
    printed = distinct_figures(edition)
    draft = draft_report(edition, printed)
    change(draft, printed)
    return printed, print_report(draft, layout, style)


def check(edition: str, layout: Layout, change: Change, allowed: Cost = NOTHING) -> None:
    printed, text = damaged(edition, layout, change)
    report = read_back(text)
    may_lose = allowed.marked if layout in CELL_MARKED else allowed.unmarked
    assert wrong_cells(report, printed) == {}
    lost = lost_cells(report, printed)
    assert items(lost) <= may_lose
    assert unnamed(report, lost) == set()


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> Layout:
    chosen: Layout = request.param
    return chosen


def row_index(draft: Draft, label: str) -> int:
    return next(n for n, row in enumerate(draft.applications) if label in "".join(row[:3]))


# ── figures ──


def test_thousands_separators(edition: str, layout: Layout) -> None:
    printed = {cell: str(int(text) * 1000) for cell, text in distinct_figures(edition).items()}
    text = print_report(draft_report(edition, printed), layout, replace(STYLE, thousands=True))
    assert "11,000" in text
    report = read_back(text)
    assert wrong_cells(report, printed) == {}
    assert lost_cells(report, printed) == set()


@pytest.mark.parametrize("column", ["natural_person", "research", "total"])
def test_one_cell_left_blank_in_one_row(edition: str, layout: Layout, column: str) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        printed[CellId("granted", column)] = ""
        columns = [
            c.column for c in load_form().place(CellId("granted", "total"), edition)[1].columns
        ]
        draft.applications[row_index(draft, "予以公开")][3 + columns.index(column)] = ""

    check(edition, layout, change, Cost(unmarked=frozenset({"granted"})))


def test_a_row_left_blank(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        printed.update({cell: "" for cell in printed if cell.item == "denied.deliberative"})
        draft.applications[row_index(draft, "过程性")][3:] = [""] * 7

    check(edition, layout, change)
    printed, text = damaged(edition, layout, change)
    gaps = {gap.kind for gap in read_back(text).gaps if gap.cell.item == "denied.deliberative"}
    assert gaps == ({"blank"} if layout in CELL_MARKED else {"unread"})


def test_dashes_among_the_reviews(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        for number, cell in enumerate(cells_of(edition, "reviews")[:5]):
            printed[cell] = draft.reviews[-1][number] = "-"

    check(edition, layout, change)


# ── what stands around the tables ──


def test_a_sentence_with_a_figure_before_a_table(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        draft.before["disclosure"] = ["全年发放行政许可 7 件，制发规范性文件 3 件。", "规章 4", ""]
        draft.before["applications"] = ["本年新收申请 8 件，予以公开 9 件，总计 10 件。", ""]
        draft.before["reviews"] = ["行政复议 2 件，结果维持 1 件。", "3", ""]

    check(edition, layout, change)


@pytest.mark.parametrize(
    ("key", "heading"),
    [
        ("applications", "三、依申请公开政府信息办理情况"),
        ("applications", "三．收到和处理政府信息公开申请情况"),
        ("applications", "三. 收到和处理政府信息公开申请情况"),
        ("applications", "3、收到和处理政府信息公开申请情况"),
        ("applications", "三 收到和处理【某品牌】申请情况"),
        ("applications", "收到和处理政府信息公开申请情况"),
        ("applications", "三、申请的收到与处理"),
        ("applications", None),
        ("disclosure", "二、主动公开政府政府情况"),
        ("disclosure", "二、行政机关主动公开政府信息的情况"),
        ("disclosure", None),
        ("reviews", "四、复议、诉讼和申诉情况"),
        ("reviews", "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        ("reviews", None),
    ],
)
def test_a_heading_worded_otherwise_or_missing(
    edition: str, layout: Layout, key: str, heading: str | None
) -> None:
    check(edition, layout, lambda draft, _: draft.headings.update({key: heading}))


def test_no_headings_at_all_but_a_title(edition: str, layout: Layout) -> None:
    check(edition, layout, lambda draft, _: draft.headings.update(dict.fromkeys(draft.headings)))


@pytest.mark.parametrize("number", ["- 12 -", "— 3 —", "第 4 页", "第4页 共9页"])
def test_a_marked_page_number_inside_a_table(edition: str, layout: Layout, number: str) -> None:
    printed, text = damaged(edition, layout, lambda *_: None)
    lines = text.split("\n")
    for label in ("本年新收", "三类内部事务", "重复申请", "行政强制"):
        at = next(n for n, line in enumerate(lines) if label in line)
        lines[at + 1 : at + 1] = ["", number, ""]
    report = read_back("\n".join(lines))
    assert wrong_cells(report, printed) == {}
    assert lost_cells(report, printed) == set()


def test_a_bare_page_number_inside_a_table(edition: str, layout: Layout) -> None:
    printed, text = damaged(edition, layout, lambda *_: None)
    lines = text.split("\n")
    at = next(n for n, line in enumerate(lines) if "重复申请" in line)
    lines.insert(at + 1, "26")
    report = read_back("\n".join(lines))
    assert wrong_cells(report, printed) == {}
    lost = lost_cells(report, printed)
    assert items(lost) <= (set() if layout in CELL_MARKED else {"not_processed.repeated"})
    assert unnamed(report, lost) == set()


# ── header and rows ──


def test_columns_named_by_the_year_in_full(edition: str, layout: Layout) -> None:
    """本年度公开数量 for 本年新公开数量, 上一年度项目数量 for 上一年项目数量 and so on."""
    printed, text = damaged(edition, layout, lambda draft, printed: None)
    for official, said in (
        ("本年新制作数量", "本年度新制作数量"),
        ("本年新公开数量", "本年度公开数量"),
        ("上一年项目数量", "上一年度项目数量"),
        ("本年制发件数", "本年度制发件数"),
        ("本年废止件数", "本年度废止件数"),
    ):
        text = text.replace(official, said)
    report = read_back(text)
    assert wrong_cells(report, printed) == {}
    assert lost_cells(report, printed) == set()


def test_the_header_repeated_after_a_page_break(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        at = row_index(draft, "无法提供")
        draft.applications[at:at] = [list(row) for row in draft.header]

    check(edition, layout, change)


def rows_but_anchors(edition: str) -> list[str]:
    table = load_form().editions[edition].tables["applications"]
    return [row.item for row in table.rows if not row.extra and row.item not in table.anchors]


@pytest.mark.parametrize("number", [0, 3, 8, 14, -1])
def test_a_row_lost(edition: str, layout: Layout, number: int) -> None:
    """With one cell a line the figures before the gap may be those of the row that is gone."""
    item = rows_but_anchors(edition)[number]
    table = load_form().editions[edition].tables["applications"]
    rows = [row.item for row in table.rows if not row.extra]
    before = rows[rows.index(item) - 1]

    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        printed_rows = [cell.item for cell in cells_of(edition, "applications")]
        del draft.applications[list(dict.fromkeys(printed_rows)).index(item)]

    with_the_row_before = {item, before} if layout in ("lines", "tabbed_lines") else {item}
    check(edition, layout, change, Cost(frozenset({item}), frozenset(with_the_row_before)))


def test_a_label_lost_but_not_its_figures(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        draft.applications[row_index(draft, "重复申请")][:3] = [""] * 3

    allowed = Cost(
        frozenset({"not_processed.repeated"}),
        frozenset({"not_processed.repeated", "not_processed.petition"}),
    )
    check(edition, layout, change, allowed)


@pytest.mark.parametrize("label", ["国家秘密", "不掌握", "信访举报"])
def test_the_label_lost_behind_the_heading_of_its_group(
    edition: str, layout: Layout, label: str
) -> None:
    """The figures must not pass for a subtotal of the group."""

    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        draft.applications[row_index(draft, label)][2] = ""

    printed, text = damaged(edition, layout, change)
    report = read_back(text)
    assert wrong_cells(report, printed) == {}
    lost = lost_cells(report, printed)
    assert len(items(lost)) == 1
    assert unnamed(report, lost) == set()


def test_an_extra_row_of_unknown_label(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        row = ["", "", "9.属于尚未公布信息", *map(str, range(801, 808))]
        draft.applications.insert(row_index(draft, "无法提供"), row)
        draft.disclosure.insert(4, ["其他文件", "811", "812", "813"])

    check(edition, layout, change)


def test_subtotal_rows(edition: str, layout: Layout) -> None:
    extra: dict[str, list[str]] = {}

    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        start = 900
        for item, label, first in (
            ("denied", "（三）不予公开", "1.属于国家秘密"),
            ("unavailable", "（四）无法提供", "1.本机关不掌握"),
            ("not_processed", "（五）不予处理", "1.信访举报"),
        ):
            at = row_index(draft, first)
            extra[item] = [str(start + n) for n in range(7)]
            draft.applications[at][1] = ""
            draft.applications.insert(at, ["", label, "", *extra[item]])
            start += 10
            columns = [cell.column for cell in cells_of(edition, "applications")[:7]]
            for column, text in zip(columns, extra[item], strict=True):
                printed[CellId(item, column)] = text

    check(edition, layout, change)


def test_an_extra_subtotal_column(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        draft.header[0].insert(9, "")
        draft.header[1].insert(9, "")
        draft.header[2].insert(9, "小计")
        for row, item in zip(
            draft.applications,
            dict.fromkeys(cell.item for cell in cells_of(edition, "applications")),
            strict=True,
        ):
            row.insert(9, f"7{row[3]}")
            printed[CellId(item, "organisations")] = row[9]

    check(edition, layout, change)


def test_the_row_that_one_province_adds(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        at = next(n for n, row in enumerate(draft.disclosure) if "规范性文件" in row[0])
        label = "其他主动公开文件（指主动公开的其他文件，如2018年的-8件）"
        draft.disclosure.insert(at + 1, [label, "821", "822", "823"])
        columns = [cell.column for cell in cells_of(edition, "disclosure")[:3]]
        for column, text in zip(columns, ("821", "822", "823"), strict=True):
            printed[CellId("other_documents", column)] = text

    check(edition, layout, change)


def test_notes_inside_labels(edition: str, layout: Layout) -> None:
    notes = {
        "规章": "规章（设区的市以上应提供相关数据）",
        "规范性文件": "规范性文件（指2018年以来有正式文号的文件）",
        "行政规范性文件": "行政规范性文件（有文号的）",
        "上一年项目数量": "上一年项目数量（指2018年事项数）",
        "本年增/减": "本年增/减（减用负值表示，如-8）",
        "处理决定数量": "处理决定数量（指2019年办件量）",
        "本年处理决定数量": "本年处理决定数量（指办件量）",
    }

    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        draft.disclosure = [[notes.get(cell, cell) for cell in row] for row in draft.disclosure]

    check(edition, layout, change)


def test_sections_on_different_editions(layout: Layout) -> None:
    for disclosure, applications in (("2019", "2021"), ("2021", "2019")):
        editions: dict[Part, str] = {
            "disclosure": disclosure,
            "applications": applications,
            "reviews": "2021",
        }
        cells = [cell for part, edition in editions.items() for cell in cells_of(edition, part)]
        printed = {cell: str(11 + number) for number, cell in enumerate(cells)}
        report = read_back(print_report(draft_report(editions, printed), layout, STYLE))
        assert {c: str(v) for c, v in cells_read(report).items()} == printed
        assert report.editions["disclosure"] == disclosure
        assert report.editions["applications"] == applications


@pytest.mark.parametrize("column", range(7))
def test_a_header_label_lost(edition: str, layout: Layout, column: int) -> None:
    columns = [cell.column for cell in cells_of(edition, "applications")[:7]]

    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        for row in draft.header:
            for place, label in enumerate(row):
                if label and label in HEADER_LABELS[column]:
                    row[place] = ""

    printed, text = damaged(edition, layout, change)
    report = read_back(text)
    assert wrong_cells(report, printed) == {}
    lost = lost_cells(report, printed)
    assert {c for c in lost if c.column == columns[column]} == {
        c for c in cells_of(edition, "applications") if c.column == columns[column]
    }, "without its label a column is not read"
    assert {cell for cell in lost if load_form().part_of(cell.item) != "applications"} == set()
    assert unnamed(report, lost) == set()


HEADER_LABELS = [
    ["自然人"],
    ["商业企业"],
    ["科研机构"],
    ["社会公益组织"],
    ["法律服务机构"],
    ["其他"],
    ["总计"],
]


def test_a_column_lost_with_its_figures(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        for row in (*draft.header, *draft.applications):
            del row[5]
        for cell in cells_of(edition, "applications"):
            if cell.column == "research":
                printed[cell] = ""

    printed, text = damaged(edition, layout, change)
    report = read_back(text)
    assert wrong_cells(report, printed) == {}
    lost = lost_cells(report, printed)
    assert {c for c in lost if load_form().part_of(c.item) != "applications"} == set()
    assert unnamed(report, lost) == set()


def test_a_column_of_figures_lost_under_a_whole_header(edition: str, layout: Layout) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        for row in draft.applications:
            del row[5]

    for style in (STYLE, Style(trailing_cells=1), Style()):
        printed, text = damaged(edition, layout, change, style)
        report = read_back(text)
        assert wrong_cells(report, printed) == {}
        lost = lost_cells(report, printed)
        assert {load_form().part_of(cell.item) for cell in lost} == {"applications"}
        assert unnamed(report, lost) == set()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("本年新收", "上年结转"),
        ("国家秘密", "过程性"),
        ("不掌握", "重复申请"),
        ("予以公开", "部分公开"),
    ],
)
def test_rows_swapped(edition: str, layout: Layout, first: str, second: str) -> None:
    def change(draft: Draft, printed: dict[CellId, str]) -> None:
        one, other = (draft.applications[row_index(draft, label)] for label in (first, second))
        own, others = ([max(n for n in range(3) if row[n])] for row in (one, other))
        one[own[0] :], other[others[0] :] = other[others[0] :], one[own[0] :]

    check(edition, layout, change)


@pytest.mark.parametrize("zeros", [False, True])
def test_every_repeated_line_removed(edition: str, layout: Layout, zeros: bool) -> None:
    printed = distinct_figures(edition)
    if zeros:
        printed = {cell: text if int(text) % 9 == 0 else "0" for cell, text in printed.items()}
    lines = print_report(draft_report(edition, printed), layout, STYLE).split("\n")
    text = "\n".join(dict.fromkeys(line.strip(" ") for line in lines))
    report = read_back(text)
    assert wrong_cells(report, printed) == {}
    assert unnamed(report, lost_cells(report, printed)) == set()


def test_all_labels_and_one_zero(edition: str) -> None:
    printed = dict.fromkeys(all_cells(edition), "0")
    lines = print_report(draft_report(edition, printed), "lines").split("\n")
    report = read_back("\n".join(dict.fromkeys(lines)))
    assert cells_read(report) == {}
    assert unnamed(report, set(all_cells(edition))) == set()
    assert value_of("0") == 0
