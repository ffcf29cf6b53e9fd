"""Addresses in running text: they say where an office stands, not whose report it is.

余干县财政局（地址：余干县玉亭镇世纪大道1号） stands in 玉亭镇 and is no part of it; so a town that
an address names can give an issuer its county, but never decides who the issuer is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.issuer.vocabulary import identity_words, one_of

MAX_ADDRESS = 40
"""Characters of an address behind its label."""

_STOPS = r",。;:()|\n"


@lru_cache(maxsize=1)
def _address() -> re.Pattern[str]:
    words = identity_words().addresses
    labelled = rf"(?:{one_of(words.labels)})(?:为|是|在|位于)*[:|]?[^{_STOPS}]{{2,{MAX_ADDRESS}}}"
    # A stretch between two marks that ends in a house number or a road is one without its label.
    verbs = one_of(words.not_in_address)
    end = rf"\d{{1,5}}(?:[-—]\d+)?号(?!文|令)|(?:{one_of(words.ends)})(?=[{_STOPS}]|$)"
    unlabelled = rf"(?<=[{_STOPS}])(?:(?!{verbs})[^{_STOPS}\d]){{4,{MAX_ADDRESS}}}(?:{end})"
    return re.compile(f"{labelled}|{unlabelled}")


@lru_cache(maxsize=1)
def _signs() -> re.Pattern[str]:
    """What every address has one of; most sentences have none."""
    words = identity_words().addresses
    return re.compile(one_of(("号", *words.labels, *words.ends)))


def part_addresses(text: str) -> tuple[str, tuple[str, ...]]:
    """A folded text with a bar in place of every address, and the addresses.

    >>> part_addresses("请与官坡镇政府联系(地址:卢氏县官坡镇前街1号,电话:123)。")
    ('请与官坡镇政府联系(|,电话:123)。', ('地址:卢氏县官坡镇前街1号',))
    """
    if not _signs().search(text):
        return text, ()
    found = tuple(match[0] for match in _address().finditer(text))
    return (_address().sub("|", text), found) if found else (text, ())
