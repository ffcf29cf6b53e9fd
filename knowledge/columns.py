"""One measure of one year over all issuers at once: figures without their citations.

Nearly all figures of a column are alike (0 件, of the same form, without any caution), so each
kind is made once and the column points at it. Where a figure stands is read only for those
that are shown (`query.lookup_of`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal

from knowledge.fact_reading import cautions_of, is_revised
from knowledge.form import load_form
from knowledge.model import CellId, Citation, Entity, Fact
from knowledge.numerals import plain
from knowledge.query import Absence, absence_of
from knowledge.roster import ReportHead, reports_of_year, roster
from knowledge.store import Store

_NOBODY = Entity("")
_NOWHERE = Citation("", None, None, "", "", None, None)


class Held:
    """What the current reports of an issuer say of a measure in a year, or why nothing.

    `facts` are in the order of `query.lookup`, without issuer and citation; those that are
    alike are one object, and so is a `Held` of them: compared by identity.
    """

    __slots__ = ("absence", "facts")

    def __init__(self, facts: Sequence[Fact], absence: Absence | None = None) -> None:
        self.facts = tuple(facts)
        self.absence = absence


NOTHING = Held(())
"""Of an issuer without a report."""

Column = Sequence[Held]
"""By the numbers of the roster."""

_Row = tuple[int, int | float, str | None, str, int, str | None]
"""Report, value, caution codes, unit, whether it is stated, edition."""


def column(store: Store, year: int, cell: CellId) -> Column:
    """The figures of a measure in a year of every issuer of the roster.

    They are those that `query.lookup` gives, superseded ones left out, and where there is none
    the reason that `query.gap` gives.
    """
    return store.kept.get(("column", year, cell), lambda: _read_column(store, year, cell))


def _read_column(store: Store, year: int, cell: CellId) -> list[Held]:
    reports = reports_of_year(store, year)
    made = _Kinds(year, cell)
    first: dict[int, _Row] = {}
    several: dict[int, list[_Row]] = {}
    for row in _rows(store, year, cell):
        report = reports.get(row[0])
        if report is None:
            continue
        number = report.number
        if report.alone and number not in first:
            first[number] = row
        else:
            several.setdefault(number, [first[number]] if number in first else []).append(row)
    held = [NOTHING] * len(roster(store).entities)
    for number, row in first.items():
        held[number] = made.single(row, reports[row[0]].inferred)
    for number, rows in several.items():
        held[number] = made.group(rows, reports)
    _explain(store, cell, held, reports)
    return held


def _rows(store: Store, year: int, cell: CellId) -> list[_Row]:
    # From the issuers to their facts, as the facts lie: CROSS JOIN keeps that order.
    return store.connection.execute(
        "SELECT f.report_id, f.value, f.cautions, p.unit, p.unit_stated, p.edition"
        " FROM entities e CROSS JOIN facts f ON f.entity_id = e.id"
        " CROSS JOIN printed p ON p.id = f.printed_id"
        ' WHERE f.year = ? AND f.measure_id = (SELECT id FROM measures WHERE item = ? AND "column" = ?)'
        " ORDER BY e.id, f.report_id, f.ordinal",
        (year, *cell),
    ).fetchall()


class _Kinds:
    """The figures of a column, each kind of them once."""

    def __init__(self, year: int, cell: CellId) -> None:
        self.year = year
        self.cell = cell
        self._facts: dict[tuple[object, ...], Fact] = {}
        self._held: dict[tuple[object, ...], Held] = {}

    def single(self, row: _Row, inferred: bool) -> Held:
        """The one figure of an issuer with one report."""
        key = (*row[1:], inferred)
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = Held([self._fact(row, inferred, revised=False)])
        return held

    def group(self, rows: Iterable[_Row], reports: dict[int, ReportHead]) -> Held:
        """All figures of an issuer: several statements, several issues, or both."""
        ordered = sorted(rows, key=lambda row: reports[row[0]].place)  # stable: as stated
        issues: dict[int, set[int | float]] = {}
        for row in ordered:
            if not reports[row[0]].current:
                issues.setdefault(row[0], set()).add(row[1])
        facts = [
            self._fact(row, reports[row[0]].inferred, is_revised(row[1], issues.values()))
            for row in ordered
            if reports[row[0]].current
        ]
        if not facts:
            return NOTHING
        key = tuple(map(id, facts))
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = Held(facts)
        return held

    def _fact(self, row: _Row, inferred: bool, revised: bool) -> Fact:
        key = (*row[1:], inferred, revised)
        fact = self._facts.get(key)
        if fact is None:
            _, number, codes, unit, unit_stated, edition = row
            value = Decimal(repr(number))
            fact = self._facts[key] = Fact(
                _NOBODY,
                self.year,
                self.cell,
                value,
                unit,
                bool(unit_stated),
                plain(value),
                edition,
                _NOWHERE,
                cautions_of(codes, inferred, revised),
            )
        return fact


def _explain(store: Store, cell: CellId, held: list[Held], reports: dict[int, ReportHead]) -> None:
    """Why there is no figure, for every issuer that has a report and none."""
    form = load_form()
    part = form.part_of(cell.item)
    if cell.is_narrative or part is None or not form.editions_with(cell):
        return
    lacking = [
        (number, head)
        for number, head in reports.items()
        if not held[head.number].facts and head.current
    ]
    noted = dict(
        store.connection.execute(
            "SELECT g.report_id, g.kind FROM json_each(?) j CROSS JOIN gaps g"
            " ON g.report_id = j.value AND g.measure_id ="
            ' (SELECT id FROM measures WHERE item = ? AND "column" = ?)',
            (json.dumps([number for number, _ in lacking]), *cell),
        )
    )
    why: dict[int, list[tuple[str | None, str | None]]] = {}
    for number, head in lacking:
        why.setdefault(head.number, []).append((head.editions[part], noted.get(number)))
    known: dict[Absence | None, Held] = {}
    for number, reasons in why.items():
        reason = absence_of(cell, reasons)
        held[number] = known.setdefault(reason, Held((), reason))
