"""Follow-ups that put another year, place, measure or kind of applicant into the question before.

What was to be done with the figures (a ratio, a rank, a mean) is kept; where it cannot be, the
follow-up is refused, for a plain figure would not be what was asked for.
"""

from __future__ import annotations

from bot.understanding.covering import BOUNDS
from bot.understanding.interpretation import Choice, Clarify
from bot.understanding.measure_relations import part_of
from bot.understanding.mentions import Mention, Region
from bot.understanding.operations import OperationKind
from bot.understanding.phrases import load_asks, load_phrases
from bot.understanding.places import SENT_FROM
from bot.understanding.question import Question
from bot.understanding.spoken_of import (
    inside,
    measure_of,
    rest_of,
    with_unit,
    without_question_words,
)
from bot.understanding.subjects import about_another, leaves_the_whole, of_the_same_kind
from bot.understanding.turn import EDGES, UNCLEAR, Completed, Turn, of_kind
from knowledge.entities import NameMention
from knowledge.years import Years

COMPARING: tuple[OperationKind, ...] = (
    "comparison", "than", "difference", "more_by", "less_by", "ratio", "more", "less",
)  # fmt: skip
_RANKING: frozenset[OperationKind] = frozenset({"most", "least", "ranking", "top", "bottom", "nth"})
_OF_YEARS: frozenset[OperationKind] = frozenset({"which_year", "most", "least", "trend"})
_CONDITIONS: frozenset[OperationKind] = frozenset(
    {"zero", "none", "nonzero", "ever", "never", *BOUNDS}
)
_OF_TOWNS: frozenset[OperationKind] = frozenset({"sum", "mean", "per_place"})
"""Operations over many towns that one town alone has no part in: its own figure is meant."""


# ── another year ──


def other_year(turn: Turn) -> Completed:
    """那2021年呢: the question before with its years replaced."""
    asked, before, place = turn.asked, turn.before, turn.place
    store_wide = not before.names and not before.regions and bool(turn.kept & _RANKING)
    if not (place or before.place_sets or store_wide):
        return None
    if _of_which(turn) or _says_more(asked):
        return UNCLEAR  # 其中2022年的呢: a part of those, or those of another year?
    named = [m for m in asked.mentions if isinstance(m.value, Years)]
    between = asked.letters[named[0].end : named[-1].start] if len(named) > 1 else ""
    if between.strip("和、,与跟及") and len(named) == 2:
        return UNCLEAR  # 2022年的报告里2021年呢
    relative = any(m.value.relative for m in named if isinstance(m.value, Years))
    told = before.named_years == frozenset(turn.context.years) == asked.named_years
    if relative and told and len(turn.context.years) == 1:
        return UNCLEAR  # 去年的呢, after 2024年: the year before that one?
    years = "、".join(with_unit(asked.typed(m.start, m.end)) for m in named)
    spans = [m for m in before.mentions if isinstance(m.value, Years)]
    if turn.kept and _wider_region(turn):
        # 在白城市排第几: the region is no part of the town's name.
        completed = turn.substituted(spans, years) if spans else f"{years}{before.text}"
        return completed if completed and turn.keeps_operations(completed) else UNCLEAR
    if turn.kept & _RANKING and not turn.context.entities and asked.asks_number:
        return UNCLEAR  # 2021年几件, after the town with the most: of that town?
    if _all_of_a_part(turn):
        return UNCLEAR
    # 2022年和2023年一共呢: their sum, as 一共 asks in a question of several years.
    total = "加起来" if asked.together and place else ""
    if total and turn.measure and turn.kept & {"which_year", "most", "least"}:
        return f"{place}{years}{without_question_words(turn.measure)}{total}"
    return f"{place}{years}{_asked_anew(turn)}{total}"


def _says_more(asked: Question) -> bool:
    """Whether a follow-up says more of the figure than the place or year it names: up to when
    (累计, 截至2022年底), or something that is no place and no year."""
    return bool(asked.so_far or asked.year_end or asked.meanings)


def _of_which(turn: Turn) -> bool:
    """Whether what is named now is said to be a part of what was told (其中2022年的呢)."""
    words = [word for word in load_phrases().harmless.of_which if len(word) > 1]
    return turn.asked.letters.lstrip(EDGES).startswith(tuple(words))


def _asked_anew(turn: Turn) -> str:
    """The question before without its places and years; with the question words of the follow-up
    where these count otherwise (2022年多少人)."""
    asked, before = turn.asked, turn.before
    if before.amounts and asked.asks_number and turn.measure:
        claimed = without_question_words(measure_of(before, amounts=False))
        return f"{claimed}{rest_of(turn.read(turn.plain()))}"  # 那2023年几件, after a claim
    if asked.classifiers <= before.classifiers and asked.asked <= before.asked:
        return rest_of(before)
    return f"{without_question_words(rest_of(before))}{rest_of(turn.read(turn.plain()))}"


def _wider_region(turn: Turn) -> bool:
    """Whether the question before names a region apart from its towns."""
    before = turn.before
    starts = {m.start for m, _ in (*before.names, *before.regions)}
    return bool(turn.context.entities) and any(m.end not in starts for m, _ in before.regions)


# ── another place ──


def other_place(turn: Turn) -> Completed:
    """南庄镇呢: the question before for another place, in the same year unless another is named."""
    asked, before, context = turn.asked, turn.before, turn.context
    if _of_which(turn) and context.entities:
        return UNCLEAR  # 里面平安镇的呢: those sent from there, or those of that town?
    columns = of_kind(asked, "column")
    if _says_more(asked) and len(columns) != len(asked.meanings):
        return UNCLEAR
    years = [m for m in asked.mentions if isinstance(m.value, Years)]
    named = [m for m in asked.mentions if isinstance(m.value, (NameMention, Region))]
    named += [Mention(u.start, u.end, Region(u.typed), ()) for u in asked.unknown_names]
    named.sort(key=lambda m: m.start)
    place = asked.typed(named[0].start, named[-1].end)
    if asked.letters[: named[0].start].endswith(SENT_FROM):
        return None
    if any(named[0].start <= m.start and m.end <= named[-1].end for m in years):
        return None  # 南庄镇2020年、官坡镇2021年呢: two things at once
    when = "、".join(with_unit(asked.typed(m.start, m.end)) for m in years)
    when = when or "、".join(
        with_unit(before.typed(m.start, m.end))
        for m in before.mentions
        if isinstance(m.value, Years)
    )
    only_region = not asked.names and not asked.unknown_names
    if asked.amounts:
        return _claimed(turn, place, when)
    if columns:
        return _in_a_column(turn, place, when)
    if context.entities and only_region:
        # 大通县的呢: the same name in another county; 大通县政府 is another issuer.
        rest = asked.letters[: named[0].start] + asked.letters[named[-1].end :]
        marks = load_phrases().follow
        for word in sorted((*marks.after, *marks.before, "的", "那个"), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(context.entities) != 1 or rest.strip(EDGES):
            return None
        place += context.entities[0].name
        completed = f"{place}{when}{rest_of(before)}"
        found = turn.understood(completed)
        if found is not None and found.entities == context.entities:
            return UNCLEAR  # 洮北区呢, after a town in it
        return completed
    if not context.entities and not only_region:
        return _one_of_many(turn, place, when)
    if len(context.entities) > 1 and len(asked.names) + len(asked.unknown_names) == 1:
        return _instead_of_one(turn, place, when)
    if turn.kept and _wider_region(turn):
        return _within(turn, named, place, bool(years))
    spoken = asked.years or before.years
    several = any(y.span != "years" or len(y.years) > 1 for y in spoken) or len(spoken) > 1
    total = "加起来" if asked.said_together and (len(asked.names) > 1 or several) else ""
    words = load_phrases()
    if _all_of_a_part(turn):
        return UNCLEAR
    if not total and any(word in asked.letters for word in words.so_far.words):
        return UNCLEAR  # 平安镇累计呢: of which years?
    if any(asked.letters.rstrip("呢吗").endswith(w) for w in words.harmless.counted if len(w) > 1):
        return UNCLEAR  # 平安镇的数量呢, after an amount of money
    return f"{place}{when}{_asked_anew(turn)}{total}"


def _all_of_a_part(turn: Turn) -> bool:
    """2022年一共几件, after one kind of applicant: of that kind, or of all?"""
    several = len(turn.asked.names) > 1 or len(turn.asked.named_years) > 1
    return turn.asked.together and bool(of_kind(turn.before, "column")) and not several


def _claimed(turn: Turn, place: str, when: str) -> Completed:
    """平安镇不是8件吗: a claim about the figure of another place."""
    asked = turn.asked
    if turn.worked_out or not asked.exists or asked.meanings or not turn.measure:
        return UNCLEAR
    measure = without_question_words(measure_of(turn.before, amounts=False))
    first, last = asked.amounts[0][0], asked.amounts[-1][0]
    return f"{place}{when}{measure}是{asked.typed(first.start, last.end)}吗"


def _in_a_column(turn: Turn, place: str, when: str) -> Completed:
    """平安镇的企业呢, after 自然人申请几件: another place, and another kind of applicant or result."""
    measure = without_question_words(measure_of(turn.before, columns=False))
    if turn.worked_out or not turn.context.entities or not measure:
        return UNCLEAR
    words = "".join(turn.asked.typed(m.start, m.end) for m, _ in of_kind(turn.asked, "column"))
    completed = f"{place}{when}{measure}中{words}"
    return completed if turn.understood(completed) is not None else UNCLEAR


def _one_of_many(turn: Turn, place: str, when: str) -> Completed:
    """平安镇呢, after a question about the towns of a region: its own figure, or its rank."""
    region = "".join(turn.before.typed(m.start, m.end) for m, _ in turn.before.regions)
    if not turn.measure:
        return None
    if turn.kept & _RANKING and turn.kept <= _RANKING:
        if not region:
            return UNCLEAR
        plain = f"{place}{when}{without_question_words(turn.measure)}"
        outside = _lies_outside(turn, plain)
        return plain if outside else f"{place}{when}{turn.measure}在{region}排第几"
    if turn.kept <= _CONDITIONS | _OF_TOWNS:
        return f"{place}{when}{turn.measure}"
    return UNCLEAR


def _lies_outside(turn: Turn, completed: str) -> bool:
    """Whether the one town of a completed question is none of those that the question before was
    about: it has no rank among them."""
    found, known = turn.understood(completed), turn.understood(turn.context.question)
    if found is None or known is None or known.scope is None or len(found.entities) != 1:
        return False
    return found.entities[0] not in known.scope.entities


def _instead_of_one(turn: Turn, place: str, when: str) -> Completed:
    """平台镇呢, after two towns: where these were compared, which of them it stands for is asked
    back, but for 和平台镇呢."""
    entities = turn.context.entities
    if not turn.worked_out:
        total = "加起来" if turn.asked.said_together else ""
        return f"{place}{when}{turn.measure}{total}" if turn.measure else None
    names = [m for m, _ in turn.before.names]
    if len(entities) != 2 or len(names) != 2 or not turn.kept & set(COMPARING):
        return UNCLEAR
    if turn.asked.years:
        return UNCLEAR
    second = turn.substituted([_with_region(turn.before, names[1])], place)
    first = turn.substituted([_with_region(turn.before, names[0])], place)
    fitting = [c for c in (second, first) if c is not None and turn.keeps_operations(c)]
    if len(fitting) != 2:
        return UNCLEAR
    if turn.asked.letters.startswith(load_phrases().harmless.connectors):
        return fitting[0]
    return Clarify("which_measure", tuple(Choice(text, text) for text in fitting))


def _with_region(question: Question, name: Mention) -> Mention:
    """A town's name with the regions directly in front of it."""
    start = name.start
    for mention, _ in reversed(question.regions):
        start = mention.start if mention.end == start else start
    return Mention(start, name.end, name.value, ((start, name.end),))


def _within(turn: Turn, named: list[Mention], place: str, dated: bool) -> Completed:
    """平安镇呢, after 在白城市排第几: within the same region."""
    names = [m for m, _ in turn.before.names]
    if len(names) != 1 or dated:
        return UNCLEAR
    whole = _with_region(turn.before, names[0])
    completed = turn.before.replaced(whole.start, whole.end, place)
    return completed if turn.keeps_operations(completed) else UNCLEAR


# ── another measure ──


def other_measure(turn: Turn) -> Completed:
    """公开了几件, 行政复议呢: another figure of the same place and year."""
    asked, before, context = turn.asked, turn.before, turn.context
    if turn.operations & {"nth", "bottom", "top"} and turn.kept & _RANKING:
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
    if not context.entities and turn.kept & _CONDITIONS and not asked.asks_number:
        if turn.operations <= _CONDITIONS and (turn.operations or turn.names("有")):
            return _of_towns(turn)
    if not place or (turn.pronoun is not None and len(context.entities) != 1):
        return None
    years = "" if asked.years or _yearless(asked) or turn.of_any_year else turn.years
    plain = f"{place}{years}{words}"
    if "share" in turn.operations and _of_what(turn):
        # 占办理总数多少: the figure before, as a part of what is named now.
        whole = words[words.index("占") :] if "占" in words else words
        return f"{place}{years}{without_question_words(turn.measure)}{whole}"
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
        return None  # 复议纠正几件，复议后起诉呢: of these all
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
        return f"{turn.place}{turn.years}{words}"  # 有企业申请吗, after a share
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
