"""The counted clauses of one paragraph held against each other: what was not read among them.

A label that was not understood may count a part of a kind that was (内设机构10条 beside
机构职能3条), staff that was not read is staff all the same, and a list that says of one number how
much of it is new counts what stands there so far.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.statements.found import Found
from ingest.statements.scope import TOTAL
from knowledge.catalogue import load_catalogue
from knowledge.quantities import Quantity, find_quantities

_OF_PUBLICATIONS = frozenset({"条", "篇", "件", "份", "项", "则", "个", "次"})
_BOARDS = re.compile("[公宣](?:开|示|告|传)栏|公[示告]板")
_PUBLISHES = re.compile("公开|发布|推送|更新|刊|播|制发|印发|举办|开展|办理|收到|受理|答复")
_NAMED_SO = re.compile(r"[^\w]*[^\W\d]{2,6}公开[类的]?(?:信息)?\d")
"""财务公开2条 is a label for all its 公开."""
_NO_LABEL = re.compile("进行|其中\\d|比")

_PEOPLE = frozenset({"名", "人", "位"})
_STAFF = re.compile("工作人员|专职|兼职|信息员|联络员|公开员|专管员|专人")
_NO_STAFF = re.compile("培训|参加|参训|学习|考试|轮训")


class Seen(NamedTuple):
    """A counted clause: its words, its number (None if it has several), and whether it gave any.

    `listed`: a part of a list, or without a verb of its own. `running`: the number of a part,
    of which what stands behind it says how much is new.
    """

    words: str
    quantity: Quantity | None
    understood: bool
    listed: bool
    running: bool


@lru_cache(maxsize=1)
def _kin() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (statement.id, re.compile("|".join(map(re.escape, statement.kin))))
        for statement in load_catalogue().statements.values()
        if statement.kin
    )


def kinds_beside(found: Sequence[Found], seen: Sequence[Seen]) -> set[str]:
    """The kinds found of which a label that gave nothing may count a part as well."""
    categories = {one.statement.id for one in found if one.statement.kin}
    if not categories:
        return set()
    labels = [
        _BOARDS.sub("", one.words)
        for one in seen
        if not one.understood and one.quantity is not None and _is_label(one, one.quantity)
    ]
    return {
        kind
        for kind, pattern in _kin()
        if kind in categories and any(pattern.search(label) for label in labels)
    }


def _is_label(seen: Seen, quantity: Quantity) -> bool:
    if quantity.unit not in _OF_PUBLICATIONS or _NO_LABEL.search(seen.words) is not None:
        return False
    return (
        seen.listed
        or _PUBLISHES.search(seen.words) is None
        or _NAMED_SO.match(seen.words) is not None
    )


def staff_unclear(found: Sequence[Found], seen: Sequence[Seen]) -> set[str]:
    """The kinds of staff found that may be only a part: another clause of the paragraph counts
    staff and was not read, or the same kind again."""
    kinds = [one.statement.id for one in found if one.statement.family == "staff"]
    if not kinds:
        return set()
    if any(not one.understood and _counts_staff(one) for one in seen):
        return set(kinds)
    return {kind for kind in kinds if kinds.count(kind) > 1}


def _counts_staff(seen: Seen) -> bool:
    if _STAFF.search(seen.words) is None or _NO_STAFF.search(seen.words) is not None:
        return False
    return any(quantity.unit in _PEOPLE for quantity in find_quantities(seen.words))


def is_whole(words: str) -> bool:
    """Whether a clause counts all disclosure or that of a way, of which an increase beside it is
    the year's (网站累计公开1200条，今年新增150条)."""
    return _PUBLISHES.search(words) is not None or "累计" in words or "截" in words


def is_of_what_stands(one: Found, sentence: str) -> bool:
    """Whether a figure is one of disclosure that does not say itself to be new, in a paragraph
    whose list counts what stands there."""
    if one.quantity is None or not (one.statement.id == TOTAL or one.statement.part_of == TOTAL):
        return False
    return "新增" not in sentence[one.clause.start : one.clause.end]


def lists_what_stands(seen: Sequence[Seen]) -> bool:
    """Whether a list counts what stands there so far: it says of a part how much is new."""
    return any(one.running for one in seen)
