"""Papers with the words of an annual report that are none: refused, with which kind they are.

Guides, notices, half-year statistics, 解读, templates and masked copies hold headings, labels
and even figures of a report, and none may yield a fact (field-notes, section 1). A report with
an odd title is a report all the same: where a title of one is read, or where its sections
stand, the milder signs count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from ingest.damage import TOO_MANY_MASKS, Damage
from ingest.document import Document, Paragraph
from ingest.issuer.titles import MAX_TITLE, read_page_title, read_title
from ingest.issuer.witnesses import text_of, titles_in
from ingest.manifest import ManifestRow
from ingest.sections import Section
from knowledge.tables import load_table
from knowledge.text import fold, solid

HEAD_LINES = 12
"""Paragraphs before the first heading among which a paper's name is looked for."""

MAX_PREAMBLE = 2000
"""Characters of a paragraph in which the statement of a preamble is looked for."""

MIN_SECTIONS = 3
"""Of the six sections: with so many found the paper is a report whatever its menu says."""


MIN_PARTS = 3
"""Of the five usual parts of the overview."""

MIN_SIGNS = 2
"""Signs of a report that a paper without any of its tables must have; see `looks_like_report`."""

_PERIOD = re.compile(
    r"(?:统计|计算|数据)(?:数据|时间)?的?(?:期限|时限|时间|时段|周期|期)[^。]{0,30}20\d\d"
)
_COMPILED = re.compile(
    r"(?:编制|制作)(?:完成)?(?:本|此)(?:年度)?(?:报告|年报)|由[^。,]{2,40}编制"
    r"|本(?:年度)?报告(?:根据|依据|按照?)[^。]{4,120}(?:编制|制作)"
    r"|(?:现|特)(?:向社会)?(?:编制|公布|公开|发布)[^。]{0,20}20\d\d年"
)
"""What the preamble of a report says of itself: from when to when it counts, that it is one."""

_PART = re.compile(
    r"[(]?[一二三四五六][)、](?:政府)?(主动公开|依申请公开|(?:政府)?信息管理|(?:公开)?平台建设|监督保障)"
)
_PROSE = re.compile(r"[,。;!?]")
_PROSE_BEGINS = ("根据", "按照", "依据", "为")
"""What running text has and the name of a paper has not."""


class _Lookalike(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    words: tuple[str, ...]
    beside: tuple[str, ...]
    firm: bool
    ends: bool = False


class _Lookalikes(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    lookalike: tuple[_Lookalike, ...]


@lru_cache(maxsize=1)
def _lookalikes() -> tuple[_Lookalike, ...]:
    loaded = load_table("lookalikes.toml", _Lookalikes)
    return loaded.lookalike


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    """Finds a word of any kind: most lines have none and need not be held against each kind."""
    return re.compile("|".join(re.escape(word) for kind in _lookalikes() for word in kind.words))


def lookalike_of(
    document: Document, sections: Sequence[Section], damage: Damage, row: ManifestRow | None
) -> str | None:
    """Why a document is no annual report although it looks like one, in words; None if it may be.

    Says nothing of a paper that looks like none: that is found where its tables and sections
    are missing.
    """
    if len(damage.masked) >= TOO_MANY_MASKS:
        what = "数字被遮盖的转载" if "*" in fold(damage.masked[0]) else "范文或模板"
        return f"不是年报：是{what}，没有真的数（“{damage.masked[0]}”等 {len(damage.masked)} 处）"
    if row is not None and row.title and read_title(row.title) is not None:
        return None
    words = _words()
    lines = [
        (line, folded)
        for line in _lines(document, sections)
        if len(line) <= MAX_TITLE
        and words.search(folded := solid(line))
        and not folded.startswith(_PROSE_BEGINS)
        and not _PROSE.search(folded)
    ]
    if not lines:
        return None
    known = sum(section.key not in (None, "preamble") for section in sections)
    for kind in _lookalikes():
        if not kind.firm and known >= MIN_SECTIONS:
            continue
        for line, folded in lines:
            if not any(word in folded for word in kind.words):
                continue
            if kind.ends and not folded.rstrip("》”)").endswith(kind.words):
                continue
            if kind.beside and not any(word in folded for word in kind.beside):
                continue
            if _has_title(document, sections):
                return None
            return f"不是年报：看标题是{kind.name}（“{line.strip()[:40]}”）；如果确是年报，请在 manifest.csv 里写明 title"
    return None


def looks_like_report(document: Document, sections: Sequence[Section]) -> bool:
    """Whether a paper without any of the form's tables may be a report all the same.

    Collected copies are often cut off behind the first section. Two signs are asked for, of
    these: each of the six sections, a title of a report with its year, a preamble that says
    from when to when it counts, one that says that it is compiled or published herewith, and
    three of the parts that an overview has since 2021 (（一）主动公开 … （三）政府信息管理).
    A link to a report or news of one has only the first of these, a guide only the last.
    """
    known = len({section.key for section in sections} - {None, "preamble"})
    said = [
        solid(block.text[:MAX_PREAMBLE])
        for section in sections[:2]
        for block in section.blocks
        if isinstance(block, Paragraph)
    ][:HEAD_LINES]
    if not any("信息公开" in folded for folded in said):
        said = []
    stated = any(_PERIOD.search(folded) for folded in said)
    compiled = any(_COMPILED.search(folded) for folded in said)
    signs = known + _has_title(document, sections) + stated + compiled + _has_parts(sections)
    return signs >= MIN_SIGNS


def _has_parts(sections: Sequence[Section]) -> bool:
    """Whether the overview has three of its usual parts, each under a number of its own."""
    found: set[str] = set()
    for section in sections:
        if section.key != "overview":
            continue
        for block in section.blocks:
            if isinstance(block, Paragraph):
                part = _PART.match(solid(block.text[:40]))
                found |= {part[1]} if part is not None else set()
    return len(found) >= MIN_PARTS


def _lines(document: Document, sections: Sequence[Section]) -> list[str]:
    around = [w.text for w in document.witnesses if w.kind in ("page_title", "heading")]
    head = sections[0].blocks[: 2 * HEAD_LINES]
    return around + [block.text for block in head if isinstance(block, Paragraph)][:HEAD_LINES]


def _has_title(document: Document, sections: Sequence[Section]) -> bool:
    for witness in document.witnesses:
        if witness.kind in ("page_title", "heading"):
            title = read_page_title(witness.text[:300])
            if title is not None and title.year is not None:
                return True
    return any(title.year is not None for title in titles_in(text_of(sections[:1])))
