"""A number in a spreadsheet's cell as the cell prints it, by its number format.

The value is never rounded: a format that shows fewer digits than there are prints them all.
Formats that change a figure's meaning (scaled to 万, in Chinese numerals, fractions) print
`UNREADABLE`, so that no figure is taken from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

UNREADABLE = "□"
"""Stands where a cell prints something that is not certain as a figure."""

MAX_SERIAL = 2_958_465
"""Day number of 31 December 9999, the last that a spreadsheet knows."""

MAX_CODE = 255
"""Characters of a number format, the limit of the format."""

BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    37: "#,##0 ;(#,##0)",
    38: "#,##0 ;(#,##0)",
    39: "#,##0.00 ;(#,##0.00)",
    40: "#,##0.00 ;(#,##0.00)",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    49: "@",
}
"""Formats that files name by number alone; those of dates are in `_DATES`."""

_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<digits>[0#?][0#?,.]*|\.[0#?]+)|(?P<text>@)"
    r"|(?P<date>[ymdhsYMDHS]+|AM/PM|上午/下午)|(?P<odd>[eE][+-]|/)|(?P<literal>.)",
    re.DOTALL,
)
_COLOUR = re.compile(
    r"(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color\d+|黑色|红色|蓝色)", re.I
)
_CORE = re.compile(r"[0#?]*(?:,[0#?]+)*(?:\.(?P<fraction>[0#?]*))?")


@dataclass(frozen=True, slots=True)
class _Section:
    """One of up to four formats between semicolons. `digits` is None where it prints none."""

    before: str = ""
    digits: str | None = None
    behind: str = ""
    percents: int = 0
    """Signs that multiply by a hundred; a quoted one does not."""
    is_date: bool = False
    is_odd: bool = False
    """Whether it prints something else than the number with words around it."""


def shown_number(raw: str, code: str | int, epoch_1904: bool = False) -> str:
    """What a cell with this number and format prints; "" if the format hides it.

    `code` is the format, or the number of a built-in one. Dates print as 2021-03-01, so that
    none is ever taken for a count.

    >>> shown_number("22.669200000000001", 0), shown_number("5", 0), shown_number("0.85", 9)
    ('22.6692', '5', '85%')
    >>> shown_number("1859950", 4), shown_number("0", 41), shown_number("12", '0"件"')
    ('1,859,950.00', '-', '12件')
    """
    value = _decimal(raw)
    if value is None:
        return UNREADABLE
    if isinstance(code, int):
        if code in _DATES:
            return _date(value, epoch_1904)
        if code not in BUILT_IN:
            return UNREADABLE
        code = BUILT_IN[code]
    sections = _sections(code)
    absolute = value
    if len(sections) > 2 and value == 0:
        section = sections[2]
    elif len(sections) > 1 and value < 0:
        section, absolute = sections[1], -value
    else:
        section = sections[0]
    if section.is_date:
        return _date(value, epoch_1904)
    if section.is_odd:
        return UNREADABLE
    if section.digits is None:
        return (section.before + section.behind).strip()
    if section.digits == "General":
        number = format(absolute, "f")
    else:
        number = _number(absolute.scaleb(2 * section.percents), section.digits)
    sign = "-" if number.startswith("-") else ""
    return f"{sign}{section.before}{number.removeprefix('-')}{section.behind}".strip()


def _decimal(raw: str) -> Decimal | None:
    """The number with the fifteen significant digits that a spreadsheet keeps."""
    try:
        exact = Decimal(raw.strip())
        if not exact.is_finite() or abs(exact.adjusted()) > 30:
            return Decimal(0) if exact == 0 else None
        if len(exact.as_tuple().digits) <= 15:
            short = exact
        else:
            short = Decimal(format(float(raw), ".15g"))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    if short == short.to_integral_value():
        return short.quantize(Decimal(1)) if short.adjusted() < 20 else None
    return short.normalize()


def _number(value: Decimal, digits: str) -> str:
    """A number with the zeros and separators of its format, every digit of it kept."""
    match = _CORE.fullmatch(digits)
    if match is None:
        return UNREADABLE
    whole = digits.partition(".")[0]
    if value == 0 and "0" not in digits:
        return ""
    least = (match["fraction"] or "").count("0")
    plain = format(value, "f")
    sign, plain = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    left, _, right = plain.partition(".")
    right = right.rstrip("0").ljust(least, "0")
    left = left.rjust(whole.count("0"), "0")
    if "," in whole:
        left = f"{int(left):,}".rjust(len(left), "0")
    return f"{sign}{left}.{right}" if right else f"{sign}{left}"


def _date(value: Decimal, epoch_1904: bool) -> str:
    if not 0 <= value <= MAX_SERIAL:
        return UNREADABLE
    first = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 # a day on paper has no time zone
    try:
        day = first + timedelta(days=float(value))
    except OverflowError:
        return UNREADABLE
    return day.strftime("%Y-%m-%d" if value >= 1 else "%H:%M")


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    """The formats between semicolons: of all numbers, or of positive, negative and zero."""
    if len(code) > MAX_CODE:
        return (_Section(is_odd=True),)
    parts = [""]
    for piece in _PIECE.finditer(code):
        if piece["literal"] == ";":
            parts.append("")
        else:
            parts[-1] += piece[0]
    return tuple(_section(part) for part in parts[:4])


def _section(part: str) -> _Section:
    before, digits, behind = "", None, ""
    is_date = is_odd = False
    percents = 0
    for piece in _PIECE.finditer(part):
        literal = piece["quoted"] or piece["escaped"] or piece["literal"] or ""
        percents += piece["literal"] == "%"
        if piece["bracket"] is not None:
            bracket = piece["bracket"]
            if bracket.startswith("$"):
                literal = bracket[1:].partition("-")[0]
            elif bracket.lower() in ("h", "hh", "m", "mm", "s", "ss"):
                is_date = True
            else:
                is_odd = is_odd or not _COLOUR.fullmatch(bracket)
        elif piece["general"] or piece["digits"] or piece["text"]:
            # Digits in two places (0!.0, 000-0000) print another number than the cell's.
            is_odd = is_odd or digits is not None
            digits = piece["digits"] or "General"
            is_odd = is_odd or digits.endswith(",") or ",." in digits
        elif piece["date"]:
            is_date = True
        elif piece["odd"]:
            is_odd = True
        if digits is None:
            before += literal
        else:
            behind += literal
    # A digit among the words (0"0", 0".5") would become part of the figure.
    words = before + behind
    glued = digits is not None and any(c.isdigit() or c == "." for c in words)
    return _Section(before, digits, behind, percents, is_date, is_odd or glued)
