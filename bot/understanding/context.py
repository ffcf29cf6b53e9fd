"""What a follow-up means (那2021年呢, 南庄镇呢, 其中自然人): the question before, with what is new in
its place.

A follow-up becomes a question that stands for itself, and that one is understood like any other,
every word of it accounted for; the reply says how it was completed. So nothing is inherited
that cannot be seen, and what is kept between two messages is one line of text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bot.understanding.adding import (
    adds,
    looks_back,
    of_answers,
    of_first_and_second,
    of_totals,
    sums,
    together,
)
from bot.understanding.intents import understand
from bot.understanding.interpretation import Clarify, Interpretation, Refusal
from bot.understanding.its_parts import its_parts
from bot.understanding.keeping import loses
from bot.understanding.leads import led, speaks_of_found
from bot.understanding.measure_relations import of_lawsuits
from bot.understanding.mentions import Region
from bot.understanding.named_anew import is_related, named_anew
from bot.understanding.other_figure import other_measure
from bot.understanding.part_and_all import asks_of_all, of_all, part_of_all
from bot.understanding.phrases import load_phrases
from bot.understanding.places import spelled
from bot.understanding.question import MAX_QUESTION, Question, read_question
from bot.understanding.replacing import COMPARING, other_place, other_year, two_compared
from bot.understanding.same_figure import of_two_or_all, same_measure
from bot.understanding.spoken_of import (
    Context,
    measure_of,
    others_of,
    without_question_words,
    words_of,
)
from bot.understanding.subjects import explained_by
from bot.understanding.turn import EDGES, UNCLEAR, Completed, Turn, of_kind
from bot.understanding.unsaid import (
    leaves_open,
)
from bot.understanding.which_ones import which_ones
from knowledge.entities import NameIndex, NameMention
from knowledge.text import fold

_ALL = frozenset({"each", "county", "city", "province"})
_OWN_KINDS = frozenset({"coverage", "help", "greeting", "thanks", "outside"})


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up in words that stand for themselves; `kind` is not `question` where it asks
    about the answer before: where it stands (来源呢), or why it is so (为什么是0)."""

    question: str
    kind: Literal["question", "source", "cause"] = "question"
    or_alone: bool = False
    """Whether it may stand for itself as well: it does where what it was completed to has no
    answer (平安镇的许可, in a year of which there is no report)."""
    aside: bool = False
    """Whether the conversation stays with what was spoken of before (差多少, after the first and the
    second of a region: it is still about the region)."""


def follow(
    text: str, context: Context, index: NameIndex, today: date
) -> FollowUp | Clarify | Refusal | None:
    """What a message means after the question before it, or what is asked back where it may mean
    several things; None if it stands for itself."""
    if not text.strip() or len(text) > MAX_QUESTION:
        return None
    if context.found is not None and speaks_of_found(text, context):
        context = _of_the_found(context, index, today)
    lead = led(text, context, index, today)
    if isinstance(lead, Refusal):
        return lead
    asked, marked = lead.asked, lead.marked
    before = read_question(context.question, index, today)
    if not marked and lead.pronoun is None and _stands_alone(text, asked, index, today):
        return None
    if _needs_a_figure(asked) and not measure_of(before):
        last = _last_figure(context, index, today)
        return None if last is None else follow(text, last, index, today)
    if _picks_a_year(asked, context, index, today):
        return follow(text, context.earlier[-1], index, today)
    turn = Turn(asked, before, context, index, today, marked, lead.pronoun)
    kinds = {meaning.kind for _, meaning in asked.meanings}
    bare = not (asked.names or asked.regions or asked.unknown_names)
    short = marked or lead.plain.endswith("的")
    if short and (lead.odd or asked.unknown_names) and not (asked.names or asked.regions):
        explained = explained_by(turn)
        if explained is not None:
            return FollowUp(explained)
    told = _told_together(turn, lead.plain)
    if isinstance(told, (Clarify, Refusal)):
        return told
    if told is not None:
        return FollowUp(told)
    parts = its_parts(turn)
    if parts is not None:
        return FollowUp(parts) if isinstance(parts, str) else parts
    if lead.odd:
        return None
    if lead.years_told:
        return UNCLEAR  # 两年一共几件, after answers that cannot be put together
    which = which_ones(turn)
    if which is not None:
        return FollowUp(which) if isinstance(which, str) else which
    apart = of_first_and_second(turn)
    if apart is not None:
        return FollowUp(apart, aside=True) if isinstance(apart, str) else apart
    if leaves_open(turn, lead):
        return UNCLEAR
    if not asked.meanings and any(w in asked.letters for w in load_phrases().follow.reports):
        # 收录了平安镇吗, 2022年的报告呢; 平安镇的情况呢 is asked of the year spoken of.
        dated = bool(asked.names) and not asked.years and len(context.years) == 1
        return FollowUp(f"{context.years[0]}年{lead.plain}") if dated and marked else None
    if "source" in kinds:
        alone = bare and kinds == {"source"} and not asked.years
        return FollowUp(context.question, "source") if alone else UNCLEAR
    what = kinds & {"measure", "topic", "meta"}
    lost = any(meaning.lawsuits for _, meaning in asked.meanings)
    if (
        bare
        and lost
        and not what
        and not any(of_lawsuits(m.ids) for _, m in of_kind(before, "measure"))
    ):
        return UNCLEAR  # 输了几个, after reviews, which nobody loses
    if _only_asks(turn, "share") and _after_a_total(turn, index, today):
        return UNCLEAR  # 占多少, after a region's total and one of its towns: of which whole?
    if bare and "cause" in kinds and not what and not asked.years:
        return FollowUp(context.question, "cause")
    if kinds & _OWN_KINDS or "cause" in kinds:
        return None
    if bare and "meta" in kinds and turn.names(*load_phrases().follow.all_reports):
        return None
    others = text.strip(EDGES).removeprefix("那").startswith(load_phrases().follow.others_too)
    if others and asked.place_sets and context.entities:
        return UNCLEAR  # 还有哪些镇被告过: without this one; of its county, its year, or of all?
    completed = _completed(turn, bool(what), bare)
    if isinstance(completed, (Clarify, Refusal)):
        return completed
    fragment = not _asks(asked) and not asked.exists and len(asked.letters) <= _FRAGMENT
    related = len(context.years) == 1 and bool(before.years) and is_related(turn)
    if completed is None and not bare and what and (marked or fragment or related):
        completed = named_anew(turn, related and not (marked or fragment))
        if isinstance(completed, (Clarify, Refusal)):
            return completed
    if completed is None or completed == text:
        return None
    several = len(context.years) > 1 and bool(turn.kept) and not asked.years
    if what and asked.said_together and several:
        return UNCLEAR  # 无法提供一共几件, after two years were compared: of which of them?
    alone = not marked and not bare and bool(what)
    return UNCLEAR if loses(turn, completed) else FollowUp(completed, or_alone=alone)


def _only_asks(turn: Turn, kind: str) -> bool:
    """Whether a message says nothing but one operation (占多少)."""
    asked = turn.asked
    named = asked.names or asked.regions or asked.unknown_names or asked.years or asked.amounts
    return turn.operations == {kind} and not (named or asked.meanings or asked.place_sets)


def _after_a_total(turn: Turn, index: NameIndex, today: date) -> bool:
    """Whether the figure of one town followed on the total of a region."""
    if not turn.context.entities or not turn.context.earlier:
        return False
    last = turn.context.earlier[-1]
    question = read_question(last.question, index, today)
    whole = question.together or any(o.kind == "sum" for _, o in question.operations)
    return not last.entities and bool(question.regions) and whole


def _stands_alone(text: str, asked: Question, index: NameIndex, today: date) -> bool:
    """Whether a message names its place, years and figure, and is understood by itself."""
    named = asked.regions or asked.names
    dated = asked.years or any(o.kind == "which_year" for _, o in asked.operations)
    whole = named and dated and of_kind(asked, "measure") and not asked.unknown_names
    return bool(whole) and isinstance(understand(text, index, today), Interpretation)


def _asks(asked: Question) -> bool:
    """Whether a message has a question word, also within the words of a measure (罚了多少起)."""
    words = load_phrases().asked
    counts = (*words.any, *words.count, *words.money)
    return asked.asks_number or any(word in asked.letters for word in counts)


_FRAGMENT = 12
"""Letters of a place and a figure that ask nothing by themselves (平安镇的许可)."""


def _needs_a_figure(asked: Question) -> bool:
    """Whether a message names a kind of applicant, a result or a column, and no figure."""
    kinds = {meaning.kind for _, meaning in asked.meanings}
    alone = not (asked.names or asked.regions or asked.unknown_names or asked.place_sets)
    return kinds == {"column"} and alone


def _picks_a_year(asked: Question, context: Context, index: NameIndex, today: date) -> bool:
    """Whether a message is one of the years just listed (2022呢, after 那有哪几年的), for a figure of
    a year without a report."""
    alone = not (asked.meanings or asked.names or asked.regions or asked.unknown_names)
    if not alone or not asked.named_years or asked.operations or not context.earlier:
        return False
    last = context.earlier[-1]
    listed = not measure_of(read_question(context.question, index, today))
    lacked = measure_of(read_question(last.question, index, today)) and not last.years
    return listed and bool(lacked) and last.entities == context.entities


def _last_figure(context: Context, index: NameIndex, today: date) -> Context | None:
    """The last question about a figure of the same place, where the last one of all was about
    the report or its words (什么时候发布的, 存在的问题), in the years of that one."""
    for one in reversed(context.earlier):
        if one.entities == context.entities and measure_of(
            read_question(one.question, index, today)
        ):
            return one if one.years == context.years else None
    return None


def _of_the_found(context: Context, index: NameIndex, today: date) -> Context:
    """The conversation as after a question about the one place and year that were found; as it
    is where their figure cannot be asked for."""
    assert context.found is not None
    entity, year = context.found
    measure = without_question_words(measure_of(read_question(context.question, index, today)))
    question = f"{spelled(entity)}{year}年{measure}"
    found = understand(question, index, today) if measure else None
    plain = isinstance(found, Interpretation) and found.task is None
    if not plain or not isinstance(found, Interpretation) or found.entities != (entity,):
        return context
    return Context(question, (entity,), (year,))


def _told_together(turn: Turn, plain: str) -> Completed:
    """两年加起来呢, 两个镇差多少: of the answers just told, if there are so many."""
    said = load_phrases().follow.told
    words = plain.removeprefix("那")
    counted = [word for word in said if words.startswith(word)]
    if not counted:
        return None
    word = max(counted, key=len)
    left = turn.read(words.removeprefix(word))
    sets = {places.quantifier for _, places in left.place_sets} - {"which", "which_alone"}
    besides = left.names or left.regions or left.unknown_names or left.meanings or sets
    if besides and (left.together or left.operations):
        return UNCLEAR  # 两年许可一共: of another figure than was told
    if len(turn.context.years) > 1 and "年" in word:
        return _years_told(turn, said[word], left)
    if not turn.context.earlier:
        return None
    rest = replace(turn, asked=left, pronoun=None)
    if rest.asked.leftover or rest.asked.unclear or not looks_back(rest):
        return None
    told = {(one.entities, one.years) for one in (*turn.context.earlier, turn.context)}
    if "几" in word and len(told) < 3:
        return UNCLEAR  # 这几年加起来, after two: of these, or of all?
    return of_answers(rest, said[word], years_said="年" in word)


def _years_told(turn: Turn, count: int, rest: Question) -> Completed:
    """这两年加起来, 三年合计 after an answer of several years: the sum of these, if they are so
    many."""
    kinds = {operation.kind for _, operation in rest.operations}
    if not (kinds == {"sum"} or (not kinds and rest.together)):
        return None
    years = turn.context.years
    if count not in (0, len(years)) or not turn.place or not turn.measure:
        return UNCLEAR
    return f"{turn.place}{'和'.join(f'{year}年' for year in years)}{turn.measure}加起来"


# ── putting the two together ──


def _completed(turn: Turn, what: bool, bare: bool) -> Completed:
    asked, operations = turn.asked, turn.operations
    if adds(turn):
        return None if what else together(turn)
    if not bare:
        return None if what else _elsewhere(turn)
    if what and operations & {"than", "comparison"} and not asked.place_sets:
        if len(of_kind(asked, "measure")) > 1 and turn.place:
            return f"{turn.place}{'' if asked.years else turn.years}{turn.plain()}"
        if asked.years and turn.place and _names_its_own(turn):
            return f"{turn.place}{turn.years}{turn.plain()}"
        return _beside_measure(turn)
    if what:
        return other_measure(turn)
    if asks_of_all(turn):
        return of_all(turn)
    columns = of_kind(asked, "column")
    plain_year = not operations and not asked.amounts and not columns and not asked.place_sets
    if asked.years and plain_year:
        return other_year(turn)
    if _asks_the_whole(turn):
        return f"{turn.place}{turn.years}{without_question_words(measure_of(turn.before, columns=False))}"
    if (totals := of_totals(turn)) is not None:
        return totals
    if looks_back(turn) and (together_now := of_answers(turn)) is not None:
        return of_two_or_all(turn, together_now)
    if sums(turn):
        return UNCLEAR  # one figure by itself has nothing to be added to
    sets = {places.quantifier for _, places in asked.place_sets}
    # 有哪些镇 alone asks what the store holds, 各镇分别多少 for the same figure of each.
    others = bool(sets) and (turn.marked or asked.asks_number and sets <= _ALL)
    total = asked.said_together and not sets & {"count", "count_alone"}  # 一共有几个镇
    if operations or columns or others or asked.amounts or total:
        return same_measure(turn)
    return None


def _asks_the_whole(turn: Turn) -> bool:
    """总数呢, after one kind of applicant: the whole of which it is a part."""
    said = fold(turn.plain()).strip(EDGES + "的")
    part = len(of_kind(turn.before, "column")) == 1 and not turn.worked_out
    counted = said.endswith(load_phrases().harmless.counted) and said[:1] == "总"  # 合计 adds up
    return part and counted and said in load_phrases().harmless.totals and bool(turn.place)


def _elsewhere(turn: Turn) -> Completed:
    """The same figure of another place, or of it beside the one before."""
    asked, operations = turn.asked, turn.operations
    comparing = bool(operations & set(COMPARING))
    if comparing and turn.context.entities:
        two = two_compared(turn)
        return two if two is not None else _compared(turn)
    if operations == {"share"} and not asked.place_sets:
        return part_of_all(turn)
    if operations or asked.place_sets:
        return None
    bare = not asked.meanings and len(asked.names) == 1
    if not (turn.marked or asked.years or asked.asks_number or asked.exists or bare):
        return None
    return other_place(turn)


def _names_its_own(turn: Turn) -> bool:
    """Whether the figure that is compared with another year's stands in front (主动公开比2023年多多少):
    it is not the one before beside it (比网站多几条)."""
    (first, _), *_ = of_kind(turn.asked, "measure", "topic", "meta")
    compared = [m.start for m, operation in turn.asked.operations if operation.kind == "than"]
    return len(turn.context.years) == 1 and bool(compared) and first.start < min(compared)


def _beside_measure(turn: Turn) -> str | None:
    """比网站多几条: the one figure of the question before beside another of the same report."""
    measures = of_kind(turn.before, "measure")
    if len(measures) != 1 or not turn.place or not turn.context.entities:
        return None
    measure = without_question_words(words_of(turn.before, measures[0][0]))
    return f"{turn.place}{turn.years}{measure}{turn.plain()}"


def _compared(turn: Turn) -> Completed:
    """和官坡镇比呢: the place before (the first of two that were compared) beside the one named
    now."""
    asked, entities, measure = turn.asked, turn.context.entities, turn.measure
    again = len(entities) == 2 and bool(turn.kept & set(COMPARING))
    if len(entities) != 1 and not again or not measure:
        return None
    if turn.kept - set(COMPARING):
        return UNCLEAR  # 和平台镇比呢, after a share: of the shares
    sets = {places.quantifier for _, places in asked.place_sets}
    if asked.years or asked.amounts or not sets <= {"which_alone"} or of_kind(asked, "column"):
        return None  # 和大华镇2022年比: another year or kind of applicant for one of the two
    named = [m for m in asked.mentions if isinstance(m.value, (NameMention, Region))]
    if not named:
        return None
    other = others_of(asked, named)
    kept = [
        asked.typed(m.start, m.end)
        for m, operation in asked.operations
        if operation.kind not in ("than", "comparison", "more", "less")
    ]
    return f"{spelled(entities[0])}和{other}{turn.years}{measure}{'、'.join(kept) or '对比'}"
