"""Word files (.docx): paragraphs and tables in reading order, as Word would print them.

A Word file has no lines and, until it is printed, no pages: `line` is None everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.document import Block, Document, Paragraph, PictureReader, Row, Witness
from ingest.readers.packages import Package
from ingest.readers.word.lines import LineReader
from ingest.readers.word.names import (
    BOX,
    CHOICE,
    CONTROL,
    CONTROL_CONTENT,
    CONTROL_PROPERTIES,
    EITHER,
    FALLBACK,
    PARAGRAPH,
    PARAGRAPH_PROPERTIES,
    TABLE,
    VAL,
    WRAPPERS,
    chosen,
    w,
)
from ingest.readers.word.numbering import Numbering, Style, read_styles, style_chain
from ingest.readers.word.tables import CellContent, lines_to_blocks, read_table
from knowledge.errors import InputRejected
from knowledge.numerals import is_blank

KIND = "Word 文档（.docx）"

MAX_CHARACTERS = 300_000
"""As for plain text: the longest report of a province has under 100,000."""

MAX_PARAGRAPHS = 50_000
"""Paragraphs, those in cells included; the longest report has under 5,000. Bounds the time."""

MAX_HEADS = 6
"""Different heads and feet that are kept as witnesses."""

"""A picture and the number of the next grid to the blocks in it, () if it holds none."""

_STYLE, _EMBEDDED, _GALLERY = w("pStyle"), w("altChunk"), w("docPartGallery")
_HAN = re.compile("[\u3400-\u9fff]")


def read_docx(content: bytes, file: str, read_picture: PictureReader | None = None) -> Document:
    """The paragraphs and tables of a Word file; heads, feet and its title as witnesses.

    Pictures large enough for a table are handed to `read_picture`, whose blocks stand in their
    place; those that it is not given or cannot read count into `Document.pictures`.
    Raises: InputRejected if the file is damaged, encrypted, far too large, or holds its text as
    another file inside.
    """
    package = Package(content, file, KIND)
    name = package.main_part("word/document.xml")
    root = package.tree(name)
    relations = package.relations(name)
    parts = {kind: part for kind, part in relations.values() if package.has(part)}
    styles = read_styles(package.tree(parts["styles"]) if "styles" in parts else None)
    numbers = package.tree(parts["numbering"]) if "numbering" in parts else None
    images = {key: part for key, (kind, part) in relations.items() if kind == "image"}
    body = _Body(
        styles, Numbering(numbers, styles), _fields_end(root), package, images, read_picture
    )
    for child in root:
        if child.tag == w("body"):
            body.read(child)
    if body.embeds and not body.blocks:
        raise InputRejected(file, f"{KIND}的正文是嵌进去的另一个文件，请用 Word 打开后另存一份")
    if not body.blocks and not body.pictures:
        raise InputRejected(file, f"{KIND}里没有文字")
    if body.characters > MAX_CHARACTERS:
        raise InputRejected(file, f"文件有 {body.characters // 10_000} 万字，太长，不像一份年报")
    return Document(tuple(body.blocks), tuple(_witnesses(package, relations)), body.pictures)


def _fields_end(root: Any) -> bool:
    """Whether as many fields end as begin."""
    kinds = [mark.get(w("fldCharType")) for mark in root.iter(w("fldChar"))]
    return kinds.count("begin") == kinds.count("end")


def _witnesses(package: Package, relations: dict[str, tuple[str, str]]) -> Iterator[Witness]:
    title = package.title()
    if title:
        yield Witness("properties", title[:200], None)
    seen: set[str] = set()
    for kind, part in relations.values():
        if kind not in ("header", "footer") or not package.has(part):
            continue
        body = _Body({}, Numbering(None, {}), True, package, {}, None)
        body.read(package.tree(part))
        for paragraph in body.blocks:
            if isinstance(paragraph, Paragraph) and _HAN.search(paragraph.text):
                if paragraph.text not in seen and len(seen) < MAX_HEADS:
                    seen.add(paragraph.text)
                    yield Witness("running_head", paragraph.text[:200], None)


class _Body:
    """Walks the parts of a document; the blocks read so far stand in `blocks`."""

    def __init__(
        self,
        styles: dict[str, Style],
        numbering: Numbering,
        whole_fields: bool,
        package: Package,
        images: dict[str, str],
        read_picture: PictureReader | None,
    ) -> None:
        self.blocks: list[Block] = []
        self.pictures = 0
        self.characters = 0
        self.paragraphs = 0
        self.embeds = False
        self._numbering = numbering
        hidden = frozenset(key for key in styles if _is_hidden(styles, key))
        raised, struck = (
            frozenset(k for k in styles if any(getattr(s, way) for s in style_chain(styles, k)))
            for way in ("raised", "struck")
        )
        self._lines = LineReader(hidden, raised, struck, whole_fields)
        self._left_out = hidden | {
            key
            for key in styles
            if any(s.name.startswith("toc ") for s in style_chain(styles, key))
        }
        self._package = package
        self._images = images
        self._read_picture = read_picture
        self._grids = 0
        self._later: list[Any] | None = None
        """Text boxes inside a table, which follow it; None outside of tables."""

    def read(self, parent: Any) -> None:
        for child in parent:
            tag = child.tag
            if tag == PARAGRAPH:
                self._paragraph(child)
            elif tag == TABLE:
                self._table(child)
            elif tag in WRAPPERS:
                self.read(child)
            elif tag == CONTROL:
                content = child.find(CONTROL_CONTENT)
                if content is not None and not _is_contents(child):
                    self.read(content)
            elif tag == EITHER:
                branch = chosen(child)
                if branch is not None:
                    self.read(branch)
            elif tag == _EMBEDDED:
                self.embeds = True

    def _paragraph(self, paragraph: Any) -> None:
        lines, boxes = self._printed(paragraph)
        self.blocks.extend(lines_to_blocks(lines))
        for box in boxes:
            if self._later is None:
                self.read(box)
            else:
                self._later.append(box)

    def _printed(self, paragraph: Any, in_table: bool = False) -> tuple[list[str], list[Any]]:
        """The lines of a paragraph, its generated number in front, and its text boxes."""
        self.paragraphs += 1
        if self.paragraphs > MAX_PARAGRAPHS or self.characters > MAX_CHARACTERS:
            raise InputRejected(self._package.file, f"{KIND}长得不正常，不像一份年报")
        properties = paragraph.find(PARAGRAPH_PROPERTIES)
        style: str | None = None
        if properties is not None:
            named = properties.find(_STYLE)
            style = named.get(VAL) if named is not None else None
        number = self._numbering.number(properties, style)
        printed = self._lines.read(paragraph)
        for picture in printed.pictures:
            self._picture(picture)
        lines = printed.lines
        if style in self._left_out:
            lines = []
        self.characters += sum(map(len, lines))
        if number and lines and _takes_number(number, lines[0], in_table):
            lines[0] = number + lines[0].lstrip()
        return lines, printed.boxes

    def _picture(self, relation: str) -> None:
        """The blocks of a picture in its place, or one more that was not read."""
        part = self._images.get(relation)
        if self._read_picture is not None and part is not None and self._package.has(part):
            blocks = self._read_picture(self._package.read(part), None, self._grids)
            if blocks:
                grids = [block.grid for block in blocks if isinstance(block, Row)]
                self._grids = max([self._grids, *(grid + 1 for grid in grids if grid is not None)])
                self.blocks.extend(blocks)
                return
        self.pictures += 1

    def _table(self, table: Any) -> None:
        outermost = self._later is None
        if outermost:
            self._later = []
        number = self._grids
        self._grids += 1
        self.blocks.extend(read_table(table, self._cell, number))
        if outermost:
            boxes, self._later = self._later or [], None
            for box in boxes:
                self.read(box)

    def _cell(self, cell: Any) -> CellContent:
        """The content of a cell; its blocks are not yet among those of the document."""
        outside, self.blocks = self.blocks, []
        lines: list[str] = []
        self._cell_content(cell, lines)
        inside, self.blocks = self.blocks, outside
        return CellContent(lines, inside)

    def _cell_content(self, parent: Any, lines: list[str]) -> None:
        """Gathers the lines of a cell and, once there is more in it, its blocks in order."""
        for child in parent:
            tag = child.tag
            if tag == PARAGRAPH:
                had = bool(self.blocks)
                printed, boxes = self._printed(child, in_table=True)
                if self.blocks:
                    if not had:  # a picture was read
                        self.blocks[:0] = lines_to_blocks(lines)
                    self.blocks.extend(lines_to_blocks(printed))
                lines.extend(printed)
                if boxes and self._later is not None:
                    self._later.extend(boxes)
            elif tag == TABLE:
                if not self.blocks:
                    self.blocks.extend(lines_to_blocks(lines))
                self._table(child)
            elif tag in WRAPPERS or tag in (CHOICE, FALLBACK, BOX):
                self._cell_content(child, lines)
            elif tag == CONTROL:
                content = child.find(CONTROL_CONTENT)
                if content is not None:
                    self._cell_content(content, lines)
            elif tag == EITHER:
                branch = chosen(child)
                if branch is not None:
                    self._cell_content(branch, lines)


def _is_hidden(styles: dict[str, Style], identifier: str) -> bool:
    own = (style.hidden for style in style_chain(styles, identifier) if style.hidden is not None)
    return next(own, False)


def _is_contents(control: Any) -> bool:
    """Whether a content control is the table of contents: its headings are no sections."""
    properties = control.find(CONTROL_PROPERTIES)
    if properties is None:
        return False
    gallery = next(properties.iter(_GALLERY), None)
    return gallery is not None and gallery.get(VAL) == "Table of Contents"


def _takes_number(number: str, line: str, in_table: bool) -> bool:
    """Whether a generated number may stand before a line without making another figure.

    `1.` before 5 would read 1.5, so a number goes only before words; in a table only before a
    label, since a list that was laid over figures numbers them too.
    """
    first = line.lstrip()[:1]
    if first.isdigit() or first in "+-.%％":
        return False
    if in_table:
        return len(_HAN.findall(line)) > 1 and not is_blank(line)
    return True
