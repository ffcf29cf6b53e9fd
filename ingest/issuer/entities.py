"""The authority that a report is said to be of: its issuer with the county that it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.issuer.issuers import Issuer, is_bare, same_issuer, twin_of
from ingest.issuer.regions import named_near, region_given, region_of
from ingest.issuer.witnesses import Testimony, Text, places_near
from ingest.manifest import ManifestRow
from knowledge.errors import InputRejected
from knowledge.model import Entity
from knowledge.text import fold, solid

NAME_OF_WAY_OUT = "请在 manifest.csv 里写明"


def entity_of(
    chosen: Testimony,
    heard: Sequence[Testimony],
    row: ManifestRow | None,
    text: Text,
    file: str,
) -> Entity:
    """The issuer with its region, from all that agrees on the issuer and from the page."""
    issuer = chosen.issuer
    assert issuer is not None  # only witnesses of an issuer are chosen
    given = row.region if row else None
    if not issuer.regions and (given is None or is_bare(issuer.name)):
        issuer = _filled(issuer, heard, file)
    if given is not None:
        return Entity(issuer.name, region_given(issuer, given))
    said = [
        one.text
        for one in heard
        if one.kind in ("page", "page_title", "signature")
        and (one.issuer is None or same_issuer(one.issuer.name, issuer.name))
    ]
    nearby = fold("|".join([*said, places_near(text)]))
    manifest = bool(row and row.entity)
    if not manifest and not issuer.regions:
        twin = twin_of(issuer.name)
        said_so = twin is None or issuer.name in text.whole or issuer.name in solid(chosen.text)
        if twin is not None and not said_so:
            return _one_of_twins(issuer.name, twin, nearby, file)
    region = region_of(issuer, nearby, text.whole)
    if region is None and not manifest and is_bare(issuer.name):
        raise InputRejected(
            file, f"只写了“{issuer.name}”，没有写是哪个县市的，{NAME_OF_WAY_OUT} entity 和 region"
        )
    return Entity(issuer.name, region)


def _filled(issuer: Issuer, heard: Sequence[Testimony], file: str) -> Issuer:
    """An issuer without a region as the first witness names it that says more of it.

    Raises: InputRejected where its name says nothing and witnesses name two places.
    """
    fuller = [
        one.issuer
        for one in heard
        if one.issuer is not None
        and (one.issuer.regions or len(one.issuer.name) > len(issuer.name))
        and same_issuer(one.issuer.name, issuer.name)
    ]
    if not fuller:
        return issuer
    best = fuller[0]
    if not is_bare(issuer.name):
        return Issuer(issuer.name, best.regions)
    _only_one_meant(issuer.name, fuller, file)
    return Issuer(best.name, best.regions)


def _only_one_meant(name: str, fuller: Sequence[Issuer], file: str) -> None:
    """Raises: InputRejected if witnesses give a name without a place two places
    (经济开发区管委会: 荣成经济开发区管委会 and 平度经济开发区管委会)."""
    for one in fuller:
        if not same_issuer(one.name, fuller[0].name):
            raise InputRejected(
                file,
                f"分不清“{name}”是{fuller[0].name}还是{one.name}，{NAME_OF_WAY_OUT} entity 和 region",
            )


def _one_of_twins(name: str, twin: str, nearby: str, file: str) -> Entity:
    """东街办事处 is 东街道 in one county and 东街街道 in another: only the county tells."""
    found = [Entity(each, region) for each in (name, twin) for region in named_near(each, nearby)]
    if len(found) != 1:
        raise InputRejected(file, f"分不清是{name}还是{twin}，{NAME_OF_WAY_OUT} entity 和 region")
    return found[0]
