"""What the clauses around a counted one, and the order of its words, say of its number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.statements.clauses import Clause
from knowledge.quantities import Quantity

_NEW_BESIDE_ALL = re.compile(
    r"新增(?:的|加)?(?:主动)?公开|新公开|公开.{0,6}新增|(?:本年|今年|当年|年度?|其中).{0,3}新增"
)
_NUMBER_INSIDE = re.compile(
    r"(?:公开|发布|推送|更新)了?(?:[约近超]|大约|将近|超过)?[\d,.零一二两三四五六七八九十百千]+[^\d]{1,4}$"
)
_NOT_ONE = re.compile(
    r"(?:无|没有|未有|未(?:曾)?(?:发生|出现|产生|收到|接到|接收到|受理|引发))(?:任何)?(?P<one>[一1][例件起宗次条])(?!外)"
)
_NOUN_BEHIND = re.compile(r"(?:各类|相关|有关|政府|政务|各项|的)*信息")


def number_last(words: str, clause: Clause, quantity: Quantity) -> tuple[str, Clause]:
    """A clause and its words as they are, but 公开85条信息 as 公开信息85条: the phrases of the
    catalogue are in that order, since 信息公开 is something else than 公开 with 信息 behind it."""
    start, end = quantity.start - clause.start, quantity.end - clause.start
    if not words.endswith("信息") or _NOUN_BEHIND.fullmatch(words, end) is None:
        return words, clause
    if _NUMBER_INSIDE.search(words[:end]) is None:
        return words, clause
    turned = words[:start] + words[end:] + words[start:end]
    moved = quantity._replace(
        start=clause.start + len(turned) - (end - start), end=clause.start + len(turned)
    )
    return turned, clause._replace(quantity=moved)


def none_at_all(words: str, clause: Clause) -> tuple[str, Clause]:
    """A clause and its words as they are, but 无一例行政复议 without its number: it says none."""
    if clause.quantity is None:
        return words, clause
    match = _NOT_ONE.search(words)
    if match is None:
        return words, clause
    start, end = match.span("one")
    if clause.quantity.start - clause.start != start or clause.quantity.end - clause.start != end:
        return words, clause
    return words[:start] + "," * (end - start) + words[end:], clause._replace(quantity=None)


def joined_with_before(text: str, clauses: Sequence[Clause], number: int) -> Clause | None:
    """The clause with the one before it where that has no number and a comma alone parts them
    (通过政府门户网站，主动公开政府信息63条)."""
    before, clause = clauses[number - 1], clauses[number]
    apart = text[before.end : clause.start] != ","
    if number == 0 or apart or before.quantity is not None or before.crowded:
        return None
    return clause._replace(start=before.start)


def is_all_so_far(words: str, following: Sequence[str]) -> bool:
    """截至年底累计1031条，…本年新增40条: the first is of all years, the second of this one."""
    if "累计" not in words and "底" not in words and "截" not in words:
        return False
    return any(_NEW_BESIDE_ALL.search(later) for later in following)
