"""Which facts a reply stands on."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answers.answer import Answer
from knowledge.model import Fact


def fact_key(fact: Fact) -> tuple[object, ...]:
    """What tells one stored figure from all others, as far as a reply goes."""
    citation = fact.citation
    return (fact.entity, fact.year, fact.cell, citation.file, citation.line, citation.quote)


def answer_facts(answer: Answer) -> list[Fact]:
    """Every fact that a reply shows or computes with: those asked for first, none twice."""
    ordered: dict[tuple[object, ...], Fact] = {}

    def add(facts: Iterable[Fact]) -> None:
        for fact in facts:
            ordered.setdefault(fact_key(fact), fact)

    for line in answer.lines:
        add(line.facts)
        add(line.operands)
    for outcome in answer.outcomes:
        for result in outcome.results:
            add(result.operands)
        if outcome.strict is not None:
            for point in outcome.strict.points:
                add(point.facts)
            for result in outcome.strict.results:
                add(result.operands)
    for told in answer.told:
        add(told.facts)
    known = [line for line in answer.lines if line.facts or line.computed]
    alone = len(known) == 1 and not answer.outcomes
    for line in answer.lines:
        if alone or answer.intent == "profile":
            add(line.parts)
            add(line.said)
            add(line.details)
        elif line.computed is not None:
            add(line.said)
        else:  # beside other figures a reply shows only what the text says otherwise
            add(fact for fact in line.said if any(fact.value != own.value for own in line.facts))
    return list(ordered.values())
