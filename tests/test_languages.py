"""A question is answered in its language: the same facts, what is quoted unchanged."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.conversation.assistant import Assistant
from bot.conversation.language import language_of
from bot.languages.traditional import to_traditional
from bot.wording.names_in import NAMES
from knowledge.catalogue import load_catalogue
from knowledge.gazetteer import load_gazetteer
from knowledge.store import Store
from knowledge.text import data_text, fold
from tests.question_cases import load_cases

TODAY = date(2024, 5, 1)
CASES = [case for case in load_cases() if case.file not in ("english", "traditional")]
CONVERTIBLE = [
    (case, changed)
    for case in CASES
    if language_of(changed := to_traditional(case.wording)) == "zh-Hant"
]
QUOTED = re.compile(r"《.*|　 原文：.*")
"""Titles with the path of labels behind them, and quotes: as printed."""


def _only_simplified(text: str) -> set[str]:
    def has(character: str, standard: str) -> bool:
        return character.encode(standard, errors="ignore") != b""

    return {c for c in text if c > "\u4e00" and has(c, "gb2312") and not has(c, "big5")}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("景芝镇2020年收到多少申请", "zh-Hans"),
        ("景芝鎮2020年收到多少申請", "zh-Hant"),
        ("景芝鎮", "zh-Hant"),
        ("濛阳街道2020年收到多少申请", "zh-Hans"),
        ("⻄景芝2020年", "zh-Hans"),
        ("2020", "zh-Hans"),
        ("", "zh-Hans"),
    ],
)
def test_the_language_is_read_off_the_characters(text: str, language: str) -> None:
    assert language_of(text) == language


def test_most_cases_convert() -> None:
    assert len(CONVERTIBLE) > 0.8 * len(CASES)


def test_traditional_questions_get_the_same_facts_and_quotes(examples: Store) -> None:
    differing = []
    for case, changed in CONVERTIBLE:
        assistant = Assistant(examples, lambda day=case.today: day)  # type: ignore[misc]
        one, other = assistant.ask(case.wording).data, assistant.ask(changed).data
        same = [_bare(one[key]) == _bare(other[key]) for key in ("facts", "computed", "passages")]
        same += [one[key] == other[key] for key in ("status", "interpretation")]
        # Choices ask in traditional characters and get what the simplified ones get.
        asked = [[choice["question"] for choice in reply["choices"]] for reply in (one, other)]
        same.append([fold(q) for q in asked[0]] == [fold(q) for q in asked[1]])
        quotes = [fact["citation"]["quote"] for fact in one["facts"]]
        quotes = [f"“{quote}”" for quote in quotes]
        same += [(quote in one["text"]) == (quote in other["text"]) for quote in quotes]
        if not all(same):
            differing.append((case.wording, changed, same, other["text"]))
    assert not differing, differing[:3]


def test_replies_in_traditional_characters_have_no_simplified_ones(examples: Store) -> None:
    odd = []
    for case, changed in CONVERTIBLE:
        reply = Assistant(examples, lambda day=case.today: day).ask(changed)  # type: ignore[misc]
        text = QUOTED.sub("", reply.text)
        for passage in reply.data["passages"]:
            text = "" if passage else text
        if re.search("How|What|Which", changed):
            continue  # answered in English, which has towns' names as they are stored
        if found := _only_simplified(text) - set(changed):  # 没看懂：接着, as it was typed
            odd.append((changed, found, text))
    assert not odd, odd[:3]


def test_the_names_of_china_come_back_from_traditional_characters() -> None:
    gazetteer = load_gazetteer()
    printed = {
        name
        for line in data_text("gazetteer.tsv").splitlines()
        if not line.startswith("#")
        for name in line.replace("/", " ").replace("\t", " ").split()
    }
    assert len(printed) > 35_000
    assert [name for name in printed if fold(to_traditional(name)) != fold(name)] == []
    assert gazetteer.regions_of(to_traditional("景芝镇")) == gazetteer.regions_of("景芝镇")


def test_every_name_of_the_catalogue_has_an_english_one() -> None:
    english = NAMES["en"]
    catalogue = load_catalogue()
    names = [m.name for m in catalogue.measures.values()]
    names += [s.name for s in catalogue.statements.values()]
    names += [c.name for c in catalogue.columns.values()]
    assert len(names) > 150
    assert [name for name in names if re.search("[\u4e00-\u9fff]", english.name(name))] == []
    assert english.name("行政许可（上一年项目数量）") == (
        "administrative licensing (items of the year before)"
    )


def _bare(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """Facts without the sentences of their cautions, which are in the language of the reply."""
    return [{key: value for key, value in entry.items() if key != "cautions"} for entry in entries]
