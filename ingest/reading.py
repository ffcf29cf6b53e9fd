"""What reading a printed table gives, and what both shapes of tables share."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.alignment import Token
from knowledge.form import Form, FormColumn, FormEdition, FormRow, FormTable
from knowledge.model import CellId, Figure, Finding, Gap
from knowledge.numerals import cell_value
from knowledge.text import fold, squeeze

MONEY = frozenset({"万元", "元"})


@dataclass(frozen=True, slots=True)
class TableReading:
    """What was read of one table. `edition` is None if no such table was found."""

    edition: str | None
    figures: tuple[Figure, ...] = ()
    gaps: tuple[Gap, ...] = ()
    findings: tuple[Finding, ...] = ()


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
    ) -> Figure | None:
        read = cell_value(token.text)
        if read is None:
            return None
        value, unit_inside = read
        unit = unit_inside or unit_printed or column.unit
        stated = bool(unit_inside or unit_printed)
        money = column.unit in MONEY
        cautions = ("unit_not_stated",) if money and value != 0 and not stated else ()
        return Figure(
            cell=CellId(row.item, column.column),
            value=value,
            stated=token.text.strip(),
            unit=unit,
            unit_stated=stated,
            quote=f"{printed_label} {token.text.strip()}",
            line=token.line,
            section=section,
            edition=self.edition.id,
            cautions=cautions,
        )


def printed_unit(label: str) -> str | None:
    """The unit of money that a printed column label states, None if it states none.

    >>> printed_unit("采购总金额（单位：万元，保留4位小数）"), printed_unit("采购总金额")
    ('万元', None)
    """
    folded = squeeze(fold(label))
    if "(" not in folded:
        return None
    note = folded.split("(", 1)[1]
    if "万元" in note:
        return "万元"
    return "元" if "元" in note else None
