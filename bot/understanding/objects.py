"""Words beside a measure that make another thing of it than its figures count.

Most of them are harmless elsewhere (报告, 查看, 确认, 被): 行政处罚几件, 确认一下 asks for fines, but
行政处罚报告几份, 行政处罚确认几件 do not. Which words these are, `[objects]` of `phrases.toml` tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.understanding.asking import words_pattern
from bot.understanding.mentions import Mention, Region
from bot.understanding.operations import Places
from bot.understanding.phrases import Meaning, load_phrases
from bot.understanding.question import Question
from knowledge.catalogue import load_catalogue
from knowledge.entities import NameMention
from knowledge.form import load_form
from knowledge.text import fold
from knowledge.years import Years


def other_objects(question: Question) -> list[str]:
    """The words, as typed, by which a question asks for something that its measures do not count."""
    measures = [(m, meaning) for m, meaning in question.meanings if meaning.kind == "measure"]
    spans = [span for m, _ in measures for span in _about(question, m)]
    spans += [
        span
        for m, meaning in measures
        for span in (*_things(question, m, meaning), *_items(question, m, meaning))
    ]
    spans += [*_done_to_the_town(question, measures), *_done_by_applicants(question)]
    spans += [*_kind_of_the_other(question, measures), *_change_of_what(question)]
    return [question.typed(start, end) for start, end in sorted(set(spans))]


def _about(question: Question, measure: Mention) -> Iterator[tuple[int, int]]:
    """A paper about the measure or what is done with it, which is then counted: 行政处罚报告几份,
    几份培训记录, 公众号查看次数, 行政复议被确认几件, 核实了几件12345, 处罚几件核实."""
    letters = question.letters
    for _, end in measure.pieces:
        found = _either_of("behind").match(letters, end)
        if found is None or question.gap(found.start("word")):
            continue
        of_paper = found["word"] in load_phrases().objects.papers
        sheets = of_paper and "papers" in question.classifiers
        counted_before = _number_at_end(letters[: measure.start]) or words_pattern("number").search(
            letters, measure.start, end
        )
        last = _closes(letters, found.end())
        if sheets or _counted(question, found.end()) or (counted_before and last):
            yield end, found.end()
    told = {m.end for m in question.mentions if isinstance(m.value, (NameMention, Years))}
    before = _done_before("times" in question.classifiers).search(letters[: measure.start])
    if before is not None and before.start() in told and not question.gap(before.start()):
        yield before.start(), measure.end
    number = words_pattern("number").match(letters, measure.end)
    acted = _either_of("acts").match(letters, number.end()) if number else None
    if acted is not None and not question.gap(acted.start()) and _closes(letters, acted.end()):
        yield acted.start(), acted.end()


def _closes(letters: str, position: int) -> bool:
    """Whether the clause ends at a letter, but for a particle."""
    return re.match("[了的过]?(?:$|[,，。;；?？!！])", letters[position:]) is not None


def _number_at_end(letters: str) -> re.Match[str] | None:
    """The question word that letters end with (几份 in 有几份)."""
    return re.search(f"(?:{words_pattern('number').pattern})$", letters)


def _counted(question: Question, start: int) -> bool:
    """Whether a question word, a word for a number or an operation stands at a letter."""
    starts = {m.start for m, _ in question.operations}
    particles = re.compile("(?:了|过|的|有|是|一共|总共|共){0,2}").match(question.letters, start)
    end = particles.end() if particles else start
    number = words_pattern("number").match(question.letters, end)
    return bool(number or _either_of("totals").match(question.letters, end) or end in starts)


def _things(question: Question, measure: Mention, meaning: Meaning) -> Iterator[tuple[int, int]]:
    """A channel counted by its bare name, which asks how many of them there are: 公众号数量,
    有多少公告栏; not 多少条公众号, for so its entries are counted."""
    letters, statements = question.letters, load_catalogue().statements
    units = {statements[name].unit for name in meaning.ids if name in statements}
    nouns = tuple(map(fold, load_phrases().objects.things))
    if not units or len(measure.pieces) > 1 or not letters[: measure.end].endswith(nouns):
        return
    behind = _either_of("numbers").match(letters, measure.end)
    if behind is not None:
        yield measure.start, behind.end()
    asked = words_pattern("number").match(letters, measure.end)
    bare = asked is not None and asked[0].endswith(("多少", "几", "好多"))
    has = asked is not None and ("有" in asked[0] or letters[: measure.start].endswith("有"))
    if asked is not None and bare and has and _closes(letters, asked.end()):
        yield measure.start, asked.end()
    ranked = [m for m, o in question.operations if o.kind in ("most", "least", "more", "less")]
    yield from ((measure.start, m.end) for m in ranked if m.start == measure.end)
    before = _number_at_end(letters[: measure.start])
    if before is not None and not before[0].endswith(tuple(units)):
        yield before.start(), measure.end


def _items(question: Question, measure: Mention, meaning: Meaning) -> Iterator[tuple[int, int]]:
    """The matters (事项) of a measure, which are not what it counts: 行政许可事项有多少 asks for a
    column of its own; not where a column or 件 is asked for. A row that is named by its matters
    (收费事项) has none of them in its amount."""
    letters = question.letters
    told = any(other.kind == "column" for _, other in question.meanings)
    if told or "cases" in question.classifiers:
        return
    for start, end in measure.pieces:
        matters = _MATTERS.match(letters, end)
        if matters is not None and _counts_matters(question, meaning, matters.end()):
            yield start, matters.end()
        asked = words_pattern("number").match(letters, end)
        named = letters[start:end].endswith(("事项", "项目"))
        bare = asked is not None and asked[0].endswith(("多少", "几")) and "fees" in meaning.ids
        # 收费项目多少 is also what English questions about fees become: the row as a whole.
        bare = bare and (letters[start:end].endswith("事项") or "有" in letters[end : end + 1])
        if named and (
            bare or ("things" in question.classifiers and "other_services" in meaning.ids)
        ):
            yield start, end


def _counts_matters(question: Question, meaning: Meaning, end: int) -> bool:
    """Whether 事项 behind a measure is counted: always by a row that has a column of matters, by
    others where a number of them is asked for (申请事项几个)."""
    measures, form = load_catalogue().measures, load_form()
    rows = [measures[n].item for n in meaning.ids if n in measures]
    of_row = any(item is not None and "prior_year_items" in form.columns_of(item) for item in rows)
    return of_row or _counted(question, end)


_MATTERS = re.compile("类?的?事项")

_PARTICLES = re.compile(
    "(?:有没有|有无|是否|是不是|到底|究竟|一共|总共|共|已经|曾经|已|曾|也|都|还|有|是|的){1,2}$"
)


def _done_to_the_town(
    question: Question, measures: list[tuple[Mention, Meaning]]
) -> Iterator[tuple[int, int]]:
    """What is said to be done to the town (2023年被行政强制几件), but for reviews and lawsuits
    (被复议, 被告) and for what is done to requests (申请被拒绝)."""
    letters = question.letters
    if "申请" in letters:
        return
    kinds = (NameMention, Years, Places, Region)
    told = {0, *(m.end for m in question.mentions if isinstance(m.value, kinds))}
    requests = {m for m, meaning in measures if "applications" in _parts(meaning)}
    right = tuple(load_phrases().objects.done_to_towns)
    for mention, _ in measures:
        for start in (mention.start - 1, mention.start):
            if start < 0 or letters[start] != "被" or letters.startswith(right, start + 1):
                continue
            before = len(_PARTICLES.sub("", letters[:start]))
            if before in told and not (before == 0 and mention in requests):  # 被拒绝的呢
                yield start, mention.end


def _parts(meaning: Meaning) -> set[str | None]:
    measures = load_catalogue().measures
    found = [measures[name] for name in meaning.ids if name in measures]
    items = [item for row in found for item in ((row.item,) if row.item else row.sum_of)]
    return {load_form().part_of(item) for item in items}


def _kind_of_the_other(
    question: Question, measures: list[tuple[Mention, Meaning]]
) -> Iterator[tuple[int, int]]:
    """A column behind 比 where the measure stands before it with another or none: 申请比平安镇自然人多
    may compare all with those of natural persons."""
    columns = [(m, meaning.ids) for m, meaning in question.meanings if meaning.kind == "column"]
    for than, operation in question.operations:
        if operation.kind != "than" or any(m.end > than.start for m, _ in measures):
            continue
        if not any(m.start >= than.end for m, _ in question.names):
            continue  # 自然人申请比企业多几件: two kinds of one town
        before = {ids for m, ids in columns if m.end <= than.start}
        yield from (
            (m.start, m.end) for m, ids in columns if m.start > than.start and ids not in before
        )


def _done_by_applicants(question: Question) -> Iterator[tuple[int, int]]:
    """A kind of applicant behind 由 that is not said to send a request: 由企业予以公开."""
    letters, sends = question.letters, tuple(load_phrases().objects.sends)
    for mention, meaning in question.meanings:
        said = letters[mention.start : mention.end].endswith(sends)
        if meaning.kind != "column" or letters[: mention.start][-1:] != "由" or said:
            continue
        if not letters.startswith(sends, mention.end):
            yield mention.start - 1, mention.end


def _change_of_what(question: Question) -> Iterator[tuple[int, int]]:
    """增减 alone beside a row of section 二: its column of that name counts the matters, while a
    change of the decisions since the year before may be meant; 项目增减 and 本年增减 are the column."""
    columns = [(m, meaning.ids) for m, meaning in question.meanings if meaning.kind == "column"]
    letters = question.letters
    if any("prior_year_items" in ids for _, ids in columns) or "项" in letters:
        return
    for mention, ids in columns:
        alone = letters.startswith("增减", mention.start)
        if "change" in ids and alone and not letters[: mention.start].endswith(("本年", "本年度")):
            yield mention.start, mention.end


@lru_cache(maxsize=2)
def _done_before(looks: bool) -> re.Pattern[str]:
    """What is done with a measure, said before it; looking (看公众号几次) only where it is counted."""
    objects = load_phrases().objects
    acts = "|".join(map(re.escape, (*objects.acts, *(objects.looks if looks else ()))))
    number = words_pattern("number").pattern
    return re.compile(f"(?:被|已经|已|经)?(?:{acts})(?:了|过)?(?:{number})?的?$")


@lru_cache(maxsize=8)
def _either_of(which: str) -> re.Pattern[str]:
    objects = load_phrases().objects
    words = {
        "behind": (*objects.papers, *objects.looks, *objects.acts),
        "acts": objects.acts,
        "totals": objects.totals,
        "numbers": objects.numbers,
    }[which]
    said = "|".join(re.escape(fold(w)) for w in sorted(words, key=len, reverse=True))
    return re.compile(f"的?(?:情况)?被?(?P<word>{said})(?![据字])")  # 公众号数据几条
