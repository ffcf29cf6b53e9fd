"""Which places a question means: exact names narrowed by regions, misspelt ones read or offered."""

from __future__ import annotations

from bot.interpretation import AbsentPlace, Choice, Clarify, Refusal
from bot.mentions import ENDINGS, Mention, UnknownName
from bot.phrases import load_phrases
from bot.question import Question
from knowledge.entities import MAX_OFFERS, NameIndex
from knowledge.model import Entity

MAX_PLACES = 10
"""Places of one question; more is a list of names, no question."""


def spelled(entity: Entity) -> str:
    """The name that means this entity alone: with its county (or region) in front."""
    return f"{entity.county or (entity.region or '').replace('/', '')}{entity.name}"


def place_label(entity: Entity) -> str:
    """A name with its county or region in brackets, for choices and lists."""
    return f"{entity.name}（{entity.county or entity.region or '县区不详'}）"


def resolve_unknown(
    unknown: UnknownName, question: Question, index: NameIndex
) -> Entity | AbsentPlace | Clarify | Refusal:
    """What a misspelt name is read as, or offered as; a known name elsewhere ends the search."""
    typed = unknown.typed
    elsewhere = index.elsewhere(typed)
    if elsewhere:
        return AbsentPlace(typed, elsewhere)
    scope = scope_of(question, index)
    near = index.resolve_near(typed, scope) if scope else None
    looks_like_name = typed.endswith(ENDINGS)
    if near is None:
        if not looks_like_name:
            return leftover_refusal(question, typed)
        return Refusal("no_data", "unknown_place", {"name": typed})
    if near.direct and looks_like_name and not _rest_unknown(question, unknown):
        return near.entities[0]
    if _rest_unknown(question, unknown) and not looks_like_name:
        return leftover_refusal(question, typed)
    choices = tuple(
        Choice(place_label(e), question.replaced(unknown.start, unknown.end, spelled(e)))
        for e in near.entities
    )
    return Clarify("near_place", choices, {"name": typed})


def _rest_unknown(question: Question, unknown: UnknownName) -> bool:
    return bool(question.leftover) or any(u != unknown for u in question.unknown_names)


def leftover_refusal(question: Question, *words: str) -> Refusal:
    pieces = [piece for piece in (*words, *question.leftover) if piece.strip()]
    shown = "、".join(piece[:20] for piece in dict.fromkeys(pieces))
    return Refusal("not_understood", "leftover", {"words": shown[:80]})


def scope_of(question: Question, index: NameIndex) -> tuple[Entity, ...]:
    """The store's entities that the regions named in the question allow."""
    return tuple(
        entity
        for entity in index.entities
        if all(_lies_in(entity, region.name, index) for _, region in question.regions)
    )


def _lies_in(entity: Entity, region: str, index: NameIndex) -> bool:
    return entity.region is not None and index.gazetteer.contains(entity.region, region)


def find_places(
    question: Question, index: NameIndex, absent: list[AbsentPlace]
) -> tuple[tuple[Entity, ...], tuple[AbsentPlace, ...]] | Clarify | Refusal:
    """The entities that the question names, in order, each name narrowed by its regions."""
    apart = [] if _needs_region(question) else _apart_regions(question)
    if apart:
        return leftover_refusal(question, *apart)
    if odd := _odd_names(question):
        return leftover_refusal(question, *odd)
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


def _needs_region(question: Question) -> bool:
    """Whether a region may stand apart from the towns: 景芝镇在安丘市排第几."""
    return any(o.kind in ("position", "share") for _, o in question.operations)


def outer_regions(question: Question) -> tuple[str, ...]:
    """The names of regions that narrow no town although towns are named."""
    if not question.names:
        return ()
    return tuple(region.name for m, region in question.regions if _owner_of(m, question) is None)


def _apart_regions(question: Question) -> list[str]:
    """Regions that narrow no name although towns are named: they are about something else."""
    if not question.names:
        return []
    return [
        question.typed(m.start, m.end)
        for m, _ in question.regions
        if _owner_of(m, question) is None
    ]
