"""A column's label cut short, or broken at the same place: every figure of its rows is read."""

from __future__ import annotations

import pytest

from tests.reading_cases import distinct_figures, lost_cells, read_back, wrong_cells
from tests.render import LAYOUTS, Layout, Style, draft_report, print_report

CUTS = [
    ("2019", "对外公开总数量", "对外公开总数"),
    ("2019", "本年增/减", "本年增/"),
    ("2021", "现行有效件数", "现行有效件"),
    ("2021", "本年废止件数", "本年废止件"),
]


def printed(edition: str, layout: Layout, label: str, instead: str) -> str:
    text = print_report(draft_report(edition, distinct_figures(edition)), layout, Style())
    assert label in text
    return text.replace(label, instead)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("edition", "label", "cut"), CUTS)
def test_a_label_cut_short_is_read(edition: str, label: str, cut: str, layout: Layout) -> None:
    figures = distinct_figures(edition)
    report = read_back(printed(edition, layout, label, cut))
    assert wrong_cells(report, figures) == {}
    assert lost_cells(report, figures) == set()


@pytest.mark.parametrize(("edition", "label", "cut"), CUTS)
def test_a_label_broken_there_is_read(edition: str, label: str, cut: str) -> None:
    figures = distinct_figures(edition)
    for layout in LAYOUTS:
        if "line" in layout:
            report = read_back(printed(edition, layout, label, f"{cut}\n{label[len(cut) :]}"))
            assert wrong_cells(report, figures) == {}
            assert lost_cells(report, figures) == set()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_labels_cut_to_the_same_are_not_read_wrong(layout: Layout) -> None:
    figures = distinct_figures("2019")
    text = printed("2019", layout, "本年新公开数量", "本年新")
    report = read_back(text.replace("本年新制作数量", "本年新"))
    assert wrong_cells(report, figures) == {}


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if "line" in layout])
@pytest.mark.parametrize("ending", ["其他", "总计"])
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_end_of_a_repeated_header_is_no_row_label(
    layout: Layout, ending: str, edition: str
) -> None:
    """The label behind the header is lost: its figures are nobody's, though rows are called so."""
    figures = distinct_figures(edition)
    rows = ("（六）其他处理", "（七）总计", "5.要求行政机关确认或重新出具已获取信息")
    kinds = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    header = "\n".join(["申请人情况", *kinds, *(["总计"] if ending == "总计" else [])])
    for label in rows:
        report = read_back(printed(edition, layout, label, header))
        assert wrong_cells(report, figures) == {}


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if "line" in layout])
def test_a_unit_broken_in_its_bracket_is_read(layout: Layout) -> None:
    figures = distinct_figures("2021")
    for instead in ("（单位：万\n元）", "（单\n位：万元）"):
        report = read_back(printed("2021", layout, "（单位：万元）", instead))
        assert wrong_cells(report, figures) == {}
        assert lost_cells(report, figures) == set()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("label", "heading"),
    [
        ("1.信访举报投诉类申请", "（五）不予处理"),
        ("3.要求提供公开出版物", "（五）不予处理"),
        ("2.没有现成信息需要另行制作", "（四）无法提供"),
        ("8.属于行政查询事项", "（三）不予公开"),
    ],
)
def test_a_heading_in_place_of_a_row_label_is_no_subtotal(
    layout: Layout, label: str, heading: str
) -> None:
    """On a page without rules the label of a group stands beside one of its rows: where that
    row's own label is lost, its figures are nobody's."""
    figures = distinct_figures("2021")
    text = printed("2021", layout, heading, "")
    report = read_back(text.replace(label, heading, 1))
    assert wrong_cells(report, figures) == {}
