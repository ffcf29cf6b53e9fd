"""`zhenwen audit`: each rule finds what breaks it, and finds nothing in reports that add up."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import zhenwen
from knowledge.audit_rules import load_audit_rules
from knowledge.form import load_form
from knowledge.model import CellId
from tests.render import all_cells, draft_report, print_report

KINDS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other")
BEFORE = ("received_new", "carried_over")
AFTER = ("carried_forward", "total_handled")
RESULTS = ("upheld", "corrected", "other", "pending")

Figures = dict[CellId, str]


def balanced(edition: str, seed: int) -> Figures:
    """A different report for each seed, in which every sum of the form holds."""
    form = load_form()
    figures = {cell: str(seed + place) for place, cell in enumerate(all_cells(edition))}
    outcomes = [
        item
        for item in dict.fromkeys(cell.item for cell in figures)
        if form.part_of(item) == "applications" and item not in (*BEFORE, *AFTER)
    ]
    for place, kind in enumerate(KINDS):
        handled = 0
        for item in outcomes:
            handled += int(figures[CellId(item, kind)])
        figures[CellId("total_handled", kind)] = str(handled)
        figures[CellId("carried_forward", kind)] = str(seed % 7 + place)
        figures[CellId("carried_over", kind)] = str(seed % 5 + 2 * place)
        balance = handled + seed % 7 + place - seed % 5 - 2 * place
        figures[CellId("received_new", kind)] = str(balance)
    for item in (*BEFORE, *outcomes, *AFTER):
        figures[CellId(item, "total")] = str(sum(int(figures[CellId(item, k)]) for k in KINDS))
    for cell in all_cells(edition):
        if form.part_of(cell.item) == "reviews" and cell.column == "total":
            figures[cell] = str(sum(int(figures[CellId(cell.item, r)]) for r in RESULTS))
        if form.unit(cell, edition) == "万元":
            figures[cell] = "3.25"
    return figures


def write(
    folder: Path, town: str, year: int, edition: str, figures: Mapping[CellId, str], *text: str
) -> None:
    title = f"{town}人民政府{year}年政府信息公开工作年度报告"
    draft = draft_report(edition, figures, title=title, overview=text)
    (folder / f"{town}{year}.md").write_text(print_report(draft, "markdown"), encoding="utf-8")


def audit(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The problems of a folder of reports, through the real command."""
    db = str(folder / "store.db")
    assert zhenwen.main(["ingest", str(folder), "--db", db]) == 0
    capsys.readouterr()
    assert zhenwen.main(["audit", "--db", db, "--json"]) == 0
    problems: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return problems


def changed(figures: Figures, item: str, column: str, value: str) -> Figures:
    return {**figures, CellId(item, column): value}


def sides(problem: Mapping[str, Any]) -> tuple[object, object, object]:
    return problem["left"], problem["right"], problem["difference"]


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_report_that_adds_up_has_no_problem(
    edition: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "官坡镇", 2021, edition, balanced(edition, 11))
    assert audit(tmp_path, capsys) == []


def test_no_report_adds_up_by_chance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The figures that the tests call balanced would not be if one of them were another."""
    figures = balanced("2021", 11)
    granted = int(figures[CellId("granted", "natural_person")])
    figures = changed(figures, "granted", "natural_person", str(granted + 4))
    write(tmp_path, "官坡镇", 2021, "2021", figures)
    found = audit(tmp_path, capsys)
    assert [(problem["rule"], abs(problem["difference"])) for problem in found] == [
        ("row_total", 4),
        ("handled_total", 4),
    ]


def test_column_balance_names_both_sides_with_their_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = balanced("2021", 13)
    over = int(figures[CellId("carried_over", "total")])
    figures = changed(figures, "carried_over", "total", str(over + 9))
    write(tmp_path, "官坡镇", 2021, "2021", figures)
    balance = next(p for p in audit(tmp_path, capsys) if p["rule"] == "column_balance")
    left = sum(int(figures[CellId(item, "total")]) for item in BEFORE)
    assert sides(balance) == (left, left - 9, 9)
    assert balance["severity"] == "error"
    assert {(f["item"], f["column"], str(f["value"])) for f in balance["facts"]} == {
        (item, "total", figures[CellId(item, "total")]) for item in (*BEFORE, *AFTER)
    }
    assert all(fact["citation"]["file"] == "官坡镇2021.md" for fact in balance["facts"])
    assert all(fact["citation"]["line"] for fact in balance["facts"])


def test_review_total(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = changed(balanced("2021", 11), "reconsideration", "total", "999")
    write(tmp_path, "官坡镇", 2021, "2021", figures)
    (problem,) = audit(tmp_path, capsys)
    assert problem["rule"] == "review_total"
    assert problem["right"] == 999


def test_carry_over_compares_with_the_year_before_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = balanced("2021", 12), balanced("2021", 19)
    for column in (*KINDS, "total"):
        second[CellId("carried_over", column)] = first[CellId("carried_forward", column)]
    forward = int(first[CellId("carried_forward", "total")])
    write(tmp_path, "官坡镇", 2021, "2021", first)
    write(tmp_path, "官坡镇", 2023, "2021", changed(second, "carried_over", "total", "77"))
    assert "carry_over" not in {problem["rule"] for problem in audit(tmp_path, capsys)}
    write(tmp_path, "官坡镇", 2022, "2021", changed(second, "carried_over", "total", "77"))
    (problem,) = [
        p for p in audit(tmp_path, capsys) if p["rule"] == "carry_over" and p["year"] == 2022
    ]
    assert sides(problem) == (77, forward, 77 - forward)
    assert [(fact["year"], fact["item"]) for fact in problem["facts"]] == [
        (2022, "carried_over"),
        (2021, "carried_forward"),
    ]


def test_a_missing_operand_leaves_the_check_undecided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = balanced("2021", 12), balanced("2021", 19)
    for column in (*KINDS, "total"):
        first[CellId("carried_forward", column)] = "-"
    write(tmp_path, "官坡镇", 2021, "2021", first)
    write(tmp_path, "官坡镇", 2022, "2021", second)
    rules = {problem["rule"] for problem in audit(tmp_path, capsys)}
    assert rules <= {"in_force"}


def test_issues_that_contradict_each_other_decide_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = balanced("2021", 12), balanced("2021", 19)
    write(tmp_path, "官坡镇", 2021, "2021", first)
    write(tmp_path, "官坡镇", 2022, "2021", second)
    other = changed(first, "carried_forward", "total", "500")
    (tmp_path / "again").mkdir()
    write(tmp_path / "again", "官坡镇", 2021, "2021", other)
    found = audit(tmp_path, capsys)
    carried = [problem for problem in found if problem["rule"] == "carry_over"]
    assert all(fact["column"] != "total" for problem in carried for fact in problem["facts"])


def test_in_force_follows_from_the_year_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = balanced("2021", 12), balanced("2021", 19)
    for column in (*KINDS, "total"):
        second[CellId("carried_over", column)] = first[CellId("carried_forward", column)]
    for item, (old, issued, repealed, now) in {
        "regulations": (5, 3, 1, 7),
        "normative_documents": (40, 6, 2, 49),
    }.items():
        first[CellId(item, "in_force")] = str(old)
        second[CellId(item, "issued")] = str(issued)
        second[CellId(item, "repealed")] = str(repealed)
        second[CellId(item, "in_force")] = str(now)
    write(tmp_path, "官坡镇", 2021, "2021", first)
    write(tmp_path, "官坡镇", 2022, "2021", second)
    (problem,) = [p for p in audit(tmp_path, capsys) if p["rule"] == "in_force"]
    assert sides(problem) == (49, 44, 5)
    assert "规范性文件" in problem["text"]
    assert [(f["year"], f["column"], f["value"]) for f in problem["facts"]] == [
        (2022, "in_force", 49),
        (2021, "in_force", 40),
        (2022, "issued", 6),
        (2022, "repealed", 2),
    ]


def test_decisions_that_are_items_added_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = balanced("2019", 11)
    for item, printed in {
        "licensing": ("60", "35", "95"),
        "penalties": ("20", "+18", "39"),
        "coercion": ("0", "0", "0"),
    }.items():
        for column, value in zip(("prior_year_items", "change", "decisions"), printed, strict=True):
            figures[CellId(item, column)] = value
    write(tmp_path, "官坡镇", 2019, "2019", figures)
    (problem,) = audit(tmp_path, capsys)
    assert (problem["rule"], problem["left"]) == ("decisions_look_like_items", 95)
    assert [fact["value"] for fact in problem["facts"]] == [95, 60, 35]


@pytest.mark.parametrize(
    ("printed", "suspicious"),
    [("8050", True), ("470.25", False), ("84500元", False), ("251000万元", True)],
)
def test_an_amount_no_town_can_have(
    printed: str, suspicious: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = changed(balanced("2019", 11), "procurement", "amount", printed)
    write(tmp_path, "官坡镇", 2019, "2019", figures)
    found = [problem["rule"] for problem in audit(tmp_path, capsys)]
    assert found == (["implausible_unit"] if suspicious else [])


@pytest.mark.parametrize(
    ("printed", "cautions"),
    [
        ("8050", "unit_not_stated"),
        ("470.25", "unit_not_stated"),
        ("470.25万元", ""),
        ("251000万元", "implausible_unit"),
        ("0", ""),
    ],
)
def test_the_figure_itself_carries_the_caution(
    printed: str, cautions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = changed(balanced("2019", 11), "procurement", "amount", printed)
    write(tmp_path, "官坡镇", 2019, "2019", figures)
    audit(tmp_path, capsys)
    target = tmp_path / "facts.csv"
    assert zhenwen.main(["export", "--db", str(tmp_path / "store.db"), "-o", str(target)]) == 0
    with target.open(encoding="utf-8", newline="") as file:
        (row,) = [
            r
            for r in csv.DictReader(file)
            if r["item"] == "procurement" and r["column"] == "amount"
        ]
    assert row["cautions"] == cautions


@pytest.mark.parametrize(
    ("sentence", "sums"),
    [
        ("全年主动公开信息350条，其中政府网站公开260条、微信公众号发布110条。", (370, 350, 20)),
        ("全年主动公开信息390条，其中微信公众号发布2500条。", (2500, 390, 2110)),
        ("全年主动公开信息70条，其中政府网站公开30条、微信公众号发布10条。", (40, 70, -30)),
        ("全年主动公开信息70条，其中政府网站公开30条、微信公众号发布10条等。", None),
        ("全年主动公开信息370条，其中政府网站公开260条、微信公众号发布110条。", None),
        (
            "全年主动公开信息70条，其中政府网站公开40条、微信公众号发布30条，"
            "其中政务动态类20条、机构职能类50条。",
            None,
        ),
        ("全年主动公开信息70条，其中政府网站公开30条、骑马送信发布10条。", None),
        ("全年主动公开信息300余条，其中政府网站公开260条、微信公众号发布110条。", None),
    ],
)
def test_parts_of_a_total_in_the_text(
    sentence: str,
    sums: tuple[int, int, int] | None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path, "官坡镇", 2021, "2021", balanced("2021", 11), sentence)
    found = [p for p in audit(tmp_path, capsys) if p["rule"] == "parts_do_not_add_up"]
    assert [sides(problem) for problem in found] == ([sums] if sums else [])


def test_text_against_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = balanced("2021", 11)
    received = int(figures[CellId("received_new", "total")])
    sentence = f"全年收到政府信息公开申请{received + 3}件。"
    write(tmp_path, "官坡镇", 2021, "2021", figures, sentence)
    (problem,) = audit(tmp_path, capsys)
    assert problem["rule"] == "narrative"
    assert sides(problem) == (received + 3, received, 3)
    assert {fact["item"] for fact in problem["facts"]} == {
        "received_new",
        "narrative.applications_received",
    }


def test_a_table_that_was_not_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "官坡镇人民政府2021年政府信息公开工作年度报告"
    draft = draft_report("2021", balanced("2021", 11), title=title)
    draft.reviews.pop()
    (tmp_path / "a.md").write_text(print_report(draft, "markdown"), encoding="utf-8")
    (problem,) = audit(tmp_path, capsys)
    assert problem["rule"] == "incomplete_table"
    assert problem["facts"] == []
    assert problem["citations"][0]["file"] == "a.md"


PROSE = (
    "镇党政办公室牵头建立了信息审核的台账，{n}项任务按周调度、逐项销号。",
    "各站所指定一名联络员，负责收集本单位应当公开的材料并在{n}日内报送。",
    "对照目录清单逐条排查，发现错别字和失效链接后当天改正并记录在案。",
    "在便民服务大厅设立查阅点，摆放纸质文本供前来办事的村民翻看。",
    "组织村干部集中学习条例的修订内容，并用问答的方式检验学习的效果。",
    "聘请五名老党员担任监督员，定期听取他们对公开内容的意见和建议。",
    "把惠农补贴的名单张贴到每个村民小组，方便群众就近查看和核对。",
    "年底对各村的公开栏进行评比，结果与村干部的绩效考核直接挂钩。",
    "与县档案馆建立移交制度，保证纸质文本和电子文本的内容完全相同。",
)
OTHER_PROSE = (
    "本镇把公开工作列入年度要点，由分管领导每月听取一次汇报。",
    "修订了保密审查的流程图，三级审核的签字单一律存档备查。",
    "新开的视频栏目用方言讲解医保政策，老年人一听就能明白。",
    "夜校的课堂上增加了查询演示，手把手教会打工返乡的青年。",
    "集市日在街口摆摊接受咨询，工作人员当场登记、限期回访。",
    "清理了长期不更新的栏目，把零散的页面合并成了一个专题。",
    "学校和卫生院的收费标准同时上墙，并留下了投诉的电话。",
    "请返乡的大学生担任讲解员，带着乡亲们在手机上学会查找。",
)


def test_a_text_copied_with_other_figures_and_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for town, year, seed, prose in (
        ("官坡镇", 2021, 11, PROSE),
        ("寒葱沟镇", 2021, 23, PROSE),
        ("木耳镇", 2021, 37, OTHER_PROSE),
    ):
        text = [sentence.format(n=seed) + f"（{town}）" for sentence in prose]
        write(tmp_path, town, year, "2021", balanced("2021", seed), *text)
    (problem,) = [p for p in audit(tmp_path, capsys) if p["rule"] == "copied_text"]
    files = {citation["file"] for citation in problem["citations"]}
    assert files == {"官坡镇2021.md", "寒葱沟镇2021.md"}
    assert all(citation["quote"] for citation in problem["citations"])


def test_every_rule_of_the_contract_has_a_name() -> None:
    promised = {
        "row_total", "column_balance", "handled_total", "review_total", "carry_over", "in_force",
        "narrative", "implausible_unit", "incomplete_table", "decisions_look_like_items",
        "parts_do_not_add_up", "identity_disagrees", "year_left_over", "copied_text",
    }  # fmt: skip
    assert promised <= {rule.id for rule in load_audit_rules().rule}


def test_lines_for_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = changed(balanced("2021", 11), "reconsideration", "total", "999")
    write(tmp_path, "官坡镇", 2021, "2021", figures)
    db = str(tmp_path / "store.db")
    zhenwen.main(["ingest", str(tmp_path), "--db", db])
    capsys.readouterr()
    assert zhenwen.main(["audit", "--db", db]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "官坡镇（卢氏县）2021 年"
    assert "≠ 999" in lines[1]
    assert any("999" in line and "官坡镇2021.md 第" in line for line in lines[2:])
    assert lines[-1] == "错误 1 处，值得核对 0 处。"
