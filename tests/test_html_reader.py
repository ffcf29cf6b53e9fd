"""Web pages: exact grids, what is seen and what is not, the report told from its page.

Every figure of a page is another one, so that a figure in a wrong place shows.
"""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from ingest.document import Document, Paragraph, Row
from ingest.formats import format_of, read_document
from ingest.pipeline import parse_report
from ingest.readers.html.parts import Picture
from ingest.readers.html.reader import picture_content, read_html, read_mhtml
from knowledge.errors import InputRejected
from knowledge.form import load_form
from knowledge.model import CellId
from tests.reading_cases import cells_read, distinct_figures

BODY = "<p>一、总体情况</p><p>正文。</p>{}<p>五、存在的主要问题及改进情况</p><p>无。</p>"
COVERED = "~"


def read(html: str, file: str = "page.html") -> Document:
    return read_html(html.encode(), file)


def rows(document: Document) -> list[list[str]]:
    return [
        [COVERED if cell.covered else cell.text for cell in block.cells]
        for block in document.blocks
        if isinstance(block, Row)
    ]


def table(html: str) -> list[list[str]]:
    """The rows of a table within a report."""
    return rows(read(BODY.format(html)))


def texts(html: str) -> list[str]:
    return [paragraph.text for paragraph in read(html).paragraphs()]


def line_of(html: str) -> str:
    """The one line of running text of a page without anything else."""
    (text,) = texts(html)
    return text


def witnesses(document: Document) -> list[tuple[str, str]]:
    return [(kind, text) for kind, text, _ in document.witnesses]


def refusal(html: str | bytes) -> str:
    content = html if isinstance(html, bytes) else html.encode()
    with pytest.raises(InputRejected) as rejected:
        read_html(content, "page.html")
    return rejected.value.reason


# ── a whole report ──


def report_page(edition: str = "2021", around: str = "{}") -> str:
    """The official form as a page, a different figure in every cell."""
    form = load_form()
    printed = distinct_figures(edition)
    parts = ["<p>一、总体情况</p><p>全年主动公开政府信息2340条。</p>"]
    own = form.editions[edition].tables["disclosure"]
    parts.append("<p>二、主动公开政府信息情况</p><table>")
    group: tuple[str, ...] = ()
    for row in own.rows:
        if row.extra:
            continue
        if row.group != group:
            group = row.group
            parts.append(f'<tr><td colspan="4">{group[-1]}</td></tr>')
            span = ' colspan="3"' if len(row.columns) == 1 else ""
            names = "".join(f"<td{span}>{column.label}</td>" for column in row.columns)
            parts.append(f"<tr><td>信息内容</td>{names}</tr>")
        span = ' colspan="3"' if len(row.columns) == 1 else ""
        cells = "".join(
            f"<td{span}>{printed[CellId(row.item, c.column)]}</td>" for c in row.columns
        )
        parts.append(f"<tr><td>{row.label}</td>{cells}</tr>")
    parts.append(
        "</table><p>三、收到和处理政府信息公开申请情况</p><table>"
        '<tr><td rowspan="3" colspan="3">（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td>'
        '<td colspan="7">申请人情况</td></tr><tr><td rowspan="2">自然人</td>'
        '<td colspan="5">法人或其他组织</td><td rowspan="2">总计</td></tr>'
        "<tr><td>商业<br>企业</td><td>科研<br>机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>"
    )
    applications = [r for r in form.editions[edition].tables["applications"].rows if not r.extra]
    seen: set[tuple[str, ...]] = set()
    for row in applications:
        labels = ""
        for depth in range(1, len(row.group) + 1):
            path = row.group[:depth]
            if path not in seen:
                seen.add(path)
                count = sum(other.group[:depth] == path for other in applications)
                labels += f'<td rowspan="{count}">{path[-1]}</td>'
        labels += f'<td colspan="{3 - len(row.group)}">{row.label}</td>'
        cells = "".join(f"<td>{printed[CellId(row.item, c.column)]}</td>" for c in row.columns)
        parts.append(f"<tr>{labels}{cells}</tr>")
    parts.append("</table><p>四、政府信息公开行政复议、行政诉讼情况</p><table>")
    reviews = form.editions[edition].tables["reviews"].rows
    names = "".join(f"<td>{column.label}</td>" for column in reviews[0].columns)
    leaves = names.replace("<td>", '<td rowspan="2">')
    parts.append(
        '<tr><td colspan="5">行政复议</td><td colspan="10">行政诉讼</td></tr>'
        f'<tr>{leaves}<td colspan="5">未经复议直接起诉</td><td colspan="5">复议后起诉</td></tr>'
        f"<tr>{names}{names}</tr><tr>"
    )
    parts += [f"<td>{printed[CellId(r.item, c.column)]}</td>" for r in reviews for c in r.columns]
    parts.append("</tr></table><p>五、存在的主要问题及改进情况</p><p>队伍有待加强。</p>")
    title = "<h1>景芝镇人民政府2022年政府信息公开工作年度报告</h1>"
    return around.format(title + "".join(parts))


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_clean_page_gives_every_cell(edition: str) -> None:
    report = parse_report(read(report_page(edition)), "page.html")
    assert cells_read(report) == {
        cell: Decimal(text) for cell, text in distinct_figures(edition).items()
    }
    assert (report.entity.name, report.year) == ("景芝镇", 2022)
    assert not [f for f in report.findings if f.rule == "incomplete_table"]


def test_the_page_around_a_report_gives_no_figure_and_loses_none() -> None:
    page = report_page(
        around='<html><head><title>年报_安丘市</title><meta name="ContentSource" content="景芝镇">'
        '</head><body><div class="menu"><ul><li><a href="/">首页</a></li><li><a href="/a">'
        "机构职能9001项</a></li></ul></div><div>当前位置：<a href='/'>首页</a> &gt; <a href='/z'>景芝镇"
        "</a> &gt; 正文</div><div><div>发布日期：2023-01-18 来源：景芝镇 浏览次数：9002</div>"
        '<div id="zoom">{}</div><div>上一篇：<a href="/b">景芝镇2021年收到申请9003件</a></div></div>'
        "<div><h3>相关新闻</h3><ul><li><a href='/c'>全年公开信息9004条</a><span>2023-01-02</span></li></ul></div>"
        '<div class="foot">主办单位：安丘市人民政府 联系电话：05369005 <p>共接待来访9006次</p></div></body></html>'
    )
    document = read(page)
    report = parse_report(document, "page.html")
    values = {int(figure.value) for figure in report.figures}
    assert not values & set(range(9001, 9007))
    assert len(cells_read(report)) == len(distinct_figures("2021"))
    assert "9" not in "".join(p.text for p in document.paragraphs()).replace("2019", "")
    assert ("breadcrumb", "首页 > 景芝镇 > 正文") in witnesses(document)
    assert ("published", "2023-01-18") in witnesses(document)
    assert witnesses(document).count(("publisher", "景芝镇")) == 2


# ── grids ──


def test_spans_are_resolved_to_a_grid() -> None:
    assert table(
        '<table><tr><td rowspan="2">甲</td><td colspan="2">乙</td></tr><tr><td>11</td><td>12</td></tr>'
        "<tr><td>丙</td><td>13</td><td>14</td></tr></table>"
    ) == [["甲", "乙", COVERED], [COVERED, "11", "12"], ["丙", "13", "14"]]


def test_rowspan_zero_reaches_to_the_end_of_its_section() -> None:
    assert table(
        "<table><tbody><tr><td rowspan=0>甲<td>11<tr><td>12<tr><td>13</tbody>"
        "<tbody><tr><td>乙<td>14</tbody></table>"
    ) == [["甲", "11"], [COVERED, "12"], [COVERED, "13"], ["乙", "14"]]


def test_spans_that_are_too_large_end_with_their_table() -> None:
    html = "<table><tr><td rowspan=9999>甲<td>11<td>12<tr><td>13<td>14</table>"
    assert table(html) == [["甲", "11", "12"], [COVERED, "13", "14"]]
    wide = "<table><tr><td colspan=1000>标题<tr><td>甲<td>15</table>"
    assert table(wide) == [["甲", "15"]]


def test_overlapping_spans_keep_each_text_in_its_own_place() -> None:
    html = "<table><tr><td>11<td rowspan=2>12<td>13<tr><td colspan=2>14<td>15<tr><td>16<td>17<td>18</table>"
    assert table(html) == [["11", "12", "13"], ["14", COVERED, "15"], ["16", "17", "18"]]


def test_columns_in_which_no_cell_begins_are_none() -> None:
    html = '<table><tr><td colspan="3">甲<td colspan="2">11<tr><td colspan="3">乙<td colspan="2">12</table>'
    assert table(html) == [["甲", "11"], ["乙", "12"]]


def test_each_table_has_its_own_grid_and_a_ragged_row_none() -> None:
    document = read(
        BODY.format(
            "<table><tr><td>甲<td>11<td>12<tr><td>乙<td>13</table><table><tr><td>丙<td>14</table>"
        )
    )
    grids = [block.grid for block in document.blocks if isinstance(block, Row)]
    assert grids[0] is not None
    assert grids[1] is None
    assert grids[2] not in (None, grids[0])


def test_head_first_foot_last_wherever_they_stand() -> None:
    html = (
        "<table><tfoot><tr><td>总计<td>13</tfoot><tbody><tr><td>甲<td>12</tbody>"
        "<thead><tr><th>名<th>数</thead></table>"
    )
    assert table(html) == [["名", "数"], ["甲", "12"], ["总计", "13"]]


def test_unclosed_cells_rows_and_paragraphs() -> None:
    html = "<table><tr><td><p>甲<td><span>11<tr><td><b>乙<td><font>12</table>"
    assert table(html) == [["甲", "11"], ["乙", "12"]]


def test_stray_end_tags_do_no_harm() -> None:
    html = (
        "<table><tr><td>甲</div></p></span></td><td>11</form></td></tr></tr></table></div></table>"
    )
    assert table(html) == [["甲", "11"]]


def test_rows_without_a_table() -> None:
    assert table("<tr><td>甲</td><td>11</td></tr><tr><td>乙</td><td>12</td></tr>") == [
        ["甲", "11"],
        ["乙", "12"],
    ]


def test_upper_case_and_unquoted_attributes() -> None:
    html = "<TABLE BORDER=1><TR><TD ROWSPAN=2 WIDTH=9>甲<TD>11</TD><TR><TD>12</TD></TR></TABLE>"
    assert table(html) == [["甲", "11"], [COVERED, "12"]]


def test_a_nested_table_is_its_own_grid_in_reading_order() -> None:
    document = read(
        BODY.format(
            "<table><tr><td>甲<td>11</tr><tr><td>前<table><tr><td>乙<td>12</table>后<td>旁</tr>"
            "<tr><td>丙<td>13</table>"
        )
    )
    found = [
        (block.grid, [cell.text for cell in block.cells]) if isinstance(block, Row) else block.text
        for block in document.blocks[2:-2]
    ]
    outer, inner = 0, 1
    assert found == [
        (outer, ["甲", "11"]),
        "前",
        (inner, ["乙", "12"]),
        "后",
        "旁",
        (outer, ["丙", "13"]),
    ]


def test_three_layout_tables_around_a_report_dissolve() -> None:
    around = "<table><tr><td><a href=x>菜单</a></td><td>" * 3 + "{}" + "</td></tr></table>" * 3
    report = parse_report(read(report_page(around=around)), "page.html")
    assert len(cells_read(report)) == len(distinct_figures("2021"))
    assert [s.heading for s in report.sections if s.level == 1][0] == "一、总体情况"


def test_a_cell_of_running_text_dissolves_and_a_title_row_is_a_line() -> None:
    prose = "".join(
        f"<p>第{n}段讲了公开工作中的许多做法，" + "说得很长" * 20 + "。</p>" for n in "甲乙丙丁"
    )
    html = (
        f"<table><tr><td colspan=2>景芝镇2022年年报</td></tr><tr><td><p>一、总体情况</p>{prose}</td><td></td></tr>"
        "<tr><td>甲</td><td>11</td></tr></table><p>五、存在问题</p>"
    )
    document = read(html)
    lines = [p.text for p in document.paragraphs()]
    assert lines[:2] == ["景芝镇2022年年报", "一、总体情况"]
    assert len(lines) == 7
    assert rows(document) == [["甲", "11"]]


def test_hidden_rows_and_cells_are_no_part_of_the_grid() -> None:
    html = (
        "<style>.tpl{display:none} @media print{.show{display:none}}</style>"
        '<table><tr style="display:none"><td>模板<td>91</tr><tr class="tpl"><td>模板<td>92</tr>'
        "<tr hidden><td>模板<td>93</tr><template><tr><td>模板<td>94</tr></template>"
        '<tr class="show"><td>甲<td style="DISPLAY: none">95<td>11</tr></table>'
        "<!-- <table><tr><td>注释<td>96</table> --><script>document.write('<table><tr><td>97')</script>"
        "<noscript><table><tr><td>98</table></noscript><textarea><table><tr><td>99</table></textarea>"
    )
    assert table(html) == [["甲", "11"]]


def test_a_wide_row_keeps_its_filled_cells_only() -> None:
    html = "<table><tr><td>甲" + "<td>" * 300 + "<tr><td>乙" + "<td>7" * 5 + "</table>"
    found = table(html)
    assert found[0] == ["甲"]
    assert found[1][:6] == ["乙", "7", "7", "7", "7", "7"]


def test_rows_drawn_with_other_elements_where_the_markup_says_so() -> None:
    css = (
        "<style>.r{display:table-row}.c{display:table-cell}</style><div><div class=r><div class=c>甲</div>"
        "<div class=c>11</div></div><div class=r><div class=c>乙</div><div class=c></div></div></div>"
    )
    assert table(css) == [["甲", "11"], ["乙", ""]]
    inline = (
        '<div style="display:table"><div style="display:table-row"><span style="display:table-cell">甲'
        '</span><span style="display:table-cell">12</span></div></div>'
    )
    assert table(inline) == [["甲", "12"]]
    aria = '<div role="table"><div role="row"><div role="cell">甲</div><div role="cell">13</div></div></div>'
    assert table(aria) == [["甲", "13"]]
    classes = '<div class="row"><div class="cell">甲</div><div class="cell">14</div></div>'
    assert table(classes) == [["甲", "14"]]


def test_a_row_of_the_page_layout_is_no_row_of_a_table() -> None:
    html = BODY.format(
        '<div class="row"><div class="col-md-8">甲</div><div class="col-md-4">15</div></div>'
    )
    assert rows(read(html)) == []
    assert [p.text for p in read(html).paragraphs()][2:4] == ["甲", "15"]


def test_one_cell_a_paragraph_stays_lines() -> None:
    html = BODY.format("<p>行政许可</p><p>11</p><p>&nbsp;</p><p>12</p>")
    assert [p.text for p in read(html).paragraphs()][2:5] == ["行政许可", "11", "12"]


# ── cells and lines ──


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("商业<br>企业", "商业企业"),
        ("<p>法律服务</p><p>机构</p>", "法律服务机构"),
        ("0<br>5", "0 / 5"),
        ("<p>0</p><p>5</p>", "0 / 5"),
        ("<span>1</span><span>2</span>", "12"),
        ("<font color=red>1</font><b>2</b><i>3</i>", "123"),
        ("1<!-- 9 -->2", "12"),
        ("&#49;&#x32;", "12"),
        ("1\u200b2&#8203;3&zwnj;", "123"),
        ("&nbsp;7&nbsp;", "7"),
        ("&nbsp;", ""),
        ("\u3000\u200b", ""),
        ("<o:p>&nbsp;</o:p>", ""),
        ("１２", "１２"),
        ("5<sup>1</sup>", "5"),
        ("5<sup>[2]</sup>", "5"),
        ("5<span style='vertical-align:super'>1</span>", "5"),
        ("5<small>1</small>", "5^1"),
        ("5<a href='#f'>1</a>", "5^1"),
        ("<span style='opacity:0'>7</span>5", "5"),
        ("5<sup><a href='#_ftn1'>①</a></sup>", "5"),
        ("5<a href='#_ftn1' name='_ftnref1'>[1]</a>", "5"),
        ("10<sup>4</sup>", "10^4"),
        ("100m<sup>2</sup>", "100m2"),
        ("5<del>6</del><s>7</s>", "5"),
        ("5<span style='text-decoration:line-through'>8</span>", "5"),
        ("5<span style='display:none'>9</span>", "5"),
        ("5<span style='mso-hide:all'>9</span>", "5"),
        ("5<span style='visibility:hidden'>9</span>", "5"),
        ("1<![if !supportLists]>2<![endif]>3", "123"),
        ("<![CDATA[9]]>5", "5"),
        ("共\n  收到", "共收到"),
        ("1\n2", "1 2"),
        ("a &lt; b", "a < b"),
        ("<img src=x.gif>5", "5"),
        ("报<ruby>告<rt>gào</rt></ruby>", "报告"),
    ],
)
def test_what_a_cell_prints(cell: str, text: str) -> None:
    assert table(f"<table><tr><td>甲</td><td>{cell}</td></tr></table>") == [["甲", text]]


def test_two_figures_in_one_cell_are_no_figure() -> None:
    page = report_page().replace("<td>60</td>", "<td>6<br>0</td>")
    assert page != report_page()
    lost = CellId(
        *next((c.item, c.column) for c, t in distinct_figures("2021").items() if t == "60")
    )
    report = parse_report(read(page), "page.html")
    assert lost not in cells_read(report)
    assert any(gap.cell == lost and gap.kind == "unread" for gap in report.gaps)


def test_a_line_ends_at_blocks_and_breaks_only() -> None:
    html = "<div>收到<b>1</b><span>2</span>件<p>公开<font>3</p>4条<br>第三行<div>第四行</div>"
    assert texts(html) == ["收到12件", "公开3", "4条", "第三行", "第四行"]


def test_an_end_tag_does_not_break_the_line_of_another_block() -> None:
    assert texts("<font><p>收到申请1</font>2件</p>") == ["收到申请12件"]


def test_a_number_broken_off_its_label_is_no_line_of_its_own() -> None:
    html = "<p>55</p><p>2<br>.其他法律行政法规禁止公开</p><p>四、<br>结转下年度继续办理</p>"
    html += "<p>（一）予<br>以公开</p><p>行政许可<br>行政处罚</p>"
    assert texts(html) == [
        "55",
        "2.其他法律行政法规禁止公开",
        "四、结转下年度继续办理",
        "（一）予以公开",
        "行政许可",
        "行政处罚",
    ]


def test_preformatted_lines() -> None:
    html = "<pre>一、总体情况\n收到申请3件\n\n公开4条</pre>"
    assert [(p.text, p.line) for p in read(html).paragraphs()] == [
        ("一、总体情况", 1),
        ("收到申请3件", 2),
        ("公开4条", 4),
    ]


def test_lines_are_those_of_the_text_itself() -> None:
    html = (
        "<html>\r\n<body\n class='x'>\n<!-- a\nb -->\n<table><tr>\n<td\nrowspan=2>\n\n  甲</td>\n<td>11</td></tr>"
        "\n<tr><td><span>\n</span>12</td></tr></table>\n<script>\n\n</script>尾\n</body>"
    )
    document = read(html)
    found = [[cell.line for cell in b.cells] for b in document.blocks if isinstance(b, Row)]
    assert found == [[10, 11], [12, 13]]
    assert [p.line for p in document.paragraphs()] == [16]


def test_lines_beyond_65535() -> None:
    html = "<body>" + "\n" * 70_000 + "<p>\n甲<p\n>乙<table><tr>\n<td>11<td>\n12</table>"
    document = read(html)
    assert [p.line for p in document.paragraphs()] == [70_002, 70_003]
    (row,) = [block for block in document.blocks if isinstance(block, Row)]
    assert [cell.line for cell in row.cells] == [70_004, 70_005]


def test_quotes_and_angle_brackets_in_attributes() -> None:
    html = """<p title="a>b" onclick='if(a<b)x("y")'>收到<b title=it's>3</b>件</p>"""
    assert line_of(html) == "收到3件"


def test_word_html_with_conditional_comments_and_islands() -> None:
    html = (
        "<html xmlns:o='urn:x'><head><!--[if gte mso 9]><xml><w:View>91</w:View></xml><![endif]-->"
        "<xml><o:Pages>92</o:Pages></xml><style><!-- p.MsoNormal{margin:0} @page{size:93pt} --></style></head>"
        "<body><div class=WordSection1><p class=MsoNormal><span lang=EN-US>20</span><span lang=EN-US>22</span>"
        "<span style='font-family:宋体'>年收到</span><span>1</span><span><o:p></o:p>5</span>件<o:p>&nbsp;</o:p></p></div>"
    )
    assert line_of(html) == "2022年收到15件"


def test_font_size_zero_hides_words_but_not_a_list() -> None:
    assert line_of('<p>5<span style="font-size:0">9</span>件</p>') == "5件"
    assert line_of('<ul style="font-size:0"><li style="font-size:14px">6件</li></ul>') == "6件"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('5<span style="font-size:1pt">9</span>', "5"),
        ('5<span style="font-size: 0.5px">9</span>', "5"),
        ('5<span style="font-size:2%">9</span>', "5"),
        ('<p style="font-size:1px">9<span style="font-size:14px">5</span></p>', "5"),
        ('<span style="font-size:1.5em">5</span><span style="font-size:1px"></span>', "5"),
        ('<span style="font-size:2em">5</span>', "5"),
        ('5<span style="color:#fff">9</span>', "5"),
        ('5<font color="#FFFFFF">9</font>', "5"),
        ('5<span style="color: rgb(255, 255, 255)">9</span>', "5"),
        ('5<span style="color:transparent">9</span>', "5"),
        ('5<b class="ghost">9</b>', "5"),
        ('5<span aria-hidden="true">9</span>', "5"),
        ('<b style="color:white">第5项</b>', ""),
        ('<b style="color:white">总计</b>', "总计"),
        ('<b style="color:#fff;background:#369">5</b>', "5"),
        ('<b style="color:#333;background-color:#fff">5</b>', "5"),
        ('<b class="head" style="color:white">5</b>', "5"),
        ('<span style="color:#fff">9<span style="color:#000">5</span>9</span>', "5"),
    ],
)
def test_text_that_nobody_sees_is_no_text(cell: str, text: str) -> None:
    sheet = "<style>.ghost{color:#FFF} .head{background:#336699}</style>"
    assert table(f"{sheet}<table><tr><td>甲</td><td>{cell}</td></tr></table>") == [["甲", text]]


def test_white_figures_on_the_ground_of_their_table_are_read() -> None:
    grid = '<table bgcolor="#003366"><tr style="color:#fff"><td>甲</td><td>5</td></tr></table>'
    assert table(grid) == [["甲", "5"]]
    white = '<table><tr style="color:#fff"><td>甲</td><td>5</td></tr><tr><td>乙</td><td>6</td></tr></table>'
    assert table(white) == [["甲", ""], ["乙", "6"]]


# ── charset ──

REPORT = (
    "<p>一、总体情况</p><p>景芝镇政府信息公开，收到申请5件。</p><p>二、主动公开政府信息情况</p>"
)


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "GBK", "iso-8859-1", "", "big5"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_wrong_or_missing_charset_gives_the_right_words(declared: str, encoding: str) -> None:
    head = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
        if declared
        else ""
    )
    content = f"<html><head>{head}</head><body>{REPORT}".encode(encoding)
    lines = [p.text for p in read_html(content, "page.html").paragraphs()]
    assert lines[1] == "景芝镇政府信息公开，收到申请5件。"


def test_gb18030_beyond_gbk_and_big5() -> None:
    rare = REPORT.replace("景芝", "㛃\U00020087")
    page = f'<meta charset="gb2312">{rare}'.encode("gb18030")
    assert "㛃\U00020087镇" in [p.text for p in read_html(page, "p.html").paragraphs()][1]
    traditional = (
        "<p>一、總體情況</p><p>景芝鎮政府信息公開，收到申請5件。</p><p>二、主動公開政府信息情況</p>"
    )
    page = f'<meta charset="big5">{traditional}'.encode("big5")
    assert [p.text for p in read_html(page, "p.html").paragraphs()][1].startswith("景芝鎮政府")


def test_a_page_cut_inside_a_character_is_still_utf8() -> None:
    content = (REPORT * 20).encode().replace("申请".encode(), "申请".encode()[:-1], 1)
    lines = [p.text for p in read_html(content, "p.html").paragraphs()]
    assert lines[1] == "景芝镇政府信息公开，收到申\ufffd5件。"
    assert lines[4] == "景芝镇政府信息公开，收到申请5件。"


def test_utf16_without_its_mark() -> None:
    page = "<html><head><title>T</title></head><body>" + REPORT
    for encoding in ("utf-16-le", "utf-16-be"):
        content = page.encode(encoding)
        assert [p.text for p in read_html(content, "p.html").paragraphs()][0] == "一、总体情况"
        assert format_of(content, ".doc") == "html"


def test_a_nul_never_joins_two_digits() -> None:
    assert line_of("<p>1\x002件</p>") == "1\ufffd2件"


# ── witnesses ──


def test_title_metas_headings_and_path() -> None:
    html = (
        '<html><head><title> 年报 - 安丘市 </title><meta name="ArticleTitle" content="景芝镇年报">'
        '<meta name="PubDate" content="2023-01-18 09:30"><meta name="SiteName" content="安丘市人民政府">'
        '<meta name="ColumnName" content="景芝镇"><meta name="keywords" content="年报;公开"></head><body>'
        "<div><a href=/>首页</a> > <a href=/a>政务公开</a> > <span>年报</span></div>"
        "<h1>景芝镇人民政府2022年政府信息公开工作年度报告</h1><div><div>【发布日期：2023年1月19日】【来源：党政办】</div></div>"
        f"<div id=zoom>{REPORT}</div></body>"
    )
    document = read(html)
    assert witnesses(document) == [
        ("page_title", "年报 - 安丘市"),
        ("page_title", "景芝镇年报"),
        ("published", "2023-01-18 09:30"),
        ("breadcrumb", "安丘市人民政府"),
        ("breadcrumb", "景芝镇"),
        ("properties", "年报;公开"),
        ("breadcrumb", "首页 > 政务公开 > 年报"),
        ("heading", "景芝镇人民政府2022年政府信息公开工作年度报告"),
        ("published", "2023年1月19日"),
        ("publisher", "党政办"),
    ]
    assert [p.text for p in document.paragraphs()][0] == "一、总体情况"


@pytest.mark.parametrize(
    "index",
    [
        "<table><tr><td>索引号：<td>113707/2023-91<td>发布机构：<td>景芝镇人民政府</tr>"
        "<tr><td>生成日期：<td>2023-01-18<td>信息名称：<td>景芝镇年报</table>",
        "<table><tr><td>索 引 号：113707/2023-91<td>发布机构：景芝镇人民政府</tr>"
        "<tr><td>生成日期：2023-01-18<td>信息名称：景芝镇年报</table>",
        "<ul><li>索引号：113707/2023-91</li><li>发布机构：<span>景芝镇人民政府</span></li>"
        "<li>生成日期：2023-01-18</li><li>信息名称：景芝镇年报</li></ul>",
        "<div>索引号</div><div><b>发布机构：</b></div><div>景芝镇人民政府</div><div>生成日期：</div>"
        "<div>2023-01-18</div><div>信息名称：</div><div>景芝镇年报</div>",
    ],
)
def test_an_index_of_the_page_is_witness_and_no_table(index: str) -> None:
    document = read(f"<div><div>{index}</div><div>{REPORT}</div></div>")
    assert rows(document) == []
    found = dict(witnesses(document))
    assert found["publisher"] == "景芝镇人民政府"
    assert found["published"] == "2023-01-18"
    assert found["heading"] == "景芝镇年报"


def test_the_frame_inside_the_body_of_the_report() -> None:
    html = (
        "<div><p>字体：[大 中 小]</p><p>今天是2024年3月5日 星期二</p><h1>景芝镇2022年政府信息公开工作年度报告</h1>"
        f"<p>现公布景芝镇年报。</p>{REPORT}<p>六、其他需要报告的事项</p><p>无。</p><p>景芝镇人民政府</p>"
        "<p>2023年1月18日</p><p>上一篇：收到申请91件</p><p>打印</p><p>相关链接</p><p>公开信息92条</p>"
        "<p>版权所有：某市 鲁ICP备93号</p></div>"
    )
    lines = texts(html)
    assert lines[0] == "景芝镇2022年政府信息公开工作年度报告"
    assert lines[1] == "现公布景芝镇年报。"
    assert lines[-2:] == ["景芝镇人民政府", "2023年1月18日"]
    assert not any("9" in line for line in lines)


def test_text_beside_the_block_of_the_headings_is_not_lost() -> None:
    html = (
        f"<div class=box><p>现公布景芝镇年报。</p><div class=in>{REPORT}<p>六、其他需要报告的事项</p></div>"
        "<p>另有说明17件。</p><p>景芝镇人民政府</p><ul><li><a href=x>别的文章18件</a></li></ul></div>"
    )
    assert [
        line for line in texts(html) if "7件" in line or "现公布" in line or line[-1] == "府"
    ] == [
        "现公布景芝镇年报。",
        "另有说明17件。",
        "景芝镇人民政府",
    ]
    assert not any("18件" in line for line in texts(html))


def test_pages_of_one_report_stay_together() -> None:
    html = (
        f"<div class=page>{REPORT}<p>六、其他需要报告的事项</p></div>"
        "<div class=page><table><tr><td>续表<td>19</table><p>末页的话21件。</p></div>"
    )
    document = read(html)
    assert rows(document) == [["续表", "19"]]
    assert "末页的话21件。" in texts(html)


def test_without_headings_all_text_that_is_no_link_stays() -> None:
    html = "<nav>导航91</nav><div>本镇收到申请5件。</div><ul><li><a href=x>别处收到92件</a></li></ul><footer>地址93</footer>"
    assert texts(html) == ["本镇收到申请5件。"]


def test_a_list_of_links_before_the_report_is_no_text() -> None:
    html = (
        "<div><p><a href=/a>一、某镇主动公开政府信息91条</a> 2023-01-02</p></div>"
        + f"<div>{REPORT}</div>"
    )
    assert texts(html)[0] == "一、总体情况"


def test_a_page_inside_a_form_element_is_read() -> None:
    assert len(texts(f"<form id=aspnetForm><input value=91><div>{REPORT}</div></form>")) == 3


# ── pictures, formats, refusals ──


def test_pictures_that_may_hold_a_table_are_counted() -> None:
    html = (
        '<img src="banner.jpg" width=900 height=200><div>{}<img src="/upload/a1.png"><img src="b.png" width="600" '
        'height="300"><img src="c.jpg" style="width:450pt;height:200pt"><img src="icon_pdf.gif"><img src="d.png" '
        "width=16 height=16></div>"
    )
    assert read(html.format(REPORT)).pictures == 3


def test_the_content_of_an_embedded_picture() -> None:
    assert (
        picture_content(Picture("data:image/png;base64,iVBORw==", None, None, 1, 0)) == b"\x89PNG"
    )
    assert picture_content(Picture("data:image/png;base64,%%", None, None, 1, 0)) is None
    assert picture_content(Picture("a.png", None, None, 1, 0)) is None


MHT = (
    "From: <Saved by browser>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
    "Content-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n--b\r\n"
    "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
)


def test_web_archives() -> None:
    import base64
    import quopri

    for charset in ("utf-8", "gb2312"):
        coded = base64.encodebytes(REPORT.encode(charset)).decode()
        content = MHT.format(charset=charset, encoding="base64", body=coded).encode()
        assert format_of(content, ".txt") == "mhtml"
        lines = [p.text for p in read_document(content, "a.mht", ".mht").paragraphs()]
        assert lines[1] == "景芝镇政府信息公开，收到申请5件。"
    quoted = quopri.encodestring(REPORT.encode()).decode()
    content = MHT.format(charset="utf-8", encoding="quoted-printable", body=quoted).encode()
    assert len(list(read_mhtml(content, "a.mht").paragraphs())) == 3
    with pytest.raises(InputRejected, match="没有网页"):
        read_mhtml(b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nx", "a.mht")


@pytest.mark.parametrize(
    ("content", "extension", "expected"),
    [
        (b"<!DOCTYPE html><p>x", ".doc", "html"),
        (b"\xef\xbb\xbf \r\n<HTML><p>x", ".txt", "html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x"><html>', ".txt", "html"),
        (b"<!-- saved from url --><html>", ".wps", "html"),
        (b"<p>x</p>", ".txt", "text"),
        (b"<p>x</p>", ".html", "html"),
        (b"plain\nlines", ".htm", "text"),
    ],
)
def test_the_content_tells_the_format(content: bytes, extension: str, expected: str) -> None:
    assert format_of(content, extension) == expected


def test_xhtml_shows_its_cdata() -> None:
    html = '<?xml version="1.0"?><html><body><p>收到<![CDATA[5]]>件</p></body></html>'
    assert [p.text for p in read(html, "a.xhtml").paragraphs()] == ["收到5件"]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("", "文件是空的"),
        ("<html><body></body></html>", "网页里没有文字"),
        ("<frameset><frame src=a.html></frameset>", "框架"),
        ("<body><div id=app></div><script>render()</script></body>", "脚本"),
        (bytes(range(256)) * 200, "二进制"),
        ("<p>" * 200_000, "标记"),
        ("<p>" + "字" * 400_000, "太长"),
        ("<table>" + ("<tr>" + "<td>5" * 12) * 3_000, None),
    ],
)
def test_refusals_name_their_reason(page: str | bytes, reason: str | None) -> None:
    if reason is not None:
        assert reason in refusal(page)
    else:
        content = page if isinstance(page, bytes) else page.encode()
        assert len(read_html(content, "page.html").blocks) == 3_000


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "末",
        "<table><tr><td>" * 30_000 + "末",
        "<b>" * 100_000 + "<p>末",
        "<b><p></p>" * 40_000,
        "<div><table><td>" + "<b>" * 60_000 + "</div>" * 60_000 + "末",
        "<table>" + "<tr><td colspan=1000 rowspan=65534>5</td></tr>" * 20_000,
        "<sup>1" * 100_000,
        "<style>" + ".a{display:none}" * 100_000 + "</style>末",
        "<p " + "a=1 " * 1_000_000 + ">末",
        '<a x="<a" ' * 70_000 + "<",
        "<p>" + "&amp;" * 50_000,
        '<!DOCTYPE html [<!ENTITY a "99"><!ENTITY b "&a;&a;&a;">]><p>&b;</p>',
        "<script>" * 50_000,
        "<!--" * 100_000,
    ],
)
def test_hostile_pages_cost_seconds_not_minutes(page: str) -> None:
    begun = time.monotonic()
    try:
        document = read(page)
    except InputRejected:
        pass
    else:
        assert not any("99" in p.text for p in document.paragraphs())
    spent = time.monotonic() - begun
    assert spent < 20


def test_cells_and_paragraphs_left_in_a_text_never_become_one_figure() -> None:
    text = "<tr><td>行政许可</td><td>12</td><td>13</td></tr>\n<p>1</p><p>2</p>\n<td>5</td>\n<b>6</b><b>7</b>"
    cells, *lines = read_document(text.encode(), "a.txt", ".txt").blocks
    assert isinstance(cells, Row)
    assert [cell.text for cell in cells.cells if cell.text] == ["行政许可", "12", "13"]
    assert [line.text for line in lines if isinstance(line, Paragraph)] == ["1 2", "5", "67"]
