"""Which facts a reply stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.answers.answer import Answer
from bot.answers.surveying import Operands
from bot.understanding.task import Rank, Series
from knowledge.model import Entity, Fact


def fact_key(fact: Fact) -> tuple[object, ...]:
    """What tells one stored figure from all others, as far as a reply goes."""
    citation = fact.citation
    return (fact.entity, fact.year, fact.cell, citation.file, citation.line, citation.quote)


def answer_facts(answer: Answer) -> list[Fact]:
    """Every fact that a reply shows or computes with: those asked for first, none twice."""
    ordered: dict[tuple[object, ...], Fact] = {}
    for fact in _facts(answer, _all):
        ordered.setdefault(fact_key(fact), fact)
    return list(ordered.values())


def first_facts(answer: Answer, count: int) -> list[Fact]:
    """The first of `answer_facts`; of very many the rest is not read."""
    ordered: dict[tuple[object, ...], Fact] = {}
    for fact in _facts(answer, _all):
        ordered.setdefault(fact_key(fact), fact)
        if len(ordered) == count:
            break
    return list(ordered.values())


def rests_on_several(answer: Answer) -> bool:
    """Whether a reply rests on two or more stored figures: listed, compared, added up, or that
    differ. What is told beside one figure (its parts, what the text says as well) does not
    count. Of very many none is read."""
    if answer.status != "answered":
        return False
    outcomes = [
        o for outcome in answer.outcomes for o in (outcome, outcome.strict) if o is not None
    ]
    operands = [result.operands for outcome in outcomes for result in outcome.results]
    if any(isinstance(many, Operands) and len(many) > 1 for many in operands):
        return True
    said = (fact for line in answer.lines for fact in line.contradicting)
    return len({fact_key(fact) for fact in (*_main(answer, _all), *said)}) > 1


def fact_kinds(answer: Answer) -> Iterator[Fact]:
    """The facts of `answer_facts`, some of them more than once; of very many operands only one
    of each kind, without its place. For what holds of all of a kind: cautions, units, years."""
    return _facts(answer, _kinds)


def _all(operands: Sequence[Fact]) -> Sequence[Fact]:
    return operands


def _kinds(operands: Sequence[Fact]) -> Sequence[Fact]:
    return operands.kinds() if isinstance(operands, Operands) else operands


def reported_years(answer: Answer) -> list[int]:
    """Every year that a reply speaks of, ascending; those asked for where it speaks of none."""
    known = fact_kinds(answer) if answer.status == "answered" else ()
    asked = answer.interpretation
    years = sorted(
        {line.year for line in answer.lines}
        | {fact.year for fact in known}
        | {lack.year for outcome in answer.outcomes for lack in outcome.lacks}
        | {outcome.year for outcome in answer.outcomes if outcome.year is not None}
        | {p.year for p in answer.passages}
        | {year for missing in answer.missing_years for year in missing.years}
        | {fact.year for told in answer.told for fact in told.facts}
    )
    return years or list(asked.years.years if asked is not None else ())


def one_found(answer: Answer) -> tuple[Entity, int] | None:
    """The place and year that a ranking found, or that has the most or the least of all years;
    None if there are several, or none was looked for."""
    task = answer.interpretation.task if answer.interpretation is not None else None
    if answer.status != "answered" or len(answer.outcomes) != 1:
        return None
    outcome = answer.outcomes[0]
    if isinstance(task, Rank) and task.position is None and len(outcome.points) == 1:
        return outcome.points[0].entity, outcome.points[0].year
    if isinstance(task, Series) and task.peak is not None:
        peak = outcome.result("max", "min")
        if peak is not None and len(peak.operands) == 1:
            return peak.operands[0].entity, peak.operands[0].year
    return None


def _facts(answer: Answer, of: Callable[[Sequence[Fact]], Iterable[Fact]]) -> Iterator[Fact]:
    yield from _main(answer, of)
    known = [line for line in answer.lines if line.facts or line.computed]
    alone = len(known) == 1 and not answer.outcomes
    for line in answer.lines:
        if alone or answer.intent == "profile":
            yield from line.parts
            yield from line.said
            yield from line.details
        else:  # beside other figures a reply shows only what the text says otherwise
            yield from line.contradicting


def _main(answer: Answer, of: Callable[[Sequence[Fact]], Iterable[Fact]]) -> Iterator[Fact]:
    """The figures that were asked for, or that those are made of."""
    for line in answer.lines:
        yield from line.facts
        yield from line.operands
    for outcome in answer.outcomes:
        for result in outcome.results:
            yield from of(result.operands)
        if outcome.strict is not None:
            for point in outcome.strict.points:
                yield from point.facts
            for result in outcome.strict.results:
                yield from of(result.operands)
    for told in answer.told:
        yield from told.facts
