"""Figures as people print them: Arabic and Chinese numerals, units, signs; blank is not zero."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge.text import fold, squeeze

MAX_DIGITS = 15
"""More significant digits than this are no figure of a report; the store keeps fifteen exactly."""

MAX_FRACTION = 9
"""Digits behind the point; no amount has more, and exported decimals have a fixed number."""

BLANKS = frozenset({"", "-", "--", "—", "——", "–", "―", "－", "/", "\\", "无", "|", "_", "*", "…"})
"""What is printed in a cell for "nothing": no fact, and never 0 (contract.md)."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_CELL = re.compile(
    r"(?P<sign>[+-]|增加?|减少?)?(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<unit>[^\d\s.,]{0,3})"
)
_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
CELL_UNITS = frozenset({"", "件", "项", "条", "个", "份", "宗", "起", "次", "元", "万元", "万"})


def decimal_of(text: str) -> Decimal | None:
    """The exact value of an Arabic number with optional sign and thousands separators, else None.

    >>> decimal_of("1,859,950.00"), decimal_of("12,34"), decimal_of("９")
    (Decimal('1859950.00'), None, Decimal('9'))
    """
    folded = squeeze(fold(text))
    if not _NUMBER.fullmatch(folded):
        return None
    digits = folded.replace(",", "")
    if len(digits.lstrip("+-0.").replace(".", "")) > MAX_DIGITS:
        return None
    if len(digits.partition(".")[2]) > MAX_FRACTION:
        return None
    return Decimal(digits)


def cell_value(text: str) -> tuple[Decimal, str] | None:
    """The value of a table cell and the unit printed inside it ("" if none); None if no figure.

    A blank, a dash or a word is None, and so is anything with digits that is not one plain
    figure with at most a unit: dates, page numbers in dashes, masked digits.

    >>> cell_value("　9"), cell_value("84500元"), cell_value("减2"), cell_value("2021年1月"), cell_value("—")
    ((Decimal('9'), ''), (Decimal('84500'), '元'), (Decimal('-2'), ''), None, None)
    """
    folded = squeeze(fold(text))
    match = _CELL.fullmatch(folded)
    if match is None or match["unit"] not in CELL_UNITS:
        return None
    value = decimal_of(match["number"])
    if value is None:
        return None
    negative = match["sign"] is not None and match["sign"][0] in "-减"
    return (-value if negative and value else value), match["unit"]


def is_blank(text: str) -> bool:
    """Whether a cell prints "nothing": empty, a dash, a slash, 无."""
    return squeeze(fold(text)) in BLANKS or squeeze(text) in BLANKS


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
