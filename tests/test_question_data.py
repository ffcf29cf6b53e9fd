"""The examples of the data files are read as what they are examples of, the near misses are not."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers.overview import profile_groups
from bot.understanding.intents import understand
from bot.understanding.interpretation import Clarify, Interpretation, Understood
from bot.understanding.operations import place_phrases
from bot.understanding.phrases import Ask, Topic, load_asks, load_topics
from bot.understanding.question import Question, read_question
from bot.understanding.word_search import find_word_question, load_search
from knowledge.entities import NameIndex
from knowledge.model import Entity
from knowledge.phrases import expand
from knowledge.text import fold

TODAY = date(2021, 6, 1)
INDEX = NameIndex(
    (
        Entity("景芝镇", "山东省/潍坊市/安丘市"),
        Entity("南庄镇", "河南省/焦作市/孟州市"),
        Entity("木耳镇", "重庆市/渝北区"),
        Entity("寒葱沟镇", "黑龙江省/佳木斯市/抚远市"),
        Entity("官坡镇", "河南省/三门峡市/卢氏县"),
    )
)


def _read(question: str) -> Understood:
    return understand(question, INDEX, TODAY)


@pytest.mark.parametrize("topic", load_topics().values(), ids=lambda topic: topic.id)
def test_topics(topic: Topic) -> None:
    found = _read(topic.example)
    assert isinstance(found, Interpretation)
    assert (found.intent, found.topic) == ("passage", topic.id)
    missed = _read(topic.near_miss)
    assert not isinstance(missed, Interpretation) or missed.topic != topic.id


@pytest.mark.parametrize("ask", load_asks().values(), ids=lambda ask: ask.id)
def test_questions_about_reports_and_the_store(ask: Ask) -> None:
    found = _read(ask.example)
    assert isinstance(found, Interpretation)
    assert (found.intent, found.aspect) == (ask.intent, ask.id)
    missed = _read(ask.near_miss)
    assert not isinstance(missed, Interpretation) or missed.aspect != ask.id


@pytest.mark.parametrize("ask", [a for a in load_asks().values() if a.scope == "town"])
def test_what_is_known_of_a_town_alone_asks_which(ask: Ask) -> None:
    question = ask.example.replace("景芝镇2020年", "")
    assert isinstance(_read(question), Clarify)


@pytest.mark.parametrize("frame", load_search().frame, ids=lambda frame: frame.example)
def test_frames_of_searches(frame: object) -> None:
    example, word = frame.example, frame.word  # type: ignore[attr-defined]
    found = _read(example)
    assert isinstance(found, Interpretation), example
    assert (found.intent, found.search) == ("passage", word)
    missed = _read(frame.near_miss)  # type: ignore[attr-defined]
    assert not isinstance(missed, Interpretation) or missed.search is None


def test_every_frame_is_found_by_its_own_words() -> None:
    """No frame is shadowed by an earlier one for its own example."""

    def read(text: str) -> Question:
        return read_question(text, INDEX, TODAY)

    for frame in load_search().frame:
        asked = find_word_question(frame.example, read, weak=True)
        assert asked is not None
        assert asked.word == frame.word


def test_words_for_sets_of_places_are_in_one_file() -> None:
    """哪些镇 is a set of places (operations.toml) and so no word of coverage."""
    sets = {phrase for phrase, _ in place_phrases()}
    terms = {fold(term) for ask in load_asks().values() for term in ask.terms}
    assert not sets & terms


def test_no_term_means_two_things() -> None:
    owners: dict[str, set[str]] = {}
    terms = {name: topic.terms for name, topic in load_topics().items()}
    terms |= {name: ask.terms for name, ask in load_asks().items()}
    for name, listed in terms.items():
        for term in listed:
            for plain in expand(fold(term)):
                owners.setdefault(plain, set()).add(name)
    assert len(owners) > 500
    assert not {plain: ids for plain, ids in owners.items() if len(ids) > 1}


def test_the_overview_names_cells_that_exist() -> None:
    assert sum(len(group.figures) for group in profile_groups()) > 30
