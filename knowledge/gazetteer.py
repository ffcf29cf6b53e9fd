"""All township-level divisions of China with the region each stands in; regions by name.

From `data/gazetteer.tsv`, whose head says where it comes from and of which date. It is a
help, no whitelist: an issuer that it lacks is stored and found all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.name_forms import MIN_STEM, STREETS, split_key, split_name, without_people
from knowledge.renamed import Renaming, load_renamings
from knowledge.text import data_text, fold, fold_characters, solid, squeeze
from knowledge.words import load_words

_OFFICE = re.compile(r"(?:(?:人民)?政府(?:办公室|机关)?|党政(?:综合)?办公室|党政办|办公室|委员会)$")
_STREET = re.compile(r"街(?:道)?(?:办事处|办)?$")
_REGION_ENDS = re.compile(
    r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|省|市|县|区|旗|盟)$"
)
MAX_KNOWN_PATHS = 4096
"""Written regions that are remembered: a manifest has one a county, of which China has 2,900."""

_STREET_ENDS = frozenset(form[-1] for form in STREETS)
ISSUER_ENDS = (
    "镇", "乡", "街道", "苏木", "地区", "农场", "林场", "牧场", "园艺场", "管委会", "管理委员会",
    "局", "委", "厅", "办事处", "开发区", "园区", "县", "市", "区", "旗",
)  # fmt: skip


MAX_REGIONS = 10_000
"""Paths of regions whose names of today are kept; China has three thousand counties."""


class Gazetteer:
    """Names of towns to the regions that have one; names of regions to their paths.

    Names are looked up folded (`knowledge.text.fold`); a region is a path like
    `山东省/潍坊市/安丘市`, as printed. Old names of regions lead to those of today.
    """

    def __init__(self, text: str, renamings: Sequence[Renaming] = ()) -> None:
        self._towns: dict[str, list[str]] = {}
        self.by_region: dict[str, tuple[str, ...]] = {}
        """The names of each county's own towns, as printed, in the order of their codes."""
        self._counts: dict[str, int] = {}
        self._current: dict[str, str] = {}
        self._folded_paths: dict[str, tuple[str, ...]] = {}
        self._without_people: dict[str, list[tuple[str, str]]] = {}
        regions: dict[str, dict[str, None]] = {}
        folded = fold_characters(text).replace("（", "(").replace("）", ")")
        for line, key in zip(text.splitlines(), folded.splitlines(), strict=True):
            if not line or line.startswith("#"):
                continue
            path, _, names = line.partition("\t")
            key_path, _, keys = key.partition("\t")
            printed = path.split("/")
            for depth, segment in enumerate(key_path.split("/"), 1):
                regions.setdefault(segment, {})["/".join(printed[:depth])] = None
            self.by_region[path] = tuple(names.split())
            for name in keys.split():
                self._towns.setdefault(name, []).append(path)
                if "族" in name and (bare := without_people(name)) is not None:
                    self._without_people.setdefault(bare, []).append((name, path))
        everywhere = {path for paths in regions.values() for path in paths}
        self._parents = {path.rsplit("/", 1)[0] for path in everywhere if path.count("/") == 2}
        self._full = set(regions)
        shorts: dict[str, dict[str, None]] = {}
        for name, paths in regions.items():
            short = short_region(name)
            if short != name:
                shorts.setdefault(short, {}).update(paths)
        for name, paths in shorts.items():
            regions.setdefault(name, {}).update(paths)
        # 大通县 is what people call 大通回族土族自治县, where no other county has that name.
        spoken: dict[str, dict[str, None]] = {}
        for name in self._full:
            for long, end in (("自治县", "县"), ("自治旗", "旗"), ("自治州", "州")):
                if name.endswith(long):
                    spoken.setdefault(short_region(name) + end, {}).update(regions[name])
        for name, paths in spoken.items():
            if name not in regions:
                self._full.add(name)
                regions[name] = paths
        self._renamed = {fold(renaming.old): renaming for renaming in renamings}
        self.old_towns: dict[str, list[Renaming]] = {}
        """Renamings of towns by their old name, folded."""
        for old, renaming in self._renamed.items():
            name = old.rsplit("/", 1)[-1]
            if split_name(name)[1]:
                self.old_towns.setdefault(name, []).append(renaming)
            elif renaming.new in everywhere:
                known = name in regions
                self._full.add(name)
                regions.setdefault(name, {})[renaming.new] = None
                if not known and short_region(name) not in regions:
                    regions[short_region(name)] = {renaming.new: None}
        self.regions = {name: tuple(paths) for name, paths in regions.items()}
        self._region_sizes: dict[str, list[int]] = {}
        for name in sorted(self.regions, key=len, reverse=True):
            sizes = self._region_sizes.setdefault(name[:2], [])
            if len(name) not in sizes:
                sizes.append(len(name))
        self._paths_known: dict[str, tuple[str, ...]] = {}
        self.longest_town = max(map(len, self._towns), default=0)
        self.town_ends = {name[-1] for name in self._towns} | {form[-1] for form in STREETS}
        """The last characters of all names that `regions_meant` knows."""

    def __contains__(self, name: str) -> bool:
        return name in self._towns

    def regions_of(self, name: str) -> tuple[str, ...]:
        """The regions that have a town of this exact name; empty if there is none in China."""
        return tuple(dict.fromkeys(self._towns.get(fold(name), ())))

    def regions_meant(self, name: str) -> tuple[str, ...]:
        """The regions that have a town which a folded name may mean: of this very name, else a
        street under another ending, else a people's town without its people."""
        paths = self._towns.get(name)
        if paths is None and name[-1:] in _STREET_ENDS:
            stem, suffix = split_key(name)
            paths = self._towns.get(stem + suffix) if len(stem) >= MIN_STEM else None
        if paths is None:
            bare = without_people(name) if name.endswith("民族乡") else name
            paths = [path for _, path in self._without_people.get(bare or "", ())]
        return tuple(dict.fromkeys(paths)) if paths else ()

    def full_names(self, name: str, region: str) -> list[str]:
        """The names, with their people, of a region's towns that have this name without them."""
        return [
            full
            for full, path in self._without_people.get(name, ())
            if fold(path) == self.current(region)
        ]

    def has_counties(self, region: str) -> bool:
        """Whether a region path is a prefecture: a level above counties, none itself."""
        return region in self._parents

    def town_count(self, region: str, endings: tuple[str, ...] = ("",)) -> int:
        """How many towns whose names end so a region and all in it have; 0 if there is no region
        of that path."""
        own = self.current(region)
        inside = own + "/"
        if "" not in endings:
            return sum(
                name.endswith(endings)
                for path, names in self.by_region.items()
                if fold(path) == own or fold(path).startswith(inside)
                for name in names
            )
        if not self._counts:
            self._counts = {fold(path): len(names) for path, names in self.by_region.items()}
        return sum(n for path, n in self._counts.items() if path == own or path.startswith(inside))

    def towns_of(self, region: str) -> list[str]:
        """The names of a region's own towns, in the order of their codes."""
        return list(self.by_region.get(region, ()))

    def region_at(self, text: str, start: int) -> str | None:
        """The longest name of a region, full or short, that a folded text has at `start`."""
        for length in self._region_sizes.get(text[start : start + 2], ()):
            name = text[start : start + length]
            if name in self.regions:
                return name
        return None

    def is_full_name(self, region: str) -> bool:
        """Whether a folded name of a region is a whole one (孟州市), no short form (孟州)."""
        return region in self._full

    def paths_of(self, written: str) -> tuple[str, ...]:
        """The regions that a path may mean, with or without slashes, from the large to the small.

        Levels may be left out (`河南省孟州市`); none if a part of it is no known region.
        """
        known = self._paths_known.get(written)
        if known is None:
            if len(self._paths_known) >= MAX_KNOWN_PATHS:
                self._paths_known.clear()
            known = self._paths_known[written] = tuple(self._paths_of(written))
        return known

    def _paths_of(self, written: str) -> list[str]:
        folded = solid(written).strip("/")
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
            if (path == written and self.current(path) == folded)  # mostly it is a path as printed
            or all(self.contains(path, part) for part in parts)
        ]

    def folded_paths(self, name: str) -> tuple[str, ...]:
        """The paths of the regions of a full, short or old name, folded for comparison."""
        folded = fold(name)
        known = self._folded_paths.get(folded)
        if known is None:
            known = tuple(fold(path) for path in self.regions.get(folded, ()))
            if known:
                self._folded_paths[folded] = known
        return known

    def contains(self, region: str, name: str) -> bool:
        """Whether a region path lies in (or is) the region of that full, short or old name."""
        own = self.current(region)
        return any(own == path or own.startswith(path + "/") for path in self.folded_paths(name))

    def current(self, region: str) -> str:
        """A region path with the names of today, folded for comparison.

        >>> load_gazetteer().current("山东省/滨州市/邹平县")
        '山东省/滨州市/邹平市'
        """
        known = self._current.get(region)
        if known is None:
            if len(self._current) >= MAX_REGIONS:
                self._current.clear()
            known = self._current[region] = self._found_today(region)
        return known

    def _found_today(self, region: str) -> str:
        folded = fold(region)
        above = folded
        while above:
            renaming = self._renamed.get(above)
            if renaming is not None:
                return fold(renaming.new) + folded[len(above) :]
            above = above.rpartition("/")[0]
        return folded

    def merger(self, name: str, region: str) -> Renaming | None:
        """The merger by which a name of a region, long gone, leads to a region path; or None.

        None as well where the path has that name today.
        """
        folded, own = fold(name), self.current(region)
        if folded in (segment for path in own.split("/") for segment in (path, short_region(path))):
            return None
        for renaming in self._renamed.values():
            if renaming.merged and folded in (
                fold(renaming.old_name),
                short_region(fold(renaming.old_name)),
            ):
                new = fold(renaming.new)
                if own == new or own.startswith(new + "/"):
                    return renaming
        return None


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The gazetteer, loaded once (about 50 ms)."""
    return Gazetteer(data_text("gazetteer.tsv"), load_renamings())


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
