"""The layout cases: one folder a layout, with a source, what it must give, and what is odd.

`about.toml` says whose report it is, what is odd about it and which traps stand in it;
`expected.csv` lists its figures, written from the source and not by the reader.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ingest.formats import EXTENSIONS, read_document
from ingest.manifest import ManifestRow
from ingest.pipeline import parse_report
from knowledge.errors import InputRejected
from knowledge.form import load_form
from knowledge.model import Figure, Part, Report
from knowledge.numerals import plain

CASES = Path(__file__).parent / "cases" / "layouts"
COLUMNS = ("item", "column", "value", "unit", "stated", "line")


class Manifested(BaseModel):
    """What a manifest says of the source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entity: str | None = None
    region: str | None = None
    year: int | None = None
    title: str | None = None


class About(BaseModel):
    """`about.toml` of a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = None
    """As the source prints it; left out where it prints none."""
    entity: str | None = None
    county: str | None = None
    year: int | None = None
    odd: str
    """What is odd about the layout."""
    traps: tuple[str, ...] = ()
    """What looks like a figure or a name and must not become one."""
    findings: tuple[str, ...] = ()
    """Rules that must be among the report's findings."""
    refused: str | None = None
    """What the reason of the refusal must hold, where the right answer is a refusal."""
    editions: dict[Part, str] = {}
    other_cells_zero: tuple[Part, ...] = ()
    """Tables whose every cell that `expected.csv` does not list is printed 0."""
    unread: tuple[str, ...] = ()
    """Items whose row cannot be read: no figure, and a gap `unread` for each cell."""
    no_figure: tuple[str, ...] = ()
    """Single cells, as item/column, that stand in a row that is read and give no figure."""
    blank: tuple[str, ...] = ()
    """Items whose row is printed blank: no figure, and a gap `blank` for each cell."""
    manifest: Manifested | None = None
    known_failure: str | None = None
    """Why the reader does not do this yet; the case is then expected to fail."""
    wrong_now: bool = False
    """The known failure is a wrong figure or name, not a missing one: the worst there is."""


class Row(NamedTuple):
    """One line of `expected.csv`; an empty `stated` or `line` is not compared."""

    item: str
    column: str
    value: str
    unit: str
    stated: str
    line: str


@dataclass(frozen=True)
class Case:
    """A folder of `tests/cases/layouts`."""

    folder: Path
    source: Path
    about: About

    @property
    def expected(self) -> Path:
        return self.folder / "expected.csv"


def layout_cases() -> list[Case]:
    return [
        Case(folder, source_of(folder), about_of(folder))
        for folder in sorted(CASES.iterdir())
        if folder.is_dir()
    ]


def source_of(folder: Path) -> Path:
    sources = list(folder.glob("source.*"))
    assert len(sources) == 1, f"{folder.name}: one source.* is needed, there are {len(sources)}"
    return sources[0]


def about_of(folder: Path) -> About:
    return About.model_validate(tomllib.loads((folder / "about.toml").read_text(encoding="utf-8")))


def is_read(case: Case) -> bool:
    return case.source.suffix in EXTENSIONS


def read_case(case: Case) -> Report | str:
    """The report in the source, or the reason why it was refused."""
    row = None
    if case.about.manifest is not None:
        row = ManifestRow(case.source.name, **case.about.manifest.model_dump())
    try:
        document = read_document(case.source.read_bytes(), case.source.name, case.source.suffix)
        return parse_report(document, case.source.name, row)
    except InputRejected as rejected:
        return rejected.reason


def expected_rows(case: Case) -> list[Row]:
    with case.expected.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        assert tuple(next(rows)) == COLUMNS
        return [Row(*fields) for fields in rows]


def rows_read(figures: Iterable[Figure]) -> list[Row]:
    return [
        Row(
            figure.cell.item,
            figure.cell.column,
            plain(figure.value),
            figure.unit,
            figure.stated,
            "" if figure.line is None else str(figure.line),
        )
        for figure in figures
    ]


def write_expected(case: Case, report: Report) -> None:
    """A first draft, to be compared with the source by a person, line by line."""
    with case.expected.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows_read(report.figures))


@dataclass(frozen=True)
class Difference:
    """Where reading differs from what is expected, in three short lists."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.changed)

    def __str__(self) -> str:
        lists = {"missing": self.missing, "extra": self.extra, "changed": self.changed}
        return "\n".join(
            f"{name} ({len(rows)}): {'; '.join(rows[:12])}{' …' if len(rows) > 12 else ''}"
            for name, rows in lists.items()
            if rows
        )


def difference(case: Case, report: Report) -> Difference:
    """Every figure read against every figure expected, zeros of whole tables included."""
    wanted = [*expected_rows(case)]
    named = {(row.item, row.column) for row in wanted}
    named |= {(item, column) for item, column in (c.split("/") for c in case.about.no_figure)}
    read = rows_read(report.figures)
    for part in case.about.other_cells_zero:
        edition = case.about.editions[part]
        for cell in load_form().editions[edition].tables[part].cells:
            if cell not in named and cell.item not in (*case.about.unread, *case.about.blank):
                unit = load_form().unit(cell, edition)
                wanted.append(Row(cell.item, cell.column, "0", unit, "", ""))
    left = list(wanted)
    extra: list[Row] = []
    for row in read:
        match = next((other for other in left if _same(other, row)), None)
        if match is None:
            extra.append(row)
        else:
            left.remove(match)
    changed: list[str] = []
    for row in list(extra):
        other = next((o for o in left if (o.item, o.column) == (row.item, row.column)), None)
        if other is not None:
            left.remove(other)
            extra.remove(row)
            changed.append(f"{_name(row)}: expected {_shown(other)}, read {_shown(row)}")
    return Difference(
        tuple(f"{_name(row)} {_shown(row)}" for row in left),
        tuple(f"{_name(row)} {_shown(row)}" for row in extra),
        tuple(changed),
    )


def _same(wanted: Row, read: Row) -> bool:
    return (
        (wanted.item, wanted.column, wanted.unit) == (read.item, read.column, read.unit)
        and Decimal(wanted.value) == Decimal(read.value)
        and wanted.stated in ("", read.stated)
        and wanted.line in ("", read.line)
    )


def _name(row: Row) -> str:
    return f"{row.item}/{row.column}"


def _shown(row: Row) -> str:
    return f"{row.value}{row.unit} “{row.stated}” line {row.line or '?'}"


def silent_errors(case: Case, report: Report) -> Counter[str]:
    """Figures that are read and wrong: what must be 0 even in a case that is not mastered yet."""
    found = difference(case, report)
    return Counter({"extra": len(found.extra), "changed": len(found.changed)})
