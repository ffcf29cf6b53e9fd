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

from ingest.tables.tokens import Token, is_label, is_value
from knowledge.form import FormRow, FormTable, has_numbering, label_core, load_form
from knowledge.model import Part

MAX_LABELS = 4_000
"""Labels of the form that are looked at in one table; a report prints under 150, each once or
twice more after page breaks. Bounds the time that a hostile file can cost."""

MAX_PIECES = 4
"""Pieces into which one label is broken over lines or cells; seed 001 has two, PDFs more."""

MAX_BRANDED = 60
"""Characters of a label with a brand in it."""

MIN_REMAINING = 4
"""Characters of a label that a brand must have left."""

_NEVER = float("-inf")


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
    """A slot and the tokens (start, end excluded) that print its label.

    `around`: the label is wrapped around the figures of its row, which stand among the tokens.
    """

    slot: int
    start: int
    end: int
    around: bool = False


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
def slot_index(slots: tuple[Slot, ...]) -> dict[str, tuple[int, ...]]:
    """The ways in which the labels are printed, folded, each with the slots it may stand for."""
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
def label_parts(slots: tuple[Slot, ...]) -> frozenset[str]:
    """Every stretch of a label: what is none of them is no label of the form nor a piece of one."""
    return frozenset(
        core[start:end]
        for core in slot_index(slots)
        for start in range(len(core))
        for end in range(start + 1, len(core) + 1)
    )


@lru_cache(maxsize=8)
def _brandable(slots: tuple[Slot, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The row labels that hold a word which mirrors swap: pattern around the word, and core."""
    patterns = []
    for core, numbers in slot_index(slots).items():
        if slots[numbers[0]].kind != "row":
            continue
        for word in load_form().swapped_words:
            before, found, after = core.partition(word)
            if found and len(before) + len(after) >= MIN_REMAINING:
                pattern = f"{re.escape(before)}(.{{1,20}}){re.escape(after)}"
                patterns.append((re.compile(pattern), core))
    return tuple(patterns)


@lru_cache(maxsize=8)
def _pairs(slots: tuple[Slot, ...]) -> frozenset[str]:
    return frozenset(core[n : n + 2] for core in slot_index(slots) for n in range(len(core) - 1))


def _core(text: str, slots: tuple[Slot, ...]) -> str:
    """The core of a printed label; that of the form's where a brand was put in place of a word.

    The brand must share no two characters in a row with any label of the table: 本年新收行政复议
    申请数量 is another measure, no brand. Only one row may have the remaining words.
    """
    core = label_core(text)
    if core in label_parts(slots) or not MIN_REMAINING < len(core) <= MAX_BRANDED:
        return core
    found = set()
    for pattern, known in _brandable(slots):
        match = pattern.fullmatch(core)
        if match is not None:
            brand = match[1]
            if not any(brand[n : n + 2] in _pairs(slots) for n in range(len(brand) - 1)):
                found.add(known)
    return found.pop() if len(found) == 1 else core


def may_be_label(text: str, slots: tuple[Slot, ...]) -> bool:
    """Whether a printed text is looked at as a label of the table or as a piece of one."""
    return _core(text, slots) in label_parts(slots)


def align(tokens: Sequence[Token], slots: tuple[Slot, ...]) -> tuple[float, list[Match]]:
    """The best order-keeping assignment of labels seen to labels expected, and its score.

    Each slot is used at most once and slots keep their order. A row label counts more when
    figures follow it; a label counts more when it carries its number where the form's does.
    """
    index = slot_index(slots)
    parts = label_parts(slots)
    width = len(slots)
    labels: list[int] = []
    cores: list[str] = []
    for number, token in enumerate(tokens):
        if is_label(token) and (core := _core(token.text, slots)) in parts:
            labels.append(number)
            cores.append(core)
            if len(labels) == MAX_LABELS:
                break
    # best[i][j]: score of the first i labels with slot j-1 the last used (j = 0: none).
    best: list[list[float] | None] = [None] * (len(labels) + 1)
    best[0] = [0.0] + [_NEVER] * width
    back: list[dict[int, tuple[int, int, bool]]] = [{} for _ in range(len(labels) + 1)]
    for i in range(len(labels) + 1):
        here = best[i]
        if i:
            carried = best[i - 1]
            assert carried is not None
            if here is None:
                here = best[i] = carried
            else:
                own = here
                here = best[i] = list(map(max, own, carried))
                for j in [j for j in back[i] if carried[j] >= own[j]]:
                    del back[i][j]
        if i == len(labels):
            break
        assert here is not None
        joined = ""
        around = False
        for size in range(1, MAX_PIECES + 1):
            if i + size > len(labels):
                break
            if size > 1:
                between = _between(tokens, labels[i + size - 2], labels[i + size - 1])
                if between is None or (between and around):
                    break
                around = around or between
            joined += cores[i + size - 1]
            for slot in index.get(joined, ()):
                if around and slots[slot].kind != "row":
                    continue
                previous = max(range(slot + 1), key=here.__getitem__)
                score = here[previous] + _weight(tokens, labels, i, size, slots[slot], around)
                target = i + size
                row = best[target]
                if row is None:
                    row = best[target] = [_NEVER] * (width + 1)
                if score > row[slot + 1]:
                    row[slot + 1] = score
                    back[target][slot + 1] = (i, previous, around)
    end = best[-1]
    assert end is not None
    last = max(range(width + 1), key=end.__getitem__)
    score = end[last]
    matches: list[Match] = []
    i = len(labels)
    while i > 0 and last > 0:
        step = back[i].get(last)
        if step is None:
            i -= 1
            continue
        start, previous, around = step
        matches.append(Match(last - 1, labels[start], labels[i - 1] + 1, around))
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
    used = {match.slot for match in matches}
    lost = {
        core: owners[0]
        for core, owners in slot_index(slots).items()
        if len(owners) == 1 and owners[0] not in used and slots[owners[0]].kind == "row"
    }
    if not lost:
        return []
    taken = {number for match in matches for number in range(match.start, match.end)}
    places: dict[str, list[int]] = {}
    for number, token in enumerate(tokens):
        if is_label(token) and (core := _core(token.text, slots)) in lost:
            places.setdefault(core, []).append(number)
    found: list[Match] = []
    for core, owner in lost.items():
        slot = slots[owner]
        if len(places.get(core, ())) != 1 or owner in used:
            continue
        number = places[core][0]
        group = [match.start for match in matches if slots[match.slot].group == slot.group]
        after = [match.start for match in matches if slots[match.slot].group > slot.group]
        first = min(group, default=len(tokens)) if after or slot.group else 0
        inside = first <= number < min(after, default=len(tokens))
        if number not in taken and inside and figures_follow(tokens, number):
            found.append(Match(owner, number, number + 1))
            used.add(owner)
    return found


def doubled_rows(
    tokens: Sequence[Token], slots: tuple[Slot, ...], matches: Sequence[Match]
) -> list[Match]:
    """Further rows of figures inside the table under a label that was matched to another row.

    A label printed over the label of its neighbour looks like that; so does a row that is
    merely repeated after a page break, which the figures tell.
    """
    rows = {match.slot: match for match in matches if slots[match.slot].kind == "row"}
    owned = {
        core: owners[0]
        for core, owners in slot_index(slots).items()
        if len(owners) == 1 and owners[0] in rows
    }
    taken = {number for match in matches for number in range(match.start, match.end)}
    first = min((match.start for match in matches), default=0)
    found: list[Match] = []
    for number in range(first, len(tokens)):
        token = tokens[number]
        if number in taken or not is_label(token):
            continue
        slot = owned.get(_core(token.text, slots))
        if slot is not None and figures_follow(tokens, number):
            found.append(Match(slot, number, number + 1))
            if len(found) == len(slots):
                break
    return found


def _between(tokens: Sequence[Token], first: int, second: int) -> bool | None:
    """What stands between two pieces of a label: False for nothing but empty cells, True for
    the figures of one line, around which the label is wrapped, None for anything else."""
    between = [tokens[number] for number in range(first + 1, second) if tokens[number].text]
    if not between:
        return False
    blocks = {token.block for token in between}
    figures = all(is_value(token.text) and not token.marked for token in between)
    own_line = tokens[second].block not in blocks
    return True if figures and own_line and len(blocks) == 1 and len(between) > 1 else None


def _weight(
    tokens: Sequence[Token], labels: Sequence[int], i: int, size: int, slot: Slot, around: bool
) -> float:
    first, last = labels[i], labels[i + size - 1]
    printed = "".join(tokens[labels[k]].text for k in range(i, i + size))
    weight = 1.0 - 0.05 * (size - 1)
    if has_numbering(printed) == has_numbering(slot.label):
        weight += 0.5
    follows = figures_follow(tokens, last)
    if slot.kind == "row":
        weight += 2.0 if follows or around else -0.5
    elif follows and not tokens[first].marked:
        weight -= 0.75
    return weight


def figures_follow(tokens: Sequence[Token], label: int) -> bool:
    """Whether a figure or dash stands behind a label: the next token, or further on its row."""
    return label + 1 < len(tokens) and (
        is_value(tokens[label + 1].text)
        or (tokens[label].marked and _row_has_figures(tokens, label))
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
