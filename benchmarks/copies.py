"""A folder of text reports to measure on: the bundled ones again and again, each as another's.

A real folder holds no report twice. What thousands of reports do share stays shared: the form's
labels, its rows of nothing but 0, the headings. What differs from report to report differs here
too: the issuer and its county, the year, the telephone, every other figure of table and text.
A cache that knows whole sentences gains nothing, one that knows the form what it gains anywhere.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

from knowledge.gazetteer import load_gazetteer

EXAMPLES = Path(__file__).parents[1] / "examples" / "reports"
FIRST_YEAR = 2008
YEARS = 16

_NAMES = {
    "guanpo-2023": ("官坡镇", "卢氏县"),
    "hanconggou-2021": ("寒葱沟镇", "抚远市"),
    "jingzhi-2020": ("景芝镇", "安丘市"),
    "muer-2019": ("木耳镇", "渝北区"),
    "nanzhuang-2020": ("南庄镇", "孟州市"),
}
_YEAR = re.compile(r"(?<!\d)20\d\d(?=年)")
_PHONE = re.compile(r"(?<=0\d{3}-)\d{7}")
_COUNTED = re.compile(r"(?<![\d.])[1-9]\d*(?:\.\d+)?(?=[条件次期篇人份] ?| \|)")
"""A figure of a cell or before a classifier; no percentage, no date and no number of a line."""


def make_copies(folder: Path, reports: int, first: int = 0) -> None:
    """Writes so many reports and their manifest; the same ones every time.

    `first`: the number of the first of them; no two numbers have the same issuer. All counts of a report are multiplied by one number, so that what added up still does.
    """
    folder.mkdir()
    texts = [(path.stem, path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.md"))]
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "entity", "region", "year"])
        towns = islice(_towns(), first, first + reports)
        for number, (town, region) in enumerate(towns, first):
            name, text = texts[number % len(texts)]
            year = FIRST_YEAR + number % YEARS
            copy = _as_another(text, name, town, region, year, number)
            (folder / f"{number:04}.md").write_text(copy, "utf-8", newline="")
            writer.writerow([f"{number:04}.md", town, region, year])


def _towns() -> Iterator[tuple[str, str]]:
    gazetteer = load_gazetteer()
    for region in sorted({path for paths in gazetteer.regions.values() for path in paths}):
        if region.count("/") == 2:
            for town in gazetteer.towns_of(region)[:2]:
                yield town, region


def _as_another(text: str, name: str, town: str, region: str, year: int, number: int) -> str:
    own_town, own_county = _NAMES[name]
    later = year - int(name.rpartition("-")[2])
    times = 1 + number // len(_NAMES)
    text = text.replace(own_town, town).replace(own_county, region.rpartition("/")[2])
    text = text.replace("我镇", "我街道" if town.endswith("街道") else f"我{town[-1]}")
    text = _PHONE.sub(lambda match: str((int(match[0]) + 7919 * number) % 10**7).zfill(7), text)
    text = _YEAR.sub(lambda match: str(int(match[0]) + later), text)
    return _COUNTED.sub(lambda match: str(Decimal(match[0]) * times), text)
