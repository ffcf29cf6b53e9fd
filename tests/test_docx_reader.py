"""Word files: what Word prints is read, and nothing else. Files are built part by part here."""

from __future__ import annotations

import io
import time
import zipfile

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn

from ingest.document import Document, Paragraph, Row
from ingest.pipeline import parse_report
from ingest.readers.packages import MAX_PART
from ingest.readers.word.reader import read_docx
from knowledge.errors import InputRejected
from knowledge.model import CellId
from knowledge.numerals import cell_value
from tests.render import cells_of, draft_report

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def packed(body: str, **parts: str | bytes) -> bytes:
    """A Word file with this body; further parts by name (`numbering`, `styles`, `header1`)."""
    relations = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{name.rstrip("0123456789")}" Target="{name}.xml"/>'
        for name in parts
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
            f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{PACKAGE}">{relations}<Relationship Id="gone" '
            f'Type="{OFFICE}/image" Target="NULL"/></Relationships>',
        )
        for name, part in parts.items():
            archive.writestr(f"word/{name}.xml", part)
    return buffer.getvalue()


def t(text: str, looks: str = "") -> str:
    """A run."""
    looks = f"<w:rPr>{looks}</w:rPr>" if looks else ""
    return f'<w:r>{looks}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs: str, properties: str = "") -> str:
    properties = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{properties}{''.join(r if r.startswith('<') else t(r) for r in runs)}</w:p>"


def tc(*content: str, properties: str = "") -> str:
    inside = "".join(c if c.startswith(("<w:p>", "<w:tbl>")) else p(c) for c in content) or p()
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    properties = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    inside = "".join(c if c.startswith("<w:") else tc(c) for c in cells)
    return f"<w:tr>{properties}{inside}</w:tr>"


def read(body: str, **parts: str | bytes) -> Document:
    return read_docx(packed(body, **parts), "a.docx")


def shown(document: Document) -> list[str | list[str]]:
    """Paragraphs as texts, rows as lists; ~ for a covered cell."""
    return [
        block.text
        if isinstance(block, Paragraph)
        else ["~" if cell.covered else cell.text for cell in block.cells]
        for block in document.blocks
    ]


def line_of(*runs: str) -> str:
    """What a paragraph with these runs prints."""
    (text,) = shown(read(p(*runs)))
    assert isinstance(text, str)
    return text


# ── the text of a paragraph ──


def test_runs_of_one_figure_are_one_figure() -> None:
    assert line_of("收到申请", t("1"), t("2"), "件") == "收到申请12件"


def test_tracked_changes_are_accepted() -> None:
    deleted = '<w:del w:id="1"><w:r><w:delText>86</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3">{t("99")}</w:moveFrom>'
    inserted = f'<w:ins w:id="2">{t("37")}</w:ins>'
    assert line_of("收到", deleted, inserted, moved, "件") == "收到37件"


@pytest.mark.parametrize("looks", ["<w:vanish/>", '<w:rStyle w:val="ghost"/>'])
def test_hidden_text_is_not_read(looks: str) -> None:
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="base"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="ghost"><w:basedOn w:val="base"/></w:style></w:styles>'
    )
    assert shown(read(p("收到4", t("64", looks), "件"), styles=styles)) == ["收到4件"]


def test_switched_off_vanish_is_printed() -> None:
    assert line_of("收到", t("64", '<w:vanish w:val="0"/>'), "件") == "收到64件"


def test_field_prints_its_result_and_not_its_code() -> None:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = "<w:r><w:instrText> =SUM(ABOVE) 75 </w:instrText></w:r>"
    begin, apart, end = (mark.format(kind) for kind in ("begin", "separate", "end"))
    assert line_of("收到", begin, code, t("5"), apart, t("41"), end, "件") == "收到41件"


def test_sum_that_word_never_worked_out_is_not_blank() -> None:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = "<w:r><w:instrText>=SUM(ABOVE)</w:instrText></w:r>"
    cell = p(mark.format("begin"), code, mark.format("end"))
    assert shown(read(tbl(tr("总计", tc(cell)), tr("其他", "3")))) == [["总计", "□"], ["其他", "3"]]


def test_field_without_an_end_swallows_nothing() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    code = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    apart = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    body = p(begin, code, apart, "一、总体情况") + p("收到申请5件。") + p(begin, code) + p("其余。")
    assert shown(read(body)) == ["一、总体情况", "收到申请5件。", "其余。"]


def test_page_number_in_the_text_is_left_out() -> None:
    page = '<w:fldSimple w:instr=" PAGE \\* MERGEFORMAT "><w:r><w:t>87</w:t></w:r></w:fldSimple>'
    link = '<w:hyperlink w:anchor="a"><w:r><w:t>网站</w:t></w:r></w:hyperlink>'
    assert line_of("做好", page, link, "建设") == "做好网站建设"


def test_table_of_contents_is_left_out() -> None:
    styles = f'<w:styles xmlns:w="{W}"><w:style w:styleId="11"><w:name w:val="toc 1"/></w:style></w:styles>'
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    control = f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{p('二、主动公开 3')}</w:sdtContent></w:sdt>"
    styled = p("一、总体情况 1", properties='<w:pStyle w:val="11"/>')
    assert shown(read(styled + control + p("一、总体情况"), styles=styles)) == ["一、总体情况"]


def test_footnote_marks_add_nothing_to_a_figure() -> None:
    note = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    own = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>1</w:t></w:r>'
    assert shown(read(tbl(tr("规章", tc(p("5", note))), tr("其他", tc(p("6", own)))))) == [
        ["规章", "5"],
        ["其他", "6"],
    ]


def test_typed_note_mark_makes_a_figure_uncertain_but_no_label() -> None:
    raised = t("1", '<w:vertAlign w:val="superscript"/>')
    (row,) = shown(read(tbl(tr(tc(p("规范性文件", raised)), tc(p("5", raised)), "7"))))
    assert row == ["规范性文件", "5[1]", "7"]
    assert cell_value(row[1]) is None


def test_struck_out_figure_is_never_joined_to_the_new_one() -> None:
    (row,) = shown(read(tbl(tr("规章", tc(p(t("5", "<w:strike/>"), "6"))))))
    assert row == ["规章", "□6"]
    assert cell_value(row[1]) is None


def test_hyphens_breaks_and_ruby() -> None:
    soft, hard = "<w:r><w:softHyphen/></w:r>", "<w:r><w:noBreakHyphen/><w:t>8</w:t></w:r>"
    assert line_of("本年", soft, "增减", hard) == "本年增减-8"
    ruby = (
        "<w:r><w:ruby><w:rt><w:r><w:t>zhèn</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>镇</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    )
    assert line_of("全", ruby, "公开") == "全镇公开"
    lines = p("景芝镇人民政府", "<w:r><w:br/></w:r>", "政府信息公开工作年度报告")
    assert shown(read(lines)) == ["景芝镇人民政府", "政府信息公开工作年度报告"]


def test_symbol_fonts_print_icons_not_figures() -> None:
    digit = '<w:r><w:sym w:font="Symbol" w:char="F035"/></w:r>'
    icon = '<w:r><w:sym w:font="Wingdings" w:char="F035"/></w:r>'
    dressed = t("5", '<w:rFonts w:ascii="Wingdings"/>')
    assert line_of("收到", digit, "件") == "收到5件"
    assert line_of("收到", icon, dressed, "件") == "收到□□件"


def test_formula_as_text_or_unreadable() -> None:
    run = "<m:r><m:t>{}</m:t></m:r>"
    plain = f"<m:oMath>{run.format('98.5')}</m:oMath>"
    fraction = f"<m:oMath><m:f><m:num>{run.format(1)}</m:num><m:den>{run.format(2)}</m:den></m:f></m:oMath>"
    assert line_of("满意率", plain, "%") == "满意率98.5%"
    assert line_of("占", fraction) == "占□"


def test_tabs_part_cells_but_not_a_number_from_its_heading() -> None:
    tab = "<w:r><w:tab/></w:r>"
    body = p("行政许可", tab, "12", tab, "0") + p("一、", tab, "总体情况") + p(tab, "正文")
    assert shown(read(body)) == [["行政许可", "12", "0"], "一、 总体情况", "正文"]


# ── numbers that Word generates ──

NUMBERING = (
    f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
    '<w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="japaneseCounting"/>'
    '<w:lvlText w:val="（%2）"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1.%2.%3"/><w:isLgl/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
    '<w:lvlText w:val="l"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
)


def listed(text: str, number: int = 1, level: int = 0) -> str:
    return p(
        text,
        properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>',
    )


def test_generated_numbers_stand_before_their_paragraphs() -> None:
    body = (
        listed("总体情况")
        + listed("主动公开", level=1)
        + listed("依申请公开", level=1)
        + listed("渠道", level=2)
        + listed("主动公开政府信息情况")
        + listed("监督", level=1)
        + listed("存在的问题", number=2)
        + listed("其他事项")
        + listed("要点", number=3)
        + listed("没有编号", number=0)
    )
    assert shown(read(body, numbering=NUMBERING)) == [
        "一、总体情况",
        "（一）主动公开",
        "（二）依申请公开",
        "1.2.3渠道",
        "二、主动公开政府信息情况",
        "（一）监督",
        "五、存在的问题",
        "六、其他事项",
        "要点",
        "没有编号",
    ]


def test_number_of_a_style_and_of_the_style_it_is_based_on() -> None:
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        '</w:pPr></w:style><w:style w:styleId="own"><w:basedOn w:val="1"/></w:style></w:styles>'
    )
    body = p("总体情况", properties='<w:pStyle w:val="1"/>') + p(
        "主动公开情况", properties='<w:pStyle w:val="own"/>'
    )
    assert shown(read(body, styles=styles, numbering=NUMBERING)) == [
        "一、总体情况",
        "二、主动公开情况",
    ]


def test_generated_number_never_changes_a_figure() -> None:
    cell = f"<w:tc>{listed('5', level=2)}</w:tc>"
    label = f"<w:tc>{listed('属于国家秘密', level=2)}</w:tc>"
    body = tbl(tr(label, cell)) + listed("5件申请", level=2)
    assert shown(read(body, numbering=NUMBERING)) == [["1.1.3属于国家秘密", "5"], "5件申请"]


def test_circle_of_styles_and_odd_numbers_end() -> None:
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="a"><w:basedOn w:val="b"/></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    )
    numbering = NUMBERING.replace('w:val="3"', 'w:val="many"').replace('w:ilvl="2"', 'w:ilvl="99"')
    body = p("正文", properties='<w:pStyle w:val="a"/>') + listed("标题")
    assert shown(read(body, styles=styles, numbering=numbering)) == ["正文", "一、标题"]


# ── tables ──


def test_merged_cells_become_an_exact_grid() -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = tbl(
        tr(tc("项目", properties=down), tc("申请人", properties='<w:gridSpan w:val="2"/>')),
        tr(tc("旧字", properties=on), "自然人", "总计"),
        tr("行政许可", "12", "30"),
    )
    document = read(body)
    assert shown(document) == [
        ["项目", "申请人", "~"],
        ["~", "自然人", "总计"],
        ["行政许可", "12", "30"],
    ]
    assert {block.grid for block in document.blocks if isinstance(block, Row)} == {0}


def test_cells_merged_the_old_way() -> None:
    first, rest = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    body = tbl(
        tr(tc("申请人", properties=first), tc("旧", properties=rest), "总计"), tr("1", "2", "3")
    )
    assert shown(read(body)) == [["申请人", "~", "总计"], ["1", "2", "3"]]


def test_rows_of_unequal_width_are_no_grid() -> None:
    document = read(tbl(tr("行政许可", "12"), tr("行政处罚", "13", "14")))
    assert [block.grid for block in document.blocks if isinstance(block, Row)] == [None, None]


def test_places_before_and_after_a_row_are_no_blank_cells() -> None:
    body = tbl(
        tr("总计", "4", properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>'),
        tr("规章", "", "7", "8"),
    )
    assert shown(read(body)) == [["~", "总计", "4", "~"], ["规章", "", "7", "8"]]


def test_deleted_and_hidden_rows_are_not_read() -> None:
    body = tbl(
        tr("规章", "1"),
        tr("规章", "2", properties='<w:del w:id="1"/>'),
        tr("规章", "3", properties="<w:hidden/>"),
        f"<w:sdt><w:sdtContent>{tr('规章', '4')}</w:sdtContent></w:sdt>",
    )
    assert shown(read(body)) == [["规章", "1"], ["规章", "4"]]


def test_lines_of_a_cell_join_words_and_never_figures() -> None:
    torn = tc("社会公益", "组织")
    body = tbl(tr(torn, tc("12", "34"), tc(p("0", "<w:r><w:tab/></w:r>", "5")), tc("-", "8")))
    (row,) = shown(read(body))
    assert row == ["社会公益组织", "12 / 34", "0 / 5", "- / 8"]
    assert [cell_value(text) for text in row[1:]] == [None, None, None]


def test_tables_in_a_frame_are_read_in_their_order() -> None:
    inner = tbl(tr("规章", "11"), tr("规范性文件", "22"))
    other = tbl(tr("行政许可", "33", "44"))
    body = p("前") + tbl(tr(tc(p("二、主动公开"), inner, p("说明"), other))) + p("后")
    document = read(body)
    assert shown(document) == [
        "前",
        "二、主动公开",
        ["规章", "11"],
        ["规范性文件", "22"],
        "说明",
        ["行政许可", "33", "44"],
        "后",
    ]
    grids = [block.grid for block in document.blocks if isinstance(block, Row)]
    assert grids[0] == grids[1] != grids[2]


def test_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{p('框里的话')}{tbl(tr('规章', '15'))}</w:txbxContent>"
    drawing = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic>"
        f"<a:graphicData><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic>"
        f"</wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{box}"
        "</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    old = f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{p('旧框')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    assert shown(read(p("前", drawing) + p("后", old))) == [
        "前",
        "框里的话",
        ["规章", "15"],
        "后",
        "旧框",
    ]


def test_heading_over_the_whole_width_is_a_paragraph_and_a_blank_label_row_is_not() -> None:
    wide = '<w:gridSpan w:val="3"/>'
    body = tbl(
        tr(tc("三、收到和处理政府信息公开申请情况", properties=wide)),
        tr(tc("（七）总计", properties=""), "", ""),
        tr("一、本年新收政府信息公开申请数量", "", ""),
    )
    assert shown(read(body)) == [
        "三、收到和处理政府信息公开申请情况",
        ["（七）总计", "", ""],
        ["一、本年新收政府信息公开申请数量", "", ""],
    ]


# ── what stands around the text ──


def test_heads_feet_and_properties_are_witnesses() -> None:
    head = f"<w:hdr {NAMESPACES}>{p('临江镇人民政府')}</w:hdr>"
    page = f'<w:fldSimple w:instr="PAGE">{t("7")}</w:fldSimple>'
    foot = f"<w:ftr {NAMESPACES}>{p('第', page, '页')}</w:ftr>"
    content = packed(p("正文"), header1=head, footer1=foot)
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(
            "docProps/core.xml",
            '<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>临江镇年报</dc:title></c>',
        )
    document = read_docx(buffer.getvalue(), "a.docx")
    assert shown(document) == ["正文"]
    assert [(w.kind, w.text) for w in document.witnesses] == [
        ("properties", "临江镇年报"),
        ("running_head", "临江镇人民政府"),
        ("running_head", "第页"),
    ]


def picture(width: int, height: int) -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{width}" cy="{height}"/><a:graphic>'
        '<a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="image1"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def test_large_pictures_are_counted_and_seals_are_not() -> None:
    old = '<w:r><w:pict><v:shape style="width:415pt;height:200pt"><v:imagedata r:id="x"/></v:shape></w:pict></w:r>'
    body = p(picture(5_270_000, 2_000_000)) + p(picture(1_400_000, 1_400_000)) + p("字", old)
    assert read(body).pictures == 2


def test_picture_reader_puts_its_blocks_in_the_place_of_the_picture() -> None:
    seen: list[tuple[bytes, int | None, int]] = []

    def reader(content: bytes, line: int | None, grid: int) -> tuple[Row | Paragraph, ...]:
        seen.append((content, line, grid))
        return (Paragraph("图中的字", None, recognised=True),)

    body = p("前") + tbl(tr("规章", "1")) + p(picture(5_270_000, 2_000_000)) + p("后")
    document = read_docx(packed(body, image1=b"PNG"), "a.docx", reader)
    assert shown(document) == ["前", ["规章", "1"], "图中的字", "后"]
    assert (seen, document.pictures) == ([(b"PNG", None, 1)], 0)


# ── whole reports ──


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_report_written_with_python_docx(edition: str) -> None:
    figures = {
        cell: str(100 + n)
        for n, cell in enumerate(
            cell
            for part in ("disclosure", "applications", "reviews")
            for cell in cells_of(edition, part)
        )
    }
    draft = draft_report(edition, figures, overview=["全年收到政府信息公开申请3件。"])
    made = docx.Document()
    for line in draft.title:
        made.add_paragraph(line)
    grids = {
        "disclosure": draft.disclosure,
        "applications": [*draft.header, *draft.applications],
        "reviews": draft.reviews,
    }
    for key, heading in draft.headings.items():
        if heading:
            made.add_heading(heading, level=1)
        if key == "overview":
            made.add_paragraph(draft.overview[0])
        if key in grids:
            grid = grids[key]
            width = max(map(len, grid))
            table = made.add_table(rows=len(grid), cols=width)
            for row, cells in enumerate(grid):
                for column, text in enumerate(cells):
                    if text:
                        table.cell(row, column).text = text
                if key == "applications" and row >= len(draft.header) and not any(cells[1:3]):
                    table.cell(row, 0).merge(table.cell(row, 2))
    buffer = io.BytesIO()
    made.save(buffer)
    report = parse_report(read_docx(buffer.getvalue(), "a.docx"), "a.docx")
    read_back = {
        f.cell: f.stated for f in report.figures if not f.cell.item.startswith("narrative.")
    }
    assert read_back == figures
    assert [
        (f.cell, str(f.value)) for f in report.figures if f.cell.item.startswith("narrative.")
    ] == [(CellId("narrative.applications_received", "total"), "3")]


# ── hostile and damaged files ──

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "1111111111">'
    + "".join(
        f'<!ENTITY {c} "{f"&{b};" * 10}">' for b, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + f']><w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>'
)


def with_part(name: str, content: bytes | str) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(packed(p("正文"))))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in source.namelist():
            archive.writestr(member, content if member == name else source.read(member))
    return buffer.getvalue()


def deep(depth: int) -> str:
    return (
        f"<w:document {NAMESPACES}><w:body>"
        + "<w:tbl><w:tr><w:tc>" * depth
        + p("1")
        + "</w:tc></w:tr></w:tbl>" * depth
        + "</w:body></w:document>"
    )


def encrypted_member() -> bytes:
    content = bytearray(packed(p("正文")))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


REFUSED = {
    "empty": (b"", "空的"),
    "noise": (bytes(range(256)) * 40, "损坏"),
    "truncated": (packed(p("正文") * 300)[:900], "损坏"),
    "no text": (packed(p(" ")), "没有文字"),
    "broken xml": (with_part("word/document.xml", "<w:document"), "损坏"),
    "entities": (with_part("word/document.xml", BOMB), "实体"),
    "entities in utf-16": (with_part("word/document.xml", BOMB.encode("utf-16")), "实体"),
    "too deep": (with_part("word/document.xml", deep(20_000)), "损坏"),
    "bomb": (with_part("word/document.xml", b" " * (MAX_PART + 1)), "大得不正常"),
    "many parts": (
        packed("", **{f"x{n}": "" for n in range(4_100)}),
        "多得不正常",
    ),
    "encrypted member": (encrypted_member(), "加密"),
    "too long": (packed(p("字" * 310_000)), "太长"),
    "too many paragraphs": (packed(tbl(tr(*[""] * 60) * 900)), "长得不正常"),
    "text in another file": (packed('<w:altChunk r:id="a"/>'), "嵌进去"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_files_are_refused_by_name_and_reason(name: str) -> None:
    content, reason = REFUSED[name]
    begin = time.process_time()
    with pytest.raises(InputRejected, match=reason) as refused:
        read_docx(content, "坏.docx")
    assert refused.value.file == "坏.docx"
    assert "\n" not in refused.value.reason
    assert time.process_time() - begin < 10


def test_declared_size_is_not_believed() -> None:
    content = bytearray(with_part("word/document.xml", b" " * (MAX_PART + 1)))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        if content[place + 46 :].startswith(b"word/document.xml"):
            content[place + 24 : place + 28] = (200).to_bytes(4, "little")
        place = content.find(b"PK\x01\x02", place + 4)
    with pytest.raises(InputRejected, match="损坏|大得不正常"):
        read_docx(bytes(content), "a.docx")


def test_deeply_nested_tables_end() -> None:
    with pytest.raises(InputRejected, match="损坏"):
        read_docx(with_part("word/document.xml", deep(300)), "a.docx")
    assert shown(read_docx(with_part("word/document.xml", deep(60)), "a.docx")) == ["1"]


def test_hostile_spans_are_bounded() -> None:
    huge = '<w:gridSpan w:val="2000000000"/>'
    body = tbl(
        tr(tc("规章", properties=huge), "5"), tr("a", "b", properties='<w:gridBefore w:val="-9"/>')
    )
    begin = time.process_time()
    document = read(body)
    assert time.process_time() - begin < 5
    assert all(block.grid is None for block in document.blocks if isinstance(block, Row))


@pytest.mark.parametrize("look", ["superscript", "strike", "position"])
def test_a_mark_whose_look_comes_from_a_style_never_joins_a_figure(look: str) -> None:
    document = docx.Document()
    cells = document.add_table(1, 2).rows[0].cells
    cells[1].text = "7"
    run = cells[0].paragraphs[0]
    run.add_run("5")
    mark = run.add_run("1")
    if look == "position":
        raised = mark._r.get_or_add_rPr().makeelement(qn("w:position"), {qn("w:val"): "12"})
        mark._r.get_or_add_rPr().append(raised)
    else:
        style = document.styles.add_style("mark", WD_STYLE_TYPE.CHARACTER)
        setattr(style.font, look, True)
        mark.style = style
    written = io.BytesIO()
    document.save(written)
    (row,) = read_docx(written.getvalue(), "x.docx").blocks
    assert isinstance(row, Row)
    assert row.cells[0].text != "51"
