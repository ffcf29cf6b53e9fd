"""The figure of what a clause states, with its quotes and cautions."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from ingest.document import Paragraph
from ingest.statements.found import Found
from ingest.statements.printed import Printed
from knowledge.amounts import is_implausible
from knowledge.model import CellId, Figure

_new_cell = partial(tuple.__new__, CellId)
_new_figure = partial(tuple.__new__, Figure)


def figure_of(
    found: Found,
    start: int,
    end: int,
    printed: Printed,
    paragraph: Paragraph,
    heading: str | None,
) -> Figure:
    """The figure of a clause in the sentence that stands from `start` to `end` of a paragraph;
    `heading` is that of its section."""
    statement, quantity, clause, cautions, _ = found
    cell = _new_cell((statement.id, "total"))
    if quantity is None:
        value, unit = Decimal(0), statement.unit
    else:
        value, unit = quantity.value, quantity.unit
        if quantity.approximate:
            cautions = ("approximate", *cautions)
        if is_implausible(cell, value, unit, bare=False):
            cautions = (*cautions, "implausible_unit")
    if paragraph.recognised:
        cautions = (*cautions, "read_by_ocr")
    stated = printed.between(start + clause.start, start + clause.end)
    return _new_figure(
        (
            cell,
            value,
            stated.strip(" \u3000,，、。；;：:"),
            unit,
            quantity is not None,
            printed.between(start, end).strip(),
            paragraph.line,
            heading,
            None,
            cautions,
        )
    )
