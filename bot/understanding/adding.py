"""Follow-ups that add up: 加上大华镇呢, and 加起来呢 after several answers in a row."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.understanding.interpretation import Wanted
from bot.understanding.measure_relations import frames, narrows, part_of
from bot.understanding.mentions import Region
from bot.understanding.operations import OperationKind
from bot.understanding.phrases import Meaning, load_phrases
from bot.understanding.places import spelled
from bot.understanding.spoken_of import (
    Context,
    others_of,
    rest_of,
    with_unit,
    without_question_words,
)
from bot.understanding.task import Aggregate
from bot.understanding.turn import UNCLEAR, Completed, Turn, of_kind
from knowledge.entities import NameMention
from knowledge.model import Entity
from knowledge.years import Years


def adds(turn: Turn) -> bool:
    """Whether a place or year is to be added to the one before: 加上大华镇, 和2022年一共."""
    leads = turn.asked.letters.startswith(load_phrases().harmless.connectors)
    return leads and (turn.asked.together or "sum" in turn.operations)


def together(turn: Turn) -> str | None:
    """加上大华镇呢: the sum of the figure before and of that of one more place or year."""
    asked, context, measure = turn.asked, turn.context, turn.measure
    plain = turn.operations <= {"sum"}
    if any(one.entities != context.entities for one in context.earlier):
        return None  # 加上海明街道呢, after two towns: to the last, or to both?
    if not (measure and context.entities and len(context.years) == 1 and plain):
        return None
    if asked.place_sets or asked.amounts or of_kind(asked, "column") or asked.unknown_names:
        return None
    named = [m for m in asked.mentions if isinstance(m.value, (NameMention, Region))]
    years = [asked.typed(m.start, m.end) for m in asked.mentions if isinstance(m.value, Years)]
    own = f"{context.years[0]}年"
    if asked.names and not years:
        return f"{turn.place}和{others_of(asked, named)}{own}{measure}加起来"
    if years and not named and len(context.entities) == 1:
        return f"{turn.place}{own}和{'和'.join(map(with_unit, years))}{measure}加起来"
    return None


def sums(turn: Turn) -> bool:
    """Whether nothing but a sum is asked for (加起来呢, 合计, 那一共呢) after one figure of one
    place in one year; after several at once it is asked of these."""
    asked, context = turn.asked, turn.context
    others = asked.place_sets or asked.amounts or asked.years or asked.meanings or asked.exists
    said = "sum" in turn.operations or asked.said_together
    if not said or others or turn.pronoun or not turn.operations <= {"sum"}:
        return False
    if not context.entities:
        return bool(context.earlier)  # 加起来呢, after two regions' totals
    single = len(context.entities) == 1 and len(context.years) == 1
    return single and (turn.worked_out or len(of_kind(turn.before, "measure")) == 1)


_TOGETHER: frozenset[OperationKind] = frozenset(
    {
        "sum",
        "mean",
        "difference",
        "more_by",
        "less_by",
        "more",
        "less",
        "most",
        "least",
        "comparison",
        "which_year",
        "rise",
        "fall",
        "change",
    }
)


def looks_back(turn: Turn) -> bool:
    """Whether the follow-up may ask about several answers in a row (加起来, 差多少, 谁多)."""
    asked, context = turn.asked, turn.context
    if turn.pronoun is not None:
        return False  # 全镇合计, 它差多少: of the last one alone
    if not context.earlier or asked.amounts or asked.years or asked.meanings or asked.exists:
        return False
    if not turn.operations <= _TOGETHER or len(context.entities) != 1 or len(context.years) != 1:
        return False
    sets = {places.quantifier for _, places in asked.place_sets}
    return sets <= {"which_alone", "which"} and bool(turn.operations or asked.said_together)


@dataclass(frozen=True, slots=True)
class _Told:
    """One figure that was looked up, and the words that ask for it without place and year."""

    entity: Entity
    year: int
    wanted: Wanted
    words: str


def of_answers(turn: Turn, count: int = 0, years_said: bool = False) -> Completed:
    """加起来呢, 差多少, 谁多: of the figures that were asked for in a row, each following on the
    one before, where they differ in one thing alone: their places, years or measures. None where
    no two figures were. `count` is how many there are said to be, 0 if nothing is; `years_said`:
    they are said to be of so many years (这两年差多少)."""
    told = [_told(turn, context) for context in (*turn.context.earlier, turn.context)]
    figures = list(dict.fromkeys(one for one in told if one is not None))
    two = bool(turn.operations) and turn.operations <= _OF_TWO
    if not two:
        figures = _without_wholes(figures)
    if None in told or len(figures) < 2:
        return None
    if years_said:
        last = figures[-1]
        alike = [one for one in figures if replace(one, year=last.year) == last]
        figures = alike[-count:] if count else alike
    if count not in (0, len(figures)) or figures[-1] != told[-1]:
        return UNCLEAR
    if not count and two and not _alike(figures):
        figures = figures[-2:]  # 差多少: of the last two, where all are of no one kind
    entities = list(dict.fromkeys(one.entity for one in figures))
    years = list(dict.fromkeys(one.year for one in figures))
    words = list(dict.fromkeys(one.words for one in figures))
    wanted = {one.wanted for one in figures}
    if sorted((len(entities), len(years), len(words), 1)) != [1, 1, 1, len(figures)]:
        return UNCLEAR
    sided = len(figures) == 2 and turn.operations and turn.operations <= _OF_TWO | {"more", "less"}
    if len(wanted) > 1 and ("sum" not in turn.operations and not sided or _overlap(figures)):
        return UNCLEAR  # 一共呢, after two results: of these two, or of all?
    added = turn.asked.said_together or "sum" in turn.operations
    whose, when = "和".join(map(spelled, entities)), "和".join(f"{year}年" for year in years)
    completed = f"{whose}{when}{'和'.join(words)}{'加起来' if added else turn.plain()}"
    found = turn.understood(completed)
    same = (
        found is not None
        and found.task is not None
        and isinstance(found.task, Aggregate) >= added
        and found.entities == tuple(entities)
        and sorted(found.years.years) == sorted(years)
        and set(found.wanted) == wanted
    )
    return completed if same else UNCLEAR


def of_first_and_second(turn: Turn) -> Completed:
    """差多少, after the town with the most and the second: of these two. None where not just these
    were told."""
    context, asked = turn.context, turn.asked
    before = context.earlier[-1] if context.earlier else None
    if context.entities or context.found is None or before is None or before.found is None:
        return None
    besides = asked.meanings or asked.years or asked.amounts or asked.place_sets or asked.exists
    if besides or not turn.operations or not turn.operations <= _OF_TWO:
        return None
    (one, year), (other, other_year) = before.found, context.found
    first, second = (turn.understood(c.question) for c in (before, context))
    if one == other or year != other_year or first is None or second is None:
        return None
    measure = without_question_words(turn.measure)
    third = context.earlier[-2] if len(context.earlier) > 1 else None
    if first.wanted != second.wanted or not measure or (third is not None and third.found):
        return UNCLEAR  # after the first, the second and the last: which two?
    completed = f"{spelled(one)}和{spelled(other)}{year}年{measure}差多少"
    found = turn.understood(completed)
    same = found is not None and found.wanted == second.wanted and found.entities == (one, other)
    return completed if same else UNCLEAR


def of_totals(turn: Turn) -> Completed:
    """差多少, 多了还是少了, after the totals of one region in two years, one asked after the other:
    of these two. None where not just these were told."""
    context, asked = turn.context, turn.asked
    if context.entities or not context.earlier or context.earlier[-1].entities:
        return None
    besides = asked.meanings or asked.years or asked.amounts or asked.place_sets or asked.exists
    if besides or not turn.operations or not turn.operations <= _OF_TWO | _WHICH_WAY:
        return None
    first, second = (turn.understood(c.question) for c in (context.earlier[-1], context))
    years = {*context.earlier[-1].years, *context.years}
    if first is None or second is None or first.scope is None or second.scope is None:
        return None
    sums = all(
        isinstance(one.task, Aggregate) and one.task.operation == "sum" for one in (first, second)
    )
    same = first.scope.region == second.scope.region and first.wanted == second.wanted
    if not sums or not same or len(years) != 2:
        return None
    if len(context.earlier) > 1 and turn.read(context.earlier[-2].question).together:
        return UNCLEAR  # after three totals: which two?
    when = "和".join(f"{year}年" for year in sorted(years, reverse=True))
    completed = f"{turn.place}{when}{rest_of(turn.before)}{turn.plain()}"
    found = turn.understood(completed)
    kept = found is not None and found.scope is not None and found.wanted == second.wanted
    return completed if kept else UNCLEAR


_WHICH_WAY: frozenset[OperationKind] = frozenset({"more", "less", "rise", "fall", "change"})

_OF_TWO: frozenset[OperationKind] = frozenset({"difference", "more_by", "less_by"})


def _alike(figures: list[_Told]) -> bool:
    """Whether figures differ in one thing alone: their places, years or measures."""
    entities = {one.entity for one in figures}
    years, words = {one.year for one in figures}, {one.words for one in figures}
    return sorted((len(entities), len(years), len(words))) == [1, 1, len(figures)]


def _overlap(figures: list[_Told]) -> bool:
    """Whether one of them counts what others count too: what was received, and a result of it."""
    meanings = [Meaning("measure", one.wanted.measures) for one in figures]
    return any(
        one is not other and part_of(one) == part_of(other) is not None and frames(one, other)
        for one in meanings
        for other in meanings
        if one.ids != other.ids
    )


def _without_wholes(figures: list[_Told]) -> list[_Told]:
    """The figures without those that others of them are a part of (主动公开几条，网站呢，公众号呢)."""
    return [one for one in figures if not any(_is_part(other, one) for other in figures)]


def _is_part(part: _Told, whole: _Told) -> bool:
    one, other = part.wanted, whole.wanted
    if one.measures == other.measures:
        return bool(one.columns) and not other.columns
    return narrows(Meaning("measure", one.measures), Meaning("measure", other.measures))


def _told(turn: Turn, context: Context) -> _Told | None:
    """The one figure that a question looked up; None if it asked for anything else."""
    found = turn.understood(context.question)
    if found is None or found.task is not None or found.scope is not None or found.absent:
        return None
    if len(context.entities) != 1 or len(context.years) != 1 or len(found.wanted) != 1:
        return None
    words = without_question_words(rest_of(turn.read(context.question)))
    return _Told(context.entities[0], context.years[0], found.wanted[0], words)
