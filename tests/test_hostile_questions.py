"""Any text whatever into the assistant: a reply, quickly, and no figure that is not stored."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.assistant import Assistant
from bot.understanding.question import MAX_QUESTION
from knowledge import query
from knowledge.store import Store
from tests.question_cases import FOLDER, load_cases

TODAY = date(2024, 5, 1)
CASES = FOLDER.parent
WORDINGS = [case.wording for case in load_cases()]
WORDS = [
    "景芝镇", "景芝", "木耳镇", "官庄镇", "重庆", "2020年", "去年", "20年", "二〇二〇", "收到", "申请", "多少",
    "几件", "予以公开", "不予公开", "自然人", "企业", "行政复议", "纠正", "没有", "不", "除了", "为什么", "和",
    "、", "，", "的", "GDP", "中", "镇", "乡", "采购", "钱", "公众号", "<b>", "&", "%", "';--", "\x00", "{0}", "%s",
]  # fmt: skip


def _check(store: Store, text: str) -> None:
    started = time.perf_counter()
    reply = Assistant(store, lambda: TODAY).ask(text)
    assert time.perf_counter() - started < 5  # a guard against runaway patterns, no benchmark
    assert reply.data["status"] in ("answered", "clarify", "no_data", "not_understood")
    assert reply.data["question"] == text
    if reply.data["status"] != "answered":
        assert not reply.data["facts"]
        assert not reply.data["computed"]
    stored = {
        (f.entity.name, f.year, f.cell.item, f.cell.column, f.value)
        for f in query.every_fact(store)
    }
    named = reply.data["interpretation"]
    places = {entity["entity"] for entity in named["entities"]}
    for fact in reply.data["facts"]:
        value = Decimal(str(fact["value"]))
        key = (fact["entity"], fact["year"], fact["item"], fact["column"], value)
        assert key in stored
        assert fact["entity"] in places
        assert fact["year"] in named["years"]
    assert len(reply.text) <= 4096
    assert len(reply.html.encode()) <= 32768
    for choice in reply.data["choices"]:
        assert Assistant(store, lambda: TODAY).ask(choice["question"]).status == "answered"


@given(st.text(max_size=80))
@settings(max_examples=150)
def test_any_text(examples: Store, text: str) -> None:
    _check(examples, text)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map("".join))
@settings(max_examples=300)
def test_any_words_of_the_field(examples: Store, text: str) -> None:
    _check(examples, text)


@given(st.sampled_from(WORDINGS), st.integers(0, 60), st.sampled_from(WORDS))
@settings(max_examples=200)
def test_questions_with_a_word_put_in(examples: Store, wording: str, place: int, word: str) -> None:
    _check(examples, wording[:place] + word + wording[place:])


@given(st.sampled_from(WORDINGS), st.integers(0, 60))
@settings(max_examples=100)
def test_questions_with_a_letter_lost(examples: Store, wording: str, place: int) -> None:
    _check(examples, wording[:place] + wording[place + 1 :])


def test_long_texts(examples: Store) -> None:
    for text in (
        "景芝镇" * 1400,
        "2020年" * 60,
        "申" * 4000,
        "（" * MAX_QUESTION,
        "和" * MAX_QUESTION,
    ):
        _check(examples, text)
    assert Assistant(examples, lambda: TODAY).ask("问" * 4000).status == "not_understood"


def test_a_word_that_says_whose_requests_is_never_passed_over(examples: Store) -> None:
    """景芝镇2020年X申请几件 must not give the total of all requests for any modifier X."""
    words = (CASES / "modifiers.txt").read_text(encoding="utf-8").split()
    assert len(words) > 100
    wrong = []
    for word in words:
        for pattern in (
            "景芝镇2020年{}申请几件",
            "景芝镇2020年{}的申请有多少",
            "{}申请景芝镇2020年有几件",
        ):
            reply = Assistant(examples, lambda: TODAY).ask(pattern.format(word))
            first = reply.data["facts"][:1]
            if first and (first[0]["item"], first[0]["column"]) == ("received_new", "total"):
                wrong.append(pattern.format(word))
    assert wrong == []
