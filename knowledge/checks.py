"""What must add up: the form's own arithmetic, and the text against the table.

A check confirms or marks; it never supplies or changes a value. A missing operand makes it
undecided, which is no result at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from itertools import combinations, product
from operator import itemgetter
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from knowledge.catalogue import load_catalogue
from knowledge.errors import DataError
from knowledge.form import load_form
from knowledge.model import CellId, Figure, Finding, Part
from knowledge.numerals import plain
from knowledge.tables import load_table

_new_figure = partial(tuple.__new__, Figure)
_value_of = itemgetter(Figure._fields.index("value"))


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


class Failure(NamedTuple):
    """A sum that does not hold: the cells on both sides and what each side comes to."""

    rule: str
    text: str
    cells: tuple[CellId, ...]
    left: Decimal
    right: Decimal


@lru_cache(maxsize=1)
def load_checks() -> tuple[Check, ...]:
    """The checks, loaded once. Raises: DataError if one names an item or column of no form."""
    checks = load_table("checks.toml", _Checks).check
    form = load_form()
    for check in checks:
        for item in (*check.left, *check.right, *(i for way in check.either for i in way)):
            if form.part_of(item) != check.part:
                raise DataError("checks.toml", check.rule, f"{check.part} 里没有 {item}")
    return checks


class _Sum(NamedTuple):
    """One sum of the form: what must come to the same on both sides."""

    check: Check
    left: tuple[CellId, ...]
    right: tuple[CellId, ...]


@lru_cache(maxsize=1)
def _sums() -> tuple[tuple[_Sum, ...], ...]:
    """Every sum of every check, worked out once, in official order.

    Each is a tuple of its alternatives (`either`), of which the first that is printed counts.
    """
    form = load_form()
    sums: dict[tuple[_Sum, ...], None] = {}
    for check in load_checks():
        tables = [edition.tables[check.part] for edition in form.editions.values()]
        if check.over == "columns" and check.total is not None:
            for item in dict.fromkeys(row.item for table in tables for row in table.rows):
                left = tuple(CellId(item, part) for part in check.parts)
                sums[(_Sum(check, left, (CellId(item, check.total),)),)] = None
            continue
        columns = [
            column.column for table in tables for row in table.rows for column in row.columns
        ]
        columns += [column.column for table in tables for _, column in table.extra_columns]
        for column in dict.fromkeys(columns):
            right = tuple(CellId(item, column) for item in check.right)
            sums[
                tuple(
                    _Sum(check, tuple(CellId(i, column) for i in (*check.left, *way)), right)
                    for way in check.either or ((),)
                )
            ] = None
    return tuple(sums)


class _Scales(NamedTuple):
    """The sums as scales: each alternative of each entry of `_sums` is one, and its cells lie
    in its pans."""

    entries: tuple[int, ...]
    """For each scale the number of its entry in `_sums`."""
    pans: Mapping[CellId, tuple[tuple[int, ...], tuple[int, ...]]]
    """For each cell the scales in whose left and in whose right pan it lies."""


@lru_cache(maxsize=1)
def _scales() -> _Scales:
    entries: list[int] = []
    pans: dict[CellId, tuple[list[int], list[int]]] = {}
    for number, alternatives in enumerate(_sums()):
        for _, left, right in alternatives:
            for side, cells in enumerate((left, right)):
                for cell in cells:
                    pans.setdefault(cell, ([], []))[side].append(len(entries))
            entries.append(number)
    fixed = {cell: (tuple(left), tuple(right)) for cell, (left, right) in pans.items()}
    return _Scales(tuple(entries), fixed)


_ZERO = Decimal(0)


def _uneven(filled: Mapping[CellId, Decimal]) -> list[int]:
    """The entries of `_sums` with an alternative whose sides differ, if what is not filled is 0.

    Any other sum holds or is undecided, whatever else is printed. Of the two hundred cells of a
    report most are 0, so that this takes a few additions, and nobody need ask which 0 are there.
    """
    entries, pans = _scales()
    tilts: dict[int, Decimal] = {}
    for cell, value in filled.items():
        sides = pans.get(cell)
        if sides is not None:
            for scale in sides[0]:
                tilts[scale] = tilts.get(scale, _ZERO) + value
            for scale in sides[1]:
                tilts[scale] = tilts.get(scale, _ZERO) - value
    if not any(tilts.values()):
        return []
    return sorted({entries[scale] for scale, tilt in tilts.items() if tilt})


def find_failures(values: Mapping[CellId, Decimal]) -> list[Failure]:
    """Every sum of the form that these cells decide and that does not hold, in order of rule."""
    return _failures(_uneven({cell: value for cell, value in values.items() if value}), values)


def _failures(entries: Iterable[int], values: Mapping[CellId, Decimal]) -> list[Failure]:
    """Those of these entries of `_sums` that are decided and do not hold."""
    failures: list[Failure] = []
    value = values.__getitem__
    sums = _sums()
    for number in entries:
        for check, left, right in sums[number]:
            try:
                sides = sum(map(value, left), _ZERO), sum(map(value, right), _ZERO)
            except KeyError:
                continue
            if sides[0] != sides[1]:
                cells = (*left, *right)
                failures.append(Failure(check.rule, check.text, cells, *sides))
            break
    return failures


def row_adds_up(part: Part, row: Mapping[str, Decimal]) -> bool:
    """Whether the form's sum over the columns of a row is decided by this row and holds.

    `row` maps columns to values. False where the table has no such sum.

    >>> row_adds_up("applications", {"natural_person": Decimal(5), "total": Decimal(5)})
    False
    """
    for check in load_checks():
        if check.part == part and check.over == "columns" and check.total is not None:
            try:
                return sum([row[column] for column in check.parts]) == row[check.total]
            except KeyError:
                return False
    return False


@lru_cache(maxsize=4)
def sum_columns(part: Part) -> tuple[str, ...]:
    """The columns of a table's sum over each row, its total last; () if it has no such sum."""
    return next(
        (
            (*check.parts, check.total)
            for check in load_checks()
            if check.part == part and check.over == "columns" and check.total is not None
        ),
        (),
    )


def has_row_sum(part: Part) -> bool:
    """Whether the form has a sum over the columns of this table's rows."""
    return any(check.part == part and check.over == "columns" for check in load_checks())


@lru_cache(maxsize=32)
def _sums_without(part: Part, item: str) -> tuple[tuple[tuple[tuple[str, int], ...], ...], ...]:
    """The sums over items of a table that do without one item, each with its alternatives.

    Every item of a sum has its factor (1 on the left, -1 on the right). Two sums that both
    hold the item give one without it.
    """
    with_item: list[list[dict[str, int]]] = []
    found: list[list[dict[str, int]]] = []
    for check in load_checks():
        if check.part != part or check.over != "items":
            continue
        ways = [
            {**dict.fromkeys((*check.left, *way), 1), **dict.fromkeys(check.right, -1)}
            for way in check.either or ((),)
        ]
        (with_item if any(item in way for way in ways) else found).append(ways)
    for one, other in combinations(with_item, 2):
        merged = []
        for first, second in product(one, other):
            if item in first and item in second:
                items = dict.fromkeys((*first, *second))
                factors = {
                    i: first.get(i, 0) * second[item] - second.get(i, 0) * first[item]
                    for i in items
                }
                merged.append({i: factor for i, factor in factors.items() if factor})
        found.append(merged)
    return tuple(tuple(tuple(way.items()) for way in ways) for ways in found)


def sums_confirm(
    part: Part, item: str, columns: Sequence[str], values: Mapping[CellId, Decimal]
) -> bool:
    """Whether in every one of `columns` a sum of the form with `item` in it is decided and holds.

    Then the row's figures are its own, whatever else speaks against them.
    """
    own = [c for c in load_checks() if c.part == part and c.over == "items"]
    return all(
        any(
            _holds(
                {**dict.fromkeys((*c.left, *way), 1), **dict.fromkeys(c.right, -1)}, column, values
            )
            for c in own
            for way in c.either or ((),)
            if item in (*c.left, *way, *c.right)
        )
        for column in columns
    )


def _holds(factors: Mapping[str, int], column: str, values: Mapping[CellId, Decimal]) -> bool:
    cells = {CellId(item, column): factor for item, factor in factors.items()}
    return cells.keys() <= values.keys() and not sum(values[c] * f for c, f in cells.items())


def sums_hold_without(
    part: Part, item: str, columns: Sequence[str], values: Mapping[CellId, Decimal]
) -> bool:
    """Whether the sums of a table that do without one item are all decided and all hold.

    That is in every one of the columns, and there must be such a sum.
    """
    sums = _sums_without(part, item)
    for column in columns:
        for ways in sums:
            decided = False
            for way in ways:
                cells = [(CellId(i, column), factor) for i, factor in way]
                if all(cell in values for cell, _ in cells):
                    decided = True
                    if sum(values[cell] * factor for cell, factor in cells) != 0:
                        return False
                    break
            if not decided:
                return False
    return bool(sums)


def mark_contradictions(
    figures: Sequence[Figure],
) -> tuple[tuple[Figure, ...], tuple[Finding, ...]]:
    """The figures with the cautions that the report earns itself, and the findings behind them.

    `figures` are those of the tables and behind them the statements of the text, which alone
    are of no edition. `does_not_add_up` goes to the cells of a sum that does not hold;
    `report_disagrees` to both sides where the text and the table, or two statements of one
    measure, differ.
    """
    # By number and not by name, for each of 200 figures.
    filled = {figure.cell: figure.value for figure in filter(_value_of, figures)}
    findings: list[Finding] = []
    uneven = _uneven(filled)
    failures = _failures(uneven, {figure[0]: figure[1] for figure in figures}) if uneven else []
    disputed: set[CellId] = set()
    for failure in failures:
        disputed.update(filled.keys() & failure.cells)
        disputed.add(failure.cells[-1])
        findings.append(
            Finding(
                failure.rule,
                "error",
                f"{_label(failure.cells[-1])}：{failure.text}，{plain(failure.left)} ≠ {plain(failure.right)}",
                failure.cells,
            )
        )
    cautions = {cell: ["does_not_add_up"] for cell in disputed}
    for cells, text in _disagreements(figures, filled):
        for cell in cells:
            cautions.setdefault(cell, []).append("report_disagrees")
        findings.append(Finding("narrative", "warning", text, cells))
    if not cautions:
        return tuple(figures), tuple(findings)
    marked = [
        _with(figure, cautions[figure[0]]) if figure[0] in cautions else figure
        for figure in figures
    ]
    return tuple(marked), tuple(findings)


def _with(figure: Figure, earned: Iterable[str]) -> Figure:
    own = tuple(dict.fromkeys((*figure.cautions, *earned)))
    return _new_figure((*figure[:-1], own))


@lru_cache(maxsize=1024)
def _label(cell: CellId) -> str:
    """Row and column of a cell as the newest form prints them, without the groups above."""
    _, row, column = load_form().place(cell)
    return f"“{row.label}”的“{column.label}”"


def _said(statements: Sequence[Figure]) -> str:
    return "、".join(plain(s.value) + s.unit for s in statements)


def _disagreements(
    figures: Sequence[Figure], filled: Mapping[CellId, Decimal]
) -> Iterable[tuple[tuple[CellId, ...], str]]:
    """The cells and the words of each disagreement; `filled` are the figures that are not 0."""
    kinds = load_catalogue().statements
    start = len(figures)
    while start and figures[start - 1].edition is None:
        start -= 1
    by_item: dict[str, list[Figure]] = {}
    for figure in figures[start:]:
        by_item.setdefault(figure.cell.item, []).append(figure)
    for item, statements in by_item.items():
        kind = kinds.get(item)
        if kind is None or (kind.cell is None and len(statements) == 1):
            continue
        exact = [s for s in statements if "approximate" not in s.cautions]
        # 30条 and 12次 count different things; only statements in one unit contradict each other.
        several = len(exact) > 1
        if several and len({(s.unit, s.value) for s in exact}) > len({s.unit for s in exact}):
            yield (CellId(item, "total"),), f"正文里“{kind.name}”有 {_said(statements)} 几种说法"
        if kind.cell is None or not exact:
            continue
        cell = _cell_of(kind.cell)
        value = filled.get(cell)
        said = [s.value for s in exact]
        if value is None and any(said):
            # A cell that is not filled holds 0 or is not there: only then it is looked for.
            value = next((figure.value for figure in figures if figure.cell == cell), None)
        if value is not None and said.count(value) < len(said):
            yield (
                (cell, CellId(item, "total")),
                f"“{kind.name}”正文写 {_said(statements)}，表格是 {plain(value)}",
            )


@lru_cache(maxsize=64)
def _cell_of(written: str) -> CellId:
    return CellId(*written.split("/"))
