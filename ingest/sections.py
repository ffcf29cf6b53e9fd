"""Which of the report's sections each block belongs to; sections and sub-sections as text.

A line that begins 一、 or （一） may as well be a row of the form (`一、本年新收…`,
`（一）予以公开`): the form's own labels are never headings (field-notes, section 2). A heading
that Arabic numbers mark (`1.主动公开`) is a top-level one only where no Chinese-numbered
heading says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from ingest.document import Block, Document, Paragraph, Row
from ingest.headings import (
    MAX_HEADING,
    MAX_UNKNOWN,
    NUMBER_BEGINNINGS,
    PART_BEGINNINGS,
    beginning_of_glued,
    is_row_label,
    key_of_numbered,
    key_of_unnumbered,
    lines_of,
    may_hold_headings,
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
"""Numbers that mark parts of sections unless nothing else marks the sections."""

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
    printed: str
    rest: str = ""


_Candidate = tuple[int, _Heading]
"""A heading with its place among the blocks."""


def find_sections(document: Document) -> tuple[Section, ...]:
    """The document cut at its top-level headings, in reading order; nothing is lost.

    The first section has the key `preamble` and holds what stands before the first heading.
    """
    blocks = document.blocks
    candidates, cut = _candidates(document.lines())
    if cut:
        blocks = _with_lines_cut(blocks, cut)
        candidates, _ = _candidates(Document(blocks).lines())
    sections: list[Section] = []
    key: str | None = "preamble"
    heading: str | None = None
    line: int | None = None
    start: int = 0
    glued: tuple[Block, ...] = ()
    for at, (_, _, found, printed, rest) in _chosen(candidates):
        sections.append(_new_section((key, heading, line, glued + blocks[start:at])))
        block = blocks[at]
        key, heading, line = found or None, printed, block.line
        glued = (Paragraph(rest, line, block.recognised),) if rest else ()
        start = at + 1
    sections.append(_new_section((key, heading, line, glued + blocks[start:])))
    return tuple(sections)


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


def _candidates(
    lines: Sequence[tuple[int, str]],
) -> tuple[list[_Candidate], dict[int, tuple[str, ...]]]:
    """The lines that may be top-level headings, and the pieces of those inside which some stand.

    Its first character or its last tells of most lines that they are no heading.
    """
    found: list[_Candidate] = []
    cut: dict[int, tuple[str, ...]] = {}
    ends = unnumbered_ends()
    for at, text in lines:
        short = len(text) <= MAX_HEADING
        if not short and may_hold_headings(text) and len(pieces := lines_of(text)) > 1:
            cut[at] = pieces
        first = text[:1]
        # Behind the number of a part no text is glued that is the section's.
        if (first in NUMBER_BEGINNINGS and (first not in PART_BEGINNINGS or "。" not in text)) or (
            short and text[-1:] in ends
        ):
            heading = _known_heading(text) if short else _read_heading(text)
            if heading is not None:
                found.append((at, heading))
    return found, cut


def _read_heading(text: str) -> _Heading | None:
    numbered = number_of(text)
    if numbered is None:
        key = key_of_unnumbered(text)
        return _Heading("bare", None, key, join_printed(text)) if key else None
    style, number = numbered
    glued = beginning_of_glued(text) if style == "chinese" else None
    if glued is not None:
        key, end = glued
        rest = text[end:].lstrip(" \u3000\t:：。")
        return _Heading(style, number, key, join_printed(text[:end]), rest)
    found = key_of_numbered(text)
    if found is None or (not found and style != "chinese"):
        return None
    return _Heading(style, number, found, join_printed(text))


# The short lines of reports are a vocabulary: headings, and labels where a cell is a line.
_known_heading = lru_cache(maxsize=2048)(_read_heading)


def _chosen(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates that do begin a section, each known section once."""
    candidates = _without_contents(candidates)
    headed = {h.key for _, h in candidates if h.key and h.style not in _PART_STYLES}
    chosen: list[_Candidate] = []
    seen: set[str] = set()
    current = ""
    last = 0
    for candidate in candidates:
        at, heading = candidate
        style, number, key, _, _ = heading
        if style in _PART_STYLES and (key in headed or _is_part(heading, candidates, headed)):
            continue
        restarted = number is not None and number <= last
        if key and key not in seen:
            if current and restarted and position_of(key) < position_of(current):
                continue  # 一、主动公开不够… restarts the count inside another section
        elif key == current or style != "chinese" or restarted:
            continue  # the number of a part of the section
        elif key:
            key = ""
            candidate = at, heading._replace(key=key)
        current = key
        seen.add(key)
        last = max(last, number or 0)
        chosen.append(candidate)
    return chosen


def _is_part(heading: _Heading, candidates: Iterable[_Candidate], headed: Collection[str]) -> bool:
    """Whether the kind of a heading's number marks only parts of sections.

    `1.主动公开` and `（一）主动公开` under 一、总体情况 are parts of it; `3、收到和处理…`
    between 二、 and 四、 is the third section with another numeral. `headed` are the sections
    that are headed in another way; this one is not among them.
    """
    alike = {other.key for _, other in candidates if other.style == heading.style}
    if not headed and len(alike) >= MIN_CONTENTS:
        return False
    official = heading.number == position_of(heading.key)
    return not (official and (heading.style == "arabic" or not headed))


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
    for key, heading, line, blocks in sections:
        if not blocks and heading is None:
            continue
        lines, parts = _lines_and_parts(blocks)
        level = 0 if key == "preamble" else 1
        texts.append(_new_text((level, key, heading, _joined(lines), line)))
        if parts:
            ends = [start for start, _ in parts[1:]] + [len(lines)]
            for (start, own), end in zip(parts, ends, strict=True):
                text = lines[start] if end == start + 1 else _joined(lines[start:end])
                texts.append(_new_text((2, key, own, text, blocks[start].line)))
    return tuple(texts)


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, lines))


class _Part(NamedTuple):
    """A line that may begin a part of a section."""

    styles: tuple[int, ...]
    """In which of the styles it is numbered."""
    heading: str | None


def _lines_and_parts(blocks: Iterable[Block]) -> tuple[list[str], list[tuple[int, str | None]]]:
    """The text of every block of a section, "" for a blank one, and its parts.

    Parts are by the section's own numbering, the first style that it uses; of each the place
    where it begins and its heading.
    """
    lines: list[str] = []
    parts: list[tuple[int, str | None]] = []
    style: int | None = None
    for block in blocks:
        if isinstance(block, Row):
            text = block.printed
        else:
            text = block.text
            first = text[:1]
            if first in _SUB_BEGINNINGS or (not first.isalpha() and _MAY_BE_SUB.match(text)):
                part = _known_part(text) if len(text) <= MAX_UNKNOWN else _read_part(text)
                if part is not None and (style is None or style in part.styles):
                    style = part.styles[0] if style is None else style
                    parts.append((len(lines), part.heading))
        # What is above "}" begins with neither a blank nor a bar.
        lines.append(text if text > "}" or text.strip(" |") else "")
    return lines, parts


def _read_part(text: str) -> _Part | None:
    if text[:3].isdecimal():
        return None  # a year
    styles = _sub_styles(text[:SUB_NUMBER])
    if not styles or is_row_label(text[:80]):
        return None
    return _Part(styles, _sub_heading(text))


# As headings are: （一）主动公开情况, （二）改进措施.
_known_part = lru_cache(maxsize=1024)(_read_part)


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
