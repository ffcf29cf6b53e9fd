"""Where a document goes on with something that is no part of its report.

Two reports are saved in one file (last year's below this year's, those of several towns), and
pages end in links to other articles. What stands there is not this report's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Document, Paragraph
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


class _ShortLine(NamedTuple):
    """What can be said of a short line alone, whatever stands around it."""

    heads_links: bool
    is_title: bool
    key: str
    """The section that it heads, "" for none."""
    begins: bool
    """Whether it heads the first section and is numbered as that."""


@lru_cache(maxsize=2048)
def _short_line(text: str) -> _ShortLine:
    # Headings, and the labels of the form where a cell is a line: printed in thousands of reports.
    folded = solid(text)
    key = None
    if folded[:1] in "一二三四五六(第" and not is_row_label(text):
        key = key_of_numbered(text)
    return _ShortLine(
        _LINKS.fullmatch(folded) is not None,
        "公开" in folded and _TITLE.fullmatch(folded) is not None,
        key or "",
        key == "overview" and _OVERVIEW.match(folded) is not None,
    )


def own_part(document: Document) -> tuple[Document, Finding | None]:
    """The document up to where another report begins in it, and a finding if one does.

    Another report begins where the first section comes again after two later ones were seen,
    with the title before it. Links to other articles at the end go without a finding.
    """
    seen: set[str] = set()
    title: int | None = None
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or not 2 <= len(block.text) <= MAX_TITLE:
            continue
        line = _short_line(block.text)
        if len(seen) >= 2:
            if line.heads_links and not seen.isdisjoint(_LAST):
                return replace(document, blocks=document.blocks[:number]), None
            if line.is_title and title is None:
                title = number
        if line.key in _LATER:
            seen.add(line.key)
        elif line.begins and len(seen) >= 2:
            start = number if title is None else title
            words = "文件里不止一份报告，只读了第一份；请把后面的另存成文件"
            finding = Finding("damaged_text", "warning", words)
            return replace(document, blocks=document.blocks[:start]), finding
    return document, None
