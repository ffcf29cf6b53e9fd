"""Harmless words, words of zero and of other years, from `data/words.toml`."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from knowledge.tables import load_table


class _Both(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...]


class _Lists(BaseModel):
    """What a list under a figure of one family can count; a family is the first word of an id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    head: str
    families: tuple[str, ...]


class _Reports(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...]
    zero: tuple[str, ...]
    other_years: tuple[str, ...]
    comparisons: tuple[str, ...]
    spans: tuple[str, ...]
    own_year: tuple[str, ...]
    plans: tuple[str, ...]
    bare: tuple[str, ...]
    under_whole: tuple[str, ...]
    verbs: tuple[str, ...]
    notes: tuple[str, ...]
    lists: tuple[_Lists, ...]


class _Others(BaseModel):
    """Subjects of sentences that are not the issuer of a town's report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bodies: tuple[str, ...]
    below: tuple[str, ...]
    above: tuple[str, ...]
    channels: tuple[str, ...]
    not_levels: tuple[str, ...]


class _Regions(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    peoples: tuple[str, ...]


class _Towns(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ordinary: tuple[str, ...]
    ranks: dict[str, str]


class Words(BaseModel):
    """`both`: harmless everywhere; `reports`: in reports alone; `others`: who else may be the
    subject of a sentence; `regions`: for short forms;
    `towns`: short forms that are ordinary words, and English words for a town's rank."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    both: _Both
    reports: _Reports
    others: _Others
    regions: _Regions
    towns: _Towns


@lru_cache(maxsize=1)
def load_words() -> Words:
    """The words, loaded once. Raises: DataError if the file is not as it should be."""
    return load_table("words.toml", Words)
