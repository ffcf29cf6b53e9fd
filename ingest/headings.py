"""How the headings of a report are printed: their numbers, their words, the text glued to them.

The words are data (`knowledge/data/headings.toml`). Headings are recognised by the words that
are left in them: mirrors put brands inside (`三、收到和处理【某网】申请情况`) and extractors lose
the last character (`一、总体情`; field-notes, sections 1 and 2).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from pydantic import BaseModel, ConfigDict

from knowledge.form import label_core, load_form
from knowledge.numerals import cell_value, chinese_numeral, is_blank
from knowledge.tables import load_table
from knowledge.text import fold, solid

MAX_HEADING = 45
"""Characters. The longest heading met has 31 (复议、诉讼 with 因…被申请…); sentences are longer."""

MAX_UNKNOWN = 20
"""Characters of a numbered line that may be a heading although its words are none of the six."""

MAX_LABEL = 150
"""Characters of a line that may be a label of the form with its figures behind it."""

MIN_BROKEN = 4
"""Characters of a label's beginning that tell it from a heading (`四、结转下年度`)."""

MAX_MID_LINE = 300
"""Numbers inside one line that are looked at; a whole page on one line has under fifty."""

MIN_GLUED = 6
"""Characters behind a heading that are text and no longer a note of the heading."""

_NUMBER = re.compile(
    r"\s*(?:(?P<chinese>第?(?P<n>[一二三四五六七八九十]{1,3})(?:部分)?\s?[、.．,，:：])"
    r"|(?P<spaced>(?P<s>[一二三四五六七八九十]{1,2})(?=\s)|[—–―-]{1,2}\s?[、.．,，:：])"
    r"|(?P<bracket>[(（]\s?(?P<b>[一二三四五六七])\s?[)）])"
    r"|(?P<arabic>(?P<a>[1-9１-９])\s?[、.．](?![\d０-９])))\s*"
)
PART_BEGINNINGS = frozenset("(（123456789１２３４５６７８９")
"""What a number begins with that has no text of its section glued to it, if with no blank."""

NUMBER_BEGINNINGS = frozenset(
    "第一二三四五六七八九十—–―-\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004"
    "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
).union(PART_BEGINNINGS)
"""What the number of any heading begins with: every blank is one."""

_SENTENCE = re.compile(r"[。;!?]|[,:].")
_BETWEEN = r"[、,\s]{0,2}"
_TEXT_BEGINS = (
    r"(?=\s*(?:[:。]\s*)?(?:20\d\d|二[〇○零]|\d+月|[(][一二1]|[一1][、.]|[“《]"
    r"|[我本今全近一自截根依按为在围]|[\u4e00-\u9fff]{2,8}(?:镇|乡|街道|局)))"
)
_NUMBERED = re.compile("[一二三四五六七八九][、．.]")
_MID_LINE = re.compile(rf"(?:[。；;]\s*|\s)(?={_NUMBERED.pattern})")


class _Heading(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    number: int
    words: tuple[str, ...]
    without: tuple[str, ...] = ()
    alone: tuple[str, ...]
    full: tuple[str, ...]


class _Headings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    section: tuple[_Heading, ...]


@lru_cache(maxsize=1)
def _headings() -> tuple[_Heading, ...]:
    return load_table("headings.toml", _Headings).section


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Word, key and what must not stand beside it; the longest words first."""
    words = [
        (label_core(word), heading.key, tuple(map(label_core, heading.without)))
        for heading in _headings()
        for word in heading.words
    ]
    return tuple(sorted(words, key=lambda entry: -len(entry[0])))


@lru_cache(maxsize=1)
def _alone() -> dict[str, str]:
    return {label_core(word): heading.key for heading in _headings() for word in heading.alone}


@lru_cache(maxsize=1)
def unnumbered_ends() -> frozenset[str]:
    """The last characters of headings without a number; see `key_of_unnumbered`."""
    return frozenset(word[-1] for word in _alone())


@lru_cache(maxsize=1)
def _glued() -> tuple[re.Pattern[str], dict[str, str]]:
    keys = {label_core(word): heading.key for heading in _headings() for word in heading.full}
    heads = "|".join(
        _BETWEEN.join(map(re.escape, word)) for word in sorted(keys, key=len, reverse=True)
    )
    return re.compile(rf"(?P<head>{heads}){_TEXT_BEGINS}"), keys


@lru_cache(maxsize=1)
def _row_labels() -> frozenset[str]:
    form = load_form()
    labels = {label_core(label) for forms in form.printed_rows.values() for label in forms}
    for edition in form.editions.values():
        for table in edition.tables.values():
            for row in table.rows:
                labels.add(label_core(row.label))
                labels.update(label_core(group) for group in row.group)
    return frozenset(labels | form.header_words)


@lru_cache(maxsize=1)
def _label_beginnings() -> frozenset[str]:
    return frozenset(
        label[:length] for label in _row_labels() for length in range(MIN_BROKEN, len(label))
    )


def number_of(text: str) -> tuple[str, int | None] | None:
    """How a line is numbered at its beginning, and the number; None if it is not.

    The styles are `chinese` (一、 第一部分), `spaced` (一 概述, and a dash that stands for 一),
    `bracket` (（一）) and `arabic` (1、).

    >>> number_of("三、收到和处理"), number_of("1. 概述"), number_of("—、总体情况"), number_of("2021年")
    (('chinese', 3), ('arabic', 1), ('spaced', None), None)
    """
    match = _NUMBER.match(text)
    if match is None:
        return None
    style = match.lastgroup or "spaced"
    digits = match[_DIGITS[style]]
    return style, _value_of(digits) if digits else None


_DIGITS = {"chinese": "n", "spaced": "s", "bracket": "b", "arabic": "a"}


@lru_cache(maxsize=128)
def _value_of(digits: str) -> int | None:
    return int(fold(digits)) if fold(digits).isdigit() else chinese_numeral(digits)


def position_of(key: str) -> int:
    """The place of a section in the official order, from 1; 0 for an unknown heading."""
    return _positions().get(key, 0)


@lru_cache(maxsize=1)
def _positions() -> dict[str, int]:
    return {heading.key: heading.number for heading in reversed(_headings())}


def key_of_numbered(text: str) -> str | None:
    """The section that a numbered line heads, "" for one of no known kind, None for no heading."""
    if len(text) > MAX_HEADING * 2 or "。" in text:
        return None
    return _key_of_numbered(text)


@lru_cache(maxsize=2048)
def _key_of_numbered(text: str) -> str | None:
    # The headings of reports are a vocabulary: a few hundred spellings in thousands of files.
    folded = solid(text)
    if len(folded) > MAX_HEADING or is_row_label(text):
        return None
    number = _NUMBER.match(folded)
    if _SENTENCE.search(folded[number.end() if number else 0 :].rstrip(":")):
        return None
    core = label_core(text)
    for word, key, without in _words():
        if word in core and not any(other in core for other in without):
            return key
    return "" if len(folded) <= MAX_UNKNOWN else None


def key_of_unnumbered(text: str) -> str | None:
    """The section that a line without a number heads: only one that says exactly its name."""
    if len(text) > MAX_HEADING or text[-1:] not in unnumbered_ends():
        return None
    return _alone().get(label_core(text))


def beginning_of_glued(text: str) -> tuple[str, int] | None:
    """Key and end of a numbered heading that has its text behind it on the same line, else None.

    Only the full official headings, and only where the text begins as a sentence does:
    `一、总体情况2021年，我镇…`.
    """
    if len(text) < MIN_GLUED * 2:
        return None
    number = _NUMBER.match(text)
    if number is None:
        return None
    pattern, keys = _glued()
    match = pattern.match(fold(text[: 4 * MAX_HEADING]), number.end())
    if match is None or len(text) - match.end() < MIN_GLUED:
        return None
    return keys[label_core(match["head"])], match.end()


def may_hold_headings(text: str) -> bool:
    """Whether there is anything in a paragraph that may be the number of a heading.

    In most there is not: a search for it is a tenth of the work of `lines_of`.
    """
    return _NUMBERED.search(text) is not None


def lines_of(text: str) -> tuple[str, ...]:
    """A paragraph cut before the glued headings inside it; most have none.

    Mirrors print a whole page as one line (field-notes, section 1).
    """
    if not may_hold_headings(text):
        return (text,)
    starts = [
        match.end()
        for match in islice(_MID_LINE.finditer(text), MAX_MID_LINE)
        if beginning_of_glued(text[match.end() : match.end() + 4 * MAX_HEADING]) is not None
    ]
    if not starts:
        return (text,)
    edges = [0, *starts, len(text)]
    pieces = [text[a:b].strip() for a, b in zip(edges, edges[1:], strict=False)]
    return tuple(piece for piece in pieces if piece)


def is_row_label(text: str) -> bool:
    """Whether a line is a label of the form, with figures behind it or broken off at its end."""
    if len(text) > MAX_LABEL or "。" in text:
        return False
    return _is_label(text)


@lru_cache(maxsize=8192)
def _is_label(text: str) -> bool:
    pieces = text.split()
    every = len(pieces)
    while len(pieces) > 1 and (cell_value(pieces[-1]) is not None or is_blank(pieces[-1])):
        pieces.pop()
    core = label_core(" ".join(pieces))
    if len(pieces) < every and label_core(pieces[0]) in _row_labels():
        return True  # the label of a group, its first row and figures on one line
    return core in _row_labels() or (len(core) >= MIN_BROKEN and core in _label_beginnings())
