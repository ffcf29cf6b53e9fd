"""Header cells printed as vertical strips of characters, brought back to labels.

A page whose narrow header cells hold one character a line comes out of a PDF as lines of
single characters (`结 结 其 尚` / `果 果 他 未` / `维 纠 结 审` / `持 正 果 结`). The labels are
accepted only if they account for every character of every line in the order printed; nothing
is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ingest.document import Block, Paragraph
from knowledge.form import load_form
from knowledge.text import fold

MAX_STRIP_LINES = 12
"""The longest header label of the form has seven characters; centred ones start lower."""

MAX_STRIPS = 24


def read_strips(blocks: Sequence[Block]) -> dict[int, tuple[str, ...]]:
    """For the first block of each stretch of strips its labels from left to right, for the
    further ones (); blocks that are no strips are absent."""
    found: dict[int, tuple[str, ...]] = {}
    number = 0
    while number < len(blocks):
        lines: list[list[str]] = []
        while (
            number + len(lines) < len(blocks)
            and len(lines) <= MAX_STRIP_LINES
            and (line := _characters(blocks[number + len(lines)]))
        ):
            lines.append(line)
        labels = _labels(lines) if 2 <= len(lines) <= MAX_STRIP_LINES else None
        if labels is not None:
            found[number] = labels
            for further in range(1, len(lines)):
                found[number + further] = ()
        number += max(1, len(lines))
    return found


def _characters(block: Block) -> list[str]:
    """The single characters of a line that holds nothing else, at least two of them."""
    if not isinstance(block, Paragraph) or len(block.text) > 4 * MAX_STRIPS:
        return []
    pieces = fold(block.text).split()
    single = 2 <= len(pieces) <= MAX_STRIPS and all(
        len(piece) == 1 and "\u4e00" <= piece <= "\u9fff" for piece in pieces
    )
    return pieces if single else []


def _labels(lines: list[list[str]]) -> tuple[str, ...] | None:
    """The labels whose characters, each label downwards from some line, are these lines."""
    for wanted in _headers():
        if sum(map(len, wanted)) == sum(map(len, lines)) and _fits(lines, wanted):
            return wanted
    return None


def _fits(lines: list[list[str]], labels: Sequence[str]) -> bool:
    taken = [0] * len(lines)
    for label in labels:
        starts = [
            start
            for start in range(len(lines) - len(label) + 1)
            if all(
                taken[start + k] < len(lines[start + k])
                and lines[start + k][taken[start + k]] == character
                for k, character in enumerate(label)
            )
        ]
        if len(starts) != 1:
            return False
        for k in range(len(label)):
            taken[starts[0] + k] += 1
    return taken == [len(line) for line in lines]


@lru_cache(maxsize=1)
def _headers() -> tuple[tuple[str, ...], ...]:
    """The runs of column labels that a line of the header can hold: those of a block of an
    across table, once for each block or alone, and any stretch of those above the others."""
    form = load_form()
    runs: dict[tuple[str, ...], None] = {}
    for edition in form.editions.values():
        for table in edition.tables.values():
            labels = tuple(fold(column.label) for column in table.rows[0].columns)
            if table.orientation == "across":
                for times in range(len(table.rows), 0, -1):
                    runs[labels * times] = None
            elif table.header == "table":
                runs.update(
                    (labels[start:end], None)
                    for start in range(len(labels) - 1)
                    for end in range(len(labels), start + 1, -1)
                )
    return tuple(runs)
