"""A question whose measure may be several (公开, 结转), asked of each of them: the whole question,
with what is to be done, of whom and when; a plain figure of one town would be another question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.understanding.intents import understand
from bot.understanding.interpretation import Choice, Interpretation
from bot.understanding.measures import spoken
from knowledge.catalogue import load_catalogue
from knowledge.entities import NameIndex

MAX_PHRASES = 12
"""Phrases of a measure that are tried in the place of the words that may mean several."""


def whole_choices(
    asked: Interpretation, index: NameIndex, today: date
) -> tuple[Choice, ...] | None:
    """The question of each measure that it may mean, in words that mean it alone; those that
    cannot be put so are left out. None where one figure of one report is looked up."""
    several = [want for want in asked.wanted if len(want.measures) > 1]
    plain = asked.task is None and asked.scope is None and len(asked.entities) == 1
    bare = len(asked.wanted) == 1 and not any(want.columns for want in asked.wanted)
    if plain and bare and not asked.years.several and not asked.exists:
        return None
    if len(several) != 1 or asked.around_measure is None:
        return ()
    catalogue = load_catalogue()
    choices: list[Choice] = []
    for name in several[0].measures:
        entry = catalogue.measures.get(name) or catalogue.statements[name]
        for phrase in (*entry.terms, *entry.asked)[:MAX_PHRASES]:
            question = spoken(phrase).join(asked.around_measure)
            if _is_the_same(understand(question, index, today), asked, name):
                choices.append(Choice(entry.name, question))
                break
    return tuple(choices)


def _is_the_same(understood: object, asked: Interpretation, name: str) -> bool:
    """Whether a question asks for the same as another, of this one measure."""
    if not isinstance(understood, Interpretation):
        return False
    wanted = tuple(
        replace(want, measures=(name,)) if len(want.measures) > 1 else want for want in asked.wanted
    )
    return _essence(understood) == _essence(replace(asked, wanted=wanted))


def _essence(asked: Interpretation) -> tuple[object, ...]:
    return (
        asked.intent,
        asked.entities,
        asked.years,
        asked.wanted,
        asked.exists,
        asked.pairs,
        asked.task,
        asked.scope,
    )
