"""Which measures a question asks for, and which columns narrow which of them.

Measures that stand side by side are a list only where something lists them (和, 、, 几件);
run together they are a word that was not understood (行政许可申请). A measure may also only
say what another is about: the group of a reason (以国家秘密为由不予公开), the total of a
channel (微信公开了几条), a bare 申请, or what stands before 中 (收到的申请中…).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from bot.understanding.interpretation import Refusal, Wanted
from bot.understanding.measure_relations import (
    comes_in,
    frames,
    has_column,
    have_results,
    is_handled,
    is_rate,
    may_be_a_mode,
    names_a_column,
    narrows,
    of_lawsuits,
    part_of,
)
from bot.understanding.mentions import Mention
from bot.understanding.phrases import Meaning, load_phrases
from bot.understanding.question import Question
from knowledge.catalogue import load_catalogue
from knowledge.phrases import expand
from knowledge.text import fold

Named = tuple[Mention, Meaning]


class MeasureReading:
    """The measures and columns of one question, in the order of its words."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.found: list[Named] = [
            (m, meaning) for m, meaning in question.meanings if meaning.kind == "measure"
        ]
        self.columns: list[tuple[Mention, tuple[str, ...]]] = [
            (m, meaning.ids) for m, meaning in question.meanings if meaning.kind == "column"
        ]
        self._of_lawsuits = {m for m, meaning in question.meanings if meaning.lawsuits}
        self._of_results = {m for m, meaning in question.meanings if meaning.results}
        self.contexts = [n for n in range(len(self.found)) if self._is_context(n)]
        self.measures = [pair for n, pair in enumerate(self.found) if n not in self.contexts]

    def _between(self, first: Mention, second: Mention) -> str:
        return self.question.letters[first.end : second.start]

    def _asked(self, number: int) -> bool:
        """Whether a question word belongs to the measure itself: inside, before or behind it."""
        mention, _ = self.found[number]
        letters = self.question.letters
        inside = letters[mention.start : mention.end]
        following = [m.start for m, _ in self.found if m.start >= mention.end]
        following += [m.start for m, _ in self.columns if m.start >= mention.end]
        behind = letters[mention.end : min(following, default=len(letters))]
        preceding = [m.end for m, _ in self.found if m.end <= mention.start]
        before = letters[max(preceding, default=0) : mention.start]
        return (
            asks(inside)
            or asks(behind)
            or re.search(_asks_pattern().pattern + "$", before) is not None
        )

    def _is_context(self, number: int) -> bool:
        mention, meaning = self.found[number]
        others = [pair for n, pair in enumerate(self.found) if n != number]
        if not others:
            return False
        if meaning.yields is not None and self._yields(number, others):
            return True
        following = [pair for pair in others if pair[0].start >= mention.end]
        if following and not self._asked(number):
            between = self._between(mention, following[0][0])
            of_which = any(fold(word) in between for word in load_phrases().harmless.of_which)
            if of_which and not lists(between) and frames(meaning, following[0][1]):
                return not (comes_in(meaning) and is_handled(following[0][1]))
        return any(self._belongs(number, *other) for other in others)

    def _yields(self, number: int, others: Sequence[Named]) -> bool:
        """Whether a bare word only leads to another measure of its table.

        重复的申请几件, 有几件申请结转到下年度, 答复说不掌握的几件; but in 申请几件，予以公开
        几件 it was asked for itself, in 申请和不予公开 it is listed, and in 收到的申请答复几件 it
        is what is asked for.
        """
        mention, meaning = self.found[number]
        if self._is_listed(number):
            return False
        for other, specific in others:
            if part_of(specific) != part_of(meaning) or specific.yields == "beside":
                continue
            if meaning.yields == "before" and comes_in(specific):
                continue  # 办结网络申请: what was done is not what came in
            if self._compared(mention, other):
                continue  # 申请比办结多几件
            if meaning.yields == "before" and other.start < mention.end:
                continue
            if specific.yields == "before" and meaning.yields == "before":
                continue
            first, second = sorted((mention, other), key=lambda m: m.start)
            if not self._asked(number) or not self._split(first, second):
                return True
        return False

    def _compared(self, first: Mention, second: Mention) -> bool:
        """Whether 比 stands between two measures, which then are both asked for."""
        first, second = sorted((first, second), key=lambda m: m.start)
        return any(
            operation.kind == "than" and first.end <= m.start and m.end <= second.start
            for m, operation in self.question.operations
        )

    def _is_listed(self, number: int) -> bool:
        """Whether a word that lists stands between a measure and the one before or behind it."""
        sides = zip(self.found, self.found[1:], strict=False)
        near = [pair for n, pair in enumerate(sides) if n in (number - 1, number)]
        return any(self._lists(first, second) for (first, _), (second, _) in near)

    def _lists(self, first: Mention, second: Mention) -> bool:
        """Whether two measures are listed: by a word, or by commas alone where 各 says so
        (申请，不予公开，各几件; but 申请，予以公开和不予公开各几件 has a heading)."""
        if lists(self._between(first, second)):
            return True
        if not self.question.each or _PAUSE.search(self._between(first, second)) is None:
            return False
        mentions = [m for m, _ in self.found]
        return not any(lists(self._between(*pair)) for pair in pairwise(mentions))

    def _belongs(self, number: int, other: Mention, narrower: Meaning) -> bool:
        """Whether the other measure narrows this one and stands beside it, not listed with it.

        A comma between them, or a blank behind a question word, parts two questions if this one
        was asked for itself (公开了多少信息，市长信箱多少).
        """
        mention, meaning = self.found[number]
        if not narrows(narrower, meaning):
            return False
        first, second = sorted((mention, other), key=lambda m: m.start)
        between = self._between(first, second)
        if lists(between):
            return False
        parted = _PAUSE.search(between) is not None or self._blank_behind_asked(first, second)
        return not parted or not self._asked(number)

    def _blank_behind_asked(self, first: Mention, second: Mention) -> bool:
        asked = _asks_pattern().search(self._between(first, second))
        if asked is None:
            return False
        return any(self.question.gap(at) for at in range(first.end + asked.end(), second.start + 1))

    def run_together(self) -> Refusal | None:
        """The refusal for measures side by side that nothing lists, or for one that is asked for
        twice in a row; None if all are listed."""
        if any(self._asked_twice(mention) for mention, _ in self.measures):
            return Refusal("not_understood", "interleaved", {})
        for (first, one), (second, other) in pairwise(self.measures):
            if one.ids == other.ids:
                told = {self._narrowing(first, one), self._narrowing(second, other)}
                if first.end == second.start and len(told) > 1:  # 橱窗|公告栏: of which of the two?
                    words = self.question.typed(first.start, second.end)
                    return Refusal("not_understood", "run_together", {"words": words[:40]})
                continue
            between = self._between(first, second)
            if lists(between) and self.question.letters[: second.end].endswith(_OF_WHAT):
                return Refusal("not_understood", "no_whole", {})  # 不予公开与予以公开的比例
            if lists(between) and not asks(between) and may_be_a_mode(one, other):
                return Refusal("not_understood", "interleaved", {})  # 公众号、网站申请各几件
            if self._is_verb_of(first, second):
                words = self.question.typed(first.start, second.end)
                return Refusal("not_understood", "run_together", {"words": words[:40]})
            if lists(between) and not asks(between) and self._shares_rate(first, one, other):
                return Refusal("not_understood", "interleaved", {})  # 复议和诉讼维持率
            related = any(
                first.end <= m.start and m.end <= second.start for m, _ in self.question.operations
            )
            listed = lists(between) or asks(between) or related or _PAUSE.search(between)
            if not listed and not self._listed_by_blanks():
                words = self.question.typed(first.start, second.end)
                return Refusal("not_understood", "run_together", {"words": words[:40]})
        return None

    def _asked_twice(self, mention: Mention) -> bool:
        """Whether a question word stands between the pieces of a measure and another directly
        behind it (收到多少申请公开多少): its last word is then a second thing asked for."""
        letters = self.question.letters
        inside = any(
            asks(letters[end:start])
            for (_, end), (start, _) in pairwise(sorted(mention.pieces))
            if end < start
        )
        verb = letters[mention.start : mention.end].endswith("公开")
        return inside and verb and _asks_pattern().match(letters, mention.end) is not None

    def _is_verb_of(self, first: Mention, second: Mention) -> bool:
        """Whether a bare verb has another noun than requests behind the question word (收到多少份
        信访件): neither measure alone is what is asked for."""
        letters = self.question.letters
        bare = letters[first.start : first.end] in load_phrases().receives.words
        between = letters[first.end : second.start]
        behind = letters[second.end :]
        direct = _asks_pattern().fullmatch(between) is not None
        return bare and direct and _asks_pattern().search(behind) is None

    def _listed_by_blanks(self) -> bool:
        """Whether each of the measures stands by itself between blanks, as in a telegram (申中乡2024
        主动公开总数 网站 公众号); a bare 申请 would rather belong to what stands before it."""
        plain = all(meaning.yields is None for _, meaning in self.measures)
        single = all(len(m.pieces) == 1 for m, _ in self.measures)
        return plain and single and all(self.question.gap(m.start) for m, _ in self.measures[1:])

    def _shares_rate(self, first: Mention, one: Meaning, other: Meaning) -> bool:
        """Whether a rate stands behind a list whose first word names no rate and no number of its
        own (申请数): the rate of both may be meant."""
        words = self.question.letters[first.start : first.end]
        return (
            is_rate(other)
            and not is_rate(one)
            and not asks(words)
            and not words.endswith(load_phrases().harmless.counted)
        )

    def receivers(self) -> list[str]:
        """Applicant kinds that the question makes receivers (企业收到申请) or those who decide
        (企业办结几件): another question.

        An office that stands alone may be the one that answers (单位拒绝公开).
        """
        letters = self.question.letters
        known = load_phrases().receives
        years = {years.start: years.end for years in self.question.years}
        single = len(self.columns) == 1
        return [
            self.question.typed(mention.start, mention.end)
            for mention, _ in self.columns
            for office in [single and letters[mention.start : mention.end] in known.offices]
            for verbs in [(*known.words, *known.answers) if office else known.words]
            if letters.startswith(verbs, years.get(mention.end, mention.end))
            and not letters.startswith(known.but_not, mention.end)
        ]

    def attach(self) -> tuple[Wanted, ...] | Refusal:
        """Every measure with its columns. A column that no measure has refuses the question."""
        names: list[list[str]] = [[] for _ in self.measures]
        whole = [False] * len(self.measures)
        for mention, ids in self.columns:
            # One phrase may name the like column of two tables (项目数量): the measure decides.
            column = next((name for name in ids if self._owners(mention, name)), None)
            if column is None:
                typed = self.question.typed(mention.start, mention.end)
                return Refusal("not_understood", "column", {"column": typed})
            if self._says_again(mention, column):
                continue
            owners = self._owners(mention, column)
            if len(owners) > 1 and self._heads_a_list(mention, owners):
                return Refusal("not_understood", "interleaved", {})
            listed = self._listed_with(mention, owners)
            for number in owners:
                names[number].append(column)
                whole[number] = whole[number] or listed or self._keeps_whole(number, mention)
        if self._half_narrowed(names, whole):
            return Refusal("not_understood", "interleaved", {})
        self._keep_repeated(names, whole)
        wanted = [
            Wanted(meaning.ids, tuple(dict.fromkeys(own)), keeps, self._narrowing(mention, meaning))
            for (mention, meaning), own, keeps in zip(self.measures, names, whole, strict=True)
        ]
        # 政府集中采购的采购项目数量: the same measure named twice, its column once.
        narrowed = {want.measures for want in wanted if want.columns}
        return tuple(want for want in wanted if want.columns or want.measures not in narrowed)

    def _says_again(self, mention: Mention, column: str) -> bool:
        """Whether the only column stands directly behind the measure that is this very cell
        (收费|金额合计)."""
        measures = load_catalogue().measures
        return len(self.columns) == 1 and any(
            m.end == mention.start
            and names_a_column(meaning)
            and all(name in measures and measures[name].column == column for name in meaning.ids)
            for m, meaning in self.measures
        )

    def _narrowing(self, mention: Mention, meaning: Meaning) -> tuple[str, ...]:
        """What the phrase's own pieces begin with that the report's words must have as well
        (县长热线, 办结 热线)."""
        letters = self.question.letters
        pieces = [letters[start:end] for start, end in mention.pieces]
        statements = load_catalogue().statements
        return tuple(
            folded
            for name in meaning.ids
            if name in statements
            for folded in map(fold, statements[name].stated)
            if any(piece.startswith(tuple(folded.split("|"))) for piece in pieces)
        )

    def _heads_a_list(self, column: Mention, owners: Sequence[int]) -> bool:
        """Whether a column stands before 申请 as one word (企业申请), and other measures are
        listed behind: 企业申请和部分公开 may mean the part of businesses or the whole."""
        first, meaning = self.measures[owners[0]]
        return meaning.yields == "beside" and column.end <= first.start

    def _listed_with(self, column: Mention, owners: Sequence[int]) -> bool:
        """Whether a column is listed with the measure before it (复议和纠正各几件) or behind it
        (自然人和申请总数), which then is asked for, too; of several columns (复议的维持和纠正)
        the first alone tells.

        Without 各 the mark 、 only parts them: 直接起诉、尚未审结的有几件.
        """
        named = [m for m, _ in (*self.measures, *self.columns)]
        before = max((m for m in named if m.end <= column.start), key=_end, default=None)
        behind = min((m for m in named if m.start >= column.end), key=_end, default=None)
        for near in (before, behind):
            if near is not None and any(self.measures[n][0] is near for n in owners):
                between = self._between(*sorted((near, column), key=_end))
                return lists(between if self.question.each else between.replace("、", ""))
        return False

    def _keep_repeated(self, names: Sequence[Sequence[str]], whole: list[bool]) -> None:
        """Marks the measures that are asked for whole as well, by the same words without a
        column beside them (申请总数和自然人申请); a mere heading of them (新收申请，自然人申请、
        企业申请各几件) asks for nothing."""
        for n, (plain, meaning) in enumerate(self.measures):
            for other in (n - 1, n + 1):
                if names[n] or other not in range(len(names)) or not names[other]:
                    continue
                narrowed, same = self.measures[other]
                between = self._between(*sorted((plain, narrowed), key=lambda m: m.start))
                asked = lists(between) or self._asked(self.found.index(self.measures[n]))
                if same.ids == meaning.ids and asked and self._split(plain, narrowed):
                    whole[other] = True

    def _half_narrowed(self, names: Sequence[Sequence[str]], whole: Sequence[bool]) -> bool:
        """Whether a measure with a column of its own is followed by one that could have it and
        has none: in 自然人申请几件，予以公开几件 the latter may be of natural persons or of all."""
        for n, (first, meaning) in enumerate(self.measures):
            leads = names[n] and not whole[n] and any(m.end <= first.end for m, _ in self.columns)
            for other in range(n + 1, len(self.measures)) if leads else ():
                _, later = self.measures[other]
                if later.ids == meaning.ids or names[other]:
                    continue
                if any(has_column(later, column) for column in names[n]):
                    return True
        return False

    def _keeps_whole(self, number: int, column: Mention) -> bool:
        """收到多少，其中自然人多少: the measure was asked for, and its column apart from it.

        In 有几件申请是律所提的 nothing parts them: only the column is asked for.
        """
        mention, meaning = self.measures[number]
        if names_a_column(meaning):
            return True  # 采购几个项目，多少钱: its own words name one column, these another
        if mention.end > column.start:
            return False
        between = self._between(mention, column)
        behind = self.question.letters[column.end :]
        parted = self._split(mention, column) or "其中" in between
        asked_again = _asks_pattern().match(behind) is not None
        asked = self._asked(self.found.index(self.measures[number]))
        supposed = self.question.exists and _PAUSE.search(between) is not None  # 有没有…，维持几件
        return (parted or asked_again) and (asked or supposed)

    def _owners(self, mention: Mention, column: str) -> list[int]:
        """The measures that a column narrows: the one it stands in or beside, and its list.

        A column beside a measure that is only context (自然人申请中…) narrows all measures.
        """
        fitting = [n for n, (_, meaning) in enumerate(self.measures) if has_column(meaning, column)]
        if mention in self._of_lawsuits:
            fitting = [n for n in fitting if of_lawsuits(self.measures[n][1].ids)]
        if mention in self._of_results:
            fitting = [n for n in fitting if have_results(self.measures[n][1].ids)]
        if not fitting:
            return []
        for number in self.contexts:
            context, _ = self.found[number]
            inside = context.start <= mention.start and mention.end <= context.end
            beside = (
                inside
                or mention.end == context.start
                or (mention.end <= context.start and not self._split(mention, context))
            )
            if beside and all(self.measures[n][0].start >= context.start for n in fitting):
                return fitting
        inside_of = [
            n
            for n in fitting
            if self.measures[n][0].start <= mention.start and mention.end <= self.measures[n][0].end
        ]
        if inside_of:
            return inside_of[:1]
        after = [n for n in fitting if mention.end <= self.measures[n][0].start]
        before = [n for n in fitting if self.measures[n][0].end <= mention.start]
        if after and not self._split(mention, self.measures[after[0]][0]):
            return self._listed(after, forward=True)
        if before:
            return self._listed(before, forward=False)
        return self._listed(after, forward=True)

    def _split(self, first: Mention, second: Mention) -> bool:
        first, second = sorted((first, second), key=lambda m: m.start)
        between = self._between(first, second)
        return asks(between) or parts_clauses(between)

    def _listed(self, numbers: Sequence[int], forward: bool) -> list[int]:
        """The nearest measure with those that it is listed with, asked for by one question word."""
        chain = list(numbers) if forward else list(reversed(numbers))
        owners = chain[:1]
        for number in chain[1:]:
            first, second = sorted((owners[-1], number))
            between = self._between(self.measures[first][0], self.measures[second][0])
            columns_between = any(
                self.measures[first][0].end <= m.start and m.end <= self.measures[second][0].start
                for m, _ in self.columns
            )
            if second - first != 1 or asks(between) or columns_between or not lists(between):
                break
            owners.append(number)
        return owners


def spoken(phrase: str) -> str:
    """A phrase of the catalogue as somebody would type it: the first of its alternatives."""
    return expand(phrase)[0].replace(" ", "")


def _end(mention: Mention) -> int:
    return mention.end


_OF_WHAT = ("比例", "占比", "比重")
"""Ends of the words for a rate that may as well be one of what is listed before it."""

_PAUSE = re.compile("[,;。?:]")


@lru_cache(maxsize=1)
def _asks_pattern() -> re.Pattern[str]:
    asked = load_phrases().asked
    words = (*asked.any, *asked.count, *asked.money, *asked.percent)
    return re.compile(
        "(?:" + "|".join(re.escape(fold(w)) for w in sorted(words, key=len, reverse=True)) + ")"
    )


def asks(between: str) -> bool:
    """Whether a stretch of words holds a question word (几件, 多少)."""
    return _asks_pattern().search(between) is not None


def lists(between: str) -> bool:
    """Whether a stretch of words lists what stands on both its sides (和, 、)."""
    return any(fold(word) in between for word in load_phrases().harmless.connectors)


def parts_clauses(between: str) -> bool:
    """Whether a stretch of words lists or ends a clause: what stands on both sides are two."""
    return lists(between) or _PAUSE.search(between) is not None
