"""Reading each format beside what one would use instead, over the same made report.

What stands beside is only a part of the work: pandas and python-docx give cells without
their meaning, pdfplumber cells without their labels, markitdown a text. Ours goes on to facts
in the store. Packages that are not installed are named (`pip install '.[bench]'`).
"""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

from benchmarks.timing import best
from ingest.formats import read_document
from ingest.pipeline import parse_report
from ingest.running.run import BATCH
from knowledge.catalogue import load_catalogue
from knowledge.errors import InputRejected
from knowledge.model import CellId, Entity
from knowledge.store import Source, open_for_writing, replace_reports
from tests.render_docx import DocxLook, render_docx
from tests.render_formats import (
    Content,
    MadeReport,
    Printed,
    Shape,
    make_report,
    merged_tables,
)
from tests.render_html import HtmlLook, render_html
from tests.render_pdf import PdfLook, render_pdf
from tests.render_sheets import SheetLook, render_xlsx
from tests.twelve_towns import TownReport, draft_of, load_reports

Action = Callable[[], object]

LAYOUTS = Path(__file__).parents[1] / "tests" / "cases" / "layouts"

GOALS = {".html": " (goal 1)"}
"""What reading and storing may cost beside pandas."""


def bench_formats() -> None:
    """A table for each format; milliseconds a report."""
    made = make_report(Content(zeros=0.9, sentences=8, seed=5))
    tables = merged_tables(made.draft, Shape())
    print("formats, one made report; milliseconds, fastest of some rounds")
    for extension, content, rivals in _formats(made, tables):
        print(f"  {extension}, {len(content) / 1024:.0f} KB")
        own = _rate(partial(_read, content, extension))
        stored = _stored(content, extension)
        goal = GOALS.get(extension, "")
        print(f"    {'to a document':46}{own:9.2f}")
        print(f"    {'to facts in the store, 50 a transaction':46}{stored:9.2f}")
        for name, rival in rivals:
            try:
                rival()
            except ImportError:
                print(f"    {name:46} not installed")
                continue
            other = _rate(rival)
            print(
                f"    {name:46}{other:9.2f}   document x {own / other:5.2f}"
                f"   store x {stored / other:5.2f}{goal if name.startswith('pandas') else ''}"
            )
    layouts = sorted(LAYOUTS.glob("*/*.html"))
    _pages("web pages of the layout cases", {p.parent.name: p.read_bytes() for p in layouts})
    towns = load_reports()[::7]  # other towns and other years
    _pages(
        "made towns as plain web pages",
        {f"{town.entity.name} {town.year}": _page(town) for town in towns},
    )


def _page(town: TownReport) -> bytes:
    draft = draft_of(town)
    made = MadeReport(
        draft, town.printed, (), town.entity.name, town.entity.county or "", town.year
    )
    return render_html(made, merged_tables(draft, Shape()), HtmlLook())


def _pages(what: str, pages: Mapping[str, bytes]) -> None:
    """What several web pages cost together, and the worst and the best of them.

    Those of the layout cases are modelled on real ones, whole and damaged; the towns' reports
    add up, as nearly all real ones do.
    """
    ratios: dict[str, float] = {}
    own = other = 0.0
    for name, page in pages.items():
        try:
            stored, rival = _stored(page, ".html"), _rate(partial(_pandas_html, page))
        except (InputRejected, ValueError, ImportError):
            continue  # refused, or without a table that pandas or its parser finds
        own, other = own + stored, other + rival
        ratios[name] = stored / rival
    if not ratios:
        return  # pandas is not installed
    best_one, worst = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
    print(f"  {len(ratios)} {what} together")
    print(f"    {'to facts in the store, 50 a transaction':46}{own:9.2f}")
    print(
        f"    {'pandas.read_html (tables only)':46}{other:9.2f}   store x {own / other:5.2f} (goal 1)"
    )
    for name in (best_one, worst):
        print(f"    {name:46}            store x {ratios[name]:5.2f}")


def _formats(
    made: MadeReport, tables: Printed
) -> list[tuple[str, bytes, list[tuple[str, Action]]]]:
    page = render_html(made, tables, HtmlLook())
    word = render_docx(made, tables, DocxLook())
    sheet = render_xlsx(made, tables, SheetLook())
    printed = render_pdf(made, tables, PdfLook())
    return [
        (
            ".html",
            page,
            [
                ("pandas.read_html (tables only)", lambda: _pandas_html(page)),
                ("markitdown", lambda: _markitdown(page, ".html")),
            ],
        ),
        (
            ".docx",
            word,
            [
                ("python-docx, row.cells of all tables", lambda: _python_docx(word)),
                ("markitdown", lambda: _markitdown(word, ".docx")),
            ],
        ),
        (
            ".pdf",
            printed,
            [
                ("pdfplumber, extract_tables and text", lambda: _pdfplumber(printed)),
                ("markitdown", lambda: _markitdown(printed, ".pdf")),
            ],
        ),
        (
            ".xlsx",
            sheet,
            [("pandas.read_excel, all sheets", lambda: _pandas_excel(sheet))],
        ),
    ]


def _rate(action: Action) -> float:
    """Milliseconds of one call: rounds of at least a tenth of a second."""
    once = best(action, 1)
    count = max(1, int(0.1 / once))

    def many() -> None:
        for _ in range(count):
            action()

    return best(many) / count * 1e3


def _read(content: bytes, extension: str) -> object:
    return read_document(content, f"report{extension}", extension)


def _stored(content: bytes, extension: str) -> float:
    """Milliseconds of reading, parsing and storing one report, with a batch in a transaction
    as ingest does it; each under a path and an issuer of its own, so that none is replaced."""
    names = statement_names()
    file = f"report{extension}"
    report = parse_report(read_document(content, file, extension), file)
    parsed = _rate(lambda: parse_report(read_document(content, file, extension), file))
    numbers = itertools.count()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_for_writing(Path(folder) / "bench.db") as store,
    ):

        def batch() -> None:
            reports = [
                (
                    Source(f"/{number}{extension}", "1"),
                    replace(report, entity=Entity(f"{number}镇")),
                )
                for number in itertools.islice(numbers, BATCH)
            ]
            replace_reports(store, reports, names)

        return parsed + _rate(batch) / BATCH


def statement_names() -> dict[CellId, tuple[str, str]]:
    """Name and unit of each measure that the text of a report may state, as the store wants them."""
    return {
        CellId(statement.id, "total"): (statement.name, statement.unit)
        for statement in load_catalogue().statements.values()
    }


def _pandas_html(page: bytes) -> object:
    return import_module("pandas").read_html(io.BytesIO(page))


def _pandas_excel(sheet: bytes) -> object:
    return import_module("pandas").read_excel(io.BytesIO(sheet), sheet_name=None, header=None)


def _python_docx(word: bytes) -> object:
    document = import_module("docx").Document(io.BytesIO(word))
    return [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]


def _pdfplumber(printed: bytes) -> object:
    with import_module("pdfplumber").open(io.BytesIO(printed)) as document:
        return [(page.extract_tables(), page.extract_text()) for page in document.pages]


def _markitdown(content: bytes, extension: str) -> object:
    return (
        import_module("markitdown")
        .MarkItDown()
        .convert_stream(io.BytesIO(content), file_extension=extension)
    )
