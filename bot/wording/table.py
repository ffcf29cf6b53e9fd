"""A reply as a table for a spreadsheet: every figure that it rests on, one a row, with its source.

Made from the JSON object of a reply (`envelope`) and from nothing else, so that the table says
what the JSON says: no figure more, and no words of a report that the reply may not quote.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from knowledge.catalogue import load_catalogue
from knowledge.errors import UnknownCell
from knowledge.model import CellId
from knowledge.numerals import plain

COLUMNS = (
    "kind", "row", "entity", "county", "region", "year", "item", "column", "name", "value", "unit",
    "section", "label", "report", "quote", "file", "line", "url", "cautions", "operation", "of",
)  # fmt: skip
"""What `zhenwen export` calls alike means the same. `kind` is `computed` or `fact`, `row` counts
from 1; `name` is the Chinese name of the measure, `of` the rows that a computed figure is made of."""

MAX_FILE_NAME = 60
"""Characters of a file name; with three bytes each they fit every file system."""

_CITED = ("section", "label", "report", "quote", "file", "line", "url")
_SHARED = ("entity", "county", "region", "year", "item", "column", "name")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, once it has trimmed the cell."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_NO_FILE_NAME = frozenset('<>:"/\\|?*')

Row = Mapping[str, object]


class Table(NamedTuple):
    """Rows without the header, and how many there would be without a limit."""

    rows: list[Row]
    total: int


def make_table(data: Mapping[str, Any], limit: int | None = None) -> Table:
    """The table of a reply's JSON: first what was worked out, then the stored figures.

    Each in the order of the JSON: the figure `facts[i]` stands in row `len(computed) + i + 1`.
    What all figures that a computed one is made of have in common (place, year, measure)
    stands in its row, too. A region is empty where the JSON leaves open which it is.
    A table of a reply without figures has no rows; `limit` leaves out the rows behind so many.
    """
    facts, computed = data["facts"], data["computed"]
    before = len(computed)
    regions = _regions(data)
    rows: Iterator[Row] = (
        {"row": number, **row}
        for number, row in enumerate(_rows(facts, computed, before, regions), 1)
    )
    total = before + len(facts)
    shown = total if limit is None else min(limit, total)
    return Table([row for _, row in zip(range(shown), rows, strict=False)], total)


def as_csv(rows: Iterable[Row]) -> str:
    """The rows as CSV under a header: lines end with CRLF, unknown is empty.

    A text that a spreadsheet might compute gets an apostrophe in front; a number stays one.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row.get(column)) for column in COLUMNS] for row in rows)
    return out.getvalue()


def file_name(data: Mapping[str, Any]) -> str:
    """What the table of a reply is called: its place, measure and years; where it has neither
    place nor measure of its own, the question.

    >>> file_name({"question": "有=什么/吗？", "facts": [], "interpretation": {"entities": [], "items": []}})
    '镇问-有=什么吗？.csv'
    """
    years = [fact["year"] for fact in data["facts"]]
    when = f"-{min(years)}" if years else ""
    when += f"-{max(years)}" if years and max(years) > min(years) else ""
    about = "-".join(filter(None, (_where(data), _what(data)))) or str(data["question"])
    about = "".join(c for c in about if c.isprintable() and c not in _NO_FILE_NAME)
    room = MAX_FILE_NAME - len(f"镇问-{when}.csv")
    return f"镇问-{about[:room].strip(' .')}{when}.csv"


def _rows(
    facts: Sequence[Mapping[str, Any]],
    computed: Sequence[Mapping[str, Any]],
    before: int,
    regions: Mapping[tuple[str, str | None], str | None],
) -> Iterator[Row]:
    about = [_about(fact, regions) for fact in facts]
    for result in computed:
        made_of = [about[index] for index in result["of"]]
        yield {
            "kind": "computed",
            **{name: _common(fact[name] for fact in made_of) for name in _SHARED},
            "value": result["value"],
            "unit": result["unit"],
            "cautions": _codes(result),
            "operation": result["operation"],
            "of": _numbers([before + index + 1 for index in result["of"]]),
        }
    for fact, whose in zip(facts, about, strict=True):
        yield {
            "kind": "fact",
            **whose,
            "value": fact["value"],
            "unit": fact["unit"],
            **{name: fact["citation"][name] for name in _CITED},
            "cautions": _codes(fact),
        }


def _about(
    fact: Mapping[str, Any], regions: Mapping[tuple[str, str | None], str | None]
) -> dict[str, object]:
    """Whose figure it is, of which year, and of what."""
    return {
        "entity": fact["entity"],
        "county": fact["county"],
        "region": regions.get((fact["entity"], fact["county"])),
        "year": fact["year"],
        "item": fact["item"],
        "column": fact["column"],
        "name": _name_of(CellId(fact["item"], fact["column"])),
    }


@lru_cache(maxsize=4096)
def _name_of(cell: CellId) -> str:
    return load_catalogue().name_of(cell)


def _regions(data: Mapping[str, Any]) -> dict[tuple[str, str | None], str | None]:
    """The region of each place by its name and county; None where two places share both."""
    regions: dict[tuple[str, str | None], str | None] = {}
    for place in data["interpretation"]["entities"]:
        key = place["entity"], place["county"]
        alike = key not in regions or regions[key] == place["region"]
        regions[key] = place["region"] if alike else None
    return regions


def _common(values: Iterable[object]) -> object:
    """The value of all, None where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _codes(figure: Mapping[str, Any]) -> str:
    return ";".join(caution["code"] for caution in figure["cautions"])


def _numbers(numbers: Sequence[int]) -> str:
    """Row numbers in short, in a form that no spreadsheet takes for a date or a time.

    >>> _numbers([3, 4, 5, 6, 9, 10, 12])
    '3..6;9;10;12'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ";".join(
        f"{run[0]}..{run[-1]}" if len(run) > 2 else ";".join(map(str, run)) for run in runs
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return plain(Decimal(repr(value)))
    text = _harmless(str(value))
    guarded = text.lstrip(" \u3000\xa0").startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if guarded else text


def _harmless(text: str) -> str:
    """Without what a terminal obeys or no encoding can write; line ends and tabs stay."""
    return "".join(
        "\ufffd" if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" else c
        for c in text
    )


def _where(data: Mapping[str, Any]) -> str:
    """The place or places of the figures, or the smallest region that has all of them."""
    regions = _regions(data)
    places = list(dict.fromkeys((fact["entity"], fact["county"]) for fact in data["facts"]))
    if len(places) == 1:
        name, county = places[0]
        return f"{county or ''}{name}"
    if len(places) == 2:
        return "、".join(name for name, _ in places)
    paths = [(regions.get(place) or "").split("/") for place in places]
    shared = ""
    for segments in zip(*paths, strict=False):
        if len(set(segments)) > 1:
            break
        shared = segments[0]
    return shared


def _what(data: Mapping[str, Any]) -> str:
    """The one or two measures asked for; empty where there are more, or none was named."""
    catalogue = load_catalogue()
    items = [(asked["item"], asked["column"]) for asked in data["interpretation"]["items"]]
    names: list[str] = []
    for item, column in items[:3]:
        measure = catalogue.measures.get(item)
        if measure is not None and measure.item is None:  # a group total or a rate is no cell
            names.append(measure.name)
            continue
        with suppress(UnknownCell):
            names.append(_name_of(CellId(item, column)))
    return "、".join(names) if len(names) < 3 else ""
