"""Which whole a figure is a part of, by what the form adds up (`knowledge/data/checks.toml`).

An applicant kind is a part of its row's 总计, an outcome of （七）总计; a channel of what its
statement is a part of.
"""

from __future__ import annotations

from functools import lru_cache

from bot.understanding.interpretation import Wanted
from knowledge.catalogue import load_catalogue
from knowledge.checks import load_checks
from knowledge.form import load_form


def whole_of(part: Wanted) -> Wanted | None:
    """The measure that a measure is a part of; None if the form adds it up to nothing."""
    catalogue = load_catalogue()
    name = part.measures[0]
    if len(part.measures) > 1:
        return None
    statement = catalogue.statements.get(name)
    if statement is not None:
        return Wanted((statement.part_of,)) if statement.part_of is not None else None
    measure = catalogue.measures[name]
    if measure.share is not None:
        return None
    items = (measure.item,) if measure.item else measure.sum_of
    if part.columns:
        row = load_form().part_of(items[0])
        (column,) = part.columns
        known = catalogue.columns.get(column)
        kinds = set(known.sum_of or (column,)) if known is not None else {column}
        if all((row, kind) in _column_totals() for kind in kinds):
            return Wanted((name,))
        return None
    totals = {_item_totals().get(item) for item in items}
    total = totals.pop() if len(totals) == 1 else None
    if total is None:
        return None  # a part of nothing, like 新收申请
    owner = next((m.id for m in catalogue.measures.values() if m.item == total), None)
    return Wanted((owner,)) if owner is not None else None


@lru_cache(maxsize=1)
def _column_totals() -> frozenset[tuple[str, str]]:
    """Table and column for every column that the form adds up to 总计."""
    return frozenset(
        (check.part, column)
        for check in load_checks()
        if check.over == "columns" and check.total == "total"
        for column in check.parts
    )


@lru_cache(maxsize=1)
def _item_totals() -> dict[str, str]:
    """Every row that the form adds up, with the one row that it is added up to."""
    return {
        item: check.right[0]
        for check in load_checks()
        if check.over == "items" and len(check.right) == 1
        for item in (*check.left, *(name for way in check.either for name in way))
    }
