"""Whatever figures stand in whatever file: reading gives every cell and no other, or says why.

Nothing here knows how a file is read: reports are rendered (`tests.render_html` and its
siblings) and read back through `ingest.formats.read_document`. A format that the product does
not read yet is skipped.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zhenwen
from ingest.formats import EXTENSIONS, read_document
from ingest.pipeline import parse_report
from knowledge.errors import InputRejected
from knowledge.form import load_form
from knowledge.model import CellId, Part, Report
from knowledge.numerals import plain
from tests.reading_cases import lost_cells, misplaced, unnamed, value_of, wrong_cells
from tests.render_docx import DocxLook, render_docx
from tests.render_formats import (
    PARTS,
    Content,
    MadeReport,
    Shape,
    make_report,
    merged_tables,
)
from tests.render_formats_damage import DAMAGES, Damage, Damager
from tests.render_formats_zip import zipped
from tests.render_html import DRAWN, HtmlLook, render_html
from tests.render_pdf import PdfLook, render_pdf
from tests.render_sheets import SheetLook, render_csv, render_xlsx

EXAMPLES = int(os.environ.get("ZHENWEN_RENDERED_REPORTS", "300"))
"""Rendered reports of all formats together; the long run outside CI sets it to 10000."""

SAME = "ZHENWEN_RENDERED_REPORTS" not in os.environ
"""The same examples in every run of CI: about 2 in 1,000 pages with one cell a paragraph lose a
row and name it, which a long run counts and CI need not meet by chance."""

EDITIONS = st.sampled_from(
    (
        ("2019", "2019", "2019"),
        ("2021", "2021", "2021"),
        ("2021", "2019", "2019"),
        ("2019", "2021", "2021"),
    )
)

CONTENTS = st.builds(
    Content,
    editions=EDITIONS,
    zeros=st.sampled_from((0.0, 0.3, 0.95)),
    blanks=st.sampled_from((0.0, 0.0, 0.02, 0.3, 1.0)),
    visible_blanks=st.booleans(),
    start=st.sampled_from((1, 11, 101, 9_000)),
    thousands=st.booleans(),
    extra_column=st.booleans(),
    group_rows=st.booleans(),
    sentences=st.integers(0, 6),
    seed=st.integers(0, 10**6),
    town=st.integers(0, 2),
)

SHAPES = st.builds(
    Shape,
    short_rows=st.sampled_from(("spanned", "spare")),
    trailing=st.sampled_from((0, 0, 1, 2)),
    corner=st.booleans(),
    break_after=st.sampled_from((0, 0, 2, 7, 13, 20)),
    repeat_header=st.booleans(),
    joined=st.booleans(),
)

HTML = st.builds(
    HtmlLook,
    page=st.sampled_from(("bare", "cms", "word", "layout_tables", "snippet")),
    table=st.sampled_from(("spans", "spans", "flat", "css_divs", "class_divs", "paragraphs")),
    figures=st.sampled_from(
        (
            "plain",
            "spans",
            "font",
            "strong",
            "entities",
            "full_width",
            "nbsp",
            "comment",
            "word",
            "lines",
            "zero_width",
        )
    ),
    labels=st.sampled_from(("plain", "breaks", "spans", "nbsp", "paragraphs", "blanks")),
    charset=st.sampled_from(("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16")),
    declared=st.sampled_from(("right", "missing", "wrong")),
    title=st.sampled_from(("heading", "paragraph", "page", "breadcrumb")),
    upper_case=st.booleans(),
    unquoted=st.booleans(),
    unclosed=st.booleans(),
    stray=st.booleans(),
    groups=st.booleans(),
    wrapped=st.booleans(),
    hidden=st.booleans(),
    footnote_marks=st.booleans(),
    mirror=st.booleans(),
    pinyin=st.booleans(),
    blank_paragraphs=st.booleans(),
    one_line=st.booleans(),
)

DOCX = st.builds(
    DocxLook,
    runs=st.sampled_from(
        (
            "plain",
            "split",
            "tracked",
            "moved",
            "field",
            "simple_field",
            "bookmarks",
            "hidden",
            "tagged",
        )
    ),
    box=st.sampled_from(("none", "outer_table", "text_box", "content_control")),
    merged=st.booleans(),
    flat_width=st.booleans(),
    generated_numbers=st.booleans(),
    label_breaks=st.booleans(),
    tabs=st.booleans(),
    furniture=st.booleans(),
    footnotes=st.booleans(),
    title_style=st.booleans(),
    breaks=st.booleans(),
    centred_paragraphs=st.booleans(),
    label_numbers=st.booleans(),
    hard_hyphens=st.booleans(),
    indented_rows=st.booleans(),
)

SHEETS = st.builds(
    SheetLook,
    sheets=st.sampled_from(("one", "three")),
    numbers=st.sampled_from(("numbers", "text")),
    merged=st.booleans(),
    text=st.just(True),
    hidden=st.booleans(),
    offset=st.booleans(),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "gb18030")),
    delimiter=st.sampled_from((",", ",", ";", "\t")),
    line_end=st.sampled_from(("\r\n", "\n")),
    label_breaks=st.booleans(),
)

PDF = st.builds(
    PdfLook,
    ruling=st.sampled_from(("lines", "rects", "double", "dotted", "open", "gaps", "none")),
    size=st.sampled_from((7.0, 9.0, 10.5)),
    turned_header=st.sampled_from(("no", "no", "90", "270", "vertical")),
    breaks=st.booleans(),
    repeat_header=st.booleans(),
    torn=st.booleans(),
    middle=st.booleans(),
    numbers=st.booleans(),
    head=st.booleans(),
    watermark=st.booleans(),
    bold_twice=st.booleans(),
    hidden=st.booleans(),
    rotate=st.sampled_from((0, 0, 90, 180, 270)),
    start=st.sampled_from((0.0, 30.0, 90.0, 170.0, 240.0)),
    narrow=st.booleans(),
)


@dataclass(frozen=True)
class Rendering:
    """A format: its extension, the looks of its files, and how they are made.

    `marked` tells whether a look shows empty cells.
    """

    extension: str
    looks: st.SearchStrategy[Any]
    render: Callable[..., bytes]
    marked: Callable[[Any], bool]
    share: float


RENDERINGS = {
    "html": Rendering(
        ".html",
        HTML,
        render_html,
        marked=lambda look: look.table in DRAWN,
        share=0.5,
    ),
    "docx": Rendering(".docx", DOCX, render_docx, lambda look: True, 0.25),
    "xlsx": Rendering(".xlsx", SHEETS, render_xlsx, lambda look: True, 0.1),
    "pdf": Rendering(
        ".pdf",
        PDF,
        render_pdf,
        # Without lines a blank is not to be seen.
        marked=lambda look: look.ruling != "none",
        share=0.03,
    ),
    "csv": Rendering(".csv", SHEETS, render_csv, lambda look: True, 0.15),
}


@dataclass(frozen=True)
class Case:
    """One rendered file: what it holds, how it looks."""

    content: Content
    shape: Shape
    look: Any
    seed: int


def read_file(kind: str, content: bytes) -> Report | str:
    """The report in a file, or the reason why it was refused."""
    extension = RENDERINGS[kind].extension
    try:
        return parse_report(read_document(content, "a" + extension, extension), "a" + extension)
    except InputRejected as rejected:
        reason = rejected.reason
    assert reason
    assert "\n" not in reason
    return reason


def known_open(case: Case) -> bool:
    """What is left out although it could be known; nothing of this is read wrongly.

    Section 三 breaks off after its second row and goes on in a table without a header.
    """
    return case.shape.break_after == 2 and not case.shape.repeat_header


def check(kind: str, case: Case) -> None:
    made = make_report(case.content)
    rendering = RENDERINGS[kind]
    content = rendering.render(made, merged_tables(made.draft, case.shape), case.look, case.seed)
    report = read_file(kind, content)
    if isinstance(report, str):
        assert names_nobody(kind, case.look) or known_open(case), report
        return
    assert (report.entity.name, report.year) == (made.entity, made.year)
    assert wrong_cells(report, made.printed) == {}
    lost = lost_cells(report, made.printed)
    if not known_open(case):
        hard = lost - misplaced(report)
        assert {cell for cell in hard if not may_be_lost(rendering, case, made, cell)} == set()
    assert unnamed(report, {cell for cell in lost if official(made, cell)}) == set()
    blank = {gap.cell for gap in report.gaps if gap.kind == "blank"}
    assert blank & {cell for cell, text in made.printed.items() if any(map(str.isdigit, text))} == (
        set()
    )
    check_statements(kind, case, made, report)
    check_editions(made, report, lost)


def check_statements(kind: str, case: Case, made: MadeReport, report: Report) -> None:
    read = Counter(
        (figure.cell.item.removeprefix("narrative."), plain(figure.value), figure.unit)
        for figure in report.figures
        if figure.cell.is_narrative
    )
    wanted = Counter((stated.item, stated.value, stated.unit) for stated in made.stated)
    if (kind == "html" and case.look.mirror) or kind == "pdf" or known_open(case):
        assert (
            read <= wanted
        )  # Words may be lost in a copy or at the end of a printed line, none may be added.
    else:
        assert read == wanted


def check_editions(made: MadeReport, report: Report, lost: set[CellId]) -> None:
    for part in ("disclosure", "applications"):
        own: Part = "disclosure" if part == "disclosure" else "applications"
        if not any(load_form().part_of(cell.item) == own for cell in lost):
            assert report.editions[own] == made.draft.edition[own]


def names_nobody(kind: str, look: Any) -> bool:
    """Whether the file names its issuer only beside the text, or nowhere: it may be set aside."""
    if kind != "html" or look.title in ("heading", "paragraph"):
        return False
    if look.title == "page":
        return bool(look.page == "snippet" or (look.mirror and look.pinyin))
    return bool(look.page != "cms")


def official(made: MadeReport, cell: CellId) -> bool:
    return any(
        load_form().is_official(made.draft.edition[part], cell)
        for part in PARTS
        if load_form().part_of(cell.item) == part
    )


def may_be_lost(rendering: Rendering, case: Case, made: MadeReport, cell: CellId) -> bool:
    """Whether empty cells in the cell's row, or marks at its figures, leave it uncertain."""
    if rendering is RENDERINGS["html"] and (
        case.look.footnote_marks or case.look.figures == "zero_width"
    ):
        return True
    if rendering is RENDERINGS["pdf"]:
        return True  # How much a PDF may lose, and when, is for test_pdf_reader to say.
    row = [
        text
        for other, text in made.printed.items()
        if made.row_of(other) == made.row_of(cell) and other.column != "organisations"
    ]
    if not rendering.marked(case.look):
        return "" in row
    return not row[0] or not row[-1]


@pytest.mark.parametrize("kind", RENDERINGS)
def test_every_cell_and_no_other(kind: str) -> None:
    if RENDERINGS[kind].extension not in EXTENSIONS:
        pytest.skip(f"{RENDERINGS[kind].extension} is not among ingest.formats.EXTENSIONS yet")
    looks = RENDERINGS[kind].looks

    @given(st.builds(Case, CONTENTS, SHAPES, looks, st.integers(0, 10**6)))
    @settings(max_examples=max(5, int(EXAMPLES * RENDERINGS[kind].share)), derandomize=SAME)
    def rendered(case: Case) -> None:
        check(kind, case)

    rendered()


# ── through the command ──


def made_files() -> dict[str, tuple[MadeReport, bytes]]:
    """One report a format, each of another town and year, under names as people give them."""
    looks = {
        "html": HtmlLook(page="cms", charset="gbk", declared="wrong", hidden=True),
        "docx": DocxLook(generated_numbers=True, runs="tracked", box="content_control"),
        "xlsx": SheetLook(sheets="three", hidden=True),
        "csv": SheetLook(encoding="gb18030"),
        "pdf": PdfLook(),
    }
    files: dict[str, tuple[MadeReport, bytes]] = {}
    for number, (kind, look) in enumerate(looks.items()):
        if RENDERINGS[kind].extension not in EXTENSIONS:
            continue
        edition = "2019" if number % 2 else "2021"
        made = make_report(
            Content((edition, edition, edition), start=101 + 1000 * number, town=number)
        )
        made.draft.title = [made.title.replace(str(made.year), str(made.year + number))]
        made.year += number
        tables = merged_tables(made.draft, Shape())
        content = RENDERINGS[kind].render(made, tables, look, number)
        files[f"年报 {number}{RENDERINGS[kind].extension}"] = (made, content)
    return files


def exported_cells(
    db: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, dict[CellId, Decimal]]:
    assert zhenwen.main(["export", "--db", str(db)]) == 0
    cells: dict[str, dict[CellId, Decimal]] = {}
    for row in csv.DictReader(io.StringIO(capsys.readouterr().out)):
        if not row["item"].startswith("narrative."):
            cell = CellId(row["item"], row["column"])
            cells.setdefault(f"{row['entity']} {row['year']}", {})[cell] = Decimal(row["value"])
    return cells


@pytest.mark.parametrize("archived", ["folder", "zip", "zip with GBK names"])
def test_a_folder_of_all_formats(
    archived: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = made_files()
    if not files:
        pytest.skip("none of these formats is among ingest.formats.EXTENSIONS yet")
    folder = tmp_path / "年报"
    folder.mkdir()
    if archived == "folder":
        for name, (_, content) in files.items():
            (folder / name).write_bytes(content)
    else:
        packed = zipped(
            {f"各镇/{name}": content for name, (_, content) in files.items()},
            gbk_names=archived.endswith("names"),
        )
        (folder / "汇总.zip").write_bytes(packed)
    db = tmp_path / "z.db"
    assert zhenwen.main(["ingest", str(folder), "--db", str(db), "--json"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["outcome"] for line in said} == {"stored"}
    assert {name for name in files if any(line["file"].endswith(name) for line in said)} == set(
        files
    )
    wanted = {
        f"{made.entity} {made.year}": {
            cell: value
            for cell, text in made.printed.items()
            if (value := value_of(text)) is not None
        }
        for made, _ in files.values()
    }
    assert exported_cells(db, capsys) == wanted


# ── damaged tables ──

DISTINCT = st.builds(
    Content,
    editions=EDITIONS,
    start=st.sampled_from((11, 101, 9_000)),
    money=st.just(False),
    signed=st.just(False),
    extra_column=st.booleans(),
    group_rows=st.booleans(),
    seed=st.integers(0, 10**6),
)

DAMAGED_LOOKS: dict[str, st.SearchStrategy[Any]] = {
    "html": st.builds(HtmlLook, table=st.sampled_from(("spans", "flat", "css_divs", "paragraphs"))),
    "docx": st.builds(DocxLook, merged=st.booleans()),
    "xlsx": st.builds(SheetLook, merged=st.booleans(), numbers=st.just("numbers")),
    "csv": st.just(SheetLook()),
    "pdf": st.builds(PdfLook, ruling=st.sampled_from(("lines", "none"))),
}


def check_damaged(kind: str, damage: Damage, case: Case) -> None:
    """Cells may be lost, but no figure stands under a label that the file does not print by it."""
    made = make_report(case.content)
    tables = merged_tables(made.draft, case.shape)
    damager = Damager(made, tables, case.seed)
    damager.apply(damage)
    report = read_file(kind, RENDERINGS[kind].render(made, tables, case.look, case.seed))
    if isinstance(report, str):
        return
    wrong = wrong_cells(report, made.printed)
    if damage == "lost_cell" and kind in ("xlsx", "csv", "pdf"):
        # A sheet or a printed page has no ragged rows: what moved up does stand under the next label.
        wrong = {
            cell: w for cell, w in wrong.items() if cell in wrong_cells(report, damager.moved_up())
        }
    if damage == "two_in_one_cell" and kind == "html" and case.look.table == "paragraphs":
        return  # A line with the figures of a row is how other layouts print it.
    assert wrong == {}


WRONG_NOW: dict[tuple[Damage, str], str] = {}
"""What is read wrongly at present, now and then (layout cases with `wrong_now` show each for
certain); to be emptied."""


@pytest.mark.parametrize("kind", RENDERINGS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_table_gives_no_wrong_cell(kind: str, damage: Damage) -> None:
    if RENDERINGS[kind].extension not in EXTENSIONS:
        pytest.skip(f"{RENDERINGS[kind].extension} is not among ingest.formats.EXTENSIONS yet")
    if (damage, kind) in WRONG_NOW:
        pytest.skip(f"read wrongly at present: {WRONG_NOW[damage, kind]}")

    @given(st.builds(Case, DISTINCT, SHAPES, DAMAGED_LOOKS[kind], st.integers(0, 10**6)))
    @settings(
        max_examples=max(1 if kind == "pdf" else 5, EXAMPLES // (600 if kind == "pdf" else 60))
    )
    def damaged(case: Case) -> None:
        check_damaged(kind, damage, case)

    damaged()


# ── what the long runs found ──

WORDED = Content(editions=("2021", "2021", "2021"), start=11, money=False, signed=False, seed=0)
"""Figures that are all distinct."""


@pytest.mark.parametrize(
    ("kind", "damage", "case"),
    [
        # A group's own label stands beside a row that has lost its label: no subtotal.
        ("pdf", "lost_label", Case(WORDED, Shape(corner=False), PdfLook(ruling="none"), 357_638)),
        # A row with one cell fewer than the others, an empty one at its end.
        (
            "docx",
            "lost_cell",
            Case(
                replace(WORDED, editions=("2021", "2019", "2019")),
                Shape(trailing=1, corner=False),
                DocxLook(merged=True),
                80,
            ),
        ),
    ],
)
def test_a_damage_that_was_read_wrongly(kind: str, damage: Damage, case: Case) -> None:
    check_damaged(kind, damage, case)


def test_an_empty_form_over_two_pages_keeps_its_edition() -> None:
    content = Content(
        ("2019", "2019", "2019"), blanks=1.0, visible_blanks=False, start=1, sentences=0
    )
    look = PdfLook(size=10.5, repeat_header=True, middle=False, numbers=False, head=False)
    check("pdf", Case(content, Shape(trailing=2, corner=False), look, 0))
