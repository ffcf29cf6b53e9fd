"""Figures as people print them: Arabic and Chinese numerals, units, signs; blank is not zero."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from knowledge.text import fold, solid, squeeze

MAX_DIGITS = 15
"""More significant digits than this are no figure of a report; the store keeps fifteen exactly."""

MAX_FRACTION = 9
"""Digits behind the point; no amount has more, and exported decimals have a fixed number."""

BLANKS = frozenset({"", "-", "--", "—", "——", "–", "―", "－", "/", "\\", "无", "|", "_", "…"})
"""What is printed in a cell for "nothing": no fact, and never 0 (contract.md)."""

MAX_CELL = 40
"""Characters; no printed figure with its sign and unit comes near this."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_CELL = re.compile(
    r"(?P<sign>[+\-\u2212\u2191\u2193]|增加?|减少?)?\s*"
    r"(?P<number>(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(?:\.[0-9]+)?)\s*"
    r"(?P<unit>[^\d\s.,]{0,3})"
)
_NEGATIVE = frozenset("-\u2212\u2193减")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_DATE = re.compile(
    r"20[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])?|[1-9](?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[1-9]|1[0-2])[1-9])"
)
_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
CELL_UNITS = frozenset({"", "件", "项", "条", "个", "份", "宗", "起", "次", "元", "万元", "万"})


def decimal_of(text: str) -> Decimal | None:
    """The exact value of an Arabic number with optional sign and thousands separators, else None.

    >>> decimal_of("1,859,950.00"), decimal_of("12,34"), decimal_of("９")
    (Decimal('1859950.00'), None, Decimal('9'))
    """
    folded = solid(text)
    if not _NUMBER.fullmatch(folded):
        return None
    digits = folded.replace(",", "")
    if len(digits.lstrip("+-0.").replace(".", "")) > MAX_DIGITS:
        return None
    if len(digits.partition(".")[2]) > MAX_FRACTION:
        return None
    return Decimal(digits)


class CellNumber(NamedTuple):
    """The figure in a table cell: its value, the unit printed inside it ("" if none), and
    whether it carries a sign (`+2`, `减1`), which only a cell that states a change may."""

    value: Decimal
    unit: str
    signed: bool


def cell_number(text: str) -> CellNumber | None:
    """The one plain figure that a table cell prints, None if it is none for certain.

    A blank, a dash or a word is None, and so is whatever only looks like a figure: dates,
    page numbers in dashes, masked digits, and what damage leaves behind. Digits with a blank
    between them or a 0 in front are cells that ran together (`12 345`, `00`); a raised or
    circled digit is the mark of a note (`5①` is neither 5 nor 51); `.5` has lost a character;
    letters (O) and Chinese numerals (〇, 一) are too close to circles and dashes.

    >>> cell_number("↑2"), cell_number("00"), cell_number("1 859"), cell_number("5①"), cell_number(".5")
    (CellNumber(value=Decimal('2'), unit='', signed=True), None, None, None, None)
    """
    return _cell_number(text) if len(text) <= MAX_CELL else None


@lru_cache(maxsize=16384)
def _cell_number(text: str) -> CellNumber | None:
    visible = text if text.isascii() else _INVISIBLE.sub("", text)
    folded = fold(visible)
    match = _CELL.fullmatch(folded.strip())
    if match is None or match["unit"] not in CELL_UNITS:
        return None
    if not visible.isascii() and any(
        new.isdigit() and not (old.isascii() or "０" <= old <= "９")
        for old, new in zip(visible, folded, strict=True)
    ):
        return None
    value = decimal_of(match["number"])
    if value is None:
        return None
    sign = match["sign"]
    negative = sign is not None and sign[0] in _NEGATIVE and value
    return CellNumber(-value if negative else value, match["unit"], sign is not None)


def cell_value(text: str) -> tuple[Decimal, str] | None:
    """The value of a table cell and the unit printed inside it ("" if none); None if no figure.

    >>> cell_value("　9"), cell_value("84500元"), cell_value("减2"), cell_value("2021年1月"), cell_value("—")
    ((Decimal('9'), ''), (Decimal('84500'), '元'), (Decimal('-2'), ''), None, None)
    """
    number = cell_number(text)
    return None if number is None else (number.value, number.unit)


def looks_like_date(text: str) -> bool:
    """Whether bare digits are a day or month of this century (`20211231`, `202101`, `2021111`).

    An extractor that loses the characters between digits leaves such runs (field-notes,
    section 3); a year alone is as likely a count.

    >>> looks_like_date("20201231"), looks_like_date("2020"), looks_like_date("20,201,231")
    (True, False, False)
    """
    return _DATE.fullmatch(solid(text)) is not None


def is_blank(text: str) -> bool:
    """Whether a cell prints "nothing": empty, a dash, a slash, 无."""
    return _is_blank(text) if len(text) <= MAX_CELL else not text.strip()


@lru_cache(maxsize=16384)
def _is_blank(text: str) -> bool:
    return solid(text) in BLANKS or squeeze(text) in BLANKS


def chinese_numeral(text: str) -> int | None:
    """The value of a Chinese numeral below 100,000, positional (二〇二〇) or with 十百千; else None.

    >>> chinese_numeral("二〇二〇"), chinese_numeral("十五"), chinese_numeral("两百零三"), chinese_numeral("十十")
    (2020, 15, 203, None)
    """
    if not text or any(c not in _CHINESE_DIGITS and c not in _CHINESE_UNITS for c in text):
        return None
    if not any(c in _CHINESE_UNITS for c in text):
        return int("".join(str(_CHINESE_DIGITS[c]) for c in text)) if len(text) <= 5 else None
    total, digit, last_unit = 0, None, 10_000
    for position, character in enumerate(text):
        if character in _CHINESE_DIGITS:
            if digit not in (None, 0):
                return None
            digit = _CHINESE_DIGITS[character]
            continue
        unit = _CHINESE_UNITS[character]
        if unit >= last_unit or digit == 0:
            return None
        if digit is None and position != 0:
            return None
        total += (1 if digit is None else digit) * unit
        digit, last_unit = None, unit
    return total + (digit or 0)


def plain(value: Decimal) -> str:
    """A value as a plain decimal number: no exponent, no trailing zeros, no separators.

    >>> plain(Decimal("1859950.00")), plain(Decimal("22.6692")), plain(Decimal("-0"))
    ('1859950', '22.6692', '0')
    """
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
