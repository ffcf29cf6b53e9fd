"""Why a clause with a number gave no figure: for `zhenwen show`, not for the store."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ingest.statements.scope import Why
from knowledge.catalogue import Statement

_DIGITS = re.compile(r"\d+")
_GLUED = re.compile(r"20\d{3,6}")
_NO_COUNT = re.compile(
    r"20\d\d年?(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月(?:\d{1,2}日)?|[〔\[(]20\d\d[〕\])]\d+号?|第\d+[号条次期届]"
    r"|\d{3,4}-\d{5,8}|《[^《》]{0,80}》|https?://\S+|^[(]?\d{1,2}[).、]?"
)
_HANDED_UP = re.compile(r"报送|上报|采用|投稿|报道|转载|被.{0,6}录用")
_CLASS_OF_DOCUMENTS = re.compile(r"依申请公开|不予公开|不公开|免予公开|免于公开")


@dataclass(frozen=True, slots=True)
class Aside:
    """A figure that was understood and is not the report's own for its year, so not stored.

    `why`: `other_year`, `cumulative`, `part_of_year`, `planned`, `comparison`.
    """

    statement: Statement
    value: Decimal
    unit: str
    stated: str
    quote: str
    line: int | None
    why: Why


@dataclass(frozen=True, slots=True)
class Omission:
    """A clause with a number that gave no figure, with a code of `explain_statements` for why.

    `detail` holds the words that were not understood, "" for other reasons.
    """

    stated: str
    line: int | None
    reason: str
    detail: str = ""


@dataclass
class Notes:
    """What is noted beside the figures where somebody asks how a text was read."""

    asides: list[Aside] = field(default_factory=list)
    omissions: list[Omission] = field(default_factory=list)


def reason_of(words: str, refusal: str) -> str:
    """The code for a counted clause that gave nothing: what it speaks of, else the refusal."""
    if _HANDED_UP.search(words):
        return "not_disclosure"
    if _CLASS_OF_DOCUMENTS.search(words) and "收到" not in words and "受理" not in words:
        return "document_class"
    return refusal


def reason_without_quantity(words: str) -> Literal["glued_digits", "no_classifier"] | None:
    """Why digits of a clause are no quantity; None if all are dates, numbers of documents,
    articles, telephones or its own numbering."""
    digits = _DIGITS.findall(_NO_COUNT.sub("", words))
    if not digits:
        return None
    glued = any(_GLUED.fullmatch(run) for run in digits)
    return "glued_digits" if glued else "no_classifier"
