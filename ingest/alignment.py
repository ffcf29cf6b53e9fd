"""Printed labels aligned with the labels that the form expects, as two sequences.

The best order-keeping assignment is found by dynamic programming over the labels seen; what
is no label of the form is passed over, so prose, page heads and repeated headers do not
disturb it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from ingest.document import Block, Paragraph
from knowledge.form import FormRow, FormTable, has_numbering, label_core, load_form
from knowledge.model import Part
from knowledge.numerals import cell_value, is_blank
from knowledge.text import fold, squeeze

_PAGE_NUMBER = re.compile(
    r"[-—–·]+\d{1,3}[-—–·]+|第\d{1,3}页(?:[,/]?共\d{1,3}页)?|(?:page|p\.)\d{1,3}(?:(?:/|of)\d{1,3})?"
)
_BEFORE_NUMBER = re.compile(r" +(?=[（(][一二三四五六七八][）)]|\d{1,2}[.．、])")

MAX_LINE = 2_000
"""Characters of a line that can matter to a table; a row of figures has under 200."""

MAX_LABELS = 4_000
"""Labels of the form that are looked at in one table; a report prints under 150, each once or
twice more after page breaks. Bounds the time that a hostile file can cost."""

MAX_PIECES = 4
"""Pieces into which one label is broken over lines or cells; seed 001 has two, PDFs more."""


class Token(NamedTuple):
    """One cell or line of a table region. `row` tells which printed row it is from.

    `row` is None for a line of its own: there the labels must bring the rows back.
    """

    text: str
    line: int | None
    row: int | None


class Slot(NamedTuple):
    """One label that the form expects, in the order of the form."""

    kind: Literal["row", "column", "group", "word"]
    label: str
    item: str | None
    column: str | None
    group: int
    """Which header the label belongs to: the group of rows, or 0 for the whole table."""


@dataclass(frozen=True, slots=True)
class Match:
    """A slot and the tokens (start, end excluded) that print its label."""

    slot: int
    start: int
    end: int


def tokens_of(blocks: Sequence[Block]) -> list[Token]:
    """Cells and lines in reading order; a line that ends in figures is cut at them."""
    tokens: list[Token] = []
    for number, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            tokens.extend(_line_tokens(block))
        else:
            tokens.extend(Token(cell.text, cell.line, number) for cell in block.cells)
    return tokens


def _line_tokens(paragraph: Paragraph) -> list[Token]:
    """A line as one token, or cut where a blank certainly parts two cells.

    That is between figures at the end of a line, between labels of the header, and before a
    numbered row label behind the label of its group (`（三）不予公开 1.属于国家秘密 0 0`).
    Page numbers that carry their own mark (`- 7 -`, 第7页) are no token at all.
    """
    if len(paragraph.text) > MAX_LINE:
        return [Token(paragraph.text[:MAX_LINE], paragraph.line, None)]
    if _PAGE_NUMBER.fullmatch(squeeze(fold(paragraph.text))):
        return []
    pieces = paragraph.text.split()
    count = 0
    while count < len(pieces) and is_value(pieces[-1 - count]):
        count += 1
    if len(pieces) == 1:
        return [Token(paragraph.text, paragraph.line, None)]
    labels = pieces[: len(pieces) - count]
    texts = [" ".join(labels)]
    if count:
        texts = _BEFORE_NUMBER.split(texts[0])
    elif _header_cores().issuperset(map(label_core, labels)):
        texts = labels
    tokens = [Token(text, paragraph.line, None) for text in texts if text]
    return tokens + [Token(piece, paragraph.line, None) for piece in pieces[len(labels) :]]


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


@lru_cache(maxsize=16384)
def is_value(text: str) -> bool:
    """A figure or a printed dash; an empty cell is one only inside a printed row."""
    return cell_value(text) is not None or (bool(text) and is_blank(text))


def is_label(token: Token) -> bool:
    """Whether a token is words: neither empty nor a figure nor a dash."""
    return bool(token.text) and not is_value(token.text)


def group_number(table: FormTable, row: FormRow) -> int:
    """Which header of the table a row stands under; 0 where the table has one for all."""
    if table.header == "table":
        return 0
    groups = list(dict.fromkeys(known.group for known in table.rows))
    return groups.index(row.group)


@lru_cache(maxsize=8)
def slots_of(edition: str, part: Part) -> tuple[Slot, ...]:
    """The labels of a table with one row an item, in the order in which the form prints them."""
    form = load_form()
    table = form.editions[edition].tables[part]
    slots: list[Slot] = []
    group: tuple[str, ...] | None = None
    for row in table.rows:
        number = group_number(table, row)
        if row.group != group:
            group = row.group
            for label in group[-1:]:
                if not any(known.extra and known.label == label for known in table.rows):
                    slots.append(Slot("group", label, None, None, number))
            if table.header == "group":
                slots.append(Slot("word", "信息内容", None, None, number))
                slots.extend(
                    Slot("column", column.label, None, column.column, number)
                    for column in row.columns
                )
        slots.append(Slot("row", row.label, row.item, None, number))
    return tuple(slots)


@lru_cache(maxsize=8)
def _slot_index(slots: tuple[Slot, ...]) -> dict[str, tuple[int, ...]]:
    form = load_form()
    index: dict[str, list[int]] = {}
    for number, slot in enumerate(slots):
        if slot.kind == "row" and slot.item is not None:
            cores = form.row_cores(slot.item, slot.label)
        elif slot.kind == "column":
            cores = form.column_cores(slot.label)
        else:
            cores = (label_core(slot.label),)
        for core in cores:
            index.setdefault(core, []).append(number)
    return {core: tuple(numbers) for core, numbers in index.items()}


@lru_cache(maxsize=8)
def _label_parts(slots: tuple[Slot, ...]) -> frozenset[str]:
    """Every stretch of a label: what is none of them is no label of the form nor a piece of one."""
    return frozenset(
        core[start:end]
        for core in _slot_index(slots)
        for start in range(len(core))
        for end in range(start + 1, len(core) + 1)
    )


def align(tokens: Sequence[Token], slots: tuple[Slot, ...]) -> tuple[float, list[Match]]:
    """The best order-keeping assignment of labels seen to labels expected, and its score.

    Each slot is used at most once and slots keep their order. A row label counts more when
    figures follow it; a label counts more when it carries its number where the form's does.
    """
    index = _slot_index(slots)
    width = len(slots)
    # best[i][j]: score of the first i tokens with slot j-1 the last used (j = 0: none).
    parts = _label_parts(slots)
    labels = [n for n, token in enumerate(tokens) if token.text and label_core(token.text) in parts]
    labels = [number for number in labels if is_label(tokens[number])][:MAX_LABELS]
    cores = [label_core(tokens[number].text) for number in labels]
    best: list[list[float]] = [[0.0] + [float("-inf")] * width]
    back: list[dict[int, tuple[int, int]]] = [{}]
    for _ in labels:
        best.append([])
        back.append({})
    for i in range(len(labels) + 1):
        if i:
            carried = best[i - 1]
            if best[i]:
                best[i] = [max(a, b) for a, b in zip(best[i], carried, strict=True)]
                for j in range(width + 1):
                    if carried[j] >= best[i][j]:
                        back[i].pop(j, None)
            else:
                best[i] = list(carried)
        if i == len(labels):
            break
        joined = ""
        for size in range(1, MAX_PIECES + 1):
            if i + size > len(labels):
                break
            joined += cores[i + size - 1]
            if size > 1 and not _adjacent(tokens, labels[i + size - 2], labels[i + size - 1]):
                break
            for slot in index.get(joined, ()):
                before = best[i]
                previous = max(range(slot + 1), key=before.__getitem__)
                score = before[previous] + _weight(tokens, labels, i, size, slots[slot])
                target = i + size
                if not best[target]:
                    best[target] = [float("-inf")] * (width + 1)
                if score > best[target][slot + 1]:
                    best[target][slot + 1] = score
                    back[target][slot + 1] = (i, previous)
    last = max(range(width + 1), key=best[-1].__getitem__)
    score = best[-1][last]
    matches: list[Match] = []
    i = len(labels)
    while i > 0 and last > 0:
        step = back[i].get(last)
        if step is None:
            i -= 1
            continue
        start, previous = step
        matches.append(Match(last - 1, labels[start], labels[i - 1] + 1))
        i, last = start, previous
    matches.reverse()
    return score, matches


def out_of_order(
    tokens: Sequence[Token], slots: tuple[Slot, ...], matches: Sequence[Match]
) -> list[Match]:
    """Rows whose label stands somewhere else in their table than the form has it.

    A label that only one row of the form has, printed only once and with figures behind it,
    needs no order to be that row's. Under a header of its own it must stand there.
    """
    taken = {number for match in matches for number in range(match.start, match.end)}
    used = {match.slot for match in matches}
    places: dict[str, list[int]] = {}
    for number, token in enumerate(tokens):
        if is_label(token):
            places.setdefault(label_core(token.text), []).append(number)
    found: list[Match] = []
    for core, owners in _slot_index(slots).items():
        slot = slots[owners[0]]
        if len(owners) > 1 or owners[0] in used or slot.kind != "row":
            continue
        group = [match.start for match in matches if slots[match.slot].group == slot.group]
        after = [match.start for match in matches if slots[match.slot].group > slot.group]
        for number in places.get(core, ()) if len(places.get(core, ())) == 1 else ():
            first = min(group, default=len(tokens)) if after or slot.group else 0
            inside = first <= number < min(after, default=len(tokens))
            if number not in taken and inside and _figures_follow(tokens, number):
                found.append(Match(owners[0], number, number + 1))
                used.add(owners[0])
    return found


def _adjacent(tokens: Sequence[Token], first: int, second: int) -> bool:
    """Whether nothing but empty cells stands between two pieces of a label."""
    return all(not tokens[number].text for number in range(first + 1, second))


def _weight(tokens: Sequence[Token], labels: Sequence[int], i: int, size: int, slot: Slot) -> float:
    first, last = labels[i], labels[i + size - 1]
    printed = "".join(tokens[labels[k]].text for k in range(i, i + size))
    weight = 1.0 - 0.05 * (size - 1)
    if has_numbering(printed) == has_numbering(slot.label):
        weight += 0.5
    follows = _figures_follow(tokens, last)
    if slot.kind == "row":
        weight += 2.0 if follows else -0.5
    elif follows and tokens[first].row is None:
        weight -= 0.75
    return weight


def _figures_follow(tokens: Sequence[Token], label: int) -> bool:
    return label + 1 < len(tokens) and (
        is_value(tokens[label + 1].text)
        or (tokens[label].row is not None and _row_has_figures(tokens, label))
    )


def _row_has_figures(tokens: Sequence[Token], label: int) -> bool:
    row = tokens[label].row
    for number in range(label + 1, len(tokens)):
        token = tokens[number]
        if token.row != row or is_label(token):
            return False
        if token.text:
            return True
    return False
