"""A question as spans: what was recognised where, and which words nothing accounts for.

Only words are looked at here, no figures: what the spans mean together is for `bot.understanding.intents`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.understanding.asking import (
    CLASSIFIERS,
    asked_classes,
    asks_at_the_end,
    is_so_far,
    measured,
    over_two_questions,
    total_of_several,
    words_pattern,
)
from bot.understanding.covering import BOUNDS, PUNCTUATION, account_for, find_amounts
from bot.understanding.mentions import ENDINGS, Amount, Mention, Region, UnknownName, Value
from bot.understanding.names import find_names, gap_before
from bot.understanding.operations import Operation, Places, find_numbered
from bot.understanding.phrases import (
    Meaning,
    columns,
    harmless,
    meanings,
    operations,
    place_sets,
    topic_words,
    unclear,
)
from bot.understanding.placing import is_rank_of, parted_years, placed_words
from bot.understanding.unknown_names import find_unknown_names, outside
from knowledge.catalogue import UnitClass
from knowledge.entities import NameIndex, NameMention
from knowledge.phrases import Hit, Steps, cover
from knowledge.text import fold
from knowledge.years import Years, find_years

MAX_QUESTION = 300
"""Characters. The longest sensible question met has under 80; more is pasted text."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was recognised in a question; all spans are in `letters`, the folded text.

    `leftover` are the words, as typed, that nothing accounts for. `asked` are the kinds of
    quantity that the question words name (several if it asks several things).
    """

    text: str
    letters: str
    mentions: tuple[Mention, ...]
    unknown_names: tuple[UnknownName, ...]
    leftover: tuple[str, ...]
    asked: frozenset[UnitClass]
    asks_number: bool
    exists: bool
    profile: bool
    unclear: tuple[str, ...]
    """Words, as typed, that mean something else than their letters do, or two things."""
    quantified: bool
    """都, 全部, 只: with a yes-or-no question, more is asked than a count tells."""
    classifiers: frozenset[str]
    """Which of the tables of `[classifiers]` the question words belong to."""
    together: bool
    """合计, 一共 without 各: with several places or years a sum over them is asked for."""
    said_together: bool
    """The same in words of its own, not by a measure's (申请总数)."""
    each: bool
    """各, 分别: a figure for each of the places or years."""
    so_far: bool
    """累计, or a verb with 过: without a year all years so far are meant."""
    positions: tuple[int, ...]
    year_end: tuple[str, ...] = ()
    """Words, as typed, by which what there is at the end of a year is asked for (截至, 底)."""
    considered: tuple[Hit[Value], ...] = ()
    """Everything that was recognised, also what the account of the whole did not take."""

    @property
    def names(self) -> tuple[tuple[Mention, NameMention], ...]:
        return tuple((m, m.value) for m in self.mentions if isinstance(m.value, NameMention))

    @property
    def regions(self) -> tuple[tuple[Mention, Region], ...]:
        return tuple((m, m.value) for m in self.mentions if isinstance(m.value, Region))

    @property
    def years(self) -> tuple[Years, ...]:
        return tuple(m.value for m in self.mentions if isinstance(m.value, Years))

    @property
    def named_years(self) -> frozenset[int]:
        """The years that are named one by one or as a range (none of 近三年)."""
        return frozenset(year for years in self.years for year in years.years)

    @property
    def meanings(self) -> tuple[tuple[Mention, Meaning], ...]:
        return tuple((m, m.value) for m in self.mentions if isinstance(m.value, Meaning))

    @property
    def operations(self) -> tuple[tuple[Mention, Operation], ...]:
        return tuple((m, m.value) for m in self.mentions if isinstance(m.value, Operation))

    @property
    def place_sets(self) -> tuple[tuple[Mention, Places], ...]:
        named = [(m, m.value) for m in self.mentions if isinstance(m.value, Places)]
        named += [(m, Places("some", o.place)) for m, o in self.operations if o.place is not None]
        return tuple(named)

    @property
    def amounts(self) -> tuple[tuple[Mention, Amount], ...]:
        return tuple((m, m.value) for m in self.mentions if isinstance(m.value, Amount))

    def typed(self, start: int, end: int) -> str:
        """The letters from start to end as they were typed."""
        return self.text[self.positions[start] : self.positions[end - 1] + 1]

    def gap(self, letter: int) -> bool:
        """Whether a blank stands between a letter and the one before it, as typed."""
        return gap_before(self.positions, letter)

    def replaced(self, start: int, end: int, words: str) -> str:
        """The question as typed with the letters from start to end replaced by other words."""
        first, last = self.positions[start], self.positions[end - 1] + 1
        return self.text[:first] + words + self.text[last:]


def read_question(
    text: str, index: NameIndex, today: date, previous_year: bool = False
) -> Question:
    """The question's spans. Never raises, whatever the text; callers bound its length.

    `previous_year`: 上一年 is the year before today's, not the column of the form.
    """
    positions = tuple(n for n, c in enumerate(text) if is_letter(c))
    letters = fold("".join(text[n] for n in positions))
    steps, inner = Steps(len(letters)), Steps(len(letters))
    for word in harmless().find(letters):
        steps.add(word.start, word.end)
    for word in harmless(connectors=False).find(letters):
        inner.add(word.start, word.end)
    hits: list[Hit[Value]] = []
    for name in find_names(letters, positions, index):
        hits.append(_hit(name.start, name.end, name))
        inner.add(name.start, name.end)
    for start in range(len(letters)):
        region = index.gazetteer.region_at(letters, start)
        # The towns' 平均 is no 镇平, a total and a 平均数 are no 和平.
        if region is not None and letters[start + len(region) - 1 :][:2] != "平均":
            hits.append(_hit(start, start + len(region), Region(region)))
            inner.add(start, start + len(region))
    parted = parted_years(letters, positions)
    for years in find_years(letters, today, previous_year, parted):
        hits.append(_hit(years.start, years.end, years))
        inner.add(years.start, years.end)
    for start, end in _set_apart(letters, hits):
        inner.add(start, end)
    more: list[Hit[Value]] = []
    for start, end, amount in find_amounts(letters):
        if amount.unit and end - len(amount.unit) in parted:
            continue
        more.append(_hit(start, end, amount))
        inner.add(start, end)
    for operation in operations().find(letters, inner):
        more.append(
            Hit(operation.start, operation.end, operation.pieces, operation.phrase, operation.value)
        )
        if operation.value.kind in BOUNDS:
            inner.add(operation.start, operation.end)
    for start, end, numbered in find_numbered(letters):
        more.append(_hit(start, end, numbered))
        if numbered.kind in BOUNDS:
            inner.add(start, end)
    sets: dict[int, Hit[Value]] = {}
    for places in place_sets().find(letters):
        if places.start not in sets or places.end > sets[places.start].end:
            # 哪个乡镇|公众号 is not 哪个乡|镇公众号, though that is a measure, too.
            sets[places.start] = _hit(places.start, places.end, places.value)
    more += sets.values()
    for column in columns().find(letters):
        inner.add(column.start, column.end)
    named = [(hit.start, hit.end) for hit in hits if isinstance(hit.value, NameMention)]
    for found in meanings().find(letters, inner):
        if any(is_rank_of(letters, piece, named) for piece in found.pieces):
            continue
        compared = len(named) > 1 and _COMPARES.match(letters, found.end)
        ranked = not named and letters.startswith("最", found.end)  # 洮北区谁申请最少
        if found.value.kind == "outside" and (compared or ranked):
            continue  # 谁申请多 compares the towns named, 谁申请 asks for names
        if any(_tears(letters, piece, named) for piece in found.pieces):
            continue
        if over_two_questions(letters, positions, found.pieces):
            continue
        hits.append(Hit(found.start, found.end, found.pieces, found.phrase, found.value))
    hits += more  # behind the meanings: of two readings of one word the first is taken
    harmless_there = placed_words(letters, positions, hits, steps)
    for start, end, _ in harmless_there:
        steps.add(start, end)
    counting = {(start, end) for start, end, place in harmless_there if place == "behind"}
    if counting:  # 平安镇、平台镇|两镇 is no amount and no set of places
        hits = [
            hit
            for hit in hits
            if not isinstance(hit.value, (Amount, Places))
            or not any(start <= hit.start and hit.end <= end for start, end in counting)
        ]
    chosen = account_for(letters, hits, steps)
    if chosen.leftover and any(_is_topic(hit) for hit in hits):
        for word in topic_words().find(letters):
            steps.add(word.start, word.end)
        with_words = account_for(letters, hits, steps)
        # 不予公开了哪些信息 asks for no topic: 哪些 must stay a word that was not understood.
        if any(_is_topic(hit) for hit in with_words.hits):
            chosen = with_words
    mentions: list[Mention] = []
    for hit in chosen.hits:
        mentions.append(Mention(hit.start, hit.end, hit.value, hit.pieces))
        mentions.extend(_inside(letters, hit, hits))
    mentions.sort(key=lambda mention: (mention.start, mention.end))
    unknown = find_unknown_names(letters, positions, mentions, chosen.leftover)
    mentions = [
        m for m in mentions if not any(u.start <= m.start and m.end <= u.end for u in unknown)
    ]
    leftover = tuple(
        text[positions[start] : positions[end - 1] + 1]
        for start, end in outside(chosen.leftover, unknown)
    )
    asks = asks_at_the_end(letters, mentions)
    mentions = [mention for mention in mentions if mention is not asks]
    odd = _unclear(letters, mentions)
    bare = _without(letters, mentions)
    bounded = any(isinstance(m.value, Operation) and m.value.kind in BOUNDS for m in mentions)
    # 公众号有几个 counts accounts, 超过150条的有几个 the places.
    counted = _without(
        letters,
        [
            m
            for m in mentions
            if isinstance(m.value, Operation)
            or (isinstance(m.value, Places) and (bounded or m.value.quantifier != "count_alone"))
        ],
    )
    return Question(
        text=text,
        letters=letters,
        mentions=tuple(mentions),
        unknown_names=unknown,
        leftover=leftover,
        asked=asked_classes(bare),
        asks_number=words_pattern("number").search(bare) is not None,
        exists=asks is not None or words_pattern("exists").search(bare) is not None,
        profile=words_pattern("profile").search(bare) is not None,
        unclear=tuple(text[positions[start] : positions[end - 1] + 1] for start, end in odd),
        # 申请都公开了吗 is a phrase for those granted in 申请都公开了几件 alone.
        quantified=any(
            words_pattern("quantified").search(words)
            for words in (bare, *measured(letters, mentions))
        ),
        classifiers=frozenset(name for name in CLASSIFIERS if words_pattern(name).search(counted)),
        together=(
            words_pattern("together").search(bare) is not None
            or total_of_several(letters, mentions)
        )
        and words_pattern("each").search(bare) is None,
        said_together=words_pattern("together").search(bare) is not None,
        each=words_pattern("each").search(bare) is not None,
        so_far=is_so_far(letters, mentions),
        positions=positions,
        year_end=tuple(
            text[positions[start] : positions[end - 1] + 1]
            for start, end, place in harmless_there
            if place in ("until", "year_end")
        ),
        considered=tuple(hits),
    )


def is_letter(character: str) -> bool:
    """Whether a character says anything: no blank, and no emoji, which parts words like one."""
    return (
        character.isprintable()
        and not character.isspace()
        and (
            character < "\u2190" or unicodedata.category(character) not in ("So", "Sk", "Mn", "Cf")
        )
    )


def _is_topic(hit: Hit[Value]) -> bool:
    return isinstance(hit.value, Meaning) and hit.value.kind == "topic"


def _hit(start: int, end: int, value: Value) -> Hit[Value]:
    return Hit(start, end, ((start, end),), "", value)


_COMPARES = re.compile("得?的?[最更]?[多少]")


_OFFICE_ENDS = ("办", "办事处")


def _tears(letters: str, piece: tuple[int, int], named: Sequence[tuple[int, int]]) -> bool:
    """Whether words begin with the end of a name (景芝|镇政府网站 for 景芝镇|政府网站, 海明街道|办…
    申请 for 海明街道办, but not 海明街道|办理)."""
    start, end = piece
    return any(
        letters[start:last] in ENDINGS or letters[start:end] in _OFFICE_ENDS
        for first, last in named
        if first < start < last
    )


_TOWARDS = ("向", "对", "给", "找", "把", "将")
_BREAKS = ",，:："


def _set_apart(letters: str, hits: Sequence[Hit[Value]]) -> Iterator[tuple[int, int]]:
    """Places and years that stand between the pieces of a measure with what parts them from it
    (人大建议|，申中乡去年|办了多少件; 律所2023年|向平台镇|提过), as long as nothing was asked before."""
    known = [h for h in hits if isinstance(h.value, (NameMention, Region, Years))]
    ends: dict[int, list[int]] = {}
    for hit in known:
        ends.setdefault(hit.start, []).append(hit.end)
    for start, longest in ((start, max(found)) for start, found in ends.items()):
        if start == 0:
            continue
        mark = letters[start - 1]
        if mark in _TOWARDS:
            yield start - 1, longest
        elif mark in _BREAKS and not _asked_just_before(letters, start - 1):
            while longest in ends:
                longest = max(ends[longest])
            yield start - 1, longest


def _asked_just_before(letters: str, position: int) -> bool:
    """Whether what stands before a comma was asked for itself (收到几件，2021年公开几件)."""
    clause = re.split(f"[{_BREAKS}、;；。]", letters[:position])[-1]
    return words_pattern("number").search(clause) is not None


def _inside(
    letters: str,
    outer: Hit[Value],
    hits: Sequence[Hit[Value]],
) -> list[Mention]:
    """What was stepped over between the pieces of a phrase: years, names, applicant kinds."""
    found: list[Mention] = []
    for (_, start), (end, _) in zip(outer.pieces, outer.pieces[1:], strict=False):
        if start == end:
            continue
        within = [
            Hit(h.start - start, h.end - start, h.pieces, h.phrase, h.value)
            for h in hits
            if start <= h.start and h.end <= end and _may_stand_inside(h.value)
        ]
        steps = Steps(end - start)
        for word in harmless().find(letters[start:end]):
            steps.add(word.start, word.end)
        for hit in cover(letters[start:end], within, steps, PUNCTUATION).hits:
            span = (hit.start + start, hit.end + start)
            found.append(Mention(*span, hit.value, (span,)))
    return found


def _may_stand_inside(value: Value) -> bool:
    if isinstance(value, Meaning):
        return value.kind == "column"
    if isinstance(value, Operation):
        return value.kind in BOUNDS
    return not isinstance(value, Places)


def _unclear(letters: str, mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """Unclear words that stand there, but for those within a longer piece of what was recognised
    (从 in 从上年结转)."""
    pieces = [piece for mention in mentions for piece in mention.pieces]
    return [
        (word.start, word.end)
        for word in unclear().find(letters)
        if not any(
            start <= word.start and word.end <= end and end - start > word.end - word.start
            for start, end in pieces
        )
    ]


def _without(letters: str, mentions: Sequence[Mention]) -> str:
    """The letters without those that mentions account for, which become blanks."""
    kept = list(letters)
    for mention in mentions:
        for start, end in mention.pieces:
            kept[start:end] = " " * (end - start)
    return "".join(kept)
