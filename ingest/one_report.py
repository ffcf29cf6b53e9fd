"""Where a document goes on with something that is no part of its report.

Two reports are saved in one file (last year's below this year's, those of several towns), and
pages end in links to other articles. What stands there is not this report's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Document
from ingest.headings import is_row_label, key_of_numbered
from knowledge.model import Finding
from knowledge.text import solid

MAX_TITLE = 80
"""Characters of a line that may be a title or the head of a list of links."""

_TITLE = re.compile(r".{2,40}(?:信息|政务)公开.{0,12}(?:年度?报告?|年报|总结)(?:汇编)?")
_LINKS = re.compile(
    r"(?:相关|推荐|延伸|更多|热门|最新)(?:阅读|链接|新闻|文章|文档|信息|推荐|资讯)[:：]?|[上下]一[篇条][:：].*"
)
_OVERVIEW = re.compile(r"一[、.,,]|第一部分|[(]一[)]")
_LAST = frozenset({"problems", "other"})
_LATER = frozenset({"disclosure", "applications", "reviews", "problems", "other"})


_NUMBERS = "一二三四五六(第"
_LINK_WORDS = "相推延更热最上下"
"""The first characters, folded, of a numbered heading and of what `_LINKS` finds."""


@lru_cache(maxsize=4096)
def _beginning(character: str) -> tuple[bool, bool] | None:
    """Whether a line may be a numbered heading or head links, by its first character; None if
    it is neither."""
    folded = solid(character)
    if not folded:
        return True, True  # behind a blank anything may stand
    numbered, links = folded in _NUMBERS, folded in _LINK_WORDS
    return (numbered, links) if numbered or links else None


class _Numbered(NamedTuple):
    """What can be said of a short numbered line alone, whatever stands around it."""

    key: str
    """The section that it heads, "" for none."""
    begins: bool
    """Whether it heads the first section and is numbered as that."""


@lru_cache(maxsize=2048)
def _numbered(text: str) -> _Numbered:
    # Headings, and the labels of the form where a cell is a line: printed in thousands of reports.
    folded = solid(text)
    if folded[:1] not in _NUMBERS or is_row_label(text):
        return _Numbered("", False)
    key = key_of_numbered(text) or ""
    return _Numbered(key, key == "overview" and _OVERVIEW.match(folded) is not None)


def own_part(document: Document) -> tuple[Document, Finding | None]:
    """The document up to where another report begins in it, and a finding if one does.

    Another report begins where the first section comes again after two later ones were seen,
    with the title before it. Links to other articles at the end go without a finding.
    """
    seen: set[str] = set()
    body: int | None = None
    """Where the second of the later sections begins."""
    ended = False
    """Whether one of the last sections was seen."""
    lines = document.lines()
    for place, text in lines:
        beginning = _beginning(text[:1])
        if beginning is None or not 2 <= len(text) <= MAX_TITLE:
            continue
        numbered, links = beginning
        if links and ended and body is not None and _LINKS.fullmatch(solid(text)):
            return replace(document, blocks=document.blocks[:place]), None
        if not numbered or "。" in text:
            continue  # no heading has a full stop
        key, begins = _numbered(text)
        if key in _LATER:
            seen.add(key)
            ended = ended or key in _LAST
            if body is None and len(seen) >= 2:
                body = place
        elif begins and body is not None:
            titles = [at for at, line in lines if body < at <= place and _is_title(line)]
            words = "文件里不止一份报告，只读了第一份；请把后面的另存成文件"
            finding = Finding("damaged_text", "warning", words)
            start = titles[0] if titles else place
            return replace(document, blocks=document.blocks[:start]), finding
    return document, None


def _is_title(text: str) -> bool:
    if not 2 <= len(text) <= MAX_TITLE or "公开" not in (folded := solid(text)):
        return False
    return _TITLE.fullmatch(folded) is not None
