"""The figures of one report as rows of `facts`, and what they share with other reports.

Called inside a transaction of `store.py`, through `rows.py`.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from knowledge.errors import UnknownCell
from knowledge.model import CellId, Figure, Report
from knowledge.numerals import plain

Measures = dict[CellId, tuple[int, str, str]]
"""The id, name and unit of each measure that the store has."""

_Label = tuple[str | None, str | None, str, str, bool]
"""Edition, section, printed label, unit, and whether the report states the unit."""


class SharedFigure(NamedTuple):
    """What the store keeps of a figure that many reports print.

    `number` and `words`: the value as SQLite keeps it, and the print where it is not the
    number's own. `own`: its words are a sentence of its report alone.
    """

    value: Decimal
    number: int | float
    words: str | None
    measure_id: int
    printed_id: int
    own: bool


@dataclass(slots=True)
class Batch:
    """One transaction, and what it has learnt so that its next report need not ask again.

    To be thrown away when the transaction ends, however it ends: the ids may be gone.
    """

    connection: sqlite3.Connection
    names: Mapping[CellId, tuple[str, str]]
    """The Chinese name and the unit of each narrative measure."""
    measures: Measures = field(init=False)
    labels: dict[_Label, int] = field(default_factory=dict)
    """The ids of the rows of `printed` that reports share."""
    shared: dict[tuple[object, ...], SharedFigure] = field(default_factory=dict)
    """Figures by all that is printed of them but their line."""
    unindexed: set[int] = field(default_factory=set)
    """The ids of reports whose sections the full text index does not have yet."""

    def __post_init__(self) -> None:
        self.measures = _read_measures(self.connection)


FACTS_AT_ONCE = (50, 10)
"""Facts in one statement; the same facts one by one take twice as long, a hundred at once
save nothing more."""

_INSERT = "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class _Insert:
    """Writes figures that are the first of their measure and printed as the number is: nearly
    all. They are of three kinds: `zero` without cautions, as most are, other ones without, and
    `warned` ones.

    What those of one report share is given once, and no None is passed, which takes Python's
    driver longer than three numbers.
    """

    def __init__(self, kind: Literal["zero", "plain", "warned"]) -> None:
        value = "0" if kind == "zero" else "?"
        cautions = "?" if kind == "warned" else "NULL"
        self._row = ("?", "?3", "0", value, "NULL", "?", "?", cautions)
        self.width = self._row.count("?")
        self.one = self._rows(1)
        self.many = [(self.width * count, self._rows(count)) for count in FACTS_AT_ONCE]

    def _rows(self, count: int) -> str:
        numbers = itertools.count(4)
        rows = [
            ", ".join(["?1", "?2", *(f"?{next(numbers)}" if v == "?" else v for v in self._row)])
            for _ in range(count)
        ]
        return "INSERT INTO facts VALUES " + ", ".join(f"({row})" for row in rows)

    def write(self, connection: sqlite3.Connection, head: list[Any], facts: list[Any]) -> None:
        """`head`: entity, year and report; `facts`: measure, value if it may differ from 0, line,
        label, and cautions if there are any, of each figure, one behind the other."""
        done = 0
        for size, many in self.many:
            while done + size <= len(facts):
                connection.execute(many, head + facts[done : done + size])
                done += size
        starts = range(done, len(facts), self.width)
        connection.executemany(
            self.one, [head + facts[start : start + self.width] for start in starts]
        )


_ZERO, _PLAIN, _WARNED = _Insert("zero"), _Insert("plain"), _Insert("warned")


def write_facts(batch: Batch, entity_id: int, report_id: int, report: Report) -> None:
    """Two hundred figures a report: what most of them share with others is looked up at once."""
    year, shared = report.year, batch.shared
    ordinals: dict[int, int] = {}
    sentences: dict[_Label, int] = {}
    zeros: list[Any] = []
    plain_ones: list[Any] = []
    warned: list[Any] = []
    others: list[tuple[Any, ...]] = []
    for figure in report.figures:
        cell, value, stated, unit, unit_stated, quote, line, section, edition, codes = figure
        key = (cell, stated, unit, unit_stated, quote, section, edition)
        known = shared.get(key)
        if known is None or (known.value is not value and known.value != value):
            known = _learn(batch, figure, report_id, sentences)
            if not known.own:
                shared[key] = known
        _, number, words, measure_id, printed_id, _ = known
        ordinal = ordinals.get(measure_id, 0)
        ordinals[measure_id] = ordinal + 1
        cautions = ";".join(codes) if codes else None
        if words is not None or ordinal or line is None:
            others.append(
                (
                    entity_id,
                    year,
                    measure_id,
                    report_id,
                    ordinal,
                    number,
                    words,
                    line,
                    printed_id,
                    cautions,
                )
            )
        elif cautions is None and not number:
            zeros += (measure_id, line, printed_id)
        elif cautions is None:
            plain_ones += (measure_id, number, line, printed_id)
        else:
            warned += (measure_id, number, line, printed_id, cautions)
    head = [entity_id, year, report_id]
    _ZERO.write(batch.connection, head, zeros)
    _PLAIN.write(batch.connection, head, plain_ones)
    _WARNED.write(batch.connection, head, warned)
    batch.connection.executemany(_INSERT, others)


def _learn(
    batch: Batch, figure: Figure, report_id: int, sentences: dict[_Label, int]
) -> SharedFigure:
    """What the store keeps of a figure; `sentences` are the report's own rows of `printed`."""
    cell, value, stated, unit, unit_stated, quote, _, section, edition, _ = figure
    narrative = cell.is_narrative
    measure_id = _narrative_measure(batch, cell) if narrative else measure_of(batch.measures, cell)
    label = quote.removesuffix(f" {stated}")
    own = narrative or label == quote
    # A sentence belongs to its report and goes with it.
    printed = (edition, section, quote if own else label, unit, unit_stated)
    ids = sentences if own else batch.labels
    printed_id = ids.get(printed)
    if printed_id is None:
        printed_id = ids[printed] = (
            _print(batch.connection, report_id, printed)
            if own
            else _shared_label(batch.connection, printed)
        )
    return SharedFigure(value, *_kept(stated, value), measure_id, printed_id, own)


def _kept(stated: str, value: Decimal) -> tuple[int | float, str | None]:
    number = stored_number(value)
    return number, None if stated == repr(number) == plain(value) else stated


def stored_number(value: Decimal) -> int | float:
    """The number by which SQLite keeps a value: an integer if it is one, else a double.

    A double keeps any decimal of fifteen significant digits: its shortest form is the decimal.

    Raises: ValueError for a value that would not come back exactly.

    >>> stored_number(Decimal("1859950.00")), stored_number(Decimal("22.6692"))
    (1859950, 22.6692)
    """
    number = int(value) if value == value.to_integral_value() else float(value)
    if abs(number) >= 2**63 or Decimal(repr(number)) != value:
        raise ValueError(f"{value}：有效数字太多，事实库不能精确保存")
    return number


def _shared_label(connection: sqlite3.Connection, label: _Label) -> int:
    """The id of a row label that many reports print; it stands once for all of them."""
    found = connection.execute(
        "SELECT id FROM printed WHERE report_id IS NULL AND edition IS ? AND section IS ?"
        " AND label = ? AND unit = ? AND unit_stated = ? AND whole_quote = 0",
        label,
    ).fetchone()
    return int(found[0]) if found is not None else _print(connection, None, label)


def _print(connection: sqlite3.Connection, report_id: int | None, label: _Label) -> int:
    """A new row of `printed`: a report's own sentence, or with no report a shared label."""
    number = connection.execute(
        "INSERT INTO printed (report_id, whole_quote, edition, section, label, unit, unit_stated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (report_id, report_id is not None, *label),
    ).lastrowid
    assert number is not None  # a row was inserted
    return number


def _read_measures(connection: sqlite3.Connection) -> Measures:
    return {
        CellId(item, column): (number, name, unit)
        for number, item, column, name, unit in connection.execute(
            'SELECT id, item, "column", name, unit FROM measures'
        )
    }


def _narrative_measure(batch: Batch, cell: CellId) -> int:
    """The id of a measure of the text, which is added or renamed where need be."""
    name = batch.names.get(cell)
    if name is None:
        raise UnknownCell(f"{cell.item} / {cell.column}")
    known = batch.measures.get(cell)
    if known is None or known[1:] != name:
        known = batch.measures[cell] = (register_measure(batch.connection, cell, *name), *name)
    return known[0]


def measure_of(measures: Measures, cell: CellId) -> int:
    """The id of a measure. Raises: UnknownCell if the store has none for this cell."""
    if cell not in measures:
        raise UnknownCell(f"{cell.item} / {cell.column}")
    return measures[cell][0]


def register_measure(connection: sqlite3.Connection, cell: CellId, name: str, unit: str) -> int:
    """The id of a measure, which is added or gets this name and unit."""
    (number,) = connection.execute(
        'INSERT INTO measures (item, "column", name, unit) VALUES (?, ?, ?, ?)'
        ' ON CONFLICT (item, "column") DO UPDATE SET name = excluded.name, unit = excluded.unit'
        " RETURNING id",
        (*cell, name, unit),
    ).fetchone()
    return int(number)
