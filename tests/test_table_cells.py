"""What stands in a cell and how labels are printed: read exactly, or that cell or row is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from knowledge.form import load_form
from knowledge.model import CellId, Report
from knowledge.numerals import cell_number, is_blank, looks_like_date
from tests.reading_cases import (
    cells_read,
    distinct_figures,
    items,
    lost_cells,
    read_back,
    unnamed,
    wrong_cells,
)
from tests.render import Draft, Layout, Style, cells_of, draft_report, print_report

EDITIONS = ("2019", "2021")
DOUBTFUL = ("约5", "5*", "5①", "5²", "O", "o", "〇", "0（无）", "12 345", "00", "007", "2021-03-01", "**", "5%",
            "20211231", "202112", "2021111", "1.5", "-3", "+4", "暂无", "不涉及", ".5", "1,23", "3万", "5元", "6万元")  # fmt: skip
"""Each is printed where a count should stand; none tells for certain which count was meant."""


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def check(text: str, printed: dict[CellId, str], *lost: CellId) -> Report:
    report = read_back(text)
    assert wrong_cells(report, printed) == {}
    missing = lost_cells(report, printed)
    assert missing == set(lost)
    assert unnamed(report, missing) == set()
    return report


def row_of(draft: Draft, label: str) -> list[str]:
    return next(row for row in draft.applications if label in "".join(row[:3]))


def row_cells(edition: str, item: str) -> list[CellId]:
    return [cell for cell in cells_of(edition, "applications") if cell.item == item]


# ── one cell ──


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0", "0", ""),
        ("0.00", "0.00", ""),
        ("１２", "12", ""),
        ("1,234", "1234", ""),
        ("1，234，567.5", "1234567.5", ""),
        ("　9", "9", ""),
        ("\u00a09\u00a0", "9", ""),
        ("5件", "5", "件"),
        ("251000元", "251000", "元"),
        ("22.6692 万元", "22.6692", "万元"),
        ("+2", "2", ""),
        ("-1", "-1", ""),
        ("－1", "-1", ""),
        ("−1", "-1", ""),
        ("增2", "2", ""),
        ("减1", "-1", ""),
        ("增加2项", "2", "项"),
        ("减少 3", "-3", ""),
        ("↑2", "2", ""),
        ("↓4", "-4", ""),
    ],
)
def test_a_figure_is_read(text: str, value: str, unit: str) -> None:
    number = cell_number(text)
    assert number is not None
    assert (number.value, number.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    "text", [*DOUBTFUL[:14], "１２　３４", "1\n2", "—5", "一", "零", "٣", "5。", "", "-", "5/6"]
)
def test_no_figure_is_read(text: str) -> None:
    number = cell_number(text)
    assert number is None or looks_like_date(text)


@pytest.mark.parametrize("text", ["", " ", "-", "—", "——", "／", "/", "无", "－"])
def test_a_blank(text: str) -> None:
    assert is_blank(text)
    assert cell_number(text) is None


@pytest.mark.parametrize("text", ["*", "**", "一", "零", "O", "×"])
def test_no_blank_either(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize("layout", ["pipes", "tabs"])
@pytest.mark.parametrize("text", DOUBTFUL)
@pytest.mark.parametrize("column", [0, 6])
def test_a_doubtful_cell_costs_only_itself(layout: Layout, text: str, column: int) -> None:
    printed = distinct_figures("2021")
    cell = row_cells("2021", "denied.deliberative")[column]
    draft = draft_report("2021", printed)
    row_of(draft, "过程性")[3 + column] = text
    check(print_report(draft, layout), printed, cell)


@pytest.mark.parametrize("layout", ["lines", "spaced"])
@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_doubtful_cell_among_lines_costs_only_its_row(layout: Layout, text: str) -> None:
    if layout == "spaced" and text[-1] in "万元":
        pytest.skip("the renderer takes it for a label and prints it in front")
    printed = distinct_figures("2021")
    draft = draft_report("2021", printed)
    row_of(draft, "过程性")[6] = text
    report = read_back(print_report(draft, layout))
    assert wrong_cells(report, printed) == {}
    lost = lost_cells(report, printed)
    assert items(lost) == {"denied.deliberative"}
    assert unnamed(report, lost) == set()


@pytest.mark.parametrize("layout", ["pipes", "lines", "tabs", "spaced"])
@pytest.mark.parametrize(
    ("text", "value"), [("↑2", 2), ("减1", -1), ("+18", 18), ("增加 7", 7), ("-10", -10)]
)
def test_a_change_carries_its_sign(layout: Layout, text: str, value: int) -> None:
    if layout == "spaced" and (" " in text or text[0] == "↑"):
        pytest.skip("the renderer cuts it in two or prints it in front")
    printed = distinct_figures("2019")
    draft = draft_report("2019", printed)
    next(row for row in draft.disclosure if row[0] == "行政许可")[2] = text
    report = read_back(print_report(draft, layout))
    if " " in text and layout == "lines":
        assert "licensing" not in items(set(cells_read(report)))
    else:
        assert cells_read(report)[CellId("licensing", "change")] == value


@pytest.mark.parametrize(
    ("text", "value", "unit", "stated"),
    [
        ("251000元", "251000", "元", True),
        ("3万", "3", "万元", True),
        ("22.6692", "22.6692", "万元", False),
        ("0", "0", "万元", False),
        ("5件", None, "", False),
        ("20201231", None, "", False),
        ("202012", "202012", "万元", False),
    ],
)
def test_amounts_of_money(text: str, value: str | None, unit: str, stated: bool) -> None:
    draft = draft_report("2019", distinct_figures("2019"))
    next(row for row in draft.disclosure if row[0] == "政府集中采购")[2] = text
    figures = {f.cell: f for f in read_back(print_report(draft, "pipes")).figures}
    found = figures.get(CellId("procurement", "amount"))
    assert (found and found.value) == (Decimal(value) if value else None)
    if found is not None:
        assert (found.unit, found.unit_stated) == (unit, stated)
        assert ("unit_not_stated" in found.cautions) == (not stated and found.value != 0)


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("采购总金额", None),
        ("采购总金额（万元）", "万元"),
        ("采购总金额（单位：万元，保留4位小数）", "万元"),
        ("采购总金额 万元", "万元"),
        ("采购总金额（元）", "元"),
        ("采购金额(单位:元)", "元"),
    ],
)
@pytest.mark.parametrize("layout", ["lines", "pipes", "spaced"])
def test_units_in_the_header(label: str, unit: str | None, layout: Layout) -> None:
    draft = draft_report("2019", distinct_figures("2019"))
    header = next(row for row in draft.disclosure if "采购总金额" in "".join(row))
    header[2] = label
    figures = {f.cell: f for f in read_back(print_report(draft, layout)).figures}
    found = figures[CellId("procurement", "amount")]
    assert (found.unit, found.unit_stated) == (unit or "万元", unit is not None)


# ── labels ──


def test_notes_on_lines_of_their_own() -> None:
    printed = distinct_figures("2019")
    text = print_report(draft_report("2019", printed), "lines")
    for label, note in (
        ("规章", "（设区的市（含副省级）\n应提供\n-8\n件的数据）"),
        ("规范性文件", "（指2018年以来有正式文号的文件）"),
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "（含2件）"),
    ):
        assert f"\n{label}\n" in text
        text = text.replace(f"\n{label}\n", f"\n{label}\n{note}\n")
    text = text.replace(
        "（区分处理的，只计这一情形，不计其他情形）",
        "（区分处理的，\n只计这一情形，\n不计其他情形）",
    )
    check(text, printed)


def test_a_label_wrapped_around_its_figures() -> None:
    """The figures of a high row stand at half its height in what a PDF gives as text."""
    printed = distinct_figures("2021")
    lines = print_report(draft_report("2021", printed), "spaced").split("\n")
    label = "5.要求行政机关确认或重新出具已获取信息"
    at = next(n for n, line in enumerate(lines) if line.startswith(label))
    figures = lines[at].removeprefix(label).strip()
    lines[at : at + 1] = [label[:10], figures, label[10:]]
    label = "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"
    at = next(n for n, line in enumerate(lines) if line.startswith(label))
    figures = lines[at].removeprefix(label).strip()
    lines[at : at + 1] = [label[:12], f"{label[12:24]} {figures}", label[24:]]
    check("\n".join(lines), printed)


@pytest.mark.parametrize("layout", ["lines", "pipes", "spaced"])
@pytest.mark.parametrize(
    ("label", "branded"),
    [
        ("一、本年新收政府信息公开申请数量", "一、本年新收【某某网】申请数量"),
        ("一、本年新收政府信息公开申请数量", "一、本年新收XX网站信息公开申请数量"),
        ("5.要求行政机关确认或重新出具已获取信息", "5.要求【某网】确认或重新出具已获取信息"),
        ("1.本机关不掌握相关政府信息", "1.本机关不掌握相关www.example.com信息"),
    ],
)
def test_a_brand_in_place_of_a_word(layout: Layout, label: str, branded: str) -> None:
    printed = distinct_figures("2019")
    text = print_report(draft_report("2019", printed), layout)
    assert label in text
    check(text.replace(label, branded), printed)


def test_another_measure_is_no_brand() -> None:
    printed = distinct_figures("2019")
    text = print_report(draft_report("2019", printed), "pipes")
    text = text.replace("一、本年新收政府信息公开申请数量", "一、本年新收行政复议申请数量")
    assert "received_new" not in items(set(cells_read(read_back(text))))


def test_a_running_head_inside_a_table() -> None:
    printed = distinct_figures("2021")
    lines = print_report(draft_report("2021", printed), "lines").split("\n")
    for label in ("2.重复申请", "（一）予以公开"):
        lines.insert(
            lines.index(label) + 1, "Page 9 - 清河镇人民政府2021年政府信息公开工作年度报告"
        )
    check("\n".join(lines), printed)


STRIPS = """结 结 其 尚 总 结 结 其 尚 总 结 结 其 尚 总
果 果 他 未 计 果 果 他 未 计 果 果 他 未 计
维 纠 结 审 维 纠 结 审 维 纠 结 审
持 正 果 结 持 正 果 结 持 正 果 结"""


def test_header_cells_printed_as_strips_of_characters(edition: str) -> None:
    printed = distinct_figures(edition)
    text = print_report(draft_report(edition, printed), "spaced")
    before, head, after = text.partition("行政复议\n")
    rest = after[after.index("\n208") if "\n208" in after else 0 :]
    values = " ".join(printed[cell] for cell in cells_of(edition, "reviews"))
    header = "行政复议 行政诉讼\n未经复议直接起诉 复议后起诉\n"
    assert head
    assert rest
    tail = after[after.index("五、") :]
    check(f"{before}{header}{STRIPS}\n{values}\n{tail}", printed)
    broken = STRIPS.replace("纠 结 审\n", "纠 结\n", 1)
    report = read_back(f"{before}{header}{broken}\n{values}\n{tail}")
    assert {c for c in cells_read(report) if load_form().part_of(c.item) == "reviews"} == set()


def test_bars_alone_on_their_lines() -> None:
    printed = distinct_figures("2019")
    lines = print_report(draft_report("2019", printed), "lines").split("\n")
    at = lines.index("二、主动公开政府信息情况") + 1
    barred = [part for line in lines[at:] if line for part in ("|", line)]
    check("\n".join([*lines[:at], *barred]), printed)


def test_text_glued_behind_a_run_of_bars() -> None:
    printed = distinct_figures("2021")
    lines = print_report(draft_report("2021", printed), "pipes").split("\n")
    for label in ("四、结转下年度", "行政事业性收费", "2.重复申请"):
        at = next(n for n, line in enumerate(lines) if label in line)
        lines[at] += "|" * 200 + "2021年我镇共公开信息350条，其中网站260条"
    check("\n".join(lines), printed)


def test_no_heading_between_the_tables_and_no_text(edition: str) -> None:
    printed = distinct_figures(edition)
    for layout in ("lines", "pipes", "tabs", "spaced"):
        draft = draft_report(edition, printed, overview=())
        draft.headings.update(dict.fromkeys(draft.headings))
        check(print_report(draft, layout), printed)


@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines"])
def test_a_table_of_something_else_before(edition: str, layout: Layout) -> None:
    printed = distinct_figures(edition)
    draft = draft_report(edition, printed)
    junk = [
        "序号 | 标题 | 发布日期",
        "1 | 关于规章的通知 | 2020-01-12",
        "2 | 行政处罚公示 | 2020-02-28",
    ]
    draft.before["disclosure"] = [
        row if layout == "pipes" else row.replace(" | ", "\t" if layout == "tabs" else "\n")
        for row in junk
    ]
    check(print_report(draft, layout), printed)


@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
def test_the_first_block_of_section_two_lost(edition: str, layout: Layout) -> None:
    printed = distinct_figures(edition)
    draft = draft_report(edition, printed)
    del draft.disclosure[:4]
    lost = [
        c
        for c in cells_of(edition, "disclosure")
        if c.item in ("regulations", "normative_documents")
    ]
    check(print_report(draft, layout), printed, *lost)


def test_a_table_under_another_heading(edition: str) -> None:
    """The tables at the end, behind 六, with the headings of 二 to 四 over nothing."""
    printed = distinct_figures(edition)
    lines = print_report(draft_report(edition, printed), "pipes").split("\n")
    tables = [line for line in lines if "|" in line]
    text = [line for line in lines if "|" not in line]
    report = check("\n".join([*text, *tables]), printed)
    assert {f.section for f in report.figures} == {"六、其他需要报告的事项"}


# ── what was lost ──


def balanced(edition: str) -> dict[CellId, str]:
    """Different figures in every outcome, with every sum of the form for section 三 holding."""
    printed = distinct_figures(edition)
    sums = {"total_handled": 0, "received_new": 0, "carried_over": 0, "carried_forward": 0}
    for number, column in enumerate(c.column for c in cells_of(edition, "applications")[:6]):
        outcomes = [
            c
            for c in cells_of(edition, "applications")
            if c.column == column and c.item not in sums
        ]
        handled = sum(int(printed[c]) for c in outcomes)
        values = (handled, handled - 3 + number, 8, 5 + number)
        for item, value in zip(sums, values, strict=True):
            printed[CellId(item, column)] = str(value)
    for item in dict.fromkeys(c.item for c in cells_of(edition, "applications")):
        row = row_cells(edition, item)
        printed[row[-1]] = str(sum(int(printed[c]) for c in row[:-1]))
    return printed


ANCHORS = {
    "received_new": "本年新收",
    "total_handled": "（七）总计",
    "carried_forward": "结转下年度",
}


@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
@pytest.mark.parametrize("item", ANCHORS)
def test_an_anchor_row_lost_from_a_table_that_balances(
    edition: str, layout: Layout, item: str
) -> None:
    printed = balanced(edition)
    draft = draft_report(edition, printed)
    draft.applications.remove(row_of(draft, ANCHORS[item]))
    check(print_report(draft, layout), printed, *row_cells(edition, item))


@pytest.mark.parametrize("item", ANCHORS)
def test_an_anchor_row_lost_from_a_table_that_does_not(edition: str, item: str) -> None:
    printed = balanced(edition)
    wrong = CellId("carried_over" if item == "total_handled" else "granted", "business")
    printed[wrong] = str(int(printed[wrong]) + 1)
    draft = draft_report(edition, printed)
    draft.applications.remove(row_of(draft, ANCHORS[item]))
    check(print_report(draft, "pipes"), printed, *cells_of(edition, "applications"))


def test_two_anchor_rows_lost(edition: str) -> None:
    printed = balanced(edition)
    draft = draft_report(edition, printed)
    for item in ("received_new", "carried_forward"):
        draft.applications.remove(row_of(draft, ANCHORS[item]))
    check(print_report(draft, "pipes"), printed, *cells_of(edition, "applications"))


@pytest.mark.parametrize("layout", ["pipes", "tabs", "lines", "spaced"])
@pytest.mark.parametrize("label", ["自然人", "科研机构", "社会公益组织", "总计"])
def test_a_column_label_lost_from_rows_that_add_up(
    edition: str, layout: Layout, label: str
) -> None:
    printed = balanced(edition)
    draft = draft_report(edition, printed)
    draft.header = [["" if cell == label else cell for cell in row] for row in draft.header]
    column = next(
        c.column
        for c in load_form().editions[edition].tables["applications"].rows[0].columns
        if c.label == label
    )
    lost = [c for c in cells_of(edition, "applications") if c.column == column]
    check(print_report(draft, layout), printed, *lost)


def test_two_column_labels_lost(edition: str) -> None:
    printed = balanced(edition)
    draft = draft_report(edition, printed)
    gone = ("科研机构", "商业企业")
    draft.header = [["" if cell in gone else cell for cell in row] for row in draft.header]
    check(print_report(draft, "pipes"), printed, *cells_of(edition, "applications"))


def test_a_form_left_empty_line_by_line(edition: str) -> None:
    report = read_back(print_report(draft_report(edition, {}), "lines"))
    assert cells_read(report) == {}
    assert {gap.kind for gap in report.gaps} == {"blank"}
    assert len(report.gaps) == len(distinct_figures(edition))


def test_one_table_left_empty_line_by_line_is_not_blank_for_certain(edition: str) -> None:
    """Its figures may have been lost: the same lines stood in the tables before it."""
    printed = distinct_figures(edition)
    empty = dict.fromkeys(cells_of(edition, "applications"), "")
    report = read_back(print_report(draft_report(edition, {**printed, **empty}), "lines"))
    kinds = {gap.kind for gap in report.gaps if gap.cell in empty}
    assert kinds == {"unread"}
    assert unnamed(report, set(empty)) == set()


def test_a_figure_with_a_blank_inside_beside_a_lost_cell() -> None:
    """`12 345` on a line and a cell too few would make a full row."""
    text = print_report(draft_report("2019", distinct_figures("2019")), "lines", Style())
    lines = text.split("\n")
    at = lines.index("规章")
    lines[at + 1 : at + 4] = ["12 345", "6"]
    read = cells_read(read_back("\n".join(lines)))
    assert "regulations" not in items(set(read))
