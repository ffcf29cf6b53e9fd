"""Follow-ups that put another figure, or another kind of applicant, into the question before.

What was to be done with the figures is kept, or the follow-up is refused (`replacing`).
"""

from __future__ import annotations

from bot.understanding.covering import BOUNDS
from bot.understanding.interpretation import Choice, Clarify
from bot.understanding.measure_relations import have_results, narrows, part_of
from bot.understanding.mentions import Mention
from bot.understanding.operations import OperationKind
from bot.understanding.phrases import load_asks, load_phrases
from bot.understanding.question import Question
from bot.understanding.replacing import COMPARING, CONDITIONS, RANKING
from bot.understanding.spoken_of import (
    inside,
    measure_of,
    with_unit,
    without_question_words,
    words_of,
)
from bot.understanding.subjects import about_another, leaves_the_whole, of_the_same_kind
from bot.understanding.turn import UNCLEAR, Completed, Turn, of_kind

_OF_YEARS: frozenset[OperationKind] = frozenset({"which_year", "most", "least", "trend"})


def other_measure(turn: Turn) -> Completed:
    """公开了几件, 行政复议呢: another figure of the same place and year."""
    asked, before, context = turn.asked, turn.before, turn.context
    if turn.operations & {"nth", "bottom", "top"} and turn.kept & RANKING:
        return UNCLEAR  # 第二名的处罚呢: of the second of this list
    if _yearless(before) and not asked.years and not context.years:
        return UNCLEAR
    if not of_kind(before, "measure") and not asked.years and _spoke_of_other_years(turn):
        return UNCLEAR  # 处罚呢, after 六年一共多少 and 2021年算了没: of which years?
    if "everywhere" in {places.quantifier for _, places in asked.place_sets}:
        return f"{'' if asked.years else turn.years}{turn.plain()}"
    if asked.place_sets and context.entities and not asked.years and not is_among(turn):
        found = _among_neighbours(turn)
        if turn.marked or not isinstance(found, str):
            return found
        # 哪个镇处罚最多: of its county in that year, or a question of its own?
        return Clarify("which_measure", (Choice(found, found), Choice(turn.plain(), turn.plain())))
    if asked.place_sets and not turn.marked and not is_among(turn):
        return _of_towns(turn)
    if asked.place_sets and context.entities and not is_among(turn):
        return _among_neighbours(turn)
    place, words = turn.place, turn.plain()
    if words.startswith("被") and "申请" in before.letters:
        words = f"申请{words}"  # 被拒绝的呢, after requests: not the town
    if not context.entities and turn.kept & CONDITIONS and not asked.asks_number:
        if turn.operations <= CONDITIONS and (turn.operations or turn.names("有")):
            return _of_towns(turn)
    if not place and not asked.years and _of_all_the_store(turn):
        # 企业申请最多的呢, after 2023年律师申请最多的是哪个镇: in that year.
        whole = f"{turn.years}{words}"
        return whole if turn.understood(whole) is not None else UNCLEAR
    if not place or (turn.pronoun is not None and len(context.entities) != 1):
        return None
    years = "" if asked.years or _yearless(asked) or turn.of_any_year else turn.years
    plain = f"{place}{years}{words}"
    if "share" in turn.operations and _of_what(turn):
        # 占办理总数多少: the figure before, as a part of what is named now.
        whole = words[words.index("占") :] if "占" in words else words
        return f"{place}{years}{without_question_words(turn.measure)}{whole}"
    if "share" in turn.operations and (whole_meant := _part_of_the_whole(turn)) is not None:
        return whole_meant
    doubt = about_another(turn, plain)
    if doubt is not None:
        return doubt
    scoped = bool(before.place_sets or before.operations or before.together)
    scoped = scoped and not context.entities
    figure = bool(of_kind(asked, "measure"))  # 存在的问题 is nothing to rank or to share
    if figure and not turn.operations and not asked.asks_number and not asked.place_sets:
        compared = turn.kept <= set(COMPARING) and leaves_the_whole(turn)
        if scoped or turn.worked_out and not compared:
            return _same_with(turn, words)
    if not scoped:
        narrowed = of_the_same_kind(turn, plain) or _in_the_same_column(turn, plain)
        if narrowed is not None:
            return narrowed
    return plain


def _of_all_the_store(turn: Turn) -> bool:
    """Whether the question before was of all places of the store in one year that it named."""
    before = turn.before
    whole = bool(before.place_sets or before.together or turn.kept & RANKING)
    dated = bool(before.years) and len(turn.context.years) == 1
    return whole and dated and not turn.context.entities and not before.regions


def _part_of_the_whole(turn: Turn) -> Completed:
    """重复申请占几成, after 不予处理一共几件: of these; None where it is no part of what was told."""
    parts, wholes = of_kind(turn.asked, "measure"), of_kind(turn.before, "measure")
    single = len(parts) == 1 and len(wholes) == 1 and not turn.worked_out
    if not single or of_kind(turn.before, "column") or of_kind(turn.asked, "column"):
        return None
    if parts[0][1].ids == wholes[0][1].ids or not narrows(parts[0][1], wholes[0][1]):
        return None
    part, whole = (
        without_question_words(words_of(q, m))
        for q, m in ((turn.asked, parts[0][0]), (turn.before, wholes[0][0]))
    )
    years = "" if turn.asked.years else turn.years
    typed = "、".join(with_unit(turn.asked.typed(y.start, y.end)) for y in turn.asked.years)
    completed = f"{turn.place}{years}{typed}{part}占{whole}的比例"
    return completed if turn.understood(completed) is not None else UNCLEAR


def _spoke_of_other_years(turn: Turn) -> bool:
    """Whether a question about reports as such came after a figure of other years."""
    context = turn.context
    told = [one for one in context.earlier if one.entities == context.entities]
    figures = [one for one in told if of_kind(turn.read(one.question), "measure")]
    return bool(figures) and set(figures[-1].years) > set(context.years)


def _of_what(turn: Turn) -> bool:
    """Whether a share names only what it is of (占了办结的多少), and not of what."""
    shares = [m for m, operation in turn.asked.operations if operation.kind == "share"]
    figures = of_kind(turn.asked, "measure", "column")
    behind = len(figures) == 1 and figures[0][0].start >= shares[0].start
    return behind and bool(of_kind(turn.before, "measure"))


def _in_the_same_column(turn: Turn, plain: str) -> Completed:
    """行政处罚呢, after 行政许可的上一年项目数量: the same column of the other row, where that has it;
    None where it has not, or how many is asked anew."""
    columns = of_kind(turn.before, "column")
    if any(part_of(m) != "disclosure" for _, m in of_kind(turn.before, "measure")):
        again = of_kind(turn.asked, "column") or turn.asked.asks_number or turn.asked.exists
        reviews = any(have_results(m.ids) for _, m in of_kind(turn.asked, "measure"))
        open_ones = any("pending" in column.ids for _, column in columns)
        # 复议纠正几件，复议后起诉呢: of these all; 还有几件没审完，打官司的呢: such, or all?
        return UNCLEAR if open_ones and reviews and not again else None
    if len(columns) != 1 or of_kind(turn.asked, "column") or turn.asked.asks_number:
        return None
    named = [turn.asked.typed(m.start, m.end) for m, _ in of_kind(turn.asked, "measure")]
    if named != [turn.plain().strip("的 ")] or named[0].endswith(load_phrases().harmless.counted):
        return None  # 处罚件数呢, 收费总额呢: of its own
    ((mention, column),) = columns
    completed = f"{plain.removesuffix('的')}的{turn.before.typed(mention.start, mention.end)}"
    found, alone = turn.understood(completed), turn.understood(plain)
    if found is None or alone is None or found.task is not None:
        return None
    same = [want.measures for want in found.wanted] == [want.measures for want in alone.wanted]
    kept = all(want.columns and set(want.columns) <= set(column.ids) for want in found.wanted)
    return completed if same and kept else None


def _among_neighbours(turn: Turn) -> Completed:
    """处罚最多的镇呢, after a town: among those of its county, in the same year."""
    told = (*turn.context.earlier, turn.context)
    counties = {entity.county for one in told for entity in one.entities}
    several = any(one.entities != turn.context.entities for one in turn.context.earlier)
    if (
        several
        or len(counties) != 1
        or "others" in {p.quantifier for _, p in turn.asked.place_sets}
    ):
        return UNCLEAR
    years = "" if turn.asked.years else turn.years
    completed = f"{counties.pop()}{years}{turn.plain()}"
    return completed if turn.understood(completed) is not None else UNCLEAR


def _same_with(turn: Turn, words: str) -> Completed:
    """行政复议呢, after a ranking or a share: the same of another figure."""
    before = turn.before
    spans = [m for m, _ in of_kind(before, "measure")]
    columns = [m for m, _ in of_kind(before, "column")]
    # A bound within the words of the measure (收到超过8件申请) would be lost with them.
    bounds = [m for m, operation in before.operations if operation.kind in BOUNDS]
    if turn.asked.exists and turn.context.entities:
        when = "" if turn.asked.years else turn.years
        return f"{turn.place}{when}{words}"  # 有企业申请吗, after a share
    if "share" in turn.kept and columns and not of_kind(turn.asked, "column"):
        return UNCLEAR  # 被拒绝的呢, after 自然人占多少: of the refused, or the refused of all?
    if "share" in turn.kept and len(spans) == 2:
        spans = spans[:1]  # 网站占主动公开多少: the part, not what it is a part of
    if of_kind(turn.asked, "column") and len(spans) == 1:
        return _with_its_column(turn, words, spans[0], columns)
    if len(spans) != 1 or any(inside(m, spans) for m in (*bounds, *columns)):
        return None if not turn.context.entities else UNCLEAR
    if turn.asked.years and turn.context.entities and turn.kept <= _OF_YEARS:
        return f"{turn.place}{words}"  # 主动公开呢，2024年, after 哪年最少
    completed = None if turn.asked.years else turn.substituted(spans, words.removesuffix("的"))
    if completed is None or not turn.keeps_operations(completed):
        return UNCLEAR
    return completed


def _with_its_column(turn: Turn, words: str, span: Mention, columns: list[Mention]) -> Completed:
    """企业申请呢, after 自然人申请占多少: instead of the measure and its kind of applicant."""
    beside = [m for m in columns if m.end == span.start or m.start == span.end]
    if len(beside) != len(columns) or turn.asked.years:
        return UNCLEAR
    completed = turn.substituted([span, *beside], words)
    same = completed is not None and turn.keeps_operations(completed)
    return completed if same else UNCLEAR


def _of_towns(turn: Turn) -> Completed:
    """有复议的有哪些, after a question about the towns of a region in a year: of the same, where
    neither is named anew."""
    asked, before = turn.asked, turn.before
    if turn.context.entities or asked.years or not (before.place_sets or before.regions):
        return None
    words = turn.plain().removesuffix("的")
    if not asked.place_sets:
        sets = [m for m, _ in before.place_sets]
        if len(sets) != 1:
            return UNCLEAR
        words += f"的{before.typed(sets[0].start, sets[0].end).removeprefix('的')}"
    completed = f"{turn.place}{turn.years}{words}"
    return completed if turn.understood(completed) is not None else UNCLEAR


def other_column(turn: Turn) -> Completed:
    """企业呢, after 自然人申请占比: the same of another kind of applicant; 有企业吗 asks for its own
    figure, whatever was worked out of the other one's."""
    before = turn.before
    if turn.asked.place_sets:
        return UNCLEAR  # 都是哪些镇废止的, after the town with the most
    words = "".join(turn.asked.typed(m.start, m.end) for m, _ in of_kind(turn.asked, "column"))
    columns = [m for m, _ in of_kind(before, "column")]
    spans = [m for m, _ in of_kind(before, "measure")]
    if turn.asked.exists:
        measure = without_question_words(measure_of(before, columns=False))
        single = len(turn.context.years) == 1 and len(turn.context.entities) == 1
        asking = f"{turn.place}{turn.years}{measure}中{words}有没有"
        found = turn.understood(asking) if single and len(spans) == 1 else None
        return asking if found is not None and found.task is None else UNCLEAR
    completed: str | None = None
    if len(columns) == 1:
        completed = before.replaced(columns[0].start, columns[0].end, words)
    elif not columns and len(spans) == 1:
        completed = before.replaced(
            spans[0].start,
            spans[0].start + 1,
            f"{words}的{before.typed(spans[0].start, spans[0].start + 1)}",
        )
    if completed is None or turn.asked.years or not turn.keeps_operations(completed):
        return UNCLEAR
    return completed


def is_among(turn: Turn) -> bool:
    """Whether 谁多, 哪个镇多 asks which of the places just spoken of."""
    quantifiers = {places.quantifier for _, places in turn.asked.place_sets}
    whose = quantifiers <= {"which", "which_alone", "count", "count_alone"}
    return bool(quantifiers) and whose and len(turn.context.entities) > 1


def _yearless(asked: Question) -> bool:
    """哪年没收录, 最早的一份: asked of all years, whatever year was spoken of."""
    return any(
        meaning.kind == "meta" and load_asks()[meaning.ids[0]].yearless
        for _, meaning in asked.meanings
    )
