"""What reading a printed table gives, and what both shapes of tables share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache, partial

from ingest.tables.tokens import Token
from knowledge.amounts import is_implausible
from knowledge.form import Form, FormColumn, FormEdition, FormRow, FormTable, load_form
from knowledge.model import CellId, Figure, Finding, Gap
from knowledge.numerals import CellNumber, cell_number, looks_like_date
from knowledge.text import solid, squeeze

MONEY = frozenset({"万元", "元"})
MONEY_INSIDE = {"": "", "元": "元", "万元": "万元", "万": "万元"}
"""Units printed inside a cell of money, with the unit that they mean."""

DAY_DIGITS = 8
"""Digits of a day (20211231): an amount of money may well have the six of a month."""

_new_figure = partial(tuple.__new__, Figure)

SHOWN = 20
"""Characters of a cell that a finding repeats."""


@dataclass(frozen=True, slots=True)
class TableReading:
    """What was read of one table. `edition` is None if no such table was found."""

    edition: str | None
    figures: tuple[Figure, ...] = ()
    gaps: tuple[Gap, ...] = ()
    findings: tuple[Finding, ...] = ()
    empty_form: bool = False
    """A table of lines with all its labels and no figure: its blanks hold only if no other
    table of the report has figures."""
    adds_up: bool = field(default=False, compare=False)
    """Known already from its rows: where the form has a sum over rows, each prints nothing but
    0 and blanks or is full and holds it."""


def incomplete(text: str, cells: tuple[CellId, ...]) -> Finding:
    return Finding("incomplete_table", "warning", text, cells)


class TableReader:
    """Aligns tokens to the labels of one table of one edition."""

    def __init__(self, form: Form, edition: FormEdition, table: FormTable) -> None:
        self.form = form
        self.edition = edition
        self.table = table

    def figure(
        self,
        row: FormRow,
        column: FormColumn,
        token: Token,
        printed_label: str,
        unit_printed: str | None,
        section: str | None,
    ) -> Figure | str:
        """The figure in a cell, or why there is none for certain (for a finding)."""
        number = cell_number(token.text)
        if number is None:
            return "不是数字"
        stated = token.text.strip()
        problem = doubt_of(number, stated, column.column, column.unit)
        if problem is not None:
            return problem
        return figure_of(
            CellId(row.item, column.column),
            number,
            stated,
            column.unit,
            unit_printed,
            f"{printed_label} {stated}",
            token.line,
            section,
            self.edition.id,
            token.recognised,
        )


def figure_of(
    cell: CellId,
    number: CellNumber,
    stated: str,
    form_unit: str,
    unit_printed: str | None,
    quote: str,
    line: int | None,
    section: str | None,
    edition: str,
    recognised: bool,
) -> Figure:
    """The figure of a cell, with the unit as stated, else the form's, and its own cautions."""
    unit = number.unit or unit_printed or form_unit
    cautions: tuple[str, ...] = ()
    if form_unit in MONEY:
        unit = MONEY_INSIDE.get(unit, unit)
        if number.value and not (number.unit or unit_printed):
            cautions = ("unit_not_stated",)
        elif is_implausible(cell, number.value, unit, bare=False):
            cautions = ("implausible_unit",)
    if recognised:
        cautions = (*cautions, "read_by_ocr")
    return _new_figure(
        (
            cell,
            number.value,
            stated,
            unit,
            bool(number.unit or unit_printed),
            quote,
            line,
            section,
            edition,
            cautions,
        )
    )


@lru_cache(maxsize=16384)
def doubt_of(number: CellNumber, stated: str, column: str, form_unit: str) -> str | None:
    """Why a printed figure cannot be the cell's own, None if it can.

    A sign outside the columns of changes, a unit of the other kind, a fraction of a case, and
    digits that are a date (field-notes, section 3) tell that something else was printed or
    that characters were lost.
    """
    money = form_unit in MONEY
    if number.signed and column not in load_form().signed_columns:
        return "带着正负号"
    if money:
        if number.unit not in MONEY_INSIDE:
            return "单位不是钱"
    elif number.unit in MONEY_INSIDE and number.unit:
        return "单位不是件数"
    elif number.value != int(number.value):
        return "不是整数"
    if looks_like_date(stated) and (not money or len(squeeze(stated)) == DAY_DIGITS):
        return "像是日期"
    return None


_UNIT = re.compile(r"[百千亿]?万?[美欧港日]?元|单位[:：]?[^,;)]*")


def unit_is_clear(label: str) -> bool:
    """Whether the label of an amount of money names no unit or 元 or 万元, and not two of them.

    千元 and 亿元 are no units of the form, and neither reading of 元/万元 is certain.

    >>> [unit_is_clear(x) for x in ("本年收费金额（单位：千元）", "收费金额（万元/元）", "采购总金额（万元）")]
    [False, False, True]
    """
    folded = solid(label)
    found = {match.removeprefix("单位").lstrip(":") for match in _UNIT.findall(folded)}
    return found <= {"元"} or found <= {"万元"}


def printed_unit(label: str) -> str | None:
    """The unit of money that a printed column label states, None if it states none.

    >>> printed_unit("采购总金额（单位：万元，保留4位小数）"), printed_unit("采购总金额")
    ('万元', None)
    >>> printed_unit("采购总金额 万元"), printed_unit("采购总金额（元）")
    ('万元', '元')
    """
    folded = solid(label)
    _, bracket, note = folded.partition("(")
    note = note if bracket else folded
    if "万元" in note:
        return "万元"
    return "元" if "元" in note else None
