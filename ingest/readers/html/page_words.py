"""The words by which a page's frame is told from its report, from `data/pages.toml`."""

from __future__ import annotations

import re
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from ingest.document import WitnessKind
from knowledge.tables import load_table
from knowledge.text import solid


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Labels(_Part):
    publisher: tuple[str, ...]
    published: tuple[str, ...]
    title: tuple[str, ...]
    other: tuple[str, ...]


class _Breadcrumb(_Part):
    words: tuple[str, ...]
    first: tuple[str, ...]


class _Furniture(_Part):
    begins: tuple[str, ...]
    whole: tuple[str, ...]
    holds: tuple[str, ...]
    lists: tuple[str, ...]


class _Report(_Part):
    headings: tuple[str, ...]
    labels: tuple[str, ...]
    titles: tuple[str, ...]


class _Meta(_Part):
    page_title: tuple[str, ...]
    publisher: tuple[str, ...]
    published: tuple[str, ...]
    breadcrumb: tuple[str, ...]
    properties: tuple[str, ...]


class _Pictures(_Part):
    ornaments: tuple[str, ...]


class _Pages(_Part):
    labels: _Labels
    breadcrumb: _Breadcrumb
    furniture: _Furniture
    report: _Report
    meta: _Meta
    pictures: _Pictures


LabelKind = str
"""`publisher`, `published`, `title` or `other`."""


class PageWords:
    """The words folded and compiled, as questions about one line."""

    def __init__(self, pages: _Pages) -> None:
        self.kind_of: dict[str, LabelKind] = {
            solid(word): kind
            for kind in ("publisher", "published", "title", "other")
            for word in getattr(pages.labels, kind)
        }
        spaced = sorted(map(_spaced, self.kind_of), key=len, reverse=True)
        self.label = re.compile(rf"({'|'.join(spaced)})[\]】]? ?:")
        self.breadcrumb = re.compile(rf"[\[【>»]*(?:{_any(pages.breadcrumb.words)})")
        self.first = frozenset(map(_key, pages.breadcrumb.first))
        self.begins = re.compile(rf"[\[【(]*(?:{_any(pages.furniture.begins)})")
        self.whole = frozenset(map(_key, pages.furniture.whole))
        self.holds = re.compile(_any(pages.furniture.holds))
        self.lists = frozenset(map(_key, pages.furniture.lists))
        self.headings = re.compile(_any(pages.report.headings))
        self.cells = frozenset(map(_key, pages.report.labels))
        self.titles = re.compile(rf"(?:{_any(pages.report.titles)}).{{0,12}}")
        self.metas: dict[str, WitnessKind] = {}
        kinds: tuple[WitnessKind, ...] = (
            "page_title",
            "publisher",
            "published",
            "breadcrumb",
            "properties",
        )
        for kind in kinds:
            self.metas.update(dict.fromkeys(getattr(pages.meta, kind), kind))
        self.ornaments = pages.pictures.ornaments


def _key(word: str) -> str:
    return solid(word)


def _spaced(word: str) -> str:
    """A pattern for a label that may be printed with blanks inside (发 布 机 构)."""
    return " ?".join(map(re.escape, word))


def _any(words: tuple[str, ...]) -> str:
    return "|".join(sorted(map(re.escape, map(_key, words)), key=len, reverse=True))


@lru_cache(maxsize=1)
def page_words() -> PageWords:
    """The words, loaded once. Raises: DataError if the file is not as it should be."""
    return PageWords(load_table("pages.toml", _Pages))
