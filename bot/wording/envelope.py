"""An answer as the JSON object that contract.md promises to scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.answers.answer import Answer, Computed, Passage
from bot.answers.facts import answer_facts, fact_key, reported_years
from bot.understanding.interpretation import Interpretation, Wanted
from bot.wording.citing import quotable
from knowledge.catalogue import load_catalogue
from knowledge.model import Citation, Entity, Fact


def envelope(answer: Answer, text: str, cautions: Mapping[str, str]) -> dict[str, Any]:
    """The reply's JSON object. `facts` and `computed` are empty unless it is answered."""
    facts = answer_facts(answer) if answer.status == "answered" else []
    places = {fact_key(fact): place for place, fact in enumerate(facts)}
    return {
        "question": answer.question,
        "status": answer.status,
        "text": text,
        "interpretation": _interpretation(answer, facts),
        "facts": [fact_json(fact, cautions) for fact in facts],
        "computed": [
            _computed(computed, places, cautions)
            for computed in _all_computed(answer)
            if answer.status == "answered" and computed.value is not None
        ],
        "passages": [_passage(passage) for passage in answer.passages],
        "choices": [{"label": c.label, "question": c.question} for c in answer.choices],
        "cautions": [{"code": code, "text": sentence} for code, sentence in cautions.items()],
    }


def _all_computed(answer: Answer) -> list[Computed]:
    """What was worked out: the answer to the question first, then group totals and rates."""
    found = [result for outcome in answer.outcomes for result in outcome.results]
    found += [r for o in answer.outcomes if o.strict is not None for r in o.strict.results]
    known = {(line.entity, line.year, line.name) for line in answer.lines}
    narrower = [
        point.line
        for outcome in answer.outcomes
        if outcome.strict is not None
        for point in outcome.strict.points
        if (point.entity, point.year, point.line.name) not in known
    ]
    return [*found, *(line.computed for line in [*answer.lines, *narrower] if line.computed)]


def _interpretation(answer: Answer, facts: list[Fact]) -> dict[str, Any]:
    asked = answer.interpretation
    named = asked.entities if asked is not None else ()
    entities = list(dict.fromkeys([*named, *(fact.entity for fact in facts)]))
    return {
        "intent": answer.intent,
        "entities": [_entity(entity) for entity in entities],
        "years": reported_years(answer),
        "items": _items(answer, asked) if asked is not None else [],
    }


def _items(answer: Answer, asked: Interpretation) -> list[dict[str, str]]:
    """The cells asked for; a group total or rate under the id of the group or rate."""
    items: dict[tuple[str, str], None] = {}
    for wanted in asked.wanted:
        items.update(dict.fromkeys(_cells(wanted, answer)))
    return [{"item": item, "column": column} for item, column in items]


def _cells(wanted: Wanted, answer: Answer) -> list[tuple[str, str]]:
    catalogue = load_catalogue()
    shown = {fact.cell.item for line in answer.lines for fact in line.facts}
    names = [name for name in wanted.measures if name in shown] or list(wanted.measures[:1])
    cells: list[tuple[str, str]] = []
    for name in names:
        measure = catalogue.measures.get(name)
        if measure is None:
            cells.append((name, "total"))
            continue
        item = measure.item or measure.id
        columns = list(wanted.columns)
        if wanted.whole or not columns:
            columns.insert(0, measure.column or "total")
        if measure.column is None and measure.item is not None and not wanted.columns:
            columns = [
                fact.cell.column
                for line in answer.lines
                for fact in line.facts
                if fact.cell.item == measure.item
            ] or ["total"]
        cells += [(item, column) for column in columns]
    return cells


def _entity(entity: Entity) -> dict[str, str | None]:
    return {"entity": entity.name, "county": entity.county, "region": entity.region}


def number_json(value: Decimal) -> int | float:
    """A JSON number that reads back as the exact decimal (at most 15 significant digits)."""
    return int(value) if value == value.to_integral_value() else float(value)


def fact_json(fact: Fact, cautions: Mapping[str, str]) -> dict[str, Any]:
    """A fact as contract.md has it in every JSON; `cautions` gives each code its sentence.

    The quote is empty where the printed words name a private person.
    """
    unstated = "unit_not_stated" in fact.cautions
    return {
        "entity": fact.entity.name,
        "county": fact.entity.county,
        "year": fact.year,
        "item": fact.cell.item,
        "column": fact.cell.column,
        "value": number_json(fact.value),
        "unit": None if unstated else fact.unit,
        "citation": citation_json(replace(fact.citation, quote=quotable(fact))),
        "cautions": _cautions(fact.cautions, cautions),
    }


def _cautions(codes: tuple[str, ...], texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"code": code, "text": texts.get(code, "")} for code in codes]


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as contract.md has it; unknown is null."""
    return {
        "report": citation.report,
        "section": citation.section,
        "label": citation.label,
        "quote": citation.quote,
        "file": citation.file,
        "line": citation.line,
        "url": citation.url,
    }


def _computed(
    computed: Computed, places: Mapping[tuple[object, ...], int], cautions: Mapping[str, str]
) -> dict[str, Any]:
    codes = dict.fromkeys(code for fact in computed.operands for code in fact.cautions)
    assert computed.value is not None
    return {
        "operation": computed.operation,
        "value": number_json(computed.value),
        "unit": computed.unit,
        "of": [places[key] for key in map(fact_key, computed.operands) if key in places],
        "cautions": _cautions(tuple(codes), cautions),
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {"text": passage.text, "citation": citation_json(passage.citation)}
