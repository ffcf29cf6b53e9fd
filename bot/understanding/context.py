"""What a follow-up means (那2021年呢, 南庄镇呢, 其中自然人): the question before, with what is new in
its place.

A follow-up becomes a question that stands for itself, and that one is understood like any other,
every word of it accounted for; the reply says how it was completed. So nothing is inherited
that cannot be seen, and what is kept between two messages is one line of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.understanding.covering import BOUNDS
from bot.understanding.mentions import Mention, Region
from bot.understanding.operations import OperationKind
from bot.understanding.phrases import load_asks, load_phrases
from bot.understanding.places import SENT_FROM, spelled
from bot.understanding.question import MAX_QUESTION, Question, read_question
from knowledge.entities import NameIndex, NameMention
from knowledge.model import Entity
from knowledge.years import Years

COMPARING: tuple[OperationKind, ...] = (
    "comparison", "than", "difference", "more_by", "less_by", "ratio", "more", "less",
)  # fmt: skip
_WITHOUT_YEAR: tuple[OperationKind, ...] = ("trend", "which_year", "per_year", "streak")
_CHOOSING: tuple[OperationKind, ...] = (
    "top", "bottom", "nth", "zero", "none", "nonzero", "streak", *BOUNDS,
)  # fmt: skip
_OWN_KINDS = frozenset({"coverage", "help", "greeting", "thanks", "outside"})


@dataclass(frozen=True, slots=True)
class Context:
    """The question that the conversation is about: in words that stand for themselves, with the
    places that it meant (none if it meant a region) and the years that answered it."""

    question: str
    entities: tuple[Entity, ...] = ()
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up in words that stand for themselves; `kind` is not `question` where it asks
    about the answer before: where it stands (来源呢), or why it is so (为什么是0)."""

    question: str
    kind: Literal["question", "source", "cause"] = "question"


def follow(text: str, context: Context, index: NameIndex, today: date) -> FollowUp | None:
    """What a message means after the question before it; None if it stands for itself."""
    if not text.strip() or len(text) > MAX_QUESTION:
        return None
    plain, marked = _without_marks(text.strip())
    asked = read_question(plain, index, today)
    relative = _beside(asked, context)
    if relative is not None:
        plain, marked = relative, True
        asked = read_question(plain, index, today)
    if asked.leftover or asked.unclear:
        return None
    before = read_question(context.question, index, today)
    kinds = {meaning.kind for _, meaning in asked.meanings}
    bare = not (asked.names or asked.regions or asked.unknown_names)
    if bare and "source" in kinds:
        return FollowUp(context.question, "source")
    what = kinds & {"measure", "topic", "meta"}
    if bare and "cause" in kinds and not what:
        return FollowUp(context.question, "cause")
    if kinds & _OWN_KINDS or "cause" in kinds:
        return None
    completed = _completed(asked, before, context, bool(what), bare, marked)
    return None if completed is None or completed == text else FollowUp(completed)


# ── the words that lead into a follow-up ──


def _without_marks(text: str) -> tuple[str, bool]:
    """The words without what only leads into them (换成…, 不是…，是…); whether there was any
    lead. One letter alone (那, 好) stays: it may be the beginning of a word (行|政复议)."""
    marks = load_phrases().follow
    stripped = text.strip(_EDGES)
    for word in marks.instead:
        head, found, tail = stripped.rpartition(word)
        if found and tail.strip(_EDGES) and head.startswith(marks.denies):
            return tail.strip(_EDGES), True
    marked = stripped.startswith(marks.before) or stripped.endswith(marks.after)
    before = [word for word in marks.before if len(word) > 1]
    while lead := next((word for word in before if stripped.startswith(word)), None):
        stripped = stripped[len(lead) :].strip(_EDGES)
    return (stripped, True) if stripped and marked else (text, marked)


_EDGES = " ，,。.？?！!　"


def _beside(asked: Question, context: Context) -> str | None:
    """The words with 上一年 and 下一年 as the year before or after the one that answered."""
    if len(context.years) != 1 or asked.years:
        return None
    measures = [m for m, meaning in asked.meanings if meaning.kind == "measure"]
    for word, step in load_phrases().follow.years.items():
        start = asked.letters.find(word)
        end = start + len(word)
        if start >= 0 and not any(m.start <= start and end <= m.end for m in measures):
            return asked.replaced(start, end, f"{context.years[0] + step}年")
    return None


def _plain(asked: Question, pronoun: str | None) -> str:
    """The words as typed, without what stands for the place and without 呢 at the end."""
    words = asked.text if pronoun is None else asked.text.replace(pronoun, "", 1)
    words = words.strip(_EDGES).removeprefix("那")
    for word in load_phrases().follow.after:
        if words.endswith(word) and len(words) > len(word):
            words = words[: -len(word)]
    return words


# ── putting the two together ──


def _completed(
    asked: Question, before: Question, context: Context, what: bool, bare: bool, marked: bool
) -> str | None:
    operations = {operation.kind for _, operation in asked.operations}
    pronoun = next((word for word in load_phrases().follow.it if word in asked.letters), None)
    if _adds(asked, operations):
        return None if what else _together(asked, before, context)
    if not bare:
        if what:
            return None
        comparing = bool(operations & set(COMPARING))
        if comparing and context.entities:
            return _compared(asked, before, context)
        if operations or asked.place_sets or not marked and not asked.years and not asked.regions:
            return None
        if not marked and not asked.years:
            return None
        return _other_place(asked, before, context)
    if what and operations & {"than", "comparison"} and not asked.place_sets:
        return _beside_measure(asked, before, context, pronoun)
    if what:
        if asked.place_sets and not marked and not _among(asked, context):
            return None
        return _other_measure(asked, before, context, pronoun)
    if asked.years and not operations and not asked.amounts and not _columns(asked):
        return _other_year(asked, before, context)
    others = bool(asked.place_sets) and marked  # 有哪些镇 alone asks what the store holds
    if operations or _columns(asked) or others or asked.amounts:
        return _same_measure(asked, before, context, operations, pronoun)
    return None


def _place(context: Context, before: Question) -> str:
    """The places of the question before, each with its county, or its regions."""
    if context.entities:
        return "和".join(spelled(entity) for entity in context.entities)
    return "".join(before.typed(m.start, m.end) for m, _ in before.regions)


def _years(before: Question, context: Context) -> str:
    """The years of the question before, as typed; else the one year that answered it."""
    found = [m for m in before.mentions if isinstance(m.value, Years)]
    if found:
        return "、".join(_with_unit(before.typed(m.start, m.end)) for m in found)
    return f"{context.years[0]}年" if len(context.years) == 1 else ""


def _years_named(asked: Question) -> set[int]:
    return {year for years in asked.years for year in years.years}


def _with_unit(year: str) -> str:
    return f"{year}年" if year[-1:].isdigit() else year


def _columns(asked: Question) -> list[Mention]:
    return [m for m, meaning in asked.meanings if meaning.kind == "column"]


def _measure(before: Question, columns: bool = True) -> str:
    """The words of the question before that name its measures (and their columns)."""
    wanted = ("measure", "topic", "column") if columns else ("measure", "topic")
    spans = [m for m, meaning in before.meanings if meaning.kind in wanted]
    words = [_cut(before, m) for m in spans if not _inside(m, spans)]
    return "和".join(words) if not columns else "、".join(words)


def _bare(measure: str) -> str:
    """The words of a measure without its question words (收到多少申请: 收到申请)."""
    asked = load_phrases().asked
    words = (*asked.any, *asked.count, *asked.money, *asked.percent)
    for word in sorted(words, key=len, reverse=True):
        measure = measure.replace(word, "")
    return measure


def _inside(mention: Mention, others: list[Mention]) -> bool:
    return any(
        o is not mention and o.start <= mention.start and mention.end <= o.end for o in others
    )


def _cut(before: Question, mention: Mention) -> str:
    """The words of a mention without places and years that stand between its pieces."""
    inner = [
        m
        for m in before.mentions
        if isinstance(m.value, (NameMention, Region, Years))
        and mention.start <= m.start
        and m.end <= mention.end
    ]
    words, position = "", mention.start
    for other in inner:
        words += before.typed(position, other.start) if other.start > position else ""
        position = other.end
    return words + (before.typed(position, mention.end) if mention.end > position else "")


def _other_year(asked: Question, before: Question, context: Context) -> str | None:
    """那2021年呢: the question before with its years replaced."""
    years = "、".join(
        _with_unit(asked.typed(m.start, m.end))
        for m in asked.mentions
        if isinstance(m.value, Years)
    )
    place = _place(context, before)
    # 2022年和2023年一共呢: their sum, as 一共 asks in a question of several years.
    total = "加起来" if asked.together and place else ""
    return f"{place}{years}{_rest(before)}{total}" if place or before.place_sets else None


def _other_place(asked: Question, before: Question, context: Context) -> str | None:
    """南庄镇呢: the question before for another place, in the same year unless another is named."""
    years = [m for m in asked.mentions if isinstance(m.value, Years)]
    named = [m for m in asked.mentions if isinstance(m.value, (NameMention, Region))]
    named += [Mention(u.start, u.end, Region(u.typed), ()) for u in asked.unknown_names]
    named.sort(key=lambda m: m.start)
    place = asked.typed(named[0].start, named[-1].end)
    if asked.letters[: named[0].start].endswith(SENT_FROM):
        return None
    if any(named[0].start <= m.start and m.end <= named[-1].end for m in years):
        return None  # 南庄镇2020年、官坡镇2021年呢: two things at once
    when = "、".join(_with_unit(asked.typed(m.start, m.end)) for m in years)
    when = when or "、".join(
        _with_unit(before.typed(m.start, m.end))
        for m in before.mentions
        if isinstance(m.value, Years)
    )
    only_region = not asked.names and not asked.unknown_names
    if context.entities and only_region:
        # 大通县的呢: the same name in another county; 大通县政府 is another issuer.
        rest = asked.letters[: named[0].start] + asked.letters[named[-1].end :]
        marks = load_phrases().follow
        for word in (*marks.after, *marks.before, "的", "那个"):
            rest = rest.replace(word, "")
        if len(context.entities) != 1 or rest.strip(_EDGES):
            return None
        place += context.entities[0].name
        return f"{place}{when}{_rest(before)}"
    if not context.entities and not only_region:
        measure = _measure(before)
        return f"{place}{when}{measure}" if measure else None
    if len(context.entities) > 1 and len(asked.names) == 1:
        measure = _measure(before)
        return f"{place}{when}{measure}" if measure else None
    return f"{place}{when}{_rest(before)}"


def _rest(before: Question) -> str:
    """The question before without its places and years."""
    gone = [m for m in before.mentions if isinstance(m.value, (NameMention, Region, Years))]
    words, position = "", 0
    for mention in gone:
        if mention.start > position:
            words += before.typed(position, mention.start)
        position = max(position, mention.end)
    if position < len(before.letters):
        words += before.typed(position, len(before.letters))
    return words.strip(" ，,。的、和在")


def _other_measure(
    asked: Question, before: Question, context: Context, pronoun: str | None
) -> str | None:
    """公开了几件, 行政复议呢: another figure of the same place and year."""
    place = _place(context, before)
    if not place:
        return None
    if pronoun is not None and len(context.entities) != 1:
        return None
    words = _plain(asked, pronoun)
    if words.startswith("被") and "申请" in before.letters:
        words = f"申请{words}"  # 被拒绝的呢, after requests: not the town
    years = "" if asked.years or _yearless(asked) else _years(before, context)
    scoped = not context.entities and (before.place_sets or before.operations)
    if scoped and not asked.operations and not asked.asks_number:
        # 行政复议呢, after a ranking: the same ranking of another figure.
        spans = [m for m, meaning in before.meanings if meaning.kind == "measure"]
        # A bound within the words of the measure (收到超过8件申请) would be lost with them.
        bounds = [m for m, operation in before.operations if operation.kind in BOUNDS]
        if len(spans) == 1 and not any(_inside(m, spans) for m in bounds):
            return before.replaced(spans[0].start, spans[0].end, words)
        return None
    return f"{place}{years}{words}"


def _yearless(asked: Question) -> bool:
    """哪年没收录, 最早的一份: asked of all years, whatever year was spoken of."""
    return any(
        meaning.kind == "meta" and load_asks()[meaning.ids[0]].yearless
        for _, meaning in asked.meanings
    )


def _beside_measure(
    asked: Question, before: Question, context: Context, pronoun: str | None
) -> str | None:
    """比网站多几条: the one figure of the question before beside another of the same report."""
    measures = [m for m, meaning in before.meanings if meaning.kind == "measure"]
    place = _place(context, before)
    if len(measures) != 1 or not place or not context.entities:
        return None
    measure = _bare(_cut(before, measures[0]))
    return f"{place}{_years(before, context)}{measure}{_plain(asked, pronoun)}"


def _same_measure(
    asked: Question,
    before: Question,
    context: Context,
    operations: set[OperationKind],
    pronoun: str | None,
) -> str | None:
    """其中自然人, 同比呢, 排第几, 哪个镇最多: the same figure, looked at otherwise."""
    few = {operation.kind for _, operation in before.operations} & set(_CHOOSING)
    if operations & {"sum", "mean"} and few and not asked.place_sets:
        return None  # 合计呢, after 前三: of these three, or of all?
    columns = bool(_columns(asked))
    measure = _measure(before, columns=not columns)
    if not measure:
        return None
    words = _plain(asked, pronoun)
    if columns:
        # 收到申请中自然人: of the measure only what is named now is asked for.
        measure = _bare(measure) + load_phrases().harmless.of_which[-1]
    if asked.place_sets and not operations & {"position", "share"} and not _among(asked, context):
        alone = {places.quantifier for _, places in asked.place_sets} == {"which_alone"}
        if alone and operations & {"more", "less"} and not operations & {"most", "least"}:
            return None  # 谁多, after one town: of which two?
        place = _around(context, before)
        if place is None:
            return None
    else:
        place = _place(context, before)
        if not place:
            return None
    # 哪年最多, after one year, is asked of all years; after several, of those.
    unbound = bool(operations & set(_WITHOUT_YEAR)) and len(context.years) < 2
    years = "" if asked.years or unbound else _years(before, context)
    if operations & {"comparison", "than"} and len(_years_named(asked)) == 1:
        if len(context.years) != 1:
            return None  # 比2019年呢, after several years: which of them is compared?
        years = f"{_years(before, context)}和"  # 和2019年比呢
    return f"{place}{years}{measure}{words}"


def _among(asked: Question, context: Context) -> bool:
    """Whether 谁多, 哪个镇多 asks which of the places just spoken of."""
    quantifiers = {places.quantifier for _, places in asked.place_sets}
    whose = quantifiers <= {"which", "which_alone", "count", "count_alone"}
    return bool(quantifiers) and whose and len(context.entities) > 1


def _around(context: Context, before: Question) -> str | None:
    """The region within which 哪个镇最多 is asked after a question about one of its towns."""
    if not context.entities:
        return "".join(before.typed(m.start, m.end) for m, _ in before.regions)
    counties = {entity.county for entity in context.entities}
    return counties.pop() or None if len(counties) == 1 else None


def _adds(asked: Question, operations: set[OperationKind]) -> bool:
    """Whether a place or year is to be added to the one before: 加上大华镇, 和2022年一共."""
    leads = asked.letters.startswith(load_phrases().harmless.connectors)
    return leads and (asked.together or "sum" in operations)


def _together(asked: Question, before: Question, context: Context) -> str | None:
    """加上大华镇呢: the sum of the figure before and of that of one more place or year."""
    measure, place = _measure(before), _place(context, before)
    plain = {operation.kind for _, operation in asked.operations} <= {"sum"}
    if not (measure and context.entities and len(context.years) == 1 and plain):
        return None
    if asked.place_sets or asked.amounts or _columns(asked) or asked.unknown_names:
        return None
    named = [m for m in asked.mentions if isinstance(m.value, (NameMention, Region))]
    years = [asked.typed(m.start, m.end) for m in asked.mentions if isinstance(m.value, Years)]
    own = f"{context.years[0]}年"
    if asked.names and not years:
        return f"{place}和{asked.typed(named[0].start, named[-1].end)}{own}{measure}加起来"
    if years and not named and len(context.entities) == 1:
        return f"{place}{own}和{'和'.join(map(_with_unit, years))}{measure}加起来"
    return None


def _compared(asked: Question, before: Question, context: Context) -> str | None:
    """和官坡镇比呢: the place before beside the one named now."""
    measure = _measure(before)
    if len(context.entities) != 1 or not measure:
        return None
    sets = {places.quantifier for _, places in asked.place_sets}
    if asked.years or asked.amounts or not sets <= {"which_alone"} or _columns(asked):
        return None  # 和大华镇2022年比: another year or kind of applicant for one of the two
    named = [m for m in asked.mentions if isinstance(m.value, (NameMention, Region))]
    if not named:
        return None
    other = asked.typed(named[0].start, named[-1].end)
    kept = [
        asked.typed(m.start, m.end)
        for m, operation in asked.operations
        if operation.kind not in ("than", "comparison", "more", "less")
    ]
    years = _years(before, context)
    return f"{spelled(context.entities[0])}和{other}{years}{measure}{'、'.join(kept) or '对比'}"
