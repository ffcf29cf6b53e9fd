"""The data files hold together: every example means its own entry, every phrase is usable."""

from __future__ import annotations

from datetime import date

import pytest

from bot.intents import understand
from bot.interpretation import Interpretation
from bot.phrases import load_topics, meanings
from knowledge.catalogue import load_catalogue
from knowledge.entities import NameIndex
from knowledge.model import Entity
from knowledge.phrases import expand

INDEX = NameIndex(
    [
        Entity("南庄镇", "河南省/焦作市/孟州市"),
        Entity("寒葱沟镇", "黑龙江省/佳木斯市/抚远市"),
        Entity("木耳镇", "重庆市/渝北区"),
        Entity("官坡镇", "河南省/三门峡市/卢氏县"),
        Entity("景芝镇", "山东省/潍坊市/安丘市"),
    ]
)
CATALOGUE = load_catalogue()


def _understood(question: str) -> Interpretation:
    found = understand(question, INDEX, date(2024, 5, 1))
    assert isinstance(found, Interpretation), (question, found)
    return found


@pytest.mark.parametrize("name", [*CATALOGUE.measures, *CATALOGUE.statements])
def test_an_example_means_its_own_entry(name: str) -> None:
    entry = CATALOGUE.measures.get(name) or CATALOGUE.statements[name]
    found = _understood(entry.example)
    assert [name in wanted.measures for wanted in found.wanted] == [True]


@pytest.mark.parametrize("name", list(CATALOGUE.columns))
def test_an_example_names_its_own_column(name: str) -> None:
    found = _understood(CATALOGUE.columns[name].example)
    assert [wanted.columns for wanted in found.wanted] == [(name,)]


@pytest.mark.parametrize("name", list(load_topics()))
def test_an_example_means_its_own_topic(name: str) -> None:
    found = _understood(load_topics()[name].example)
    assert found.topic == name


def test_no_phrase_is_found_in_another_meaning_only() -> None:
    """Every phrase, alone, is found as what it stands for; nothing hides it altogether."""
    lexicon = meanings()
    for entry in (*CATALOGUE.measures.values(), *CATALOGUE.statements.values()):
        for phrase in (
            plain for written in (*entry.terms, *entry.asked) for plain in expand(written)
        ):
            letters = phrase.replace(" ", "").lower()
            hits = [
                hit for hit in lexicon.find(letters) if (hit.start, hit.end) == (0, len(letters))
            ]
            assert any(entry.id in hit.value.ids for hit in hits), (entry.id, phrase)
