"""The twelve towns: what was written down comes back out of the store, and nothing else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge import query
from knowledge.audit import find_problems
from knowledge.form import load_form
from knowledge.gazetteer import load_gazetteer
from knowledge.model import CellId, Entity, Fact
from knowledge.store import Store
from tests.render import HEADINGS, all_cells
from tests.twelve_towns import (
    CASES,
    LOST,
    TownReport,
    load_reports,
    unit_of,
    unread_cells,
    value_of,
    write_folder,
)

REPORTS = {report.name: report for report in load_reports()}
RECEIVED = CellId("received_new", "total")
KINDS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other")
RESULTS = ("upheld", "corrected", "other", "pending")
HUANGYUAN, DATONG, TAOBEI = "湟源县", "大通回族土族自治县", "洮北区"
COUNTIES = (HUANGYUAN, DATONG, TAOBEI)
FIRST_ISSUE, SECOND_ISSUE = "湟源县大华镇2022", "湟源县大华镇2022更正"


@pytest.fixture(scope="module")
def stored(twelve: Store) -> dict[str, tuple[query.ReportRecord, list[Fact]]]:
    return {record.file: (record, facts) for record, facts in query.facts_by_report(twelve)}


def received(county: str, name: str) -> list[int | None]:
    """The requests of a town, year by year, None where it has no report."""
    found = {
        report.year: int(report.printed[RECEIVED])
        for report in REPORTS.values()
        if (report.entity.county, report.entity.name) == (county, name)
        and report.name != FIRST_ISSUE
    }
    return [found.get(year) for year in range(2019, 2025)]


def test_every_report_is_stored_and_no_other(
    stored: dict[str, tuple[query.ReportRecord, list[Fact]]],
) -> None:
    assert len(REPORTS) == 71
    assert sorted(stored) == sorted(report.file for report in REPORTS.values())


@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_every_figure_comes_back_and_no_other(
    report: TownReport, stored: dict[str, tuple[query.ReportRecord, list[Fact]]]
) -> None:
    unread = unread_cells(report)
    cells = Counter(
        (cell, value_of(printed), unit_of(report, cell, printed), printed)
        for cell, printed in report.printed.items()
        if printed and cell not in unread
    )
    told = Counter((told.cell, told.value, told.unit, told.approximate) for told in report.told)
    facts = stored[report.file][1]
    assert (
        Counter((f.cell, f.value, f.unit, f.stated) for f in facts if not f.cell.is_narrative)
        == cells
    )
    assert (
        Counter(
            (f.cell, f.value, f.unit, "approximate" in f.cautions)
            for f in facts
            if f.cell.is_narrative
        )
        == told
    )


@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_every_figure_is_cited_where_it_stands(
    report: TownReport, stored: dict[str, tuple[query.ReportRecord, list[Fact]]]
) -> None:
    told = Counter(
        (HEADINGS[sentence.section], told.cell, sentence.text)
        for sentence in report.sentences
        for told in sentence.told
    )
    cited = Counter[tuple[str | None, CellId, str]]()
    for fact in stored[report.file][1]:
        part = load_form().part_of(fact.cell.item)
        if part is not None:
            assert fact.citation.section == HEADINGS[part]
            assert fact.stated in fact.citation.quote
        else:
            cited[fact.citation.section, fact.cell, fact.citation.quote] += 1
    assert cited == told


@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_every_report_is_whose_it_is(
    report: TownReport, stored: dict[str, tuple[query.ReportRecord, list[Fact]]]
) -> None:
    record, facts = stored[report.file]
    assert (record.entity, record.year) == (report.entity, report.year)
    assert not record.inferred
    assert record.title == (report.title or report.manifest_title or None)
    assert record.url == report.url
    assert record.published == (report.published or None)
    assert set(record.editions.values()) == {report.form}
    assert record.status == ("superseded" if report.name == FIRST_ISSUE else "current")
    assert all(fact.citation.url == report.url for fact in facts)
    lines = [fact.citation.line for fact in facts]
    assert all((line is None) == (report.layout == "docx") for line in lines)


def test_what_is_not_there_says_why(twelve: Store) -> None:
    every_cell = set(all_cells("2019")) | set(all_cells("2021"))
    for report in REPORTS.values():
        unread = unread_cells(report)
        for cell in every_cell:
            expected: str | None = "not_on_form"
            if cell in unread:
                expected = "unread"
            elif cell in report.printed:
                expected = None if report.printed[cell] else "blank"
            assert query.gap(twelve, report.entity, report.year, cell) == expected, report.name


def test_every_sentence_stands_in_its_section(twelve: Store) -> None:
    for report in REPORTS.values():
        texts = {
            text.key: text.text
            for record, text in query.sections(twelve, report.entity, report.year)
            if record.file == report.file and text.level < 2
        }
        for sentence in report.sentences:
            assert sentence.text in texts[sentence.section].splitlines(), report.name


def test_each_file_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    first, second = write_folder(tmp_path / "a"), write_folder(tmp_path / "b")
    names = sorted(path.name for path in first.iterdir())
    assert len(names) == len(REPORTS) + 1
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    assert {Path(name).suffix for name in names} == {".csv", ".docx", ".html", ".md", ".txt"}


# ── the figures themselves, by the form's own arithmetic ──


def sums(report: TownReport) -> Iterator[tuple[str, list[str], str]]:
    """Every sum of the form: where, the figures that are added up, the figure they come to."""
    printed = report.printed
    outcomes = [
        cell.item
        for cell in printed
        if cell.column == "total"
        and load_form().part_of(cell.item) == "applications"
        and cell.item not in ("received_new", "carried_over", "total_handled", "carried_forward")
    ]
    for column in (*KINDS, "total"):
        yield (
            f"results/{column}",
            [printed[CellId(item, column)] for item in outcomes],
            printed[CellId("total_handled", column)],
        )
    for cell, figure in printed.items():
        part = load_form().part_of(cell.item)
        if cell.column == "total" and part in ("applications", "reviews"):
            parts = KINDS if part == "applications" else RESULTS
            yield cell.item, [printed[CellId(cell.item, column)] for column in parts], figure


def test_the_figures_add_up() -> None:
    for report in REPORTS.values():
        if LOST in report.printed.values():
            continue
        for where, parts, total in sums(report):
            assert sum(int(part or 0) for part in parts) == int(total or 0), (report.name, where)
        for column in (*KINDS, "total"):
            new, over, handled, forward = (
                int(report.printed[CellId(item, column)] or 0)
                for item in ("received_new", "carried_over", "total_handled", "carried_forward")
            )
            assert new + over == handled + forward, (report.name, column)


def test_what_is_carried_forward_arrives_but_once() -> None:
    by_town = {(r.entity, r.year): r for r in REPORTS.values() if r.name != FIRST_ISSUE}
    broken = set()
    for (entity, year), report in by_town.items():
        follow = by_town.get((entity, year + 1))
        if follow is None:
            continue
        for column in (*KINDS, "total"):
            left = int(report.printed[CellId("carried_forward", column)] or 0)
            if left != int(follow.printed[CellId("carried_over", column)] or 0):
                broken.add(follow.name)
    assert broken == {"大通县东峡镇2023"}


def test_the_traps_of_the_requests() -> None:
    towns = {report.entity for report in REPORTS.values()}
    assert len(towns) == 12
    by_name = {
        (town.county or "", town.name): received(town.county or "", town.name) for town in towns
    }
    assert sum(county == HUANGYUAN for county, _ in by_name) == 6
    last = {town: [n for n in years[3:] if n is not None] for town, years in by_name.items()}
    complete = {town: years for town, years in last.items() if len(years) == 3}
    rising = [town for town, (a, b, c) in complete.items() if a < b < c]
    falling = [town for town, (a, b, c) in complete.items() if a > b > c]
    flat = [town for town, (a, b, c) in complete.items() if a == b == c != 0]
    assert rising == [(HUANGYUAN, "城关镇")]
    assert falling == [(HUANGYUAN, "大华镇")]
    assert flat == [(HUANGYUAN, "和平乡")]
    assert [t for t, years in by_name.items() if set(years) == {0}] == [(HUANGYUAN, "日月藏族乡")]
    assert sum(0 in years for years in by_name.values()) == 5
    assert {t for t, years in by_name.items() if None in years} == {
        (HUANGYUAN, "申中乡"),
        (DATONG, "新庄镇"),
    }
    # Ties: the largest of a county, the same name in two counties, the smallest of a county.
    assert by_name[HUANGYUAN, "城关镇"][1] == by_name[HUANGYUAN, "大华镇"][1] == 15
    assert by_name[HUANGYUAN, "城关镇"][3] == by_name[DATONG, "城关镇"][3] == 18
    assert by_name[TAOBEI, "平安镇"][5] == by_name[TAOBEI, "平台镇"][5] == 5


def test_the_blanks_and_the_lost_cell_are_where_they_were_put() -> None:
    found = {
        (report.name, cell.item, printed)
        for report in REPORTS.values()
        for cell, printed in report.printed.items()
        if printed in ("", LOST)
    }
    assert found == {
        ("湟源县申中乡2019", "litigation_after_reconsideration", ""),
        ("湟源县和平乡2020", "carried_over", ""),
        ("湟源县和平乡2020", "procurement", ""),
        ("大通县新庄镇2020", "carried_forward", ""),
        ("洮北区平台镇2021", "granted", LOST),
        ("湟源县东峡乡2022", "fees", ""),
        ("湟源县申中乡2022", "denied.state_secret", ""),
        ("洮北区平安镇2023", "carried_over", ""),
        ("洮北区平安镇2024", "coercion", ""),
    }


def test_the_old_form_is_used_until_2020_and_once_in_2021() -> None:
    late = {r.name for r in REPORTS.values() if r.form == "2019" and r.year > 2020}
    early = {r.name for r in REPORTS.values() if r.form == "2021" and r.year < 2021}
    assert (late, early) == ({"湟源县东峡乡2021"}, set())


def test_the_traps_of_the_names() -> None:
    gazetteer = load_gazetteer()
    towns = {report.entity for report in REPORTS.values()}
    for town in towns:
        assert town.region in gazetteer.regions_of(town.name), town
    names = Counter(town.name for town in towns)
    assert names["城关镇"] == 2
    assert {"东峡乡", "东峡镇"} <= set(names)
    for neighbour in ("辛庄镇", "太平乡", "平山镇", "城东镇"):
        assert neighbour in gazetteer
        assert neighbour not in names


# ── what ingest and the audit find ──


def test_only_the_contradictions_that_were_put_in(twelve: Store) -> None:
    cautions = Counter(
        (fact.citation.file, fact.cell, caution)
        for fact in query.every_fact(twelve)
        for caution in fact.cautions
    )
    first, second = REPORTS[FIRST_ISSUE], REPORTS[SECOND_ISSUE]
    revised = {cell for cell, printed in second.printed.items() if printed != first.printed[cell]}
    stated = CellId("narrative.applications_received", "total")
    assert len(revised) == 6
    assert set(cautions) == {
        ("洮北区平台镇2022.txt", RECEIVED, "report_disagrees"),
        ("洮北区平台镇2022.txt", stated, "report_disagrees"),
        ("洮北区平台镇2020.txt", CellId("narrative.disclosed_total", "total"), "approximate"),
        ("大通县城关镇2019.html", CellId("procurement", "amount"), "unit_not_stated"),
        *((second.file, cell, "revised") for cell in (*revised, stated)),
    }


def test_only_the_problems_that_were_put_in(twelve: Store) -> None:
    assert {(p.rule, p.entity.name, p.entity.county, p.year) for p in find_problems(twelve)} == {
        ("incomplete_table", "平台镇", TAOBEI, 2021),
        ("narrative", "平台镇", TAOBEI, 2022),
        ("carry_over", "东峡镇", DATONG, 2023),
        ("implausible_unit", "城关镇", DATONG, 2019),
    }


def test_the_corrected_issue_answers(twelve: Store) -> None:
    town = Entity("大华镇", "青海省/西宁市/湟源县")
    found = query.lookup(twelve, town, 2022, RECEIVED)
    assert [(int(fact.value), fact.superseded) for fact in found] == [(16, False), (15, True)]


def test_both_sides_of_the_contradiction_are_kept(twelve: Store) -> None:
    town = Entity("平台镇", "吉林省/白城市/洮北区")
    stated = CellId("narrative.applications_received", "total")
    assert [int(f.value) for f in query.lookup(twelve, town, 2022, RECEIVED)] == [10]
    assert [int(f.value) for f in query.lookup(twelve, town, 2022, stated)] == [9]


def test_every_outcome_of_the_form_happens() -> None:
    happened = {
        cell.item
        for report in REPORTS.values()
        for cell, printed in report.printed.items()
        if cell.column == "total" and printed not in ("", "0", LOST)
    }
    missing = {
        cell.item
        for cell in {*all_cells("2019"), *all_cells("2021")}
        if load_form().part_of(cell.item) != "disclosure"
    } - happened
    assert missing == set()


def test_the_applicant_is_named_in_one_sentence() -> None:
    named = [
        (report.name, sentence.told)
        for report in REPORTS.values()
        for sentence in report.sentences
        if "祁满囤" in sentence.text
    ]
    assert named == [("大通县新庄镇2024", ())]


def test_the_page_for_question_writers_has_the_same_requests() -> None:
    lines = (CASES / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    told = {(row[0], row[1]): row[2:8] for row in rows if len(row) == 9 and row[0] in COUNTIES}
    assert len(told) == 12
    for town, years in told.items():
        assert years == ["无报告" if n is None else str(n) for n in received(*town)], town
