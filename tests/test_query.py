"""Questions to the store: what went in comes out, in a fixed order, with its citation."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import UnknownCell
from knowledge.form import load_form
from knowledge.model import CellId, Entity, Fact, Figure, Gap, Report, SectionText
from knowledge.query import (
    counts,
    entities,
    every_fact,
    facts_by_report,
    facts_of,
    findings,
    gap,
    lookup,
    reports,
    sections,
    years_of,
)
from knowledge.search import search_sections
from knowledge.store import Store, open_for_reading, open_for_writing, replace_report
from tests.made_reports import (
    JINGZHI,
    MUER,
    NAMES,
    PERSONS,
    PROCUREMENT,
    RECEIVED,
    SECTION,
    STATED,
    figure,
    full_report,
    report,
    source,
    statement,
)

TAIZHEN = Entity("太真镇", "山东省/潍坊市/安丘市")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_for_writing(tmp_path / "zhenwen.db") as opened:
        yield opened


def put(store: Store, file: str, made: Report) -> None:
    replace_report(store, source(file), replace(made, file=file), NAMES)


def test_a_fact_comes_with_everything_that_is_known_of_it(store: Store) -> None:
    put(store, "安丘/景芝镇2020.txt", full_report())
    (fact,) = lookup(store, JINGZHI, 2020, PROCUREMENT)
    assert fact.value == Decimal("1859950")
    assert fact.stated == "1859950.00"
    assert (fact.unit, fact.unit_stated, fact.edition) == ("万元", False, "2019")
    assert fact.cautions == ("unit_not_stated", "implausible_unit")
    assert not fact.superseded
    assert fact.citation.report == "景芝镇人民政府2020年政府信息公开工作年度报告"
    assert fact.citation.section == "二、主动公开政府信息情况"
    assert fact.citation.label == load_form().label_path(PROCUREMENT, "2019")
    assert fact.citation.quote == "政府集中采购 1859950.00"
    assert fact.citation.file == "安丘/景芝镇2020.txt"
    assert fact.citation.line == 212
    assert fact.citation.url == "https://example.org/jz2020"


def test_several_statements_stay_in_the_order_of_the_report(store: Store) -> None:
    put(store, "a.txt", full_report())
    first, second = lookup(store, JINGZHI, 2020, STATED)
    assert (int(first.value), first.citation.quote) == (6, "共收到政府信息公开申请6件")
    assert first.cautions == ("report_disagrees",)
    assert (int(second.value), second.stated) == (2, "其中网络申请2件")
    assert second.citation.label == "正文：收到申请"
    assert second.edition is None


def test_the_label_is_that_of_the_fact_s_edition(store: Store) -> None:
    other = CellId("other", "total")
    put(store, "a.txt", report(figure(other, "1")))
    put(store, "b.txt", report(figure(other, "2")._replace(edition="2021"), year=2021))
    (old,), (new,) = (lookup(store, JINGZHI, year, other) for year in (2020, 2021))
    form = load_form()
    assert old.citation.label == form.label_path(other, "2019")
    assert new.citation.label == form.label_path(other, "2021")


def test_a_report_without_title_is_called_by_entity_and_year(store: Store) -> None:
    put(store, "a.txt", report(figure(RECEIVED, "3"), entity=MUER, year=2019, title=None))
    (fact,) = lookup(store, MUER, 2019, RECEIVED)
    assert fact.citation.report == "木耳镇2019年"
    assert reports(store)[0].title is None


def test_the_years_of_an_entity(store: Store) -> None:
    put(store, "a.txt", report(figure(RECEIVED, "3"), figure(PERSONS, "1"), year=2021))
    put(store, "b.txt", report(figure(RECEIVED, "3"), year=2021))
    put(store, "c.txt", report(figure(RECEIVED, "3"), year=2019))
    put(store, "d.txt", report(figure(RECEIVED, "3"), year=2020, entity=MUER))
    assert years_of(store, JINGZHI) == (2019, 2021)
    assert years_of(store, MUER) == (2020,)
    assert years_of(store, Entity(JINGZHI.name)) == ()


def test_an_issuer_that_was_inferred_is_a_caution_on_every_fact(store: Store) -> None:
    made = report(figure(RECEIVED, "3"), statement("3", "收到3件", "approximate"), inferred=True)
    put(store, "a.txt", made)
    assert [fact.cautions for fact in facts_of(store, JINGZHI, 2020)] == [
        ("entity_inferred",),
        ("approximate", "entity_inferred"),
    ]


def test_facts_stand_in_the_order_of_the_form(store: Store) -> None:
    cells = [
        PROCUREMENT,
        PERSONS,
        CellId("received_new", "organisations"),
        RECEIVED,
        CellId("carried_over", "natural_person"),
        CellId("denied", "total"),
        CellId("denied.state_secret", "total"),
        CellId("litigation_direct", "total"),
    ]
    form = load_form()
    cells = [cell for cell in cells if form.editions_with(cell)]
    made = [figure(cell, str(number)) for number, cell in enumerate(cells, 1)]
    put(store, "a.txt", report(statement("9", "收到9件"), *reversed(made)))
    assert [fact.cell for fact in facts_of(store, JINGZHI, 2020)] == [*cells, STATED]


def test_every_fact_has_a_fixed_order_and_leaves_duplicates_out(tmp_path: Path) -> None:
    made = {
        "a.txt": report(figure(RECEIVED, "5"), published="2021-01-01"),
        "b.txt": report(figure(RECEIVED, "6"), figure(PERSONS, "6"), published="2021-02-01"),
        "copy.txt": report(figure(RECEIVED, "6"), published="2021-02-01"),
        "m.txt": report(figure(RECEIVED, "7"), entity=MUER, year=2019),
        "t.txt": report(figure(RECEIVED, "8"), entity=TAIZHEN),
    }
    expected = [("木耳镇", 7), ("太真镇", 8), ("景芝镇", 5), ("景芝镇", 6), ("景芝镇", 6)]
    for number, order in enumerate(list(permutations(made))[::7]):
        with open_for_writing(tmp_path / f"{number}.db") as store:
            for file in order:
                put(store, file, made[file])
            facts = list(every_fact(store))
            assert [(fact.entity.name, int(fact.value)) for fact in facts] == expected
            assert [fact.superseded for fact in facts] == [False, False, True, False, False]
            assert not store.connection.in_transaction
            assert counts(store) == (3, 4, 5)
            assert entities(store) == [(MUER, (2019,)), (TAIZHEN, (2020,)), (JINGZHI, (2020,))]
            assert [record.file for record in reports(store)] == [
                "m.txt",
                "t.txt",
                "b.txt",
                "a.txt",
            ]
            assert [record.file for record in reports(store, JINGZHI, 2020)] == ["b.txt", "a.txt"]


def test_an_iteration_sees_one_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "z.db"
    with open_for_writing(path) as writer:
        put(writer, "a.txt", report(figure(RECEIVED, "1"), entity=JINGZHI))
        put(writer, "m.txt", report(figure(RECEIVED, "2"), entity=TAIZHEN))
        with open_for_reading(path) as reader:
            facts = every_fact(reader)
            seen = [next(facts)]
            put(writer, "a.txt", report(figure(RECEIVED, "9"), entity=JINGZHI))
            seen += facts
            assert sorted(int(fact.value) for fact in seen) == [1, 2]
            assert [fact.value for fact in lookup(reader, JINGZHI, 2020, RECEIVED)] == [9]


def test_an_iteration_left_off_may_outlive_its_store(tmp_path: Path) -> None:
    """Of `zhenwen audit | head -1`: the output is closed, then the store, then the iterator."""
    path = tmp_path / "z.db"
    with open_for_writing(path) as writer:
        put(writer, "a.txt", report(figure(RECEIVED, "1"), entity=JINGZHI))
        put(writer, "m.txt", report(figure(RECEIVED, "2"), entity=TAIZHEN))
    with open_for_reading(path) as reader:
        facts = facts_by_report(reader)
        next(facts)
    assert isinstance(facts, Generator)
    facts.close()


def test_a_figure_of_the_text_is_revised_only_where_no_statement_repeats_it(store: Store) -> None:
    old = report(figure(RECEIVED, "5"), statement("5", "收到5件"), statement("3", "网络3件"))
    new = report(figure(RECEIVED, "6"), statement("6", "收到6件"), statement("3", "网络3件"))
    put(store, "a.txt", old)
    put(store, "b.txt", replace(new, title="景芝镇2020年年度报告（更正）"))
    found = [(int(f.value), f.cautions, f.superseded) for f in lookup(store, JINGZHI, 2020, STATED)]
    assert found == [
        (6, ("revised",), False),
        (3, (), False),
        (5, (), True),
        (3, (), True),
    ]


# --- why there is no figure ---


def test_gap_says_why_there_is_no_figure(store: Store) -> None:
    put(store, "a.txt", full_report())  # its section 二 was not found
    assert gap(store, JINGZHI, 2020, RECEIVED) is None
    assert gap(store, JINGZHI, 2020, CellId("received_new", "research")) == "blank"
    assert gap(store, JINGZHI, 2020, CellId("carried_over", "total")) == "unread"
    assert gap(store, JINGZHI, 2020, CellId("carried_over", "research")) == "unread"
    assert gap(store, JINGZHI, 2020, CellId("licensing", "decisions")) == "unread"
    assert gap(store, JINGZHI, 2020, CellId("other.not_supplemented", "total")) == "not_on_form"
    assert gap(store, JINGZHI, 2020, CellId("denied", "total")) == "not_on_form"
    assert gap(store, JINGZHI, 2020, CellId("narrative.staff", "total")) is None
    assert gap(store, JINGZHI, 2018, RECEIVED) is None
    with pytest.raises(UnknownCell):
        gap(store, JINGZHI, 2020, CellId("gdp", "total"))


def test_gap_of_two_current_reports_names_the_weightiest(store: Store) -> None:
    cell = CellId("carried_over", "total")
    put(store, "a.txt", replace(report(figure(RECEIVED, "5")), gaps=(Gap(cell, "blank"),)))
    put(store, "b.txt", replace(report(figure(RECEIVED, "6")), gaps=(Gap(cell, "unread"),)))
    assert gap(store, JINGZHI, 2020, cell) == "unread"
    put(store, "b.txt", report(figure(RECEIVED, "6"), figure(cell, "2")))
    assert gap(store, JINGZHI, 2020, cell) is None


# --- texts and findings ---


def test_sections_and_findings_come_back_as_they_were(store: Store) -> None:
    made = full_report()
    put(store, "a.txt", made)
    assert [text for _, text in sections(store, JINGZHI, 2020)] == list(made.sections)
    assert [finding for _, finding in findings(store)] == list(made.findings)
    assert [finding for _, finding in findings(store, JINGZHI, 2020)] == list(made.findings)
    assert findings(store, MUER) == []
    record = sections(store, JINGZHI, 2020)[0][0]
    assert record.editions == made.editions
    assert (record.entity, record.status, record.inferred) == (JINGZHI, "current", False)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("政府信息公开", [30]),
        ("信息公开 100%", [30]),
        ("公众号", [33]),
        ("办结", [30]),  # two characters: no trigram
        ("0%", [30]),
        ("%", [30]),
        ("_", []),
        ("渠道 公众号发布", [33]),
        ("“三务”", [33]),
        ('三务" OR "申请', []),
        ("公众号 NOT 申请", []),
        ("heading:公众号", []),
        ("政府*", []),
        ("'; DROP TABLE facts; --", []),
        ("", []),
        (" \u3000\t", []),
        ("公众号\0发布", [33]),
        ("\ud800公众号", []),
    ],
)
def test_search_takes_words_literally(store: Store, words: str, lines: list[int]) -> None:
    put(store, "a.txt", full_report())
    assert [text.line for _, text in search_sections(store, words)] == lines


def test_search_reads_sentences_not_the_rows_of_tables(store: Store) -> None:
    """Labels and figures are facts; a row that holds a sentence is a page laid out as a table."""
    sections_ = (
        SectionText(1, "overview", "一、总体情况", "制定规范性文件\n规范性文件 | 3 | 0", 30),
        SectionText(1, "disclosure", "二、主动公开", "规范性文件 | 3 | 0\n规章 | 1 | 0", 41),
        SectionText(1, None, "三、其他", "说明 | 规范性文件已公布。", 52),
    )
    put(store, "a.txt", replace(full_report(), sections=sections_))
    for words, lines in {
        "规范性文件": {30, 52},
        "文件": {30, 52},
        "规章": set(),
        "主动公开": {41},
    }.items():
        assert {text.line for _, text in search_sections(store, words)} == lines, words


def test_search_leaves_out_what_no_longer_counts(store: Store) -> None:
    text = (SectionText(1, None, "一、总体情况", "公众号发布信息", 3),)
    put(store, "a.txt", replace(report(figure(RECEIVED, "5")), sections=text))
    put(store, "b.txt", replace(report(figure(RECEIVED, "6"), title="更正"), sections=text))
    assert [record.file for record, _ in search_sections(store, "公众号")] == ["b.txt"]
    put(store, "c.txt", replace(report(figure(RECEIVED, "5"), year=2022), sections=text))
    assert [record.year for record, _ in search_sections(store, "公众")] == [2022, 2020]
    assert [record.year for record, _ in search_sections(store, "公众", limit=1)] == [2022]


# --- round trip ---

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
FORM_CELLS = st.sampled_from(
    [cell for table in load_form().editions["2021"].tables.values() for cell in table.cells]
)
VALUES = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.integers(0, 12),
)


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """A figure with any value of fifteen digits and any words."""
    narrative = draw(st.booleans())
    value = draw(VALUES)
    stated = draw(st.one_of(st.just(format(value, "f")), TEXT))
    return Figure(
        cell=STATED if narrative else draw(FORM_CELLS),
        value=value,
        stated=stated,
        unit=draw(TEXT),
        unit_stated=draw(st.booleans()),
        quote=draw(st.one_of(TEXT, st.just(stated), TEXT.map(lambda label: f"{label} {stated}"))),
        line=draw(st.none() | st.integers(1, 9999)),
        section=draw(st.none() | TEXT),
        edition=None if narrative else "2021",
        cautions=tuple(draw(st.lists(st.sampled_from(["approximate", "read_by_ocr"]), max_size=2))),
    )


@settings(max_examples=60, deadline=None)
@given(made=st.lists(figures(), max_size=12), name=TEXT, title=st.none() | TEXT)
def test_what_goes_in_comes_out(made: list[Figure], name: str, title: str | None) -> None:
    entity = Entity(name, "山东省/潍坊市/安丘市")
    with (
        tempfile.TemporaryDirectory() as folder,
        open_for_writing(Path(folder) / "z.db") as store,
    ):
        put(store, "other.txt", report(figure(RECEIVED, "1")))
        put(store, "a.txt", report(*made, entity=entity, year=2023, title=title))
        for cell in {one.cell for one in made}:
            wanted = [one for one in made if one.cell == cell]
            found = lookup(store, entity, 2023, cell)
            assert [figure_of(fact) for fact in found] == wanted
            # An equal Decimal may still be an inexact double read back: compare the digits.
            assert [fact.value.normalize() for fact in found] == [
                one.value.normalize() for one in wanted
            ]
        assert len(facts_of(store, entity, 2023)) == len(made)
        assert_view_agrees(store)


def figure_of(fact: Fact) -> Figure:
    return Figure(
        cell=fact.cell,
        value=fact.value,
        stated=fact.stated,
        unit=fact.unit,
        unit_stated=fact.unit_stated,
        quote=fact.citation.quote,
        line=fact.citation.line,
        section=fact.citation.section,
        edition=fact.edition,
        cautions=fact.cautions,
    )


# --- the view and the canned queries that journalists see ---


def assert_view_agrees(store: Store) -> None:
    """`facts_readable` says what `every_fact` says."""
    in_view = store.connection.execute(
        'SELECT entity, county, region, year, item, "column", label, value, unit, unit_stated,'
        " stated, report, section, quote, file, line, url, edition, cautions, superseded"
        " FROM facts_readable"
    ).fetchall()
    in_query = [
        (
            fact.entity.name, fact.entity.county, fact.entity.region, fact.year, *fact.cell,
            fact.citation.label, float(fact.value), fact.unit, fact.unit_stated, fact.stated,
            fact.citation.report, fact.citation.section, fact.citation.quote, fact.citation.file,
            fact.citation.line, fact.citation.url, fact.edition, ";".join(fact.cautions),
            fact.superseded,
        )
        for fact in every_fact(store)
    ]  # fmt: skip
    assert sorted(in_view, key=repr_of) == sorted(in_query, key=repr_of)


def repr_of(row: tuple[object, ...]) -> str:
    return repr([float(cell) if isinstance(cell, int | float) else cell for cell in row])


@pytest.fixture
def rich(store: Store) -> Store:
    """A store with a re-issue, a duplicate, zeros, amounts and findings."""
    put(store, "a.txt", full_report())
    put(store, "b.txt", report(figure(RECEIVED, "8"), title="更正", inferred=True))
    put(store, "c.txt", report(figure(RECEIVED, "8"), title="更正"))
    put(store, "d.txt", report(figure(RECEIVED, "0"), entity=TAIZHEN, title=None))
    put(store, "e.txt", replace(full_report(), year=2021))
    return store


def test_the_view_says_what_the_queries_say(rich: Store) -> None:
    assert_view_agrees(rich)
    assert any("revised" in fact.cautions for fact in every_fact(rich))


def canned() -> dict[str, dict[str, object]]:
    """The canned queries of datasette.yaml."""
    text = (Path(__file__).parents[1] / "datasette.yaml").read_text(encoding="utf-8")
    queries = yaml.safe_load(text)["databases"]["zhenwen"]["queries"]
    assert isinstance(queries, dict)
    return queries


PARAMS = {
    "county": "安丘市",
    "year": "2020",
    "words": '政府信息"公开',
    "entity": "景芝镇",
    "item": "received_new",
    "column": "total",
}


@pytest.mark.parametrize("name", canned())
def test_a_canned_query_runs_with_its_parameters_or_none(rich: Store, name: str) -> None:
    query = canned()[name]
    assert query["title"]
    sql, params = str(query["sql"]), query.get("params", [])
    assert isinstance(params, list)
    rich.connection.execute(sql, {param: PARAMS[param] for param in params}).fetchall()
    rich.connection.execute(sql, dict.fromkeys(params, "")).fetchall()  # Datasette's first page


def test_the_canned_queries_answer(rich: Store) -> None:
    def answers(name: str, **params: str) -> list[sqlite3.Row]:
        cursor = rich.connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(str(canned()[name]["sql"]), params).fetchall()

    assert {row["entity"] for row in answers("county_figures", county="安丘市", year="2020")} == {
        "景芝镇",
        "太真镇",
    }
    amounts = answers("county_figures", county="安丘市", year="2021")
    assert [row["unit"] for row in amounts if row["value"] == 1859950] == [None]
    assert [row["entity"] for row in answers("zero_applications", year="2020")] == ["太真镇"]
    assert [row["value"] for row in answers("most_applications", year="2020")] == [8]
    contradictions = answers("contradictions")
    assert {row["rule"] for row in contradictions} == {"narrative"}
    assert [row["heading"] for row in answers("full_text", words="公众号")] == ["（一）公开渠道"]
    series = answers("town_series", entity="景芝镇", item="received_new", column="total")
    assert [(row["year"], row["value"]) for row in series] == [(2020, 8), (2021, 5)]
    assert [(row["earlier_value"], row["later_value"]) for row in answers("revised")] == [(5, 8)]


def test_datasette_describes_every_table_and_only_columns_that_exist(store: Store) -> None:
    text = (Path(__file__).parents[1] / "datasette.yaml").read_text(encoding="utf-8")
    described = yaml.safe_load(text)["databases"]["zhenwen"]["tables"]
    existing = {
        name
        for (name,) in store.connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        )
        if not name.startswith(("sections_fts", "_sqlite", "sqlite_"))
    }
    assert set(described) == existing
    for table, description in described.items():
        columns = {row[1] for row in store.connection.execute(f"PRAGMA table_info({table})")}
        assert set(description.get("columns", {})) <= columns, table


def test_a_section_heading_is_the_report_s_own(store: Store) -> None:
    put(store, "a.txt", full_report())
    (fact,) = lookup(store, JINGZHI, 2020, RECEIVED)
    assert fact.citation.section == SECTION
