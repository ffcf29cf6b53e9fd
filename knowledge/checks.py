"""What must add up: the form's own arithmetic, and the text against the table.

A check confirms or marks; it never supplies or changes a value. A missing operand makes it
undecided, which is no result at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.catalogue import load_catalogue
from knowledge.errors import DataError
from knowledge.form import load_form
from knowledge.model import CellId, Figure, Finding, Part
from knowledge.numerals import plain
from knowledge.text import data_text


class Check(BaseModel):
    """One sum that must hold; see the head of `data/checks.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    text: str
    part: Part
    over: Literal["columns", "items"]
    parts: tuple[str, ...] = ()
    total: str | None = None
    left: tuple[str, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()
    right: tuple[str, ...] = ()


class _Checks(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    check: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A sum that does not hold: the cells on both sides and what each side comes to."""

    rule: str
    text: str
    cells: tuple[CellId, ...]
    left: Decimal
    right: Decimal


@lru_cache(maxsize=1)
def load_checks() -> tuple[Check, ...]:
    """The checks, loaded once. Raises: DataError if one names an item or column of no form."""
    try:
        checks = _Checks.model_validate(tomllib.loads(data_text("checks.toml"))).check
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise DataError("checks.toml", "全文", str(error)) from error
    form = load_form()
    for check in checks:
        for item in (*check.left, *check.right, *(i for way in check.either for i in way)):
            if form.part_of(item) != check.part:
                raise DataError("checks.toml", check.rule, f"{check.part} 里没有 {item}")
    return checks


def find_failures(values: Mapping[CellId, Decimal]) -> list[Failure]:
    """Every sum of the form that these cells decide and that does not hold, in order of rule."""
    failures: list[Failure] = []
    for check in load_checks():
        for left, right in _sides(check, values):
            failure = _compare(check, left, right, values)
            if failure is not None:
                failures.append(failure)
    return failures


def _sides(
    check: Check, values: Mapping[CellId, Decimal]
) -> Iterable[tuple[list[CellId], list[CellId]]]:
    form = load_form()
    if check.over == "columns" and check.total is not None:
        items = dict.fromkeys(cell.item for cell in values if form.part_of(cell.item) == check.part)
        for item in items:
            yield [CellId(item, part) for part in check.parts], [CellId(item, check.total)]
        return
    columns = dict.fromkeys(cell.column for cell in values if cell.item in check.right)
    for column in columns:
        extra: tuple[str, ...] = ()
        for way in check.either:
            if all(CellId(item, column) in values for item in way):
                extra = way
                break
        if check.either and not extra:
            continue
        yield (
            [CellId(item, column) for item in (*check.left, *extra)],
            [CellId(item, column) for item in check.right],
        )


def _compare(
    check: Check, left: Sequence[CellId], right: Sequence[CellId], values: Mapping[CellId, Decimal]
) -> Failure | None:
    if not all(cell in values for cell in (*left, *right)):
        return None
    sums = [sum((values[cell] for cell in side), Decimal(0)) for side in (left, right)]
    if sums[0] == sums[1]:
        return None
    return Failure(check.rule, check.text, (*left, *right), sums[0], sums[1])


def mark_contradictions(
    figures: Sequence[Figure],
) -> tuple[tuple[Figure, ...], tuple[Finding, ...]]:
    """The figures with the cautions that the report earns itself, and the findings behind them.

    `does_not_add_up` goes to the cells of a sum that does not hold; `report_disagrees` to
    both sides where the text and the table, or two statements of one measure, differ.
    """
    values = {figure.cell: figure.value for figure in figures if not figure.cell.is_narrative}
    cautions: dict[CellId, list[str]] = {}
    findings: list[Finding] = []
    for failure in find_failures(values):
        involved = [cell for cell in failure.cells if values[cell] != 0]
        for cell in (*involved, failure.cells[-1]):
            cautions.setdefault(cell, []).append("does_not_add_up")
        findings.append(
            Finding(
                failure.rule,
                "error",
                f"{failure.text}：{plain(failure.left)} ≠ {plain(failure.right)}",
                failure.cells,
            )
        )
    for cells, text in _disagreements(figures, values):
        for cell in cells:
            cautions.setdefault(cell, []).append("report_disagrees")
        findings.append(Finding("narrative", "warning", text, cells))
    marked = tuple(
        replace(figure, cautions=tuple(dict.fromkeys((*figure.cautions, *cautions[figure.cell]))))
        if figure.cell in cautions
        else figure
        for figure in figures
    )
    return marked, tuple(findings)


def _disagreements(
    figures: Sequence[Figure], values: Mapping[CellId, Decimal]
) -> Iterable[tuple[tuple[CellId, ...], str]]:
    catalogue = load_catalogue()
    stated: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.cell.is_narrative:
            stated.setdefault(figure.cell.item, []).append(figure)
    for item, statements in stated.items():
        kind = catalogue.statements.get(item)
        if kind is None:
            continue
        said = [plain(s.value) + s.unit for s in statements]
        exact = [s for s in statements if "approximate" not in s.cautions]
        if len({s.value for s in exact}) > 1:
            yield (CellId(item, "total"),), f"正文里“{kind.name}”有 {'、'.join(said)} 几种说法"
        if kind.cell is None:
            continue
        cell = CellId(*kind.cell.split("/"))
        if cell in values and any(s.value != values[cell] for s in exact):
            yield (
                (cell, CellId(item, "total")),
                f"“{kind.name}”正文写 {'、'.join(said)}，表格是 {plain(values[cell])}",
            )
