"""Sentences cut into clauses, each with at most one quantity.

A figure is read from its own clause, so a cut in the wrong place makes a wrong figure: a
bracket that only names something (`公众号（清秀清河）发布30条`) does not cut, one that counts
(`申请5件（网络3件）`) does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from knowledge.quantities import Quantity, find_quantities

_MARKS = re.compile("[,。;!?().]")
_AT_ENDS = frozenset("、:和及与")
"""Marks that cut only where a quantity ends."""

_ANY_MARK = re.compile("[,。;!?()、.:和及与]")
_BRACKET = re.compile("[()]")
_AND = "和及与"
_PEOPLE = frozenset({"名", "人", "位"})
_NO_AND = re.compile("和(?:解|谐|平)|及时")
_OF_STAFF = re.compile("[^,。;:和及与]{0,12}(?:专职|兼职)")
_NOWHERE: AbstractSet[int] = frozenset()

MAX_CLAUSE = 150
"""Characters; clauses that state a figure have under 50, and matching grows with the square."""


class Clause(NamedTuple):
    """A stretch of a folded sentence; `quantity` is None unless exactly one stands in it.

    `opens_list`: a colon behind a quantity stands before it (`信息296条：专栏119条`).
    `continues`: goes on behind a bracket that counts something itself, so that its subject
    stands before that bracket.
    """

    start: int
    end: int
    quantity: Quantity | None
    crowded: bool = False
    """Holds several quantities, or is too long: whose is whose is not decided here."""
    opens_list: bool = False
    continues: bool = False


_new_clause = partial(tuple.__new__, Clause)


def find_clauses(text: str) -> list[Clause]:
    """Cut at commas and counting brackets, at 、, 和 and : where they end a quantity (and at 和 in
    1名专职人员和2名兼职人员); never inside a number or inside a bracket that counts nothing."""
    quantities = find_quantities(text)
    counting = noting = _NOWHERE
    if "(" in text:
        counting, noting = _brackets(text, quantities)
    people = _between_people(text, quantities) if len(quantities) > 1 else _NOWHERE
    clauses: list[Clause] = []
    start = first = read = 0
    """Where the next clause begins; how many quantities end before it, and before the mark."""
    opens = continues = False
    length = len(text)
    many = len(quantities)
    marks: list[int] = []
    mark = -1
    for piece in _MARKS.split(text):
        mark += len(piece) + 1
        marks.append(mark)
    ends = [q.end for q in quantities if text[q.end : q.end + 1] in _AT_ENDS]
    if ends or people:
        marks = sorted({*marks, *ends, *people})
    for position in marks:
        while read < many and quantities[read].end <= position:
            read += 1
        if (read < many and quantities[read].start <= position) or position in noting:
            continue
        character = text[position] if position < length else ","
        if character in _AND:
            if not _parts(text, position, quantities[read - 1]):
                continue
        elif character == ".":
            if text[position + 1 : position + 2].isdigit():
                continue
        elif character in "()" and position not in counting:
            # One bracket without its other half: the rest of a lost number (`三)政府信息`).
            character = ","
        if position > start:
            within = read - first
            crowded = within > 1 or position - start > MAX_CLAUSE
            one = quantities[first] if within == 1 and not crowded else None
            clauses.append(_new_clause((start, position, one, crowded, opens, continues)))
        first = read
        start = position + 1
        opens = character == ":"
        continues = character == ")" and text[start : start + 1] not in ",。;!?、:"
    return clauses


def _parts(text: str, position: int, before: Quantity) -> bool:
    """Whether 和 behind a quantity parts it from another; people only where they are the staff
    of two kinds (负责人1名和工作人员2名 are not)."""
    if _NO_AND.match(text, position):
        return False
    return before.unit not in _PEOPLE or _OF_STAFF.match(text, position + 1) is not None


def _between_people(text: str, quantities: Sequence[Quantity]) -> set[int]:
    """Where 和 stands between two numbers of people, each before what they are."""
    found: set[int] = set()
    for one, other in pairwise(quantities):
        if one.unit in _PEOPLE and other.unit in _PEOPLE and other.start - one.end <= 10:
            middle = text[one.end : other.start]
            if middle[-1:] in ("和", "及", "与", "、") and not _ANY_MARK.search(middle[:-1]):
                found.add(other.start - 1)
    return found


def _brackets(text: str, quantities: Sequence[Quantity]) -> tuple[set[int], set[int]]:
    """Where brackets stand that count something, and every position within those that do not."""
    counting: set[int] = set()
    noting: set[int] = set()
    opened: list[int] = []
    for bracket in _BRACKET.finditer(text):
        position = bracket.start()
        if bracket[0] == "(":
            opened.append(position)
        elif opened:
            first = opened.pop()
            if any(q.start < position and q.end > first for q in quantities):
                counting |= {first, position}
            elif position - first <= MAX_CLAUSE:
                noting.update(range(first, position + 1))
    return counting, noting
