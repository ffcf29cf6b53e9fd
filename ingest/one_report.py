"""Where a document goes on with something that is no part of its report.

Two reports are saved in one file (last year's below this year's, those of several towns), and
pages end in links to other articles. What stands there is not this report's.
"""

from __future__ import annotations

import re
from dataclasses import replace

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
        text = solid(block.text)
        if len(seen) >= 2:
            if not seen.isdisjoint(_LAST) and _LINKS.fullmatch(text):
                return replace(document, blocks=document.blocks[:number]), None
            if title is None and "公开" in text and _TITLE.fullmatch(text):
                title = number
        if text[:1] not in "一二三四五六(第":
            continue
        if is_row_label(block.text):
            continue
        key = key_of_numbered(block.text)
        if key in _LATER:
            seen.add(key)
        elif key == "overview" and len(seen) >= 2 and _OVERVIEW.match(text):
            start = number if title is None else title
            words = "文件里不止一份报告，只读了第一份；请把后面的另存成文件"
            finding = Finding("damaged_text", "warning", words)
            return replace(document, blocks=document.blocks[:start]), finding
    return document, None
