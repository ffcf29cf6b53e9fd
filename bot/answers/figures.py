"""The figures of one report that a measure stands for: facts, group totals, rates, or the reason
why there is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from bot.answers.answer import Answer, Computed, Line, Reason
from bot.answers.overview import said_otherwise
from bot.understanding.interpretation import Choice, Wanted
from knowledge import query
from knowledge.catalogue import Catalogue, Measure, Statement, load_catalogue
from knowledge.columns import Held
from knowledge.compute import share
from knowledge.form import Form, load_form
from knowledge.model import CellId, Entity, Fact, Part
from knowledge.phrases import expand
from knowledge.store import Store
from knowledge.text import fold


class Sample:
    """What one of many places that say the same says, in place of the store."""

    def __init__(self, cells: Mapping[CellId, Held], editions: Mapping[Part, Collection[str]]):
        self.cells = cells
        self.editions = editions
        """Of each table, those of the place's current reports."""


class Resolver:
    """Looks up the measures of one report.

    `bare` leaves out what only a single figure is shown with: its parts, and what the text says.
    With a `sample`, which must have every cell of the measure, the store is not asked; nor is
    then told what the text says otherwise.
    """

    def __init__(
        self,
        store: Store,
        entity: Entity,
        year: int,
        bare: bool = False,
        sample: Sample | None = None,
    ) -> None:
        self.store = store
        self.sample = sample
        self.bare = bare
        self.entity = entity
        self.year = year
        self.form: Form = load_form()
        self.catalogue: Catalogue = load_catalogue()

    def lines(self, wanted: Wanted, question: str) -> list[Line] | Answer:
        """The lines of one measure asked for; choices where its words fit several cells."""
        names = wanted.measures
        if len(names) > 1:
            held = [name for name in names if self._on_form(name)]
            names = tuple(held) if held else names[:1]
        if len(names) > 1:
            return Answer("clarify", question, choices=tuple(map(self._choice, names)))
        name = names[0]
        statement = self.catalogue.statements.get(name)
        if statement is not None:
            return [self._statement_line(statement, wanted.words)]
        measure = self.catalogue.measures[name]
        columns: list[str | None] = list(wanted.columns) or [None]
        if wanted.whole and wanted.columns:
            columns.insert(0, None)
        if measure.share is not None:
            return [self._share_line(measure)]
        lines: list[Line] = []
        for column in columns:
            lines += self._measure_lines(measure, column)
        return lines

    def _choice(self, name: str) -> Choice:
        """One of the measures that a phrase may mean, asked for this place and year."""
        entry = self.catalogue.measures.get(name) or self.catalogue.statements[name]
        phrase = expand((*entry.terms, *entry.asked)[0])[0].replace(" ", "")
        place = f"{self.entity.county or ''}{self.entity.name}"
        return Choice(entry.name, f"{place}{self.year}年{phrase}")

    def _on_form(self, name: str) -> bool:
        measure = self.catalogue.measures.get(name)
        if measure is None or measure.item is None or measure.column is None:
            return True
        cell = CellId(measure.item, measure.column)
        return self._gap(cell) != "not_on_form"

    def _gap(self, cell: CellId) -> query.Absence | None:
        if self.sample is not None:
            return self.sample.cells[cell].absence
        return query.gap(self.store, self.entity, self.year, cell)

    def _facts(self, cell: CellId) -> list[Fact]:
        if self.sample is not None:
            return list(self.sample.cells[cell].facts)
        found = query.lookup(self.store, self.entity, self.year, cell)
        return [fact for fact in found if not fact.superseded]

    def _editions(self, part: Part | None) -> Collection[str]:
        """The editions of a table in the current reports."""
        if part is None:
            return ()
        if self.sample is not None:
            return self.sample.editions[part]
        records = query.current_reports(self.store, self.entity, self.year)
        return {edition for r in records if (edition := r.editions.get(part)) is not None}

    def _line(self, name: str, **fields: object) -> Line:
        return replace(Line(self.entity, self.year, name), **fields)  # type: ignore[arg-type]

    def _statement_line(self, statement: Statement, words: tuple[str, ...]) -> Line:
        known = self._facts(CellId(statement.id, "total"))
        if not known:
            return self._line(statement.name, reason="not_stated")
        facts = [fact for fact in known if _says(fact, words)]
        if not facts:
            return self._line(statement.name, reason="other_words")
        return self._line(statement.name, facts=tuple(facts), details=self._details(statement))

    def _details(self, statement: Statement) -> tuple[Fact, ...]:
        if self.bare:
            return ()
        return tuple(
            fact for detail in statement.details for fact in self._facts(CellId(detail, "total"))
        )

    def _measure_lines(self, measure: Measure, column: str | None) -> list[Line]:
        named = self.catalogue.columns.get(column) if column else None
        name = f"{self._row_name(measure)}（{named.name}）" if named else measure.name
        if measure.item is None:
            usual = measure.column or "total"
            return [self._sum_line(name, measure, (column or usual))]
        if column is None and measure.column is None:
            return self._row_lines(measure)
        cell = CellId(measure.item, column or measure.column or "total")
        if named is not None and named.sum_of:
            return [self._sum_line(name, measure, named.id)]
        facts = self._facts(cell)
        said = self._said(measure, cell)
        if facts:
            parts = self._parts(cell, facts[0])
            statement = self.catalogue.statements.get(measure.statement or "")
            details = self._details(statement) if statement is not None and said else ()
            return [self._line(name, facts=tuple(facts), parts=parts, said=said, details=details)]
        if said:
            return [self._line(name, facts=said, from_text=True, reason=self._reason(cell))]
        return [self._line(name, reason=self._reason(cell))]

    def _row_name(self, measure: Measure) -> str:
        """The name that a column is put behind: the row's own label where the measure is a cell."""
        if measure.item is None or measure.column in (None, "total"):
            return measure.name
        return self.form.place(CellId(measure.item, measure.column))[1].label

    def _reason(self, cell: CellId) -> Reason:
        return self._gap(cell) or "not_stated"

    def _row_lines(self, measure: Measure) -> list[Line]:
        """A row without a usual column: all columns of the report's own form."""
        assert measure.item is not None
        lines: list[Line] = []
        editions = self._editions(self.form.part_of(measure.item))
        edition = min(editions, default=None)
        columns = self.form.columns_of(measure.item, edition)
        for column in columns:
            cell = CellId(measure.item, column)
            facts = self._facts(cell)
            label = self.form.place(cell, edition)[2].label
            name = f"{measure.name}（{re.sub('（.*）', '', label)}）"
            reason = None if facts else self._reason(cell)
            lines.append(self._line(name, facts=tuple(facts), reason=reason))
        if not columns:
            lines.append(self._line(measure.name, reason="not_on_form"))
        return lines

    def _said(self, measure: Measure, cell: CellId) -> tuple[Fact, ...]:
        """What the text says of the same cell; among other figures only what contradicts it."""
        if self.sample is not None:
            return ()
        if self.bare:
            return tuple(s for fact in self._facts(cell) for s in said_otherwise(self.store, fact))
        if measure.statement is None:
            return ()
        statement = self.catalogue.statements[measure.statement]
        if statement.cell is not None and CellId(*statement.cell.split("/")) != cell:
            return ()
        return tuple(self._facts(CellId(statement.id, "total")))

    def _parts(self, cell: CellId, total: Fact) -> tuple[Fact, ...]:
        """The applicant kinds that make up a total of section 三, without those that are 0."""
        if (
            self.bare
            or cell.column != "total"
            or total.value == 0
            or self.form.part_of(cell.item) != "applications"
        ):
            return ()
        columns = [c for c in self.form.columns_of(cell.item) if c != "total"]
        same_file = total.citation.file
        facts = [fact for column in columns for fact in self._facts(CellId(cell.item, column))]
        return tuple(f for f in facts if f.value != 0 and f.citation.file == same_file)

    def _sum_line(self, name: str, measure: Measure, column: str) -> Line:
        """A group total: the report's own subtotal if it prints one, else the sum of its cells.

        With an operand missing it is not computed.
        """
        items = (measure.item,) if measure.item else measure.sum_of
        known = self.catalogue.columns.get(column)
        columns = known.sum_of if known is not None and known.sum_of else (column,)
        printed = measure.printed_total or measure.item
        if printed is not None:
            own = self._facts(CellId(printed, column))
            if own:
                return self._line(name, facts=tuple(own))
        operands: list[Fact] = []
        for item in items:
            for single in columns:
                cell = CellId(item, single)
                facts = self._facts(cell)
                if len({fact.value for fact in facts}) > 1:
                    return self._line(name, reason="issues_differ")
                if not facts:
                    return self._line(name, reason=self._reason(cell))
                operands += facts[:1]
        value = sum((fact.value for fact in operands), Decimal(0))
        formula = " + ".join(self.catalogue.name_of(fact.cell) for fact in operands)
        computed = Computed("sum", value, operands[0].unit, tuple(operands), formula)
        said = self._said(measure, CellId(measure.id, column)) if column == "total" else ()
        return self._line(name, computed=computed, said=said)

    def _share_line(self, measure: Measure) -> Line:
        assert measure.share is not None
        sides: list[list[Fact]] = []
        for cells in measure.share.sides:
            facts: list[Fact] = []
            for cell in cells:
                own = self._facts(cell)
                if len({fact.value for fact in own}) > 1:
                    return self._line(measure.name, reason="issues_differ")
                if not own:
                    return self._line(measure.name, reason=self._reason(cell))
                facts += own[:1]
            sides.append(facts)
        of, among = (sum((f.value for f in side), Decimal(0)) for side in sides)
        operands = (*sides[0], *sides[1])
        said: tuple[Fact, ...] = ()
        if self.sample is None:
            said = tuple(f for operand in operands for f in said_otherwise(self.store, operand))
        exact = of * 100 / among if among else None
        computed = Computed("share", share(of, among), "%", operands, measure.share.formula, exact)
        return self._line(measure.name, computed=computed, said=said)


def _says(fact: Fact, words: tuple[str, ...]) -> bool:
    """Whether the report's own words for a figure have those that the question narrows it by."""
    stated = fold(fact.stated).replace(" ", "")
    return all(any(word in stated for word in same.split("|")) for same in words)


def cells_of(wanted: Wanted) -> list[CellId]:
    """Every cell that a `Resolver` may look at for a measure with at most one column, and to
    know whether a form has it."""
    catalogue, form = load_catalogue(), load_form()
    cells: dict[CellId, None] = {}
    for name in wanted.measures:
        if name in catalogue.statements:
            cells[CellId(name, "total")] = None
            continue
        measure = catalogue.measures[name]
        if measure.share is not None:
            cells.update((cell, None) for side in measure.share.sides for cell in side)
            continue
        if len(wanted.measures) > 1 and measure.item is not None and measure.column is not None:
            cells[CellId(measure.item, measure.column)] = None
        items = (measure.item,) if measure.item is not None else measure.sum_of
        columns: list[str] = []
        for column in wanted.columns or (measure.column,):
            if column is None and measure.item is not None:
                columns += form.columns_of(measure.item)
                continue
            column = column or "total"
            known = catalogue.columns.get(column)
            summed = known is not None and known.sum_of
            columns += known.sum_of if known is not None and known.sum_of else (column,)
            printed = measure.printed_total or measure.item
            if printed is not None and (summed or measure.item is None):
                cells[CellId(printed, column)] = None
        cells.update((CellId(item, column), None) for item in items for column in columns)
    return list(cells)
