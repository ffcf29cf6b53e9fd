"""A follow-up with messages between it and the question it follows on that were not understood.

What such a message asked about is not known: a town, a figure or a year of its own may be what
the follow-up refers to. What it said for certain is taken over; what it left open is asked back,
with what the follow-up would mean after the last question that was understood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.understanding.context import FollowUp, follow
from bot.understanding.intents import understand
from bot.understanding.interpretation import (
    Choice,
    Clarify,
    Interpretation,
    Refusal,
    Understood,
)
from bot.understanding.leads import without_marks
from bot.understanding.phrases import load_phrases
from bot.understanding.places import spelled
from bot.understanding.question import Question, read_question
from bot.understanding.replacing import COMPARING
from bot.understanding.spoken_of import (
    Context,
    measure_of,
    rest_of,
    with_unit,
    without_question_words,
)
from bot.understanding.task import Verify
from bot.understanding.turn import EDGES, UNCLEAR, of_kind
from bot.understanding.which_ones import holdings_meant
from bot.understanding.word_search import load_search
from knowledge.entities import NameIndex
from knowledge.model import Entity
from knowledge.name_forms import split_name
from knowledge.years import Years

_KINDS_OF_PLACE = "省市县区乡镇村"
_OF_ANOTHER = frozenset({"which_year", "most", "least", "nth", "top", "bottom"})
"""Operations that find a place or year (最少的那年), which is then spoken of."""

_DENIES = frozenset("不没非除别比")
"""In what is not understood beside a place these may say that it is not that place (我没问…)."""

_OTHER_ISSUE = ("更正前", "改之前", "修改前", "改前", "原来的", "旧的", "第一版", "老版")
"""Words for a report that a later issue replaced."""

_WHAT = frozenset({"measure", "topic", "meta", "column"})


def follow_on(
    text: str, context: Context, index: NameIndex, today: date
) -> FollowUp | Clarify | Refusal | None:
    """What a message means in the conversation (`follow`), also where the messages before it
    (`context.missed`) were not understood; None if it stands for itself."""
    missed = [read_question(one, index, today) for one in context.missed]
    missed = [one for one in missed if not _is_aside(one)]
    if not missed:
        return follow(text, replace(context, missed=()), index, today)
    asked = read_question(text, index, today)
    named = bool(asked.names or asked.regions or asked.unknown_names)
    what = any(meaning.kind in _WHAT for _, meaning in asked.meanings)
    left = _left_by(missed, context)
    beside = any(o.kind in COMPARING for _, o in asked.operations)
    if (not named or beside) and (left.other_place or left.other_year and not asked.years):
        if not what or left.entity is None or asked.leftover or asked.unclear:
            return None
        when = "" if asked.years else _years(left, context)
        meant = f"{spelled(left.entity)}{when}{text.strip(EDGES)}"
        followed = follow(text, replace(context, missed=()), index, today)
        before = [followed.question] if isinstance(followed, FollowUp) else []
        return Clarify("after_missed", tuple(Choice(one, one) for one in (meant, *before)))
    followed = follow(text, replace(context, missed=()), index, today)
    if not isinstance(followed, FollowUp) or followed.kind == "cause":
        return followed
    what = what and followed.kind == "question"  # 来源呢: of which figure?
    if not of_kind(asked, "measure", "topic", "meta") and not left.figure_known:
        what = False  # 纠正了几件, after 复议呢: of these, or of what was told before?
    if asked.letters.lstrip("那它").startswith("占"):
        what = False  # 占办理总数多少: the whole is named, and not of what
    if any(word in one.letters for one in missed for word in _OTHER_ISSUE):
        return UNCLEAR  # 更正前是多少, not understood: of which issue is what follows?
    # 处罚呢, after 哪年最多 was asked back: how many, or in which year the most?
    plain = not (asked.asks_number or asked.operations or asked.exists)
    worked_out = left.worked_out and plain and bool(of_kind(asked, "measure", "column"))
    known = left.place_known or (named and not beside)  # 比南庄多多少: of which town?
    if known and (what or left.figure_known) and not worked_out:
        return followed
    return Clarify("after_missed", (Choice(followed.question, followed.question),))


def in_place(text: str, pending: str, index: NameIndex, today: date) -> str | None:
    """The question that was asked back (`pending`) about the place that a message names and says
    nothing else of (2023年申请几件, 大华镇); None if it says more, or the question asked back is
    about several places."""
    asked, before = (read_question(words, index, today) for words in (text, pending))
    says = asked.meanings or asked.operations or asked.amounts or asked.place_sets
    named = [*(m for m, _ in asked.names), *(m for m, _ in asked.regions)]
    if says or asked.leftover or asked.unclear or asked.unknown_names or len(asked.names) > 1:
        return None
    if len(before.names) > 1 or before.unknown_names or not before.meanings:
        return None
    # 海明街道几件, after a share that was asked back; 其中…: of something that had no answer itself.
    counted = asked.asks_number and bool(before.operations)
    if counted or before.letters.startswith(load_phrases().follow.of_which):
        return None
    if asked.years and before.years and not (asked.names or asked.regions):
        return None
    if not asked.names and not asked.regions:
        # 2022年的: the year of the question that was asked back.
        alone = bool(asked.years)
        return (
            f"{text.strip(EDGES).removesuffix('的').removesuffix('呢')}{pending}" if alone else None
        )
    if not asked.names and before.names:
        if before.regions or len(before.names[0][1].entities) < 2:
            return None  # only 城关镇, which there are several of, waits for its county
    first, last = min(m.start for m in named), max(m.end for m in named)
    # 城关镇, after 湟源县…: the one there; 东峡镇, of which there is but one, lies where it lies.
    several = any(len(name.entities) != 1 for _, name in asked.names)
    within = before.regions if several and not asked.regions else ()
    region = "".join(before.typed(m.start, m.end) for m, _ in within)
    years = "、".join(
        with_unit(before.typed(m.start, m.end))
        for m in before.mentions
        if isinstance(m.value, Years)
    )
    if asked.years:
        own = [m for m in asked.mentions if isinstance(m.value, Years)]
        years = "、".join(with_unit(asked.typed(m.start, m.end)) for m in own)
    name = "" if asked.names else "".join(before.typed(m.start, m.end) for m, _ in before.names)
    known = understand(pending, index, today)
    claimed = isinstance(known, Interpretation) and isinstance(known.task, Verify)
    rest = without_question_words(measure_of(before, amounts=False)) if claimed else rest_of(before)
    return f"{region}{asked.typed(first, last)}{name}{years}{rest}"


def dated(
    text: str, context: Context | None, pending: str, index: NameIndex, today: date
) -> str | None:
    """A question that names no year with the year of the question asked back, of what was not
    understood, or spoken of, in front; None where there is none or more than one. For what is asked back in its turn (处罚呢,
    without a place): else the year would be lost with it."""
    asked = read_question(text, index, today)
    if asked.years or asked.names or not asked.meanings:
        return None
    since = (pending, *reversed(context.missed)) if context is not None else (pending,)
    named = (read_question(one, index, today).named_years for one in since if one)
    spoken = context.years if context is not None else ()
    years = set(next((years for years in named if years), spoken))
    return f"{years.pop()}年{text.strip(EDGES)}" if len(years) == 1 else None


def year_lost(
    understood: Understood, text: str, lost: str, index: NameIndex, today: date
) -> Understood:
    """A question that names no year, after one that was not understood and did (`lost`): of that
    year, or of the latest, is asked back; anything else as it is."""
    figure = isinstance(understood, Interpretation) and understood.intent not in _WITHOUT_YEAR
    if not figure or not isinstance(understood, Interpretation) or understood.years.named:
        return understood
    years = set(read_question(lost, index, today).named_years)
    if len(years) != 1:
        return understood
    dated = f"{years.pop()}年{text.strip(EDGES)}"
    return Clarify("which_measure", (Choice(dated, dated), Choice(text, text)))


_WITHOUT_YEAR = ("coverage", "help")


def of_its_question(
    understood: Understood, text: str, pending: str, index: NameIndex, today: date
) -> Understood:
    """What is asked of all towns after a question about a region was asked back (湟源县2022年罚了多少,
    then 哪个镇罚得最多): of its towns and year, or of all, is asked back; else as it is."""
    if not isinstance(understood, Interpretation) or understood.scope is None:
        return understood
    before, asked = (read_question(words, index, today) for words in (pending, text))
    region = "".join(before.typed(m.start, m.end) for m, _ in before.regions)
    everywhere = "everywhere" in {places.quantifier for _, places in asked.place_sets}
    if understood.scope.region or understood.entities or everywhere or not region or before.names:
        return understood
    years = [m for m in before.mentions if isinstance(m.value, Years)]
    when = "" if asked.years else "、".join(with_unit(before.typed(m.start, m.end)) for m in years)
    within = f"{region}{when}{text.strip(EDGES)}"
    return Clarify("which_measure", (Choice(within, within), Choice(text, text)))


def word_of_town(understood: Understood, text: str, context: Context) -> str | None:
    """有没有提到征收, in a talk about one town, as the question about that word in its reports; None
    where no word is searched, where a place is named or any report is meant (哪些年报提到…)."""
    if not isinstance(understood, Interpretation) or understood.search is None:
        return None
    words = load_search()
    anywhere = any(word in text for word in (*words.which_reports, *words.which_places))
    if understood.entities or understood.regions or understood.years.named or anywhere:
        return None
    if len(context.entities) != 1:
        return None
    return f"{spelled(context.entities[0])}关于“{understood.search}”怎么说的"


def holdings(understood: Understood, text: str, index: NameIndex, today: date) -> Understood:
    """What is asked in a conversation and would be told what the store holds: refused if it does not
    say so (是谁, 其他镇有吗, 分别是哪些); anything else as it is."""
    if not isinstance(understood, Interpretation) or understood.intent != "coverage":
        return understood
    asked = read_question(text, index, today)
    if holdings_meant(asked):
        return understood
    # 大通其他镇呢: their figures; 大通县: which of its reports there are.
    led = without_marks(text)[1] or bool(asked.place_sets)
    return understood if (understood.entities or understood.regions) and not led else UNCLEAR


def overview(
    understood: Understood, text: str, index: NameIndex, today: date, dated: bool = False
) -> Understood:
    """大华镇呢, 那大华镇, after a message that was not understood or in a talk: no overview, nor
    a choice of towns to have one of, but refused; where `dated`, also if it names a year."""
    if not without_marks(text)[1] and not text.strip(EDGES).endswith("的"):
        return understood
    if isinstance(understood, Clarify):
        asked = read_question(text, index, today)
        more = asked.meanings or asked.operations or asked.amounts or asked.place_sets
        return understood if more else UNCLEAR
    if not isinstance(understood, Interpretation) or understood.intent != "profile":
        return understood
    return UNCLEAR if dated or not understood.years.named else understood


def of_its_region(
    understood: Understood, text: str, context: Context, index: NameIndex, today: date
) -> Understood:
    """What is asked of all towns of the store after a talk about some of one region: of these, or
    of all, is asked back; anything else as it is."""
    if not isinstance(understood, Interpretation) or understood.scope is None:
        return understood
    before = read_question(context.question, index, today)
    asked = read_question(text, index, today)
    everywhere = "everywhere" in {places.quantifier for _, places in asked.place_sets}
    if understood.scope.region or understood.entities or everywhere:
        return understood
    regions = {entity.county for entity in context.entities}
    regions |= {before.typed(m.start, m.end) for m, _ in before.regions if not context.entities}
    if not regions and not (before.names or before.unknown_names):
        return understood  # after a question about all of the store
    if len(regions) != 1:
        return UNCLEAR
    when = "" if asked.years or len(context.years) != 1 else f"{context.years[0]}年"
    within = f"{regions.pop()}{when}{text.strip(EDGES)}"
    return Clarify("which_measure", (Choice(within, within), Choice(text, text)))


def _years(left: _Left, context: Context) -> str:
    year = left.year
    if year is None and len(context.years) == 1:
        year = context.years[0]
    return "" if year is None else f"{year}年"


@dataclass(frozen=True, slots=True)
class _Left:
    """What messages that were not understood leave to a follow-up.

    `place_known`, `figure_known`: nothing in them can have been another place, another figure.
    `other_place`, `other_year`: they spoke for certain of another one than the question before, of
    `entity` if that is one town (else it is not known of which), in `year` if they named one.
    `worked_out`: more was asked for in them than to look figures up.
    """

    place_known: bool
    figure_known: bool
    other_place: bool
    other_year: bool
    worked_out: bool
    entity: Entity | None
    year: int | None


def _left_by(missed: list[Question], context: Context) -> _Left:
    place_known = figure_known = True
    other_place = other_year = worked_out = False
    entity = context.entities[0] if len(context.entities) == 1 else None
    year: int | None = None
    for question in missed:
        named = {e for _, name in question.names for e in name.entities}
        unknown = [n.typed for n in question.unknown_names if split_name(n.typed)[1]]
        odd = [n.typed for n in question.unknown_names if n.typed not in unknown]  # 今天
        odd += [*question.leftover, *question.unclear]
        counted = question.asks_number and not unknown  # 多少人: of another kind
        told = question.meanings or question.operations or question.together or question.each
        figure_known = figure_known and not (odd or counted or told)
        worked_out = worked_out or bool(question.operations)
        years = set(question.named_years)
        if named or unknown or question.regions:
            known = len(named) == 1 and not unknown
            again = named.pop() if known else None
            other_place = other_place or again is None or again != entity
            entity, year = again, None
            place_known = again is not None and not any(_DENIES & set(words) for words in odd)
        elif any(_may_be_a_place(words) for words in odd) or any(
            operation.kind in _OF_ANOTHER for _, operation in question.operations
        ):
            place_known = False
        if question.years and years != set(context.years):
            other_year = True
            year = years.pop() if len(years) == 1 else None
            entity = entity if year is not None else None
    return _Left(place_known, figure_known, other_place, other_year, worked_out, entity, year)


def _may_be_a_place(words: str) -> bool:
    if any(word in words for word in load_phrases().follow.no_place):
        return False
    return words in _KINDS_OF_PLACE or (len(words) > 1 and not words.isascii())


def _is_aside(missed: Question) -> bool:
    """Whether a message that was not understood is about something else altogether (今天天气怎么样):
    nothing can refer to it."""
    words = load_phrases().follow.aside
    known = any(meaning.kind in _WHAT for _, meaning in missed.meanings)
    named = missed.names or missed.regions or missed.named_years or missed.amounts
    return any(word in missed.letters for word in words) and not (known or named)
