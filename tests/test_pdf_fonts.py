"""PDF files whose fonts are not in the file: read alike on every machine, no character lost.

Each file here names a font and holds none, or holds one of Western letters alone. Every
character may be a text of its own, as many programs write them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Block, Document, Paragraph, Row
from ingest.readers.pdf import fonts
from ingest.readers.pdf.lines import Glyph
from ingest.readers.pdf.page import picture_of, read_page
from ingest.readers.pdf.reader import read_pdf

SONG = "STSong-Light"
LETTERS = "Vera"
"""A font that reportlab brings along and writes into the file."""


def drawn(draw: Callable[[Any], None]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    pdfmetrics.registerFont(
        TTFont(LETTERS, str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"))
    )
    stream = io.BytesIO()
    page = Canvas(stream, pagesize=(595, 842), invariant=1)
    page.setFont(SONG, 12)
    draw(page)
    page.save()
    return stream.getvalue()


def named(font: Sequence[str], content: str) -> bytes:
    """A page whose font F1 is the first object of `font`, number 5; the others follow it."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        *font,
    ]
    whole = "%PDF-1.4\n"
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(whole))
        whole += f"{number} 0 obj\n{text}\nendobj\n"
    start = len(whole)
    whole += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    whole += "".join(f"{place:010d} 00000 n \n" for place in places)
    whole += f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{start}\n%%EOF"
    return whole.encode("latin-1")


def glyphs_of(content: bytes) -> list[Glyph]:
    fonts.stand_in()
    document = pypdfium2.PdfDocument(content)
    try:
        return list(read_page(document[0], 1).glyphs)
    finally:
        document.close()


def paragraphs(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in read_pdf(content, "a.pdf").paragraphs()]


def rows_of(document: Document) -> list[list[str]]:
    return [[c.text for c in block.cells] for block in document.blocks if isinstance(block, Row)]


def singly(page: Any, text: str, x: float, y: float, font: str = SONG) -> None:
    """Draws each character as a text of its own."""
    page.setFont(font, 12)
    for character in text:
        page.drawString(x, y, character)
        x += pdfmetrics.stringWidth(character, font, 12)


def test_a_character_that_is_a_text_of_its_own_is_read() -> None:
    assert paragraphs(drawn(lambda page: singly(page, "无公开事项，共37件", 84, 760))) == [
        "无公开事项，共37件"
    ]


@pytest.mark.parametrize("turn", [90, -90])
def test_turned_labels_are_read(turn: int) -> None:
    def draw(page: Any) -> None:
        for row in range(3):
            page.line(60, 700 - 60 * row, 240, 700 - 60 * row)
        for column in range(4):
            page.line(60 + 60 * column, 700, 60 + 60 * column, 580)
        for column, label in enumerate(("自然人", "企")):
            page.saveState()
            page.translate(150 + 60 * column, 645 if turn > 0 else 695)
            page.rotate(turn)
            page.drawString(0, 0, label)
            page.restoreState()
        for column, text in enumerate(("件数", "41", "6")):
            page.drawString(70 + 60 * column, 610, text)

    assert rows_of(read_pdf(drawn(draw), "a.pdf")) == [["", "自然人", "企"], ["件数", "41", "6"]]


@pytest.mark.parametrize("font", [SONG, LETTERS, "Helvetica", "Times-Roman", "Courier"])
@pytest.mark.parametrize("digits", ["25", "11", "704"])
def test_digits_of_one_number_touch_and_those_apart_are_two(font: str, digits: str) -> None:
    """Whatever the digits look like, the gap between them is the one that the file states."""

    def draw(page: Any) -> None:
        for row in range(3):
            page.line(60, 700 - 30 * row, 240, 700 - 30 * row)
        for column in range(4):
            page.line(60 + 60 * column, 700, 60 + 60 * column, 640)
        for column, text in enumerate(("信息内容", "制发", "废止")):
            page.drawString(64 + 60 * column, 680, text)
        page.drawString(64, 650, "规章")
        singly(page, digits, 130, 650, font)
        place = 190.0
        for digit in digits:
            page.drawString(place, 650, digit)
            place += pdfmetrics.stringWidth(digit, font, 12) + 0.2 * 12

    apart = " / ".join(digits)
    assert rows_of(read_pdf(drawn(draw), "a.pdf"))[1] == ["规章", digits, apart]


WIDTHS = " ".join(["500"] * 10)
TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
    "1 begincodespacerange <0000> <ffff> endcodespacerange "
    "3 beginbfchar <0011> <0038> <0012> <0035> <0022> <4ef6> endbfchar endcmap end end"
)
DESCRIPTOR = "<</Type/FontDescriptor/FontName/X/Flags 4/ItalicAngle 0/StemV 80/CapHeight 700"
METRICS = "/Ascent 859/Descent -141/FontBBox[0 -141 1000 859]>>"
NO_METRICS = "/Ascent 0/Descent 0/FontBBox[0 0 0 0]>>"


def composite(name: str, ordering: str, metrics: str) -> list[str]:
    return [
        f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H"
        "/DescendantFonts[6 0 R]/ToUnicode 8 0 R>>",
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)"
        f"/Ordering({ordering})/Supplement 0>>/DW 1000/W[17[500 500]]/FontDescriptor 7 0 R>>",
        DESCRIPTOR + metrics,
        f"<</Length {len(TO_UNICODE)}>>stream\n{TO_UNICODE}\nendstream",
    ]


@pytest.mark.parametrize("metrics", [METRICS, NO_METRICS])
@pytest.mark.parametrize("ordering", ["Identity", "GB1"])
@pytest.mark.parametrize("name", ["SimSun", "KaiTi_GB2312", "ArialUnicodeMS", "#CB#CE#CC#E5"])
def test_boxes_are_as_wide_as_the_file_states(name: str, ordering: str, metrics: str) -> None:
    content = "BT /F1 12 Tf 60 700 Td <001100120022> Tj ET BT /F1 12 Tf 160 700 Td <0022> Tj ET"
    found = glyphs_of(named(composite(name, ordering, metrics), content))
    boxes = [(glyph.text, round(glyph.left, 1), round(glyph.right, 1)) for glyph in found]
    assert boxes == [("8", 60, 66), ("5", 66, 72), ("件", 72, 84), ("件", 160, 172)]


@pytest.mark.parametrize("metrics", [METRICS, NO_METRICS])
@pytest.mark.parametrize("name", ["SimSun", "Calibri", "TimesNewRomanPSMT"])
def test_boxes_of_western_fonts_are_as_wide_as_the_file_states(name: str, metrics: str) -> None:
    font = [
        f"<</Type/Font/Subtype/TrueType/BaseFont/{name}/Encoding/WinAnsiEncoding/FirstChar 48"
        f"/LastChar 57/Widths[{WIDTHS}]/FontDescriptor 6 0 R>>",
        DESCRIPTOR + metrics,
    ]
    found = glyphs_of(named(font, "BT /F1 12 Tf 60 700 Td (704) Tj ET"))
    assert [(g.text, round(g.left, 1), round(g.right, 1)) for g in found] == [
        ("7", 60, 66),
        ("0", 66, 72),
        ("4", 72, 78),
    ]


def test_text_written_downwards_by_its_font_is_read() -> None:
    content = drawn(lambda page: page.drawString(84, 760, "总计"))
    found = glyphs_of(content.replace(b"UniGB-UCS2-H", b"UniGB-UCS2-V"))
    assert [glyph.text for glyph in found] == ["总", "计"]
    first, second = found
    assert abs(first.left - second.left) < 0.1
    assert second.top - first.top == pytest.approx(12, abs=0.1)
    assert first.right - first.left == pytest.approx(12, abs=0.1)


def test_installed_fonts_are_never_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library holds its own interface to them apart: with it, boxes differ by machine."""
    import pypdfium2.raw as pdfium

    given: list[Any] = []
    real = pdfium.FPDF_SetSystemFontInfo

    def noted(info: Any) -> None:
        given.append(info)
        real(info)

    monkeypatch.setattr(pdfium, "FPDF_SetSystemFontInfo", noted)
    read_pdf(drawn(lambda page: page.drawString(84, 760, "年度报告")), "a.pdf")
    assert len(given) == 1
    assert given[0] is not None


# ── pictures for a recogniser ──


def scan(page: Any) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    page.drawImage(ImageReader(Image.new("L", (400, 500), 255)), 0, 0, 595, 842)
    page.setFont("Helvetica", 60)
    page.drawString(84, 400, "8")


def test_a_recogniser_sees_type_and_what_follows_is_read_as_before() -> None:
    from PIL import Image

    pictures: list[bytes] = []

    def read_scan(picture: bytes, page: int | None, _grid: int) -> tuple[Block, ...]:
        pictures.append(picture)
        return (Paragraph("年度报告", page, recognised=True),)

    def draw(page: Any) -> None:
        scan(page)
        page.showPage()
        singly(page, "全年公开信息25条", 84, 760)

    document = read_pdf(drawn(draw), "a.pdf", read_scan)
    assert [p.text for p in document.paragraphs()] == ["年度报告", "全年公开信息25条"]
    seen = Image.open(io.BytesIO(pictures[0]))
    fonts.built_in()
    plain = pypdfium2.PdfDocument(drawn(scan))
    expected = Image.open(io.BytesIO(picture_of(plain[0])))
    plain.close()
    fonts.stand_in()
    dark = sum(1 for light in seen.tobytes() if light < 128)
    assert dark > 1_000
    assert seen.tobytes() == expected.tobytes()


def test_a_picture_shows_no_bars_for_fonts_that_are_not_in_the_file() -> None:
    from PIL import Image

    pictures: list[bytes] = []

    def read_scan(picture: bytes, page: int | None, _grid: int) -> tuple[Block, ...]:
        pictures.append(picture)
        return (Paragraph("年度报告", page, recognised=True),)

    def draw(page: Any) -> None:
        scan(page)
        page.setFont(SONG, 60)
        page.drawString(84, 200, "3")

    read_pdf(drawn(draw), "a.pdf", read_scan)
    seen = Image.open(io.BytesIO(pictures[0]))
    left, top, right, bottom = (round(2.5 * edge) for edge in (84, 842 - 250, 140, 842 - 195))
    area = seen.crop((left, top, right, bottom))
    columns = {
        x
        for x in range(area.width)
        for y in range(area.height)
        if area.getpixel((x, y)) < 128  # type: ignore[operator]
    }
    assert len(columns) > 2.5 * 60 * 0.2  # a bar would be a tenth of the size wide
