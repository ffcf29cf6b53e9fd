"""Sentences of replies from `bot/data/wording.zh.toml`, and figures and places in words."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache

from bot.phrases import bot_data
from knowledge.errors import DataError
from knowledge.model import Citation, Fact
from knowledge.numerals import plain


@lru_cache(maxsize=1)
def wording() -> dict[str, dict[str, str]]:
    """All sentences by table and key. Raises: DataError if one is no text."""
    name = "wording.zh.toml"
    try:
        tables = tomllib.loads(bot_data(name))
    except tomllib.TOMLDecodeError as error:
        raise DataError(name, "全文", f"不是合格的 TOML：{error}") from error
    for table, sentences in tables.items():
        for key, sentence in sentences.items():
            if not isinstance(sentence, str):
                raise DataError(name, f"{table}.{key}", "应为一句话")
    return tables


def say(table: str, key: str, **values: object) -> str:
    """One sentence with its braces filled; values go in as they are, never as templates."""
    return wording()[table][key].format(**{name: str(value) for name, value in values.items()})


def value_text(fact: Fact) -> str:
    """A figure with its unit; without one where the report states none for money."""
    if "unit_not_stated" in fact.cautions:
        return fact.stated if re.fullmatch(r"[\d,.]+", fact.stated) else plain(fact.value)
    number = plain(fact.value)
    about = "约 " if "approximate" in fact.cautions else ""
    return f"{about}{number}%" if fact.unit == "%" else f"{about}{number} {fact.unit}"


def path_of(citation: Citation) -> str:
    """Section and label path as one line: 三、… › 一、… › 总计."""
    parts = [citation.section or "", *(citation.label or "").split(" / ")]
    return " › ".join(part for part in parts if part)
