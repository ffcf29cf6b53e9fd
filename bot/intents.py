"""From spans to one interpretation, to choices, or to a refusal; every word accounted for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.interpretation import (
    AbsentPlace,
    Choice,
    Clarify,
    Interpretation,
    Refusal,
    Understood,
    Wanted,
    WantedYears,
)
from bot.phrases import Meaning, load_phrases, load_topics
from bot.question import MAX_QUESTION, Mention, Question, UnknownName, read_question
from knowledge.catalogue import Measure, Statement, load_catalogue
from knowledge.entities import MAX_OFFERS, NameIndex
from knowledge.form import load_form
from knowledge.model import Entity
from knowledge.text import fold

MAX_CELLS = 12
"""Measures of one question; more is a list of words, no question."""

MAX_PLACES = 10


def understand(text: str, index: NameIndex, today: date) -> Understood:
    """What a question asks for. Pure: the same words, names and day give the same result."""
    if not text.strip():
        return Refusal("not_understood", "empty")
    if len(text) > MAX_QUESTION:
        return Refusal("not_understood", "too_long", {"limit": str(MAX_QUESTION)})
    question = read_question(text.strip(), index, today)
    talk = _talk(question)
    if talk is not None:
        return talk
    read_as: list[tuple[str, Entity]] = []
    absent: list[AbsentPlace] = []
    for unknown in question.unknown_names:
        resolved = _resolve_unknown(unknown, question, index)
        if isinstance(resolved, (Clarify, Refusal)):
            return resolved
        if isinstance(resolved, AbsentPlace):
            absent.append(resolved)
            continue
        renamed = question.replaced(unknown.start, unknown.end, spelled(resolved))
        read_as.append((unknown.typed, resolved))
        again = understand(renamed, index, today)
        if isinstance(again, Interpretation):
            again = replace(again, read_as=(*read_as, *again.read_as))
        return again
    refusal = _refuse_words(question)
    if refusal is not None:
        return refusal
    places = _places(question, index, absent)
    if isinstance(places, (Clarify, Refusal)):
        return places
    entities, absent = places
    return _intent(question, index, entities, absent)


def spelled(entity: Entity) -> str:
    """The name that means this entity alone: with its county (or region) in front."""
    return f"{entity.county or (entity.region or '').replace('/', '')}{entity.name}"


def _talk(question: Question) -> Refusal | None:
    """Greetings, thanks and calls for help, when they are all there is."""
    kinds = {meaning.kind for _, meaning in question.meanings}
    others = [m for m in question.mentions if not isinstance(m.value, Meaning)]
    if others or question.leftover or question.unknown_names:
        return None
    if "help" in kinds and not kinds - {"help", "greeting"}:
        return Refusal("answered", "help", intent="help")
    if kinds == {"greeting"}:
        return Refusal("answered", "greeting", intent="help")
    if kinds == {"thanks"} or kinds == {"thanks", "greeting"}:
        return Refusal("answered", "thanks", intent="help")
    return None


def _resolve_unknown(
    unknown: UnknownName, question: Question, index: NameIndex
) -> Entity | AbsentPlace | Clarify | Refusal:
    """What a misspelt name is read as, or offered as; a known name elsewhere ends the search."""
    typed = unknown.typed
    elsewhere = index.elsewhere(typed)
    if elsewhere:
        return AbsentPlace(typed, elsewhere)
    scope = _scope(question, index)
    near = index.resolve_near(typed, scope) if scope else None
    looks_like_name = typed.endswith(("镇", "乡", "街道", "苏木", "街办"))
    if near is None:
        if not looks_like_name:
            return _leftover_refusal(question, typed)
        return Refusal("no_data", "unknown_place", {"name": typed})
    if near.direct and looks_like_name and not _rest_unknown(question, unknown):
        return near.entities[0]
    if _rest_unknown(question, unknown) and not looks_like_name:
        return _leftover_refusal(question, typed)
    choices = tuple(
        Choice(place_label(e), question.replaced(unknown.start, unknown.end, spelled(e)))
        for e in near.entities
    )
    return Clarify("near_place", choices, {"name": typed})


def _rest_unknown(question: Question, unknown: UnknownName) -> bool:
    return bool(question.leftover) or any(u != unknown for u in question.unknown_names)


def _leftover_refusal(question: Question, *words: str) -> Refusal:
    pieces = [piece for piece in (*words, *question.leftover) if piece.strip()]
    shown = "、".join(piece[:20] for piece in dict.fromkeys(pieces))
    return Refusal("not_understood", "leftover", {"words": shown[:80]})


def _scope(question: Question, index: NameIndex) -> tuple[Entity, ...]:
    """The store's entities that the regions named in the question allow."""
    return tuple(
        entity
        for entity in index.entities
        if all(_lies_in(entity, region.name, index) for _, region in question.regions)
    )


def _lies_in(entity: Entity, region: str, index: NameIndex) -> bool:
    return entity.region is not None and index.gazetteer.contains(entity.region, region)


def _refuse_words(question: Question) -> Refusal | None:
    kinds: dict[str, list[str]] = {}
    for mention, meaning in question.meanings:
        kinds.setdefault(meaning.kind, []).append(question.letters[mention.start : mention.end])
    if "outside" in kinds:
        return Refusal("no_data", "outside", {"words": "、".join(dict.fromkeys(kinds["outside"]))})
    if question.leftover:
        return _leftover_refusal(question)
    if "operation" in kinds:
        words = "、".join(dict.fromkeys(kinds["operation"]))
        return Refusal("not_understood", "operation", {"words": words})
    return None


def _places(
    question: Question, index: NameIndex, absent: list[AbsentPlace]
) -> tuple[tuple[Entity, ...], tuple[AbsentPlace, ...]] | Clarify | Refusal:
    """The entities that the question names, in order, each name narrowed by its regions."""
    entities: dict[Entity, None] = {}
    missing = list(absent)
    for mention, name in question.names:
        regions = _regions_for(mention, question)
        own = [e for e in name.entities if all(_lies_in(e, r, index) for r in regions)]
        if not own:
            elsewhere = [
                region
                for region in index.elsewhere(name.typed)
                if all(index.gazetteer.contains(region, r) for r in regions)
            ]
            if not name.entities or elsewhere or not regions:
                missing.append(AbsentPlace(name.typed, tuple(elsewhere or name.elsewhere)))
                continue
            return Refusal(
                "no_data",
                "wrong_region",
                {
                    "region": "".join(regions),
                    "name": name.typed,
                    "held": "、".join(place_label(e) for e in name.entities),
                },
            )
        if len(own) > 1:
            choices = tuple(
                Choice(place_label(e), question.replaced(mention.start, mention.end, spelled(e)))
                for e in own[:MAX_OFFERS]
            )
            return Clarify("which_place", choices, {"name": name.typed})
        entities[own[0]] = None
    if len(entities) > MAX_PLACES:
        return Refusal("not_understood", "too_many", {"limit": str(MAX_PLACES)})
    return tuple(entities), tuple(missing)


def _regions_for(mention: Mention, question: Question) -> list[str]:
    """The regions that narrow a name: those directly before or behind it.

    A region belongs to the next name after it; behind the last name it belongs to that.
    """
    names = [m for m, _ in question.names]
    narrowing: list[str] = []
    for region_mention, region in question.regions:
        following = [m for m in names if m.start >= region_mention.end]
        owner = following[0] if following else (names[-1] if names else None)
        if owner is mention:
            narrowing.append(region.name)
    return narrowing


def place_label(entity: Entity) -> str:
    """A name with its county or region in brackets, for choices and lists."""
    return f"{entity.name}（{entity.county or entity.region or '县区不详'}）"


def _intent(
    question: Question,
    index: NameIndex,
    entities: tuple[Entity, ...],
    absent: tuple[AbsentPlace, ...],
) -> Understood:
    kinds = [meaning.kind for _, meaning in question.meanings]
    years = _years(question)
    if isinstance(years, Refusal):
        return years
    topics = [meaning.ids[0] for _, meaning in question.meanings if meaning.kind == "topic"]
    wanted = _wanted(question)
    if isinstance(wanted, (Clarify, Refusal)):
        return wanted
    if "coverage" in kinds:
        if wanted or topics:
            return Refusal("not_understood", "operation", {"words": _words(question, "coverage")})
        return Interpretation("coverage", entities, years, absent=absent)
    if topics and wanted:
        return Refusal("not_understood", "two_things", {})
    if not topics and not wanted and not entities and not absent and not question.regions:
        return Refusal("not_understood", "nothing", {})
    if not entities and not absent:
        return _which_place(question, index, bool(topics or wanted))
    if topics:
        return Interpretation("passage", entities, years, topic=topics[0], absent=absent)
    if wanted:
        intent = "series" if years.span in ("all", "last") or years.is_range else "lookup"
        catalogue = load_catalogue()
        if intent == "lookup":
            first = catalogue.measures.get(wanted[0].measures[0])
            if len(wanted) == 1 and first is not None and first.item is None:
                intent = "derived"
            elif question.exists and not question.asks_number:
                intent = "exists"
        return Interpretation(
            "series" if intent == "series" else "derived" if intent == "derived" else "exists" if intent == "exists" else "lookup",
            entities,
            years,
            wanted,
            absent=absent,
            exists=question.exists and not question.asks_number,
        )
    if question.asks_number and not question.profile:
        return Refusal("not_understood", "no_measure", {})
    return Interpretation("profile", entities, years, absent=absent)


def _words(question: Question, kind: str) -> str:
    return "、".join(
        question.letters[m.start : m.end] for m, meaning in question.meanings if meaning.kind == kind
    )


def _which_place(question: Question, index: NameIndex, asks: bool) -> Clarify | Refusal:
    """A question that names no town: the store's towns (of the region named) as choices."""
    scope = _scope(question, index)
    regions = question.regions
    if regions and not scope:
        return Refusal("no_data", "no_region", {"region": "".join(r.name for _, r in regions)})
    if not asks and not regions:
        return Refusal("not_understood", "nothing", {})
    if len(scope) > MAX_OFFERS:
        key = "name_place_in_region" if regions else "name_place"
        return Clarify(key, _place_choices(question, scope[:MAX_OFFERS]), {"region": "".join(r.name for _, r in regions)})
    key = "region_only" if regions else "no_place"
    return Clarify(key, _place_choices(question, scope), {"region": "".join(r.name for _, r in regions)})


def _place_choices(question: Question, scope: Sequence[Entity]) -> tuple[Choice, ...]:
    text = question.text
    for mention, _ in sorted(question.regions, key=lambda pair: -pair[0].start):
        first, last = question.positions[mention.start], question.positions[mention.end - 1] + 1
        text = text[:first] + text[last:]
    return tuple(Choice(place_label(e), f"{spelled(e)}{text.strip()}") for e in scope)


def _years(question: Question) -> WantedYears | Refusal:
    found = question.years
    if not found:
        return WantedYears("latest", named=False)
    spans = {years.span for years in found}
    if spans == {"years"}:
        listed = tuple(dict.fromkeys(year for years in found for year in years.years))
        return WantedYears("years", listed, is_range=any(years.is_range for years in found))
    if len(found) == 1:
        return WantedYears(found[0].span, (), found[0].count)
    return Refusal("not_understood", "years", {})


def _wanted(question: Question) -> tuple[Wanted, ...] | Clarify | Refusal:
    """The measures asked for, each with the columns that belong to it."""
    measures = _measures(question)
    if isinstance(measures, Refusal):
        return measures
    columns = [(m, meaning.ids[0]) for m, meaning in question.meanings if meaning.kind == "column"]
    if not measures and columns:
        usual = {load_catalogue().columns[column].usual_item for _, column in columns}
        item = next(iter(usual)) if len(usual) == 1 else None
        if item is None:
            return _which_item(question, columns)
        return (Wanted((item,), tuple(dict.fromkeys(c for _, c in columns))),)
    attached: list[tuple[list[str], bool]] = [([], False) for _ in measures]
    for mention, column in columns:
        owner = _owner(mention, column, measures, question)
        if owner is None:
            return Refusal("not_understood", "column", {"column": load_catalogue().columns[column].name})
        number, adds = owner
        names, whole = attached[number]
        names.append(column)
        attached[number] = (names, whole or adds)
    if len(measures) > MAX_CELLS:
        return Refusal("not_understood", "too_many", {"limit": str(MAX_CELLS)})
    wanted = tuple(
        Wanted(meaning.ids, tuple(dict.fromkeys(names)), whole)
        for (_, meaning), (names, whole) in zip(measures, attached, strict=True)
    )
    return _check_units(question, tuple(dict.fromkeys(wanted)))


def _measures(question: Question) -> list[tuple[Mention, Meaning]] | Refusal:
    found = [(m, meaning) for m, meaning in question.meanings if meaning.kind == "measure"]
    specific = [pair for pair in found if not pair[1].generic]
    if specific:
        parts = {_part(meaning) for _, meaning in specific}
        found = [
            pair for pair in found if not pair[1].generic or _part(pair[1]) not in parts
        ]
    for (first, one), (second, other) in zip(found, found[1:], strict=False):
        if one.ids == other.ids:
            continue
        between = question.letters[first.end : second.start] if first.end <= second.start else ""
        if not _separates(between, question):
            words = question.letters[first.start : second.end]
            return Refusal("not_understood", "run_together", {"words": words[:40]})
    return found


def _part(meaning: Meaning) -> str | None:
    """The table of the form that a measure stands in; statements belong to the one they repeat."""
    form = load_form()
    catalogue = load_catalogue()
    for name in meaning.ids:
        measure = catalogue.measures.get(name)
        if measure is not None:
            items = (measure.item, *measure.sum_of) if measure.item or measure.sum_of else ()
            if measure.share is not None:
                items = measure.share.of
            return next((form.part_of(item) for item in items if item), None)
        statement = catalogue.statements.get(name)
        if statement is not None and "申请" in statement.context:
            return "applications"
        if statement is not None and statement.cell is not None:
            return form.part_of(statement.cell.split("/")[0])
    return None


def _separates(between: str, question: Question) -> bool:
    """Whether two measures are listed (和, 、, 几件) rather than run together into a new word."""
    if question.asks_number and _asks(between):
        return True
    connectors = load_phrases().harmless.connectors
    return any(fold(word) in between for word in connectors)


def _asks(between: str) -> bool:
    asked = load_phrases().asked
    words = (*asked.any, *asked.count, *asked.money, *asked.percent)
    return any(fold(word) in between for word in words)


def _owner(
    mention: Mention, column: str, measures: Sequence[tuple[Mention, Meaning]], question: Question
) -> tuple[int, bool] | None:
    """Which measure a column narrows, and whether beside its usual column (其中…) or instead.

    The nearest measure that has the column: one that it stands in or directly before, else
    the nearest before it, else the next.
    """
    fitting = [n for n, (_, meaning) in enumerate(measures) if _has_column(meaning, column)]
    if not fitting:
        return None
    inside = [n for n in fitting if measures[n][0].start <= mention.start and mention.end <= measures[n][0].end]
    if inside:
        return inside[0], False
    before = [n for n in fitting if measures[n][0].end <= mention.start]
    after = [n for n in fitting if mention.end <= measures[n][0].start]
    if after:
        between = question.letters[mention.end : measures[after[0]][0].start]
        if not _separates(between, question) and not re.search("其中", between):
            return after[0], False
    if before:
        between = question.letters[measures[before[-1]][0].end : mention.start]
        adds = _separates(between, question) or "其中" in between
        return before[-1], adds
    return after[0], False


def _has_column(meaning: Meaning, column: str) -> bool:
    form = load_form()
    catalogue = load_catalogue()
    known = catalogue.columns[column]
    needed = known.sum_of or (column,)
    for name in meaning.ids:
        measure = catalogue.measures.get(name)
        if measure is None or measure.share is not None:
            continue
        items = (measure.item,) if measure.item else measure.sum_of
        if all(set(needed) <= set(form.columns_of(item)) for item in items):
            return True
    return False


def _which_item(
    question: Question, columns: Sequence[tuple[Mention, str]]
) -> Clarify | Refusal:
    """A result (纠正) without saying of what: the measures that have it, as choices."""
    catalogue = load_catalogue()
    mention, column = columns[0]
    choices = [
        Choice(
            f"{measure.name}：{catalogue.columns[column].name}",
            question.replaced(mention.start, mention.start + 1, measure.terms[0].replace(" ", "") + question.text[question.positions[mention.start]]),
        )
        for measure in catalogue.measures.values()
        if measure.item and measure.terms and column in load_form().columns_of(measure.item)
        and load_form().part_of(measure.item) == "reviews"
    ]
    if not choices:
        return Refusal("not_understood", "column", {"column": catalogue.columns[column].name})
    return Clarify("which_measure", tuple(choices[:MAX_OFFERS]), {})


def _check_units(question: Question, wanted: tuple[Wanted, ...]) -> tuple[Wanted, ...] | Refusal:
    """Refuses a question whose question words ask for another kind of quantity (多少万元申请)."""
    if not question.asked:
        return wanted
    classes: set[str] = set()
    for want in wanted:
        classes |= _unit_classes(want)
    if classes and not question.asked <= classes:
        return Refusal("not_understood", "unit", {})
    return wanted


def _unit_classes(wanted: Wanted) -> set[str]:
    catalogue = load_catalogue()
    form = load_form()
    classes: set[str] = set()
    for name in wanted.measures:
        entry: Measure | Statement | None = catalogue.measures.get(name) or catalogue.statements.get(name)
        if isinstance(entry, Statement):
            classes.add(entry.unit_class)
        elif entry is not None and entry.share is not None:
            classes.add("percent")
        elif entry is not None:
            for item in (entry.item,) if entry.item else entry.sum_of:
                columns = (entry.column,) if entry.column else form.columns_of(item)
                for column in columns:
                    units = {
                        c.unit
                        for edition in form.editions.values()
                        for table in edition.tables.values()
                        for row in table.rows
                        if row.item == item
                        for c in row.columns
                        if c.column == column
                    }
                    classes |= {"money" if "元" in unit else "count" for unit in units}
    return classes


def topic_name(topic: str) -> str:
    """The Chinese name of a topic."""
    return load_topics()[topic].name
