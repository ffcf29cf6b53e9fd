"""The region of an issuer: which of the places in China with its name is meant."""

from __future__ import annotations

import re

from ingest.issuer.issuers import REGION_LEVELS, Issuer, is_place, is_region
from ingest.issuer.vocabulary import identity_words
from ingest.issuer.zones import is_nowhere_zone
from knowledge.gazetteer import load_gazetteer
from knowledge.text import squeeze


def region_given(issuer: Issuer, given: str) -> str:
    """The region that the manifest gives: of several that it may mean the one with such a town."""
    gazetteer = load_gazetteer()
    paths = gazetteer.paths_of(given)
    if len(paths) > 1:
        candidates = gazetteer.regions_of(issuer.name)
        paths = tuple([path for path in paths if path in candidates])
    return paths[0] if len(paths) == 1 else squeeze(given)


def region_of(issuer: Issuer, nearby: str, text: str) -> str | None:
    """The region path of an issuer, None where nothing certain tells it.

    What stands in front of the name tells it; then the gazetteer where one place in China has
    the name. Of several places the one decides whose
    county or prefecture `nearby` names (page furniture, address, signature: what the report
    says of itself), else the only one whose county `text` names, and not as somebody else's.
    """
    gazetteer = load_gazetteer()
    candidates = list(gazetteer.regions_of(issuer.name))
    if is_region(issuer.name):
        own = gazetteer.paths_of("/".join((*issuer.regions, issuer.name)))
        return _above_counties(own[0]) if len(own) == 1 else None
    if issuer.regions or not is_place(issuer.name):
        return _region_in_front(issuer, candidates)
    named = _named(candidates, nearby)
    if len(candidates) == 1:
        return candidates[0] if named or not _other_county(nearby, candidates[0]) else None
    if not named:
        named = [c for c in candidates if _says_own(c.rsplit("/", 1)[-1], text)]
    return named[0] if len(named) == 1 else None


def _region_in_front(issuer: Issuer, candidates: list[str]) -> str | None:
    gazetteer = load_gazetteer()
    regions = issuer.regions
    if not regions:
        if is_nowhere_zone(issuer.name):
            return None
        found = gazetteer.region_at(issuer.name, 0)
        regions = (found,) if found is not None and found.endswith(REGION_LEVELS) else ()
    for part in regions:
        candidates = [c for c in candidates if gazetteer.contains(c, part)]
    if len(candidates) == 1:
        return candidates[0]
    paths = gazetteer.paths_of("/".join(regions)) if regions else []
    return _above_counties(paths[0]) if len(paths) == 1 else None


def _above_counties(path: str) -> str:
    """The region of what a prefecture issues itself: its province, since the last segment of a
    path is a county (`Entity.county`) and 宿州市 belongs to none."""
    return path.rsplit("/", 1)[0] if load_gazetteer().has_counties(path) else path


def named_near(name: str, nearby: str) -> list[str]:
    """The regions with a town of this name that a text about the issuer's place names."""
    return _named(list(load_gazetteer().regions_of(name)), nearby)


def _named(candidates: list[str], nearby: str) -> list[str]:
    """The candidates whose county, else whose prefecture `nearby` names in full."""
    if not nearby:
        return []
    for depth in (1, 2):
        found = [
            candidate
            for candidate in candidates
            if len(parts := candidate.split("/")) > depth and parts[-depth] in nearby
        ]
        if found:
            return found
    return []


def _other_county(nearby: str, region: str) -> bool:
    """Whether the page names a county, and not this one: then the name's only known place in
    China is not the one meant (a new or renamed town)."""
    gazetteer = load_gazetteer()
    county = False
    for match in re.finditer(r"[\u4e00-\u9fff]{1,10}?(?:自治县|县|旗|区|市)", nearby):
        for start in range(match.start(), match.end() - 1):
            paths = gazetteer.regions.get(nearby[start : match.end()], ())
            if any(path == region or region.startswith(path + "/") for path in paths):
                return False
            if any(path.count("/") == 2 for path in paths):
                county = True
                break
    return county


def _says_own(county: str, text: str) -> bool:
    """Whether a text names a county other than as somebody else's (`学习孟州市的经验`)."""
    before = identity_words().others.before
    at = text.find(county)
    while at >= 0:
        clause = re.split(r"[,。;:、\n]", text[max(0, at - 6) : at])[-1]
        if not any(word in clause for word in before):
            return True
        at = text.find(county, at + 1)
    return False
