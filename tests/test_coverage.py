"""What the store holds: counts by region and year, paged by region, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.answers.coverage import MAX_LISTED
from bot.conversation.assistant import Assistant
from knowledge import coverage
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity
from knowledge.store import Store, open_for_reading, open_for_writing, replace_reports
from tests.made_reports import NAMES, RECEIVED, figure, report, source

COUNTIES = (
    "山东省/潍坊市/安丘市",
    "山东省/潍坊市/诸城市",
    "山东省/济南市/章丘区",
    "河南省/三门峡市/卢氏县",
    "河南省/济源市",
    "重庆市/渝北区",
    "北京市/密云区",
)
UNKNOWN = Entity("无名农场")


def _towns(region: str) -> list[Entity]:
    return [Entity(name, region) for name in load_gazetteer().towns_of(region)]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every town of seven counties with its report of 2021, every third with 2020 as well, one
    issuer without a region, one duplicate."""
    made = []
    towns = [town for region in COUNTIES for town in _towns(region)]
    for number, town in enumerate((*towns, UNKNOWN)):
        for year in (2021, 2020) if number % 3 == 0 else (2021,):
            file = f"{number}-{year}.txt"
            made.append(report(figure(RECEIVED, str(number)), entity=town, year=year, file=file))
    made.append(report(figure(RECEIVED, "0"), entity=towns[0], year=2021, file="copy.txt"))
    path = tmp_path_factory.mktemp("coverage") / "s.db"
    with open_for_writing(path) as store:
        replace_reports(store, [(source(one.file), one) for one in made], NAMES)
    return path


@pytest.fixture(scope="module")
def store(path: Path) -> Iterator[Store]:
    with open_for_reading(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def assistant(store: Store) -> Assistant:
    return Assistant(store, lambda: date(2024, 5, 1))


def _count(*regions: str) -> int:
    return sum(len(_towns(region)) for region in regions)


def test_counts_by_region_leave_duplicates_out(store: Store) -> None:
    rows = {row.region: row for row in coverage.region_counts(store)}
    assert rows[None].entities == 1
    assert {region: rows[region].entities for region in COUNTIES} == {
        region: _count(region) for region in COUNTIES
    }
    first = rows[COUNTIES[0]]
    assert first.reports == _count(COUNTIES[0]) + -(-_count(COUNTIES[0]) // 3)
    assert (first.first_year, first.last_year) == (2020, 2021)
    of_2020 = {row.region: row.entities for row in coverage.region_counts(store, years=(2020,))}
    assert of_2020[COUNTIES[0]] == -(-_count(COUNTIES[0]) // 3)


def test_years_with_the_number_of_towns(store: Store) -> None:
    every = _count(*COUNTIES) + 1
    assert coverage.year_counts(store) == [(2020, -(-every // 3)), (2021, every)]
    assert coverage.year_counts(store, [None, COUNTIES[4]])[-1] == (2021, _count(COUNTIES[4]) + 1)
    assert coverage.year_counts(store, []) == []


def test_provinces_and_those_of_unknown_region_are_told(assistant: Assistant) -> None:
    text = assistant.ask("有哪些省").text
    assert f"山东省：{_count(*COUNTIES[:3])} 个地方" in text
    assert f"河南省：{_count(*COUNTIES[3:5])} 个地方" in text
    assert "省市不详：1 个地方" in text
    assert "1. 山东省" in text.splitlines()


def test_cities_are_prefectures_municipalities_and_counties_without_either(
    assistant: Assistant,
) -> None:
    lines = assistant.ask("有哪些市").text.splitlines()
    named = [line.split("：")[0] for line in lines if line.startswith("· ")]
    assert sorted(named) == sorted(
        ["· 山东省潍坊市", "· 山东省济南市", "· 河南省三门峡市", "· 河南省济源市", "· 重庆市", "· 北京市", "· 省市不详"]
    )  # fmt: skip


def test_a_large_store_is_paged_by_region_down_to_the_towns(assistant: Assistant) -> None:
    """Every page offers smaller regions; the last one names the towns."""
    question, seen = "有哪些镇", 0
    while True:
        reply = assistant.ask(question)
        assert reply.status == "answered", reply.text
        assert len(reply.text.splitlines()) <= MAX_LISTED + 12
        seen += 1
        assert seen < 5
        if not reply.choices:
            break
        question = next(c.question for c in reply.choices if "山东" in c.question)
    assert seen >= 3
    asked = question.removesuffix("有哪些镇")
    county = next(region for region in COUNTIES if region.replace("/", "").startswith(asked))
    named = [town.name for town in _towns(county)]
    assert all(name in reply.text for name in named[:MAX_LISTED])


def test_a_county_a_city_and_a_province_can_be_named_in_short(assistant: Assistant) -> None:
    for question in (
        "安丘市有哪些镇",
        "安丘有哪些镇",
        "山东省安丘市有哪些镇",
        "潍坊安丘市收录了哪些镇",
    ):
        assert f"{_count(COUNTIES[0])} 个地方" in assistant.ask(question).text, question
    assert f"{_count(*COUNTIES[:2])} 个地方" in assistant.ask("潍坊市收录了多少个镇").text
    assert "共 2 个县" in assistant.ask("潍坊市有哪些县").text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("上海市有哪些镇", "库里没有上海市的年报"),
        ("安丘市有哪些镇有2018年的", "库里没有安丘市 2018 年的年报"),
        ("哪些镇有2018年的", "库里没有 2018 年的年报"),
    ],
)
def test_what_is_not_there_is_said(assistant: Assistant, question: str, said: str) -> None:
    reply = assistant.ask(question)
    assert reply.status == "no_data"
    assert said in reply.text


def test_towns_with_a_year_are_only_those(assistant: Assistant) -> None:
    with_2020 = -(-_count(COUNTIES[0]) // 3)
    reply = assistant.ask("安丘市哪些镇有2020年的")
    assert f"{with_2020} 个地方的 {with_2020} 份年报（2020 年）" in reply.text
    assert "2021" not in reply.text


def test_years_and_number_of_reports(assistant: Assistant) -> None:
    every = _count(*COUNTIES) + 1
    text = assistant.ask("一共收录了多少份年报").text
    assert f"{every} 个地方的 {every + -(-every // 3)} 份年报" in text
    assert f"2021 年：{every} 个地方" in text
    assert f"2021 年：{_count(COUNTIES[5])} 个地方" in assistant.ask("渝北区有哪几年").text


def test_the_number_of_queries_does_not_grow_with_the_store(
    store: Store, assistant: Assistant
) -> None:
    """Counting is left to the database: a handful of statements for any number of towns."""
    assistant.ask("有哪些镇")
    statements: list[str] = []
    store.connection.set_trace_callback(statements.append)
    try:
        for question in ("有哪些省", "有哪些镇", "山东省有哪些县", "安丘市有哪些镇"):
            statements.clear()
            assistant.ask(question)
            selects = [s for s in statements if s.startswith("SELECT")]
            # The question itself and each of at most five offers that are tried.
            assert len(selects) <= 2 + 2 * 5, (question, len(selects))
    finally:
        store.connection.set_trace_callback(None)
