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
