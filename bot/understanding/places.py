"""Which places a question means: exact names narrowed by regions, misspelt ones read or offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.covering import PUNCTUATION
from bot.understanding.interpretation import AbsentPlace, Choice, Clarify, Refusal
from bot.understanding.mentions import ENDINGS, Mention, UnknownName
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question
from bot.understanding.region_owners import apart_regions, regions_before, regions_for, start_of
from knowledge.entities import MAX_OFFERS, NameIndex, NameMention
from knowledge.model import Entity
from knowledge.text import fold
from knowledge.years import Years

MAX_PLACES = 10
"""Places of one question; more is a list of names, no question."""

_ADVERBS = ("", "一共", "总共", "共", "都")
"""Between a place and the verb that belongs to the noun in front of it."""

SENT_FROM = ("来自", "来自于")
"""Before a town these say where something came from, which no report tells by towns."""


def _is_unique(entity: Entity, index: NameIndex | None) -> bool:
    """Whether name and county tell the store's entity from all others (鼓楼区 is in many cities)."""
    alike = index.by_name(entity.name) if index is not None else ()
    return sum(other.county == entity.county for other in alike) <= 1


def _whole_region(entity: Entity) -> str:
    return (entity.region or "").replace("/", "")


def spelled(entity: Entity, index: NameIndex | None = None) -> str:
    """The name that means this entity alone: with its county (or region) in front."""
    county = entity.county if _is_unique(entity, index) else None
    return f"{county or _whole_region(entity)}{entity.name}"


def place_label(entity: Entity, index: NameIndex | None = None) -> str:
    """A name with its county or region in brackets, for choices and lists."""
    county = entity.county if _is_unique(entity, index) else _whole_region(entity)
    return f"{entity.name}（{county or entity.region or '县区不详'}）"


def with_place(question: Question, start: int, end: int, entity: Entity, index: NameIndex) -> str:
    """The question with its letters from start to end replaced by a place, and with its own
    county before each later town, which the county of that place would else seem to hold."""
    put = [(start, end, spelled(entity, index))]
    put += [
        (m.start, m.end, spelled(name.entities[0], index))
        for m, name in question.names
        if m.start >= end and len(name.entities) == 1 and not regions_for(m, question)
    ]
    text = question.text
    for first, last, words in sorted(put, reverse=True):
        text = text[: question.positions[first]] + words + text[question.positions[last - 1] + 1 :]
    return text


def _choices(
    entities: Sequence[Entity], start: int, end: int, question: Question, index: NameIndex
) -> tuple[Choice, ...]:
    """The question with its letters from start to end replaced by each of these places."""
    return tuple(
        Choice(place_label(e, index), with_place(question, start, end, e, index))
        for e in entities[:MAX_OFFERS]
    )


def resolve_unknown(
    unknown: UnknownName, question: Question, index: NameIndex
) -> Entity | AbsentPlace | Clarify | Refusal:
    """What a misspelt name is read as, or offered as; a known name elsewhere ends the search."""
    named = [region.name for _, region in question.regions]
    readings = _readings(unknown.typed, index)
    typed = readings[0].name
    for reading in readings:
        elsewhere = index.elsewhere(reading.name)
        if elsewhere and not reading.regions:
            return absent_place(reading.name, elsewhere, index)
        former = former_place(reading.name, [*named, *reading.regions], index)
        if former is not None:
            return former
    found: dict[Entity, None] = {}
    direct: list[bool] = []
    for reading in readings:
        scope = index.scope([*named, *reading.regions])
        near = index.resolve_near(reading.name, scope) if scope.entities else None
        if near is not None:
            found.update(dict.fromkeys(near.entities))
            direct.append(near.direct)
    looks_like_name = typed.endswith(ENDINGS)
    if not found:
        if not looks_like_name:
            return leftover_refusal(question, typed)
        return Refusal("no_data", "unknown_place", {"name": typed})
    safe = len(found) == 1 and all(direct)
    if safe and looks_like_name and not _rest_unknown(question, unknown):
        return next(iter(found))
    if _rest_unknown(question, unknown) and not looks_like_name:
        return leftover_refusal(question, typed)
    choices = _choices(list(found), unknown.start, unknown.end, question, index)
    return Clarify("near_place", choices, {"name": typed})


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to divide misspelt words into regions and the name behind them."""

    regions: tuple[str, ...]
    name: str


def _readings(typed: str, index: NameIndex) -> list[_Reading]:
    """The ways to divide them. Behind a region's full name (遵化市) there is only one; a short
    one (和平) may as well be the beginning of the name."""
    gazetteer, letters = index.gazetteer, fold(typed)
    readings = [_Reading((), typed)]
    regions: list[str] = []
    start = 0
    while (region := gazetteer.region_at(letters, start)) is not None:
        inside = gazetteer.regions[region]
        if regions and not any(gazetteer.contains(path, regions[-1]) for path in inside):
            break
        start += len(region)
        regions.append(region)
        if len(letters) - start < 2:
            break
        reading = _Reading(tuple(regions), typed[start:])
        if gazetteer.is_full_name(region):
            readings = [reading]
        else:
            readings.append(reading)
    return readings


def former_place(
    typed: str, regions: Sequence[str], index: NameIndex
) -> Entity | AbsentPlace | None:
    """Whom a name means that a town had once, in these regions: the store's entity of the name
    of today if the town only changed its name, else a place that is gone. None if no such."""
    found = [
        renaming
        for renaming in index.gazetteer.old_towns.get(fold(typed), ())
        if all(
            index.gazetteer.contains(renaming.new.rpartition("/")[0], region) for region in regions
        )
    ]
    if len(found) != 1:
        return None
    renaming = found[0]
    parent = renaming.new.rpartition("/")[0]
    held = tuple(e for e in index.by_name(renaming.new_name) if e.region == parent)
    held = held or index.within(renaming.new)
    if len(held) == 1 and not renaming.merged and held[0].name == renaming.new_name:
        return held[0]
    return AbsentPlace(typed, (parent,), renaming, held, renaming.new_name if held else "")


def absent_place(typed: str, regions: Sequence[str], index: NameIndex) -> AbsentPlace:
    """A place that exists in these regions and is not in the store, with the nearest that is."""
    if len(regions) != 1:
        return AbsentPlace(typed, tuple(regions))  # which county is meant, nobody knows
    county = regions[0]
    city = county.rpartition("/")[0]
    for path in (county, city):
        if path == city and not ("/" in city or city.endswith("市")):
            break
        if held := index.within(path):
            return AbsentPlace(typed, (county,), None, held, path.rpartition("/")[2])
    return AbsentPlace(typed, (county,))


def _rest_unknown(question: Question, unknown: UnknownName) -> bool:
    return bool(question.leftover) or any(u != unknown for u in question.unknown_names)


def leftover_refusal(question: Question, *words: str) -> Refusal:
    pieces = [piece for piece in (*words, *question.leftover) if piece.strip()]
    shown = "、".join(piece[:20] for piece in dict.fromkeys(pieces))
    return Refusal("not_understood", "leftover", {"words": shown[:80]})


def scope_of(question: Question, index: NameIndex) -> tuple[Entity, ...]:
    """The store's entities that the regions named in the question allow."""
    return index.scope([region.name for _, region in question.regions]).entities


def each_held(question: Question, index: NameIndex) -> bool:
    """Whether the store has reports of every region named, though of none within the others."""
    return all(index.scope([region.name]).entities for _, region in question.regions)


def _lies_in(entity: Entity, region: str, index: NameIndex) -> bool:
    return entity.region is not None and index.gazetteer.contains(entity.region, region)


def find_places(
    question: Question, index: NameIndex, absent: list[AbsentPlace]
) -> tuple[tuple[Entity, ...], tuple[AbsentPlace, ...]] | Clarify | Refusal:
    """The entities that the question names, in order, each name narrowed by its regions."""
    apart = [] if _needs_region(question) else apart_regions(question)
    if apart:
        return leftover_refusal(question, *apart)
    if odd := _odd_names(question):
        return leftover_refusal(question, *odd)
    entities: dict[Entity, None] = {}
    missing = list(absent)
    for mention, name in question.names:
        if name.every and question.regions:  # 湟源县两个城关镇: there is but one
            return leftover_refusal(question, question.typed(mention.start, mention.end))
        if name.every:
            entities.update(dict.fromkeys(name.entities))
            continue
        place = _place_of(mention, name, question, index)
        if isinstance(place, (Clarify, Refusal)):
            return place
        if isinstance(place, AbsentPlace):
            missing.append(place)
        else:
            if elsewhere := _outside_list(mention, place, question, index):
                return elsewhere
            entities[place] = None
    if len(entities) > MAX_PLACES:
        return Refusal("not_understood", "too_many", {"limit": str(MAX_PLACES)})
    return tuple(entities), tuple(missing)


def _outside_list(
    mention: Mention, place: Entity, question: Question, index: NameIndex
) -> Clarify | None:
    """What is asked back where a region stands before a list and a later town of it, with no
    region of its own, lies elsewhere (湟源县大华镇和东峡镇): the region may be meant of both. What
    is near the name there is offered as well. None if the town lies in it."""
    names = [m for m, _ in question.names]
    number = names.index(mention)
    if regions_for(mention, question):
        return None
    while number and _joined(names[number - 1], names[number], question):
        number -= 1
        regions = regions_before(names[number], question)
        if not regions:
            continue
        if all(_lies_in(place, region, index) for region in regions):
            return None
        scope = index.scope(regions)
        near = index.resolve_near(place.name, scope) if scope.entities else None
        needed = len(question.names[number][1].entities) > 1
        if needed and near is None:
            return None  # 湟源县城关镇和海明街道: without the county the first would be unclear
        offered = (*(near.entities if near is not None else ()), place)
        choices = _choices(offered, mention.start, mention.end, question, index)
        return Clarify("outside_list", choices, {"name": place.name, "region": "".join(regions)})
    return None


def _joined(first: Mention, second: Mention, question: Question) -> bool:
    """Whether nothing but what lists or compares, and a year, parts two names."""
    between = question.letters[first.end : second.start]
    for years in question.years:
        if first.end <= years.start and years.end <= second.start:
            between = between.replace(question.letters[years.start : years.end], "")
    return between.strip("的") in (",", "，", "比", *load_phrases().harmless.connectors)


def _place_of(
    mention: Mention, name: NameMention, question: Question, index: NameIndex
) -> Entity | AbsentPlace | Clarify | Refusal:
    """What one exact name means, narrowed by the regions written beside it."""
    regions = regions_for(mention, question)
    own = [e for e in name.entities if all(_lies_in(e, r, index) for r in regions)]
    if len(own) > 1 and _needs_region(question):
        # 湟源县的申请里城关镇占几成: the one that lies in the region spoken of.
        around = [r.name for _, r in question.regions]
        own = [e for e in own if all(_lies_in(e, r, index) for r in around)] or own
    if not own:
        former = former_place(name.typed, regions, index) if regions else None
        if former is not None:
            return former
        return _near_here(mention, name, regions, question, index) or _not_held(
            name, regions, index
        )
    for region in regions:
        merger = index.gazetteer.merger(region, own[0].region or "")
        if merger is not None:
            values = {"old": region, "new": merger.new_name, "year": str(merger.year)}
            choices = _choices(own, start_of(mention, question), mention.end, question, index)
            return Clarify("merged_region", choices, values)
    namesakes = index.scope([name.typed]).members if name.typed in index.gazetteer.regions else ()
    if len(own) == 1 and (regions or not name.short or set(namesakes) <= set(own)):
        return own[0]
    others = [e for e in sorted(namesakes, key=str) if e not in own] if name.short else []
    choices = _choices([*own, *others], mention.start, mention.end, question, index)
    key = "which_place" if len(own) <= MAX_OFFERS else "which_place_many"
    return Clarify(key, choices, {"name": name.typed, "count": str(len(own))})


def _near_here(
    mention: Mention,
    name: NameMention,
    regions: Sequence[str],
    question: Question,
    index: NameIndex,
) -> Clarify | None:
    """A town of this name exists, though not in the region written before it: what is near the
    name there is offered (湟源县大花镇: 大华镇), and never answered for. None if nothing is."""
    if not regions or any(
        all(index.gazetteer.contains(path, region) for region in regions)
        for path in index.elsewhere(name.typed)
    ):
        return None
    scope = index.scope(list(regions))
    near = index.resolve_near(name.typed, scope) if scope.entities else None
    if near is None:
        return None
    choices = _choices(near.entities, mention.start, mention.end, question, index)
    return Clarify("near_place_here", choices, {"name": name.typed, "region": "".join(regions)})


def _not_held(name: NameMention, regions: Sequence[str], index: NameIndex) -> AbsentPlace | Refusal:
    elsewhere = [
        region
        for region in index.elsewhere(name.typed)
        if all(index.gazetteer.contains(region, r) for r in regions)
    ]
    if not name.entities or elsewhere or not regions:
        return absent_place(name.typed, elsewhere or name.elsewhere, index)
    held = "、".join(place_label(e) for e in name.entities[:MAX_OFFERS])
    return Refusal(
        "no_data",
        "wrong_region",
        {"region": "".join(regions), "name": name.typed, "held": held},
    )


def _odd_names(question: Question) -> list[str]:
    """Names that stand where they are no subject: run together with another name, or inside a
    measure (收到官坡镇的申请) unless something is addressed to them (向景芝镇申请)."""
    odd: list[str] = []
    addressed = load_phrases().harmless.addressed
    pairs = zip(question.names, question.names[1:], strict=False)
    for (first, one), (second, name) in pairs:
        between = question.letters[first.end : second.start]
        neighbours = {e.region for e in one.entities} & {e.region for e in name.entities}
        gaps = any(question.gap(n) for n in range(first.end, second.start + 1))
        # 城关镇东大街 is a part of the town; 平安镇平台镇 are two of one county.
        part = not neighbours and _beside(question, first, second, name)
        if not gaps and (part or (not between and name.short)):
            odd.append(question.typed(first.start, second.end))
        listed = between == "跟" and (question.operations or question.together or question.each)
        if between.endswith(addressed) and not listed:
            odd.append(question.typed(first.end, second.end))  # 景芝镇给官坡镇…
        if _sends(between, first, second, question):
            odd.append(question.typed(first.end, second.end))  # 海明街道2023年来自平安镇的申请
        if between and name.short and not _listed(first, second, question):
            odd.append(question.typed(second.start, second.end))  # 海明街道2023年治安处罚
    measures = [m for m, meaning in question.meanings if meaning.kind == "measure"]
    for mention, _ in question.names:
        if question.letters[: start_of(mention, question)].endswith(SENT_FROM):
            odd.append(question.typed(mention.start, mention.end))  # sent from there, or to it?
        inside = any(
            m.start < mention.start
            and mention.end < m.end
            and not _topic_first(m, mention, question)
            for m in measures
        )
        before = question.letters[: mention.start]
        if inside and not before.endswith((*addressed, ",", "，", ":", "：")):
            odd.append(question.typed(mention.start, mention.end))
    return odd


def _topic_first(measure: Mention, name: Mention, question: Question) -> bool:
    """Whether a question begins with a channel or another noun and its place and year stand before
    the verb (公众号|2019年木耳镇|发了几条, 规范性文件|2024年|湟源城关镇|发了几件)."""
    (start, end), (following, _), *_ = (*measure.pieces, (0, 0))
    years = [m.end for m in question.mentions if isinstance(m.value, Years) and m.start == end]
    words = load_phrases().harmless
    channel = question.letters[start:end] in (*words.accounts, *words.topics_first)
    behind = [
        m.end for m in question.mentions if isinstance(m.value, Years) and m.start == name.end
    ]
    return (
        start == 0
        and channel
        and start_of(name, question) in (end, *years)
        and any(question.letters[e:following] in _ADVERBS for e in (name.end, *behind))
    )


def _sends(between: str, first: Mention, second: Mention, question: Question) -> bool:
    """Whether the second of two names is no second place: who sends or handles what is counted,
    its topic, or a part of the first; or it stands behind the first's own year without a comma
    (海明街道2023年平安镇的申请), and has none itself."""
    if between.endswith(load_phrases().objects.senders):
        return True
    if between and question.letters.startswith(("有关", "相关", "方面"), second.end):
        return True  # 海明街道2023年与平安镇有关的申请
    within = [word for word in load_phrases().harmless.within_region if word != "的"]
    if between in ("的", *within, *load_phrases().harmless.of_which):
        return True
    named = [m for m in question.mentions if isinstance(m.value, Years)]
    gaps = any(question.gap(n) for n in range(first.end, second.start + 1))
    alone = any(between.strip("的") == question.letters[m.start : m.end] for m in named)
    return alone and not gaps and len(named) < len(question.names)


def _beside(question: Question, first: Mention, second: Mention, name: NameMention) -> bool:
    """Whether nothing but 的 or 里 parts two names, nor but a year where the second is of no
    place in the store (大华镇2023年工业园区)."""
    between = question.letters[first.end : second.start]
    for year in question.mentions:
        if isinstance(year.value, Years) and first.end <= year.start < second.start:
            if not name.entities:
                between = between.replace(question.letters[year.start : year.end], "")
    return between.strip("的") in ("", *load_phrases().harmless.of_which)


def _listed(first: Mention, second: Mention, question: Question) -> bool:
    """Whether something puts two names side by side: 和, a comma or blank, a comparison (比).

    A short form beside another name is otherwise more likely an ordinary word.
    """
    between = question.letters[first.end : second.start]
    relating = [m for m, _ in question.operations if first.end <= m.start < second.start]
    gaps = any(question.gap(n) for n in range(first.end, second.start + 1))
    marks = any(c in PUNCTUATION for c in between)
    return (
        bool(relating)
        or gaps
        or marks
        or any(word in between for word in load_phrases().harmless.connectors)
    )


def _needs_region(question: Question) -> bool:
    """Whether a region may stand apart from the towns: 景芝镇在安丘市排第几."""
    kinds = {operation.kind for _, operation in question.operations}
    return bool(
        kinds & {"position", "share"}
        or (kinds & {"most", "least"} and (question.exists or kinds & {"true", "is_it"}))
    )
