"""Renders reports as Word files, part by part, so that every oddity of Word can be put in."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from tests.render import NOTHING
from tests.render_formats import MadeReport, Printed, Slot, Table, part_named

RunKind = Literal[
    "plain", "split", "tracked", "moved", "field", "simple_field", "bookmarks", "hidden", "tagged"
]
BoxKind = Literal["none", "outer_table", "text_box", "content_control"]

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NAMESPACES = (
    f'{W} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


@dataclass(frozen=True, slots=True)
class DocxLook:
    """How a Word file is made. Every switch is one habit of real files."""

    runs: RunKind = "plain"
    box: BoxKind = "none"
    """What the tables stand in."""
    merged: bool = True
    """Merged cells; else every covered position is an empty cell of its own."""
    flat_width: bool = False
    """Cells merged across are marked by hMerge, as old Word did."""
    generated_numbers: bool = False
    """The numbers of headings are made by Word; the text does not hold them."""
    label_breaks: bool = False
    tabs: bool = False
    """A tab in front of every figure."""
    furniture: bool = True
    """Head and foot with page number and title."""
    footnotes: bool = False
    title_style: bool = False
    breaks: bool = False
    """Page breaks between and inside the tables."""
    centred_paragraphs: bool = False
    """Figures stand in the second paragraph of their cell."""
    label_numbers: bool = False
    """The `1.` of row labels is made by Word, starting anew in each group."""
    hard_hyphens: bool = False
    """A minus is Word's hyphen that does not break."""
    indented_rows: bool = False
    """Rows begin after an empty stretch (gridBefore) where a cell above them is merged down."""


def render_docx(made: MadeReport, tables: Printed, look: DocxLook, seed: int = 0) -> bytes:
    """The file as bytes; `seed` decides where things break."""
    writer = _Writer(look, random.Random(seed))
    body = writer.body(made, tables)
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("officeDocument", "word/document.xml"), ("core", "docProps/core.xml")
        ),
        "docProps/core.xml": (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(made.title)}</dc:title></cp:coreProperties>"
        ),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles.xml"),
            ("numbering", "numbering.xml"),
            ("header", "header1.xml"),
            ("footer", "footer1.xml"),
            ("footnotes", "footnotes.xml"),
        ),
        "word/styles.xml": _styles(),
        "word/numbering.xml": _numbering(),
        "word/header1.xml": (
            f"<w:hdr {NAMESPACES}><w:p><w:r><w:t>{escape(made.title)}</w:t></w:r></w:p></w:hdr>"
        ),
        "word/footer1.xml": (
            f"<w:ftr {NAMESPACES}><w:p><w:r><w:t>第</w:t></w:r>"
            '<w:fldSimple w:instr=" PAGE "><w:r><w:t>87</w:t></w:r></w:fldSimple>'
            "<w:r><w:t>页 共88页</w:t></w:r></w:p></w:ftr>"
        ),
        "word/footnotes.xml": (
            f'<w:footnotes {NAMESPACES}><w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>'
            "<w:r><w:t>另有行政许可 6543 件由上级办理。</w:t></w:r></w:p></w:footnote></w:footnotes>"
        ),
    }
    return packed(parts)


def packed(parts: dict[str, str | bytes] | dict[str, str]) -> bytes:
    """A zip with the same bytes for the same parts, whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if isinstance(content, str):
                content = ('<?xml version="1.0" encoding="UTF-8"?>' + content).encode()
            archive.writestr(zipfile.ZipInfo(name, (2023, 1, 18, 9, 30, 0)), content)
    return buffer.getvalue()


def _content_types() -> str:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml."
    named = {
        "document": f"{main}document.main+xml",
        "styles": f"{main}styles+xml",
        "numbering": f"{main}numbering+xml",
        "header1": f"{main}header+xml",
        "footer1": f"{main}footer+xml",
        "footnotes": f"{main}footnotes+xml",
    }
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-'
        'package.core-properties+xml"/>'
        + "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{kind}"/>'
            for name, kind in named.items()
        )
        + "</Types>"
    )


def _relations(*targets: tuple[str, str]) -> str:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    lines = [
        f'<Relationship Id="rId{n}" Type="{core if kind == "core" else f"{office}/{kind}"}" '
        f'Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    ]
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{package}">{"".join(lines)}</Relationships>'


def _styles() -> str:
    return (
        f"<w:styles {NAMESPACES}>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="a0"><w:name w:val="Title"/>'
        '<w:basedOn w:val="a"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/>'
        '<w:basedOn w:val="a"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        "</w:styles>"
    )


def _numbering() -> str:
    return (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        '<w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        '<w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        + "".join(
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0">'
            '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
            for number in range(10, 20)
        )
        + "</w:numbering>"
    )


class _Writer:
    def __init__(self, look: DocxLook, chance: random.Random) -> None:
        self.look, self.chance = look, chance
        self.list = 9
        """The list that numbers the row labels; each group has its own."""

    def body(self, made: MadeReport, tables: Printed) -> str:
        draft = made.draft
        style = "a0" if self.look.title_style else ""
        parts = [self._paragraph(line, style) for line in draft.title]
        parts += [self._paragraph(line) for line in draft.texts.get("preamble", [])]
        for key, heading in draft.headings.items():
            if heading is not None:
                parts.append(self._heading(heading))
            if key == "overview":
                parts += [self._paragraph(line) for line in draft.overview]
            elif (part := part_named(key)) is not None:
                parts += [self._paragraph(line) for line in draft.before.get(part, []) if line]
                for number, table in enumerate(tables.tables[part]):
                    if number and self.look.breaks:
                        parts.append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
                    parts.append(self._boxed(self._table(table)))
                parts.append("<w:p/>")
            else:
                parts += [self._paragraph(line) for line in draft.texts.get(key, NOTHING)]
        references = (
            '<w:headerReference w:type="default" r:id="rId3"/>'
            '<w:footerReference w:type="default" r:id="rId4"/>'
            if self.look.furniture
            else ""
        )
        return "".join(parts) + f"<w:sectPr>{references}</w:sectPr>"

    def _heading(self, text: str) -> str:
        if self.look.generated_numbers:
            return self._paragraph(text.split("、", 1)[1], "1")
        return self._paragraph(text)

    def _paragraph(self, text: str, style: str = "") -> str:
        properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        pieces = text.split("件", 1)
        note = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'
        if self.look.footnotes and len(pieces) == 2 and pieces[0][-1:].isdigit():
            runs = self._runs(pieces[0] + "件") + note + self._runs(pieces[1])
        else:
            runs = self._runs(text)
        return f"<w:p>{properties}{runs}</w:p>"

    def _runs(self, text: str) -> str:
        if not text:
            return ""
        look = self.look.runs
        cut = self.chance.randrange(len(text) + 1)
        first, second = text[:cut], text[cut:]
        if look == "split":
            return "".join(_run(character) for character in text)
        if look == "tracked":
            return (
                _run(first)
                + '<w:del w:id="7" w:author="a"><w:r><w:delText>86</w:delText></w:r></w:del>'
                + f'<w:ins w:id="8" w:author="a">{_run(second)}</w:ins>'
            )
        if look == "field":
            return (
                _run(first)
                + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                + "<w:r><w:instrText> = SUM(ABOVE) 75 </w:instrText></w:r>"
                + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
                + _run(second)
                + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            )
        if look == "moved":
            return (
                _run(first)
                + f'<w:moveFrom w:id="9" w:author="a">{_run("53")}</w:moveFrom>'
                + f'<w:moveTo w:id="10" w:author="a">{_run(second)}</w:moveTo>'
            )
        if look == "simple_field":
            return _run(first) + f'<w:fldSimple w:instr=" REF a ">{_run(second)}</w:fldSimple>'
        if look == "tagged":
            return (
                f'<w:smartTag w:element="chsdate">{_run(first)}</w:smartTag>'
                + '<w:commentRangeStart w:id="1"/>'
                + _run(second)
                + '<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'
            )
        if look == "bookmarks":
            return (
                _run(first)
                + '<w:bookmarkStart w:id="3" w:name="_GoBack"/><w:proofErr w:type="spellStart"/>'
                + f'<w:hyperlink w:anchor="_GoBack">{_run(second)}</w:hyperlink>'
                + '<w:bookmarkEnd w:id="3"/>'
            )
        if look == "hidden":
            return _run(first) + _run("64", "<w:vanish/>") + _run(second)
        return _run(text)

    def _boxed(self, table: str) -> str:
        look = self.look.box
        if look == "outer_table":
            return (
                '<w:tbl><w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid><w:tr><w:tc>'
                f"<w:p/>{table}<w:p/></w:tc></w:tr></w:tbl>"
            )
        if look == "content_control":
            return f"<w:sdt><w:sdtPr/><w:sdtContent>{table}</w:sdtContent></w:sdt>"
        if look == "text_box":
            content = f"<w:txbxContent>{table}<w:p/></w:txbxContent>"
            return (
                '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor>'
                '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/'
                f'wordprocessingShape"><wps:wsp><wps:txbx>{content}</wps:txbx></wps:wsp>'
                "</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback>"
                f"<w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>"
                "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
            )
        return table

    def _table(self, table: Table) -> str:
        width = _width(table)
        grid = '<w:gridCol w:w="800"/>' * width
        rows = [f"<w:tr>{row}</w:tr>" for row in self._rows(table, width)]
        return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"

    def _rows(self, table: Table, width: int) -> list[str]:
        going_on: dict[int, tuple[int, int]] = {}
        """By column: rows that a cell from above still covers, and its columns."""
        rows: list[str] = []
        for row in table:
            cells: list[str] = []
            slots = iter(row)
            at = before = 0
            while at < width:
                left, columns = going_on.get(at, (0, 0))
                if left:
                    going_on[at] = (left - 1, columns)
                    if self.look.indented_rows and not cells:
                        before += columns
                    else:
                        cells += self._cells("", columns, "continue")
                    at += columns
                    continue
                slot = next(slots, None)
                if slot is None:
                    break  # A damaged row with too few cells.
                # Above a stretch without cells nothing is merged: the cell ends with its row.
                merge = "restart" if slot.rows > 1 and not self._indents(at, going_on) else ""
                cells += self._cells(self._content(slot), slot.columns, merge)
                if slot.rows > 1:
                    going_on[at] = (slot.rows - 1, slot.columns)
                at += slot.columns
            for slot in slots:  # A damaged row with too many.
                cells += self._cells(self._content(slot), slot.columns, "")
            stretch = f'<w:trPr><w:gridBefore w:val="{before}"/></w:trPr>' if before else ""
            rows.append(stretch + "".join(cells))
        return rows

    def _indents(self, at: int, going_on: dict[int, tuple[int, int]]) -> bool:
        """Whether the rows below begin after this cell instead of continuing it."""
        x = 0
        while self.look.indented_rows and x < at:
            left, columns = going_on.get(x, (0, 0))
            if not left:
                return False
            x += columns
        return self.look.indented_rows

    def _cells(self, content: str, columns: int, merge: str) -> list[str]:
        content = content or "<w:p/>"
        if not self.look.merged:
            return [f"<w:tc><w:tcPr/>{content}</w:tc>", *["<w:tc><w:p/></w:tc>"] * (columns - 1)]
        down = ""
        if merge:
            down = "<w:vMerge/>" if merge == "continue" else '<w:vMerge w:val="restart"/>'
        if self.look.flat_width and columns > 1:
            first = f'<w:tc><w:tcPr><w:hMerge w:val="restart"/>{down}</w:tcPr>{content}</w:tc>'
            rest = f"<w:tc><w:tcPr><w:hMerge/>{down}</w:tcPr><w:p/></w:tc>"
            return [first, *[rest] * (columns - 1)]
        span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
        return [f"<w:tc><w:tcPr>{span}{down}</w:tcPr>{content}</w:tc>"]

    def _content(self, slot: Slot) -> str:
        if slot.kind in ("figure", "spare"):
            tab = "<w:r><w:tab/></w:r>" if self.look.tabs and slot.text else ""
            before = "<w:p/>" if self.look.centred_paragraphs else ""
            mark = (
                '<w:r><w:footnoteReference w:id="1"/></w:r>'
                if self.look.footnotes and slot.text.isdigit() and self.chance.random() < 0.05
                else ""
            )
            text, minus = slot.text, ""
            if self.look.hard_hyphens and text[:1] == "-" and len(text) > 1:
                text, minus = text[1:], "<w:r><w:noBreakHyphen/></w:r>"
            return f"{before}<w:p>{tab}{minus}{self._runs(text)}{mark}</w:p>"
        if self.look.label_numbers and slot.text[:1].isdigit() and slot.text[1:2] == ".":
            self.list += slot.text[0] == "1"
            numbered = f'<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self.list}"/></w:numPr></w:pPr>'
            return f"<w:p>{numbered}{self._runs(slot.text[2:])}</w:p>"
        if self.look.label_breaks and len(slot.text) > 3:
            cut = self.chance.randrange(2, len(slot.text))  # Not between `5` and its point.
            first, second = self._runs(slot.text[:cut]), self._runs(slot.text[cut:])
            if self.chance.random() < 0.5:
                return f"<w:p>{first}<w:r><w:br/></w:r>{second}</w:p>"
            return f"<w:p>{first}</w:p><w:p>{second}</w:p>"
        return f"<w:p>{self._runs(slot.text)}</w:p>"


def _run(text: str, properties: str = "") -> str:
    if not text:
        return ""
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _width(table: Table) -> int:
    return sum(slot.columns for slot in table[0])
