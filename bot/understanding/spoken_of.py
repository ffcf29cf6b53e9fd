"""The question before a follow-up as words: its places, years and measures, as they were typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.understanding.mentions import Amount, Mention, Region
from bot.understanding.phrases import harmless, load_phrases, meanings
from bot.understanding.places import spelled
from bot.understanding.question import MAX_QUESTION, Question
from knowledge.entities import NameMention
from knowledge.model import Entity
from knowledge.phrases import Steps
from knowledge.text import fold
from knowledge.years import Years

MAX_EARLIER = 11
"""Questions that a follow-up may add up with the last one: one a year, or one a town."""

MAX_MISSED = 3
"""Messages in a row that are not understood: after more, what was spoken of before is past."""


ALL_YEARS = "各年"
"""How a question says that it is asked of every year."""


@dataclass(frozen=True, slots=True)
class Context:
    """The question that the conversation is about: in words that stand for themselves, with the
    places that it meant (none if it meant a region) and the years that answered it. `earlier`
    are the questions that it follows on, the oldest first, without any of their own; `missed`
    are the messages since then that were not understood. `found` is the one place and year that
    a ranking or the year of the most found."""

    question: str
    entities: tuple[Entity, ...] = ()
    years: tuple[int, ...] = ()
    earlier: tuple[Context, ...] = ()
    missed: tuple[str, ...] = ()
    found: tuple[Entity, int] | None = None

    def following(self, before: Context) -> Context:
        """This question as one that follows on another."""
        earlier = (*before.earlier, replace(before, earlier=(), missed=()))
        return replace(self, earlier=earlier[-MAX_EARLIER:])

    def missing(self, message: str) -> Context | None:
        """The same after a message that was not understood; None after too many of them."""
        missed = (*self.missed, message[:MAX_QUESTION])
        return replace(self, missed=missed) if len(missed) <= MAX_MISSED else None


def place_of(context: Context, before: Question) -> str:
    """The places of the question before, each with its county, or its regions."""
    if context.entities:
        return "和".join(spelled(entity) for entity in context.entities)
    return "".join(before.typed(m.start, m.end) for m, _ in before.regions)


def others_of(asked: Question, named: Sequence[Mention]) -> str:
    """The places named now, to stand behind those of the question before: with their own county,
    for they need not lie in that of those."""
    words = asked.typed(named[0].start, named[-1].end)
    first = asked.positions[named[0].start]
    if any(isinstance(m.value, Region) for m in named):
        return words
    for m, name in sorted(asked.names, key=lambda pair: -pair[0].start):
        if len(name.entities) == 1:
            start, end = asked.positions[m.start] - first, asked.positions[m.end - 1] + 1 - first
            words = words[:start] + spelled(name.entities[0]) + words[end:]
    return words


def years_of(before: Question, context: Context) -> str:
    """The years of the question before, as typed; else the one year that answered it, or all
    (被告过吗)."""
    found = [m for m in before.mentions if isinstance(m.value, Years)]
    if found:
        return "、".join(with_unit(before.typed(m.start, m.end)) for m in found)
    if len(context.years) > 1 and len(context.entities) == 1:
        return ALL_YEARS
    return f"{context.years[0]}年" if len(context.years) == 1 else ""


def with_unit(year: str) -> str:
    return f"{year}年" if year[-1:].isdigit() else year


def measure_of(before: Question, columns: bool = True, amounts: bool = True) -> str:
    """The words of the question before that name its measures (and their columns), without what
    was said to be their number (收到13件申请) if not `amounts`."""
    wanted = ("measure", "topic", "column") if columns else ("measure", "topic")
    spans = [m for m, meaning in before.meanings if meaning.kind in wanted]
    spans = [m for m in spans if not inside(m, spans)]
    named = ""
    for number, mention in enumerate(spans):
        between = "、" if columns else "和"
        if number and columns and spans[number - 1].end == mention.start:
            between = ""  # 自然人申请, 网站公开信息: as typed
        named += (between if number else "") + words_of(before, mention, amounts)
    return named


def without_question_words(measure: str) -> str:
    """The words of a measure without its question words (收到多少申请: 收到申请); with them where it
    would be another measure without (培训多少人)."""
    asked = load_phrases().asked
    words = (*asked.any, *asked.count, *asked.money, *asked.percent)
    stripped = measure
    for word in sorted(words, key=len, reverse=True):
        stripped = stripped.replace(word, "")
    return stripped if _measures_in(stripped) == _measures_in(measure) else measure


@lru_cache(maxsize=512)
def _measures_in(words: str) -> frozenset[tuple[str, ...]]:
    """The measures that the longest phrases of some words mean."""
    letters = fold(words)
    steps = Steps(len(letters))
    for word in harmless(connectors=False).find(letters):
        steps.add(word.start, word.end)
    found = [hit for hit in meanings().find(letters, steps) if hit.value.kind == "measure"]
    longest = max((len(hit.phrase) for hit in found), default=0)
    return frozenset(hit.value.ids for hit in found if len(hit.phrase) == longest)


def inside(mention: Mention, others: list[Mention]) -> bool:
    return any(
        o is not mention and o.start <= mention.start and mention.end <= o.end for o in others
    )


def words_of(before: Question, mention: Mention, amounts: bool = True) -> str:
    """The words of a mention without places and years that stand between its pieces, and without
    numbers if not `amounts`."""
    kinds = (NameMention, Region, Years) if amounts else (NameMention, Region, Years, Amount)
    inner = [
        m
        for m in before.mentions
        if isinstance(m.value, kinds) and mention.start <= m.start and m.end <= mention.end
    ]
    words, position = "", mention.start
    for other in inner:
        words += before.typed(position, other.start) if other.start > position else ""
        position = other.end
    return words + (before.typed(position, mention.end) if mention.end > position else "")


def rest_of(before: Question) -> str:
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
