"""Zones that no place names: 经济开发区管委会 is in every county, and so is its 财政局.

A name that begins with nothing but words for what a zone is for (`zone_words` of identity.toml)
is nobody's until another witness says whose; the gazetteer has some of these names, but that one
county's is the only one listed does not make every other county's its own.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.issuer.vocabulary import identity_words, one_of
from knowledge.gazetteer import load_gazetteer


@lru_cache(maxsize=1)
def _nowhere() -> re.Pattern[str]:
    words = identity_words().issuers
    return re.compile(
        rf"[省市县区旗州盟]?(?:{one_of(words.zone_words)})+(?:{one_of(words.zone_ends)})"
    )


@lru_cache(maxsize=1)
def _ends() -> tuple[str, ...]:
    return (*identity_words().issuers.zone_ends, "管委会", "管理委员会")


def is_nobody(name: str) -> bool:
    """Whether a name is nothing but such a zone: that says nothing at all, while its 财政局 may
    stand beside the same one with its place.

    >>> is_nobody("经济开发区管委会"), is_nobody("高新区财政局")
    (True, False)
    """
    if not name.endswith(_ends()):
        return False
    match = _nowhere().match(name)
    behind = name[match.end() :] if match is not None else name
    return behind in ("", "管委会", "管理委员会") and is_nowhere_zone(name)


def is_nowhere_zone(name: str) -> bool:
    """Whether a name begins with a zone of which it does not say where it is.

    >>> is_nowhere_zone("经济开发区管委会"), is_nowhere_zone("高新区财政局"), is_nowhere_zone("管委会")
    (True, True, True)
    >>> is_nowhere_zone("荣成经济开发区管委会"), is_nowhere_zone("滨海新区"), is_nowhere_zone("财政局")
    (False, False, False)
    """
    if name in ("管委会", "管理委员会"):
        return True
    region = load_gazetteer().region_at(name, 0)
    if region is not None and load_gazetteer().is_full_name(region):
        return False
    return _nowhere().match(name) is not None
