"""How names sound: toneless pinyin of characters, from `data/syllables.tsv`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice, product

from knowledge.errors import DataError
from knowledge.text import data_text

MAX_READINGS = 16
"""Readings of one name; four characters of two sounds each have as many."""

_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü", "aaaaeeeeiiiioooouuuuvvvvv")


def without_tones(text: str) -> str:
    """Lower-case Latin text with the tone marks of pinyin gone, length unchanged.

    >>> without_tones("jǐngzhī zhèn")
    'jingzhi zhen'
    """
    return text.translate(_TONES)


@lru_cache(maxsize=1)
def _syllables() -> dict[str, tuple[str, ...]]:
    """Every common character with its toneless readings."""
    table: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(data_text("syllables.tsv").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        syllable, tab, characters = line.partition("\t")
        if not tab:
            raise DataError("syllables.tsv", f"第 {number} 行", "应为：音节、制表符、读这个音的字")
        for character in characters:
            table[character] = (*table.get(character, ()), syllable)
    return table


def readings(name: str) -> list[str]:
    """The toneless readings of a name, syllables joined by blanks, at most `MAX_READINGS`.

    A character of unknown sound stands for itself.

    >>> readings("官坡镇"), set(readings("景枝")) & set(readings("景芝")) == set()
    (['guan po zhen'], False)
    """
    syllables = _syllables()
    choices: Sequence[Sequence[str]] = [syllables.get(c, (c,)) for c in name]
    if all(len(choice) == 1 for choice in choices):
        return [" ".join([choice[0] for choice in choices])]
    return [" ".join(chosen) for chosen in islice(product(*choices), MAX_READINGS)]


_BLUR = (
    (re.compile(r"\bzh"), "z"),
    (re.compile(r"\bch"), "c"),
    (re.compile(r"\bsh"), "s"),
    (re.compile(r"\bl"), "n"),
    (re.compile(r"ng\b"), "n"),
)


@lru_cache(maxsize=4096)
def _blurred_syllable(syllable: str) -> str:
    for pattern, other in _BLUR:
        syllable = pattern.sub(other, syllable)
    return syllable


def blurred(sounds: str) -> str:
    """Sounds with the pairs folded that many speakers do not tell apart (zh/z, n/l, -ng/-n).

    >>> blurred("zheng lin")
    'zen nin'
    """
    return " ".join([_blurred_syllable(syllable) for syllable in sounds.split(" ")])
