"""From an interpretation to an answer: asks the store, never guesses, names what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answers.answer import Answer, Line, MissingYear
from bot.answers.comparing import answer_claim, answer_comparison, answer_years
from bot.answers.coverage import answer_coverage
from bot.answers.figures import Resolver
from bot.answers.gathering import mark_definition_changes, years_meant
from bot.answers.meta import answer_meta
from bot.answers.overview import answer_profile
from bot.answers.passages import answer_passages
from bot.answers.ranking import answer_scope
from bot.answers.shares import answer_share
from bot.understanding.interpretation import Interpretation
from bot.understanding.phrases import load_phrases
from bot.understanding.task import Aggregate, Compare, Filter, Series, Share, Verify
from knowledge import query
from knowledge.entities import NameIndex
from knowledge.model import Entity
from knowledge.store import Store
from knowledge.text import fold


def answer(store: Store, index: NameIndex, question: str, asked: Interpretation) -> Answer:
    """The answer to an understood question. Only reads; the same store gives the same answer."""
    base = Answer(
        "answered",
        question,
        asked.intent,
        asked,
        absent=asked.absent,
        default_year=not asked.years.named and asked.intent != "coverage",
        county_shown=tuple(e for e in asked.entities if len(index.elsewhere(e.name)) > 1),
    )
    if asked.scope is not None:
        base = replace(base, same_named=index.namesakes(asked.scope.entities))
    if asked.intent == "coverage":
        return answer_coverage(store, base)
    if asked.task is not None:
        return _answer_task(store, base, asked)
    years, missing = _years(store, asked)
    base = replace(base, missing_years=missing)
    if asked.of_store and asked.intent == "passage":
        return answer_passages(store, base, ())
    if asked.intent == "meta" and (years or asked.of_store):
        return answer_meta(store, base, years)
    if not years:
        return replace(base, status="no_data", key="no_report")
    if asked.intent == "passage":
        return answer_passages(store, base, years)
    if asked.intent == "profile":
        return answer_profile(store, base, years)
    lines = _lines(store, asked, question, years)
    if not isinstance(lines, Answer) and _off_the_form(asked, lines):
        # 采购, without a year: of the last report whose form has it.
        for year in reversed(query.years_of(store, asked.entities[0])):
            earlier = _lines(store, asked, question, [(asked.entities[0], year)])
            if not isinstance(earlier, Answer) and not _off_the_form(asked, earlier):
                lines = earlier
                base = replace(base, values={**base.values, "ended": str(year)})
                break
    if isinstance(lines, Answer):
        return replace(base, status="clarify", key="which_measure", choices=lines.choices)
    if asked.account is not None and not _named(lines, asked.account):
        words = {"words": asked.account}
        return replace(base, status="not_understood", key="leftover", values=words)
    lines = mark_definition_changes(lines)
    known = any(line.facts or line.computed for line in lines)
    if known and asked.exists and base.default_year and not any(map(_is_some, lines)):
        if some := _years_with(store, asked, question, {line.year for line in lines}):
            base = replace(base, values={**base.values, "some": some})
    return replace(
        base,
        lines=tuple(lines),
        status="answered" if known else "no_data",
        key=None if known else "no_figure",
    )


def _lines(
    store: Store, asked: Interpretation, question: str, years: Sequence[tuple[Entity, int]]
) -> list[Line] | Answer:
    """The lines of what is wanted of each place and year; an `Answer` asks back."""
    lines: list[Line] = []
    for entity, year in years:
        for wanted in asked.wanted:
            resolved = Resolver(store, entity, year).lines(wanted, question)
            if isinstance(resolved, Answer):
                return resolved
            lines += resolved
    return lines


def _is_some(line: Line) -> bool:
    """Whether a line has a figure that is not 0."""
    worked_out = line.computed.value if line.computed is not None else None
    return bool(worked_out) or any(fact.value for fact in line.facts)


def _years_with(store: Store, asked: Interpretation, question: str, told: set[int]) -> str:
    """The other years of one town of which a yes-or-no without a year would be true (有没有涉密的)."""
    if len(asked.entities) != 1:
        return ""
    (entity,) = asked.entities
    years = [year for year in query.years_of(store, entity) if year not in told]
    found = ((year, _lines(store, asked, question, [(entity, year)])) for year in years)
    return "、".join(
        str(year)
        for year, lines in found
        if not isinstance(lines, Answer) and any(map(_is_some, lines))
    )


def _off_the_form(asked: Interpretation, lines: Sequence[Line]) -> bool:
    """Whether the one town's latest form has nothing of what is asked for without a year."""
    latest = asked.years.span == "latest" and not asked.years.named and len(asked.entities) == 1
    bare = all(line.reason == "not_on_form" and not line.facts for line in lines)
    return latest and bool(lines) and bare


def _named(lines: Sequence[Line], account: str) -> bool:
    """Whether the sentence of every figure has a channel of the name that was asked for."""
    channels = "|".join(load_phrases().harmless.accounts)
    name = re.escape(fold(account))
    pattern = re.compile(
        f"{name}[”\"」』’']?(?:政务|官方)?(?:{channels})|(?:{channels})[“\"「『‘']?{name}"
    )
    quotes = [fold(fact.citation.quote) for line in lines for fact in line.facts]
    return bool(quotes) and all(pattern.search(quote) for quote in quotes)


def _answer_task(store: Store, base: Answer, asked: Interpretation) -> Answer:
    task = asked.task
    if asked.scope is not None:
        return answer_scope(store, base, asked)
    if isinstance(task, Verify):
        return answer_claim(store, base, asked)
    if isinstance(task, Share):
        return answer_share(store, base, asked)
    if isinstance(task, Compare) and task.over != "years":
        return answer_comparison(store, base, asked)
    assert isinstance(task, (Series, Compare, Aggregate, Filter))
    return answer_years(store, base, asked)


def _years(
    store: Store, asked: Interpretation
) -> tuple[list[tuple[Entity, int]], tuple[MissingYear, ...]]:
    """The reports that answer, entity by entity, and the years asked for that there are not."""
    found: list[tuple[Entity, int]] = []
    missing: list[MissingYear] = []
    for entity in asked.entities:
        years = query.years_of(store, entity)
        if asked.years.span == "years":
            wanted = tuple(y for e, y in asked.pairs if e == entity) or asked.years.years
            found += [(entity, year) for year in wanted if year in years]
            lacking = tuple(year for year in wanted if year not in years)
            if lacking:
                missing.append(MissingYear(entity, lacking, years))
            continue
        meant = years_meant(asked.years, years)
        found += [(entity, year) for year in meant if year in years]
        gone = tuple(year for year in meant if year not in years)
        if gone:
            missing.append(MissingYear(entity, gone, years))
    return found, tuple(missing)
