"""All township-level divisions of China with the region each stands in; regions by name.

From `data/gazetteer.tsv`, whose head says where it comes from and of which date. It is a
help, no whitelist: an issuer that it lacks is stored and found all the same.
"""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.text import data_text, fold, fold_characters, squeeze
from knowledge.words import load_words

_OFFICE = re.compile(r"(?:(?:人民)?政府(?:办公室|机关)?|党政(?:综合)?办公室|党政办|办公室|委员会)$")
_STREET = re.compile(r"街(?:道)?(?:办事处|办)?$")
_REGION_ENDS = re.compile(
    r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|省|市|县|区|旗|盟)$"
)
ISSUER_ENDS = (
    "镇", "乡", "街道", "苏木", "地区", "农场", "林场", "牧场", "园艺场", "管委会", "管理委员会",
    "局", "委", "厅", "办事处", "开发区", "园区", "县", "市", "区", "旗",
)  # fmt: skip


class Gazetteer:
    """Names of towns to the regions that have one; names of regions to their paths.

    All names are folded (`knowledge.text.fold`); a region is a path like `山东省/潍坊市/安丘市`.
    """

    def __init__(self, text: str) -> None:
        self._towns: dict[str, list[str]] = {}
        self._counts: dict[str, int] | None = None
        regions: dict[str, dict[str, None]] = {}
        for line in fold_characters(text).splitlines():
            if not line or line.startswith("#"):
                continue
            path, _, names = line.partition("\t")
            segments = path.split("/")
            for depth, segment in enumerate(segments, 1):
                regions.setdefault(segment, {})["/".join(segments[:depth])] = None
            for name in names.split():
                self._towns.setdefault(name, []).append(path)
        everywhere = {path for paths in regions.values() for path in paths}
        self._parents = {path.rsplit("/", 1)[0] for path in everywhere if path.count("/") == 2}
        shorts: dict[str, dict[str, None]] = {}
        for name, paths in regions.items():
            short = short_region(name)
            if short != name:
                shorts.setdefault(short, {}).update(paths)
        for name, paths in shorts.items():
            regions.setdefault(name, {}).update(paths)
        self.regions = {name: tuple(paths) for name, paths in regions.items()}
        self._longest_region = max(map(len, self.regions), default=0)
        self.longest_town = max(map(len, self._towns), default=0)

    def __contains__(self, name: str) -> bool:
        return name in self._towns

    def regions_of(self, name: str) -> tuple[str, ...]:
        """The regions that have a town of this exact name; empty if there is none in China."""
        return tuple(dict.fromkeys(self._towns.get(fold(name), ())))

    def has_counties(self, region: str) -> bool:
        """Whether a region path is a prefecture: a level above counties, none itself."""
        return fold(region) in self._parents

    def town_count(self, region: str) -> int:
        """How many towns a region has by the gazetteer; 0 if it has none of that path."""
        if self._counts is None:
            counts: dict[str, int] = {}
            for paths in self._towns.values():
                for path in paths:
                    counts[path] = counts.get(path, 0) + 1
            self._counts = counts
        path = fold(region)
        inside = path + "/"
        return sum(n for own, n in self._counts.items() if own == path or own.startswith(inside))

    def towns_of(self, region: str) -> list[str]:
        """The names of a region's towns, in the order of their codes."""
        return [name for name, paths in self._towns.items() if region in paths]

    def region_at(self, text: str, start: int) -> str | None:
        """The longest name of a region, full or short, that a folded text has at `start`."""
        for length in range(min(self._longest_region, len(text) - start), 1, -1):
            name = text[start : start + length]
            if name in self.regions:
                return name
        return None

    def paths_of(self, written: str) -> list[str]:
        """The regions that a path may mean, with or without slashes, from the large to the small.

        Levels may be left out (`河南省孟州市`); none if a part of it is no known region.
        """
        folded = squeeze(fold(written)).strip("/")
        parts = [part for part in folded.split("/") if part]
        if len(parts) == 1 and folded not in self.regions:
            parts, start = [], 0
            while start < len(folded):
                found = self.region_at(folded, start)
                if found is None:
                    return []
                parts.append(found)
                start += len(found)
        if not parts:
            return []
        return [
            path
            for path in self.regions.get(parts[-1], ())
            if all(self.contains(path, part) for part in parts)
        ]

    def contains(self, region: str, name: str) -> bool:
        """Whether a region path lies in (or is) the region of that full or short name."""
        folded = fold(region)
        return any(
            folded == path or folded.startswith(path + "/")
            for path in self.regions.get(fold(name), ())
        )


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The gazetteer, loaded once (about 20 ms)."""
    return Gazetteer(data_text("gazetteer.tsv"))


@lru_cache(maxsize=4096)
def short_region(name: str) -> str:
    """The short form of a region's name; the name itself where nothing usable is left.

    >>> short_region("山东省"), short_region("恩施土家族苗族自治州"), short_region("内蒙古自治区"), short_region("忠县")
    ('山东', '恩施', '内蒙古', '忠县')
    """
    short = _REGION_ENDS.sub("", name)
    if name.endswith(("自治区", "自治州", "自治县", "自治旗")):
        peoples = sorted(load_words().regions.peoples, key=len, reverse=True)
        stripped = True
        while stripped:
            stripped = False
            for people in peoples:
                for ending in (people + "族", people):
                    if short.endswith(ending) and len(short) - len(ending) >= 2:
                        short = short[: -len(ending)]
                        stripped = True
                        break
                if stripped:
                    break
    return short if len(short) >= 2 else name


def issuer_name(printed: str) -> str | None:
    """The key name of an issuer: without 人民政府, 办事处 and the like; None if it is no issuer.

    One authority signs as X镇, X镇人民政府, X镇政府; a 街道 as X街, X街办, X街道办事处
    (field-notes, section 1).

    >>> issuer_name("景芝镇人民政府办公室"), issuer_name("鼓楼街办"), issuer_name("临泽县自然资源局"), issuer_name("全体")
    ('景芝镇', '鼓楼街道', '临泽县自然资源局', None)
    """
    name = squeeze(printed)
    bare = _OFFICE.sub("", name) if not name.endswith(("管理委员会", "管委会")) else name
    if len(bare) >= 2 and _STREET.search(bare):
        bare = _STREET.sub("街道", bare)
    elif bare.endswith(("镇办事处", "乡办事处", "苏木办事处")):
        bare = bare.removesuffix("办事处")
    if not 2 <= len(bare) <= 24 or not re.fullmatch(r"[\u3400-\u9fff·]+", bare):
        return None
    return bare if bare.endswith(ISSUER_ENDS) else None
