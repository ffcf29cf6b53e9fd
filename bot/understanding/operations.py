"""Words that ask for more than one figure, loaded from `bot/data/operations.toml`.

An operation is what is to be done with figures (compare, rank, add up); a set of places is
named by a noun with a quantifier (哪个镇, 各乡镇, 全县) instead of by names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from bot.tables import load_table
from knowledge.numerals import chinese_numeral
from knowledge.text import fold

OperationKind = Literal[
    "most", "least", "ranking", "ascending", "position", "top", "bottom", "nth",
    "more", "less", "difference", "more_by", "less_by", "ratio", "comparison", "than",
    "year_on_year", "rise", "fall", "change", "rate", "trend", "streak",
    "sum", "mean", "per_month", "per_year", "per_place", "share", "which_year",
    "over", "at_least", "under", "at_most", "between", "zero", "none", "nonzero", "ever", "never",
    "true", "is_it",
]  # fmt: skip

Quantifier = Literal[
    "each", "others", "which", "count", "some", "which_alone", "count_alone",
    "county", "city", "province", "everywhere",
]  # fmt: skip


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Operation(_Table):
    id: str
    kind: OperationKind
    terms: tuple[str, ...]
    example: str


class PlaceKind(_Table):
    """A noun for places and the endings of the names that it means."""

    id: str
    name: str
    nouns: tuple[str, ...]
    endings: tuple[str, ...]
    loose: bool = False
    """Whether the noun is said of all kinds of place as well (镇)."""


class _Quantifiers(_Table):
    each: tuple[str, ...]
    others: tuple[str, ...]
    which: tuple[str, ...]
    count: tuple[str, ...]
    some: tuple[str, ...]
    bare: tuple[str, ...]
    numbers: tuple[str, ...]
    which_alone: tuple[str, ...]
    count_alone: tuple[str, ...]
    county: tuple[str, ...]
    city: tuple[str, ...]
    province: tuple[str, ...]
    everywhere: tuple[str, ...]


class _Pattern(_Table):
    kind: OperationKind
    regex: str
    example: str
    near_miss: str

    @field_validator("regex")
    @classmethod
    def _compiles(cls, regex: str) -> str:
        if "number" not in re.compile(regex).groupindex:
            raise ValueError("没有名为 number 的组")
        return regex


class Operations(_Table):
    """The tables of `operations.toml`; its comments say what each is for."""

    operation: tuple[_Operation, ...]
    place: tuple[PlaceKind, ...]
    quantifiers: _Quantifiers
    pattern: tuple[_Pattern, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation named in a question; `number` for those that have one (前三, 连续三年).

    `place` is the kind of place that its own words name (最多的两个乡), None if they name none; `upper` is the end of a range (5到10件).
    """

    kind: OperationKind
    number: int | None = None
    place: str | None = None
    upper: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """A set of places named in a question: how it is quantified, and the kind of place."""

    quantifier: Quantifier
    kind: str
    number: int | None = None
    """How many there are said to be (湟源县六个乡镇)."""


@lru_cache(maxsize=1)
def load_operations() -> Operations:
    """`operations.toml`, loaded once."""
    return load_table("operations.toml", Operations)


def place_kind(kind: str) -> PlaceKind:
    """The kind of place of this id."""
    return next(known for known in load_operations().place if known.id == kind)


def operation_phrases() -> Iterator[tuple[str, Operation]]:
    """Every phrase for an operation, folded, with the operation."""
    for entry in load_operations().operation:
        for term in entry.terms:
            yield fold(term), Operation(entry.kind)


def place_phrases() -> Iterator[tuple[str, Places]]:
    """Every phrase for a set of places, folded: each quantifier with each noun, and alone."""
    operations = load_operations()
    words = operations.quantifiers
    quantified: tuple[tuple[Quantifier, tuple[str, ...]], ...] = (
        ("each", words.each),
        ("others", words.others),
        ("which", words.which),
        ("count", words.count),
        ("some", words.some),
    )
    for kind in operations.place:
        for quantifier, before in quantified:
            for word, noun in product(before, kind.nouns):
                yield fold(word + noun), Places(quantifier, kind.id)
        for noun in kind.nouns:
            if noun in words.bare:
                yield fold(noun), Places("some", kind.id)
            for written in words.numbers:  # 湟源县六个乡镇
                number = int(written) if written.isdigit() else chinese_numeral(written)
                if number is not None or noun in words.bare:
                    yield fold(f"{written}个{noun}"), Places("some", kind.id, number)
    alone: tuple[tuple[Quantifier, tuple[str, ...]], ...] = (
        ("which_alone", words.which_alone),
        ("count_alone", words.count_alone),
        ("county", words.county),
        ("city", words.city),
        ("province", words.province),
        ("everywhere", words.everywhere),
    )
    everything = operations.place[0].id
    for quantifier, phrases in alone:
        for phrase in phrases:
            yield fold(phrase), Places(quantifier, everything)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[OperationKind, re.Pattern[str]], ...]:
    return tuple((entry.kind, re.compile(entry.regex)) for entry in load_operations().pattern)


def find_numbered(letters: str) -> Iterator[tuple[int, int, Operation]]:
    """Operations with a number in a folded text: start, end (excluded), and the operation.

    >>> [(s, e, o.kind, o.number) for s, e, o in find_numbered("申请前三名是谁")]
    [(2, 5, 'top', 3)]
    """
    for kind, pattern in _patterns():
        for match in pattern.finditer(letters):
            groups = match.groupdict()
            upper = groups.pop("upper", None)
            written = next(value for value in groups.values() if value is not None)
            number = int(written) if written.isdigit() else chinese_numeral(written)
            if written in ("几", "多"):
                number = 3
            if number is not None:
                last = int(upper) if upper is not None else None
                place = _place_named(match[0])
                yield match.start(), match.end(), Operation(kind, number, place, last)


@lru_cache(maxsize=1)
def _nouns() -> tuple[tuple[str, str], ...]:
    named = [(fold(noun), kind.id) for kind in load_operations().place for noun in kind.nouns]
    return tuple(sorted(named, key=lambda pair: -len(pair[0])))


def _place_named(words: str) -> str | None:
    return next((kind for noun, kind in _nouns() if words.endswith(noun)), None)
