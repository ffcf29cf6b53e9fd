"""What the question words of a question say: kinds of quantity, totals, all years so far."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from bot.understanding.mentions import Mention, Region
from bot.understanding.names import gap_before
from bot.understanding.operations import Operation, Places
from bot.understanding.phrases import Meaning, load_phrases
from knowledge.catalogue import UnitClass, load_catalogue
from knowledge.entities import NameMention
from knowledge.text import fold
from knowledge.years import Years


def is_so_far(letters: str, mentions: Sequence[Mention]) -> bool:
    """Whether what was ever done is asked for (被告过几次, 累计收到多少)."""
    words = load_phrases().so_far
    if any(word in letters for word in words.words):
        return True
    inside = {
        place
        for m in mentions
        if isinstance(m.value, (NameMention, Region))
        for place in range(m.start, m.end)
    }
    for word in words.but_not:
        for found in re.finditer(re.escape(word), letters):
            inside.update(range(*found.span()))
    return any(
        found.start() not in inside for found in re.finditer(re.escape(words.particle), letters)
    )


def asks_at_the_end(letters: str, mentions: Sequence[Mention]) -> Mention | None:
    """The 没 or 没有 at the very end that makes a question of what was said (有行政处罚没), unless
    it is said of many places; None if there is none."""
    said = [m for m in mentions if isinstance(m.value, Operation)]
    several = any(isinstance(m.value, Places) for m in mentions)
    if len(said) != 1 or said[0].value != Operation("none") or several:
        return None
    ends = letters[said[0].start :].strip(_CLOSING) in ("没", "没有", "没得")
    asked = words_pattern("number").search(letters[: said[0].start])
    return said[0] if ends and asked is None else None


_CLOSING = "啊呀呢?。!"


def measured(letters: str, mentions: Sequence[Mention]) -> Iterator[str]:
    """The words of each measure, as typed."""
    for mention in mentions:
        if isinstance(mention.value, Meaning) and mention.value.kind == "measure":
            yield from (letters[start:end] for start, end in mention.pieces)


def over_two_questions(
    letters: str, positions: Sequence[int], pieces: Sequence[tuple[int, int]]
) -> bool:
    """Whether a question word with a blank behind it stands between the pieces of a phrase: in
    主动公开多少条 公众号多少条 two things are asked."""
    for (_, end), (start, _) in pairwise(sorted(pieces)):
        asked = words_pattern("number").search(letters, end, start) if end < start else None
        if asked is not None and any(
            gap_before(positions, at) for at in range(asked.end(), start + 1)
        ):
            return True
    return False


def total_of_several(letters: str, mentions: Sequence[Mention]) -> bool:
    """Whether a total is asked for by the words of the measure itself (申请总数), and there are
    several places or years to add up; or several measures (申请和办结合计)."""
    measures = [
        m.end for m in mentions if isinstance(m.value, Meaning) and m.value.kind == "measure"
    ]
    if len(measures) > 1 and letters[: max(measures)].endswith("合计"):
        return True
    total = any(
        word in letters[m.start : m.end]
        for m in mentions
        if isinstance(m.value, Meaning) and not _tells_a_total(m.value)
        for word in load_phrases().harmless.totals
    )
    names = sum(isinstance(m.value, NameMention) for m in mentions)
    named = [m.value for m in mentions if isinstance(m.value, Years)]
    years = {year for value in named for year in value.years}
    last = any(value.span in ("last", "since") for value in named)  # 近三年申请总量
    regional = not names and any(
        isinstance(m.value, Region) or _all_of_them(letters, m) for m in mentions
    )
    return total and (names > 1 or len(years) > 1 or last or regional)


def _tells_a_total(meaning: Meaning) -> bool:
    """Whether a measure or column is itself named a total that stands at the end of every year
    (对外公开总数量): its word asks for no sum."""
    catalogue = load_catalogue()
    entries = [
        catalogue.columns.get(name) if meaning.kind == "column" else catalogue.measures.get(name)
        for name in meaning.ids
    ]
    return meaning.kind not in ("measure", "column") or any(
        entry is not None and entry.stock for entry in entries
    )


def _all_of_them(letters: str, mention: Mention) -> bool:
    """Whether a set of places is said to be all there are (全部乡镇), not each of them (各镇)."""
    return isinstance(mention.value, Places) and letters.startswith(_ALL, mention.start)


_ALL = ("全部", "所有", "全体")

CLASSIFIERS = (
    "people",
    "things",
    "houses",
    "visits",
    "times",
    "sessions",
    "entries",
    "papers",
    "cases",
    "items",
)


@lru_cache(maxsize=16)
def words_pattern(which: str) -> re.Pattern[str]:
    """Finds the words of one of the lists of `phrases.toml`, the longest first."""
    asked = load_phrases().asked
    classifiers = load_phrases().classifiers
    if which in CLASSIFIERS:  # 多少人次 asks for no persons
        words: tuple[str, ...] = getattr(classifiers, which)
        return re.compile(f"(?:{_either(words)})(?!次)")
    if which == "quantified":  # 安全 is not all of anything
        told = load_phrases().quantifiers
        before = "".join(f"(?<!{word[0]}(?={word[1]}))" for word in told.but_not)
        return re.compile(f"{before}(?:{_either(told.words)})")
    words = {
        "number": (*asked.any, *asked.count, *asked.money, *asked.percent),
        "exists": asked.exists,
        "profile": load_phrases().profile.words,
        "together": load_phrases().harmless.together,
        "each": load_phrases().harmless.each,
        "count": asked.count,
        "money": asked.money,
        "percent": asked.percent,
    }[which]
    return re.compile(_either(words))


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(fold(w)) for w in sorted(words, key=len, reverse=True))


def asked_classes(bare: str) -> frozenset[UnitClass]:
    """The kinds of quantity that the words ask for (多少钱: money)."""
    classes: tuple[UnitClass, ...] = ("count", "money", "percent")
    return frozenset(name for name in classes if words_pattern(name).search(bare))
