"""Folding of text for comparison: width, traditional characters, look-alike radicals.

Folding keeps one character for one character, so a span found in folded text is the same
span of the source; what is quoted is always the source.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from knowledge.errors import DataError

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]+")
_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_PUNCTUATION = tuple(zip("，：；（）", ",:;()", strict=True))
_BESIDE_CHINESE = re.compile(r"(?<![A-Za-z]) | (?![A-Za-z])")


def data_text(name: str) -> str:
    """The text of one file of `knowledge/data`, UTF-8."""
    return files("knowledge").joinpath("data").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _folding_table() -> dict[int, str]:
    """Traditional and variant characters to simplified ones, from `data/traditional.tsv`."""
    table: dict[int, str] = {}
    for number, line in enumerate(data_text("traditional.tsv").splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        simplified, _, variants = line.partition("\t")
        if len(simplified) != 1 or not variants:
            raise DataError(
                "traditional.tsv", f"第 {number} 行", "应为：简体字、制表符、折叠到它的字"
            )
        table.update((ord(character), simplified) for character in variants)
    return table


def folding_characters() -> tuple[str, ...]:
    """The characters that folding changes into another: traditional, variant and radical ones."""
    table = _folding_table()
    return tuple(chr(code) for code, simplified in table.items() if chr(code) != simplified)


def fold(text: str) -> str:
    """Text with width, case, compatibility and traditional characters folded, length unchanged.

    A character whose compatibility form is longer than one character (㈠, ½) stays as it is,
    so that positions in the result are positions in `text`.

    >>> fold("（Ａ）２０２０年景芝鎮⻄")
    '(a)2020年景芝镇西'
    """
    if text.isascii():
        return text.lower()
    # Half of what changes is this punctuation, and a call for each match is four times the work.
    for wide, plain in _PUNCTUATION:
        text = text.replace(wide, plain)
    return _foldable().sub(_fold_match, text)


@lru_cache(maxsize=1)
def _foldable() -> re.Pattern[str]:
    """Every character that folding may change.

    Nine characters of ten in a report are simplified characters and stay: to look only at the
    others makes folding eight times as fast as normalising the whole text.
    """
    ideographs = "".join(c for c in map(chr, _folding_table()) if "\u4e00" <= c <= "\u9fff")
    return re.compile(
        f"[A-Z\u0080-\u2013\u2015-\u2017\u2020-\u3000\u3003-\u3007\u3020-\u4dff{ideographs}\ua000-\U0010ffff]"
    )


def _fold_match(match: re.Match[str]) -> str:
    return _fold_one(match[0])


def fold_characters(text: str) -> str:
    """Text with traditional and variant characters folded alone: for data files, which have
    no full-width forms; `fold` would give the same, slower."""
    table = _folding_table()
    for character in set(text):
        if ord(character) in table:  # a handful; to translate every character takes 20 ms
            text = text.replace(character, table[ord(character)])
    return text


@lru_cache(maxsize=4096)
def _fold_one(character: str) -> str:
    """One character folded; one whose compatibility form or lower case is longer stays."""
    compatible = unicodedata.normalize("NFKC", character)
    folded = (compatible if len(compatible) == 1 else character).translate(_folding_table())
    lowered = folded.lower()
    return lowered if len(lowered) == 1 else folded


def squeeze(text: str) -> str:
    """Text without any white space or invisible characters.

    >>> squeeze(" 本 年\\u3000新收 ")
    '本年新收'
    """
    joined = "".join(text.split())
    return joined if joined.isprintable() else _INVISIBLE.sub("", joined)


MAX_KNOWN = 1000
"""Characters of a line that is remembered; of paragraphs few are longer."""


def solid(text: str) -> str:
    """Text as it is compared nearly everywhere: folded, without blanks.

    >>> solid("（一） 景芝鎮")
    '(一)景芝镇'
    """
    return _solid(text) if len(text) <= MAX_KNOWN else squeeze(fold(text))


@lru_cache(maxsize=2048)
def _solid(text: str) -> str:
    # Ten passes look at each line of a report, which has under two hundred; headings and labels
    # stand in thousands of reports. Some megabytes where all lines are as long as can be.
    return squeeze(fold(text))


def join_printed(text: str) -> str:
    """A printed heading or title on one line: blanks between Chinese characters and digits go.

    Blanks between Latin words stay.

    >>> join_printed("景芝镇人民政府 2020 年  政府信息公开")
    '景芝镇人民政府2020年政府信息公开'
    """
    if " " not in text and text.isprintable():
        return text  # neither blanks nor what cannot be seen
    joined = _SPACES.sub(" ", text).strip()
    return _BESIDE_CHINESE.sub("", joined) if " " in joined else joined


def visible(text: str) -> str:
    r"""Text fit for one line of a terminal: control characters are shown, not obeyed.

    >>> visible("a\nb")
    'a\\nb'
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
