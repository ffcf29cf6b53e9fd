"""Make the data files of the languages of replies from published packages.

    bot/data/wording.zh-Hant.toml   the sentences of wording.zh.toml in traditional characters
    bot/data/traditional.tsv        characters and names -> traditional   (PyPI opencc)
    bot/data/pinyin.tsv             characters and names -> their reading (PyPI pypinyin)

The running program needs neither package: it reads the files. To make them anew, after a
change of wording.zh.toml or of a name that replies show:

    python -m pip install pypinyin==0.55.0 opencc==1.4.2
    python scripts/build_languages.py

The same packages give the same bytes. Nothing is fetched here.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.languages.pinyin import stem_of
from bot.languages.traditional import pattern_of
from knowledge.text import data_text, fold_characters

ROOT = Path(__file__).resolve().parent.parent
KNOWLEDGE = ROOT / "knowledge" / "data"
BOT = ROOT / "bot" / "data"
COMMAND = "python scripts/build_languages.py"

Convert = Callable[[str], str]

# What opencc takes apart wrongly.
CORRECTIONS = (("新制作", "新製作"),)
# In names of places these are never the measure, the verb or the adjective that opencc takes
# a single character for: 三里屯, 范家, 斗门, 岳阳, 咸阳, 干河.
IN_NAMES = dict.fromkeys("里范斗岳咸干岩", "") | {"丰": "豐"}
# Of the forms that opencc knows for names, those in use today besides the unchanged character.
# The others (澂江, 谿, 箇舊) are of dictionaries.
USUAL_IN_NAMES = frozenset("鐘沖崙鬚")
# Words of replies and choices in which a character is not the usual one.
WORDS = (
    "复议",
    "重复",
    "反复",
    "答复",
    "回复",
    "规范",
    "制作",
    "制发",
    "发布",
    "联系",
    "沈阳",
    "漓江",
)


def place_names() -> list[str]:
    """Every township, county, city and province of the gazetteer."""
    found: dict[str, None] = {}
    for line in data_text("gazetteer.tsv").splitlines():
        if line and not line.startswith("#"):
            path, _, towns = line.partition("\t")
            found.update(dict.fromkeys((*path.split("/"), *towns.split())))
    return list(found)


def shown_names() -> list[str]:
    """Every name of the catalogue, the form and the overviews that a reply may show."""
    found: dict[str, None] = {}

    def collect(value: object, key: str = "") -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                collect(inner, name)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)
        elif isinstance(value, str) and key in ("name", "short", "title", "formula"):
            found[value] = None

    for folder, name in (
        (KNOWLEDGE, "measures.toml"),
        (KNOWLEDGE, "statements.toml"),
        (KNOWLEDGE, "columns.toml"),
        (BOT, "profile.toml"),
        (BOT, "topics.toml"),
        (BOT, "operations.toml"),
    ):
        collect(tomllib.loads((folder / name).read_text(encoding="utf-8")))
    for path in sorted((KNOWLEDGE / "forms").glob("*.csv")):
        for label in re.split(r"[,\n]", path.read_text(encoding="utf-8")):
            if re.search(r"[\u4e00-\u9fff]", label):
                found[label.strip('"')] = None
    return list(found)


def common_characters(names: Iterable[str]) -> list[str]:
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    usual = set("".join(cell.decode("gb2312", errors="ignore") for cell in cells))
    return sorted(c for c in usual | set("".join(names)) if "\u3400" <= c <= "\u9fff")


# --- Traditional characters ------------------------------------------------------------------


def traditional_lines(convert: Convert) -> list[str]:
    """Characters, then words and names whose characters are not the usual ones.

    What does not fold back to where it came from is left out: a question in these characters
    would not be understood.
    """
    places, shown = place_names(), shown_names()
    table: dict[str, str] = {}
    for character in common_characters((*places, *shown)):
        other = IN_NAMES.get(character, convert(character)) or character
        if other != character and fold_characters(other) == fold_characters(character):
            table[character] = other
    for name in places:
        pairs = zip(name, convert(name), strict=True)
        kept = "".join(
            other
            if one in table and (other == one or other in USUAL_IN_NAMES)
            else table.get(one, one)
            for one, other in pairs
        )
        if kept != "".join(table.get(c, c) for c in name):
            table[name] = kept
    table |= {word: corrected(convert(word)) for word in WORDS}
    pattern = pattern_of(table)
    for name in shown:
        whole = corrected(convert(name))
        if whole != pattern.sub(lambda match: table[match[0]], name):
            table[name] = whole
    return [f"{one}\t{table[one]}" for one in sorted(table, key=lambda one: (len(one) > 1, one))]


def corrected(text: str) -> str:
    for wrong, right in CORRECTIONS:
        text = text.replace(wrong, right)
    return text


def traditional_wording(convert: Convert) -> str:
    """wording.zh.toml with its sentences converted; keys, braces and comments as they are."""
    lines = [
        "# The wording of replies, in traditional characters. Made from wording.zh.toml by",
        f"# {COMMAND}: change the sentence there, or the",
        "# corrections in the script.",
    ]
    started = False
    for line in (BOT / "wording.zh.toml").read_text(encoding="utf-8").splitlines():
        started = started or line.startswith("[")
        if started:
            pieces = re.split(r"(\{[^}]*\})", line)
            pieces[::2] = [corrected(convert(piece)) for piece in pieces[::2]]
            lines.append("".join(pieces))
        elif not line:
            lines.append("")
    return "".join(f"{line}\n" for line in lines)


# --- Pinyin ----------------------------------------------------------------------------------


def pinyin_lines() -> list[str]:
    """The usual reading of each character, then names with another one (重庆 chong qing)."""
    from pypinyin import lazy_pinyin  # needed only to build

    def read(text: str) -> list[str]:
        return [syllable.replace("v", "ü") for syllable in lazy_pinyin(text, v_to_u=True)]

    places = place_names()
    usual: dict[str, str] = {}
    for character in common_characters(places):
        syllables = read(character)
        if len(syllables) == 1 and re.fullmatch("[a-zü]+", syllables[0]):
            usual[character] = syllables[0]
    groups: dict[str, str] = {}
    for character, syllable in usual.items():
        groups[syllable] = groups.get(syllable, "") + character
    lines = [f"{syllable}\t{characters}" for syllable, characters in sorted(groups.items())]
    for name in sorted({stem_of(name) for name in places}):
        syllables = read(name)
        if syllables != [usual.get(c) for c in name] and re.fullmatch(
            "[a-zü ]+", " ".join(syllables)
        ):
            lines.append(f"{' '.join(syllables)}\t={name}")
    return lines


# --- Files -----------------------------------------------------------------------------------


def with_header(header: Iterable[str], lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in [*(f"# {text}" for text in header), *lines])


def build() -> dict[str, str]:
    """The text of each file by its name."""
    import opencc  # needed only to build

    convert: Convert = opencc.OpenCC("s2tw").convert
    versions = {name: importlib.metadata.version(name) for name in ("opencc", "pypinyin")}
    return {
        "wording.zh-Hant.toml": traditional_wording(convert),
        "traditional.tsv": with_header(
            [
                "How replies write simplified characters and names in traditional ones.",
                f"Source: PyPI opencc {versions['opencc']}, s2tw; what the script says of names.",
                "Licence: Apache-2.0.",
                f"Made by: {COMMAND}",
                "Line: simplified TAB traditional; characters, then names that differ from them.",
            ],
            traditional_lines(convert),
        ),
        "pinyin.tsv": with_header(
            [
                "How replies in English spell the names of places, without tones.",
                f"Source: PyPI pypinyin {versions['pypinyin']}.",
                "Licence: MIT.",
                f"Made by: {COMMAND}",
                "Line: syllable TAB the characters usually read so; or syllables TAB =name.",
            ],
            pinyin_lines(),
        ),
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(argv)
    for name, text in build().items():
        (BOT / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{BOT / name}: {text.count(chr(10))} lines\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
