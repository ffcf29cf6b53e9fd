"""Very many places are answered for from columns: every reply as if each was looked up."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.answers import surveying, trends
from bot.answers.answer import Answer
from bot.answers.surveying import Gathered, Operands, gather_scope
from bot.conversation.assistant import Assistant
from bot.conversation.dialogue import Dialogue
from bot.understanding.interpretation import Wanted
from knowledge import query
from knowledge.catalogue import load_catalogue
from knowledge.columns import column
from knowledge.form import load_form
from knowledge.model import CellId, Entity
from knowledge.roster import reports_of_year, roster
from knowledge.store import Store, open_for_reading, open_for_writing
from tests.odd_store import NAMES, YEARS, build_odd, made, put

TODAY = date(2024, 5, 1)
PLACES = ("", "青海省", "西宁市", "河南省", "湟源县")
MEASURES = (
    "申请", "行政复议", "行政诉讼", "予以公开的申请", "不予公开的申请", "无法提供的申请",
    "不予处理的申请", "其他处理", "规章", "规范性文件", "行政许可", "政府集中采购金额", "公开率",
    "自然人申请", "法人申请", "主动公开信息", "微信公众号发布信息", "培训", "上年结转的申请",
)  # fmt: skip
QUESTIONS = (
    "{0}{1}年哪个镇{2}最多", "{0}{1}年哪个乡镇{2}最少", "{0}{1}年{2}前三名的镇",
    "{0}{1}年各镇{2}一共多少", "{0}{1}年各乡镇{2}平均多少", "{0}{1}年哪些镇有{2}",
    "{0}{1}年哪些镇没有{2}", "{0}{1}年有多少个镇{2}超过10", "{0}{1}年有没有乡镇{2}超过30",
    "{0}{1}年各镇{2}", "{0}{1}年哪些镇{2}连续两年下降", "{0}{1}年哪些镇{2}比上年上升",
    "湟源县大华镇{1}年{2}在青海省排第几", "湟源县大华镇{1}年{2}占青海省的百分之几",
    "{0}{1}年{2}排名",
)  # fmt: skip


def asked(count: int, seed: int = 3) -> list[str]:
    """Some of all these questions."""
    chance = random.Random(seed)
    years = [*map(str, YEARS), "2022", ""]
    return [
        chance.choice(QUESTIONS)
        .format(chance.choice(PLACES), chance.choice(years), chance.choice(MEASURES))
        .replace("年年", "年")
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def odd_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_odd(tmp_path_factory.mktemp("odd") / "odd.db")


@pytest.fixture(scope="module")
def odd(odd_path: Path) -> Iterator[Store]:
    with open_for_reading(odd_path) as store:
        yield store


def many(monkeypatch: pytest.MonkeyPatch, at_least: int) -> None:
    """From so many places on their columns are read."""
    monkeypatch.setattr(surveying, "MANY", at_least - 1)
    monkeypatch.setattr(trends, "MANY", at_least - 1)


def replies(store: Store, questions: list[str]) -> list[tuple[str, str, str]]:
    assistant = Assistant(store, lambda: TODAY)
    found = []
    for question in questions:
        dialogue = Dialogue(assistant)
        first = dialogue.say(question)
        found.append((question, first.json_line(), first.html))
        found.append((question, dialogue.say("来源呢").json_line(), ""))
    return found


def test_replies_are_the_same_as_if_each_place_was_looked_up(
    odd: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = asked(220)
    many(monkeypatch, 10**6)
    few = replies(odd, questions)
    many(monkeypatch, 1)
    for one, other in zip(few, replies(odd, questions), strict=True):
        assert one == other
    told = "".join(text for _, text, _ in few)
    for word in ("revised", "report_disagrees", "entity_inferred", "approximate"):
        assert f'"code": "{word}"' in told, word
    for why in (
        "不止一个数",
        "没能可靠读出",
        "没有这一年年报",
        "有空白格",
        "正文没有写",
        "两份不同",
    ):
        assert why in told, why
    assert told.count('"status": "answered"') > 100


def wanted_of_all() -> list[Wanted]:
    """Every measure and statement, with every kind of column, and phrases of several meanings."""
    catalogue = load_catalogue()
    several = list(itertools.pairwise(catalogue.measures))
    narrowed = [
        Wanted((name,), (column.id,))
        for name, measure in catalogue.measures.items()
        for column in catalogue.columns.values()
        if measure.share is None
        and all(
            load_form().editions_with(CellId(item, part))
            for item in (measure.item, *measure.sum_of)
            if item is not None
            for part in column.sum_of or (column.id,)
        )
    ]
    return [
        *(Wanted((name,)) for name in (*catalogue.measures, *catalogue.statements)),
        *narrowed[::5],
        *(replace(wanted, whole=True) for wanted in narrowed[::40]),
        *map(Wanted, several),
    ]


def test_every_measure_is_gathered_the_same_from_columns(
    odd: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = roster(odd)
    codes: set[str] = set()
    asked_back = 0
    for wanted in wanted_of_all():
        for year in (2021, 2022):
            numbers, _ = held.of_year(held.entities, year)
            many(monkeypatch, 10**6)
            few = gather_scope(odd, numbers, year, wanted, "问")
            many(monkeypatch, 1)
            some = gather_scope(odd, numbers, year, wanted, "问")
            if isinstance(few, Answer):
                asked_back += 1
                assert isinstance(some, Answer)
                assert few.choices == some.choices
                continue
            assert isinstance(some, Gathered)
            assert few.name == some.name
            lacks = [
                [
                    (n.entity, n.year, n.why, n.point and (n.point.value, n.point.unit))
                    for n in lacking
                ]
                for lacking in (few.lacks, some.lacks)
            ]
            assert lacks[0] == lacks[1]
            few, some = few.marked(), some.marked()
            told = [
                [(p.entity, p.year, p.value, p.unit, p.approximate) for p in found.points]
                for found in (few, some)
            ]
            assert told[0] == told[1]
            assert few.shown(few.points) == some.shown(some.points)
            facts, operands = few.facts(few.points), some.facts(some.points)
            assert list(facts) == list(operands)
            assert len(facts) == len(operands)
            kinds = operands.kinds() if isinstance(operands, Operands) else []
            of_kinds = {code for fact in kinds for code in fact.cautions}
            assert of_kinds == {code for fact in facts for code in fact.cautions}
            codes |= of_kinds
    assert asked_back > 5
    assert {"revised", "definition_changed", "entity_inferred", "report_disagrees"} <= codes


def test_a_column_holds_what_each_look_up_gives(odd: Store) -> None:
    form, held = load_form(), roster(odd)
    chance = random.Random(1)
    cells = [cell for edition in form.editions.values() for t in edition.tables.values()
             for cell in t.cells]  # fmt: skip
    seen = set()
    for cell in [*chance.sample(cells, 40), *NAMES]:
        for year in YEARS:
            found = column(odd, year, cell)
            assert len(found) == len(held.entities)
            for entity, own in zip(held.entities, found, strict=True):
                facts = [f for f in query.lookup(odd, entity, year, cell) if not f.superseded]
                known = [(f.value, f.unit, f.unit_stated, f.edition, f.cautions) for f in facts]
                assert known == [
                    (f.value, f.unit, f.unit_stated, f.edition, f.cautions) for f in own.facts
                ]
                if not facts:
                    assert own.absence == query.gap(odd, entity, year, cell), (entity, year, cell)
                    seen.add(own.absence)
    assert seen == {None, "blank", "unread", "not_on_form"}


def test_figures_of_several_at_once_are_those_of_each(odd: Store) -> None:
    cell = CellId("received_new", "total")
    entities = roster(odd).entities
    found = query.lookup_of(odd, [*entities, Entity("没有这个镇")], 2022, cell)
    each = {e: facts for e in entities if (facts := query.lookup(odd, e, 2022, cell))}
    assert found == each
    assert any(fact.superseded for facts in each.values() for fact in facts)


def test_the_roster_has_every_issuer_with_its_years(odd: Store) -> None:
    held = roster(odd)
    assert [*zip(held.entities, held.years, strict=True)] == query.entities(odd)
    for number, entity in enumerate(held.entities):
        assert held.years[number] == query.years_of(odd, entity)
        assert held.numbers[entity] == number
    chosen = held.entities[5:9]
    having, lacking = held.of_year(chosen, 2021)
    assert sorted([*having, *lacking]) == held.select(chosen)
    assert all(2021 in held.years[number] for number in having)
    assert len(reports_of_year(odd, 2022)) == len(query.reports(odd, year=2022))


def test_what_is_kept_is_forgotten_when_another_program_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(monkeypatch, 1)
    path = build_odd(tmp_path / "odd.db")
    question = "2022年主动公开信息最多的镇"
    with open_for_reading(path) as store, open_for_writing(path) as writer:
        assistant = Assistant(store, lambda: TODAY)
        first = assistant.ask(question).text
        town = roster(store).entities[-1]
        chance = random.Random(11)
        put(writer, made(chance, town, 2022, "2021", "later", published="2024-09-09"))
        second = assistant.ask(question).text
        assert second != first
        assert second == Assistant(store, lambda: TODAY).ask(question).text
        before = roster(writer)
        put(writer, made(chance, Entity("新来镇", "河南省/焦作市/孟州市"), 2022, "2021", "a"))
        assert len(roster(writer).entities) == len(before.entities) + 1
        assert len(roster(store).entities) == len(before.entities) + 1


def test_one_answer_is_read_from_one_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(monkeypatch, 1)
    path = build_odd(tmp_path / "odd.db")
    question = "2022年各镇申请一共多少"
    with open_for_reading(path) as store, open_for_writing(path) as writer:
        expected = Assistant(store, lambda: TODAY).ask(question).json_line()
        reading = query.lookup_of

        def meanwhile(store: Store, *rest: object) -> object:
            """Another program removes the figures while those of the reply are read."""
            writer.connection.execute("DELETE FROM facts")
            return reading(store, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(query, "lookup_of", meanwhile)
        assistant = Assistant(store, lambda: TODAY)
        assert assistant.ask(question).json_line() == expected
        assert assistant.ask(question).json_line() != expected


def test_without_data_no_figure_is_read_that_is_not_shown(
    odd: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(monkeypatch, 1)
    with_data = Assistant(odd, lambda: TODAY)
    without = Assistant(odd, lambda: TODAY, with_data=False)
    statements: list[str] = []
    for question in asked(60, seed=9):
        whole, told = with_data.ask(question), without.ask(question)
        assert (told.text, told.html, told.choices) == (whole.text, whole.html, whole.choices)
        assert (told.context, told.table) == (whole.context, whole.table)
        assert whole.table is None or len(whole.data["facts"]) > 1
        assert whole.table is not None or not any(len(c["of"]) > 1 for c in whole.data["computed"])
    question = "2022年哪个镇申请最多"
    told = without.ask(question)
    odd.connection.set_trace_callback(statements.append)
    try:
        without.ask(question)
    finally:
        odd.connection.set_trace_callback(None)
    assert len(statements) < 20, statements
    assert told.status == "answered"
    with pytest.raises(ValueError, match="without data"):
        told.json_line()
