"""Questions about a word in the reports' own text: 关于X怎么说的, 提到X吗, 哪些年报提到X."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from bot.tables import load_table
from bot.understanding.interpretation import (
    Choice,
    Clarify,
    Interpretation,
    Refusal,
    Understood,
    WantedYears,
)
from bot.understanding.mentions import Mention, Region
from bot.understanding.phrases import meanings
from bot.understanding.places import leftover_refusal
from bot.understanding.question import Question
from knowledge.entities import NameMention
from knowledge.text import fold, squeeze
from knowledge.years import Years

MIN_WORD = 2
MAX_WORD = 30
"""Characters of a word that is searched; what is longer is pasted text."""

_QUOTED = re.compile(
    r"([^“”「」『』\"‘’《》]{0,60})[“「『\"‘《]([^“”「」『』\"‘’《》]{2,30})[”」』\"’》](.{0,10})"
)
"""A word in quotation marks, and what stands around it."""

_TALK = "?。!.~呀啊呢吧嘛哦哈"
_ANY = "情况"
"""Stands for what is asked while the rest of the question is read: a town and a year alone."""


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    before: tuple[str, ...]
    after: tuple[str, ...]
    weak: bool
    quoted: bool = False
    example: str
    word: str
    near_miss: str


class _Search(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    which_reports: tuple[str, ...]
    which_places: tuple[str, ...]
    lead: tuple[str, ...]
    tail: tuple[str, ...]
    never: tuple[str, ...]
    frame: tuple[_Frame, ...]


@dataclass(frozen=True, slots=True)
class WordQuestion:
    """A word to be searched, as typed, and the rest of the question, which names places and
    years."""

    word: str
    rest: str


def find_word_question(
    text: str, read: Callable[[str], Question], weak: bool
) -> WordQuestion | None:
    """The word that a question wants searched, None if it is no such question.

    `read` recognises the places and years in a text. With `weak`, words count too that mean
    so only where a question has no other reading; they always do where it asks which reports.
    Pure; callers bound the length.
    """
    typed = squeeze(text)
    letters = fold(typed).rstrip(_TALK)
    for frame in load_search().frame:
        for start, end, lead in _stretches(letters, frame):
            found = _word(letters[start:end], read)
            if found is None or (frame.quoted and not _QUOTED.fullmatch(letters[start:end])):
                continue
            moved, word = found
            place = letters.find(word, start)  # folding keeps one character for one
            rest, reports = _without_which(letters[:lead] + moved)
            if frame.weak and not weak and not reports:
                continue
            return WordQuestion(typed[place : place + len(word)], rest)
    return None


def read_word_question(
    asked: WordQuestion, read: Callable[[str], Question], understand: Callable[[str], Understood]
) -> Understood | None:
    """What a question about a word asks for: which towns (none: all the store) and years.

    None where the rest of the question says something else as well.
    """
    question = read(asked.rest)
    topic = _topic(fold(asked.word))
    if not question.names and not question.unknown_names:
        years = question.years
        said = [m for m in question.mentions if not isinstance(m.value, (Region, Years))]
        if question.leftover or question.unclear or said:  # 哪些年报没提到…
            words = (question.typed(mention.start, mention.end) for mention in said)
            return leftover_refusal(question, *question.unclear, *words)
        if len(years) > 1:
            return None
        named = years[0] if years else None
        if named is not None and named.span != "years":
            return None
        wanted = (
            WantedYears("all", named=False)
            if named is None
            else WantedYears("years", named.years, is_range=named.is_range)
        )
        regions = tuple(region.name for _, region in question.regions)
        return Interpretation("passage", years=wanted, search=asked.word, regions=regions)
    understood = understand(asked.rest + _ANY)
    if isinstance(understood, Clarify):
        return replace(
            understood,
            choices=tuple(
                Choice(c.label, f"{c.question.removesuffix(_ANY)}关于“{asked.word}”怎么说的")
                for c in understood.choices
            ),
        )
    if isinstance(understood, Refusal):
        return understood
    if understood.intent not in ("profile", "meta") or understood.wanted or understood.topic:
        return None
    years_asked = understood.years
    if not years_asked.named and topic is None:
        years_asked = WantedYears("all", named=False)
    return replace(
        understood,
        intent="passage",
        years=years_asked,
        topic=topic,
        search=None if topic else asked.word,
        aspect=None,
    )


def _stretches(letters: str, frame: _Frame) -> Iterator[tuple[int, int, int]]:
    """Where a frame's word may stand: its start and end, and where the words before it begin.

    The longest words that fit behind it; of those before it the longest first, each at its
    first place.
    """
    fitting = [after for after in frame.after if letters.endswith(after)]
    if not fitting:
        return
    end = len(letters) - max(map(len, fitting))
    for before in sorted(frame.before, key=len, reverse=True):
        place = letters.find(before, 0, end)
        if place >= 0:
            yield place + len(before), end, place


def _word(stretch: str, read: Callable[[str], Question]) -> tuple[str, str] | None:
    """A stretch as the places and years that it begins with, and the word behind them."""
    table = load_search()
    quoted = _QUOTED.fullmatch(stretch)
    if quoted is not None:
        return quoted[1] + quoted[3], quoted[2]
    first, last = _inner(stretch, read)
    moved = stretch[:first] + stretch[last:]
    word = _stripped(stretch[first:last], table.lead, table.tail)
    if not MIN_WORD <= len(word) <= MAX_WORD or any(never in word for never in table.never):
        return None
    numbers = re.findall(r"\d+", word)
    if any(len(number) < 5 for number in numbers):
        return None  # 提到收到6件申请吗 is a claim about a figure
    return moved, word


def _inner(stretch: str, read: Callable[[str], Question]) -> tuple[int, int]:
    """The stretch without the places and years that it begins and ends with."""
    places = (NameMention, Region, Years)
    around = [m for m in read(stretch).mentions if isinstance(m.value, places)]
    first, last = 0, len(stretch)
    for mention, following in zip(around, [*around[1:], None], strict=False):
        between = stretch[first : mention.start]
        if between and (rest := read(between)) and (rest.leftover or rest.mentions):
            break
        joined = following is not None and following.start == mention.end
        if _is_word(mention) and not joined:
            break
        first = mention.end
    for mention in reversed(around):
        if mention.end != last or mention.start < first or _is_word(mention):
            break
        last = mention.start
    return first, last


def _is_word(mention: Mention) -> bool:
    """Whether a name may be an ordinary word (振兴, 阳光): a short form standing alone."""
    if isinstance(mention.value, NameMention):
        return mention.value.short
    return isinstance(mention.value, Region) and len(mention.value.name) <= 2


def _stripped(word: str, lead: tuple[str, ...], tail: tuple[str, ...]) -> str:
    """The word without what may stand around it, as long as something of it is left."""
    changed = True
    while changed:
        changed = False
        for start in sorted(lead, key=len, reverse=True):
            if word.startswith(start) and len(word) - len(start) >= MIN_WORD:
                word, changed = word[len(start) :], True
                break
        for end in sorted(tail, key=len, reverse=True):
            if word.endswith(end) and len(word) - len(end) >= MIN_WORD:
                word, changed = word[: -len(end)], True
                break
    return word


def _without_which(rest: str) -> tuple[str, bool]:
    """The rest of a question without the words that only say that any reports are meant, and
    whether those words speak of reports."""
    table = load_search()
    for words in sorted((*table.which_reports, *table.which_places), key=len, reverse=True):
        if words in rest:
            return rest.replace(words, "", 1), words in table.which_reports
    return rest, False


def _topic(word: str) -> str | None:
    """The topic that a word is the name of, if it is one."""
    for hit in meanings().find(word):
        if (hit.start, hit.end) == (0, len(word)) and hit.value.kind == "topic":
            return hit.value.ids[0]
    return None


@lru_cache(maxsize=1)
def load_search() -> _Search:
    """`search.toml`, loaded once. Raises: DataError naming the entry that is wrong."""
    return load_table("search.toml", _Search)
