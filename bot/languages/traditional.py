"""Simplified characters, words and names in traditional characters, for replies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from bot.tables import bot_data
from knowledge.errors import DataError

FILE = "traditional.tsv"


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for number, line in enumerate(bot_data(FILE).splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        simplified, tab, traditional = line.partition("\t")
        if not tab or not simplified or len(simplified) != len(traditional):
            raise DataError(FILE, f"第 {number} 行", "应为：简体、制表符、一样长的繁体")
        table[simplified] = traditional
    return table


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return pattern_of(_table())


def pattern_of(table: Mapping[str, str]) -> re.Pattern[str]:
    """What finds each entry of a table in a text, of those at one position the longest."""
    whole = sorted((entry for entry in table if len(entry) > 1), key=len, reverse=True)
    single = "".join(entry for entry in table if len(entry) == 1)
    return re.compile("|".join([*map(re.escape, whole), f"[{re.escape(single)}]"]))


def to_traditional(text: str) -> str:
    """A text in traditional characters, length unchanged; what is traditional already stays.

    >>> to_traditional("景芝镇 2020 年行政复议 3 件"), to_traditional("台山市七里镇")
    ('景芝鎮 2020 年行政複議 3 件', '台山市七里鎮')
    """
    table = _table()
    return _pattern().sub(lambda match: table[match[0]], text)
