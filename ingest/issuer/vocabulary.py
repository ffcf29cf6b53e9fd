"""The words by which reports say whose they are, from `knowledge/data/identity.toml`."""

from __future__ import annotations

import re
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from knowledge.tables import load_table


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TitleWords(_Part):
    subjects: tuple[str, ...]
    kinds: tuple[str, ...]
    not_reports: tuple[str, ...]
    issued_again: tuple[str, ...]
    labels: tuple[str, ...]
    verbs: tuple[str, ...]


class IssuerWords(_Part):
    offices: tuple[str, ...]
    places: tuple[str, ...]
    bodies: tuple[str, ...]
    not_names: tuple[str, ...]
    not_in_names: tuple[str, ...]
    zone_words: tuple[str, ...]
    zone_ends: tuple[str, ...]
    not_in_towns: tuple[str, ...]
    zones: tuple[str, ...]


class SelfWords(_Part):
    words: tuple[str, ...]
    loose: tuple[str, ...]
    no_towns: tuple[str, ...]


class OtherWords(_Part):
    before: tuple[str, ...]


class PreambleWords(_Part):
    anchors: tuple[str, ...]
    firm_anchors: tuple[str, ...]


class AddressWords(_Part):
    labels: tuple[str, ...]
    ends: tuple[str, ...]
    not_in_address: tuple[str, ...]


class PageWords(_Part):
    published: tuple[str, ...]
    published_too: tuple[str, ...]
    publisher: tuple[str, ...]


class IdentityWords(_Part):
    """Everything in `identity.toml`; the comments there say what each list is for."""

    titles: TitleWords
    issuers: IssuerWords
    themselves: SelfWords
    others: OtherWords
    preamble: PreambleWords
    addresses: AddressWords
    page: PageWords
    names: dict[str, str]


@lru_cache(maxsize=1)
def identity_words() -> IdentityWords:
    """The words, loaded once. Raises: DataError if the file does not fit its shape."""
    return load_table("identity.toml", IdentityWords)


def one_of(words: tuple[str, ...]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
