"""What is put in other words is understood, told, and only so where the words as typed are not."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.understanding.context import FollowUp, follow
from bot.understanding.intents import understand
from bot.understanding.interpretation import Interpretation, Refusal
from bot.understanding.question import Question, read_question
from bot.understanding.rewording import Rewording, load_rewordings, reworded
from bot.understanding.spoken_of import Context
from knowledge.entities import NameIndex
from knowledge.model import Entity

TOWNS = Path(__file__).parent / "cases" / "twelve_towns" / "towns.csv"
TODAY = date(2025, 3, 10)


@pytest.fixture(scope="module")
def index() -> NameIndex:
    with TOWNS.open(encoding="utf-8", newline="") as file:
        towns = [Entity(row["name"], row["region"]) for row in csv.DictReader(file)]
    return NameIndex((*towns, Entity("景芝镇", "山东省/潍坊市/安丘市")))


def read(entry: Rewording, words: str, index: NameIndex) -> Interpretation:
    """What the words of an entry ask for, behind its question if it needs one."""
    if entry.after is not None:
        before = understand(entry.after, index, TODAY)
        assert isinstance(before, Interpretation)
        context = Context(entry.after, before.entities, before.years.years)
        followed = follow(words, context, index, TODAY)
        assert isinstance(followed, FollowUp)
        words = followed.question
    found = understand(words, index, TODAY)
    assert isinstance(found, Interpretation), found
    return found


@pytest.mark.parametrize("entry", load_rewordings(), ids=lambda entry: entry.id)
def test_examples_are_read_as_in_the_other_words(entry: Rewording, index: NameIndex) -> None:
    found, other = (read(entry, words, index) for words in (entry.example, entry.becomes))
    assert (found.wanted, found.entities, found.years) == (
        other.wanted,
        other.entities,
        other.years,
    )


@pytest.mark.parametrize("entry", load_rewordings(), ids=lambda entry: entry.id)
def test_what_was_put_in_other_words_is_not_again(entry: Rewording) -> None:
    assert entry.apply(entry.becomes) in (None, entry.becomes)


def test_what_is_understood_as_typed_stays_as_it_is(index: NameIndex) -> None:
    found = understand("平台镇2024年收到多少申请", index, TODAY)
    assert isinstance(found, Interpretation)
    assert found.said_as is None
    assert reworded("平台镇2024年收到多少申请") is None


def test_the_year_behind_a_carry_over_must_be_the_next_one() -> None:
    assert reworded("海明街道2023年结转到2024年的申请") is not None
    assert reworded("海明街道2023年结转到2025年的申请") is None


def test_text_that_could_be_reworded_for_ever_is_given_up(
    index: NameIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = 0

    def counted(*arguments: Any, **more: Any) -> Question:
        nonlocal readings
        readings += 1
        return read_question(*arguments, **more)

    monkeypatch.setattr("bot.understanding.intents.read_question", counted)
    assert isinstance(understand("(更正后" * 60, index, TODAY), Refusal)
    assert readings < 40
