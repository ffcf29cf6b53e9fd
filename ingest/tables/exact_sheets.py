"""What the walk over exact tables knows of the form before a report is seen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ingest.tables.alignment import label_parts, slots_of
from ingest.tables.exact_rows import Column, columns_of
from knowledge.form import FormRow, FormTable, label_core, load_form
from knowledge.model import Part


class Line(NamedTuple):
    """A row of the form as the walk needs it."""

    item: str
    extra: bool
    group: int
    columns: tuple[Column, ...]
    money: bool
    """Whether one of them holds an amount, whose unit the header may print."""
    header: tuple[frozenset[str], ...]
    """The ways in which each of its column labels is printed."""


class Sheet(NamedTuple):
    """A table of an edition with everything that can be worked out before a report is seen."""

    lines: tuple[Line, ...]
    signatures: dict[tuple[str, ...], int]
    """The labels that a row of figures may have in front, group labels first, to its line."""
    headings: frozenset[str]
    """Labels that may stand without figures between the rows."""
    groups: frozenset[str]
    """Those of them that stand over column labels of their own; none where one header is for all."""
    one_header: bool


@lru_cache(maxsize=4)
def vocabulary_of(part: Part) -> frozenset[str]:
    """Every label of a table in any edition and every stretch of one, and its column labels."""
    form = load_form()
    words: set[str] = set()
    for edition in form.editions.values():
        table = edition.tables[part]
        words |= label_parts(slots_of(edition.id, part))
        for row in table.rows:
            words.update(map(label_core, row.group))
            for column in (*row.columns, *(extra for _, extra in table.extra_columns)):
                for core in form.column_cores(column.label):
                    words.update(core[:end] for end in range(1, len(core) + 1))
    return frozenset(words)


@lru_cache(maxsize=8)
def sheet_of(edition: str, part: Part) -> Sheet:
    """A table that goes down the page, one row an item."""
    form = load_form()
    table = form.editions[edition].tables[part]
    groups = list(dict.fromkeys(row.group for row in table.rows))
    one_header = table.header == "table"
    lines: list[Line] = []
    signatures: dict[tuple[str, ...], int] = {}
    doubled: set[tuple[str, ...]] = set()
    headings = {label_core(label) for row in table.rows for label in row.group}
    own_headers = frozenset[str]() if one_header else frozenset(headings)
    if not one_header:
        headings.add(label_core("信息内容"))
    else:
        headings.update(form.header_words)
    for number, row in enumerate(table.rows):
        lines.append(
            Line(
                row.item,
                row.extra,
                0 if one_header else groups.index(row.group),
                columns_of(row),
                any(column.money for column in columns_of(row)),
                tuple(frozenset(form.column_cores(column.label)) for column in row.columns),
            )
        )
        for core in form.row_cores(row.item, row.label):
            for signature in _fronts(table, row, core):
                if signatures.setdefault(signature, number) != number:
                    doubled.add(signature)
    for signature in doubled:
        del signatures[signature]
    return Sheet(tuple(lines), signatures, frozenset(headings), own_headers, one_header)


def _fronts(table: FormTable, row: FormRow, core: str) -> Iterable[tuple[str, ...]]:
    """The label of a row alone and behind any of the labels of its groups."""
    yield (core,)
    if table.header == "table":
        groups = tuple(map(label_core, row.group))
        for first in range(len(groups)):
            yield (*groups[first:], core)
            yield (groups[first], core)


class AcrossSheet(NamedTuple):
    """A table that has all its items in one row of figures, as section 四 has."""

    heads: tuple[str, ...]
    leaves: tuple[frozenset[str], ...]
    columns: tuple[Column, ...]
    known: frozenset[str]
    beginnings: frozenset[str]
    labels: tuple[str, ...]
    groups: frozenset[str]
    """Labels over heads; none stands before the first head, which has none over it."""


@lru_cache(maxsize=8)
def across_sheet_of(edition: str, part: Part) -> AcrossSheet:
    """A table that goes across the page."""
    form = load_form()
    rows = form.editions[edition].tables[part].rows
    heads = tuple(label_core(row.label) for row in rows)
    leaves = tuple(frozenset(form.column_cores(c.label)) for row in rows for c in row.columns)
    known = frozenset(heads).union(*leaves)
    return AcrossSheet(
        heads,
        leaves,
        tuple(column for row in rows for column in columns_of(row)),
        known,
        frozenset(label[:end] for label in known for end in range(1, len(label) + 1)),
        tuple(" ".join((*row.group, row.label, c.label)) for row in rows for c in row.columns),
        frozenset(label_core(label) for row in rows[1:] for label in row.group),
    )
