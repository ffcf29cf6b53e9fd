"""A word that means two measures is asked back as the whole question: each choice asks for the same
to be done, of the same places and years, of one measure (湟源县2024年一共结转几件 is a sum)."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation.assistant import Assistant
from bot.understanding.intents import understand
from bot.understanding.interpretation import Interpretation
from knowledge.store import Store

TODAY = date(2025, 3, 10)

ASKED = {
    "湟源县2024年一共{}几件": "sum",
    "湟源县2024年哪个镇{}最多": "rank",
    "2024年{}最多的是哪个镇": "rank",
    "洮北区2023年{}前三名": "rank",
    "湟源县2023年没有{}的有几个": "filter",
    "2023年有{}的有哪些": "filter",
    "海明街道2023年{}比2022年多了几件": "compare",
    "海明街道和平安镇2023年{}谁多": "compare",
    "海明街道历年{}几件": "series",
    "海明街道2019到2024年{}一共几件": "sum",
    "海明街道2022年自然人{}几件": "column",
    "海明街道2023年有没有{}": "exists",
}


def essence(understood: object) -> tuple[object, ...]:
    assert isinstance(understood, Interpretation)
    wanted = [(want.columns, want.whole, want.words) for want in understood.wanted]
    return (
        understood.intent,
        understood.entities,
        understood.years,
        wanted,
        understood.exists,
        understood.task,
        understood.scope,
    )


@pytest.mark.parametrize("word", ["结转", "公开了", "公开"])
@pytest.mark.parametrize("asked", ASKED)
def test_each_choice_asks_for_the_same(twelve: Store, asked: str, word: str) -> None:
    assistant = Assistant(twelve, lambda: TODAY)
    question = asked.format(word)
    reply = assistant.ask(question)
    known = understand(question, assistant.index(), TODAY)
    if reply.status != "clarify" or not isinstance(known, Interpretation):
        return
    assert reply.choices
    measures = set()
    for choice in reply.choices:
        chosen = understand(choice.question, assistant.index(), TODAY)
        if len(known.entities) == 1 and known.task is None and not known.years.several:
            assert isinstance(chosen, Interpretation)
            assert chosen.entities == known.entities
            assert [w.columns for w in chosen.wanted] == [w.columns for w in known.wanted]
        else:
            assert essence(chosen) == essence(known)
        assert isinstance(chosen, Interpretation)
        measures.add(chosen.wanted[0].measures)
        assert all(len(want.measures) == 1 for want in chosen.wanted)
    assert len(measures) == len(reply.choices)


def test_a_ranking_is_asked_back_as_a_ranking(twelve: Store) -> None:
    """At least the questions that a reader met are asked back at all."""
    assistant = Assistant(twelve, lambda: TODAY)
    for question in (
        "2024年结转最多的是哪个镇",
        "湟源县2024年总共公开了多少",
        "海明街道历年结转几件",
    ):
        assert len(assistant.ask(question).choices) == 2, question
