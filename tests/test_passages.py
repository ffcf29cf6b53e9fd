"""Sentences of reports: quoted whole, from the right section, with their place; or said to be absent."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.passages import MAX_REPORTS
from bot.conversation.assistant import Assistant
from bot.understanding.question import MAX_QUESTION
from bot.understanding.word_search import MAX_WORD, load_search
from knowledge import query
from knowledge.store import Store, open_for_reading
from tests.made_store import make_store

TODAY = date(2025, 7, 1)


@pytest.fixture(scope="module")
def assistant(twelve: Store) -> Assistant:
    return Assistant(twelve, lambda: TODAY)


def test_a_passage_is_printed_in_the_section_it_is_cited_from(
    assistant: Assistant, twelve: Store
) -> None:
    """Every quoted line stands in the text of the cited section of the cited file, whole."""
    count = 0
    for question in (
        "和平乡2023年存在的问题",
        "和平乡2023年打算怎么改",
        "湟源县城关镇2022年公众号叫什么",
        "平安镇2022年联系方式",
        "海明街道2024年培训情况",
        "平安镇关于培训怎么说的",
        "海明街道提到公众号吗",
        "大华镇2022年主动公开了哪些内容",
    ):
        reply = assistant.ask(question)
        assert reply.status == "answered", question
        for passage in reply.data["passages"]:
            citation = passage["citation"]
            (entity,) = reply.data["interpretation"]["entities"]
            texts = [
                text.text
                for e, years in query.entities(twelve)
                if e.name == entity["entity"] and e.region == entity["region"]
                for year in years
                for record, text in query.sections(twelve, e, year)
                if record.file == citation["file"] and text.line == citation["line"]
            ]
            assert passage["text"] in texts
            count += 1
    assert count > 10


def test_a_sentence_is_quoted_to_its_end(assistant: Assistant) -> None:
    text = assistant.ask("湟源县城关镇2024年公众号叫什么").text
    quoted = text.splitlines()[1]
    assert "“丹噶尔城关”" in quoted
    assert quoted.endswith("。")
    assert "第 7 行" in text


def test_a_town_is_searched_in_all_its_years_unless_one_is_named(assistant: Assistant) -> None:
    every = assistant.ask("平安镇关于培训怎么说的")
    years = [_year(passage) for passage in every.data["passages"]]
    assert years == sorted(years, reverse=True)
    assert 1 < len(set(years)) <= MAX_REPORTS
    one = assistant.ask("平安镇2022年关于培训怎么说的")
    assert {_year(passage) for passage in one.data["passages"]} == {2022}


def _year(passage: dict[str, Any]) -> int:
    found = re.search(r"20\d\d", passage["citation"]["report"])
    assert found is not None
    return int(found[0])


def test_the_store_offers_at_most_five_reports_with_their_counts(assistant: Assistant) -> None:
    reply = assistant.ask("哪些年报提到公众号")
    lines = [line for line in reply.text.splitlines() if line.startswith("· ")]
    assert len(lines) == len(reply.choices) == MAX_REPORTS
    for line, choice in zip(lines, reply.choices, strict=True):
        hits = int(line.rsplit("：", 1)[1].split(" ")[0])
        found = assistant.ask(choice.question)
        assert found.status == "answered"
        assert f"出现 {hits} 处" in found.text


def test_regions_and_years_narrow_the_search(assistant: Assistant) -> None:
    everywhere = assistant.ask("哪些年报提到公众号").text
    county = assistant.ask("洮北区哪些年报提到公众号").text
    year = assistant.ask("2021年哪些年报提到公众号").text
    counts = [int(text.split(" ", 1)[0]) for text in (everywhere, county, year)]
    assert counts[0] > counts[1] > 0
    assert counts[0] > counts[2] > 0


def test_where_nothing_is_found_the_sections_are_named(assistant: Assistant) -> None:
    reply = assistant.ask("平安镇2022年关于宇宙飞船怎么说的")
    assert reply.status == "no_data"
    assert "没有找到“宇宙飞船”" in reply.text
    assert "《一、总体情况》" in reply.text


def test_rows_of_tables_are_no_sentences(assistant: Assistant) -> None:
    """商业企业 heads a column of every report's table; no text of these towns speaks of it."""
    for question in ("日月藏族乡2021年关于商业企业怎么说的", "日月藏族乡2021年提到科研机构吗"):
        assert assistant.ask(question).status == "no_data"


def test_the_word_is_told_as_typed(assistant: Assistant) -> None:
    assert "“WiFi”" in assistant.ask("平安镇2022年关于WiFi怎么说的").text


def test_markup_in_a_passage_is_text(tmp_path: Path) -> None:
    with open_for_reading(make_store(tmp_path / "s.db")) as store:
        reply = Assistant(store, lambda: TODAY).ask("官坡镇2022年关于公开栏怎么说的")
    assert "公开栏<更新>不够及时 & 不够细。" in reply.text
    assert "公开栏&lt;更新&gt;不够及时 &amp; 不够细。" in reply.html


frames = st.sampled_from(
    [
        (before, after)
        for frame in load_search().frame
        for before in frame.before
        for after in frame.after
    ]
)


@settings(max_examples=150)
@given(
    frame=frames,
    word=st.text(max_size=40),
    place=st.sampled_from(["", "平安镇", "平安镇2022年", "湟源县"]),
)
def test_no_word_brings_a_figure_an_error_or_an_operator(
    assistant: Assistant, frame: tuple[str, str], word: str, place: str
) -> None:
    question = f"{place}{frame[0]}{word}{frame[1]}"[:MAX_QUESTION]
    reply = assistant.ask(question)
    json.dumps(reply.data, ensure_ascii=False)
    if reply.data["interpretation"]["intent"] == "passage":
        assert not reply.data["facts"]
        assert not reply.data["computed"]


def test_a_long_question_takes_no_longer_to_search(assistant: Assistant) -> None:
    def seconds(question: str) -> float:
        start = time.perf_counter()
        for _ in range(5):
            assistant.ask(question)
        return time.perf_counter() - start

    usual = seconds("平安镇2022年关于公开栏怎么说的")
    for piece in ("关于", "提到", "年报里", "的", "“", "就对关于"):
        long = "平安镇2022年" + piece * (250 // len(piece)) + "怎么说的"
        assert seconds(long) < 40 * usual + 0.2, piece


def test_a_word_too_long_is_not_searched(assistant: Assistant) -> None:
    reply = assistant.ask("平安镇2022年关于" + "公开" * MAX_WORD + "怎么说的")
    assert reply.status == "not_understood"
