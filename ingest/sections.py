"""Which of the report's sections each block belongs to; sections and sub-sections as text.

A line that begins 一、 or （一） may as well be a row of the form (`一、本年新收…`,
`（一）予以公开`): the form's own labels are never headings (field-notes, section 2).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.document import Block, Document, Paragraph
from knowledge.errors import DataError
from knowledge.form import label_core, load_form
from knowledge.model import Part, SectionText
from knowledge.numerals import cell_value, is_blank
from knowledge.text import data_text, fold, join_printed, squeeze

MAX_HEADING = 45
"""Characters. The longest heading met has 31 (复议、诉讼 with 因…被申请…); sentences are longer."""

MIN_BROKEN = 4
"""Characters of a label's beginning that tell it from a heading (`四、结转下年度`)."""

_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}|[—-])[、.,:]|[一二三四五六七八九十]{1,2}(?=\s)|[1-9][、.](?!\d)"
)
_CHINESE_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}[、.]")
_SENTENCE = re.compile(r"[。;!?]|[,:].")
_SUB_STYLES = (
    re.compile(r"[(][一二三四五六七八九十]{1,3}[)]"),
    re.compile(r"[(]\d{1,2}[)]"),
    re.compile(r"\d{1,2}[、.](?:(?!\d)|(?=20\d\d年))"),
    re.compile(r"[一二三四五六七八九十]{1,2}是"),
)


class _Heading(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    words: tuple[str, ...]
    alone: tuple[str, ...]


class _Headings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    section: tuple[_Heading, ...]


@lru_cache(maxsize=1)
def _headings() -> tuple[_Heading, ...]:
    try:
        return _Headings.model_validate(tomllib.loads(data_text("headings.toml"))).section
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise DataError("headings.toml", "section", str(error)) from error


@lru_cache(maxsize=1)
def _row_labels() -> frozenset[str]:
    form = load_form()
    labels = {label_core(label) for forms in form.printed_rows.values() for label in forms}
    for edition in form.editions.values():
        for table in edition.tables.values():
            for row in table.rows:
                labels.add(label_core(row.label))
                labels.update(label_core(group) for group in row.group)
    return frozenset(labels | form.header_words)


@lru_cache(maxsize=1)
def _label_beginnings() -> frozenset[str]:
    return frozenset(
        label[:length] for label in _row_labels() for length in range(MIN_BROKEN, len(label))
    )


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level section: its blocks without the heading line.

    `heading` is as printed, on one line; both it and `key` are None for what stands before
    the first heading (key `preamble`) and key alone is None for an unknown heading.
    """

    key: str | None
    heading: str | None
    line: int | None
    blocks: tuple[Block, ...]


def find_sections(document: Document) -> tuple[Section, ...]:
    """The document cut at its top-level headings, in reading order; nothing is lost.

    The first section has the key `preamble` and holds what stands before the first heading.
    """
    sections: list[Section] = []
    key: str | None = "preamble"
    heading: str | None = None
    line: int | None = None
    blocks: list[Block] = []
    seen: set[str] = set()
    for block in document.blocks:
        found = _heading_key(block, seen) if isinstance(block, Paragraph) else None
        if found is None or not isinstance(block, Paragraph):
            blocks.append(block)
            continue
        sections.append(Section(key, heading, line, tuple(blocks)))
        key = found or None
        seen.add(found)
        heading, line, blocks = join_printed(block.text), block.line, []
    sections.append(Section(key, heading, line, tuple(blocks)))
    return tuple(sections)


def _heading_key(paragraph: Paragraph, seen: set[str]) -> str | None:
    """The key of a heading, "" for one of no known kind, None for a line that is no heading."""
    if len(paragraph.text) > MAX_HEADING * 2:
        return None
    folded = squeeze(fold(paragraph.text))
    if not folded or len(folded) > MAX_HEADING or is_row_label(paragraph.text):
        return None
    numbered = _NUMBERED.match(fold(paragraph.text.strip()))
    core = label_core(paragraph.text)
    for heading in _headings():
        if heading.key in seen:
            continue
        if any(core == label_core(word) for word in heading.alone):
            return heading.key
        if numbered and not _SENTENCE.search(folded[numbered.end() :]):
            if any(label_core(word) in core for word in heading.words):
                return heading.key
    if _CHINESE_NUMBERED.match(folded) and not _SENTENCE.search(folded) and len(folded) <= 20:
        return ""
    return None


def is_row_label(text: str) -> bool:
    """Whether a line is a label of the form, with figures behind it or broken off at its end."""
    pieces = text.split()
    while len(pieces) > 1 and (cell_value(pieces[-1]) is not None or is_blank(pieces[-1])):
        pieces.pop()
    core = label_core(" ".join(pieces))
    if len(pieces) < len(text.split()) and label_core(pieces[0]) in _row_labels():
        return True  # the label of a group, its first row and figures on one line
    return core in _row_labels() or (len(core) >= MIN_BROKEN and core in _label_beginnings())


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
        text = _lines_of(section.blocks)
        texts.append(SectionText(level, section.key, section.heading, text, section.line))
        texts.extend(_sub_sections(section))
    return tuple(texts)


def _lines_of(blocks: Iterable[Block]) -> str:
    return "\n".join(text for block in blocks if (text := _text(block)).strip(" |"))


def _text(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    return " | ".join(cell.text for cell in block.cells)


def _sub_sections(section: Section) -> list[SectionText]:
    style: re.Pattern[str] | None = None
    groups: list[list[Block]] = []
    for block in section.blocks:
        starts = False
        if isinstance(block, Paragraph) and not is_row_label(block.text[:80]):
            folded = squeeze(fold(block.text[:80]))
            if style is None:
                style = next((known for known in _SUB_STYLES if known.match(folded)), None)
            starts = style is not None and style.match(folded) is not None
        if starts:
            groups.append([block])
        elif groups:
            groups[-1].append(block)
    return [
        SectionText(
            2,
            section.key,
            _sub_heading(blocks[0]),
            _lines_of(blocks),
            blocks[0].line,
        )
        for blocks in groups
    ]


def _sub_heading(block: Block) -> str | None:
    printed = join_printed(_text(block))
    head = re.split(r"[：:。]", printed, maxsplit=1)[0]
    return head if len(head) <= MAX_HEADING else None
