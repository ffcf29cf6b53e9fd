"""Figures that the text of a report states: kind + number + classifier in one clause.

A figure counts only where everything else in its clause is accounted for: the words of its
kind, harmless words, the report's own year and name. An unknown word may change what was
counted, so its figure is left to the passages. Zero in words (未收到…) is a 0 with the words
as its quote; silence is not. Nothing is read from the section on problems and plans.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Paragraph
from ingest.sections import Section, is_row_label
from ingest.statements.doubts import is_heading_line, may_name_others, names_others
from ingest.statements.notes import Aside, Notes, Omission
from ingest.statements.paragraph import ParagraphReading, numeral_start
from ingest.statements.reviews import names_requests
from ingest.statements.wording import NUMBERING, OwnName
from knowledge.model import Entity, Figure
from knowledge.text import solid
from knowledge.words import load_words

MAX_SHORT = 40
"""Characters of a line that may stand over others."""

MIN_PARAGRAPH = 6
MAX_PARAGRAPH = 6000
"""Characters of a paragraph that are looked at; the longest met has under 2,000."""


def find_statements(
    sections: Sequence[Section], entity: Entity, year: int, notes: Notes | None = None
) -> tuple[Figure, ...]:
    """Every figure that the text states for the report's own year, in reading order.

    One figure a statement, so one measure may have several. `stated` is the clause as
    printed, `quote` its sentence; `unit` the classifier as written. Cautions: `approximate`
    (余, 约, 以上), `includes_carry_over` (applications received, last year's among them),
    `cumulative` (of all years so far). `notes`, if given, is filled (see `explain_statements`).
    """
    own = OwnName(entity)
    figures: list[Figure] = []
    for section in sections:
        if section.key in ("problems", "preamble"):
            continue
        heading = topic = ""
        """The short line above, and the last heading that says what is spoken of, both folded."""
        folded_heading = solid(section.heading or "")
        of_all_years = False
        plans: str | None = None
        others: str | None = None
        """The style of the heading under which another body or year is reported."""
        for block in section.blocks:
            if not isinstance(block, Paragraph):
                continue
            text = block.text
            short = len(text) <= MAX_SHORT
            if short:
                line = _short_line(text)
                if line.style is not None and not line.is_label:
                    if line.speaks_of_plans:
                        plans = plans or line.style
                    elif plans == line.style:
                        plans = None
                if line.is_heading and (others is not None or line.may_name_others):
                    style = line.style or ""
                    if names_others(line.folded, year):
                        others = style if others is None else others
                    elif others in ("", style):
                        others = None
            if (
                plans is None
                and others is None
                and (line.is_worth_reading if short else _is_worth_reading(text))
            ):
                topics = (folded_heading, topic)
                reading = ParagraphReading(
                    block, section, heading, own, year, notes, topics, of_all_years
                )
                figures.extend(reading.read())
                of_all_years = reading.of_all_years
            if short:
                heading = line.folded
                if line.is_heading and (line.style is not None or names_requests(heading)):
                    topic = heading
    return tuple(figures)


def explain_statements(
    sections: Sequence[Section], entity: Entity, year: int
) -> tuple[tuple[Figure, ...], tuple[Aside, ...], tuple[Omission, ...]]:
    """The figures of `find_statements`, those set aside, and the clauses that gave none, why.

    Reasons: `unknown_words`, `no_kind` (nothing countable named), `other_unit`,
    `several_kinds`, `crowded` (several numbers), `no_classifier`, `glued_digits` (a date
    whose 年 and 月 were lost), `parted_digits`, `whole_unclear` (part of what was not
    understood), `open_list` (等), `subject_before` (its channel or issuer stands before it),
    `no_object` (a rate that does not say of what), `same_kind_twice`, `carry_over_unclear`, `not_disclosure` (报送, 上报, 采用), `document_class` (依申请公开0条 as a class),
    `not_handled` (公开建议5件), `so_far_unclear` (累计 up to a day: of this year or of all).
    """
    notes = Notes()
    figures = find_statements(sections, entity, year, notes)
    return figures, tuple(notes.asides), tuple(notes.omissions)


# Patterns of one set of characters are searched ten times as fast as one with alternatives.


_PRINTED_SIGN = re.compile("[0-9０-９未无無没沒暂暫]")


def _is_worth_reading(text: str) -> bool:
    """Whether a paragraph, as printed (unfolded), may state anything at all."""
    if not MIN_PARAGRAPH <= len(text) <= MAX_PARAGRAPH:
        return False
    signs = _PRINTED_SIGN.search(text) or numeral_start().search(text)
    return (signs is not None or "不存在" in text) and not is_row_label(text)


class _ShortLine(NamedTuple):
    """What can be said of a short line alone, whatever stands around it."""

    folded: str
    style: str | None
    """How it is numbered, None if it is no numbered heading."""
    is_label: bool
    speaks_of_plans: bool
    is_heading: bool
    may_name_others: bool
    is_worth_reading: bool


@lru_cache(maxsize=2048)
def _short_line(text: str) -> _ShortLine:
    # Headings, and the labels of the form where a cell is a line: printed in thousands of reports.
    folded = solid(text)
    return _ShortLine(
        folded,
        _heading_style(text),
        is_row_label(text),
        any(word in folded for word in load_words().reports.plans),
        is_heading_line(text),
        may_name_others(text),
        _is_worth_reading(text),
    )


_NUMBERED_START = frozenset("(（一二三四五六七八九十0123456789０１２３４５６７８９ 　①②③④⑤⑥⑦⑧⑨⑩\t")


def _heading_style(text: str) -> str | None:
    """How a short line is numbered (`（一）` or `1.`), None if it is no numbered heading."""
    if text[:1] not in _NUMBERED_START:
        return None
    folded = solid(text)
    if folded.endswith(("。", ";")):
        return None
    numbering = NUMBERING.match(folded)
    if numbering is None:
        return None
    return re.sub(r"\d+", "1", re.sub(r"[一二三四五六七八九十]+", "一", numbering[0]))
