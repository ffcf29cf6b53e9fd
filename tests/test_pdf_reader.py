"""PDF files: what stands on the page is read, once, in its place; what cannot be known is not.

Whole reports come from `tests.render_pdf`, single pages are drawn here. About 17 seconds.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Document, Row
from ingest.formats import format_of
from ingest.pipeline import parse_report
from ingest.readers.pdf.reader import SCANNED, read_pdf
from knowledge.errors import InputRejected
from knowledge.form import load_form
from knowledge.model import CellId, Report
from tests.reading_cases import lost_cells, misplaced, unnamed, value_of, wrong_cells
from tests.render_formats import Content, MadeReport, Shape, make_report, merged_tables
from tests.render_pdf import FONT, PdfLook, render_pdf

EXAMPLES = int(os.environ.get("ZHENWEN_RENDERED_REPORTS", "40"))
"""Rendered reports in CI; the long run outside it sets the variable to thousands."""

LOOKS = st.builds(
    PdfLook,
    ruling=st.sampled_from(("lines", "rects", "double", "dotted", "open", "none")),
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

CONTENTS = st.builds(
    Content,
    editions=st.sampled_from((("2019",) * 3, ("2021",) * 3, ("2021", "2019", "2019"))),
    zeros=st.sampled_from((0.0, 0.3, 0.95)),
    blanks=st.sampled_from((0.0, 0.0, 0.02, 0.3)),
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
    corner=st.booleans(),
    break_after=st.sampled_from((0, 0, 7, 13)),
    repeat_header=st.booleans(),
)


def report_of(made: MadeReport, shape: Shape, look: PdfLook) -> Report:
    content = render_pdf(made, merged_tables(made.draft, shape), look)
    return parse_report(read_pdf(content, "a.pdf"), "a.pdf")


@given(CONTENTS, SHAPES, LOOKS)
@settings(max_examples=EXAMPLES, derandomize="ZHENWEN_RENDERED_REPORTS" not in os.environ)
def test_every_cell_and_no_other(content: Content, shape: Shape, look: PdfLook) -> None:
    made = make_report(content)
    report = report_of(made, shape, look)
    assert (report.entity.name, report.year) == (made.entity, made.year)
    assert wrong_cells(report, made.printed) == {}
    lost = lost_cells(report, made.printed)
    own = {cell for cell in lost if official(made, cell) and not before_header(look, cell)}
    assert unnamed(report, own) == set()
    hard = lost - misplaced(report)
    assert {cell for cell in hard if not may_be_lost(look, made, cell)} == set()
    blank = {gap.cell for gap in report.gaps if gap.kind == "blank"}
    assert {cell for cell in blank if value_of(made.printed.get(cell, "")) is not None} == set()


def before_header(look: PdfLook, cell: CellId) -> bool:
    """Known failure: where the header stands again right behind （六）其他处理, its label 其他
    is taken for the row 3.其他 of the other edition, and the row above it is lost."""
    return cell.item == "other" and look.repeat_header


def official(made: MadeReport, cell: CellId) -> bool:
    """Whether a cell is on the form: extra rows and columns need no gap where they are lost."""
    return any(load_form().is_official(edition, cell) for edition in made.draft.edition.values())


def may_be_lost(look: PdfLook, made: MadeReport, cell: CellId) -> bool:
    """Without lines some rows stay unread; a blank at the end of a row may make it uncertain."""
    row = [text for other, text in made.printed.items() if made.row_of(other) == made.row_of(cell)]
    if look.ruling == "none" or before_header(look, cell):
        return True
    return not row[0] or not row[-1]


FULL = Content(start=101)


@pytest.mark.parametrize(
    "look",
    [
        PdfLook(),
        PdfLook(ruling="rects"),
        PdfLook(ruling="double"),
        PdfLook(ruling="dotted"),
        PdfLook(ruling="open"),
        PdfLook(turned_header="90"),
        PdfLook(turned_header="270"),
        PdfLook(turned_header="vertical"),
        PdfLook(repeat_header=True, start=200),
        PdfLook(torn=True, start=200),
        PdfLook(bold_twice=True),
        PdfLook(hidden=True),
        PdfLook(watermark=True),
        PdfLook(rotate=90),
        PdfLook(rotate=180),
        PdfLook(rotate=270),
        PdfLook(narrow=True),
        PdfLook(ruling="none"),
        PdfLook(ruling="none", middle=False),
        PdfLook(ruling="none", bold_twice=True, hidden=True, watermark=True),
    ],
    ids=str,
)
def test_a_full_form_in_each_look(look: PdfLook) -> None:
    made = make_report(FULL)
    report = report_of(made, Shape(), look)
    assert wrong_cells(report, made.printed) == {}
    assert lost_cells(report, made.printed) == set()
    stated = {
        (f.cell.item.removeprefix("narrative."), str(f.value))
        for f in report.figures
        if f.cell.is_narrative
    }
    assert stated == {(s.item, s.value) for s in made.stated}


def test_a_label_torn_by_the_page_is_whole_again() -> None:
    made = make_report(FULL)
    for start in range(0, 300, 20):
        look = PdfLook(torn=True, start=float(start))
        document = read_pdf(render_pdf(made, merged_tables(made.draft, Shape()), look), "a.pdf")
        texts = {
            cell.text for block in document.blocks if isinstance(block, Row) for cell in block.cells
        }
        assert {"（三）不予公开", "（四）无法提供", "（五）不予处理"} <= texts


def test_a_table_over_pages_is_one_grid_and_cells_tell_their_page() -> None:
    made = make_report(FULL)
    content = render_pdf(made, merged_tables(made.draft, Shape()), PdfLook(start=60))
    rows = [block for block in read_pdf(content, "a.pdf").blocks if isinstance(block, Row)]
    wide = [row for row in rows if len(row.cells) == 10]
    assert {row.grid for row in wide} == {1}
    assert {row.line for row in wide} == {1, 2}
    lines = {row.cells[0].line for row in wide if row.cells[3].text}
    assert lines == {1, 2}


def test_heads_and_page_numbers_are_witnesses_or_nothing() -> None:
    made = make_report(FULL)
    document = read_pdf(render_pdf(made, merged_tables(made.draft, Shape()), PdfLook()), "a.pdf")
    assert [w.text for w in document.witnesses if w.kind == "running_head"] == [
        f"{made.year}年度报告汇编"
    ]
    texts = [paragraph.text for paragraph in document.paragraphs()]
    assert not any("汇编" in text or text.startswith("- ") for text in texts)


# ── single pages ──


def drawn(draw: Callable[[Any], None], **canvas: Any) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    page = Canvas(stream, pagesize=(595, 842), invariant=1, **canvas)
    page.setFont(FONT, 12)
    draw(page)
    page.save()
    return stream.getvalue()


def paragraphs(draw: Callable[[Any], None]) -> list[str]:
    return [p.text for p in read_pdf(drawn(draw), "a.pdf").paragraphs()]


def grid_page(page: Any, texts: dict[tuple[int, int], str], columns: int = 3) -> None:
    """Rows of 30 and columns of 60 points from (60, 700), each with its text at the left."""
    rows = 1 + max(row for row, _ in texts)
    for row in range(rows + 1):
        page.line(60, 700 - 30 * row, 60 + 60 * columns, 700 - 30 * row)
    for column in range(columns + 1):
        page.line(60 + 60 * column, 700, 60 + 60 * column, 700 - 30 * rows)
    for (row, column), text in texts.items():
        page.drawString(64 + 60 * column, 680 - 30 * row, text)


def rows_of(document: Document) -> list[list[str]]:
    return [[c.text for c in block.cells] for block in document.blocks if isinstance(block, Row)]


HEADER = {(0, 0): "信息内容", (0, 1): "制发", (0, 2): "废止", (1, 0): "规章"}


def test_digits_that_stand_apart_are_never_one_number() -> None:
    def draw(page: Any) -> None:
        grid_page(page, {**HEADER, (1, 2): "34"})
        page.drawString(130, 650, "1")
        page.drawString(139, 650, "2")

    assert rows_of(read_pdf(drawn(draw), "a.pdf"))[1] == ["规章", "1 / 2", "34"]


def test_two_figures_in_one_cell_are_never_one_number() -> None:
    def draw(page: Any) -> None:
        grid_page(page, {**HEADER, (1, 1): "1 2", (1, 2): "34"})

    assert rows_of(read_pdf(drawn(draw), "a.pdf"))[1] == ["规章", "1 / 2", "34"]


def test_characters_printed_twice_count_once() -> None:
    def draw(page: Any) -> None:
        grid_page(page, {**HEADER, (1, 1): "0", (1, 2): "100"})
        for place in (64.3, 124.3, 184.3):
            text = {64.3: "规章", 124.3: "0", 184.3: "100"}[place]
            page.drawString(place, 650.2, text)

    assert rows_of(read_pdf(drawn(draw), "a.pdf"))[1] == ["规章", "0", "100"]


def test_a_digit_over_another_is_unreadable() -> None:
    def draw(page: Any) -> None:
        grid_page(page, {**HEADER, (1, 1): "5", (1, 2): "8"})
        page.drawString(124.4, 650, "3")

    label, first, second = rows_of(read_pdf(drawn(draw), "a.pdf"))[1]
    assert (label, second) == ("规章", "8")
    assert not any(map(str.isdigit, first))


def test_a_raised_mark_is_no_digit_of_the_figure() -> None:
    def draw(page: Any) -> None:
        grid_page(page, {**HEADER, (1, 1): "25", (1, 2): "8"})
        page.setFont(FONT, 6)
        page.drawString(137, 655, "1")
        page.setFont(FONT, 12)
        page.drawString(60, 500, "全年公开信息25")
        page.setFont(FONT, 6)
        page.drawString(144, 505, "1")
        page.setFont(FONT, 12)
        page.drawString(148, 500, "条。")

    document = read_pdf(drawn(draw), "a.pdf")
    assert rows_of(document)[1][1] in ("25 / 1", "1 / 25")
    assert [p.text for p in document.paragraphs()] == ["全年公开信息25条。"]


def test_a_figure_over_the_border_of_its_cell_is_unreadable() -> None:
    def draw(page: Any) -> None:
        grid_page(page, {**HEADER, (1, 2): ""})
        page.drawString(160, 650, "1234567")

    assert rows_of(read_pdf(drawn(draw), "a.pdf"))[1] == ["规章", "[看不清]", "[看不清]"]


def test_figures_without_a_border_between_stand_in_their_columns() -> None:
    def draw(page: Any) -> None:
        for row in range(4):
            page.line(60, 700 - 30 * row, 240, 700 - 30 * row)
        for column in (0, 1, 3):
            page.line(60 + 60 * column, 700, 60 + 60 * column, 610)
        page.line(180, 700, 180, 670)
        page.line(180, 640, 180, 610)
        texts = {**HEADER, (1, 1): "7", (1, 2): "8", (2, 0): "文件", (2, 1): "5", (2, 2): "6"}
        for (row, column), text in texts.items():
            page.drawString(64 + 60 * column, 680 - 30 * row, text)

    assert rows_of(read_pdf(drawn(draw), "a.pdf"))[1:] == [["规章", "7", "8"], ["文件", "5", "6"]]


def test_a_figure_in_a_merged_cell_is_whole_where_a_border_of_other_rows_would_cut_it() -> None:
    def draw(page: Any) -> None:
        for row in range(4):
            page.line(60, 700 - 30 * row, 240, 700 - 30 * row)
        for column in (0, 1, 3):
            page.line(60 + 60 * column, 700, 60 + 60 * column, 610)
        page.line(180, 700, 180, 670)
        page.line(180, 640, 180, 610)
        texts = {**HEADER, (2, 0): "文件", (2, 1): "5", (2, 2): "6"}
        for (row, column), text in texts.items():
            page.drawString(64 + 60 * column, 680 - 30 * row, text)
        page.drawString(180 - pdfmetrics.stringWidth("859", FONT, 12), 650, "85947")

    assert rows_of(read_pdf(drawn(draw), "a.pdf"))[1:] == [
        ["规章", "85947", ""],
        ["文件", "5", "6"],
    ]


def test_a_row_cut_by_the_page_is_one_row_and_a_dash_is_no_label() -> None:
    def draw(page: Any) -> None:
        texts = {
            **HEADER,
            (0, 1): "本年制发件数",
            (0, 2): "现行有效",
            (1, 0): "行政规范",
            (1, 1): "7",
        }
        grid_page(page, texts)
        page.showPage()
        page.setFont(FONT, 12)
        grid_page(page, {(0, 0): "性文件", (0, 2): "9", (1, 0): "行政许可", (1, 1): "/"})
        page.showPage()
        page.setFont(FONT, 12)
        grid_page(page, {(0, 0): "信息内容", (0, 1): "本年处理"})

    rows = rows_of(read_pdf(drawn(draw), "a.pdf"))
    assert rows[1:] == [
        ["行政规范性文件", "7", "9"],
        ["行政许可", "/", ""],
        ["信息内容", "本年处理", ""],
    ]


def test_a_blank_in_a_table_without_lines_stays_in_its_column() -> None:
    made = make_report(FULL)
    for row in made.draft.applications:
        if row[2].startswith(("2.", "4.")):
            row[5] = ""  # 科研机构
    report = report_of(made, Shape(), PdfLook(ruling="none"))
    blank = {gap.cell for gap in report.gaps if gap.kind == "blank"}
    assert {cell.column for cell in blank} == {"research"}
    assert len(blank) == 6
    assert {c: v for c, v in wrong_cells(report, made.printed).items() if c not in blank} == {}


def test_paragraphs_go_on_over_lines_and_end_before_headings() -> None:
    def draw(page: Any) -> None:
        lines = [
            (84, "一、总体情况"),
            (84, "全年依法推进公开，共收到申请五件，答复五件，未收取费用。公开"),
            (60, "工作有序开展，各项要求得到落实，没有发生其他情况，全部按时完成"),
            (60, "办理。"),
            (84, "（一）主动公开。全年公开信息。"),
        ]
        for number, (x, text) in enumerate(lines):
            page.drawString(x, 760 - 22 * number, text)

    assert paragraphs(draw) == [
        "一、总体情况",
        "全年依法推进公开，共收到申请五件，答复五件，未收取费用。公开工作有序开展，"
        "各项要求得到落实，没有发生其他情况，全部按时完成办理。",
        "（一）主动公开。全年公开信息。",
    ]


def test_a_number_cut_by_the_end_of_a_line_is_not_guessed() -> None:
    def draw(page: Any) -> None:
        page.drawString(84, 760, "全年依法推进政府信息公开工作，通过网站主动公开政府信息13")
        page.drawString(60, 738, "5条，按时办结。")

    text = paragraphs(draw)[0]
    assert "135" not in text
    assert "5条" not in text


def test_two_columns_are_read_one_after_the_other() -> None:
    def draw(page: Any) -> None:
        page.setFont(FONT, 18)
        page.drawString(150, 780, "清河镇人民政府年度报告汇编")
        page.setFont(FONT, 12)
        for number in range(8):
            page.drawString(
                60,
                740 - 20 * number,
                f"左栏第{'一二三四五六七八'[number]}行依法推进政府信息公开工作",
            )
            page.drawString(
                320,
                740 - 20 * number,
                f"右栏第{'一二三四五六七八'[number]}行按时答复收到全部申请事项",
            )

    text = "".join(paragraphs(draw))
    assert text.index("左栏第八") < text.index("右栏第一")
    assert text.index("汇编") < text.index("左栏第一")


def test_text_that_runs_up_the_whole_page_is_turned() -> None:
    def draw(page: Any) -> None:
        page.translate(595, 0)
        page.rotate(90)
        page.drawString(60, 500, "清河镇人民政府年度报告")
        page.drawString(60, 470, "全年公开信息5条。")

    assert paragraphs(draw) == ["清河镇人民政府年度报告", "全年公开信息5条。"]


# ── refused ──


def picture() -> Any:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    return ImageReader(Image.new("L", (400, 500), 200))


def refused(content: bytes) -> str:
    with pytest.raises(InputRejected) as rejected:
        read_pdf(content, "a.pdf")
    assert "\n" not in rejected.value.reason
    return rejected.value.reason


def test_a_scan_is_refused_with_the_way_out() -> None:
    content = drawn(lambda page: page.drawImage(picture(), 0, 0, 595, 842))
    assert refused(content) == SCANNED
    assert ".[ocr]" in SCANNED


def test_a_scanned_page_among_others_counts_as_a_picture() -> None:
    def draw(page: Any) -> None:
        page.drawString(84, 760, "清河镇人民政府年度报告")
        page.showPage()
        page.drawImage(picture(), 0, 0, 595, 842)

    assert read_pdf(drawn(draw), "a.pdf").pictures == 1


def test_the_text_under_a_scan_is_marked_as_recognised() -> None:
    def draw(page: Any) -> None:
        page.drawImage(picture(), 0, 0, 595, 842)
        text = page.beginText(84, 700)
        text.setTextRenderMode(3)
        text.textLine("清河镇人民政府年度报告共公开各类政府信息三百余条")
        page.drawText(text)

    assert [p.recognised for p in read_pdf(drawn(draw), "a.pdf").paragraphs()] == [True]


def test_a_password_is_named_and_one_for_the_owner_only_is_none() -> None:
    def draw(page: Any) -> None:
        page.drawString(84, 760, "清河镇人民政府年度报告")

    assert "加密" in refused(drawn(draw, encrypt=StandardEncryption("secret", "owner")))
    opened = read_pdf(drawn(draw, encrypt=StandardEncryption("", "owner")), "a.pdf")
    assert [p.text for p in opened.paragraphs()] == ["清河镇人民政府年度报告"]


def test_damaged_files_are_refused() -> None:
    whole = drawn(lambda page: page.drawString(84, 760, "年度报告"))
    assert "PDF" in refused(b"")
    assert "PDF" in refused(b"%PDF-1.4\n" + os.urandom(2000))
    assert "PDF" in refused(b"%PDF-1.4\n" + bytes(range(256)) * 40_000)
    for end in (20, 200, len(whole) // 2):
        assert refused(whole[:end])
    loop = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 3/Prev 120>>\nstartxref\n120\n%%EOF"
    assert refused(loop)


def test_too_many_pages_are_refused() -> None:
    def draw(page: Any) -> None:
        for _ in range(5_000):
            page.showPage()

    assert "页" in refused(drawn(draw))


def test_fonts_that_tell_no_characters_are_named() -> None:
    content = drawn(lambda page: page.drawString(84, 760, "政府信息公开工作年度报告" * 3))
    # The same file with a font that has neither a known encoding nor a map to characters.
    broken = content.replace(b"/UniGB-UCS2-H", b"/Identity-H  ").replace(
        b"/Ordering (GB1)", b"/Ordering (XX1)"
    )
    assert broken != content
    assert "编码" in refused(broken)


def test_the_first_bytes_tell_a_pdf() -> None:
    content = drawn(lambda page: page.drawString(84, 760, "年度报告"))
    assert format_of(content, ".doc") == "pdf"
    assert format_of(b"\n\n" + content, ".pdf") == "pdf"
