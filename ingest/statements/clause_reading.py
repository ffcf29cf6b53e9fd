"""What one clause states: every word of it accounted for, or nothing.

An unknown word may change what was counted, so a clause in which one is left over gives no
figure. Names may be stepped over only where it is certain that they are names: the report's
own, an account in quotation marks beside its channel, the county before 政府网站.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from ingest.statements.clauses import Clause
from ingest.statements.scope import Scope
from ingest.statements.wording import OwnName, Span, Wording, wording_of
from knowledge.catalogue import Statement, load_catalogue
from knowledge.phrases import Cover, Hit
from knowledge.words import load_words

_LABEL = re.compile(r"[^:]{0,24}(?:情况|方面|工作|公开|数量)[^:]{0,3}:")

_ANSWERED_TOO = ("热线", "工单", "留言", "信箱", "提案", "议案", "咨询", "投诉", "信访")
"""What is answered and settled beside applications, with rates of its own."""

_ANSWERED_IN_WRITING = ("热线", "工单", "留言", "提案", "议案")
"""The same beside consultations, which are often named together with 投诉 and 信访."""

_RECEIVED = "narrative.applications_received"
_ANSWERED = "narrative.applications_answered"
_RECEIPT = re.compile("收到|接到|接收|受理")
_ANSWER = re.compile("答复|办结")
_OR = re.compile("或者?")
_CONNECTOR = re.compile("[、,和及与或跟]|以及")

Refusal = Literal[
    "unknown_words", "other_unit", "several_kinds", "no_kind", "open_list", "subject_before"
]


@lru_cache(maxsize=1)
def _zero_words() -> frozenset[str]:
    return frozenset(load_words().reports.zero)


def may_deny(words: str) -> bool:
    """Whether a clause has a word of zero at all."""
    return "未" in words or "无" in words or "没" in words or "不存在" in words


@lru_cache(maxsize=1)
def _zero_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_zero_words(), key=len, reverse=True)))


class ClauseReading:
    """One clause with what may be stepped over in it; `refusal` says why it gave nothing."""

    refusal: Refusal | None = None
    unknown: tuple[str, ...] = ()
    periods: tuple[tuple[int, int], ...] = ()
    """Words for other years and plans, stepped over where a figure is only to be shown."""
    _wording: Wording | None = None

    def __init__(
        self, words: str, clause: Clause, own: OwnName, year: int, earlier: Callable[[], str]
    ) -> None:
        self.words = words
        self.earlier = earlier
        self.quantity = clause.quantity
        self.own = own
        self.year = year
        self.start = clause.start

    def wording(self) -> Wording:
        """The phrases of the clause; only looked for where it is asked what it states."""
        if self._wording is None:
            number = None
            if self.quantity is not None:
                number = (self.quantity.start - self.start, self.quantity.end - self.start)
            self._wording = wording_of(self.words, number, self.own, self.year, self.periods)
        return self._wording

    def counted(self, scope: Scope) -> list[Hit[Statement]]:
        """What the clause's quantity belongs to: one statement, or several with 均/都.

        Statements that the list or the whole before the clause cannot count are not looked for.
        """
        assert self.quantity is not None
        hits = self._accounted(scope)
        if not hits:
            return hits
        unit_class = self.quantity.unit_class
        for hit in hits:
            if hit.value.unit_class != unit_class:
                self.refusal = "other_unit"
                return []
        if "等" in self.words and self._is_open_list(hits):
            self.refusal = "open_list"
            return []
        if len(hits) == 1:
            return hits
        parts = {hit.value.part_of for hit in hits}
        narrowed = [hit for hit in hits if hit.value.id not in parts]
        if len(narrowed) > 1 and not re.search("均|都", self.words):
            rest = self._behind_label(narrowed)
            if len({hit.value for hit in rest}) != 1:
                self.refusal = "several_kinds"
                return []
            return rest
        return narrowed

    def _is_open_list(self, hits: list[Hit[Statement]]) -> bool:
        """Whether 等 shows that a part stands for others too (通过网站等渠道公开60条)."""
        if not any(hit.value.part_of == "narrative.disclosed_total" for hit in hits):
            return False
        covered = {n for hit in hits for start, end in hit.pieces for n in range(start, end)}
        return any(
            character == "等" and n not in covered and not self._in_bracket(n)
            for n, character in enumerate(self.words)
        )

    def _in_bracket(self, position: int) -> bool:
        return self.words.rfind("(", 0, position) > self.words.rfind(")", 0, position)

    def _behind_label(self, hits: list[Hit[Statement]]) -> list[Hit[Statement]]:
        """The hits behind a label that only announces what follows (`主动公开情况：收到申请5件`).

        A label that names a part or a channel is no such label (`微信公众号：发布30条`).
        """
        label = _LABEL.match(self.words)
        if label is None or any(h.value.part_of for h in hits if h.start < label.end()):
            return []
        if self.quantity is not None and self.quantity.start - self.start < label.end():
            return []
        return [hit for hit in hits if hit.start >= label.end()]

    def zeros(self) -> list[Statement]:
        """The statements that the clause says there were none of."""
        first = _zero_pattern().search(self.words)
        if first is None or self.words[first.start() - 1 : first.start()] == "有":
            return []
        # Each zero word that was tried may be stepped over by the shorter ones behind it.
        more = tuple([match.span() for match in _OR.finditer(self.words)])
        for length in range(first.end() - first.start(), 0, -1):
            if first.group()[:length] not in _zero_words():
                continue
            span = (first.start(), first.start() + length)
            hits, tried = self._denied(span, more)
            more = (*more, span) if tried else more
            parts = {hit.value.part_of for hit in hits}
            found = [hit.value for hit in hits if hit.value.zero and hit.value.id not in parts]
            if found:
                meant = _meant_by_zero(found, self.words)
                denied = {statement.id for statement in meant}
                if _listed(self.words, [hit for hit in hits if hit.value.id in denied]):
                    return meant
                self.refusal = "several_kinds"
        return []

    def _accounted(self, scope: Scope) -> list[Hit[Statement]]:
        """The statements of the clause, one hit each, if every word is accounted for, else none."""
        wording = self.wording()
        kept = self._kept(wording.hits, scope)
        return _one_each(self._understood(wording.cover(kept))) if kept else []

    def _denied(self, zero: Span, more: tuple[Span, ...]) -> tuple[list[Hit[Statement]], bool]:
        """The same for what the zero word at `zero` denies, and whether it was tried at all:
        not where nothing countable is named."""
        wording = self.wording().denied(more)
        kept = self._kept(wording.hits, None)
        if not kept:
            return [], False
        chosen = self._understood(wording.cover(zero, kept))
        # What stands before the zero word is not denied by it: a second subject, unless
        # it is only the label that the clause follows (`（二）依申请公开：未收到申请`), or
        # the word is all that follows the label (`复议、诉讼情况：无`).
        label_end = self.words.rfind(":", 0, zero[0])
        if label_end >= 0 and zero[0] == label_end + 1 and zero[1] == len(self.words):
            label_end = -1
        elif any(label_end < hit.start < zero[0] for hit in chosen):
            return [], True
        return _one_each([hit for hit in chosen if hit.start > label_end]), True

    def _kept(self, offered: Sequence[Hit[Statement]], scope: Scope | None) -> tuple[int, ...]:
        """The numbers of the hits that may count here; without a scope none that need a whole."""
        in_list = scope is not None and scope.in_list
        kept = []
        for number, hit in enumerate(offered):
            statement = hit.value
            if in_list or statement.only_in:
                if scope is None or not scope.admits(statement):
                    continue
            if not statement.context or self._in_context(statement):
                kept.append(number)
        if not kept:
            self.refusal = "no_kind"
        return tuple(kept)

    def _understood(self, chosen: Cover[Statement]) -> Sequence[Hit[Statement]]:
        """The hits that account for a clause if they leave nothing over, else none."""
        if not chosen.leftover:
            return chosen.hits
        self.refusal = "unknown_words"
        self.unknown = tuple([self.words[start:end] for start, end in chosen.leftover])
        return ()

    def _in_context(self, statement: Statement) -> bool:
        """Whether one of the context's words stands where it must."""
        context = statement.context
        if statement.unit_class == "percent" and ("申请" in context or "咨询" in context):
            return self._is_last_named(context)
        return _holds_any(self.words, context) or _holds_any(self.earlier(), context)

    def _is_last_named(self, context: Sequence[str]) -> bool:
        """Whether a rate is one of the context's: nothing else that is answered was named since
        (收到申请1件，办理热线工单5件，办结率100%)."""
        said = self.earlier() + self.words
        last = max(said.rfind(word) for word in context)
        return last >= 0 and not any(
            said.rfind(word) > last
            for word in (_ANSWERED_TOO if "申请" in context else _ANSWERED_IN_WRITING)
        )


def _holds_any(text: str, words: Sequence[str]) -> bool:
    for word in words:  # noqa: SIM110 - asked for every hit, and `any` costs thrice
        if word in text:
            return True
    return False


def _one_each(hits: Sequence[Hit[Statement]]) -> list[Hit[Statement]]:
    """The first hit of each statement, in the order of their last ones."""
    if len(hits) == 1:
        return list(hits)
    return list({hit.value.id: hit for hit in reversed(hits)}.values())[::-1]


def _listed(words: str, hits: list[Hit[Statement]]) -> bool:
    """Whether measures side by side are a list; run together (行政许可申请) they are a word that
    was not understood."""
    return all(_CONNECTOR.search(words, one.start, other.end) for one, other in pairwise(hits))


def _meant_by_zero(found: list[Statement], words: str) -> list[Statement]:
    """What a zero clause denies where a word for applications stands in it for another reason.

    未发生申请行政复议 denies no application, 未收到和处理申请 the receipt before all, 未收到公开
    政府信息的申请 no disclosure.
    """
    received = load_catalogue().statements[_RECEIVED]
    if _RECEIPT.search(words):
        if any(s.id == _RECEIVED for s in found):
            found = [s for s in found if s.id != "narrative.disclosed_total"]
        return [received if s.id == _ANSWERED else s for s in found]
    if "依申请公开" in words and not _ANSWER.search(words):
        found = [received if s.id == _ANSWERED else s for s in found]
    if any(s.id in ("narrative.reviews", "narrative.lawsuits") for s in found):
        return [s for s in found if s.id != _RECEIVED]
    return found
