"""What does not add up: inside a report, between its years, between its text and another's.

Each problem says both sides and keeps the facts behind them, so that either can be walked
back to the print. A missing operand, or one that several current reports state differently,
leaves a check undecided, which is no problem. Nothing is corrected. Superseded reports and
duplicates are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from knowledge import query
from knowledge.amounts import is_implausible
from knowledge.audit_rules import Operand, Relation, load_audit_rules
from knowledge.catalogue import load_catalogue
from knowledge.checks import find_failures
from knowledge.form import load_form
from knowledge.likeness import Likeness, find_copies
from knowledge.model import CellId, Citation, Entity, Fact, Finding, report_name
from knowledge.numerals import plain
from knowledge.quantities import find_quantities
from knowledge.query import ReportRecord
from knowledge.store import Store
from knowledge.text import fold

OPEN_LIST = "等"
"""A list that ends in 等 names only some of its parts (field-notes, section 4)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not add up. `left` and `right` are the two sides where both are sums.

    `facts` are the figures of both sides; `citations` the places of what is no figure (a table
    that was not read, a copied text). `severity` as in `data/audit.toml`.
    """

    rule: str
    severity: Literal["error", "warning"]
    entity: Entity
    year: int
    text: str
    facts: tuple[Fact, ...] = ()
    left: Decimal | None = None
    right: Decimal | None = None
    citations: tuple[Citation, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        """Left minus right, None where the sides are no sums."""
        return None if self.left is None or self.right is None else self.left - self.right


def find_problems(store: Store, entity: Entity | None = None) -> Iterator[Problem]:
    """Every problem of every current report, report by report in the order of `query.reports`.

    Within a report: the form's sums, then what ingest found, then the units and parts, then
    against the year before; copied texts come last of all. Of one entity alone the texts are
    not compared: that needs all the others.
    """
    findings: dict[int, list[Finding]] = {}
    for record, finding in query.findings(store, entity):
        findings.setdefault(record.id, []).append(finding)
    history = _History()
    for record, facts in query.facts_by_report(store, entity):
        if record.status != "current":
            continue
        yield from _sums(record, facts)
        yield from _found(record, facts, findings.get(record.id, ()))
        yield from _amounts(record, facts)
        yield from _parts(record, facts)
        history.add(record, facts)
        if history.complete is not None:
            yield from _relations(*history.complete)
    yield from _relations(*history.finish())
    if entity is not None:
        return
    for copy in find_copies(store, load_audit_rules().copied):
        yield _copied(copy)


class _History:
    """The figures of one entity by year, while its reports go by in order of year.

    A year is complete when the next report is of another year or entity: several current
    reports of one year may disagree, and then their figures decide nothing.
    """

    def __init__(self) -> None:
        self.entity: Entity | None = None
        self.year = 0
        self.now: dict[CellId, Fact] = {}
        self.disputed: set[CellId] = set()
        self.before: tuple[int, dict[CellId, Fact]] = (0, {})
        self.complete: tuple[Entity | None, int, dict[CellId, Fact], dict[CellId, Fact]] | None

    def add(self, record: ReportRecord, facts: Sequence[Fact]) -> None:
        self.complete = None
        if (record.entity, record.year) != (self.entity, self.year):
            self.complete = self.finish()
            same = record.entity == self.entity
            self.before = (self.year, self._settled()) if same else (0, {})
            self.entity, self.year, self.now, self.disputed = record.entity, record.year, {}, set()
        for fact in facts:
            if fact.cell.is_narrative:
                continue
            known = self.now.setdefault(fact.cell, fact)
            if known.value != fact.value:
                self.disputed.add(fact.cell)

    def finish(self) -> tuple[Entity | None, int, dict[CellId, Fact], dict[CellId, Fact]]:
        """Entity, year, the year's figures and those of the year before (none if not stored)."""
        year, figures = self.before
        return self.entity, self.year, self._settled(), figures if year == self.year - 1 else {}

    def _settled(self) -> dict[CellId, Fact]:
        return {cell: fact for cell, fact in self.now.items() if cell not in self.disputed}


def _problem(
    rule: str,
    record: ReportRecord,
    text: str,
    facts: Iterable[Fact],
    sides: tuple[Decimal, Decimal] | None = None,
    citations: tuple[Citation, ...] = (),
) -> Problem:
    known = load_audit_rules().named(rule)
    severity = known.severity if known is not None else "warning"
    left, right = sides if sides is not None else (None, None)
    return Problem(
        rule, severity, record.entity, record.year, text, tuple(facts), left, right, citations
    )


def _sums(record: ReportRecord, facts: Sequence[Fact]) -> Iterator[Problem]:
    """The form's own arithmetic, once more over what is stored."""
    by_cell = {fact.cell: fact for fact in facts if not fact.cell.is_narrative}
    form = load_form()
    for failure in find_failures({cell: fact.value for cell, fact in by_cell.items()}):
        total = failure.cells[-1]
        involved = [
            by_cell[cell] for cell in failure.cells if by_cell[cell].value != 0 or cell == total
        ]
        of = form.label_path(total)
        text = f"{failure.text}，{plain(failure.left)} ≠ {plain(failure.right)}（{of}）"
        yield _problem(failure.rule, record, text, involved, (failure.left, failure.right))


def _found(
    record: ReportRecord, facts: Sequence[Fact], findings: Iterable[Finding]
) -> Iterator[Problem]:
    """What ingest noted when it read the report, but the sums, which are computed anew."""
    sums = {"row_total", "column_balance", "handled_total", "review_total"}
    for finding in findings:
        if finding.rule in sums:
            continue
        cells = set(finding.cells)
        known = load_audit_rules().named(finding.rule)
        involved = tuple(fact for fact in facts if fact.cell in cells)
        values = {fact.cell.is_narrative: fact.value for fact in involved}
        paired = len(involved) == len(values) == 2
        place = Citation(
            report_name(record.title, record.entity, record.year),
            None, None, "", record.file, None, record.url,
        )  # fmt: skip
        yield Problem(
            finding.rule,
            known.severity if known is not None else finding.severity,
            record.entity,
            record.year,
            finding.text,
            involved,
            values[True] if paired else None,
            values[False] if paired else None,
            citations=() if involved else (place,),
        )


def _amounts(record: ReportRecord, facts: Sequence[Fact]) -> Iterator[Problem]:
    for fact in facts:
        bare = "unit_not_stated" in fact.cautions
        if not is_implausible(fact.cell, fact.value, fact.unit, bare):
            continue
        printed = "没有印单位" if bare else f"单位写作{fact.unit}"
        likely = "，多半是元" if fact.unit == "万元" else ""
        text = f"{fact.citation.label}：{fact.stated}，{printed}；照{fact.unit}算数额大得不合常理{likely}"
        yield _problem("implausible_unit", record, text, [fact])


def _parts(record: ReportRecord, facts: Sequence[Fact]) -> Iterator[Problem]:
    """Parts that the text gives beside their total in one sentence, each way of dividing alone.

    More than the total is no error by itself where one item is published in several channels,
    hence a warning; less than the total is one only if the list is not open (等) and every
    number of the sentence was read.
    """
    sentences: dict[tuple[str, int | None], list[Fact]] = {}
    for fact in facts:
        if fact.cell.is_narrative and "approximate" not in fact.cautions:
            sentences.setdefault((fact.citation.quote, fact.citation.line), []).append(fact)
    for (quote, _), stated in sentences.items():
        for total in stated:
            for parts in _divisions(total, stated):
                sides = _wrong_parts(total, parts, quote, len(stated))
                if sides is None:
                    continue
                added, shown = sides
                yield _problem(
                    "parts_do_not_add_up",
                    record,
                    _parts_text(total, shown, added),
                    [total, *shown],
                    (added, total.value),
                )


def _divisions(total: Fact, stated: Sequence[Fact]) -> Iterator[list[Fact]]:
    """The parts of a total, one list for each way of dividing it."""
    statements = load_catalogue().statements
    lists: dict[int | None, list[Fact]] = {}
    for fact in stated:
        kind = statements.get(fact.cell.item)
        if kind is not None and kind.part_of == total.cell.item and fact.unit == total.unit:
            number = load_audit_rules().parts.list_of(fact.cell.item)
            lists.setdefault(number, []).append(fact)
    for number, parts in lists.items():
        if number is not None:
            yield parts
        else:
            yield from ([part] for part in parts)


def _wrong_parts(
    total: Fact, parts: list[Fact], quote: str, read: int
) -> tuple[Decimal, list[Fact]] | None:
    """What the parts come to and which of them tell it, None where nothing is wrong."""
    largest = max(parts, key=lambda fact: fact.value)
    if largest.value > total.value:
        return largest.value, [largest]
    added = sum((fact.value for fact in parts), Decimal(0))
    if len(parts) < 2 or added == total.value:
        return None
    unread = len(find_quantities(fold(quote))) > read
    if added < total.value and (OPEN_LIST in quote or unread):
        return None
    return added, parts


def _parts_text(total: Fact, parts: Sequence[Fact], added: Decimal) -> str:
    name, whole = total.citation.label, plain(total.value)
    if len(parts) == 1:
        part = parts[0].citation.label
        return f"“{name}”写 {whole}，其中一项“{part}”写 {plain(added)}，比总数还大"
    return f"“{name}”写 {whole}，分项 {len(parts)} 个合起来是 {plain(added)}"


def _relations(
    entity: Entity | None,
    year: int,
    now: Mapping[CellId, Fact],
    before: Mapping[CellId, Fact],
) -> Iterator[Problem]:
    if entity is None:
        return
    for relation in load_audit_rules().relation:
        for item in relation.items:
            wrong = [
                found
                for column in relation.columns
                if (found := _compare(relation, item, column, now, before)) is not None
            ]
            if not wrong:
                continue
            left, right, facts = wrong[0]
            known = load_audit_rules().named(relation.rule)
            text = relation.text.format(
                year=year,
                previous=year - 1,
                left=plain(left),
                right=plain(right),
                name=_row_label(facts[0]),
            )
            if len(wrong) > 1:
                text += f"（另有 {len(wrong) - 1} 列也对不上）"
            yield Problem(
                relation.rule,
                known.severity if known is not None else "warning",
                entity,
                year,
                text,
                facts,
                left,
                right,
            )


def _row_label(fact: Fact) -> str:
    """The official label of a figure's row, without its column."""
    label = load_form().label_path(fact.cell, fact.edition)
    return label.rsplit(" / ", 1)[0]


def _compare(
    relation: Relation,
    item: str,
    column: str,
    now: Mapping[CellId, Fact],
    before: Mapping[CellId, Fact],
) -> tuple[Decimal, Decimal, tuple[Fact, ...]] | None:
    """Both sides and their facts if the relation is violated; None if it holds or is undecided."""
    sides: list[Decimal] = []
    facts: list[Fact] = []
    for operands in (relation.left, relation.right):
        found = [_operand(operand, item, column, now, before) for operand in operands]
        if any(fact is None for fact in found):
            return None
        known = [fact for fact in found if fact is not None]
        signs = [-1 if operand.minus else 1 for operand in operands]
        sides.append(
            sum((fact.value * sign for fact, sign in zip(known, signs, strict=True)), Decimal(0))
        )
        facts += known
    equal = sides[0] == sides[1]
    if equal != (relation.wrong_if == "equal"):
        return None
    if equal and any(fact.value == 0 for fact in facts[:2]):
        return None  # 0 = 0 + 0 says nothing, nor does a sum that only repeats one operand
    return sides[0], sides[1], tuple(facts)


def _operand(
    operand: Operand,
    item: str,
    column: str,
    now: Mapping[CellId, Fact],
    before: Mapping[CellId, Fact],
) -> Fact | None:
    return (before if operand.year else now).get(operand.cell(item, column))


def _copied(copy: Likeness) -> Problem:
    rule = load_audit_rules().named("copied_text")
    other = report_name(copy.other.title, copy.other.entity, copy.other.year)
    own = copy.record.entity == copy.other.entity
    what = "自己上一份报告" if own else "另一份报告"
    return Problem(
        "copied_text",
        rule.severity if rule is not None else "warning",
        copy.record.entity,
        copy.record.year,
        f"正文 {copy.sentences} 句里有 {copy.shared} 句与{what}《{other}》"
        f"（{copy.other.file}）相同（不计数字、地名和年份），按字数占 {copy.share}%",
        citations=tuple(
            Citation(
                report_name(record.title, record.entity, record.year),
                None,
                None,
                copy.example,
                record.file,
                None,
                record.url,
            )  # fmt: skip
            for record in (copy.record, copy.other)
        ),
    )
