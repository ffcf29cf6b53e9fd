"""Renders reports as the web pages that government sites, their copies and Word make of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Literal

from tests.render import NOTHING
from tests.render_formats import (
    OTHER_TOWN,
    TOWNS,
    MadeReport,
    Printed,
    Slot,
    Table,
    part_named,
    spread,
)

PageKind = Literal["bare", "cms", "word", "layout_tables", "snippet"]
TableKind = Literal["spans", "flat", "css_divs", "class_divs", "paragraphs"]
FigureKind = Literal[
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
]
LabelKind = Literal["plain", "breaks", "spans", "nbsp", "paragraphs", "blanks"]
Charset = Literal["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"]
Declared = Literal["right", "missing", "wrong"]
TitlePlace = Literal["heading", "paragraph", "page", "breadcrumb"]

DRAWN: frozenset[TableKind] = frozenset({"spans", "flat", "css_divs", "class_divs"})
"""Tables whose cells are marked, so that an empty one can be seen."""


@dataclass(frozen=True, slots=True)
class HtmlLook:
    """How a page is made. Every switch is one habit of real pages."""

    page: PageKind = "bare"
    table: TableKind = "spans"
    figures: FigureKind = "plain"
    labels: LabelKind = "plain"
    charset: Charset = "utf-8"
    declared: Declared = "right"
    title: TitlePlace = "heading"
    upper_case: bool = False
    unquoted: bool = False
    unclosed: bool = False
    """`</td>`, `</tr>` and `</p>` left out."""
    stray: bool = False
    """Closing tags of what was never opened."""
    groups: bool = False
    """thead, tbody and tfoot; the foot before the body, as HTML 4 had it."""
    wrapped: bool = False
    """Each table in its own box with a caption."""
    hidden: bool = False
    """Rows, boxes, templates, comments and scripts that nobody sees and that hold figures."""
    footnote_marks: bool = False
    mirror: bool = False
    """A copy in traditional characters."""
    pinyin: bool = False
    blank_paragraphs: bool = True
    """`paragraphs` only: an empty cell is `<p>&nbsp;</p>`, else nothing at all."""
    one_line: bool = False
    """The whole page on one line."""


def render_html(made: MadeReport, tables: Printed, look: HtmlLook, seed: int = 0) -> bytes:
    """The page as bytes; `seed` decides where things break."""
    writer = _Writer(look, random.Random(seed))
    text = writer.page(made, tables)
    if look.one_line:
        text = text.replace("\n", " ")
    encoding = "gb18030" if look.charset == "gbk" else look.charset
    return text.encode(encoding)


def declared_charset(look: HtmlLook) -> str | None:
    if look.declared == "missing":
        return None
    if look.charset == "utf-16":
        return "utf-16" if look.declared == "right" else "gb2312"
    own = "utf-8" if look.charset.startswith("utf-8") else "gb2312"
    if look.declared == "wrong":
        return "gb2312" if own == "utf-8" else "utf-8"
    return own


class _Writer:
    def __init__(self, look: HtmlLook, chance: random.Random) -> None:
        self.look, self.chance = look, chance
        self.marked = 0

    # ── the page around the report ──

    def page(self, made: MadeReport, tables: Printed) -> str:
        report = self.report(made, tables)
        pages: dict[PageKind, Callable[[MadeReport, str], str]] = {
            "bare": self._bare,
            "snippet": lambda _, body: body,
            "word": self._word,
            "cms": self._cms,
            "layout_tables": self._layout_tables,
        }
        text = pages[self.look.page](made, report)
        return self._tags(text)

    def _tags(self, text: str) -> str:
        """Upper-case tag names, where pages have them."""
        if not self.look.upper_case:
            return text
        out: list[str] = []
        for number, piece in enumerate(text.split("<")):
            if number == 0 or piece[:1] == "!":
                out.append(piece)
                continue
            slash = 1 if piece[:1] == "/" else 0
            end = slash
            while end < len(piece) and piece[end].isalnum():
                end += 1
            out.append(piece[:end].upper() + piece[end:])
        return "<".join(out)

    def _meta(self) -> str:
        charset = declared_charset(self.look)
        if charset is None:
            return ""
        if self.chance.random() < 0.5:
            return f'<meta charset="{charset}">\n'
        return f'<meta http-equiv="Content-Type" content="text/html; charset={charset}" />\n'

    def _page_title(self, made: MadeReport) -> str:
        if self.look.title == "page":
            return f"<title>{self._plain(made.title)}_{self._plain(made.county)}人民政府</title>\n"
        if self.look.title == "breadcrumb":
            return f"<title>{made.year}年</title>\n"
        return f"<title>{self._plain(made.title)}</title>\n"

    def _bare(self, made: MadeReport, body: str) -> str:
        return (
            f"<!DOCTYPE html>\n<html>\n<head>\n{self._meta()}{self._page_title(made)}</head>\n"
            f"<body>\n{body}\n</body>\n</html>\n"
        )

    def _word(self, made: MadeReport, body: str) -> str:
        return (
            '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:'
            'office:office" xmlns:w="urn:schemas-microsoft-com:office:word">\n<head>\n'
            f'{self._meta()}<meta name=Generator content="Microsoft Word 15">\n'
            f"{self._page_title(made)}"
            "<!--[if gte mso 9]><xml><w:WordDocument><w:Zoom>100</w:Zoom></w:WordDocument></xml>"
            "<![endif]-->\n<style>\n<!--\np.MsoNormal {margin:0cm; font-size:10.5pt;}\n"
            "@page WordSection1 {size:595.3pt 841.9pt;}\n-->\n</style>\n</head>\n"
            '<body lang=ZH-CN style="tab-interval:21.0pt">\n<div class=WordSection1>\n'
            f"{body}\n</div>\n</body>\n</html>\n"
        )

    def _cms(self, made: MadeReport, body: str) -> str:
        town, county = self._plain(made.entity), self._plain(made.county)
        other = self._plain(TOWNS[0][0] if made.entity != TOWNS[0][0] else TOWNS[1][0])
        named = self.look.title in ("breadcrumb", "page")
        crumb = f"{town} &gt; 信息公开年报" if named else "信息公开年报"
        index = (
            "<table class='xxgk-head'><tr><td>索 引 号：</td><td>11370784MB2857210X/2022-00017</td>"
            f"<td>发布机构：</td><td>{town}人民政府</td></tr>"
            "<tr><td>主题分类：</td><td>政务公开</td>"
            f"<td>公文生成日期：</td><td>{made.year + 1}-01-18</td></tr></table>\n"
        )
        hidden = "<input type='hidden' name='hits' value='97531'>" if self.look.hidden else ""
        return (
            f"<!DOCTYPE html>\n<html lang='zh-CN'>\n<head>\n{self._meta()}"
            f"{self._page_title(made)}"
            f"<meta name='SiteName' content='{county}人民政府'>\n"
            f"<meta name='PubDate' content='{made.year + 1}-01-18 15:20'>\n"
            "<script>var channelId = 4187; document.write('<td>86421</td>');</script>\n"
            "<style>.zoom td{width:64px}</style>\n</head>\n<body>\n"
            "<div class='header'><a href='/'>首页</a><a href='/zwgk/'>政务公开</a>"
            f"<a href='/hd/'>互动交流</a><span>{made.year + 4}年12月3日 星期二</span></div>\n"
            "<div class='nav'><ul><li><a href='/1'>政府信息公开指南</a></li>"
            "<li><a href='/2'>法定主动公开内容（1287）</a></li>"
            "<li><a href='/3'>政府信息公开年报</a></li><li>依申请公开（64）</li></ul></div>\n"
            f"<div class='crumb'>您当前的位置：首页 &gt; 政务公开 &gt; {crumb} &gt; "
            f"{made.year}年 &gt; 正文</div>\n"
            f"{index if self.chance.random() < 0.7 else ''}"
            f"<div class='info'>发布时间：{made.year + 1}-01-18 15:20　来源：{town}人民政府　"
            "浏览次数：<span id='hits'>3571</span>　字体：[<a>大</a> <a>中</a> <a>小</a>]</div>\n"
            f"{hidden}<div class='article'><div id='zoom' class='TRS_Editor'>\n{body}\n</div></div>\n"
            "<div class='share'>分享到：<a>微信</a><a>微博</a> 收藏 打印 关闭</div>\n"
            f"<div class='turn'>上一篇：<a href='a.html'>{other}人民政府{made.year - 2}年"
            "政府信息公开工作年度报告</a><br>下一篇："
            f"<a href='b.html'>{OTHER_TOWN}{made.year + 1}年政务公开工作要点</a></div>\n"
            "<div class='related'><h3>相关文章</h3><ul>"
            f"<li><a>关于公布{made.year - 1}年行政许可 24 件的通知</a>"
            f"<span>{made.year}-03-15</span></li>"
            f"<li><a>{OTHER_TOWN}主动公开政府信息 4321 条</a><span>{made.year}-02-11</span></li>"
            "</ul></div>\n"
            f"<div class='footer'>版权所有：{county}人民政府　主办：{county}人民政府办公室<br>"
            "地址：人民路 218 号　电话：0536-4611001　鲁ICP备05001234号　"
            "网站标识码：3707840001</div>\n</body>\n</html>\n"
        )

    def _layout_tables(self, made: MadeReport, body: str) -> str:
        return self._bare(
            made,
            "<table width=1000 align=center border=0><tr><td class=top colspan=2>"
            "<a href=/>首页</a> | <a href=/zwgk>政务公开</a></td></tr>\n"
            "<tr><td width=180 valign=top><table><tr><td>机构职能</td></tr>"
            "<tr><td>公示公告 18</td></tr></table></td>\n"
            "<td><table width=100%><tr><td><table width=98%><tr><td>\n"
            f"{body}\n</td></tr></table></td></tr></table></td></tr>\n"
            "<tr><td colspan=2 align=center>版权所有　技术支持电话 0536-4611001</td></tr></table>",
        )

    # ── the report ──

    def report(self, made: MadeReport, tables: Printed) -> str:
        draft = made.draft
        parts = [self._title(made)]
        parts += [self._paragraph(line) for line in draft.texts.get("preamble", [])]
        for key, heading in draft.headings.items():
            if heading is not None:
                parts.append(self._paragraph(heading, bold=True))
            if key == "overview":
                parts += [self._paragraph(line) for line in draft.overview]
            elif (part := part_named(key)) is not None:
                lines = draft.before.get(part, [])
                parts += [self._paragraph(line) for line in lines if line]
                for number, table in enumerate(tables.tables[part]):
                    parts.append(self.table(table, f"{part}-{number}"))
            else:
                parts += [self._paragraph(line) for line in draft.texts.get(key, NOTHING)]
        return "\n".join(parts)

    def _title(self, made: MadeReport) -> str:
        title = self._text(made.title)
        if self.look.title == "heading":
            return f"<h1>{title}</h1>"
        if self.look.title == "paragraph":
            return f"<p align=center><strong>{title}</strong></p>"
        return ""

    def _paragraph(self, text: str, bold: bool = False) -> str:
        content = self._text(text)
        if bold:
            content = f"<strong>{content}</strong>"
        if self.look.page == "word":
            content = f'<span style="font-size:16.0pt;font-family:仿宋">{content}<o:p></o:p></span>'
            return f'<p class=MsoNormal style="text-indent:32.0pt">{content}</p>'
        end = "" if self.look.unclosed else "</p>"
        stray = "</div></span>" if self.look.stray and self.chance.random() < 0.1 else ""
        return f"<p>{content}{end}{stray}"

    def _text(self, text: str) -> str:
        """Running text, its numbers marked up as pages do."""
        pieces: list[str] = []
        number = ""
        for character in [*text, ""]:
            if character.isascii() and character.isdigit():
                number += character
                continue
            if number:
                pieces.append(self._number(number))
                number = ""
            pieces.append(self._character(character))
        return "".join(pieces)

    def _number(self, number: str) -> str:
        if self.look.figures == "spans" and len(number) > 1:
            return "".join(f'<span lang="EN-US">{digit}</span>' for digit in number)
        if self.look.figures == "font":
            return f'<font face="Times New Roman">{number}</font>'
        if self.look.figures == "strong":
            return f"<b>{number[:1]}</b><b>{number[1:]}</b>"
        if self.look.figures == "entities":
            return "".join(f"&#{ord(digit)};" for digit in number)
        return number

    def _character(self, character: str) -> str:
        if not self.look.mirror or not character:
            return escape(character)
        character = traditional().get(character, character)
        if self.look.pinyin and character in PINYIN and self.chance.random() < 0.5:
            return f"{character}({PINYIN[character]})"
        return escape(character)

    def _plain(self, text: str) -> str:
        return "".join(self._character(character) for character in text)

    # ── tables ──

    def table(self, table: Table, name: str) -> str:
        kinds: dict[TableKind, Callable[[Table], str]] = {
            "spans": self._spans,
            "flat": self._flat,
            "css_divs": lambda t: self._divs(t, css=True),
            "class_divs": lambda t: self._divs(t, css=False),
            "paragraphs": self._paragraphs,
        }
        text = kinds[self.look.table](table)
        if self.look.hidden and name == "applications-0":
            text += (
                '<div style="display:none"><table><tr><td>一、本年新收政府信息公开申请数量</td>'
                + "".join(f"<td>{n}</td>" for n in range(90001, 90008))
                + "</tr></table></div>\n<template><p>主动公开政府信息90011条</p></template>"
                "<!-- <tr><td>规章</td><td>90021</td></tr> -->"
            )
        if self.look.wrapped:
            return (
                f'<div class="table-box" id="{name}"><div class="caption">'
                f"表 统计表</div>\n{text}\n</div>"
            )
        return text

    def _spans(self, table: Table) -> str:
        rows: list[str] = []
        header = 0
        for number, row in enumerate(table):
            cells = "".join(self._td(slot) for slot in row)
            rows.append(self._tr(cells))
            if header == number and all(slot.kind in ("header", "spare") for slot in row):
                header = number + 1
            if self.look.hidden and row[-1].kind == "figure" and self.chance.random() < 0.2:
                ghost = "".join(
                    f"<td>{90100 + n if slot.kind == 'figure' else escape(slot.text)}</td>"
                    for n, slot in enumerate(row)
                )
                rows.append(f'<tr style="display: none">{ghost}</tr>')
        attributes = (
            "border=1 cellspacing=0"
            if self.look.unquoted
            else 'border="1" cellspacing="0" class="MsoTableGrid"'
        )
        if not self.look.groups or self.look.hidden or not 0 < header < len(rows) - 1:
            body = "\n".join(rows)
            if self.look.groups:
                body = f"<tbody>\n{body}\n</tbody>"
            return f"<table {attributes}>\n{body}\n</table>"
        head, rest, foot = rows[:header], rows[header:-1], rows[-1]
        return (
            f"<table {attributes}>\n<thead>\n" + "\n".join(head) + "\n</thead>\n"
            f"<tfoot>\n{foot}\n</tfoot>\n<tbody>\n" + "\n".join(rest) + "\n</tbody>\n</table>"
        )

    def _flat(self, table: Table) -> str:
        rows = [
            self._tr(
                "".join(self._td(Slot("", kind="spare") if s is None else _single(s)) for s in row)
            )
            for row in spread(table)
        ]
        return "<table>\n" + "\n".join(rows) + "\n</table>"

    def _divs(self, table: Table, css: bool) -> str:
        rows: list[str] = []
        for row in spread(table):
            cells = []
            for slot in row:
                inner = "" if slot is None else self._cell(slot)
                attribute = 'style="display:table-cell;width:60px"' if css else 'class="td cell"'
                cells.append(f"<div {attribute}>{inner}</div>")
            attribute = 'style="display:table-row"' if css else 'class="tr row"'
            rows.append(f"<div {attribute}>{''.join(cells)}</div>")
        attribute = 'style="display: table"' if css else 'class="table"'
        return f"<div {attribute}>\n" + "\n".join(rows) + "\n</div>"

    def _paragraphs(self, table: Table) -> str:
        cells: list[str] = []
        for row in table:
            for slot in row:
                if slot.text:
                    cells.append(f"<p>{self._cell(slot)}</p>")
                elif self.look.blank_paragraphs and slot.kind == "figure":
                    cells.append("<p>&nbsp;</p>")
        return "\n".join(cells)

    def _tr(self, cells: str) -> str:
        stray = "</span></div>" if self.look.stray and self.chance.random() < 0.1 else ""
        return f"<tr>{cells}{'' if self.look.unclosed else '</tr>'}{stray}"

    def _td(self, slot: Slot) -> str:
        quote = "" if self.look.unquoted else '"'
        attributes = ""
        if slot.columns > 1:
            attributes += f" colspan={quote}{slot.columns}{quote}"
        if slot.rows > 1:
            attributes += f" rowspan={quote}{slot.rows}{quote}"
        if self.look.page == "word" and self.chance.random() < 0.3:
            attributes += ' width=72 style="width:54.0pt;border:solid windowtext 1.0pt"'
        name = "th" if slot.kind == "header" and self.look.groups else "td"
        end = "" if self.look.unclosed else f"</{name}>"
        return f"<{name}{attributes}>{self._cell(slot)}{end}"

    def _cell(self, slot: Slot) -> str:
        if slot.kind in ("figure", "spare"):
            return self._figure(slot.text)
        return self._label(slot.text)

    def _label(self, text: str) -> str:
        if not text:
            return "&nbsp;" if self.chance.random() < 0.3 else ""
        # Never between a number and its point: a lone `5` would be a figure to anybody.
        cut = self.chance.randrange(2, len(text)) if len(text) > 3 else 0
        first, second = self._plain(text[:cut]), self._plain(text[cut:])
        if not cut or self.look.labels == "plain":
            whole = first + second
        elif self.look.labels == "breaks":
            whole = f"{first}<br>\n{second}"
        elif self.look.labels == "spans":
            whole = f"<span>{first}</span><span><font>{second}</font></span>"
        elif self.look.labels == "nbsp":
            whole = f"&nbsp;{first}&nbsp;{second} "
        elif self.look.labels == "paragraphs":
            # Without its end tag a paragraph would end at the next one all the same.
            whole = f"<p>{first}</p><p>{second}</p>"
            if self.look.table == "paragraphs":
                whole = f"{first}<br>{second}"
        else:
            whole = f"\n      {first}\n      {second}\n    "
        if self.look.page == "word" and self.look.labels != "paragraphs":
            whole = f"<b><span style='font-family:宋体'>{whole}<o:p></o:p></span></b>"
            if self.look.table != "paragraphs":
                whole = f"<p class=MsoNormal align=center>{whole}</p>"
        return whole

    def _figure(self, text: str) -> str:
        look = self.look.figures
        if not text:
            return self.chance.choice(("", "&nbsp;", " ", "<br>", "<span></span>", "\u3000"))
        if look in ("plain", "word") or not any(c.isdigit() for c in text):
            whole = escape(text)
        elif look == "spans":
            whole = "".join(f"<span>{escape(c)}</span>" for c in text)
        elif look == "font":
            whole = (
                f'<font color="#000000"><span><font size="3">{escape(text)}</font></span></font>'
            )
        elif look == "strong":
            whole = f"<strong>{text[:1]}</strong><strong>{escape(text[1:])}</strong>"
        elif look == "entities":
            whole = "".join(f"&#{ord(c)};" for c in text)
        elif look == "full_width":
            whole = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)
        elif look == "nbsp":
            whole = f"&nbsp;{text}&nbsp;&nbsp;"
        elif look == "zero_width":
            whole = f"{text[:1]}&#8203;{escape(text[1:])}\ufeff"
        elif look == "comment":
            whole = f"{text[:1]}<!-- 77 -->{text[1:]}"
        else:
            whole = f"\n        {text}\n      "
        if look == "word" or self.look.page == "word":
            whole = f"<span lang=EN-US style='font-size:10.5pt'>{whole}<o:p></o:p></span>"
            if self.look.table != "paragraphs":
                whole = f"<p class=MsoNormal align=center>{whole}</p>"
        if self.look.footnote_marks and text.isdigit() and self.chance.random() < 0.05:
            self.marked += 1
            whole += f"<sup>{self.marked}</sup>"
        if self.look.hidden and text.isdigit() and self.chance.random() < 0.05:
            whole += '<span style="display:none">9</span>'
        return whole


def _single(slot: Slot) -> Slot:
    return Slot(slot.text, kind=slot.kind)


PINYIN = {
    "報": "bào", "鎮": "zhèn", "務": "wù", "開": "kāi", "請": "qǐng", "數": "shù", "總": "zǒng",
    "業": "yè", "機": "jī", "構": "gòu", "處": "chǔ", "關": "guān", "訴": "sù", "議": "yì",
    "結": "jié", "維": "wéi", "項": "xiàng", "條": "tiáo", "內": "nèi", "執": "zhí",
}  # fmt: skip
"""What copies insert behind traditional characters that have two readings."""


_SIMPLIFIED = (
    "报镇务开请数总业机构处关诉议结维项条内执乡县区东动类团体农国规权线纸发办讯际时长"
    "无门网后费额监设别与举信说问见变须属这还进过对经济续现断应该当众组织联络级复讼称论"
)
_TRADITIONAL = (
    "報鎮務開請數總業機構處關訴議結維項條內執鄉縣區東動類團體農國規權線紙發辦訊際時長"
    "無門網後費額監設別與舉信說問見變須屬這還進過對經濟續現斷應該當眾組織聯絡級復訟稱論"
)


@lru_cache(maxsize=1)
def traditional() -> dict[str, str]:
    """Simplified to the traditional character that copies put in its place."""
    return dict(zip(_SIMPLIFIED, _TRADITIONAL, strict=True))
