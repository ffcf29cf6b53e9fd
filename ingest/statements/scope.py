"""What stands before a clause in its paragraph and may change whose figure it states.

The year ("2020年，…"), the whole of a list ("其中…"), the object of a bare verb ("…，答复4件").
Where that is not the report's own or was not understood, the figure is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from ingest.statements.marks import families_listed, has_verb, load_marks
from ingest.statements.so_far import names_the_year
from knowledge.catalogue import Statement
from knowledge.quantities import find_quantities

_YEAR = re.compile(
    r"(?P<year>20\d\d)(?:年(?:度|全年)?|度|(?=全年|共(?:收到|受理|接|公开|主动|发布)))"
    r"(?:0?1月?[-—~至到]12月(?:份|底)?|(?:\d{1,2}月)?(?:\d{1,2}日)?)(?:底|末|止)?"
)
YEAR = re.compile("(?:截至到?|截止到?)?" + _YEAR.pattern)
"""A year with all that belongs to it; `_YEAR` finds the same ones four times as fast."""

TOTAL = "narrative.disclosed_total"
CUMULATIVE = "narrative.cumulative_disclosed"
ISSUED = "narrative.documents_issued"
OTHERS = "narrative.disclosed_category.other"
_CHANNELS_OF_CHANNELS = ("new_media", "media.other", "app", "short_video")
"""Channels that have others under them (政务新媒体…，其中微信…)."""

Why = Literal["other_year", "cumulative", "part_of_year", "planned", "comparison"]
"""Why a figure is not the report's own for its whole year."""

_TITLE = re.compile(r"《[^《》]{0,80}》")
_LIST = re.compile(r"[^\u4e00-\u9fff]*(?:主要|具体|类别|内容|信息)*(?:其中|包括|包含|含|分别|涵盖)")
_PART_OF_YEAR = re.compile(
    r"截[至止]到?(?:20\d\d年)?0?(?:[1-9]|1[01])月|[上下]半年|季度|每[年月周季天]|每日(?!头条|新闻|电讯|经济)|平均|月份|(?<![至止到])20\d\d年(?:0?[1-9]|1[0-2])月(?!份?[底末止]|[-—~至到]|\d)|(?<!\d)(?!0?1月?[-—~至到]12月)\d{1,2}月?[-—~至到]\d{1,2}月(?!\d)"
)
_JANUARY = r"(?:20\d\d年)?(?:0?1|一)月?(?:份|(?:0?1|一)日)?(?:0时|零时)?起?[-—~至到]+(?:20\d\d年)?"
_DECEMBER = r"(?:12|十二)月(?:3[01]日|三十[一]?日|[份底末])?"
_WHOLE_YEAR = re.compile(
    rf"{_JANUARY}{_DECEMBER}(?:24时)?[底末止]?(?:期间)?|(?:截[至止]到?|[至到])(?:20\d\d年)?{_DECEMBER}"
    r"|12月(?:31日|[底末])(?!当)"
)
"""The year from its first day to its last, or up to its last."""

_MONTH = re.compile(
    r"(?<![\d一二三四五六七八九十个])(?:0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])月(?!刊|报|度|均|[-—~至到]+12月)"
)
_OCCASION = re.compile(
    r"(?<![年度日月告计表以,。;:(、此该])期间|(?<=[”\"月周])期间|[”\"月周日]活动(?:中|上|当)|活动(?:中|期间)|当[天日月](?!日)"
)
"""Words for what lasted shorter than a year: 换届期间, “政务公开月”期间, 活动中, 当天."""

_LAST_YEAR = re.compile(r"(?<!结转)(?<!遗留)上一?年(?!度?(?:结转|遗留|转|未|余))")
_ANY_YEAR = re.compile(r"20\d\d年?(?:度|全年)?|去年度?|上一?年度?")
_OF_THE_YEAR = re.compile(r"[^,:]{0,12}(?:预算|决算|年报|报告|要点|计划|规划|清单)")
_SINCE = re.compile(r"(?<!今年)(?<!本年)(?<!一年)以来")
_OPENED = re.compile(
    r"(?:开通|上线|开设|开办|建站|建成|创建|运行|启用|改版|注册)[^,。;:]{0,4}(?:至今|迄今|到现在|以来|之日起|起(?!到|来))"
)
"""What is counted since a site or an account began."""

_NO_FULL_COUNT = re.compile(r"不完全统计|粗略统计|初步统计")
_CARRIED_IN = re.compile(
    r"(?:上一?年|往年|去年|前一年)度?.{0,3}(?:结转|遗留|顺延|转入)|(?:结转|遗留)(?:自|于)?(?:上一?年|往年)"
)
_CARRIED_OUT = re.compile(r"(?:结转|顺延|延期|转)(?:至|到|入)?(?:下|次|明|20\d\d)")
_CARRIED_IN_NOTE = re.compile(r"含(?P<year>20\d\d)年度?(?:结转|遗留)的?\d+[件条份]$")
_NEWLY = re.compile(r"新收|新受理|新接收|新增|本年|当年")

_INTO_NEXT = re.compile(r"(?:结转|顺延|延期|转|延)(?:至|到|入)?(?=20\d\d年)")
# 规划计划类信息 is a kind of document, 计划公开 a plan.
_PLANNED = re.compile(r"(?<!规划)(?<!工作)计划(?!总结|生育|规划|类|信息|\d)")

_IN_ALL = re.compile("总|共|年|产生|形成")
_FROM_NOW_ON = re.compile(r"下一?步|下一?阶段|今后|接下来")
"""Words behind which a sentence speaks of what is still to be done."""

_NO_YEARS: frozenset[int] = frozenset()
_RATES = frozenset({"electronic", "disclosure"})
"""The families of rates of what was disclosed."""

CarryOver = Literal["none", "included", "unclear"]


class Scope:
    """What the clauses of one paragraph speak of, taken in one after another."""

    other_period: Why | None = None
    """Which other period the clauses now speak of, None for the report's own year."""
    since = False
    """Whether that period began in an earlier year and reaches into this one."""
    led: Why | None = None
    """Which other year a sentence of the paragraph began with and counted in: it holds over
    the full stop, until the report's own year is named."""
    approximate = False
    in_list = False
    broken = False
    """Whether a count since the last whole was not understood: a part may be its part."""
    head: tuple[Statement, ...] | None = None
    """What the last counted clause outside a list was read as; empty if not understood."""
    last: tuple[Statement, ...] | None = None
    """What the last counted clause of the sentence was read as, parts of a list too."""
    _begins_with_year = False
    """Whether the other year stands before all that was done in it (2020年公开信息…)."""
    carry_over = False
    """Whether the whole includes what was carried over from the year before."""
    by_class = False
    """Whether the whole is information of all classes, of which 主动公开 is one."""
    all_years = False
    """Whether the whole is, or may be, of all years so far: so are its parts."""
    marked = False
    """Whether the sentence has a mark other than years that `enter` has a rule for."""
    _dated = False
    """Whether it names a year, or says 全年 and the like."""

    def __init__(self, year: int) -> None:
        self.year = year

    def start_sentence(self, text: str, after_semicolon: bool) -> None:
        """A sentence that goes on with a list (其中…) belongs to the one before it.

        So does what stands behind a semicolon without a verb of its own (…；财政信息5条；…);
        with one it is a statement of its own, in the same year.
        """
        self.approximate = "统计" in text and _NO_FULL_COUNT.search(text) is not None
        marks = load_marks()
        self.marked = marks.but_years.search(text) is not None
        self._dated = self.marked or marks.years.search(text) is not None
        if after_semicolon and self.in_list and not has_verb(text):
            return
        self.in_list = False
        self.broken = False
        self.last = None
        if self.marked and _LIST.match(text):
            return
        self.head = None
        self.carry_over = False
        if not after_semicolon:
            self.forget()
            self.all_years = False

    def forget(self, text: str = "") -> None:
        """A sentence without any figure stands between: nothing is inherited over it but the
        other year that figures were of."""
        if self.led is not None and (str(self.year) in text or load_marks().own_year.search(text)):
            self.led = None
        self.other_period = self.led
        self.since = False
        self.head = None
        self.carry_over = False

    def enter(self, words: str, opens_list: bool = False, counted: bool = False) -> Why | None:
        """Take in a clause; why a figure in it is not the report's own for its whole year."""
        if self.marked or opens_list or self.all_years:
            why = self._enter(words, opens_list)
        elif self._dated:
            why = self._enter_years(words)
        else:
            why = self.other_period
        if why is None:
            self.led = None
        elif why == "other_year" and counted and self._begins_with_year:
            self.led = why
        return why

    def _enter(self, words: str, opens_list: bool) -> Why | None:
        if is_carried_in_note(words, self.year):
            return self.other_period
        if "《" in words:
            words = _TITLE.sub("", words)
        if self.all_years and names_the_year(words):
            self.all_years = bool(years_of(words, self.year) - {self.year})
        if opens_list or _LIST.match(words):
            if self.in_list and self.last is not None:
                # A list within the list has the last part for its whole, and what it counts is
                # no part of all disclosure.
                self.head = () if any(known.part_of for known in self.last) else self.last
            self.in_list = True
        marks = load_marks()
        if marks.any.search(words) is None:
            return self.other_period
        if marks.comparison.search(words):
            return "comparison"
        years = years_of(words, self.year)
        since = "以来" in words and (
            (_SINCE.search(words) is not None and set(years) != {self.year}) or "自" in words
        )
        since = since or (bool(_OPENED.search(words)) and self.year not in years)
        if since or marks.spans.search(words):
            self.other_period = "cumulative" if since or "历年" in words else "other_year"
            self.since = since and bool(years) and all(year < self.year - 1 for year in years)
            self._begins_with_year = _begins_with_year(words)
        elif (years and set(years) != {self.year}) or _LAST_YEAR.search(words):
            self.other_period, self.since = "other_year", False
            self._begins_with_year = _begins_with_year(words)
        elif _is_part_of_year(words) or _is_short(words):
            self.other_period, self.since = "part_of_year", False
        elif years or marks.own_year.search(words):
            self.other_period, self.since = None, False
        if _FROM_NOW_ON.search(words):
            self.other_period, self.since = "planned", False
        if marks.planned.search(words) or ("计划" in words and _PLANNED.search(words)):
            return "planned"
        return self.other_period

    def _enter_years(self, words: str) -> Why | None:
        """The same for a clause that has no marks but years: 2020年, 全年."""
        years = years_of(words, self.year)
        if years and set(years) != {self.year}:
            self.other_period, self.since = "other_year", False
            self._begins_with_year = _begins_with_year(words)
        elif years or load_marks().own_year.search(words):
            self.other_period, self.since = None, False
        return self.other_period

    def admits(self, statement: Statement) -> bool:
        """Whether the whole before a clause can have `statement` for a part, where it must."""
        if statement.only_in and not self._under(statement):
            return False
        if statement.id == OTHERS and not self.in_list:
            return False  # 网站公开政府信息52条，其他信息300条 are no part of the 52
        return not self.in_list or self.head_lists(statement)

    def belongs(self, statement: Statement, printed: str, words: str) -> bool:
        """Whether a figure read as `statement` can be one, given what stands before it."""
        if not self.admits(statement):
            return False
        if self.all_years and self._is_of_all_years(statement, words):
            return False
        if self.by_class and statement.id == TOTAL:
            return "主动公开" in words
        if self.in_list and self.head is None and not self._needs_no_whole(statement, words):
            return False
        loose = self.broken and not self.in_list
        if statement.family == "disclosed" and loose and not has_verb(words):
            return False
        if printed in load_marks().under_whole and not self._is_whole(statement):
            return False
        if statement.id == ISSUED and not (has_verb(words) or "发文" in words):
            if self.head is not None or _IN_ALL.search(words) is None:
                return False  # 公开信息包括：文件12条、公文3件
        if self.head is None:
            return True
        if self.in_list:
            if not self.head:
                return False
            if statement.part_of == TOTAL and any(known.id == CUMULATIVE for known in self.head):
                return False
            if self._is_whole(statement) and not (self.carry_over and _NEWLY.search(words)):
                return False
        return printed not in load_marks().bare or any(
            known.family == statement.family for known in self.head
        )

    def _is_of_all_years(self, statement: Statement, words: str) -> bool:
        """Whether a figure is a part, or a rate, of what is of all years (100% of all is 100% of
        this year's as well)."""
        if statement.stock:
            return False
        rate = (
            statement.unit_class == "percent" and statement.family in _RATES and "100%" not in words
        )
        return self.in_list or rate or statement.part_of == TOTAL

    def _is_whole(self, statement: Statement) -> bool:
        return any(known.id == statement.id for known in self.head or ())

    def _needs_no_whole(self, statement: Statement, words: str) -> bool:
        """Whether a part says everything itself where no number was given for its whole
        (通过网站等平台发布信息，其中，通过网站发布信息59条)."""
        return is_channel(statement) and not self.broken and has_verb(words)

    def _under(self, statement: Statement) -> bool:
        listed = self.in_list and statement.family == "disclosed"
        if not self.head or (self.broken and not listed):
            return False
        return all(known.id in statement.only_in for known in self.head)

    def head_lists(self, statement: Statement) -> bool:
        """Whether a list under the head can count `statement` (a list of publications counts no
        proposals handled; 发文155件，其中政策类9件 are documents). What one channel published
        has no total of all disclosure in it, and no other channel: the 公开栏 of a website is no
        board."""
        if any(known.part_of == TOTAL for known in self.head or ()) and (
            statement.id == TOTAL or (is_channel(statement) and self._is_one_channel())
        ):
            return False
        allowed = families_listed()
        return all(
            known.family not in allowed or statement.family in allowed[known.family]
            for known in self.head or ()
        )

    def _is_one_channel(self) -> bool:
        return all(
            is_channel(known) and not known.id.endswith(_CHANNELS_OF_CHANNELS)
            for known in self.head or ()
        )

    def count(self, statements: Sequence[Statement], carry_over: bool = False) -> None:
        """Remember what a counted clause was read as: the whole that a list may follow."""
        self.last = counted = tuple(statements)
        if not counted:
            self.broken = True
        if self.in_list:
            return
        if counted and counted[0].unit_class == "percent":
            if all(s.unit_class == "percent" for s in counted):
                return
        if self.head and counted and counted[0].only_in:
            if all(s.only_in and self._under(s) for s in counted):
                return  # 行政复议19件，维持8件，纠正9件: the whole stays the whole
        self.head = counted
        self.by_class = False
        self.broken = not counted
        self.carry_over = carry_over


def is_carried_in_note(words: str, year: int) -> bool:
    """Whether a clause is the note behind a number of how many came over from the year before
    (含2020年结转的3件): what follows is of the report's own year."""
    match = _CARRIED_IN_NOTE.match(words) if "结转" in words or "遗留" in words else None
    return match is not None and int(match["year"]) == year - 1


def _begins_with_year(words: str) -> bool:
    """Whether the first year of a clause is when things were done, and not what was published
    (公开2020年决算, 2020年度决算公开…)."""
    year = _ANY_YEAR.search(words)
    if year is None or _OF_THE_YEAR.match(words, year.end()):
        return False
    return not has_verb(words[: year.start()])


def _is_part_of_year(words: str) -> bool:
    """Whether a clause names a part of the year; tried only where it has a word of one."""
    if "月" not in words and "季" not in words and "每" not in words:
        if "半年" not in words and "平均" not in words:
            return False
    return _PART_OF_YEAR.search(words) is not None


def _is_short(words: str) -> bool:
    """Whether a clause names a month, a day or an occasion, and not the whole year by its ends."""
    if "月" not in words and "期间" not in words and "当" not in words and "活动" not in words:
        return False
    rest = _WHOLE_YEAR.sub(",", words)
    return _MONTH.search(rest) is not None or _OCCASION.search(rest) is not None


def period_spans(words: str) -> tuple[tuple[int, int], ...]:
    """Where a clause names a year, a part of one, several, or a plan."""
    marks = load_marks()
    patterns = (YEAR, _PART_OF_YEAR, _LAST_YEAR, _PLANNED, marks.spans, marks.planned)
    return tuple(match.span() for pattern in patterns for match in pattern.finditer(words))


def years_of(words: str, own: int) -> frozenset[int]:
    """The years that a clause names; the next one as the goal of 结转至 is none."""
    if "20" not in words:
        return _NO_YEARS
    own_year = f"{own}年"
    if own_year in words and words.count("20") == own_year.count("20") and own // 100 == 20:
        return frozenset((own,))
    years = [
        year
        for match in _YEAR.finditer(words)
        if (year := int(match["year"])) != own + 1 or not _leads_into_next(words, match.start())
    ]
    return frozenset(years)


def _leads_into_next(words: str, start: int) -> bool:
    return any(match.end() == start for match in _INTO_NEXT.finditer(words))


def carry_over_listed(following: Sequence[str]) -> CarryOver:
    """Whether the list behind a number of applications counts in those of the year before.

    "收到申请4件，其中上年结转1件，新收3件" states 4, but not of what was newly received; where
    the list only says 结转, which way is not said.
    """
    in_list = False
    for words in following:
        in_list = in_list or _LIST.match(words) is not None
        if not in_list and find_quantities(words):
            return "none"
        if not in_list or not ("结转" in words or "顺延" in words or "遗留" in words):
            continue
        if any(q.value == 0 for q in find_quantities(words)):
            continue
        if _CARRIED_IN.search(words):
            return "included"
        if not _CARRIED_OUT.search(words):
            return "unclear"
    return "none"


def is_channel(statement: Statement) -> bool:
    """Whether a statement counts what was published by one way, and not of one subject."""
    part = statement.part_of is not None and statement.family == "disclosed"
    return part and "category" not in statement.id
