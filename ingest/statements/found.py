"""What the clauses of one paragraph state, held against each other.

A total may count all years where a smaller one beside it is the year's, and a kind that is
counted differently twice has no number of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from ingest.statements.clauses import Clause
from ingest.statements.doubts import CUMULATIVE
from ingest.statements.so_far import (
    VIEWS,
    Counted,
    all_years_among,
    is_beside_the_years,
    is_of_a_counter,
    may_be_of_all_years,
    names_the_year,
)
from ingest.statements.subjects import TOTAL
from knowledge.catalogue import Statement, load_catalogue
from knowledge.quantities import Quantity
from knowledge.text import solid

_STOP = re.compile("[。!?]")
_GOES_ON = re.compile(r"[^\w]*其中")
MESSAGES = "narrative.messages_answered"
NOT_HELD = "narrative.applications_outcome.not_held"
_PROACTIVE = re.compile(r"主动公开[^,。;:\d]{0,10}信息[^,。;:\d]{0,4}(\d+)")
CATEGORY = "narrative.disclosed_category."


class Found(NamedTuple):
    """A statement that a clause makes; a tuple, since a report has dozens."""

    statement: Statement
    quantity: Quantity | None
    clause: Clause
    cautions: tuple[str, ...] = ()
    so_far: bool = False
    """Whether it may be of all years, where nothing else in the paragraph tells."""


Place = tuple[Found, int, int]
"""What was found, and where its sentence begins and ends."""


def with_all_years(found: list[Place], folded: str) -> list[Place]:
    """The same with the totals that a smaller one of the year shows to be of all years; what
    is listed under such a one is of all years too and left out. `folded` is the paragraph."""
    totals = [n for n, (one, *_) in enumerate(found) if one.statement.id == TOTAL]
    if len(totals) < 2:
        return found
    counted = []
    for n in totals:
        one, start, _ = found[n]
        value = one.quantity.value if one.quantity is not None else Decimal(0)
        clause = folded[start + one.clause.start : start + one.clause.end]
        counted.append(
            Counted(clause, said_since_stop(folded, start, one.clause.end), value, start)
        )
    all_years, unclear = all_years_among(counted)
    of_all = {totals[n] for n in all_years}
    for n in unclear:
        one, start, end = found[totals[n]]
        found[totals[n]] = one._replace(so_far=True), start, end
    cumulative = load_catalogue().statements[CUMULATIVE]
    kept: list[Place] = []
    for n, (one, start, end) in enumerate(found):
        if n in of_all:
            one = Found(cumulative, one.quantity, one.clause, ("cumulative",))
        elif one.statement.part_of == TOTAL and _is_part_of_all(
            one, start, n, found, folded, of_all
        ):
            continue
        kept.append((one, start, end))
    return kept


def without_published(
    found: list[Place], folded: str, others: Callable[[], Iterable[str]]
) -> list[Place]:
    """The same without a total that is only said to be 发布 where another number is stated for
    主动公开 (主动公开政府信息729条。全年共发布信息4432篇): in the paragraph, which is `folded`, or in
    one of the `others` of its section.
    """
    kept: list[Place] = []
    for one, start, end in found:
        if one.statement.id == TOTAL and one.quantity is not None:
            ends = start + one.clause.end
            if "公开" not in folded[start + one.clause.start : ends]:
                value = str(one.quantity.value)
                proactive = [
                    m[1] for m in _PROACTIVE.finditer(folded) if not _in_list(folded, ends, m)
                ]
                for other in others():
                    proactive += [m[1] for m in _PROACTIVE.finditer(solid(other))]
                if any(number != value for number in proactive):
                    continue
        kept.append((one, start, end))
    return kept


def _in_list(folded: str, whole: int, part: re.Match[str]) -> bool:
    """Whether a number is a part of the one that ends at `whole` (…，其中通过网站主动公开…)."""
    between = folded[whole : part.start()]
    return "其中" in between and _STOP.search(between.removeprefix("。")) is None


def _is_part_of_all(
    one: Found, start: int, n: int, found: list[Place], folded: str, of_all: set[int]
) -> bool:
    """Whether a part is listed under a number of all years: in its sentence, or behind a semicolon
    or in a list that goes on (…。其中…), unless it names the year itself."""
    for m in of_all:
        began = found[m][1]
        if began == start and m < n:
            return True
        stops = (stop.end() for stop in _STOP.finditer(folded, began, start))
        if m < n and all(_GOES_ON.match(folded, stop) for stop in stops):
            return not names_the_year(folded[start : start + one.clause.end])
    return False


def counts_all_years(found: Sequence[Found], before: bool) -> bool:
    """Whether the last total of disclosure up to a sentence counts all years: one of the year
    beside it in the same sentence leaves open whose list follows. `before`: up to the last."""
    for one in found:
        if not one.so_far:
            if one.statement.id == CUMULATIVE:
                return True
            before = before and one.statement.id != TOTAL
    return before


def may_count_all_years(
    statement: Statement, quantity: Quantity, words: str, folded: str, offset: int, end: int
) -> bool:
    """Whether a number may be of all years so far: what is counted at a day (stocks) is. Its
    clause, which has these `words`, ends there in the sentence that begins at `offset`."""
    if statement.id == VIEWS:
        if is_of_a_counter(words, said_since_stop(folded, offset, end)):
            return True
    if statement.stock or ("累计" not in words and "历年" not in words):
        return False
    said = said_since_stop(folded, offset, end)
    if may_be_of_all_years(words, said):
        return True
    earlier = folded[: offset + end - len(said)]
    return statement.id == TOTAL and is_beside_the_years(words, quantity, said, earlier)


def is_part_of_no_year(statement: Statement, folded: str, offset: int, end: int) -> bool:
    """Whether a category is counted where nothing since the last full stop names the year."""
    if not statement.id.startswith(CATEGORY):
        return False
    return not names_the_year(said_since_stop(folded, offset, end))


def said_since_stop(folded: str, offset: int, end: int) -> str:
    """The text since the last full stop, up to a place in the sentence that begins at
    `offset`."""
    began = max(folded.rfind(mark, 0, offset) for mark in "。!?") + 1
    return folded[began : offset + end]


def kinds_twice(found: Sequence[Found]) -> set[str]:
    """Kinds of publications that a paragraph counts differently under different labels.

    公示5条，公告8条 are one kind of the catalogue, and so are 市政府网站84条，本单位网站52条;
    neither is the number of that kind.
    """
    if len({one.statement.id for one in found}) == len(found):
        return set()
    categories: set[str] = set()
    values: dict[str, Decimal] = {}
    twice: set[str] = set()
    for statement, quantity, *_ in found:
        kind = statement.id
        if kind.startswith(CATEGORY):
            if kind in categories:
                twice.add(kind)
            categories.add(kind)
        if quantity is not None and (statement.part_of == TOTAL or kind in (MESSAGES, NOT_HELD)):
            if values.setdefault(kind, quantity.value) != quantity.value:
                twice.add(kind)
    return twice
