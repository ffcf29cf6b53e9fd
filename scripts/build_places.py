"""Make the three data files about place names from published packages.

    knowledge/data/gazetteer.tsv    counties with their townships     (npm china-division)
    knowledge/data/syllables.tsv    toneless syllable -> characters   (PyPI pypinyin)
    knowledge/data/traditional.tsv  character -> what folds to it     (PyPI opencc)

The running program needs none of these packages: it reads the files. To make them anew:

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz    # makes ./package
    python -m pip install pypinyin==0.55.0 opencc==1.4.2
    python scripts/build_places.py --china-division package

The same packages give the same bytes. Nothing is fetched here.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "knowledge" / "data"
COMMAND = "python scripts/build_places.py --china-division package"

Fold = Callable[[str], str]

# --- What counts as a township -------------------------------------------------------------

# Levels that exist only in the code list.
FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})

# Entries of the code list that are no public body of a township's kind. Farms, forest
# bureaus, zones and their committees stay: they publish reports.
NO_TOWNSHIP = re.compile(
    r"监狱"
    r"|(?:劳教所|戒毒所|劳动教养管理所|劳动教育管理所|安置中心"
    r"|公司|集团|厂|矿|粮库|储木场|市场|机场|水库"
    r"|学院|医院|农科院|研究所|农科所|科研所|林科所|试验站|实验中心"
    r"|苗圃|苗圃场|大队|局直|管辖村|直辖村级区划|乡级单位)$"
)
# An office of a street, permanent or not yet, is the street.
STREET_OFFICE = re.compile(r"(?<=街道)(?:办事处|地区|筹备处|筹备组|服务中心)$")
# 长白山保护开发区池西区特殊乡镇: the code list's own addition.
SPECIAL = re.compile(r"特殊(?:乡镇|街道)$")
# 科技城（东渚街道）, （工业园区）城南街道, 港口物流产业园-永安洲镇
BRACKET_BEFORE = re.compile(r"^（[^）]*）(?=.)")
BRACKET_AFTER = re.compile(r"^(?P<outside>.+)（(?P<inside>[^）]*)）$")
ZONE_BEFORE = re.compile(r"^[^-]*-(?=.)")
TOWNSHIP = re.compile(r".+(?:镇|乡|街道|苏木)$")
# 敖汉旗人民政府新州街道, 扬州市生态科技新城杭集镇: what else stands before a township's name.
PREFIXES = ("人民政府", "生态科技新城")

# --- Characters -----------------------------------------------------------------------------

# CJK Radicals Supplement -> the character it looks like (Unicode's EquivalentUnifiedIdeograph,
# those in the Basic Multilingual Plane). NFKC covers only two of them, PDF files use many.
RADICALS = (
    "⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍尐 ⺎兀 ⺏尣 ⺐尢 ⺒巳 ⺓幺 ⺔彑 ⺕彐 ⺖忄 "
    "⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺟母 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爬 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺫目 ⺬示 "
    "⺭礻 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺶羊 ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺾艹 ⺿艺 ⻀艻 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 "
    "⻆角 ⻈讠 ⻉贝 ⻋车 ⻌辶 ⻍辷 ⻎辸 ⻏邑 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 "
    "⻝食 ⻟飠 ⻠饣 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 "
    "⻳龟"
)
# Printed variants, and what page converters make of simplified characters, that opencc
# leaves alone one by one: 谘詢, 答覆, 瞭解, 効率, 戸 ...
VARIANTS = (
    "谘咨 覆复 瞭了 祇只 衹只 甦苏 廻回 囘回 衞卫 敎教 鄕乡 鎭镇 靑青 尙尚 緖绪 郞郎 淸清 黒黑 歩步 徳德 増增 "
    "槪概 値值 鬭斗 鬪斗 塲场 圗图 姸妍 硏研 汚污 賛赞 鑚钻 燄焰 効效 傚效 寳宝 寶宝 隣邻 髙高 呉吴 曁暨 徧遍 "
    "氷冰 畧略 畱留 甎砖 痺痹 聨联 聫联 脇胁 脃脆 觧解 譌讹 銕铁 鉄铁 隄堤 駡骂 麄粗 黙默 髪发 覧览 囯国 蔵藏 "
    "竜龙 碁棋 凖准 斉齐 歯齿 亀龟 戸户 産产 説说 税税 彛彝 寕宁 窓窗 窻窗 窰窑 陜陕 溼湿 濶阔 舩船"
)
CJK_BLOCKS = (
    (0x2E80, 0x2EF3),  # CJK Radicals Supplement
    (0x2F00, 0x2FD5),  # Kangxi Radicals
    (0x3400, 0x4DBF),  # Extension A
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),  # Compatibility Ideographs
    (0x20000, 0x3FFFD),  # all further extensions and the compatibility supplement
)


@dataclass(frozen=True, slots=True)
class County:
    """A county-level division and its townships, in the order of their codes."""

    path: str
    names: tuple[str, ...]


# --- Gazetteer ------------------------------------------------------------------------------


def read_table(package: Path, table: str) -> list[dict[str, str]]:
    with (package / "dist" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["code"])


def region_path(*levels: str) -> str:
    """Join the levels, without fillers and without a level that repeats the one above."""
    path: list[str] = []
    for level in levels:
        if level not in FILLERS and level not in path[-1:]:
            path.append(level)
    return "/".join(path)


def without_brackets(name: str) -> str:
    """Return the name outside brackets or, if a township stands inside them, that."""
    name = ZONE_BEFORE.sub("", BRACKET_BEFORE.sub("", name))
    match = BRACKET_AFTER.match(name)
    if match is None:
        return name
    return match["inside" if TOWNSHIP.match(match["inside"]) else "outside"]


def without_region(name: str, path: str) -> str:
    """Take the township's own regions away: 四平市铁东区山门镇 is 山门镇, 芒市镇 stays."""
    for prefix in (*path.split("/"), *PREFIXES):
        rest = name.removeprefix(prefix)
        if TOWNSHIP.match(rest):
            name = rest
    return name


def township_name(printed: str, path: str) -> str | None:
    """Return the name to keep for one entry of this county's code list, if any."""
    bare = without_brackets("".join(printed.split()))
    name = without_region(SPECIAL.sub("", STREET_OFFICE.sub("", bare)), path)
    # 街道, 城区, 永兴: two characters without 镇 or 乡 are a word or a stem, no name.
    too_short = len(name) < 2 or (len(name) == 2 and name[-1] not in "镇乡")
    is_county = path.endswith(f"/{name}")
    return None if too_short or is_county or NO_TOWNSHIP.search(name) else name


def read_counties(package: Path) -> list[County]:
    provinces = {row["code"]: row["name"] for row in read_table(package, "provinces")}
    cities = {row["code"]: row["name"] for row in read_table(package, "cities")}
    entries: defaultdict[str, list[str]] = defaultdict(list)
    for row in read_table(package, "streets"):
        entries[row["areaCode"]].append(row["name"])
    counties = []
    for row in read_table(package, "areas"):
        path = region_path(provinces[row["provinceCode"]], cities[row["cityCode"]], row["name"])
        names = (township_name(printed, path) for printed in entries[row["code"]])
        counties.append(County(path, tuple(dict.fromkeys(name for name in names if name))))
    return counties


def code_list_date(package: Path) -> str:
    """Find in the package's README which edition of the code list it holds."""
    readme = (package / "README.md").read_text(encoding="utf-8")
    match = re.search(r"(\d{4})年统计用区划代码.*?截止时间：([\d-]+)，发布时间：([\d-]+)", readme)
    if match is None:
        message = f"{package / 'README.md'} names no edition of the code list"
        raise ValueError(message)
    year, closed, published = match.groups()
    return f"{year} edition, as of {closed}, published {published}"


def gazetteer_file(package: Path, counties: Iterable[County]) -> str:
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    header = [
        "Townships of China by county: 镇 乡 街道 苏木, and the farms and zones among them.",
        f"Source: npm {about['name']} {about['version']}, from the National Bureau of Statistics'",
        f"codes of divisions: {code_list_date(package)}. Renamings after that day are missing,",
        "and so are names given up before it.",
        f"Licence: {about['license']} in its package.json (its LICENSE file: WTFPL version 2).",
        f"Made by: {COMMAND}",
        "Line: province/city/county TAB names, one space between them; by division code.",
        "A county that has no township of its own stands without TAB.",
    ]
    lines = (
        f"{county.path}\t{' '.join(county.names)}" if county.names else county.path
        for county in counties
    )
    return with_header(header, lines)


# --- Folding --------------------------------------------------------------------------------


def pairs(text: str) -> dict[str, str]:
    return {pair[0]: pair[1] for pair in text.split()}


def make_fold() -> Fold:
    """Return the function that folds one character, repeated until nothing changes."""
    import opencc  # needed only to build

    convert: Fold = opencc.OpenCC("t2s").convert
    own = pairs(RADICALS) | pairs(VARIANTS)

    def step(char: str) -> str:
        if char in own:
            return own[char]
        return convert(unicodedata.normalize("NFKC", char))

    def fold(char: str) -> str:
        seen = [char]
        while len(folded := step(seen[-1])) == 1 and folded not in seen:
            seen.append(folded)
        return seen[-1]

    return fold


IN_NAMES = "乾鴜"
"""Characters that stay: they stand in names (乾县, 鴜鹭树镇) and hardly anywhere else."""


def folding_table(fold: Fold) -> dict[str, str]:
    chars = (chr(code) for first, last in CJK_BLOCKS for code in range(first, last + 1))
    return {
        char: folded for char in chars if (folded := fold(char)) != char and char not in IN_NAMES
    }


def traditional_file(table: Mapping[str, str]) -> str:
    header = [
        "Traditional, variant, compatibility and radical forms, one character to one.",
        f"Source: PyPI opencc {importlib.metadata.version('opencc')}, t2s, each character by itself"
        " after NFKC; variants and radicals",
        "(Unicode's EquivalentUnifiedIdeograph) from the lists in the script.",
        "Licence: Apache-2.0 (opencc), Unicode-3.0 (radicals).",
        f"Made by: {COMMAND}",
        "Line: simplified TAB the characters that fold to it; by code point.",
        "Fold both sides of a comparison: 覆 becomes 复 also where it is right.",
    ]
    return with_header(header, grouped((folded, char) for char, folded in table.items()))


# --- Syllables ------------------------------------------------------------------------------


def is_cjk(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK UNIFIED IDEOGRAPH") or char == "〇"


def gb2312_chars() -> set[str]:
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return set("".join(cell.decode("gb2312", errors="ignore") for cell in cells))


def common_chars(counties: Iterable[County], fold: Fold) -> set[str]:
    """Return GB2312 and every character of the gazetteer, as printed and folded."""
    placed = {char for county in counties for char in county.path + "".join(county.names)}
    usual = gb2312_chars() | placed
    return {char for char in usual | {fold(char) for char in usual} if is_cjk(char)}


def readings(chars: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield syllable and character for every reading of every character."""
    from pypinyin import Style, pinyin  # needed only to build

    for char in chars:
        found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
        for syllable in {reading for word in found for reading in word}:
            plain = syllable.replace("ü", "v").replace("ê", "e")
            if plain.isascii() and plain.isalpha():
                yield plain, char


def syllables_file(chars: Iterable[str]) -> str:
    header = [
        "Readings of the characters in common use (GB2312) and in the gazetteer, without tones.",
        f"Source: PyPI pypinyin {importlib.metadata.version('pypinyin')}, heteronyms included.",
        "Licence: MIT.",
        f"Made by: {COMMAND}",
        "Line: syllable (ü is v) TAB its characters; by syllable, then by code point.",
    ]
    return with_header(header, grouped(readings(chars)))


# --- Files ----------------------------------------------------------------------------------


def grouped(items: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each key, with its characters in order."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for key, char in items:
        groups[key].add(char)
    return [f"{key}\t{''.join(sorted(chars))}" for key, chars in sorted(groups.items())]


def with_header(header: Iterable[str], lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in [*(f"# {text}" for text in header), *lines])


def build(package: Path) -> dict[str, str]:
    """Return the text of each file by its name."""
    counties = read_counties(package)
    fold = make_fold()
    return {
        "gazetteer.tsv": gazetteer_file(package, counties),
        "syllables.tsv": syllables_file(common_chars(counties, fold)),
        "traditional.tsv": traditional_file(folding_table(fold)),
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--china-division",
        type=Path,
        required=True,
        metavar="DIR",
        help="the unpacked npm package: the directory that holds package.json",
    )
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, metavar="DIR", help="default: %(default)s"
    )
    options = parser.parse_args(argv)
    for name, text in build(options.china_division).items():
        (options.output / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{options.output / name}: {text.count(chr(10))} lines\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
