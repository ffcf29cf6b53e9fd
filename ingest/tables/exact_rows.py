"""Printed rows as the walk over exact tables sees them: words, then figures, nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Paragraph
from ingest.tables.reading import MONEY, doubt_of
from ingest.tables.tokens import MAX_LINE, is_value, line_tokens
from knowledge.form import MAX_LABEL, FormRow, label_core
from knowledge.model import CellId
from knowledge.numerals import MAX_CELL, CellNumber, cell_number

MAX_COUNT = 5
"""Digits of a figure that can be nothing else; from six on they may be a month (`202112`)."""

_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,8})\.[0-9]{1,6}")
"""An amount of money with a point in it, which no date has."""

LONG_LINE = 60
"""Characters; a line longer than this, without brackets, is no label of the form."""


class Column(NamedTuple):
    cell: CellId
    column: str
    unit: str
    money: bool


def word_of(text: str) -> str | None:
    """What a cell says, folded as labels are; None if it is a figure or a dash."""
    return _word_of(text if len(text) <= MAX_LABEL else text[:MAX_LABEL])


@lru_cache(maxsize=16384)
def _word_of(text: str) -> str | None:
    return None if is_value(text) else label_core(text)


def is_count(text: str) -> bool:
    """Whether a cell prints a few digits and nothing else, as nearly every cell of figures does:
    a figure in every column, and nothing to doubt."""
    return (
        text.isascii()
        and text.isdigit()
        and len(text) <= MAX_COUNT
        and (text[0] != "0" or len(text) == 1)
    )


def number_of(text: str, column: str, unit: str) -> CellNumber | None:
    """The figure of a cell of this column, None if there is none beyond doubt."""
    if is_count(text) or (unit in MONEY and _AMOUNT.fullmatch(text)):
        return CellNumber(Decimal(text), "", False)
    return _number_of(text, column, unit) if len(text) <= MAX_CELL else None


@lru_cache(maxsize=4096)
def _number_of(text: str, column: str, unit: str) -> CellNumber | None:
    number = cell_number(text)
    if number is None or doubt_of(number, text.strip(), column, unit) is not None:
        return None
    return number


Label = tuple[str, int, str]
"""A cell of words: the words folded, the place of the cell in its row, the words as printed."""


def first_figure(texts: Sequence[str]) -> int:
    """The place of the first figure or dash in a printed row, -1 if it has none."""
    for place, text in enumerate(texts):
        if text and (is_count(text) or word_of(text) is None):
            return place
    return -1


def labels_of(texts: Sequence[str]) -> tuple[Label, ...]:
    """The cells of words of a row or of what stands before its first figure."""
    return tuple(
        [
            (word, place, text)
            for place, text in enumerate(texts)
            if text and (word := word_of(text)) is not None
        ]
    )


def is_foreign_line(paragraph: Paragraph, vocabulary: frozenset[str]) -> bool:
    """Whether a line of text has nothing to do with the table."""
    text = paragraph.text[:MAX_LINE]
    if len(text) > LONG_LINE and "（" not in text and "(" not in text:
        return True
    pieces = text.split()
    if len(pieces) == 1:
        return (word_of(text) or "") not in vocabulary
    if all(len(piece) == 1 for piece in pieces):
        return False  # it may be a strip of a header
    return all((word_of(t.text) or "") not in vocabulary for t in line_tokens(paragraph, 0))


def columns_of(row: FormRow) -> tuple[Column, ...]:
    return tuple(
        Column(CellId(row.item, c.column), c.column, c.unit, c.unit in MONEY) for c in row.columns
    )
