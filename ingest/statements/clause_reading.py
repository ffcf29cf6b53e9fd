"""What one clause states: every word of it accounted for, or nothing.

An unknown word may change what was counted, so a clause in which one is left over gives no
figure. Names may be stepped over only where it is certain that they are names: the report's
own, an account in quotation marks beside its channel, the county before 政府网站.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from ingest.statements.clauses import Clause
from ingest.statements.scope import YEAR, years_of
from knowledge.catalogue import Statement, load_catalogue
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity
from knowledge.phrases import Hit, Lexicon, Pieces, Steps, cover
from knowledge.text import fold
from knowledge.words import load_words

PUNCTUATION = ",.;:!?、()\"'“”‘’《》<>[]-—·* "

NUMBERING = re.compile(
    r"^(?:[(][一二三四五六七八九十\d]{1,3}[)]|[①-⑳]|\d{1,2}[、.](?!\d)|[一二三四五六七八九十]{1,2}[是、])"
)

# A name in quotation marks or brackets tells nothing of what was counted only beside the
# channel that bears it; elsewhere it may be the channel itself (通过“政府网站”).
_CHANNEL = r"(?:公众号|公众平台|公众账号|订阅号|微信|微博|抖音|视频号|快手|头条|客户端|网站|门户|官网|平台号|新媒体)"
_QUOTED = re.compile(
    rf"[“\"‘'「][^“”\"‘’'「」]{{1,20}}[”\"’'」](?=(?:镇|官方|政务|政府|这一|的)?{_CHANNEL})"
    rf"|(?<=号|台|信|博|音|手|条|站|体)[“\"‘'「][^“”\"‘’'「」]{{1,20}}[”\"’'」]"
)
_BRACKETED = re.compile(r"(?<=号|博|音|手|条|站|体|台)[(][^()\d,;、:]{1,20}[)]")
_NAME = r"[^\W\d_a-z不未没无非除和与及或等各的在过用托于由将拟]"
_ACCOUNT = re.compile(
    rf"(?<=[在过用])(?:(?![网站屏栏微信博公众]){_NAME}){{2,8}}(?=(?:官方|政务)?(?:微信公众号|公众号))"
)
_REGION = re.compile(
    rf"(?<=[在过用托于由]){_NAME}{{1,8}}[省市县区旗州盟](?=(?:人民)?政府(?:门户|官方|信息公开|政务)?(?:网|平台|专栏|系统)|(?:政府|政务)?门户网|政务网|官网)"
)
_SINCE = re.compile(r"自?20\d\d年以来")
_LABEL = re.compile(r"[^:]{0,24}(?:情况|方面|工作|公开|数量)[^:]{0,3}:")

# Each with what a text must contain for it to match: most clauses contain none of them.
_NAMES = (
    ("以来", _SINCE),
    ("”", _QUOTED),
    ('"', _QUOTED),
    ("’", _QUOTED),
    ("」", _QUOTED),
    ("(", _BRACKETED),
    ("公众号", _ACCOUNT),
    ("网", _REGION),
    ("政府信息公开", _REGION),
)
_PUNCTUATION = re.compile("[" + re.escape(PUNCTUATION) + "]")

_ANSWERED_TOO = ("热线", "工单", "留言", "信箱", "提案", "议案", "咨询", "投诉", "信访")
"""What is answered and settled beside applications, with rates of its own."""

_ANSWERED_IN_WRITING = ("热线", "工单", "留言", "提案", "议案")
"""The same beside consultations, which are often named together with 投诉 and 信访."""

_CONNECTOR = re.compile("[、,和及与或跟]|以及")

Refusal = Literal[
    "unknown_words", "other_unit", "several_kinds", "no_kind", "open_list", "subject_before"
]


class OwnName:
    """Where a report names its own issuer, as printed: with county in front, with 人民政府."""

    def __init__(self, entity: Entity) -> None:
        name = fold(entity.name)
        forms = {name}
        self.forms = forms
        self.is_region = name.endswith(("省", "市", "县", "区", "旗", "州", "盟"))
        """Whether the issuer is a county, city or province itself."""
        if name.endswith("街道") and len(name) > 3:
            forms |= {name[:-2] + short for short in ("街办", "街", "办事处")}
        # 街道公开信息5条 is the report's own only where a 街道 issued it.
        if name.endswith(("街道", "街")):
            forms |= {"街道", "全街"}
        elif name.endswith("苏木"):
            forms |= {"苏木", "全苏木"}
        region = load_gazetteer().region_at(name, 0)
        if region is not None and name.endswith("局") and region[-1] in "县市区旗":
            forms |= {region[-1] + name[len(region) :], name[len(region) :]}
        either = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
        self.pattern = re.compile(
            rf"(?:(?:^|(?<=[年度月日由在,])){_NAME}{{1,9}}[县市区旗州])?(?:{either})"
            r"(?P<behind>人民政府|街道办事处|党政办公室|办事处|街道办|政府|机关|办)?"
        )


@lru_cache(maxsize=2)
def statement_lexicon(denied: bool, /) -> Lexicon[Statement]:
    """The words of all statements; `denied` adds those that mean one only behind a zero word."""
    return Lexicon(
        (fold(phrase), statement)
        for statement in load_catalogue().statements.values()
        for phrase in (*statement.terms, *statement.printed, *(statement.none_of if denied else ()))
    )


@lru_cache(maxsize=1)
def _harmless() -> frozenset[str]:
    words = load_words()
    return frozenset((*words.both.words, *words.reports.words))


@lru_cache(maxsize=1)
def _pieces() -> Pieces:
    """Everything that is looked for in a clause, so that it is gone through once."""
    return Pieces(statement_lexicon(True).pieces | _harmless())


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

    def __init__(
        self, words: str, clause: Clause, own: OwnName, year: int, earlier: Callable[[], str]
    ) -> None:
        self.words = words
        self.earlier = earlier
        self.quantity = clause.quantity
        self.own = own
        self.year = year
        self.start = clause.start
        self.refusal: Refusal | None = None
        self.unknown: tuple[str, ...] = ()
        self.found = _pieces().find(words)
        self.periods: tuple[tuple[int, int], ...] = ()
        """Words for other years and plans, stepped over where a figure is only to be shown."""

    @cached_property
    def steps(self) -> Steps:
        """What may be stepped over; only looked for where the clause names something."""
        words = self.words
        steps = Steps(len(words))
        if (numbering := NUMBERING.match(words)) is not None:
            steps.add(0, numbering.end())
        for piece in _harmless().intersection(self.found):
            for start, end in self.found[piece]:
                steps.add(start, end)
        for start, end in self.periods:
            steps.add(start, end)
        if "20" in words:
            for match in YEAR.finditer(words):
                if int(match["year"]) in (
                    self.year,
                    *({self.year + 1} - years_of(words, self.year)),
                ):
                    steps.add(match.start(), match.end())
        for sign, pattern in _NAMES:
            if sign in words:
                for match in pattern.finditer(words):
                    steps.add(match.start(), match.end())
        if any(form in words for form in self.own.forms):
            for match in self.own.pattern.finditer(words):
                steps.add(match.start(), match.end())
                if match["behind"]:  # 清河镇办理… names the town alone
                    steps.add(match.start(), match.start("behind"))
        if "(" in words:
            for note in load_words().reports.notes:
                for match in re.finditer(re.escape(f"({note})"), words):
                    steps.add(match.start(), match.end())
        if self.quantity is not None:
            steps.add(self.quantity.start - self.start, self.quantity.end - self.start)
        for match in _PUNCTUATION.finditer(words):
            steps.add(match.start(), match.end())
        return steps

    def counted(self, allowed: Callable[[Statement], bool]) -> list[Hit[Statement]]:
        """What the clause's quantity belongs to: one statement, or several with 均/都.

        Statements that are not `allowed` here are not looked for.
        """
        assert self.quantity is not None
        hits = self._accounted(None, allowed)
        statements = [hit.value for hit in hits]
        if any(s.unit_class != self.quantity.unit_class for s in statements):
            self.refusal = "other_unit"
            return []
        if self._is_open_list(hits):
            self.refusal = "open_list"
            return []
        narrowed = [h for h in hits if not any(o.part_of == h.value.id for o in statements)]
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
        for match in re.finditer("或者?", self.words):
            self.steps.add(match.start(), match.end())
        for length in range(first.end() - first.start(), 0, -1):
            if first.group()[:length] not in _zero_words():
                continue
            span = (first.start(), first.start() + length)
            hits = self._accounted(span, lambda statement: not statement.only_in)
            parts = {hit.value.part_of for hit in hits}
            found = [hit.value for hit in hits if hit.value.zero and hit.value.id not in parts]
            if found:
                meant = _meant_by_zero(found, self.words)
                if _listed(self.words, [hit for hit in hits if hit.value in meant]):
                    return meant
                self.refusal = "several_kinds"
        return []

    def _accounted(
        self, zero: tuple[int, int] | None, allowed: Callable[[Statement], bool]
    ) -> list[Hit[Statement]]:
        """The statements of the clause, one hit each, if every word is accounted for, else none."""
        lexicon = statement_lexicon(zero is not None)
        if not lexicon.occurs(self.found):
            self.refusal = "no_kind"
            return []
        hits = [
            hit
            for hit in lexicon.find(self.words, self.steps, self.found)
            if self._in_context(hit) and allowed(hit.value)
        ]
        if not hits:
            self.refusal = "no_kind"
            return []
        if zero is not None:
            self.steps.add(*zero)
        chosen = cover(self.words, hits, self.steps, PUNCTUATION)
        if chosen.leftover:
            self.refusal = "unknown_words"
            self.unknown = tuple(self.words[start:end] for start, end in chosen.leftover)
            return []
        if zero is not None:
            # What stands before the zero word is not denied by it: a second subject, unless
            # it is only the label that the clause follows (`（二）依申请公开：未收到申请`), or
            # the word is all that follows the label (`复议、诉讼情况：无`).
            label_end = self.words.rfind(":", 0, zero[0])
            if label_end >= 0 and zero[0] == label_end + 1 and zero[1] == len(self.words):
                label_end = -1
            elif any(label_end < hit.start < zero[0] for hit in chosen.hits):
                return []
            chosen = replace(chosen, hits=tuple(h for h in chosen.hits if h.start > label_end))
        return list({hit.value.id: hit for hit in reversed(chosen.hits)}.values())[::-1]

    def _in_context(self, hit: Hit[Statement]) -> bool:
        context = hit.value.context
        if hit.value.unit_class == "percent" and ("申请" in context or "咨询" in context):
            return self._is_last_named(context)
        return (
            not context
            or any(w in self.words for w in context)
            or any(w in self.earlier() for w in context)
        )

    def _is_last_named(self, context: Sequence[str]) -> bool:
        """Whether a rate is one of the context's: nothing else that is answered was named since
        (收到申请1件，办理热线工单5件，办结率100%)."""
        said = self.earlier() + self.words
        last = max(said.rfind(word) for word in context)
        return last >= 0 and not any(
            said.rfind(word) > last
            for word in (_ANSWERED_TOO if "申请" in context else _ANSWERED_IN_WRITING)
        )


def _listed(words: str, hits: list[Hit[Statement]]) -> bool:
    """Whether measures side by side are a list; run together (行政许可申请) they are a word that
    was not understood."""
    return all(_CONNECTOR.search(words, one.start, other.end) for one, other in pairwise(hits))


def _meant_by_zero(found: list[Statement], words: str) -> list[Statement]:
    """What a zero clause denies where a word for applications stands in it for another reason.

    未发生申请行政复议 denies no application, 未收到和处理申请 the receipt before all, 未收到公开
    政府信息的申请 no disclosure.
    """
    received = load_catalogue().statements["narrative.applications_received"]
    if re.search("收到|接到|接收|受理", words):
        if received in found:
            found = [s for s in found if s.id != "narrative.disclosed_total"]
        answered = load_catalogue().statements["narrative.applications_answered"]
        return [received if s == answered else s for s in found]
    if "依申请公开" in words and not re.search("答复|办结", words):
        found = [received if s.id == "narrative.applications_answered" else s for s in found]
    if any(s.id in ("narrative.reviews", "narrative.lawsuits") for s in found):
        return [s for s in found if s != received]
    return found
