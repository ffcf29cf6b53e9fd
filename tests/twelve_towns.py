"""A store of twelve made-up towns over six years: the data of `cases/twelve_towns`, ingested.

The towns exist; everything that their reports say is invented. `load_reports` is what was
written down, `write_folder` prints it as report files, `build_twelve` reads these into a store.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.form import load_form
from knowledge.model import NARRATIVE, CellId, Entity
from knowledge.store import open_for_writing
from tests.render import LAYOUTS, Draft, all_cells, draft_report, print_report
from tests.render_docx import DocxLook, render_docx
from tests.render_formats import MadeReport, Shape, merged_tables
from tests.render_html import HtmlLook, render_html

CASES = Path(__file__).parent / "cases" / "twelve_towns"
LOST = "lost"
"""A figure that the print leaves out, cell and all: its row has one cell too few."""

EXTENSIONS = {"markdown": "md", "pipes": "txt", "tabs": "txt", "lines": "txt", "docx": "docx"}
PAGES = {
    "html": HtmlLook(),
    "html_word": HtmlLook(page="word", title="paragraph"),
    "html_flat": HtmlLook(table="flat", figures="spans"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A figure that a sentence states: `value` as a decimal, `unit` as printed."""

    cell: CellId
    value: Decimal
    unit: str
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """One printed line. `section`: `preamble`, or the key of a heading of `tests.render`."""

    section: str
    text: str
    told: tuple[Told, ...] = ()


@dataclass(slots=True)
class TownReport:
    """One report as it was written down, before any file."""

    name: str
    entity: Entity
    year: int
    form: str
    layout: str
    title: str
    """As printed; empty where the file has none."""
    manifest_title: str
    url: str
    published: str
    note: str
    """What is odd about it, in Chinese; empty for nothing."""
    printed: dict[CellId, str] = field(default_factory=dict)
    """Every cell of the report's own form: the figure, "" for a blank, or `LOST`."""
    sentences: list[Sentence] = field(default_factory=list)

    @property
    def file(self) -> str:
        return f"{self.name}.{EXTENSIONS.get(self.layout, 'html')}"

    @property
    def told(self) -> list[Told]:
        """Every figure of the text, in order."""
        return [told for sentence in self.sentences for told in sentence.told]


def load_reports() -> list[TownReport]:
    """The reports in the order of `reports.csv`; fails on a report, row or column that is none."""
    towns = {row["town"]: Entity(row["name"], row["region"]) for row in _rows("towns.csv")}
    reports: dict[str, TownReport] = {}
    for row in _rows("reports.csv"):
        assert row["report"] not in reports, row
        assert row["layout"] in (*EXTENSIONS, *PAGES), row
        reports[row["report"]] = TownReport(
            name=row["report"],
            entity=towns[row["town"]],
            year=int(row["year"]),
            form=row["form"],
            layout=row["layout"],
            title=row["title"],
            manifest_title=row["manifest_title"],
            url=row["url"],
            published=row["published"],
            note=row["note"],
            printed=dict.fromkeys(all_cells(row["form"]), "0"),
        )
    seen: set[tuple[str, CellId]] = set()
    for name, cell, printed in _cells():
        assert cell in reports[name].printed, (name, cell)
        assert (name, cell) not in seen, (name, cell)
        seen.add((name, cell))
        reports[name].printed[cell] = printed
    for row in _rows("sentences.csv"):
        told = tuple(_told(words) for words in row["facts"].split("；") if words)
        reports[row["report"]].sentences.append(Sentence(row["section"], row["sentence"], told))
    return list(reports.values())


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream, strict=True)


def _cells() -> Iterator[tuple[str, CellId, str]]:
    for row in _rows("disclosure.csv"):
        yield row["report"], CellId(row["item"], row["column"]), row["printed"]
    for table in ("applications.csv", "reviews.csv"):
        for row in _rows(table):
            name, item = row.pop("report"), row.pop("item")
            for column, printed in row.items():
                yield name, CellId(item, column), printed


def _told(words: str) -> Told:
    """A figure as `sentences.csv` writes it: `disclosed_total 312条`, or `… 150条 约`.

    >>> _told("trainings 3期")
    Told(cell=CellId(item='narrative.trainings', column='total'), value=Decimal('3'), unit='期', approximate=False)
    """
    item, figure, *approximate = words.split(" ")
    unit = figure.lstrip("0123456789.")
    value = Decimal(figure.removesuffix(unit))
    return Told(CellId(NARRATIVE + item, "total"), value, unit, approximate == ["约"])


def write_folder(folder: Path) -> Path:
    """Prints every report into its file, with a manifest; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    reports = load_reports()
    for number, report in enumerate(reports):
        (folder / report.file).write_bytes(print_file(report, seed=number))
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as stream:
        manifest = csv.writer(stream, lineterminator="\n")
        manifest.writerow(["file", "entity", "region", "year", "title", "url", "published"])
        for report in reports:
            who = ("", "") if report.title else (report.entity.name, str(report.year))
            manifest.writerow(
                [
                    report.file,
                    who[0],
                    report.entity.region,
                    who[1],
                    report.manifest_title,
                    report.url,
                    report.published,
                ]
            )
    return folder


def print_file(report: TownReport, seed: int = 0) -> bytes:
    """The file of one report in its layout."""
    draft = draft_of(report)
    for layout in LAYOUTS:
        if layout == report.layout:
            return print_report(draft, layout, seed=seed).encode()
    made = MadeReport(
        draft, report.printed, (), report.entity.name, report.entity.county or "", report.year
    )
    tables = merged_tables(draft, Shape())
    if report.layout == "docx":
        return render_docx(made, tables, DocxLook(furniture=False), seed)
    return render_html(made, tables, PAGES[report.layout], seed)


def draft_of(report: TownReport) -> Draft:
    """The report as lines and grids; a lost figure has no cell in its row."""
    texts: dict[str, list[str]] = {}
    for sentence in report.sentences:
        texts.setdefault(sentence.section, []).append(sentence.text)
    overview = texts.pop("overview", [])
    draft = draft_report(report.form, report.printed, title=report.title, overview=overview)
    if not report.title:
        draft = replace(draft, title=[])
    for row in draft.applications:
        row[:] = [cell for cell in row if cell != LOST]
    draft.texts.update(texts)
    return draft


def unread_cells(report: TownReport) -> set[CellId]:
    """Cells of rows that cannot be read for certain: a cell is lost, so that any could be it."""
    rows = {cell.item for cell, printed in report.printed.items() if printed == LOST}
    return {cell for cell in report.printed if cell.item in rows}


def value_of(printed: str) -> Decimal:
    """The number in a cell, without its unit.

    >>> value_of("+3"), value_of("36.52万元")
    (Decimal('3'), Decimal('36.52'))
    """
    return Decimal(printed.rstrip("万元"))


def unit_of(report: TownReport, cell: CellId, printed: str) -> str:
    """The unit printed in the cell, else the form's."""
    return printed.lstrip("+-0123456789.") or load_form().unit(cell, report.form)


def build_twelve(folder: Path, path: Path) -> Path:
    """A store of all reports at `path`, their files in `folder`; fails if one is not stored."""
    plan = plan_ingest([write_folder(folder)], None)
    assert not plan.warnings, plan.warnings
    with open_for_writing(path) as store:
        results = list(ingest_inputs(store, plan.inputs))
    bad = [result for result in results if result.outcome != "stored"]
    assert results, folder
    assert not bad, bad
    return path
