"""Printed rows as the walk over exact tables sees them: words, then figures, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Paragraph
from ingest.tables.reading import MONEY, doubt_of
from ingest.tables.tokens import MAX_LINE, is_value, line_tokens
from knowledge.form import MAX_LABEL, FormRow, label_core
from knowledge.model import CellId
from knowledge.numerals import MAX_CELL, CellNumber, cell_number

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


@lru_cache(maxsize=16384)
def number_of(text: str, column: str, unit: str) -> CellNumber | None:
    """The figure of a cell of this column, None if there is none beyond doubt."""
    number = cell_number(text)
    if number is None or doubt_of(number, text.strip(), column, unit) is not None:
        return None
    return number


class Cut(NamedTuple):
    """A printed row: its words with their columns, and where its figures begin (-1: none)."""

    words: tuple[str, ...]
    columns: tuple[int, ...]
    start: int


def cut_row(texts: Sequence[str]) -> Cut:
    """A printed row cut before its first figure or dash."""
    words: list[str] = []
    columns: list[int] = []
    for number, text in enumerate(texts):
        if text:
            word = word_of(text)
            if word is None:
                return Cut(tuple(words), tuple(columns), number)
            words.append(word)
            columns.append(number)
    return Cut(tuple(words), tuple(columns), -1)


def numbers_of(
    texts: Sequence[str], start: int, columns: Iterable[Column]
) -> list[CellNumber] | None:
    """The figures of a row from its first one on: exactly one a column, nothing behind them."""
    numbers: list[CellNumber] = []
    place = start
    for column in columns:
        if place >= len(texts) or len(texts[place]) > MAX_CELL:
            return None
        number = number_of(texts[place], column.column, column.unit)
        if number is None:
            return None
        numbers.append(number)
        place += 1
    return None if any(texts[place:]) else numbers


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
