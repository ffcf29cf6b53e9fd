"""Sentences cut into clauses, and what a clause inherits from those before it.

A figure is read from its own clause, but whose figure it is may stand further ahead: the
year ("2020年，…"), the whole of a list ("其中…"), the object of a bare verb ("…，答复4件").
Where that is not the report's own or was not understood, the figure is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.catalogue import Statement
from knowledge.quantities import Quantity, find_quantities
from knowledge.words import load_words

YEAR = re.compile(r"(?:截至|截止)?(?P<year>20\d\d)年(?:度)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:底|末)?")

MAX_CLAUSE = 150
"""Characters; clauses that state a figure have under 50, and matching grows with the square."""

_TITLE = re.compile(r"《[^《》]{0,80}》")
_LIST = re.compile(r"[^\u4e00-\u9fff]*(?:其中|包括|包含|含|分别)")
_PART_OF_YEAR = re.compile(
    r"[上下]半年|季度|每[年月周季天日]|平均|月份|(?<!\d)(?!0?1月?[-—~至到]12月)\d{1,2}月?[-—~至到]\d{1,2}月(?!\d)"
)
_LAST_YEAR = re.compile(r"上一?年(?!度?(?:结转|遗留|转|未|余))")
_SINCE = re.compile(r"(?<!今年)(?<!本年)(?<!一年)以来")
_NO_FULL_COUNT = re.compile(r"不完全统计|粗略统计|初步统计")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a folded sentence; `quantity` is None unless exactly one stands in it."""

    start: int
    end: int
    quantity: Quantity | None
    crowded: bool = False
    """Holds several quantities, or is too long: whose is whose is not decided here."""


def find_clauses(text: str) -> list[Clause]:
    """Cut at commas and brackets, and at 、 where it ends a quantity; never inside a number."""
    quantities = find_quantities(text)
    inside = {position for q in quantities for position in range(q.start, q.end)}
    ends = {q.end for q in quantities}
    clauses: list[Clause] = []
    start = 0
    for position, character in enumerate(text):
        if position in inside:
            continue
        followed = text[position + 1 : position + 2]
        if (
            character in ",。;!?()"
            or (character == "、" and position in ends)
            or (character == "." and followed and not followed.isdigit())
        ):
            clauses.extend(_clause(start, position, quantities))
            start = position + 1
    clauses.extend(_clause(start, len(text), quantities))
    return clauses


def _clause(start: int, end: int, quantities: Sequence[Quantity]) -> Iterator[Clause]:
    if end > start:
        inside = [q for q in quantities if start <= q.start and q.end <= end]
        long = end - start > MAX_CLAUSE
        one = inside[0] if len(inside) == 1 and not long else None
        yield Clause(start, end, one, len(inside) > 1 or long)


class Scope:
    """What stands before a clause in its paragraph and may change whose figure it states."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.other_period = False
        """Whether the clauses now speak of other or several years, or of a part of the year."""
        self.approximate = False
        self.in_list = False
        self.head: tuple[Statement, ...] | None = None
        """What the last counted clause outside a list was read as; empty if not understood."""

    def start_sentence(self, text: str) -> None:
        """A sentence that goes on with a list (其中…) belongs to the one before it."""
        self.in_list = False
        self.approximate = _NO_FULL_COUNT.search(text) is not None
        if not _LIST.match(text):
            self.other_period = False
            self.head = None

    def enter(self, words: str) -> bool:
        """Take in a clause; whether a figure in it is the report's own for its whole year."""
        words = _TITLE.sub("", words)
        self.in_list = self.in_list or _LIST.match(words) is not None
        reports = load_words().reports
        if any(word in words for word in reports.comparisons):
            return False
        years = {int(match["year"]) for match in YEAR.finditer(words)}
        several = (
            _PART_OF_YEAR.search(words)
            or _LAST_YEAR.search(words)
            or any(word in words for word in reports.spans)
        )
        since = _SINCE.search(words) and years != {self.year}
        if years - {self.year} or several or since or ("自" in words and "以来" in words):
            self.other_period = True
        elif years or any(word in words for word in reports.own_year):
            self.other_period = False
        planned = any(word in words for word in reports.other_years)
        return not self.other_period and not planned

    def belongs(self, statement: Statement, printed: str, words: str) -> bool:
        """Whether a figure read as `statement` can be one, given what stands before it."""
        if self.in_list and self.head is None:
            return False
        if self.head is None:
            return True
        if self.in_list and (not self.head or (_LIST.match(words) and statement in self.head)):
            return False
        bare = printed in load_words().reports.bare
        return not bare or any(_family(known) == _family(statement) for known in self.head)

    def count(self, statements: Sequence[Statement]) -> None:
        """Remember what a counted clause was read as: the whole that a list may follow."""
        if not self.in_list:
            self.head = tuple(statements)


def lists_another(statement: Statement, following: Sequence[str]) -> bool:
    """Whether the list behind a figure counts in what is no part of the measure.

    "收到申请4件，其中上年结转1件，新收3件" states 4, but not of what was newly received.
    """
    others = [
        word
        for unless in load_words().reports.unless
        if unless.statement == statement.id
        for word in unless.listed
    ]
    in_list = False
    for words in following if others else ():
        in_list = in_list or _LIST.match(words) is not None
        none = any(q.value == 0 for q in find_quantities(words))
        if in_list and not none and any(word in words for word in others):
            return True
    return False


def _family(statement: Statement) -> str:
    """The first word of an id: the figures that a bare verb may go on about."""
    return re.split(r"[._]", statement.id.removeprefix("narrative."))[0]
