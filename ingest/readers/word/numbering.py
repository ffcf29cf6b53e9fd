"""The numbers that Word puts before paragraphs (一、 （一） 1.) and that stand in no text.

Section headings are known by their numbers (field-notes, section 2); many Word files hold
`总体情况` alone and leave the `一、` to a list.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.word.names import PARAGRAPH_PROPERTIES, RUN_PROPERTIES, VAL, is_on, number_of, w

MAX_LEVELS = 9
MAX_STYLE_DEPTH = 20
"""Styles based on one another; more is a circle."""

MAX_STYLES = 5_000
"""Styles, and lists, that are looked at: a little more than Word can make."""

MAX_NUMBER = 9_999

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


@dataclass(slots=True)
class _List:
    """One `w:num`: its levels (overridden ones included) and the counters that it shares."""

    levels: dict[int, _Level]
    counters: dict[int, int]
    restarts: dict[int, int] = field(default_factory=dict)
    """Level → number to begin anew with when this list is first used there."""


@dataclass(frozen=True, slots=True)
class Style:
    """What of a paragraph or character style changes what is read."""

    name: str
    based_on: str | None
    number: tuple[str | None, int | None]
    hidden: bool | None
    raised: bool = False
    """Raised or lowered, as the mark of a note is."""
    struck: bool = False


def read_styles(root: Any | None) -> dict[str, Style]:
    """Styles by id, as far as they matter here; {} without a part of styles."""
    styles: dict[str, Style] = {}
    found = root.iterfind(w("style")) if root is not None else ()
    for element in itertools.islice(found, MAX_STYLES):
        name = element.find(w("name"))
        based = element.find(w("basedOn"))
        run = element.find(RUN_PROPERTIES)
        vanish = run.find(w("vanish")) if run is not None else None
        styles[element.get(w("styleId"), "")] = Style(
            name.get(VAL, "").lower() if name is not None else "",
            based.get(VAL) if based is not None else None,
            _list_of(element.find(PARAGRAPH_PROPERTIES)),
            is_on(vanish) if vanish is not None else None,
            run is not None and _is_raised(run),
            run is not None and any(is_on(run.find(w(name))) for name in ("strike", "dstrike")),
        )
    return styles


def _is_raised(run: Any) -> bool:
    aligned = run.find(w("vertAlign"))
    return aligned is not None and aligned.get(VAL) in ("superscript", "subscript")


def style_chain(styles: dict[str, Style], identifier: str | None) -> list[Style]:
    """A style and those that it is based on, nearest first."""
    chain: list[Style] = []
    while identifier in styles and len(chain) < MAX_STYLE_DEPTH:
        chain.append(styles[identifier])
        identifier = styles[identifier].based_on
    return chain


def _list_of(properties: Any | None) -> tuple[str | None, int | None]:
    """The list and the level that paragraph properties name, None for what they do not."""
    found = properties.find(w("numPr")) if properties is not None else None
    if found is None:
        return None, None
    identifier, level = found.find(w("numId")), found.find(w("ilvl"))
    return (
        identifier.get(VAL) if identifier is not None else None,
        number_of(level, 0) if level is not None else None,
    )


class Numbering:
    """Counts the paragraphs of all lists in reading order."""

    def __init__(self, root: Any | None, styles: dict[str, Style]) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._by_style: dict[str, tuple[str | None, int | None]] = {}
        if root is not None:
            self._load(root)

    def _load(self, root: Any) -> None:
        abstract: dict[str, dict[int, _Level]] = {}
        links: dict[str, str] = {}
        for element in itertools.islice(root.iterfind(w("abstractNum")), MAX_STYLES):
            identifier = element.get(w("abstractNumId"), "")
            abstract[identifier] = {
                number: level
                for found in element.iterfind(w("lvl"))
                if (number := _level_number(found)) is not None
                for level in (_level(found),)
            }
            link = element.find(w("numStyleLink"))
            if link is not None:
                links[identifier] = link.get(VAL, "")
        chosen: dict[str, str] = {
            element.get(w("numId"), ""): found.get(VAL, "")
            for element in itertools.islice(root.iterfind(w("num")), MAX_STYLES)
            if (found := element.find(w("abstractNumId"))) is not None
        }
        counters: dict[str, dict[int, int]] = {}
        for element in itertools.islice(root.iterfind(w("num")), MAX_STYLES):
            identifier = element.get(w("numId"), "")
            base = chosen.get(identifier, "")
            if base in links:  # the levels stand with the list that the style names
                style = self._styles.get(links[base])
                base = chosen.get((style.number[0] if style else None) or "", base)
            levels = dict(abstract.get(base, {}))
            restarts: dict[int, int] = {}
            for override in element.iterfind(w("lvlOverride")):
                number = _level_number(override)
                if number is None:
                    continue
                own, start = override.find(w("lvl")), override.find(w("startOverride"))
                if own is not None:
                    levels[number] = _level(own)
                if start is not None:
                    restarts[number] = number_of(start, 1)
            self._lists[identifier] = _List(levels, counters.setdefault(base, {}), restarts)

    def number(self, properties: Any | None, style: str | None) -> str:
        """The number that stands before a paragraph, counted on; "" if it has none."""
        if not self._lists:
            return ""
        identifier, level = _list_of(properties)
        if identifier is None:
            inherited, depth = self._of_style(style)
            identifier, level = inherited, depth if level is None else level
        found = self._lists.get(identifier or "")
        if identifier == "0" or found is None:
            return ""
        return _count(found, min(max(level or 0, 0), MAX_LEVELS - 1))

    def _of_style(self, style: str | None) -> tuple[str | None, int | None]:
        if style is None:
            return None, None
        known = self._by_style.get(style)
        if known is None:
            identifier: str | None = None
            level: int | None = None
            for one in style_chain(self._styles, style):
                if level is None:
                    level = one.number[1]
                if one.number[0] is not None:
                    identifier = one.number[0]
                    break
            known = self._by_style[style] = (identifier, level)
        return known


def _level_number(element: Any) -> int | None:
    try:
        number = int(element.get(w("ilvl"), ""))
    except ValueError:
        return None
    return number if 0 <= number < MAX_LEVELS else None


def _level(element: Any) -> _Level:
    kind, text = element.find(w("numFmt")), element.find(w("lvlText"))
    restart = element.find(w("lvlRestart"))
    return _Level(
        number_of(element.find(w("start")), 1),
        kind.get(VAL, "decimal") if kind is not None else "decimal",
        (text.get(VAL, "") if text is not None else "")[:40],
        number_of(restart, 0) if restart is not None else None,
        is_on(element.find(w("isLgl"))),
    )


def _count(found: _List, level: int) -> str:
    own = found.levels.get(level)
    if own is None:
        return ""
    counters = found.counters
    if level in found.restarts:
        counters[level] = found.restarts.pop(level)
    else:
        counters[level] = counters[level] + 1 if level in counters else own.start
    for deeper in range(level + 1, MAX_LEVELS):
        restart = found.levels[deeper].restart if deeper in found.levels else None
        # 0: never begun anew; n: only by a paragraph of the first n levels.
        if restart is None or restart > level:
            counters.pop(deeper, None)
    if own.kind == "bullet":
        return ""

    def shown(match: re.Match[str]) -> str:
        number = int(match[1]) - 1
        other = found.levels.get(number, own)
        value = counters.get(number, other.start)
        return format_number(value, "decimal" if own.legal else other.kind)

    return _PLACEHOLDER.sub(shown, own.text)


def format_number(value: int, kind: str) -> str:
    """A number in one of Word's formats; formats that no Chinese report uses print as decimal.

    >>> [format_number(n, "chineseCounting") for n in (1, 10, 11, 20, 35)]
    ['一', '十', '十一', '二十', '三十五']
    >>> format_number(3, "decimalEnclosedCircle"), format_number(4, "upperRoman")
    ('③', 'IV')
    """
    if not 0 < value <= MAX_NUMBER or kind == "none":
        return "" if kind == "none" else str(value)
    lowered = kind.lower()
    if kind in ("chineseCounting", "chineseCountingThousand", "ideographDigital") or (
        lowered.startswith(("japanesecounting", "taiwanesecounting", "japanesedigital"))
    ):
        if kind == "ideographDigital":
            return "".join(_DIGITS[int(digit)] for digit in str(value))
        return _counted(value, _DIGITS, "十百千")
    if kind in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return _counted(value, _LEGAL, "拾佰仟")
    if kind == "ideographTraditional":
        return _STEMS[(value - 1) % 10]
    if kind == "ideographZodiac":
        return _BRANCHES[(value - 1) % 12]
    enclosed = {
        "decimalEnclosedCircle": (0x2460, 20),
        "decimalEnclosedCircleChinese": (0x2460, 20),
        "decimalEnclosedParen": (0x2474, 20),
        "decimalEnclosedFullstop": (0x2488, 20),
        "ideographEnclosedCircle": (0x3280, 10),
    }
    if kind in enclosed:
        first, last = enclosed[kind]
        return chr(first + value - 1) if value <= last else str(value)
    if lowered.startswith("decimalfullwidth"):
        return "".join(chr(0xFF10 + int(digit)) for digit in str(value))
    if kind == "decimalZero":
        return f"{value:02}"
    if kind in ("upperRoman", "lowerRoman"):
        roman = _roman(value)
        return roman if kind == "upperRoman" else roman.lower()
    if kind in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    return str(value)


def _counted(value: int, digits: str, units: str) -> str:
    """A number in words: 一百零五; 十五 without 一 before it."""
    text, pending = "", False
    length = len(str(value))
    for place, digit in enumerate(str(value)):
        unit = length - place - 1
        if digit == "0":
            pending = True
            continue
        if pending and text:
            text += "零"
        pending = False
        text += digits[int(digit)] + (units[unit - 1] if unit else "")
    return text[1:] if text.startswith(digits[1] + units[0]) and value < 20 else text


def _roman(value: int) -> str:
    text = ""
    for number, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        count, value = divmod(value, number)
        text += letters * count
    return text
