"""Follow-ups that put another year or place into the question before.

What was to be done with the figures (a ratio, a rank, a mean) is kept; where it cannot be, the
follow-up is refused, for a plain figure would not be what was asked for.
"""

from __future__ import annotations

from bot.understanding.covering import BOUNDS
from bot.understanding.interpretation import Choice, Clarify
from bot.understanding.mentions import Mention, Region
from bot.understanding.operations import OperationKind
from bot.understanding.phrases import load_phrases
from bot.understanding.places import SENT_FROM
from bot.understanding.question import Question
from bot.understanding.spoken_of import (
    measure_of,
    rest_of,
    with_unit,
    without_question_words,
)
from bot.understanding.task import Compare, Verify
from bot.understanding.turn import EDGES, UNCLEAR, Completed, Turn, of_kind
from knowledge.entities import NameMention
from knowledge.years import Years

COMPARING: tuple[OperationKind, ...] = (
    "comparison", "than", "difference", "more_by", "less_by", "ratio", "more", "less",
)  # fmt: skip
RANKING: frozenset[OperationKind] = frozenset({"most", "least", "ranking", "top", "bottom", "nth"})
CONDITIONS: frozenset[OperationKind] = frozenset(
    {"zero", "none", "nonzero", "ever", "never", *BOUNDS}
)
_OF_TOWNS: frozenset[OperationKind] = frozenset({"sum", "mean", "per_place"})
"""Operations over many towns that one town alone has no part in: its own figure is meant."""


_OVER_YEARS: frozenset[OperationKind] = frozenset(
    {"which_year", "most", "least", "trend", "year_on_year", "rise", "fall", "change", *COMPARING}
)


CARRIED = frozenset({"carried_over", "carried_forward"})

# ── another year ──


def other_year(turn: Turn) -> Completed:
    """那2021年呢: the question before with its years replaced."""
    asked, before, place = turn.asked, turn.before, turn.place
    store_wide = not before.names and not before.regions and bool(turn.kept & RANKING)
    if not (place or before.place_sets or store_wide):
        return None
    if _of_which(turn) or _says_more(asked):
        return UNCLEAR  # 其中2022年的呢: a part of those, or those of another year?
    named = [m for m in asked.mentions if isinstance(m.value, Years)]
    between = asked.letters[named[0].end : named[-1].start] if len(named) > 1 else ""
    if between.strip("和、,与跟及") and len(named) == 2:
        return UNCLEAR  # 2022年的报告里2021年呢
    carried = {name for _, m in of_kind(before, "measure") for name in m.ids}
    if carried & CARRIED and asked.letters.lstrip("那").startswith(("上年", "上一年", "上年度")):
        return UNCLEAR  # 上年的呢, after 结转下年度: 上年结转, or the year before?
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
    if turn.kept & RANKING and not turn.context.entities and asked.asks_number:
        return UNCLEAR  # 2021年几件, after the town with the most: of that town?
    if _all_of_a_part(turn):
        return UNCLEAR
    one = len(asked.named_years) == 1 and asked.asks_number and not asked.together
    if one and turn.kept and turn.kept <= _OVER_YEARS and turn.measure and turn.context.entities:
        # 2022年多少, after 涨了还是跌了: that year's own figure.
        return f"{place}{years}{without_question_words(turn.measure)}"
    # 2022年和2023年一共呢: their sum, as 一共 asks in a question of several years.
    total = "加起来" if asked.together and place else ""
    ranges = (turn.read(one.question).years for one in turn.context.earlier)
    these = any(y.span != "all" and (y.count or y.is_range) for years in ranges for y in years)
    if these and not turn.context.years and turn.names("这几年"):
        return UNCLEAR  # 这几年一共多少, after three years, and one without a report
    every = all(years.span == "all" for years in asked.years) and turn.names("每年", "各年")
    if every and before.years and len(turn.context.years) > 1 and turn.measure:
        # 每年多少, after a sum over three years: these three.
        if turn.context.entities:
            return f"{place}{turn.years}{without_question_words(turn.measure)}各年多少"
        return f"{place}{turn.years}{_asked_anew(turn)}"
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
    if before.amounts and turn.measure and (asked.asks_number or _was_claimed(turn)):
        # 平安镇呢, 那2023年几件, after a claim: nobody has claimed anything of that one.
        claimed = without_question_words(measure_of(before, amounts=False))
        return f"{claimed}{rest_of(turn.read(turn.plain())) if asked.asks_number else ''}"
    if asked.classifiers <= before.classifiers and asked.asked <= before.asked:
        return rest_of(before)
    return f"{without_question_words(rest_of(before))}{rest_of(turn.read(turn.plain()))}"


def _was_claimed(turn: Turn) -> bool:
    """Whether the question before held a number against the figure of one place (是15件吗)."""
    known = turn.understood(turn.context.question)
    task = known.task if known is not None else None
    claimed = isinstance(task, Verify) or (isinstance(task, Compare) and task.claimed is not None)
    return claimed and bool(turn.context.entities) and not turn.before.place_sets


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
        for m in years:
            rest = rest.replace(asked.typed(m.start, m.end), "")
        if len(context.entities) != 1 or rest.strip(EDGES):
            return None
        completed = f"{place}{context.entities[0].name}{when}{rest_of(before)}"
        found = turn.understood(completed)
        if found is not None and found.entities == context.entities:
            whole = f"{place}{when}{_asked_anew(turn)}"  # 洮北区呢, after a town in it: what of it?
            return UNCLEAR if turn.understood(whole) is not None else whole
        if found is None or not found.entities:
            return f"{place}{when}{_asked_anew(turn)}"  # no town of that name there: of which one?
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
    if len(asked.named_years) == 1 and turn.kept and turn.kept <= _OVER_YEARS and turn.measure:
        # 城关镇2022年呢, after two years of a town, or its year of the most: one year's own figure.
        return f"{place}{when}{without_question_words(turn.measure)}"
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
    if turn.asked.asks_number and turn.asked.exists:  # 那东峡乡几件，有企业吗
        completed = f"{place}{when}{measure}几件，其中{words}几件"
    return completed if turn.understood(completed) is not None else UNCLEAR


def _one_of_many(turn: Turn, place: str, when: str) -> Completed:
    """平安镇呢, after a question about the towns of a region: its own figure, or its rank."""
    region = "".join(turn.before.typed(m.start, m.end) for m, _ in turn.before.regions)
    if not turn.measure:
        return None
    if turn.kept & RANKING and turn.kept <= RANKING:
        if not region:
            return UNCLEAR
        plain = f"{place}{when}{without_question_words(turn.measure)}"
        outside = len(turn.asked.names) > 1 or _lies_outside(turn, plain)
        return plain if outside else f"{place}{when}{turn.measure}在{region}排第几"
    if turn.kept <= CONDITIONS | _OF_TOWNS:
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


def two_compared(turn: Turn) -> Completed:
    """平安镇和平台镇谁多, after the figure of another town: these two, in its year."""
    asked = turn.asked
    named = [m for m in asked.mentions if isinstance(m.value, (NameMention, Region))]
    led = asked.letters[: named[0].start].strip(EDGES + "那") if named else "?"
    if len(asked.names) != 2 or led or not turn.measure or turn.kept or asked.amounts:
        return None
    if asked.meanings or turn.operations - {"comparison", "more", "less", "difference"}:
        return None
    rest = asked.typed(named[-1].end, len(asked.letters))
    years = [asked.typed(m.start, m.end) for m in asked.years]
    if any(year not in rest for year in years):
        return None
    for year in years:
        rest = rest.replace(year, "")
    when = "、".join(map(with_unit, years)) or turn.years
    towns = asked.typed(named[0].start, named[-1].end)
    completed = f"{towns}{when}{without_question_words(turn.measure)}{rest}"
    return completed if turn.understood(completed) is not None else None
