"""Blocks cut into tokens: one for each printed cell or line, with all that its place tells.

What has no place among cells is left out here: page numbers and running heads that carry
their own mark, and cells covered by a merged one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Block, Paragraph, Row
from ingest.tables.strips import read_strips
from knowledge.form import label_core, load_form
from knowledge.numerals import MAX_CELL, cell_number, is_blank
from knowledge.text import solid

MAX_LINE = 2_000
"""Characters of a line that can matter to a table; a row of figures has under 200."""

MAX_DAMAGED = 10
"""Characters of a cell that may be a figure gone wrong (`约5`, `2021年3月`, `1,23`)."""

_PAGE_NUMBER = re.compile(
    r"[-—–·]+\d{1,3}[-—–·]+|第\d{1,3}页(?:[,/]?共\d{1,3}页)?"
    r"|(?:page|p\.)\d{1,3}(?:(?:/|of)\d{1,3}|[-—–].{0,60})?"
)
_CUT_NUMBER = re.compile(r"\s*[（(]\s*[一二三四五六七八九十]{1,2}\s*")
_BEFORE_NUMBER = re.compile(r" +(?=[（(][一二三四五六七八][）)]|\d{1,2}[.．、])")
_DAMAGED = re.compile(r"[0-9０-９*＊×〇零①-⑳]")
_DIGITS_GONE_WRONG = re.compile(r"[约近]?[\d０-９.,，%*＊+\-①-⑳oO]+[余多]?")


class Place(NamedTuple):
    """Where a cell stands in a table whose columns the format draws, counted from 0."""

    grid: int
    column: int
    width: int

    def overlaps(self, other: Place) -> bool:
        """Whether two cells of one grid stand over one another."""
        return self.column < other.column + other.width and other.column < self.column + self.width


class Token(NamedTuple):
    """One cell or line of a table region.

    `block` counts the blocks of the region. `marked`: a cell of a printed row, so that an
    empty one can be seen; else a line of its own or a stretch of one, and the labels must
    bring the rows back. `place` is None where no grid was drawn.
    """

    text: str
    line: int | None
    block: int
    marked: bool
    place: Place | None = None
    recognised: bool = False

    @property
    def row(self) -> int | None:
        """Which printed row the token is a cell of, None for a line of its own."""
        return self.block if self.marked else None


def tokens_of(blocks: Sequence[Block]) -> list[Token]:
    """Cells and lines in reading order; a line that ends in figures is cut at them."""
    strips = read_strips(blocks)
    tokens: list[Token] = []
    for number, block in enumerate(blocks):
        if number in strips:
            tokens += [Token(text, block.line, number, False) for text in strips[number]]
        elif isinstance(block, Paragraph):
            tokens.extend(line_tokens(block, number))
        elif block.grid is None:
            # A bar alone on its line parts the cells of a table with one cell a line.
            if len(block.texts) > 1 or block.texts[0]:
                tokens.extend(
                    Token(cell.text, cell.line, number, True, None, block.recognised)
                    for cell in block.cells
                    if not cell.covered
                )
        else:
            tokens.extend(
                Token(cell.text, cell.line, number, True, place, block.recognised)
                for cell, place in zip(block.cells, _places(block, block.grid), strict=True)
                if place is not None
            )
    return _mended(tokens)


def _mended(tokens: list[Token]) -> list[Token]:
    """The tokens with a number that was cut in two put together (`（五` / `）不予处理`)."""
    if not any(_CUT_NUMBER.fullmatch(token.text) for token in tokens):
        return tokens
    mended: list[Token] = []
    for token in tokens:
        before = mended[-1] if mended else None
        if (
            before is not None
            and not (before.marked or token.marked)
            and token.text.startswith(("）", ")"))
            and _CUT_NUMBER.fullmatch(before.text)
        ):
            mended[-1] = before._replace(text=before.text + token.text)
        else:
            mended.append(token)
    return mended


def _places(block: Row, grid: int) -> Iterator[Place | None]:
    """The places of a row's cells, None for covered ones.

    A covered cell counts to the cell on its left. If it belongs to one further up instead,
    that makes a figure look too wide, which can only cost the row.
    """
    cells = block.cells
    for column, cell in enumerate(cells):
        if cell.covered:
            yield None
            continue
        width = 1
        while column + width < len(cells) and cells[column + width].covered:
            width += 1
        yield Place(grid, column, width)


def line_tokens(paragraph: Paragraph, number: int) -> Iterator[Token]:
    """A line as one token, or cut where a blank certainly parts two cells.

    That is between figures at the end of a line, between labels of the header, and before a
    numbered row label behind the label of its group (`（三）不予公开 1.属于国家秘密 0 0`).
    """
    text = paragraph.text
    if len(text) <= MAX_LINE:
        pieces = text.split()
        if _PAGE_NUMBER.fullmatch(solid(text[:120])):
            return
        if len(pieces) > 1:
            count = 0
            while count < len(pieces) and _ends_line(pieces[-1 - count]):
                count += 1
            if not any(is_value(piece) for piece in pieces[len(pieces) - count :]):
                count = 0
            labels = pieces[: len(pieces) - count]
            texts = [" ".join(labels)]
            if count:
                texts = _BEFORE_NUMBER.split(texts[0])
            elif _header_cores().issuperset(map(label_core, labels)):
                texts = labels
            for piece in (*filter(None, texts), *pieces[len(labels) :]):
                yield Token(piece, paragraph.line, number, False, None, paragraph.recognised)
            return
    yield Token(text[:MAX_LINE], paragraph.line, number, False, None, paragraph.recognised)


def _ends_line(piece: str) -> bool:
    """A figure or dash at the end of a line, or digits that are no figure but stand for one."""
    return is_value(piece) or (
        len(piece) <= MAX_DAMAGED and _DIGITS_GONE_WRONG.fullmatch(piece) is not None
    )


@lru_cache(maxsize=1)
def _header_cores() -> frozenset[str]:
    """Everything that is printed above figures, folded: column labels and words of the header."""
    form = load_form()
    cores = set(form.header_words)
    for edition in form.editions.values():
        for table in edition.tables.values():
            columns = [column for row in table.rows for column in row.columns]
            for column in (*columns, *(extra for _, extra in table.extra_columns)):
                cores.update(form.column_cores(column.label))
            if table.orientation == "across":
                cores.update(label_core(label) for r in table.rows for label in (*r.group, r.label))
    return frozenset(cores)


def is_value(text: str) -> bool:
    """A figure or a printed dash; an empty cell is one only inside a printed row."""
    return _is_value(text) if len(text) <= MAX_CELL else not text.strip()


@lru_cache(maxsize=16384)
def _is_value(text: str) -> bool:
    return cell_number(text) is not None or (bool(text) and is_blank(text))


def is_label(token: Token) -> bool:
    """Whether a token is words: neither empty nor a figure nor a dash."""
    return bool(token.text) and not is_value(token.text)


def is_damaged_figure(text: str) -> bool:
    """Whether a cell that is no figure may have been one: it holds its place and no value.

    Short, with a digit or what stands for one, or one of the words for "no figure here".

    >>> is_damaged_figure("约5"), is_damaged_figure("12 345"), is_damaged_figure("五、存在的问题")
    (True, True, False)
    """
    if not text or is_value(text) or len(text) > MAX_DAMAGED:
        return False
    if _DAMAGED.search(text) is not None or text.strip().lower() == "o":
        return True
    return label_core(text) in load_form().cell_words
