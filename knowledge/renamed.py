"""Divisions that have another name today, from `data/renamed.tsv`: old names lead to new ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.errors import DataError
from knowledge.text import data_text

FILE = "renamed.tsv"
FIRST_YEAR, LAST_YEAR = 1949, 2100


@dataclass(frozen=True, slots=True)
class Renaming:
    """One change: both paths (`山东省/滨州市/邹平县`), the year decided, and its kind.

    `merged`: the old division became a part of the new one, whose figures are not its own.
    """

    old: str
    new: str
    year: int
    kind: Literal["renamed", "merged"]

    @property
    def old_name(self) -> str:
        return self.old.rsplit("/", 1)[-1]

    @property
    def new_name(self) -> str:
        return self.new.rsplit("/", 1)[-1]

    @property
    def merged(self) -> bool:
        return self.kind == "merged"


def read_renamings(text: str) -> tuple[Renaming, ...]:
    """The changes in a file's text, in order.

    Raises: DataError naming the line: four columns, paths of two levels or more, a year, a
    kind, no old path twice, and no old path that is somebody's path today in the same file.
    """
    found: dict[str, Renaming] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        place = f"第 {number} 行"
        columns = line.split("\t")
        if len(columns) != 4:
            raise DataError(FILE, place, "应为四列：旧路径、今路径、年份、renamed 或 merged")
        old, new, year, kind = columns
        if "/" not in old or "/" not in new or old == new:
            raise DataError(FILE, place, "路径应为 省/市/县，新旧不同")
        if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year) <= LAST_YEAR):
            raise DataError(FILE, place, f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
        if kind != "renamed" and kind != "merged":
            raise DataError(FILE, place, "最后一列应为 renamed 或 merged")
        if old in found:
            raise DataError(FILE, place, "旧路径写了两次")
        found[old] = Renaming(old, new, int(year), "merged" if kind == "merged" else "renamed")
    for renaming in found.values():
        if renaming.new in found:
            raise DataError(FILE, renaming.new, "今路径在别的行里又是旧路径，应直接写最新的")
    return tuple(found.values())


@lru_cache(maxsize=1)
def load_renamings() -> tuple[Renaming, ...]:
    """All changes, loaded once. Raises: DataError if a line is not as it should be."""
    return read_renamings(data_text(FILE))
