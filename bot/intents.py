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
    Intent,
    Interpretation,
    Refusal,
    Understood,
    Wanted,
    WantedYears,
)
from bot.measures import MeasureReading, has_column
from bot.phrases import Meaning, load_phrases
from bot.question import ENDINGS, MAX_QUESTION, Mention, Question, UnknownName, read_question
from knowledge.catalogue import Measure, Statement, UnitClass, load_catalogue
from knowledge.entities import MAX_OFFERS, NameIndex, NameMention
from knowledge.form import load_form
from knowledge.model import CellId, Entity
from knowledge.years import Years

MAX_CELLS = 12
"""Measures of one question; more is a list of words, no question."""

MAX_PLACES = 10

MAX_CANDIDATES = 50
"""Places tried as choices for a question that names none; the first five that answer are shown."""


def understand(text: str, index: NameIndex, today: date) -> Understood:
    """What a question asks for. Pure: the same words, names and day give the same result."""
    if not text.strip():
        return Refusal("not_understood", "empty")
    if len(text) > MAX_QUESTION:
        return Refusal("not_understood", "too_long", {"limit": str(MAX_QUESTION)})
    question = read_question(text.strip(), index, today)
    if _means_previous_year(question):
        question = read_question(text.strip(), index, today, previous_year=True)
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
    return _intent(question, index, *places)


def _means_previous_year(question: Question) -> bool:
    """Whether 上一年 is a year: no other year is named, and no measure has such a column."""
    known = load_catalogue().columns
    columns = [meaning for _, meaning in question.meanings if meaning.kind == "column"]
    measures = [meaning for _, meaning in question.meanings if meaning.kind == "measure"]
    return not question.years and not any(
        has_column(measure, name)
        for column in columns
        for name in column.ids
        if known[name].previous_year
        for measure in measures
    )


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
    looks_like_name = typed.endswith(ENDINGS)
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
        kinds.setdefault(meaning.kind, []).append(question.typed(mention.start, mention.end))
    if "outside" in kinds:
        return Refusal("no_data", "outside", {"words": "、".join(dict.fromkeys(kinds["outside"]))})
    if question.leftover or question.unclear:
        return _leftover_refusal(question, *question.unclear)
    if "cause" in kinds:
        words = "、".join(dict.fromkeys(kinds["cause"]))
        return Refusal("not_understood", "cause", {"words": words})
    if "operation" in kinds:
        words = "、".join(dict.fromkeys(kinds["operation"]))
        return Refusal("not_understood", "operation", {"words": words})
    return None


def _places(
    question: Question, index: NameIndex, absent: list[AbsentPlace]
) -> tuple[tuple[Entity, ...], tuple[AbsentPlace, ...]] | Clarify | Refusal:
    """The entities that the question names, in order, each name narrowed by its regions."""
    if apart := _apart_regions(question):
        return _leftover_refusal(question, *apart)
    if odd := _odd_names(question):
        return _leftover_refusal(question, *odd)
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


def _odd_names(question: Question) -> list[str]:
    """Names that stand where they are no subject: run together with another name, or inside a
    measure (收到官坡镇的申请) unless something is addressed to them (向景芝镇申请)."""
    odd: list[str] = []
    addressed = load_phrases().harmless.addressed
    pairs = zip(question.names, question.names[1:], strict=False)
    for (first, _), (second, name) in pairs:
        between = question.letters[first.end : second.start]
        if not between and name.short and not question.gap(second.start):
            odd.append(question.typed(first.start, second.end))
        if between.endswith(addressed):
            odd.append(question.typed(first.end, second.end))  # 景芝镇给官坡镇…
    measures = [m for m, meaning in question.meanings if meaning.kind == "measure"]
    for mention, _ in question.names:
        inside = any(m.start < mention.start and mention.end < m.end for m in measures)
        if inside and not question.letters[: mention.start].endswith(addressed):
            odd.append(question.typed(mention.start, mention.end))
    return odd


def _regions_for(mention: Mention, question: Question) -> list[str]:
    """The regions that narrow a name: those written directly before it (的 may stand between)
    or in brackets or after a blank directly behind it."""
    return [
        region.name
        for region_mention, region in question.regions
        if _owner_of(region_mention, question) is mention
    ]


def _owner_of(region: Mention, question: Question) -> Mention | None:
    """The name that a region narrows, None if it stands apart from all of them."""
    spans = {m.start: m for m, _ in question.regions}
    names = {m.start: m for m, _ in question.names}
    end = region.end
    while end in spans or question.letters[end : end + 1] == "的":
        end = spans[end].end if end in spans else end + 1
    if end in names:
        return names[end]
    before = question.letters[: region.start].rstrip("(（[【,，")
    return next((m for m, _ in question.names if m.end == len(before)), None)


def _apart_regions(question: Question) -> list[str]:
    """Regions that narrow no name although towns are named: they are about something else."""
    if not question.names:
        return []
    return [
        question.typed(m.start, m.end)
        for m, _ in question.regions
        if _owner_of(m, question) is None
    ]


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
    exists = question.exists and not question.asks_number
    if wanted and question.exists and question.quantified:
        return Refusal("not_understood", "quantified", {})
    order = _order(question)
    if wanted and not _plain_order(order):
        return Refusal("not_understood", "interleaved", {})
    several = (
        len(entities) + len(absent) > 1 or len(years.years) > 1 or years.span in ("all", "last")
    )
    if wanted and question.together and several:
        return Refusal("not_understood", "operation", {"words": "合计"})
    if wanted:
        intent = _figure_intent(wanted, years, exists)
        pairs = _pairs(order, entities, years)
        return Interpretation(
            intent, entities, years, wanted, absent=absent, exists=exists, pairs=pairs
        )
    if question.asks_number and not question.profile:
        return Refusal("not_understood", "no_measure", {})
    if exists and question.profile:
        return Interpretation("meta", entities, years, absent=absent)
    return Interpretation("profile", entities, years, absent=absent)


def _order(question: Question) -> str:
    """The kinds of mention in the order of the words: P a place, Y a year, M a measure."""
    letters = ""
    for mention in question.mentions:
        if isinstance(mention.value, NameMention):
            letters += "P"
        elif isinstance(mention.value, Years):
            letters += "Y"
        elif isinstance(mention.value, Meaning) and mention.value.kind == "measure":
            letters += "M"
    return letters


def _plain_order(order: str) -> bool:
    """Whether places and years are not divided by measures, so that all are meant for all.

    景芝镇2020年收到几件，官坡镇2023年不予公开几件 is two questions in one.
    """
    return not re.search("P.*M.*P", order) and not re.search("Y.*M.*Y", order)


def _pairs(
    order: str, entities: tuple[Entity, ...], years: WantedYears
) -> tuple[tuple[Entity, int], ...]:
    """木耳镇2019年、景芝镇2020年: each place with its own year; empty where none is paired."""
    count = len(entities)
    paired = order.replace("M", "") in ("PY" * count, "YP" * count)
    if count < 2 or not paired or len(years.years) != count:
        return ()
    return tuple(zip(entities, years.years, strict=True))


def _figure_intent(wanted: tuple[Wanted, ...], years: WantedYears, exists: bool) -> Intent:
    if years.span in ("all", "last") or years.is_range:
        return "series"
    measure = load_catalogue().measures.get(wanted[0].measures[0])
    if len(wanted) == 1 and measure is not None and measure.item is None:
        return "derived"
    return "exists" if exists else "lookup"


def _words(question: Question, kind: str) -> str:
    return "、".join(
        question.letters[m.start : m.end]
        for m, meaning in question.meanings
        if meaning.kind == kind
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
        return Clarify(
            key,
            _place_choices(question, scope[:MAX_CANDIDATES]),
            {"region": "".join(r.name for _, r in regions)},
        )
    key = "region_only" if regions else "no_place"
    return Clarify(
        key, _place_choices(question, scope), {"region": "".join(r.name for _, r in regions)}
    )


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
        for first, second in zip(found, found[1:], strict=False):
            if question.letters[first.end : second.start] in ("", "的"):
                return Refusal("not_understood", "years", {})  # 2020年的去年
        listed = tuple(dict.fromkeys(year for years in found for year in years.years))
        return WantedYears("years", listed, is_range=any(years.is_range for years in found))
    if len(found) == 1:
        return WantedYears(found[0].span, (), found[0].count)
    return Refusal("not_understood", "years", {})


def _wanted(question: Question) -> tuple[Wanted, ...] | Clarify | Refusal:
    """The measures asked for, each with the columns that belong to it."""
    reading = MeasureReading(question)
    refusal = reading.run_together()
    if refusal is not None:
        return refusal
    if len(reading.measures) > MAX_CELLS:
        return Refusal("not_understood", "too_many", {"limit": str(MAX_CELLS)})
    if not reading.measures:
        return _columns_alone(question, reading)
    if receiver := reading.receivers():
        return _leftover_refusal(question, *receiver)
    wanted = reading.attach()
    if isinstance(wanted, Refusal):
        return wanted
    return _check_units(question, tuple(dict.fromkeys(wanted)))


def _columns_alone(
    question: Question, reading: MeasureReading
) -> tuple[Wanted, ...] | Clarify | Refusal:
    """Columns without a measure (木耳镇有多少企业 asks for no requests): the reply asks back,
    with the usual measure of the catalogue, else with every row that has the column."""
    catalogue = load_catalogue()
    columns = [ids[0] for _, ids in reading.columns]
    if not columns:
        return ()
    mention, (column, *_) = reading.columns[0]
    choices = tuple(
        Choice(
            f"{measure.name}：{catalogue.columns[column].name}",
            question.replaced(
                mention.start, mention.end, phrase + question.typed(mention.start, mention.end)
            ),
        )
        for measure in catalogue.measures.values()
        if measure.item is not None
        and measure.id == measure.item
        and catalogue.columns[column].usual_item in (None, measure.id)
        and column in load_form().columns_of(measure.item)
        for phrase in (*measure.terms, *measure.asked)[:1]
    )
    if not choices:
        return Refusal("not_understood", "column", {"column": catalogue.columns[column].name})
    return Clarify("which_measure", choices)


def _check_units(question: Question, wanted: tuple[Wanted, ...]) -> tuple[Wanted, ...] | Refusal:
    """Refuses a question whose question words ask for another kind of quantity (多少万元申请),
    or whose classifier the measure does not take (有几个公众号)."""
    if not all(_takes(question, want) for want in wanted):
        return Refusal("not_understood", "unit", {})
    if not question.asked:
        return wanted
    classes: set[str] = set()
    for want in wanted:
        classes |= _unit_classes(want)
    if not classes or question.asked <= classes:
        return wanted
    others = _cells_beside(wanted, question.asked - classes)
    return (*wanted, *others) if others else Refusal("not_understood", "unit", {})


def _takes(question: Question, wanted: Wanted) -> bool:
    catalogue = load_catalogue()
    phrases = load_phrases()
    letters = question.letters
    requests = any(word in letters for word in phrases.request_words.words)
    for name in wanted.measures:
        statement = catalogue.statements.get(name)
        measure = catalogue.measures.get(name)
        counts_people = statement is not None and statement.unit in ("人", "名", "人次")
        asks_people = measure is not None and measure.people
        if "people" in question.classifiers and not (counts_people or asks_people):
            return False
        if "cases" in question.classifiers and measure is not None and measure.item:
            if any(_units(measure.item, column) == {"项"} for column in wanted.columns):
                return False  # 上一年行政许可多少件: the column counts 项
        if "items" in question.classifiers and measure is not None and measure.item:
            plain = measure.column is not None and not wanted.columns
            disclosure = load_form().part_of(measure.item) == "disclosure"
            if plain and disclosure and _units(measure.item, measure.column or "") == {"件"}:
                return False  # 行政处罚事项多少项: decisions are counted in 件
        entries = statement is not None and statement.unit == "条"
        if "things" in question.classifiers and entries:
            return False
        about_requests = statement is None or "申请" in statement.context
        if "entries" in question.classifiers and about_requests and "申请" not in letters:
            return False
        reason = any(name in group.sum_of for group in catalogue.measures.values())
        if reason and not requests and question.classifiers & {"papers", "entries", "things"}:
            return False  # 国家秘密几份
    return True


def _units(item: str, column: str) -> set[str]:
    form = load_form()
    return {
        form.unit(CellId(item, column), edition)
        for edition in form.editions_with(CellId(item, column))
    }


def _cells_beside(wanted: tuple[Wanted, ...], lacking: frozenset[UnitClass]) -> tuple[Wanted, ...]:
    """采购了几个项目，多少钱: the cells of the same row that count in the other units asked for."""
    catalogue = load_catalogue()
    rows = {
        measure.item
        for want in wanted
        for name in want.measures
        if (measure := catalogue.measures.get(name)) is not None and measure.item is not None
    }
    if len(rows) != 1:
        return ()
    beside = tuple(
        Wanted((measure.id,))
        for measure in catalogue.measures.values()
        if measure.item in rows
        and measure.column is not None
        and _unit_classes(Wanted((measure.id,))) <= lacking
    )
    found = {unit for want in beside for unit in _unit_classes(want)}
    return beside if found == set(lacking) else ()


def _unit_classes(wanted: Wanted) -> set[str]:
    catalogue, form = load_catalogue(), load_form()
    classes: set[str] = set()
    for name in wanted.measures:
        entry: Measure | Statement | None = catalogue.measures.get(
            name
        ) or catalogue.statements.get(name)
        if isinstance(entry, Statement):
            classes.add(entry.unit_class)
        elif entry is not None and entry.share is not None:
            classes.add("percent")
        elif entry is not None:
            for item in (entry.item,) if entry.item else entry.sum_of:
                columns = (entry.column,) if entry.column else form.columns_of(item)
                for column in columns:
                    classes |= {
                        "money" if "元" in unit else "count" for unit in _units(item, column)
                    }
    return classes
