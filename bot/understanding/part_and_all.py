"""Follow-ups that ask what part one figure is of another: a town of its region, a reason of all."""

from __future__ import annotations

from bot.understanding.keeping import kinds_said
from bot.understanding.measure_relations import narrows
from bot.understanding.mentions import Region
from bot.understanding.spoken_of import measure_of, with_unit, without_question_words, words_of
from bot.understanding.turn import UNCLEAR, Completed, Turn, of_kind
from bot.understanding.unsaid import RANKED
from knowledge.entities import NameMention
from knowledge.years import Years


def part_of_all(turn: Turn) -> Completed:
    """海明街道占多少, after a question about the towns of a region: its part of their sum."""
    asked, regions = turn.asked, [m for m, _ in turn.before.regions]
    if turn.context.entities or not regions or len(asked.names) != 1 or of_kind(asked, "column"):
        return None
    if kinds_said(turn.before):
        return UNCLEAR  # 东峡乡占多少, after 各乡合计
    named = [m for m in asked.mentions if isinstance(m.value, (NameMention, Region))]
    place = asked.typed(named[0].start, named[-1].end)
    years = "、".join(
        with_unit(asked.typed(m.start, m.end)) for m in asked.mentions if isinstance(m.value, Years)
    )
    measure = without_question_words(turn.measure)
    return f"{place}{years or turn.years}{measure}占{turn.place}多少" if measure else None


def asks_of_all(turn: Turn) -> bool:
    """2020年合计呢, 最多的是谁, after 海明街道占洮北区多少."""
    if "share" not in turn.kept or not turn.context.entities or "share" in turn.operations:
        return False
    sets = {places.quantifier for _, places in turn.asked.place_sets}
    adds_up = bool(turn.operations & {"sum", "mean"}) or turn.asked.said_together
    return sets <= {"which", "which_alone"} and (adds_up or bool(turn.operations & RANKED))


def of_all(turn: Turn) -> Completed:
    """2020年合计呢, 最多的是谁, after 海明街道占洮北区多少 in a talk about the region: of all its towns."""
    regions = [m for m, _ in turn.before.regions]
    region = turn.before.typed(regions[-1].start, regions[-1].end) if regions else ""
    spoken = [turn.read(one.question) for one in turn.context.earlier if not one.entities]
    measure = without_question_words(measure_of(turn.before, columns=False)).split("和")[0]
    if not region or not spoken or not measure:
        return UNCLEAR
    years = "" if turn.asked.years else turn.years
    completed = f"{region}{years}{measure}{turn.plain()}"
    return completed if turn.understood(completed) is not None else UNCLEAR


def part_of_the_told(turn: Turn) -> Completed:
    """占多少, after 不予公开几件 and one of its reasons: of those not disclosed, not of all that was
    handled; None where no figure told of the same town contains the last."""
    parts = of_kind(turn.before, "measure")
    if turn.asked.meanings or turn.asked.place_sets or turn.worked_out or len(parts) != 1:
        return None
    for one in reversed(turn.context.earlier):
        if one.entities != turn.context.entities:
            continue
        question = turn.read(one.question)
        wholes = of_kind(question, "measure")
        if len(wholes) != 1 or question.operations or not narrows(parts[0][1], wholes[0][1]):
            continue
        if of_kind(question, "column") or of_kind(turn.before, "column"):
            return UNCLEAR  # 企业的不予公开几件, and one of its reasons
        part, whole = (
            without_question_words(words_of(q, m))
            for q, m in ((turn.before, parts[0][0]), (question, wholes[0][0]))
        )
        years = "" if turn.asked.years else turn.years
        typed = "、".join(with_unit(turn.asked.typed(y.start, y.end)) for y in turn.asked.years)
        completed = f"{turn.place}{years}{typed}{part}占{whole}的比例"
        return completed if turn.understood(completed) is not None else UNCLEAR
    return None
