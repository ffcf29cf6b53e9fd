"""The figure of the question before looked at otherwise: 其中自然人, 同比呢, 哪年最多, 哪个镇最多."""

from __future__ import annotations

from bot.understanding.interpretation import Choice, Clarify
from bot.understanding.operations import OperationKind, place_kind
from bot.understanding.other_figure import is_among, other_column
from bot.understanding.part_and_all import part_of_the_told
from bot.understanding.phrases import load_phrases
from bot.understanding.replacing import COMPARING
from bot.understanding.spoken_of import (
    measure_of,
    rest_of,
    with_unit,
    without_question_words,
)
from bot.understanding.turn import EDGES, UNCLEAR, Completed, Turn, of_kind
from bot.understanding.unsaid import CHOOSING, RANKED_SO, asks_nothing_alone
from knowledge.catalogue import load_catalogue

_WITHOUT_YEAR: tuple[OperationKind, ...] = ("trend", "which_year", "per_year", "streak")


def same_measure(turn: Turn) -> Completed:
    """其中自然人, 同比呢, 排第几, 哪个镇最多: the same figure, looked at otherwise."""
    asked, before, context, operations = turn.asked, turn.before, turn.context, turn.operations
    if asks_nothing_alone(turn):
        return UNCLEAR
    few = turn.kept & CHOOSING
    adds_up = bool(operations & {"sum", "mean"}) or asked.said_together
    moved = bool(operations & {"more", "less", "rise", "fall", "change"})
    if moved and any("prior_year_items" in m.ids for _, m in of_kind(before, "column")):
        return UNCLEAR  # 增了还是减了, after 上一年项目数量: by its own column, or over the years?
    if operations & {"mean", "per_year"} and turn.kept & set(COMPARING) and len(context.years) == 2:
        return UNCLEAR  # 平均一年多少, after 2024年比2021年: of these two, or of all between?
    if adds_up and few and not asked.place_sets:
        return None  # 合计呢, after 前三: of these three, or of all?
    if asked.said_together and operations & set(COMPARING) and of_kind(before, "column"):
        return UNCLEAR  # 一共差多少, after 自然人: of that kind, or of all?
    if asked.said_together and "share" in operations and context.entities:
        return UNCLEAR  # 一共占多少, after two shares: of both together, or of the last?
    if operations == {"share"} and (of_the_told := part_of_the_told(turn)) is not None:
        return of_the_told
    columns = bool(of_kind(asked, "column"))
    if columns and asked.quantified and not asked.asks_number:
        return UNCLEAR  # 都是自然人提的吧: all or some, a count does not tell
    if columns and turn.worked_out and not operations and not asked.asks_number:
        return other_column(turn)
    measure = measure_of(before, columns=not columns)
    if not measure:
        return None
    words = turn.plain()
    claimed = asked.exists or "true" in operations or asked.text.rstrip(EDGES).endswith("吧")
    if asked.amounts and claimed:  # 不是15件吗, 是36件对不对
        if turn.kept:
            return UNCLEAR  # 同比多少，不是5件吗: of the difference, or of the figure?
        measure = without_question_words(measure_of(before, columns=not columns, amounts=False))
    if columns:
        # 收到申请中自然人: of the measure only what is named now is asked for.
        measure = without_question_words(measure)
        noun = _noun_of(turn, measure)
        if noun is None:
            return UNCLEAR
        measure = noun + load_phrases().harmless.of_which[-1]
        if asked.years:  # 这几年制发了几件: the years in front, as in the question before
            typed = [turn.asked.typed(y.start, y.end) for y in asked.years]
            measure = f"{'、'.join(map(with_unit, typed))}{measure}"
            words = rest_of(turn.read(words))
    words = _with_noun(turn, words)
    among = is_among(turn)
    if asked.place_sets and not operations & {"position", "share"} and not among:
        alone = {places.quantifier for _, places in asked.place_sets} <= {"which_alone", "which"}
        if alone and operations & {"more", "less"} and not operations & {"most", "least"}:
            return None  # 谁多, after one town: of which two?
        if alone and (_of_several_measures(turn) or _of_several_regions(turn) or _of_parts(turn)):
            return UNCLEAR  # 哪个最多, after 许可几件，处罚呢: of the towns, or of these figures?
        everywhere = any(places.quantifier == "everywhere" for _, places in asked.place_sets)
        place = "" if everywhere else _around(turn)
        if place is None:
            return None
        dated = bool(asked.years) and not turn.marked
        if context.entities and not everywhere and (dated or _spoke_of_all(turn)):
            # 哪个镇2024年制发最多: of the county of the town spoken of, or of all?
            when = "" if asked.years else turn.years
            both = [f"{where}{when}{measure}{words}" for where in (place, "全库")]
            return Clarify("which_measure", tuple(Choice(one, one) for one in both))
    else:
        place = turn.place
        whole_store = (
            not before.names and bool(turn.kept & RANKED_SO) and bool(operations & RANKED_SO)
        )
        if not place and not whole_store:
            return None
    # 哪年最多, after one year or two, is asked of all years; after more, of those.
    unbound = bool(operations & set(_WITHOUT_YEAR)) and len(context.years) < 2
    years = "" if asked.years or unbound else turn.years
    if operations & {"comparison", "than"} and len(asked.named_years) == 1:
        if len(context.years) != 1:
            return None  # 比2019年呢, after several years: which of them is compared?
        years = f"{turn.years}和"  # 和2019年比呢
    return of_two_or_all(turn, f"{place}{years}{measure}{words}")


def _noun_of(turn: Turn, measure: str) -> str | None:
    """The words of a measure without those at its ends that say a column of it (规范性文件发,
    发过红头文件), where another column is asked for; None where it cannot be told apart."""
    words = "".join(turn.asked.typed(m.start, m.end) for m, _ in of_kind(turn.asked, "column"))
    words = load_phrases().harmless.of_which[-1] + words
    lengths = range(len(measure), 1, -1)
    stretches = [measure[at : at + n] for n in lengths for at in range(len(measure) - n + 1)]
    asked = {name for _, meaning in of_kind(turn.asked, "column") for name in meaning.ids}
    known = True
    for stretch in stretches[:_STRETCHES]:
        found = turn.understood(f"{turn.place}{turn.years}{stretch}{words}")
        if stretch == measure:
            known = found is None or not any(want.whole for want in found.wanted)
        wanted = found.wanted if found is not None else ()
        own = (w.columns and set(w.columns) <= asked and not w.whole for w in wanted)
        if wanted and all(own):
            return stretch
    return measure if known else None


_STRETCHES = 20
"""Stretches of a measure's words that are tried."""


def _spoke_of_all(turn: Turn) -> bool:
    """Whether a question about all towns of the store came before those about the last town."""
    told = [(one, turn.read(one.question)) for one in turn.context.earlier]
    return any(
        not one.entities and not question.regions and bool(question.place_sets or question.together)
        for one, question in told
    )


def _of_parts(turn: Turn) -> bool:
    """Whether the figure told is a sum whose parts were told beside it (不予公开的理由): 哪个最多 may
    ask which of these."""
    known = load_catalogue().measures
    single = {places.kind for _, places in turn.asked.place_sets} <= {"any"}
    ids = [name for _, meaning in of_kind(turn.before, "measure") for name in meaning.ids]
    sums = any(name in known and len(known[name].sum_of) > 1 for name in ids)
    return single and sums and len(turn.context.entities) == 1


def _of_several_measures(turn: Turn) -> bool:
    """Whether several figures of the one town were told one after another."""
    if len(turn.context.entities) != 1:
        return False
    told = [turn.before, *(turn.read(one.question) for one in turn.context.earlier)]
    return len({meaning.ids for one in told for _, meaning in of_kind(one, "measure")}) > 1


def _with_noun(turn: Turn, words: str) -> str:
    """第二的呢, after 哪个镇最多: of the same kind of place, where the noun has a wide and a narrow
    sense (镇) and the reply told both."""
    said = [p.kind for _, p in turn.before.place_sets if p.kind != "any"]
    if len(said) != 1 or turn.context.entities or not turn.operations & RANKED_SO:
        return words
    kind = place_kind(said[0])
    if not kind.loose or any(p.kind != "any" for _, p in turn.asked.place_sets):
        return words
    if turn.asked.place_sets:
        return words.replace(place_kind("any").nouns[0], kind.nouns[0])
    return f"{words.removesuffix('的')}的{kind.nouns[0]}"


def _of_several_regions(turn: Turn) -> bool:
    """Whether the totals of several regions were told one after another (谁最多: which of them?)."""
    if turn.context.entities:
        return False
    told = [turn.before, *(turn.read(o.question) for o in turn.context.earlier if not o.entities)]
    return len({tuple(region.name for _, region in one.regions) for one in told}) > 1


def of_two_or_all(turn: Turn, completed: Completed) -> Completed:
    """哪年最多, after two years, or after more that were told one after another: of these, or of
    all, is asked back."""
    if not turn.of_any_year or not isinstance(completed, str) or turn.asked.years:
        return completed
    found = turn.understood(completed)
    if found is None or len(found.years.years) < 2 or not turn.place:
        return completed
    told = [one for one in turn.context.earlier if one.entities == found.entities]
    apart = any(len(one.years) == 1 and one.years[0] in found.years.years for one in told)
    if len(found.years.years) > 2 and not apart:
        return completed
    every = f"{turn.place}{turn.measure}{turn.plain()}"
    return Clarify("which_measure", (Choice(every, every), Choice(completed, completed)))


def _around(turn: Turn) -> str | None:
    """The region within which 哪个镇最多 is asked after a question about one of its towns."""
    if not turn.context.entities:
        return turn.place
    told = (*turn.context.earlier, turn.context)
    counties = {entity.county for one in told for entity in one.entities}
    return counties.pop() or None if len(counties) == 1 else None
