"""Names of places as replies in English spell them: Jingzhi (景芝镇)."""

from __future__ import annotations

from functools import lru_cache

from bot.tables import bot_data
from knowledge.entities import split_name
from knowledge.errors import DataError
from knowledge.gazetteer import short_region
from knowledge.text import fold

FILE = "pinyin.tsv"


def stem_of(name: str) -> str:
    """A name without what says which kind of place it is; the name itself if little is left.

    >>> stem_of("景芝镇"), stem_of("安丘市"), stem_of("忠县"), stem_of("恩施土家族苗族自治州")
    ('景芝', '安丘', '忠县', '恩施')
    """
    stem, suffix = split_name(name)
    if not suffix:
        return short_region(name)
    return stem if len(stem) >= 2 else name


@lru_cache(maxsize=1)
def _readings() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The usual syllable of each character, and the syllables of names that differ from them."""
    usual: dict[str, str] = {}
    names: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(bot_data(FILE).splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        syllables, tab, written = line.partition("\t")
        if not tab or not syllables or not written:
            raise DataError(FILE, f"第 {number} 行", "应为：音节、制表符、字或“=地名”")
        if written.startswith("="):
            names[written[1:]] = tuple(syllables.split())
        else:
            usual.update(dict.fromkeys(written, syllables))
    return usual, names


@lru_cache(maxsize=4096)
def spell(name: str) -> str:
    """The spelling of a name's stem; "" if a character of it has no known reading.

    An apostrophe parts syllables that would run together.

    >>> spell("寒葱沟镇"), spell("重庆市"), spell("西安市"), spell("Ａ镇")
    ('Hanconggou', 'Chongqing', "Xi'an", '')
    """
    usual, names = _readings()
    stem = stem_of(fold(name))
    syllables = names.get(stem) or tuple(usual.get(character, "") for character in stem)
    if not syllables or not all(syllables):
        return ""
    first, *rest = syllables
    return "".join([first, *(("'" + s if s[0] in "aoe" else s) for s in rest)]).capitalize()
