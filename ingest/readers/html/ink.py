"""Whether text can be seen at all: too small, or as white as the page behind it.

What a visitor of the page does not see is no statement of the report: counters of the site and
copied figures are hidden so. Size, colour and ground are inherited, so each is kept until the
element ends that set it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

SMALLEST = 2.0
"""Pixels or points up to which a font cannot be read; browsers show nothing under 1."""

WHITEST = 0xF0
"""The least of each of the three channels of a colour that is taken for white."""

_COLOUR = r"#[0-9a-f]{3,8}|rgba?\([\d.,%\s/]{5,40}\)|[a-z]{3,20}"
_SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*(\d{0,4}\.?\d{0,4})\s*(px|pt|rem|em|%|)")
_INK = re.compile(rf"(?<![\w-])color\s*:\s*({_COLOUR})")
_GROUND = re.compile(rf"(?<![\w-])background(?:-color)?\s*:\s*(url\(|{_COLOUR})")
# A pattern that begins with one set of characters is searched ten times as fast as one that
# begins in two ways or with any case.
_SMALL = re.compile(r"[fF](?i:ont-size)\s*:\s*(?:[012](?![\d.])|[01]?\.\d)")
_PALE = re.compile(
    r"[cC](?<![\w-].)(?i:olor\s*[:=]\s*[\"']?\s*(?:#f|white|transparent|rgba?\(\s*2[45]\d))"
)
_DIGIT = re.compile(r"\d")


class Ink(NamedTuple):
    """What one element says: None where it says nothing. `backed`: the ground is not white."""

    small: bool | None = None
    white: bool | None = None
    backed: bool | None = None

    def over(self, around: Ink) -> Ink:
        """This element's ink inside another's."""
        return Ink(*(a if b is None else b for a, b in zip(around, self, strict=True)))

    def hides(self, text: str) -> bool:
        """Whether a text in this ink is not seen.

        White text is only left out with a digit in it: the ground behind a white heading often
        stands in a style sheet that is not saved with the page.
        """
        if self.small:
            return True
        return bool(self.white and not self.backed and _DIGIT.search(text))


NO_INK = Ink()


def may_hide(source: str) -> bool:
    """Whether a page has anything of this at all; most have none."""
    lowered = source.lower()
    return ("font-size" in lowered and _SMALL.search(source) is not None) or (
        "color" in lowered and _PALE.search(source) is not None
    )


def ink_of(style: str, attributes: Mapping[str, str]) -> Ink:
    """What a style (lower case) and the old attributes of an element say.

    >>> ink_of("font-size:1pt;color:#fff", {}), ink_of("", {"bgcolor": "#336699"})
    (Ink(small=True, white=True, backed=None), Ink(small=None, white=None, backed=True))
    """
    size = _SIZE.search(style) if "font-size" in style else None
    ink = _INK.search(style) if "color" in style else None
    ground = _GROUND.search(style) if "background" in style else None
    colour = ink[1] if ink else attributes.get("color", "").strip().lower()
    behind = ground[1] if ground else attributes.get("bgcolor", "").strip().lower()
    if not behind and "background" in attributes:
        behind = "url("
    return Ink(
        _is_small(size[1], size[2]) if size else None,
        _is_white(colour) if colour else None,
        not _is_white(behind) if behind else None,
    )


def _is_small(number: str, unit: str) -> bool | None:
    """None for a share of the size around it that is not next to nothing."""
    try:
        size = float(number)
    except ValueError:
        return None
    if unit in ("em", "rem", "%"):
        share = size / 100 if unit == "%" else size
        return True if share * 16 <= SMALLEST else (False if unit == "rem" else None)
    return size <= SMALLEST


def _is_white(colour: str) -> bool:
    if colour in ("white", "transparent", "snow", "none", "inherit", "initial", "unset"):
        return True
    if colour.startswith("#"):
        digits = colour[1:]
        step = 1 if len(digits) in (3, 4) else 2
        parts = [digits[n : n + step] * (3 - step) for n in range(0, 3 * step, step)]
        return all(int(part, 16) >= WHITEST for part in parts if part)
    if colour.startswith("rgb"):
        numbers = [float(n) for n in re.findall(r"\d{1,4}(?:\.\d{1,4})?", colour)[:4]]
        clear = colour.startswith("rgba") and len(numbers) == 4 and numbers[3] == 0
        return clear or (len(numbers) >= 3 and all(n >= WHITEST for n in numbers[:3]))
    return False
