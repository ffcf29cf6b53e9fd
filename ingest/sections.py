"""Which of the report's sections each block belongs to; sections and sub-sections as text.

A line that begins 一、 or （一） may as well be a row of the form (`一、本年新收…`,
`（一）予以公开`): the form's own labels are never headings (field-notes, section 2). A heading
that Arabic numbers mark (`1.主动公开`) is a top-level one only where no Chinese-numbered
heading says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from ingest.document import Block, Document, Paragraph, Row
from ingest.headings import (
    CHINESE_BEGINNINGS,
    MAX_HEADING,
    PART_BEGINNINGS,
    beginning_of_glued,
    is_row_label,
    key_of_numbered,
    key_of_unnumbered,
    lines_of,
    number_of,
    position_of,
    unnumbered_ends,
)
from knowledge.model import Part, SectionText
from knowledge.text import join_printed, solid

__all__ = ["Section", "find_sections", "is_row_label", "part_section", "section_texts"]

MIN_CONTENTS = 3
"""Headings directly under one another that all come again are a table of contents."""

_SUB_STYLES = (
    re.compile(r"(?:[(]?[一二三四五六七八九十]{1,3}[)]|[(][一二三四五六七八九十]{1,3})"),
    re.compile(r"[(]\d{1,2}[)]"),
    re.compile(r"\d{1,2}[、.](?:(?!\d)|(?=20\d\d年))"),
    re.compile(r"[一二三四五六七八九十]{1,2}是"),
)
_PART_STYLES = frozenset({"arabic", "bracket"})

SUB_NUMBER = 16
"""Characters of a line that hold its number, blanks and a year behind it included."""

_SUB_BEGINNINGS = frozenset("(（0123456789０１２３４５６７８９一二三四五六七八九十")
_MAY_BE_SUB = re.compile(r"\s*[(（\d０-９一二三四五六七八九十]")


class Section(NamedTuple):
    """A top-level section: its blocks without the heading line.

    `heading` is as printed, on one line; both it and `key` are None for what stands before
    the first heading (key `preamble`) and key alone is None for an unknown heading.
    """

    key: str | None
    heading: str | None
    line: int | None
    blocks: tuple[Block, ...]


_new_section = partial(tuple.__new__, Section)
_new_text = partial(tuple.__new__, SectionText)


class _Heading(NamedTuple):
    """A line that may be a top-level heading; `rest` is the text glued behind it."""

    style: str
    number: int | None
    key: str
    text: str
    rest: str = ""


_Candidate = tuple[int, _Heading]
"""A heading with its place among the blocks."""


def find_sections(document: Document) -> tuple[Section, ...]:
    """The document cut at its top-level headings, in reading order; nothing is lost.

    The first section has the key `preamble` and holds what stands before the first heading.
    """
    blocks, lines = document.blocks, document.lines()
    cut = _lines_to_cut(lines)
    if cut:
        blocks = _with_lines_cut(blocks, cut)
        lines = Document(blocks).lines()
    sections: list[Section] = []
    key: str | None = "preamble"
    heading: str | None = None
    line: int | None = None
    start: int = 0
    glued: tuple[Block, ...] = ()
    for at, found in _chosen(_candidates(lines)):
        sections.append(_new_section((key, heading, line, glued + blocks[start:at])))
        block = blocks[at]
        key, heading, line = found.key or None, join_printed(found.text), block.line
        glued = (Paragraph(found.rest, line, block.recognised),) if found.rest else ()
        start = at + 1
    sections.append(_new_section((key, heading, line, glued + blocks[start:])))
    return tuple(sections)


def _lines_to_cut(lines: Sequence[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    """The pieces of the paragraphs inside which headings stand, by the paragraphs' places."""
    return {
        at: pieces
        for at, text in lines
        if len(text) > MAX_HEADING and len(pieces := lines_of(text)) > 1
    }


def _with_lines_cut(
    blocks: Sequence[Block], cut: Mapping[int, tuple[str, ...]]
) -> tuple[Block, ...]:
    return tuple(
        piece
        for at, block in enumerate(blocks)
        for piece in (
            [block._replace(text=text) for text in cut[at]]
            if at in cut and isinstance(block, Paragraph)
            else [block]
        )
    )


def _candidates(lines: Sequence[tuple[int, str]]) -> list[_Candidate]:
    """The lines that may be top-level headings.

    Its first character or its last tells of most lines that they are none.
    """
    found: list[_Candidate] = []
    ends = unnumbered_ends()
    for at, text in lines:
        if not text:
            continue
        first = text[0]
        short = len(text) <= MAX_HEADING
        if (
            (short and text[-1] in ends)
            or first in CHINESE_BEGINNINGS
            or (first in PART_BEGINNINGS and "。" not in text)
            or first.isspace()
        ):
            heading = _known_heading(text) if short else _read_heading(text)
            if heading is not None:
                found.append((at, heading))
    return found


def _read_heading(text: str) -> _Heading | None:
    numbered = number_of(text)
    if numbered is None:
        key = key_of_unnumbered(text)
        return _Heading("bare", None, key, text) if key else None
    style, number = numbered
    glued = beginning_of_glued(text) if style == "chinese" else None
    if glued is not None:
        key, end = glued
        rest = text[end:].lstrip(" \u3000\t:：。")
        return _Heading(style, number, key, text[:end], rest)
    found = key_of_numbered(text)
    if found is None or (not found and style != "chinese"):
        return None
    return _Heading(style, number, found, text)


# The short lines of reports are a vocabulary: headings, and labels where a cell is a line.
_known_heading = lru_cache(maxsize=2048)(_read_heading)


def _chosen(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates that do begin a section, each known section once."""
    chosen: list[_Candidate] = []
    seen: set[str] = set()
    current = ""
    last = 0
    for at, heading in _top_level(_without_contents(candidates)):
        key, number = heading.key, heading.number
        restarted = number is not None and number <= last
        if key and key not in seen:
            if current and restarted and position_of(key) < position_of(current):
                continue  # 一、主动公开不够… restarts the count inside another section
        elif key == current or heading.style != "chinese" or restarted:
            continue  # the number of a part of the section
        elif key:
            key = ""
            heading = heading._replace(key=key)
        current = key
        seen.add(key)
        last = max(last, number or 0)
        chosen.append((at, heading))
    return chosen


def _top_level(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates without those whose kind of number marks only parts of sections.

    `1.主动公开` and `（一）主动公开` under 一、总体情况 are parts of it; `3、收到和处理…`
    between 二、 and 四、 is the third section with another numeral.
    """
    others = {h.key for _, h in candidates if h.key and h.style not in _PART_STYLES}
    kept: list[_Candidate] = []
    for candidate in candidates:
        _, (style, number, key, _, _) = candidate
        if style in _PART_STYLES:
            if key in others:
                continue
            official = number == position_of(key)
            alone = not others and len({h.key for _, h in candidates if h.style == style}) >= (
                MIN_CONTENTS
            )
            if not alone and not (official and (style == "arabic" or not others)):
                continue
        kept.append(candidate)
    return kept


def _without_contents(candidates: Sequence[_Candidate]) -> Sequence[_Candidate]:
    """Candidates without a table of contents: headings in a run that all come again later."""
    run = 1
    while (
        run < len(candidates)
        and candidates[run][0] == candidates[run - 1][0] + 1
        and candidates[run][1].key not in {heading.key for _, heading in candidates[:run]}
    ):
        run += 1
    if run < MIN_CONTENTS or any(heading.rest for _, heading in candidates[:run]):
        return candidates
    later = {heading.key for _, heading in candidates[run:]}
    return candidates[run:] if {h.key for _, h in candidates[:run]} <= later else candidates


def part_section(sections: tuple[Section, ...], part: Part) -> Section | None:
    """The section that is headed as the home of a table of the form, None if there is none."""
    return next((section for section in sections if section.key == part), None)


def section_texts(sections: tuple[Section, ...]) -> tuple[SectionText, ...]:
    """Sections and their sub-sections as text, for passages and full-text search.

    Each section is followed by its sub-sections, which repeat a part of its text.
    """
    texts: list[SectionText] = []
    for section in sections:
        key, heading, line, blocks = section
        if not blocks and heading is None:
            continue
        lines = [block.printed if isinstance(block, Row) else block.text for block in blocks]
        # Blank lines stay out; a line above "}" begins with neither a blank nor a bar.
        filled = [line for line in lines if line > "}" or line.strip(" |")]
        level = 0 if key == "preamble" else 1
        texts.append(_new_text((level, key, heading, "\n".join(filled), line)))
        starts = _sub_starts(blocks)
        if starts and len(filled) < len(lines):
            lines = [text if text.strip(" |") else "" for text in lines]
        for start, end in pairwise([*starts, len(lines)] if starts else ()):
            own = "\n".join(filter(None, lines[start:end]))
            texts.append(_new_text((2, key, _sub_heading(lines[start]), own, blocks[start].line)))
    return tuple(texts)


def _sub_starts(blocks: Sequence[Block]) -> list[int]:
    """Where the parts of a section begin by its own numbering, the first style that it uses."""
    style: int | None = None
    starts: list[int] = []
    lines = [(n, block.text) for n, block in enumerate(blocks) if type(block) is Paragraph]
    for number, text in lines:
        first = text[:1]
        if first not in _SUB_BEGINNINGS and (first.isalpha() or not _MAY_BE_SUB.match(text)):
            continue
        styles = _sub_styles(text[:SUB_NUMBER])
        if not styles or (style is not None and style not in styles):
            continue
        if not is_row_label(text[:80]):
            style = styles[0] if style is None else style
            starts.append(number)
    return starts


@lru_cache(maxsize=1024)
def _sub_styles(start: str) -> tuple[int, ...]:
    """Which of the styles a line is numbered in, by its first characters."""
    folded = solid(start)
    return tuple(n for n, style in enumerate(_SUB_STYLES) if style.match(folded))


def _sub_heading(line: str) -> str | None:
    head = line[: 4 * MAX_HEADING]
    for end in "：:。":
        head = head.partition(end)[0]
    head = join_printed(head)
    return head if len(head) <= MAX_HEADING else None
