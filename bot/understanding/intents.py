"""From spans to one interpretation, to choices, or to a refusal; every word accounted for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.understanding.about import read_about, read_towns
from bot.understanding.deciding import decide
from bot.understanding.interpretation import (
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
from bot.understanding.measure_relations import has_column, of_lawsuits
from bot.understanding.measures import MeasureReading, spoken
from bot.understanding.otherwise import in_other_words
from bot.understanding.phrases import Meaning, load_phrases
from bot.understanding.places import (
    each_held,
    find_places,
    leftover_refusal,
    place_label,
    resolve_unknown,
    scope_of,
    spelled,
    with_place,
)
from bot.understanding.question import MAX_QUESTION, Question, read_question
from bot.understanding.refusing import refuse_words, talk
from bot.understanding.region_owners import outer_regions
from bot.understanding.tails import with_tail_told
from bot.understanding.task_making import CHANGES
from bot.understanding.units import asks_persons, bases, check_units, is_stock
from bot.understanding.word_search import find_word_question, read_word_question
from knowledge.catalogue import load_catalogue
from knowledge.entities import MAX_OFFERS, NameIndex, NameMention
from knowledge.form import load_form
from knowledge.model import Entity
from knowledge.years import Years

MAX_CELLS = 12
"""Measures of one question; more is a list of words, no question."""


MAX_CANDIDATES = 50
"""Places tried as choices for a question that names none; the first five that answer are shown."""


MAX_AGAIN = 3
"""How often the words of one question are put in others: once nearly always; text that could be
for ever is no question."""


def understand(text: str, index: NameIndex, today: date, times: int = 0) -> Understood:
    """What a question asks for. Pure: the same words, names and day give the same result.

    `times`: how often its words have been put in others.
    """
    if not text.strip():
        return Refusal("not_understood", "empty")
    if len(text) > MAX_QUESTION:
        return Refusal("not_understood", "too_long", {"limit": str(MAX_QUESTION)})
    question = read_question(text.strip(), index, today)
    if _means_previous_year(question):
        question = read_question(text.strip(), index, today, previous_year=True)
    said = talk(question)
    if said is not None:
        return said
    told = with_tail_told(question)
    if told is not None:
        again = understand(told, index, today)
        if isinstance(again, Interpretation):
            return again
    understood = _understand_figures(question, index, today)
    if isinstance(understood, Interpretation) and understood.around_years is None:
        understood = replace(
            understood,
            around_years=_around_years(question),
            around_measure=_around_measure(question),
        )
    if times < MAX_AGAIN:
        otherwise = in_other_words(
            question, understood, lambda said: understand(said, index, today, times + 1)
        )
        if otherwise is not None:
            return otherwise
    searched = _understand_words(text, index, today, understood)
    if isinstance(searched, Refusal) and isinstance(understood, Interpretation):
        return understood  # 有没有危及“三安全一稳定”的情况 is a figure, whatever the word would be
    return searched or understood


def _understand_words(
    text: str, index: NameIndex, today: date, understood: Understood
) -> Understood | None:
    """A question about a word in the text; None if it is none, if its topic is known, or if it
    has another reading and the words around it are no certain sign."""
    if isinstance(understood, Interpretation) and understood.topic is not None:
        return None

    def read(part: str) -> Question:
        return read_question(part, index, today)

    near = isinstance(understood, Clarify) and understood.key == "near_place"
    asked = find_word_question(text, read, weak=near or isinstance(understood, Refusal))
    if asked is None:
        return None
    return read_word_question(asked, read, lambda rest: understand(rest, index, today))


def _understand_figures(question: Question, index: NameIndex, today: date) -> Understood:
    read_as: list[tuple[str, Entity]] = []
    absent: list[AbsentPlace] = []
    for unknown in question.unknown_names:
        resolved = resolve_unknown(unknown, question, index)
        if isinstance(resolved, (Clarify, Refusal)):
            return resolved
        if isinstance(resolved, AbsentPlace):
            absent.append(resolved)
            continue
        renamed = with_place(question, unknown.start, unknown.end, resolved, index)
        read_as.append((unknown.typed, resolved))
        again = understand(renamed, index, today)
        if isinstance(again, Interpretation):
            again = replace(again, read_as=(*read_as, *again.read_as))
        return again
    refusal = refuse_words(question)
    if refusal is not None:
        return refusal
    places = find_places(question, index, absent)
    if isinstance(places, (Clarify, Refusal)):
        return places
    return _intent(question, index, *places)


def _around_years(question: Question) -> tuple[str, str] | None:
    """What is typed before and behind the question's one mention of years."""
    if not question.years:
        return "", question.text
    if len(question.years) > 1:
        return None
    (years,) = question.years
    first, last = question.positions[years.start], question.positions[years.end - 1] + 1
    return question.text[:first], question.text[last:]


def _around_measure(question: Question) -> tuple[str, str] | None:
    """What is typed before and behind the question's one measure that may be several."""
    found = [
        mention
        for mention, meaning in question.meanings
        if meaning.kind == "measure" and len(meaning.ids) > 1
    ]
    if len(found) != 1:
        return None
    positions, text = question.positions, question.text
    (first, last), *others = found[0].pieces
    behind = ""
    at = positions[last - 1] + 1
    for start, end in others:
        behind += text[at : positions[start]]
        at = positions[end - 1] + 1
    return text[: positions[first]], behind + text[at:]


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
    stocks = [is_stock(name, want.columns) for want in wanted for name in want.measures]
    if question.year_end and (question.together or not (stocks and all(stocks))):
        # What happened, asked for by the end of a year, may be meant of all years until then.
        return leftover_refusal(question, *question.year_end)
    of_report = "source" in kinds and not wanted and bool(entities or absent)
    if "coverage" in kinds or "meta" in kinds or of_report:
        if wanted or topics or question.operations or question.amounts:
            words = _words(question, "coverage") or _words(question, "meta")
            return Refusal("not_understood", "operation", {"words": words})
        about = read_about(question, entities, absent, years)
        return about if about is not None else _which_place(question, index, True)
    if topics and wanted:
        return Refusal("not_understood", "two_things", {})
    exists = question.exists and not question.asks_number
    asks = any(operation.kind == "is_it" for _, operation in question.operations)
    if wanted and (question.exists or asks) and question.quantified:
        return Refusal("not_understood", "quantified", {})
    order = _order(question)
    if wanted and not _plain_order(order) and not _relates(question, wanted, order):
        return Refusal("not_understood", "interleaved", {})
    if wanted:
        pairs = _pairs(order, entities, years)
        intent = _figure_intent(wanted, years, exists)
        base = Interpretation(
            intent,
            entities,
            years,
            wanted,
            absent=absent,
            exists=exists,
            pairs=pairs,
            persons=asks_persons(question, wanted),
            bases=bases(question),
        )
        decided = decide(question, index, base, outer_regions(question))
        nowhere = isinstance(decided, Interpretation) and decided.scope is None
        if nowhere and not entities and not absent:
            return _which_place(question, index, True)
        if decided is not None:
            return decided
    elif question.operations or question.amounts:
        words = "、".join(
            question.typed(m.start, m.end) for m, _ in (*question.operations, *question.amounts)
        )
        return Refusal("not_understood", "operation", {"words": words[:60]})
    elif question.place_sets and not topics:
        alone = {places.quantifier for _, places in question.place_sets} <= {"count_alone"}
        if question.together or alone:
            return Refusal("not_understood", "no_measure", {})  # 有几个, of what?
        if entities or absent:
            return leftover_refusal(
                question, *(question.typed(m.start, m.end) for m, _ in question.place_sets)
            )
        return read_towns(question, years)
    if not topics and not wanted and not entities and not absent and not question.regions:
        return Refusal("not_understood", "nothing", {})
    if not entities and not absent:
        return _which_place(question, index, bool(topics or wanted))
    if topics:
        return Interpretation("passage", entities, years, topic=topics[0], absent=absent)
    if wanted:
        return base
    counts = question.classifiers or not question.profile  # 总结几份 asks for no overview
    if question.together or (question.asks_number and counts):
        return Refusal("not_understood", "no_measure", {})
    if question.letters.startswith("那") and question.letters.rstrip("?？。!！").endswith("呢"):
        return Refusal("not_understood", "no_measure", {})  # 那南庄镇呢, with nothing before it
    if exists and question.profile:
        return Interpretation("meta", entities, years, absent=absent)
    if exists:
        return Refusal("not_understood", "no_measure", {})  # 都是景芝的吗: is what?
    return Interpretation("profile", entities, years, absent=absent)


def _order(question: Question) -> str:
    """The kinds of mention in the order of the words: P a place, Y a year, M a measure."""
    letters = ""
    named = any(years.span != "all" for years in question.years)
    for mention in question.mentions:
        if isinstance(mention.value, Years) and mention.value.span == "all" and named:
            continue  # 2019到2024年每年
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


def _relates(question: Question, wanted: tuple[Wanted, ...], order: str) -> bool:
    """Whether places or years stand on both sides of the one measure because they are compared
    (A收到的申请是B的几倍), not because two things are asked."""
    relating = {"than", "ratio", "difference", "more_by", "less_by", "comparison"}
    if question.exists:
        relating |= {"more", "less"}  # A的申请有没有B多
    related = any(operation.kind in relating for _, operation in question.operations)
    return related and len(wanted) == 1 and order.count("M") == 1


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
    if years.span in ("all", "last", "since") or years.is_range:
        return "series"
    measure = load_catalogue().measures.get(wanted[0].measures[0])
    if len(wanted) == 1 and measure is not None and measure.item is None:
        return "exists" if exists else "derived"
    return "exists" if exists else "lookup"


def _words(question: Question, kind: str) -> str:
    return "、".join(
        question.letters[m.start : m.end]
        for m, meaning in question.meanings
        if meaning.kind == kind
    )


def _which_place(question: Question, index: NameIndex, asks: bool) -> Clarify | Refusal:
    """A question that names no town: the store's towns (of the region named) as choices."""
    scope = scope_of(question, index)
    regions = question.regions
    if regions and not scope and each_held(question, index):
        return Refusal("not_understood", "interleaved", {})
    if regions and not scope:
        return Refusal("no_data", "no_region", {"region": "".join(r.name for _, r in regions)})
    if not asks and not regions:
        return Refusal("not_understood", "nothing", {})
    if len(scope) > MAX_OFFERS:
        key = "name_place_in_region" if regions else "name_place"
    else:
        key = "region_only" if regions else "no_place"
    region = "".join(r.name for _, r in regions)
    choices = _place_choices(question, scope[:MAX_CANDIDATES])
    if regions and len(scope) > 1:
        choices = (_total_choice(question, region, len(scope)), *choices)
    return Clarify(key, choices, {"region": region})


def _total_choice(question: Question, region: str, count: int) -> Choice:
    """The sum over the towns of a region that the store holds."""
    rest = _place_choices(question, (Entity(""),))[0].question
    return Choice(f"{region}收录的 {count} 个地方合计", f"{region}各乡镇街道合计{rest}")


def _place_choices(question: Question, scope: Sequence[Entity]) -> tuple[Choice, ...]:
    text = question.text
    for mention, _ in sorted(question.regions, key=lambda pair: -pair[0].start):
        first, last = question.positions[mention.start], question.positions[mention.end - 1] + 1
        text = text[:first] + text[last:]
    return tuple(Choice(place_label(e), f"{spelled(e)}{text.strip()}") for e in scope)


_SAME = ("也就是", "就是", "即", "也即", "也就是说", "(", "=", "是")
"""Between two years: the same year is meant, and said twice."""

_COMPARED = ("than", "comparison", *CHANGES, "more_by", "less_by")


def _years(question: Question) -> WantedYears | Refusal:
    found = question.years
    if len({years.span for years in found}) > 1:
        # 2019到2024年每年: 每年 only says that each is meant. In 2023年是历年最多吗 it does not.
        found = tuple(years for years in found if years.span != "all")
        if len(found) == 1 and found[0].span in ("years", "latest") and len(found[0].years) < 2:
            return Refusal("not_understood", "years", {})
    if not found:
        return WantedYears("latest", named=False)
    spans = {years.span for years in found}
    if spans == {"years"}:
        for first, second in zip(found, found[1:], strict=False):
            between = question.letters[first.end : second.start]
            of_report = between.strip("的,") in load_phrases().harmless.of_report
            same = between in _SAME and first.years != second.years
            if between in ("", "的") or of_report or same:
                return Refusal("not_understood", "years", {})  # 2020年的去年, 今年也就是2019年
            compared = any(
                operation.kind in _COMPARED and m.start >= first.end
                for m, operation in question.operations
            )
            if compared and second.relative and not first.relative:
                # 2023年比去年, 2023年申请与去年相比: the year before that, or before this one?
                return Refusal("not_understood", "years", {})
        listed = tuple(dict.fromkeys(year for years in found for year in years.years))
        return WantedYears("years", listed, is_range=any(years.is_range for years in found))
    if len(found) == 1:
        return WantedYears(found[0].span, found[0].years, found[0].count)
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
        return leftover_refusal(question, *receiver)
    wanted = reading.attach()
    if isinstance(wanted, Refusal):
        return wanted
    return check_units(question, tuple(dict.fromkeys(wanted)))


def _columns_alone(
    question: Question, reading: MeasureReading
) -> tuple[Wanted, ...] | Clarify | Refusal:
    """Columns without a measure (木耳镇有多少企业 asks for no requests): the reply asks back,
    with the usual measure of the catalogue, else with every row that has the column.

    What only lawsuits have (败诉几件) is asked of all of them."""
    catalogue = load_catalogue()
    columns = [ids[0] for _, ids in reading.columns]
    if not columns:
        return ()
    mention, (column, *_) = reading.columns[0]
    lost = any(meaning.lawsuits for m, meaning in question.meanings if m == mention)
    if lost and len(columns) == 1 and not question.operations:
        whole = [m.id for m in catalogue.measures.values() if of_lawsuits((m.id,)) and m.sum_of]
        return (Wanted(tuple(whole), (column,)),)
    choices = tuple(
        Choice(
            f"{measure.name}：{catalogue.columns[column].name}",
            question.replaced(
                mention.start,
                mention.end,
                spoken(phrase) + question.typed(mention.start, mention.end),
            ),
        )
        for measure in catalogue.measures.values()
        if measure.item is not None
        and measure.id == measure.item
        and catalogue.columns[column].usual_item in (None, measure.id)
        and column in load_form().columns_of(measure.item)
        and (not lost or of_lawsuits((measure.id,)))
        for phrase in (*measure.terms, *measure.asked)[:1]
    )
    if not choices:
        return Refusal("not_understood", "column", {"column": catalogue.columns[column].name})
    return Clarify("which_measure", choices)
