"""Which of the report's sections each block belongs to; sections and sub-sections as text.

A line that begins 一、 or （一） may as well be a row of the form (`一、本年新收…`,
`（一）予以公开`): the form's own labels are never headings (field-notes, section 2). A heading
that Arabic numbers mark (`1.主动公开`) is a top-level one only where no Chinese-numbered
heading says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Block, Document, Paragraph
from ingest.headings import (
    MAX_HEADING,
    beginning_of_glued,
    is_row_label,
    key_of_numbered,
    key_of_unnumbered,
    lines_of,
    number_of,
    position_of,
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
SUB_NUMBER = 16
"""Characters of a line that hold its number, blanks and a year behind it included."""

_HEADING_END = re.compile("[：:。]")
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


class _Candidate(NamedTuple):
    """A paragraph that may be a top-level heading; `rest` is the text glued behind it."""

    at: int
    style: str
    number: int | None
    key: str
    heading: str
    rest: str


def find_sections(document: Document) -> tuple[Section, ...]:
    """The document cut at its top-level headings, in reading order; nothing is lost.

    The first section has the key `preamble` and holds what stands before the first heading.
    """
    blocks, lines = _cut_lines(document.blocks)
    candidates = [
        _Candidate(index, *found) for index, text in lines if (found := _heading(text)) is not None
    ]
    sections: list[Section] = []
    key: str | None = "preamble"
    heading: str | None = None
    line: int | None = None
    start: int = 0
    glued: tuple[Block, ...] = ()
    for candidate in _chosen(candidates):
        sections.append(Section(key, heading, line, glued + blocks[start : candidate.at]))
        block = blocks[candidate.at]
        key, heading, line = candidate.key or None, join_printed(candidate.heading), block.line
        glued = (Paragraph(candidate.rest, line, block.recognised),) if candidate.rest else ()
        start = candidate.at + 1
    sections.append(Section(key, heading, line, glued + blocks[start:]))
    return tuple(sections)


def _cut_lines(
    blocks: tuple[Block, ...],
) -> tuple[tuple[Block, ...], Sequence[tuple[int, str]]]:
    """The blocks with paragraphs cut before the headings that stand inside them, and the
    paragraphs' texts with their places."""
    lines = _lines(blocks)
    cut = {
        index: pieces
        for index, text in lines
        if len(text) > MAX_HEADING and len(pieces := lines_of(text)) > 1
    }
    if not cut:
        return blocks, lines
    blocks = tuple(
        piece
        for index, block in enumerate(blocks)
        for piece in (
            [block._replace(text=text) for text in cut[index]]
            if index in cut and isinstance(block, Paragraph)
            else [block]
        )
    )
    return blocks, _lines(blocks)


def _lines(blocks: Sequence[Block]) -> list[tuple[int, str]]:
    return [(n, block.text) for n, block in enumerate(blocks) if isinstance(block, Paragraph)]


_Heading = tuple[str, int | None, str, str, str]
"""All of a candidate but its place."""


def _heading(text: str) -> _Heading | None:
    return _known_heading(text) if len(text) <= 2 * MAX_HEADING else _read_heading(text)


def _read_heading(text: str) -> _Heading | None:
    numbered = number_of(text)
    if numbered is None:
        key = key_of_unnumbered(text)
        return ("bare", None, key, text, "") if key else None
    style, number = numbered
    glued = beginning_of_glued(text) if style == "chinese" else None
    if glued is not None:
        key, end = glued
        rest = text[end:].lstrip(" \u3000\t:：。")
        return style, number, key, text[:end], rest
    found = key_of_numbered(text)
    if found is None or (not found and style != "chinese"):
        return None
    return style, number, found, text, ""


# The short lines of reports are a vocabulary: headings, and labels where a cell is a line.
_known_heading = lru_cache(maxsize=2048)(_read_heading)


def _chosen(candidates: Sequence[_Candidate]) -> Iterator[_Candidate]:
    """The candidates that do begin a section, each known section once."""
    seen: set[str] = set()
    current = ""
    last = 0
    for candidate in _top_level(_without_contents(candidates)):
        key, number = candidate.key, candidate.number
        restarted = number is not None and number <= last
        if key and key not in seen:
            if current and restarted and position_of(key) < position_of(current):
                continue  # 一、主动公开不够… restarts the count inside another section
        elif key == current or candidate.style != "chinese" or restarted:
            continue  # the number of a part of the section
        elif key:
            candidate = candidate._replace(key="")
        current = candidate.key
        seen.add(current)
        last = max(last, number or 0)
        yield candidate


def _top_level(candidates: Sequence[_Candidate]) -> Iterator[_Candidate]:
    """The candidates without those whose kind of number marks only parts of sections.

    `1.主动公开` and `（一）主动公开` under 一、总体情况 are parts of it; `3、收到和处理…`
    between 二、 and 四、 is the third section with another numeral.
    """
    marked: dict[str, set[str]] = {}
    for candidate in candidates:
        if candidate.key:
            marked.setdefault(candidate.style, set()).add(candidate.key)
    chinese = marked.get("chinese", set()) | marked.get("spaced", set())
    others = chinese | marked.get("bare", set())
    for candidate in candidates:
        if candidate.style in ("arabic", "bracket"):
            key = candidate.key
            if key in others:
                continue
            official = candidate.number == position_of(key)
            alone = not others and len(marked[candidate.style]) >= MIN_CONTENTS
            if not alone and not (official and (candidate.style == "arabic" or not others)):
                continue
        yield candidate


def _without_contents(candidates: Sequence[_Candidate]) -> Sequence[_Candidate]:
    """Candidates without a table of contents: headings in a run that all come again later."""
    run = 1
    while (
        run < len(candidates)
        and candidates[run].at == candidates[run - 1].at + 1
        and candidates[run].key not in {candidate.key for candidate in candidates[:run]}
    ):
        run += 1
    if run < MIN_CONTENTS or any(c.rest for c in candidates[:run]):
        return candidates
    later = {candidate.key for candidate in candidates[run:]}
    return candidates[run:] if {c.key for c in candidates[:run]} <= later else candidates


def part_section(sections: tuple[Section, ...], part: Part) -> Section | None:
    """The section that is headed as the home of a table of the form, None if there is none."""
    return next((section for section in sections if section.key == part), None)


def section_texts(sections: tuple[Section, ...]) -> tuple[SectionText, ...]:
    """Sections and their sub-sections as text, for passages and full-text search.

    Each section is followed by its sub-sections, which repeat a part of its text.
    """
    texts: list[SectionText] = []
    for section in sections:
        if not section.blocks and section.heading is None:
            continue
        level = 0 if section.key == "preamble" else 1
        lines = [
            block.text if isinstance(block, Paragraph) else block.printed
            for block in section.blocks
        ]
        texts.append(SectionText(level, section.key, section.heading, _joined(lines), section.line))
        texts.extend(_sub_sections(section, lines))
    return tuple(texts)


def _joined(lines: Iterable[str]) -> str:
    return "\n".join([line for line in lines if line.strip(" |")])


def _sub_sections(section: Section, lines: Sequence[str]) -> Iterator[SectionText]:
    """The parts of a section by its own numbering, the first style that it uses."""
    style: int | None = None
    starts: list[int] = []
    for number, block in enumerate(section.blocks):
        if not isinstance(block, Paragraph) or not _MAY_BE_SUB.match(block.text):
            continue
        styles = _sub_styles(block.text[:SUB_NUMBER])
        if not styles or (style is not None and style not in styles):
            continue
        if not is_row_label(block.text[:80]):
            style = styles[0] if style is None else style
            starts.append(number)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        yield SectionText(
            2,
            section.key,
            _sub_heading(lines[start]),
            _joined(lines[start:end]),
            section.blocks[start].line,
        )


@lru_cache(maxsize=1024)
def _sub_styles(start: str) -> tuple[int, ...]:
    """Which of the styles a line is numbered in, by its first characters."""
    folded = solid(start)
    return tuple(n for n, style in enumerate(_SUB_STYLES) if style.match(folded))


def _sub_heading(line: str) -> str | None:
    head = _HEADING_END.split(join_printed(line[: 4 * MAX_HEADING]), maxsplit=1)[0]
    return head if len(head) <= MAX_HEADING else None
