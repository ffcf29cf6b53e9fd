"""A bounded sample of `make eval-names`: no name of China is read as another."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from bot.conversation.assistant import Assistant
from bot.understanding.intents import understand
from bot.understanding.interpretation import Interpretation
from knowledge.entities import NameIndex
from knowledge.gazetteer import load_gazetteer
from knowledge.store import Store
from tests.name_eval import (
    ASKED,
    COUNTRY_WRONG,
    EXAMPLES,
    KINDS,
    TODAY,
    Scope,
    common_characters,
    country_index,
    exact_table,
    misspelt_row,
    read,
    region_scopes,
    stranger_row,
    towns,
    twelve,
)
from tests.question_cases import load_cases

STORES = (("five", NameIndex(EXAMPLES)), ("twelve", NameIndex(twelve())))


def test_exact_names_are_the_right_place_or_not_held() -> None:
    sample = Random("exact").sample(towns(), 200)
    sample += [town for town in towns() if town.entity in (*EXAMPLES, *twelve())]
    for label, counted, failed in exact_table(STORES, sample):
        assert counted["right"] >= 4, label
        assert not failed, label


def test_replies_over_the_examples_are_about_the_place_asked_for(examples: Store) -> None:
    assistant = Assistant(examples, lambda: TODAY)
    own = {(entity.name, entity.county) for entity in EXAMPLES}
    for town in [
        *Random("replies").sample(towns(), 60),
        *(t for t in towns() if t.entity in EXAMPLES),
    ]:
        reply = assistant.ask(ASKED.format(name=f"{town.county}{town.name}")).data
        if (town.name, town.county) in own:
            assert {fact["entity"] for fact in reply["facts"]} <= {town.name}
        else:
            assert (reply["status"], reply["facts"]) == ("no_data", []), town


@pytest.mark.parametrize("depth", [3, 2])
def test_misspelt_names_within_a_region(depth: int) -> None:
    scopes = region_scopes(depth, 12, f"sample {depth}", None)
    counted: Counter[str] = Counter()
    for kind in KINDS:
        row, failed = misspelt_row(kind, scopes, 40, f"sample {depth}")
        assert row["wrong"] == 0, failed
        counted += row
    assert counted["silent"] <= 0.03 * sum(counted.values())


def test_misspelt_names_over_the_whole_country() -> None:
    scope = Scope("country", country_index(), towns())
    counted: Counter[str] = Counter()
    for kind in KINDS:
        counted += misspelt_row(kind, [scope], 40, "sample")[0]
    assert counted["wrong"] <= COUNTRY_WRONG * sum(counted.values())


@pytest.mark.parametrize("kind", ["invented", "real elsewhere"])
def test_strangers_are_never_answered(kind: str) -> None:
    for scopes in (
        region_scopes(3, 12, "strangers", None),
        region_scopes(3, 12, "strangers", country_index()),
    ):
        counted, failed = stranger_row(kind, scopes, 60, "sample")
        assert counted["wrong"] == 0, failed


def test_a_longer_name_is_not_the_name_in_it() -> None:
    """A character before a name makes another name of it, unless it is a word of talk (查南庄镇)
    or the same character again (南南庄镇)."""
    talk = set("各向和对有查那请问给在到去找由")
    index = NameIndex((*EXAMPLES, *twelve()))
    for character in Random("longer").sample(common_characters(), 200):
        for entity in EXAMPLES:
            typed = character + entity.name
            if character in talk | set(entity.name[:1]) or load_gazetteer().regions_meant(typed):
                continue
            assert read(ASKED.format(name=typed), index).outcome != "direct", typed


def test_no_word_of_a_question_is_a_town_of_china() -> None:
    """The question cases over a store of every town: only towns that they name are
    found, or towns whose reply says what was read as them (凌河镇 as 凌河街道 of the same 安丘市)."""
    known = {entity.name for entity in (*EXAMPLES, *twelve())}
    for case in load_cases():
        understood = understand(case.wording, country_index(), case.today)
        if isinstance(understood, Interpretation):
            said = {entity.name for _, entity in understood.read_as}
            odd = {e.name for e in understood.entities} - known - said
            assert all(name in case.wording for name in odd), (case.wording, odd)
