"""What a reply says in words of two figures or of many (more, less, most, first, rose) is so in
the store: the cases judge figures, and a right figure in a wrong sentence is a wrong answer."""

from __future__ import annotations

import itertools
import re
from datetime import date
from decimal import Decimal

import pytest

from bot.conversation.assistant import Assistant
from knowledge import query
from knowledge.model import CellId, Entity
from knowledge.store import Store

TODAY = date(2025, 3, 10)
RECEIVED = CellId("received_new", "total")
REVIEWS = CellId("reconsideration", "total")
MEASURES = {"收到的申请": RECEIVED, "行政复议": REVIEWS}
YEARS = range(2019, 2025)
_NUMBER = r"(\d[\d,.]*)"


@pytest.fixture(scope="module")
def towns(twelve: Store) -> dict[str, Entity]:
    """Each town by the name that means it alone."""
    names = {entity.name: entity for entity, _ in query.entities(twelve)}
    names.pop("城关镇")
    return names


@pytest.fixture(scope="module")
def assistant(twelve: Store) -> Assistant:
    return Assistant(twelve, lambda: TODAY)


def value(store: Store, entity: Entity, year: int, cell: CellId) -> Decimal | None:
    facts = [f for f in query.lookup(store, entity, year, cell) if not f.superseded]
    return facts[0].value if facts else None


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    "wording",
    [
        "{a}和{b}{year}年{m}谁多",
        "{a}和{b}{year}年{m}谁少",
        "{a}和{b}{year}年{m}差多少",
        "{year}年{a}和{b}{m}对比",
        "{a}{year}年{m}比{b}多多少",
        "{a}{year}年{m}比{b}少多少",
        "{a}{year}年{m}比{b}多吗",
        "{a}{year}年{m}比{b}少吗",
        "{a}{year}年{m}是{b}的几倍",
    ],
)
def test_of_two_towns_the_one_said_to_have_more_has_more(
    twelve: Store, assistant: Assistant, towns: dict[str, Entity], wording: str, measure: str
) -> None:
    seen: set[bool | str] = set()
    for (a, one), (b, other) in itertools.permutations(towns.items(), 2):
        left = value(twelve, one, 2023, MEASURES[measure])
        right = value(twelve, other, 2023, MEASURES[measure])
        if left is None or right is None:
            continue
        text = assistant.ask(wording.format(a=a, b=b, m=measure, year=2023)).text
        line = text.split("\n")[0]
        said = re.search(rf"：(.+?)比(.+?)(多|少) {_NUMBER} 件", line)
        if left == right:
            assert said is None, text
            assert "一样多" in line, text
            seen.add("equal")
            continue
        assert said is not None, text
        first, second, way, by = said.groups()
        values = {a: left, b: right}
        named = [next(n for n in (a, b) if who.endswith(n)) for who in (first, second)]
        gap = values[named[0]] - values[named[1]]
        assert gap == (Decimal(by) if way == "多" else -Decimal(by)), text
        if wording.endswith("吗"):
            asked_more = "多吗" in wording
            assert line.startswith("是的" if (left > right) == asked_more else "不是"), text
        seen.add(left > right)
    assert seen == {True, False, "equal"}


@pytest.mark.parametrize(
    "wording",
    [
        "{a}{later}年比{earlier}年收到的申请多多少",
        "{a}收到的申请{later}年和{earlier}年差多少",
        "{a}{later}年收到的申请比{earlier}年增加了多少",
        "{a}{earlier}到{later}年收到的申请变化",
    ],
)
def test_of_two_years_the_one_said_to_have_more_has_more(
    twelve: Store, assistant: Assistant, towns: dict[str, Entity], wording: str
) -> None:
    seen: set[bool | str] = set()
    for (a, town), (earlier, later) in itertools.product(
        towns.items(), itertools.combinations(YEARS, 2)
    ):
        before, after = (value(twelve, town, year, RECEIVED) for year in (earlier, later))
        if before is None or after is None:
            continue
        text = assistant.ask(wording.format(a=a, earlier=earlier, later=later)).text
        if before == after:
            assert f"{later} 年与 {earlier} 年持平" in text, text
            seen.add("equal")
            continue
        said = re.search(
            rf"{later} 年比 {earlier} 年(多|少) {_NUMBER} 件(?:（([+−])([\d.]+)%）)?", text
        )
        assert said is not None, text
        way, by, sign, rate = said.groups()
        assert after - before == (Decimal(by) if way == "多" else -Decimal(by)), text
        if before:
            assert sign == ("+" if after > before else "−"), text
            assert abs(Decimal(rate) - abs(after - before) * 100 / before) <= Decimal("0.005"), text
        seen.add(after > before)
    assert seen == {True, False, "equal"}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("measure", MEASURES)
def test_the_first_and_the_last_of_a_county_are_so(
    twelve: Store, assistant: Assistant, year: int, measure: str
) -> None:
    own = {
        entity: figure
        for entity, _ in query.entities(twelve)
        if entity.county == "湟源县"
        and (figure := value(twelve, entity, year, MEASURES[measure])) is not None
    }
    for word, extreme in (("最多", max), ("最少", min)):
        text = assistant.ask(f"湟源县{year}年哪个乡镇街道{measure}{word}").text
        line = text.split("\n")[0]
        assert extreme(own.values()) == Decimal(re.findall(_NUMBER + " 件", line)[0]), text
        tied = [entity for entity, figure in own.items() if figure == extreme(own.values())]
        if len(tied) > 5:  # five are named and "等"
            assert f"等 {len(tied)} 个" in line, text
            continue
        for entity, figure in own.items():
            assert (entity.name in text.split("范围内")[0]) == (figure == extreme(own.values())), (
                text
            )
    for entity, figure in own.items():
        text = assistant.ask(f"湟源县{entity.name}{year}年{measure}在湟源县排第几").text
        rank = 1 + sum(other > figure for other in own.values())
        assert re.search(rf"(?:排|并列)第 {rank}（", text.split("\n")[0]), text


def test_the_peak_of_a_series_is_its_highest_year(
    twelve: Store, assistant: Assistant, towns: dict[str, Entity]
) -> None:
    for name, town in towns.items():
        own = {
            year: figure
            for year in YEARS
            if (figure := value(twelve, town, year, RECEIVED)) is not None
        }
        text = assistant.ask(f"{name}历年收到的申请").text
        for word, extreme in (("最多", max), ("最少", min)):
            said = re.search(rf"{word}：([\d、]+) 年，{_NUMBER} 件", text)
            if said is None:
                assert len(set(own.values())) == 1, text
                continue
            years = {int(year) for year in said[1].split("、")}
            top = extreme(own.values())
            assert Decimal(said[2]) == top, text
            assert years == {year for year, figure in own.items() if figure == top}, text


def test_the_text_is_said_to_differ_only_where_it_does(twelve: Store, seeds: Store) -> None:
    """Lawsuits are a sum of cells, which the text states as one figure."""
    told = 0
    for store in (twelve, seeds):
        assistant = Assistant(store, lambda: TODAY)
        for entity, _ in query.entities(store):
            for asked in ("收到的申请", "行政复议", "行政诉讼"):
                text = assistant.ask(f"{entity.county}{entity.name}历年{asked}").text
                own = dict(re.findall(rf"· (\d+) 年 {_NUMBER} 件", text))
                says = rf"⚠ .*?{entity.name} (\d+) 年正文写的是 .*?{_NUMBER} 件，与表格不一致"
                for year, stated in re.findall(says, text):
                    assert own[year] != stated, text
                    told += 1
    assert told
