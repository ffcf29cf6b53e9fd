"""Tables of replies as a spreadsheet reads them, held against the JSON of the same reply."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from bot.wording.table import COLUMNS

CITED = ("section", "label", "report", "quote", "file", "line", "url")


def read_table(text: str) -> list[dict[str, str]]:
    """The rows of a table by their columns; checks the header and the line ends."""
    assert text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert tuple(rows[0]) == COLUMNS
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]


def check_table(text: str, data: dict[str, Any]) -> None:
    """That a table has exactly the figures of a reply's JSON, each with its source."""
    rows = read_table(text)
    assert [row["row"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    computed = [row for row in rows if row["kind"] == "computed"]
    facts = [row for row in rows if row["kind"] == "fact"]
    assert rows == computed + facts
    regions = {(p["entity"], p["county"]): p["region"] for p in data["interpretation"]["entities"]}
    for row, fact in zip(facts, data["facts"], strict=True):
        expected = {name: fact[name] for name in ("entity", "county", "year", "item", "column")}
        expected |= {name: fact["citation"][name] for name in CITED}
        expected |= {"region": regions[fact["entity"], fact["county"]], "unit": fact["unit"]}
        expected |= {"cautions": ";".join(caution["code"] for caution in fact["cautions"])}
        expected |= {"operation": None, "of": None}
        assert row == {n: row[n] for n in ("kind", "row", "name", "value")} | {
            name: "" if value is None else str(value) for name, value in expected.items()
        }
        assert Decimal(row["value"]) == Decimal(str(fact["value"]))
        assert row["name"]
    for row, result in zip(computed, data["computed"], strict=True):
        assert (row["operation"], row["unit"]) == (result["operation"], result["unit"] or "")
        assert Decimal(row["value"]) == Decimal(str(result["value"]))
        assert rows_of(row) == [len(computed) + index + 1 for index in result["of"]]
        operands = [data["facts"][index] for index in result["of"]]
        for name in ("entity", "year", "item"):
            shared = {str(fact[name]) for fact in operands}
            assert row[name] == (shared.pop() if len(shared) == 1 else "")


def rows_of(row: dict[str, str]) -> list[int]:
    """The row numbers that a computed figure names."""
    found: list[int] = []
    for part in row["of"].split(";") if row["of"] else []:
        first, _, last = part.partition("..")
        found += range(int(first), int(last or first) + 1)
    return found
