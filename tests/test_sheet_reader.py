"""Spreadsheets and CSV: cells as they print, hidden ones left out, lines of the source right."""

from __future__ import annotations

import datetime
import io
import time
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from ingest.document import Document, Paragraph, Row
from ingest.pipeline import parse_report
from ingest.readers.packages import MAX_PART
from ingest.readers.sheets.csv_table import read_csv_table
from ingest.readers.sheets.formats import shown_number
from ingest.readers.sheets.reader import read_xlsx
from knowledge.errors import InputRejected
from knowledge.numerals import cell_value
from tests.render import cells_of, draft_report


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def new_sheet() -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return book, sheet


def shown(document: Document) -> list[str | list[str]]:
    """Paragraphs as texts, rows as lists; ~ for a covered cell."""
    return [
        block.text
        if isinstance(block, Paragraph)
        else ["~" if cell.covered else cell.text for cell in block.cells]
        for block in document.blocks
    ]


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook with one part replaced."""
    source = zipfile.ZipFile(io.BytesIO(content))
    assert name in source.namelist()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in source.namelist():
            archive.writestr(member, part if member == name else source.read(member))
    return buffer.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(rows: str, strings: str = "", doctype: str = "") -> bytes:
    """A workbook as Excel writes it, with shared strings; `rows` is the inside of its sheet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="Sheet1" sheetId="1" r:id="s"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="s" Type="{OFFICE}/worksheet" '
            f'Target="worksheets/sheet1.xml"/><Relationship Id="t" Type="{OFFICE}/sharedStrings" '
            'Target="sharedStrings.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        )
        archive.writestr("xl/sharedStrings.xml", f'{doctype}<sst xmlns="{MAIN}">{strings}</sst>')
    return buffer.getvalue()


# ── workbooks ──


def test_merged_cells_hidden_rows_columns_and_sheets() -> None:
    book, sheet = new_sheet()
    sheet.title = "报告"
    sheet["A1"] = "三、收到和处理政府信息公开申请情况"
    sheet.merge_cells("A1:D1")
    sheet["A2"], sheet["B2"], sheet["C2"], sheet["D2"] = "申请人情况", None, "旧列", "总计"
    sheet.merge_cells("A2:B2")
    for column, value in zip("ABCD", ["（七）总计", 5, 777, 6], strict=True):
        sheet[f"{column}3"] = value
    for column, value in zip("ABCD", ["（七）总计", 901, 902, 903], strict=True):
        sheet[f"{column}4"] = value
    for column, value in zip("ABCD", ["四、结转下年度继续办理", 7, 888, 8], strict=True):
        sheet[f"{column}5"] = value
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True
    ghost = book.create_sheet("底稿")
    ghost.append(["（七）总计", 904, 905])
    ghost.sheet_state = "veryHidden"
    second = book.create_sheet("复议诉讼")
    second.append(["结果维持", "总计"])
    second.append([9, 10])
    document = read_xlsx(saved(book), "a.xlsx")
    assert shown(document) == [
        "三、收到和处理政府信息公开申请情况",
        ["申请人情况", "~", "总计"],
        ["（七）总计", "5", "6"],
        ["四、结转下年度继续办理", "7", "8"],
        "复议诉讼",
        ["结果维持", "总计"],
        ["9", "10"],
    ]
    assert [block.line for block in document.blocks] == [1, 2, 3, 5, None, 1, 2]
    grids = [block.grid for block in document.blocks if isinstance(block, Row)]
    assert grids[:3] == [grids[0]] * 3
    assert grids[3] == grids[4] != grids[0]
    assert ("properties", "报告") in [(w.kind, w.text) for w in document.witnesses]


def test_formula_has_its_stored_result_or_is_no_blank() -> None:
    book, sheet = new_sheet()
    sheet.append(["行政许可", "=3+4", "=1/3", 12])
    content = saved(book)
    assert shown(read_xlsx(content, "a.xlsx")) == [["行政许可", "□", "□", "12"]]
    stored = workbook(
        '<row r="1"><c r="A1" t="str"><f>A2</f><v>行政许可</v></c><c r="B1"><f>3+4</f><v>7</v></c>'
        '<c r="C1"><f>1/3</f><v></v></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    assert shown(read_xlsx(stored, "a.xlsx")) == [["行政许可", "7", "□", "#DIV/0!"]]
    assert cell_value("□") is None


def test_values_print_as_the_sheet_shows_them() -> None:
    book, sheet = new_sheet()
    sheet.append([5, 22.6692, 1859950.0, 0.1 + 0.2, -10, True, datetime.date(2021, 3, 1)])
    sheet.append([0.85, 1234.5, 0, 7, "０９", " 12 ", "1\n2"])
    sheet["A2"].number_format = "0%"
    sheet["B2"].number_format = "#,##0.00"
    sheet["C2"].number_format = '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '
    sheet["D2"].number_format = '0"件"'
    assert shown(read_xlsx(saved(book), "a.xlsx")) == [
        ["5", "22.6692", "1859950", "0.3", "-10", "TRUE", "2021-03-01"],
        ["85%", "1,234.50", "-", "7件", "０９", "12", "1 / 2"],
    ]


@pytest.mark.parametrize(
    ("raw", "code", "printed"),
    [
        ("22.669200000000001", "General", "22.6692"),
        ("1.8E-2", "General", "0.018"),
        ("12", "00000", "00012"),
        ("85", '0"%"', "85%"),
        ("85", "0\\%", "85%"),
        ("0.8518", "0.0%", "85.18%"),
        ("0.85", 'General"件"', "0.85件"),
        ("-4", "0;-0", "-4"),
        ("-4", "0_);(0)", "(4)"),
        ("-4", "+0;-0;0", "-4"),
        ("18", "+0;-0;0", "+18"),
        ("0", "0;-0;;@", ""),
        ("0", ";;;", ""),
        ("0", "#", ""),
        ("5", "[Red]0", "5"),
        ("5", "[$¥-804]#,##0.00", "¥5.00"),
        ("22.6692", "0.0", "22.6692"),
        ("3", "0.00_ ", "3.00"),
        ("44256", "yyyy/m/d", "2021-03-01"),
        ("44256", 'yyyy"年"m"月"', "2021-03-01"),
        ("44256", 14, "2021-03-01"),
        ("0.5", 20, "12:00"),
        ("1859950", '0!.0,"万"', "□"),
        ("1859950", "0,", "□"),
        ("5", '0"0"', "□"),
        ("5", '"1"0', "□"),
        ("5", "[DBNum1]General", "□"),
        ("5", "[>3]0;0", "□"),
        ("0.5", "# ?/?", "□"),
        ("5", "0.00E+00", "□"),
        ("5", 23, "□"),
        ("nan", "0", "□"),
        ("1e400", "0", "□"),
        ("x", "0", "□"),
    ],
)
def test_number_formats(raw: str, code: str | int, printed: str) -> None:
    assert shown_number(raw, code) == printed


def test_zeros_that_the_sheet_does_not_show_are_blank() -> None:
    book, sheet = new_sheet()
    sheet.append(["规章", 0, 3])
    sheet.sheet_view.showZeros = False
    assert shown(read_xlsx(saved(book), "a.xlsx")) == [["规章", "", "3"]]


def test_struck_out_and_raised_characters() -> None:
    book, sheet = new_sheet()
    sheet["A1"] = CellRichText("5", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    sheet["B1"] = CellRichText(TextBlock(InlineFont(strike=True), "5"), "6")
    sheet["C1"], sheet["D1"], sheet["E1"] = 8, 9, "旧"
    sheet["C1"].font = Font(strike=True)
    sheet["E1"].font = Font(strike=True)
    assert shown(read_xlsx(saved(book), "a.xlsx")) == [["5[1]", "□6", "□", "9", "□"]]


def test_shared_strings_without_their_phonetic_readings() -> None:
    strings = (
        "<si><t>规章</t><rPh sb='0' eb='2'><t>gui1zhang1</t></rPh></si>"
        "<si><r><t>1</t></r><r><rPr><b/></rPr><t>2</t></r></si><si><t>上_x000D_\n下</t></si>"
    )
    row = "".join(f'<c t="s"><v>{n}</v></c>' for n in (0, 1, 2, 3))
    assert shown(read_xlsx(workbook(f"<row>{row}</row>", strings), "a.xlsx")) == [
        ["规章", "12", "上下", "□"]
    ]


def test_tables_below_one_another_have_their_own_columns() -> None:
    book, sheet = new_sheet()
    sheet["B2"], sheet["C2"] = "规章", 1
    sheet["B4"], sheet["C4"], sheet["E4"] = "（七）总计", 2, 3
    sheet["XFD9"] = "远"
    document = read_xlsx(saved(book), "a.xlsx")
    assert shown(document) == [["规章", "1"], ["（七）总计", "2", "3"], ["远"]]
    assert len({b.grid for b in document.blocks if isinstance(b, Row)}) == 3


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_report_in_three_sheets(edition: str) -> None:
    figures = {
        cell: str(100 + n)
        for n, cell in enumerate(
            cell
            for part in ("disclosure", "applications", "reviews")
            for cell in cells_of(edition, part)
        )
    }
    draft = draft_report(edition, figures, overview=["全年收到政府信息公开申请3件。"])
    book, sheet = new_sheet()
    for line in (*draft.title, draft.headings["overview"], *draft.overview):
        sheet.append([line])
    for name, grid in (
        ("主动公开", draft.disclosure),
        ("依申请公开", [*draft.header, *draft.applications]),
        ("行政复议和诉讼", draft.reviews),
    ):
        sheet = book.create_sheet(name)
        for row in grid:
            sheet.append([int(text) if text.isdigit() else text or None for text in row])
    report = parse_report(read_xlsx(saved(book), "a.xlsx"), "a.xlsx")
    cells = {f.cell: f.stated for f in report.figures if not f.cell.item.startswith("narrative.")}
    assert cells == figures
    stated = [f for f in report.figures if f.cell.item.startswith("narrative.")]
    assert [(f.cell.item, str(f.value)) for f in stated] == [
        ("narrative.applications_received", "3")
    ]


BOMB = workbook(
    '<row><c t="s"><v>0</v></c></row>',
    "<si><t>&b;</t></si>",
    '<!DOCTYPE sst [<!ENTITY a "1"><!ENTITY b "&a;&a;">]>',
)


def _simple() -> bytes:
    book, sheet = new_sheet()
    sheet.append(["规章", 1])
    return saved(book)


def _crowded() -> bytes:
    row = b'<row><c t="n"><v>1</v></c></row>'
    return with_part(
        _simple(),
        "xl/worksheets/sheet1.xml",
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + row * 100_001
        + b"</sheetData></worksheet>",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空的"),
        (_simple()[:700], "损坏"),
        (with_part(_simple(), "xl/workbook.xml", b"<workbook"), "损坏"),
        (BOMB, "实体"),
        (with_part(_simple(), "xl/worksheets/sheet1.xml", b" " * (MAX_PART + 1)), "大得不正常"),
        (_crowded(), "大得不正常"),
        (saved(Workbook()), "没有内容"),
    ],
    ids=["empty", "truncated", "broken", "entities", "bomb", "crowded", "no cells"],
)
def test_bad_workbooks_are_refused(content: bytes, reason: str) -> None:
    begin = time.monotonic()
    with pytest.raises(InputRejected, match=reason):
        read_xlsx(content, "坏.xlsx")
    assert time.monotonic() - begin < 10


def test_hostile_references_are_bounded() -> None:
    part = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<cols><col min="3" max="99999999999" hidden="1"/></cols><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="s"><v>99</v></c></row>'
        b'<row r="999999999"><c r="ZZZ1"><v>2</v></c><c r="A1" s="77"><v>3</v></c></row></sheetData>'
        b'<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B9"/></mergeCells></worksheet>'
    )
    begin = time.monotonic()
    read_xlsx(with_part(_simple(), "xl/worksheets/sheet1.xml", part), "a.xlsx")
    assert time.monotonic() - begin < 5


# ── CSV ──


def test_csv_lines_are_right_behind_fields_with_line_ends() -> None:
    text = '信息内容,本年制发件数,现行有效件数\r\n"行政规范性\r\n文件",7,"1,234"\r\n规章,,0\r\n'
    document = read_csv_table(text.encode(), "a.csv")
    assert shown(document) == [
        ["信息内容", "本年制发件数", "现行有效件数"],
        ["行政规范性文件", "7", "1,234"],
        ["规章", "", "0"],
    ]
    assert [block.line for block in document.blocks] == [1, 2, 4]
    assert {block.grid for block in document.blocks if isinstance(block, Row)} == {0}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_delimiters_and_encodings(delimiter: str, encoding: str) -> None:
    rows = ["二、主动公开政府信息情况", delimiter.join(["规章", "11", "12"])]
    rows.append(delimiter.join(["全年公开5条，其中网站3条、公众号2条。", "", ""]))
    document = read_csv_table("\n".join(rows).encode(encoding), "a.csv")
    assert shown(document) == [
        "二、主动公开政府信息情况",
        ["规章", "11", "12"],
        "全年公开5条，其中网站3条、公众号2条。",
    ]


def test_csv_with_separators_inside_its_figures() -> None:
    lines = [
        "信息内容;本年制发件数;现行有效件数",
        "规章;12,000;13,000",
        "行政规范性文件;1,234;5,678",
    ]
    assert shown(read_csv_table("\n".join(lines).encode(), "a.csv"))[1:] == [
        ["规章", "12,000", "13,000"],
        ["行政规范性文件", "1,234", "5,678"],
    ]


def test_csv_rows_of_unequal_length_are_no_grid() -> None:
    document = read_csv_table("规章,1,2\n规范性文件,3\n".encode(), "a.csv")
    assert [b.grid for b in document.blocks if isinstance(b, Row)] == [None, None]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空的"),
        (b"\r\n\r\n", "空的"),
        (b"a,b\x00c\n", "二进制"),
        (("a,1\n" + 'b,"2\n' + "c,3\n" * 40).encode(), "第 2 行起有一个引号没有配对"),
        (("字" * 310_000).encode(), "太长"),
    ],
    ids=["empty", "blank", "binary", "quote", "long"],
)
def test_bad_csv_files_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(InputRejected, match=reason):
        read_csv_table(content, "坏.csv")


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_report_in_csv(edition: str) -> None:
    figures = {
        cell: str(100 + n)
        for n, cell in enumerate(
            cell
            for part in ("disclosure", "applications", "reviews")
            for cell in cells_of(edition, part)
        )
    }
    draft = draft_report(edition, figures, overview=["全年收到政府信息公开申请3件。"])
    lines = [*draft.title, "一、总体情况", draft.overview[0]]
    for part, grid in (
        ("disclosure", draft.disclosure),
        ("applications", [*draft.header, *draft.applications]),
        ("reviews", draft.reviews),
    ):
        lines += ["", draft.headings[part] or "", *(",".join(row) for row in grid)]
    report = parse_report(read_csv_table("\n".join(lines).encode("gb18030"), "a.csv"), "a.csv")
    cells = {f.cell: f.stated for f in report.figures if not f.cell.item.startswith("narrative.")}
    assert cells == figures
