"""The places that a question means without naming each: 哪个镇, 安丘市各乡镇, 全县."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.understanding.asked import Asked
from bot.understanding.covering import BOUNDS
from bot.understanding.interpretation import Choice, Clarify, Interpretation, Refusal, Wanted
from bot.understanding.operations import OperationKind, place_kind
from bot.understanding.phrases import load_phrases
from bot.understanding.places import each_held, scope_of
from bot.understanding.question import Question
from bot.understanding.task import Scope
from bot.understanding.task_making import CHANGES
from bot.understanding.wholes import whole_of
from knowledge.entities import MAX_OFFERS, NameIndex
from knowledge.model import Entity

RANKING: tuple[OperationKind, ...] = (
    "most", "least", "top", "bottom", "nth", "ranking", "ascending",
)  # fmt: skip

ZEROS: tuple[OperationKind, ...] = ("zero", "none", "nonzero", "ever", "never")

LEVELS = {"county": 2, "city": 1, "province": 0}
"""Which segment of a region's path 全县, 全市 and 全省 mean."""


def superlative_of_year(asked: Asked) -> bool:
    """Whether 最多 is said of a year: 申请最多的是2019年."""
    letters = asked.question.letters
    ends = [m.end for m, operation in asked.left if operation.kind in ("most", "least")]
    return any(
        end <= years.start and _IS.search(letters[end : years.start]) is not None
        for end in ends
        for years in asked.question.years
    )


_IS = re.compile("是")


def _names_the_first(asked: Asked) -> bool:
    """Whether a town is supposed to be the first of all (申请最多的是海明街道吗): no region is
    named before 最多, and the town behind it."""
    ends = [m.end for m, operation in asked.left if operation.kind in ("most", "least")]
    question = asked.question
    regions = [m.start for m, _ in question.regions]
    names = [m.start for m, _ in question.names]
    return min(names) >= min(ends) and all(start >= min(ends) for start in regions)


def _body(question: Question) -> str:
    """The words that name a region's own government (湟源县人民政府): it is no set of towns.
    Empty if none does."""
    bodies = load_phrases().bodies
    for mention, _ in question.regions:
        rest = question.letters[mention.end :]
        if rest.startswith(bodies.but_not):
            continue
        word = max((w for w in bodies.words if rest.startswith(w)), key=len, default="")
        if word:
            return question.typed(mention.start, mention.end + len(word))
    return ""


def find_scope(
    asked: Asked, index: NameIndex, base: Interpretation, outer: Sequence[str]
) -> Scope | Clarify | Refusal | None:
    """The places meant, as many as the question says (三个镇); None if none but those named."""
    numbered = [(m, places.number) for m, places in asked.places if places.number is not None]
    scope = _find_scope(asked, index, base, outer)
    if not numbered or not isinstance(scope, Scope):
        return scope
    if all(number == len(scope.entities) for _, number in numbered):
        return replace(scope, strict=(), said="")
    if scope.strict and all(number == len(scope.strict) for _, number in numbered):
        left_out = len(scope.entities) - len(scope.strict)
        narrow = Scope(scope.strict, scope.region, scope.said, left_out)
        return _counted(narrow, index, [scope.region])
    words = [asked.question.typed(m.start, m.end) for m, _ in numbered]
    return Refusal("not_understood", "leftover", {"words": "、".join(words)})


def _find_scope(
    asked: Asked, index: NameIndex, base: Interpretation, outer: Sequence[str]
) -> Scope | Clarify | Refusal | None:
    question = asked.question
    quantifiers = asked.quantifiers()
    if "others" in quantifiers and (
        asked.left or asked.amounts or question.together or question.exists
    ):
        # 其他镇合计, 别的镇有没有: all but one, and which one the question does not say.
        others = [
            question.typed(m.start, m.end)
            for m, places in asked.places
            if places.quantifier == "others"
        ]
        return Refusal("not_understood", "leftover", {"words": "、".join(others)})
    named = len(base.entities) + len(base.absent)
    if named > 1 and quantifiers <= {"which_alone", "which"} and not outer:
        return None  # 景芝镇和南庄镇谁多, 哪个镇多
    if named == 1 and quantifiers == {"count_alone"} and not outer:
        return None  # 予以公开的有几个
    if named == 1 and quantifiers == {"which_alone"} and asked.has("more", "less") and not outer:
        columns = base.wanted[0].columns if len(base.wanted) == 1 else ()
        if len(base.wanted) == 2 or len(columns) == 2:
            return None  # 公众号和网站哪个多, 维持和纠正哪个多
    yes_or_no = question.exists or asked.has("true", "is_it")
    superlative = asked.has("most", "least") and yes_or_no and named == 1
    superlative = superlative and not superlative_of_year(asked)
    if named and not superlative and not asked.has("position", "share"):
        if quantifiers - {"count_alone"} or outer:
            words = [question.typed(m.start, m.end) for m, _ in asked.places]
            return Refusal("not_understood", "leftover", {"words": "、".join([*words, *outer])})
        return None
    if superlative and not quantifiers and not outer and _names_the_first(asked):
        return _of_kind(index, index.entities, "", "any")
    if named and not quantifiers and not outer:
        if superlative and not asked.has("position") and _has_siblings(base):
            # 自然人申请最多吗: of the kinds of applicant in this town, or of the towns?
            words = [
                question.typed(m.start, m.end)
                for m, operation in asked.left
                if operation.kind in ("most", "least")
            ]
            return Refusal("not_understood", "operation", {"words": words[0]})
        return _own_county(base, index) if asked.has("position") or superlative else None
    regional = bool(question.regions) and (
        asked.has(*RANKING, "sum", "mean", "per_place")
        # 湟源县申请超过50件吗 is asked of the county, not of its towns.
        or (asked.has("streak", *BOUNDS, *ZEROS) and not yes_or_no)
        or (question.together and _has_several(question, index))
        or (_asks_change(asked, base) and not yes_or_no and _has_several(question, index))
    )
    regional = regional or (not named and asked.has(*RANKING))
    if not quantifiers and not regional and not named:
        return None
    if body := _body(question):
        return Refusal("not_understood", "leftover", {"words": body})
    level = next((name for name in LEVELS if name in quantifiers), None)
    held = scope_of(question, index) if not named else _outside_names(index, outer)
    if level is not None and named:
        return _level_of(asked, base, index, level)
    region = (
        "".join(name for name in outer)
        if named
        else "".join(name.name for _, name in question.regions)
    )
    if question.regions and not held and each_held(question, index):
        return Refusal("not_understood", "interleaved", {})
    if question.regions and not held:
        return Refusal("no_data", "no_region", {"region": region})
    if level is not None and any(_below(r.name, level, index) for _, r in question.regions):
        # 湟源县…全市: the city around it, or only the county that is named?
        words = [question.typed(m.start, m.end) for m, _ in asked.places]
        return Refusal("not_understood", "leftover", {"words": "、".join(words)})
    if level is not None and not question.regions:
        narrowed = _of_level(question, held, level)
        if isinstance(narrowed, (Clarify, Refusal)):
            return narrowed
        held, region = narrowed
    kinds = {places.kind for _, places in asked.places} - {"any"}
    if len(kinds) > 1:
        return Refusal("not_understood", "one_kind", {})
    kind = next(iter(kinds), "any")
    asked.places = []
    names = outer if named else [name.name for _, name in question.regions]
    return _counted(_of_kind(index, held, region, kind), index, names or [region])


def _asks_change(asked: Asked, base: Interpretation) -> bool:
    """Whether years of a region are compared (洮北区2023年申请比2022年多几件, 近三年申请趋势)."""
    change = asked.has("trend", *CHANGES, "more_by", "less_by", "difference")
    return change and base.years.several


def _has_siblings(base: Interpretation) -> bool:
    """Whether what is asked for is one of several parts of a figure of the same report."""
    parts = [Wanted(w.measures, (column,)) for w in base.wanted for column in w.columns]
    parts += [Wanted(want.measures) for want in base.wanted if not want.columns]
    return any(whole_of(part) is not None for part in parts)


def _below(region: str, level: str, index: NameIndex) -> bool:
    """Whether a region lies within what a level means: a county for 全市 (but 安丘市 is a 市)."""
    paths = index.gazetteer.regions.get(region, ())
    named = level == "city" and all(path.endswith("市") for path in paths)
    return not named and bool(paths) and all(p.count("/") > LEVELS[level] for p in paths)


def _of_kind(index: NameIndex, held: tuple[Entity, ...], region: str, kind: str) -> Scope | Refusal:
    """The places of a kind. 镇 is said of townships and streets as well: then all are meant, and
    `strict` keeps the towns, so that the reply can tell both."""
    fitting = index.ending(held, place_kind(kind).endings)
    townlike = index.ending(held, place_kind("any").endings)
    if place_kind(kind).loose and townlike:
        return Scope(townlike, region, "any", strict=fitting, said=kind)
    if not fitting:
        return Refusal(
            "no_data", "no_such_place", {"region": region, "kind": place_kind(kind).name}
        )
    return Scope(fitting, region, kind, len(townlike) - len(fitting))


def _counted(scope: Scope | Refusal, index: NameIndex, names: Sequence[str]) -> Scope | Refusal:
    """The scope with the number of places of its kind that the gazetteer knows in its region."""
    if isinstance(scope, Refusal) or not scope.region:
        return scope
    endings = place_kind(scope.kind).endings if scope.kind != "any" else ("",)
    gazetteer = index.gazetteer
    paths: set[str] = set()
    for path in {entity.region for entity in scope.entities if entity.region}:
        segments = path.split("/")
        prefixes = ("/".join(segments[:depth]) for depth in range(1, len(segments) + 1))
        fitting = (p for p in prefixes if all(gazetteer.contains(p, name) for name in names))
        paths.add(next(fitting, path))
    return replace(scope, known=sum(gazetteer.town_count(path, endings) for path in paths))


def _outside_names(index: NameIndex, outer: Sequence[str]) -> tuple[Entity, ...]:
    """The store's entities in the regions that narrow no name: 景芝镇在潍坊市排第几."""
    return index.in_order(index.scope(outer).entities) if outer else index.entities


def _level_of(asked: Asked, base: Interpretation, index: NameIndex, level: str) -> Scope | Refusal:
    """全县, 全县各乡 beside a town: the county that it lies in, or those of its places."""
    kinds = {places.kind for _, places in asked.places} - {"any"}
    if len(kinds) > 1:
        return Refusal("not_understood", "one_kind", {})
    depth = LEVELS[level] + 1
    own = base.entities[0] if base.entities else None
    if own is None or own.region is None:
        return Refusal("not_understood", "name_region", {"name": own.name if own else ""})
    path = own.region.split("/")[:depth]
    if len(path) < depth:
        return Refusal("not_understood", "name_region", {"name": own.name})
    whole = "/".join(path)
    inside = whole + "/"
    around = tuple(
        e
        for e in index.entities
        if e.region is not None and (e.region == whole or e.region.startswith(inside))
    )
    return _counted(
        _of_kind(index, around, path[-1], kinds.pop() if kinds else "any"), index, [path[-1]]
    )


def _has_several(question: Question, index: NameIndex) -> bool:
    """Whether 一共 asks for the sum of what the store has of a region: there are several towns.

    The reply tells how many of the region's towns are not among them."""
    return len(scope_of(question, index)) > 1


def _own_county(base: Interpretation, index: NameIndex) -> Scope | Refusal:
    """景芝镇排第几: among the towns of its own county."""
    if not base.entities:
        return Refusal("no_data", "no_report", {})
    own = base.entities[0]
    if own.region is None:
        return Refusal("not_understood", "name_region", {"name": own.name})
    around = tuple(
        e
        for e in index.within(own.region)
        if e.region == own.region and e.name.endswith(place_kind("any").endings)
    )
    if len(around) < 2:
        return _of_kind(
            index, index.entities, "", "any"
        )  # alone there is nothing to be compared with
    scope = Scope(around, own.county or own.region)
    return _counted(scope, index, [scope.region])


def _of_level(
    question: Question, held: Sequence[Entity], level: str
) -> tuple[tuple[Entity, ...], str] | Clarify | Refusal:
    """全县 without a name: the only county of the store; with several the question is asked back."""
    depth = LEVELS[level]
    regions: dict[str, list[Entity]] = {}
    for entity in held:
        segments = (entity.region or "").split("/")
        if entity.region and len(segments) > depth:
            regions.setdefault("/".join(segments[: depth + 1]), []).append(entity)
    if len(regions) == 1:
        path, entities = next(iter(regions.items()))
        return tuple(entities), path.rsplit("/", 1)[-1]
    if not regions:
        return Refusal("not_understood", "name_region", {"name": ""})
    names = sorted(regions, key=lambda path: (-len(regions[path]), path))[:MAX_OFFERS]
    choices = tuple(
        Choice(path.rsplit("/", 1)[-1], path.rsplit("/", 1)[-1] + question.text) for path in names
    )
    return Clarify("which_region", choices)
