"""The data files hold together: every example means its own entry, every phrase is usable."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.understanding.intents import understand
from bot.understanding.interpretation import Interpretation
from bot.understanding.phrases import load_topics, meanings
from knowledge.catalogue import load_catalogue
from knowledge.entities import NameIndex
from knowledge.form import load_form
from knowledge.model import CellId, Entity
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


FORM = load_form()
CELLS = [
    (edition.id, cell)
    for edition in FORM.editions.values()
    for table in edition.tables.values()
    for cell in table.cells
]


@pytest.mark.parametrize(("edition", "cell"), CELLS, ids=lambda value: str(value))
def test_every_cell_of_the_form_can_be_asked_for(edition: str, cell: CellId) -> None:
    """By the official labels of its row and column, as somebody reading the form would."""
    _, row, column = FORM.place(cell, edition)
    town = "景芝镇2020年" if edition == "2019" else "官坡镇2023年"
    label = {"total_handled": "办理结果总计", "other.other": "其他处理中的其他"}.get(
        cell.item, re.sub("（区分.*）", "", row.label)
    )
    kind = {"其他": "其他申请人"}.get(column.label, column.label)
    found = _understood(f"{town}{label}的{kind}是多少")
    meant = {
        (measure.item or measure.printed_total, wanted_column)
        for wanted in found.wanted
        for measure in (CATALOGUE.measures[name] for name in wanted.measures)
        for wanted_column in (wanted.columns or (measure.column,))
    }
    assert meant == {(cell.item, cell.column)}
