"""Quantities in running text: a number with its classifier, and whether it is approximate.

Dates, document numbers, articles, telephone numbers and glued digits are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from knowledge.catalogue import UnitClass
from knowledge.numerals import chinese_numeral, decimal_of
from knowledge.tables import load_table


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...]


class _Approximate(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    before: tuple[str, ...]
    after: tuple[str, ...]
    behind: tuple[str, ...]


class _Apart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    persons: tuple[str, ...]
    visits: tuple[str, ...]
    firms: tuple[str, ...]
    times: tuple[str, ...]
    entries: tuple[str, ...]


class _Units(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    apart: _Apart

    count: _Words
    money: _Words
    percent: _Words
    approximate: _Approximate


class Quantity(NamedTuple):
    """A number with its classifier in a folded text; the value is exactly the number written.

    `unit` is the classifier as written (`万次` is not multiplied out).
    """

    start: int
    end: int
    value: Decimal
    unit: str
    unit_class: UnitClass
    approximate: bool


_new_quantity = partial(tuple.__new__, Quantity)

_NUMERALS = "零一二两三四五六七八九十百千"


@lru_cache(maxsize=1)
def _units() -> _Units:
    return load_table("units.toml", _Units)


@lru_cache(maxsize=1)
def unit_classes() -> dict[str, UnitClass]:
    """Every known classifier with the kind of quantity that it counts."""
    units = _units()
    classes: dict[str, UnitClass] = dict.fromkeys(units.count.words, "count")
    classes.update(dict.fromkeys(units.money.words, "money"))
    classes.update(dict.fromkeys(units.percent.words, "percent"))
    return classes


def counted_alike(one: str, other: str) -> bool:
    """Whether two classifiers may count the same things: 条 and 篇, 件 and 次, but no 条 and 次.

    >>> counted_alike("条", "篇"), counted_alike("件", "次"), counted_alike("人", "人次")
    (True, True, False)
    """
    groups = {_group(one), _group(other)}
    return len(groups) == 1 or (None in groups and bool(groups & {"times", "entries"}))


def _group(unit: str) -> str | None:
    apart: dict[str, tuple[str, ...]] = _units().apart.model_dump()
    return next((name for name, words in apart.items() if unit in words), None)


def counts_otherwise(asked: Iterable[str], unit: str) -> bool:
    """Whether a figure's classifier counts otherwise than asked for: 人次 where `people` are,
    条 where `times` are."""
    other = {"people": "visits", "times": "entries"}
    return _group(unit) in {other.get(name) for name in asked}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    approximate = _units().approximate

    def either(words: tuple[str, ...]) -> str:
        return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))

    return re.compile(
        r"(?P<number>(?:(?<![\d.年月日号第条款a-z〔\[-])|(?<=[众频音条快]号))(?<!\d[,:])"
        r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?(?![\d.,:]\d)(?!\d)"
        rf"|(?<![第数几上成〇{_NUMERALS}])[{_NUMERALS}]{{1,6}})"
        rf"(?P<after>{either(approximate.after)})?"
        rf"(?P<unit>{either(tuple(unit_classes()))})"
        rf"(?P<behind>{either(approximate.behind)})?"
    )


def quantity_start() -> str:
    """A pattern that finds a Chinese numeral before a classifier, traditional ones included.

    Every quantity without Arabic digits matches; other text seldom does (一是, 统一).
    """
    firsts = sorted({unit[0] for unit in unit_classes()} | set(_units().approximate.after))
    return f"[零一二两兩三四五六七八九十百千][{''.join(map(re.escape, firsts))}條項個場張處戶冊欄則萬億餘幾]"


def quantity_begins() -> str:
    """A pattern for what a quantity begins with: a digit, a numeral, 约 and the like."""
    before = "|".join(map(re.escape, _before()))
    return rf"{before}|[\d{_NUMERALS}]"


@lru_cache(maxsize=1)
def _before() -> tuple[str, ...]:
    return tuple(sorted(_units().approximate.before, key=len, reverse=True))


@lru_cache(maxsize=1)
def _ends_of_numbers() -> re.Pattern[str]:
    """Finds the last digit of a run, or numeral, behind which the rest of a quantity may stand."""
    firsts = {word[0] for word in (*unit_classes(), *_units().approximate.after)}
    return re.compile(rf"[\d{_NUMERALS}](?=[{''.join(map(re.escape, sorted(firsts)))},.])")


MAX_KNOWN = 150
"""Characters of a clause: each is looked through for itself and beside its neighbours."""

_AT_MOST = ("以下", "以内", "之内", "以里")
"""Behind these a number is a bound, not a count."""

_UNCLEAR_NUMERAL = re.compile(r"^[零一二两三四五六七八九]{2,}$|[百千][一二两三四五六七八九]$")
"""三五件 is three to five, 两百五 as a rule 250: no certain number."""

_ROUND = frozenset("十百千")

_GLUED_DATE = re.compile(r"20\d{4,6}")


def find_quantities(text: str) -> Sequence[Quantity]:
    """Every quantity of a folded text without blanks, in order.

    A run of 6 to 8 digits that begins with 20 is a date whose 年 and 月 were lost, never a
    count (field-notes, section 3); Chinese numerals count only before a classifier, and
    数十, 几百, 上百 are no number.

    >>> [(str(q.value), q.unit, q.approximate) for q in find_quantities("收到申请5件,公开250余条,第20条")]
    [('5', '件', False), ('250', '条', True)]
    """
    return _known(text) if len(text) <= MAX_KNOWN else _find(text)


@lru_cache(maxsize=1024)
def _known(text: str) -> tuple[Quantity, ...]:
    return tuple(_find(text))


def _find(text: str) -> list[Quantity]:
    found: list[Quantity] = []
    pattern, before, classes = _pattern(), _before(), unit_classes()
    done = 0
    # Most numbers are years, days, articles and 一: what may be a quantity is found by what
    # stands behind it. It never begins behind a character of its own kind.
    for ending in _ends_of_numbers().finditer(text):
        first = ending.start()
        if first < done:
            continue
        arabic = text[first].isdecimal()
        while first and (text[first - 1].isdecimal() if arabic else text[first - 1] in _NUMERALS):
            first -= 1
        match = pattern.match(text, first) if first >= done else None
        if match is None:
            continue
        done = match.end()
        number, after, unit, behind = match.groups()
        if text.startswith(_AT_MOST, done):
            continue
        if number.startswith("20") and _GLUED_DATE.fullmatch(number):
            continue
        value = Decimal(number) if number.isdecimal() and number.isascii() else decimal_of(number)
        if value is None:
            if _UNCLEAR_NUMERAL.search(number):
                continue
            numeral = chinese_numeral(number)
            if numeral is None or text.startswith(("性", "把"), done):
                continue
            value = Decimal(numeral)
        start = first
        if text.endswith(before, 0, start):
            start -= next(len(word) for word in before if text.endswith(word, 0, start))
        approximate = (
            start < first
            or after is not None
            or behind is not None
            # 过百条, 上千条: a hundred without a digit before it is a round number.
            or (number in _ROUND and text.endswith(("过", "破", "达", "满"), 0, start))
        )
        found.append(_new_quantity((start, done, value, unit, classes[unit], approximate)))
    return found
