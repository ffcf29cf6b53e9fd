"""The form's sums: found out of balance without a look at the cells that hold 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from knowledge.checks import Check, find_failures, load_checks
from knowledge.form import load_form
from knowledge.model import CellId

ROWS = {
    (check.part, row.item): [column.column for column in row.columns]
    for check in load_checks()
    for edition in load_form().editions.values()
    for row in edition.tables[check.part].rows
}
CELLS = [CellId(item, column) for (_, item), columns in ROWS.items() for column in columns]

_SMALL = st.integers(0, 3).map(Decimal)


def added_up(check: Check, values: Mapping[CellId, Decimal]) -> Iterator[tuple[CellId, ...]]:
    """The cells of every sum of a check that does not hold, all of them looked at."""
    rows = {item: columns for (part, item), columns in ROWS.items() if part == check.part}
    if check.over == "columns":
        assert check.total is not None
        sums = [[([CellId(i, c) for c in check.parts], [CellId(i, check.total)])] for i in rows]
    else:
        columns = dict.fromkeys(column for columns in rows.values() for column in columns)
        sums = [
            [
                ([CellId(i, c) for i in (*check.left, *way)], [CellId(i, c) for i in check.right])
                for way in check.either or ((),)
            ]
            for c in columns
        ]
    for ways in sums:
        for left, right in ways:
            if values.keys() >= {*left, *right}:
                if sum(values[c] for c in left) != sum(values[c] for c in right):
                    yield (*left, *right)
                break


@given(
    st.dictionaries(st.sampled_from(CELLS), _SMALL, max_size=12),
    st.sets(st.sampled_from(CELLS), max_size=4),
    st.sampled_from(["", "other", "other.fee_unpaid"]),
)
def test_no_sum_fails_unseen(filled: dict[CellId, Decimal], missing: set[CellId], row: str) -> None:
    values = {
        cell: value
        for cell, value in (dict.fromkeys(CELLS, Decimal(0)) | filled).items()
        if cell not in missing and cell.item != row
    }
    expected = {(check.rule, cells) for check in load_checks() for cells in added_up(check, values)}
    found = find_failures(values)
    assert {(failure.rule, failure.cells) for failure in found} == expected
    assert len(found) == len(expected)
