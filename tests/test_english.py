"""English questions: every phrase means what its entry says, and every word is accounted for."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.assistant import Assistant
from bot.conversation.dialogue import Dialogue
from bot.languages.english import translate
from bot.languages.english_data import Entry, load_english
from bot.languages.english_meaning import Translated
from bot.understanding.intents import understand
from bot.understanding.interpretation import Clarify, Interpretation
from bot.wording.names_in import Language
from knowledge.entities import NameIndex
from knowledge.model import Entity
from knowledge.store import Store
from tests.question_cases import QuestionCase, load_cases

TODAY = date(2021, 6, 1)
CASES = list(load_cases("english.toml"))
ANSWERED = [case for case in CASES if case.status == "answered"]
FIGURES = [case for case in ANSWERED if case.facts or case.computed]
TABLE = load_english().table
WORDS = sorted(
    {
        word
        for group in (TABLE.measure, TABLE.column, TABLE.operation, TABLE.ask, TABLE.topic)
        for entry in group
        for phrase in entry.phrases
        for word in re.split(r"[ _|]", phrase)
        if word and not word.startswith("$")
    }
    | {
        "Jingzhi",
        "Muer",
        "Nanzhuang",
        "Anqiu",
        "2020",
        "2019",
        "in",
        "the",
        "of",
        "and",
        "not",
        ",",
    }
)
TURNING = ["not", "except", "without", "only", "unless", "never", "if", "why", "half", "other", "non-", "5"]  # fmt: skip


def _pieces(phrase: str) -> list[list[str]]:
    found = []
    for piece in phrase.split():
        alternatives: list[str] = []
        for one in piece.split("|"):
            inner = TABLE.pieces[one[1:]].split("|") if one.startswith("$") else [one]
            alternatives += inner
        found.append(alternatives)
    return found


def _wordings(entry: Entry) -> Iterator[str]:
    """Every alternative of every piece once, with the first ones of the others."""
    for phrase in entry.phrases:
        pieces = _pieces(phrase)
        for number, alternatives in enumerate(pieces):
            for one in alternatives:
                words = [one if n == number else others[0] for n, others in enumerate(pieces)]
                yield " ".join(word for word in words if word).replace("_", " ")


@pytest.fixture(scope="module")
def index(examples: Store) -> NameIndex:
    return Assistant(examples, lambda: TODAY).index()


def _understood(text: str, index: NameIndex) -> tuple[Translated, Interpretation]:
    meant = translate(text, index)
    assert isinstance(meant, Translated), (text, meant)
    found = understand(meant.question, index, TODAY)
    assert isinstance(found, Interpretation), (text, meant.question, found)
    return meant, found


@pytest.mark.parametrize("entry", TABLE.measure, ids=lambda entry: entry.ids[0])
def test_every_phrase_for_a_measure(entry: Entry, index: NameIndex) -> None:
    for words in _wordings(entry):
        meant, found = _understood(f"{words} in Jingzhi in 2020", index)
        assert meant.measures == (entry.ids,), words
        assert {frozenset(want.measures) for want in found.wanted} == {frozenset(entry.ids)}, words
        assert [entity.name for entity in found.entities] == ["景芝镇"]
        assert found.years.years == (2020,)
        assert meant.check(found) is None


@pytest.mark.parametrize("entry", TABLE.column, ids=lambda entry: entry.ids[0])
def test_every_phrase_for_a_column(entry: Entry, index: NameIndex) -> None:
    around = "requests received from {} in Jingzhi in 2020"
    if entry.ids[0] in ("upheld", "corrected", "pending"):
        around = "how many administrative reconsiderations were {} in Jingzhi in 2020"
    elif not entry.before:
        around = "how many normative documents were {} in Guanpo in 2023"
    for words in _wordings(entry):
        meant, found = _understood(around.format(words), index)
        assert {column for want in found.wanted for column in want.columns} == set(entry.ids), words
        assert meant.check(found) is None


@pytest.mark.parametrize("entry", TABLE.topic, ids=lambda entry: entry.ids[0])
def test_every_phrase_for_words_of_a_report(entry: Entry, index: NameIndex) -> None:
    for words in _wordings(entry):
        _, found = _understood(f"{words} in Jingzhi in 2020", index)
        assert (found.intent, found.topic) == ("passage", entry.ids[0]), words


def test_what_means_something_else_in_chinese_gets_no_figure(index: NameIndex) -> None:
    meant, found = _understood("requests received in Jingzhi in 2020", index)
    assert meant.check(found) is None
    for changed in (
        Translated(meant.question, (("granted",),), entities=meant.entities, years=(2020,)),
        Translated(meant.question, meant.measures, entities=meant.entities, years=(2019,)),
        Translated(meant.question, meant.measures, frozenset({"business"}), years=(2020,)),
        Translated(meant.question, meant.measures, entities=(Entity("南庄镇", None),)),
    ):
        assert changed.check(found) is not None


def test_a_name_in_pinyin_that_two_places_have_is_asked_back() -> None:
    index = NameIndex(
        (
            Entity("城关镇", "青海省/西宁市/湟源县"),
            Entity("成官镇", "青海省/西宁市/大通回族土族自治县"),
        )
    )
    asked = translate("How many requests did Chengguan receive in 2020?", index)
    assert isinstance(asked, Clarify)
    assert [choice.question for choice in asked.choices] == [
        "湟源县城关镇2020年收到申请多少",
        "大通回族土族自治县成官镇2020年收到申请多少",
    ]
    one = translate("How many requests did Chengguan in Huangyuan receive in 2020?", index)
    assert isinstance(one, Translated)
    assert one.question == "湟源县城关镇2020年收到申请多少"


@pytest.mark.parametrize("case", FIGURES[::3], ids=lambda case: case.wording[:40])
def test_a_word_that_turns_the_meaning_round_is_never_passed_over(
    examples: Store, case: QuestionCase
) -> None:
    assistant = Assistant(examples, lambda: TODAY)
    words = case.wording.split()
    answered = []
    for turning in TURNING:
        for place in range(len(words) + 1):
            text = " ".join([*words[:place], turning, *words[place:]])
            if assistant.ask(text).status == "answered":
                answered.append(text)
    assert not answered


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join))
@settings(max_examples=300)
def test_any_english_words(examples: Store, text: str) -> None:
    started = time.perf_counter()
    reply = Assistant(examples, lambda: TODAY).ask(text)
    assert time.perf_counter() - started < 5  # a guard against runaway patterns, no benchmark
    assert reply.data["question"] == text
    named = reply.data["interpretation"]
    for fact in reply.data["facts"]:
        assert fact["year"] in named["years"]
    for choice in reply.data["choices"]:
        assert Assistant(examples, lambda: TODAY).ask(choice["question"]).status == "answered"


def test_the_choices_of_an_english_reply_are_answered_in_english(examples: Store) -> None:
    assistant = Assistant(examples, lambda: TODAY)
    dialogue = Dialogue(assistant)
    asked = dialogue.say("How many requests were received in 2020?")
    assert [choice.label for choice in asked.choices] == [
        "Jingzhi (景芝镇), Anqiu (安丘市)",
        "Nanzhuang (南庄镇), Mengzhou (孟州市)",
    ]
    assert dialogue.say("1").text.startswith("Jingzhi (景芝镇), 2020: new requests received 5")
    dialogue = Dialogue(assistant)
    dialogue.say("How many requests were received in 2020?")
    assert "2020: new requests received 0" in dialogue.say(asked.choices[1].label).text


def test_a_follow_up_in_english(examples: Store) -> None:
    dialogue = Dialogue(Assistant(examples, lambda: TODAY))
    dialogue.say("How many requests did Jingzhi receive in 2020?")
    told = dialogue.say("What about Nanzhuang?")
    assert "Nanzhuang (南庄镇), Mengzhou (孟州市), 2020: new requests received 0" in told.text
    assert "(Following the last question, read as “孟州市南庄镇2020年收到申请多少”.)" in told.text
    assert told.data["question"] == "What about Nanzhuang?"
    other = dialogue.say("And in 2019?")
    assert other.status == "no_data"
    assert "There is no report of Nanzhuang (南庄镇) for 2019" in other.text
    dialogue.say("How many requests did Jingzhi receive in 2020?")
    assert "2020: requests granted 4" in dialogue.say("How many were granted?").text
    assert dialogue.say("and not granted?").status != "answered"


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_examples_work_in_every_language(examples: Store, language: Language) -> None:
    assistant = Assistant(examples, lambda: TODAY)
    shown = assistant.examples(language)
    assert len(shown) == 3
    assert {assistant.ask(example).status for example in shown} == {"answered"}


def test_english_replies_have_chinese_only_where_it_is_quoted_or_a_name(examples: Store) -> None:
    odd = []
    for case in CASES:
        reply = Assistant(examples, lambda: TODAY).ask(case.wording)
        if reply.data["passages"]:
            continue
        text = re.sub(r"《.*|　 Original: .*|\([^()]*\)", "", reply.text)
        text = re.sub(r"“[^”]*”|place\(s\)|万元", "", text)
        if found := re.findall("[\u4e00-\u9fff]+", text):
            odd.append((case.wording, found, reply.text))
    assert not odd, odd[:3]
