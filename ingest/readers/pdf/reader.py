"""PDF files: paragraphs and ruled tables in reading order; the place of a block is its page.

A page of a PDF is characters and lines at places; words, cells and paragraphs are found from
those (`lines`, `grid`, `flow`, `pages`). Rows of tables without ruling lines
come out as lines of label and figures, whose columns the labels of the form must tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ingest.document import Block, Document, Paragraph, PictureReader, Witness
from ingest.readers.grids import table_row
from ingest.readers.pdf import fonts
from ingest.readers.pdf.drawing import TooMuch
from ingest.readers.pdf.flow import Column, Flow, columns_of, heads_and_feet, joined
from ingest.readers.pdf.grid import Table, find_tables
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.page import Page, picture_of, read_page
from ingest.readers.pdf.pages import goes_on, rows_of
from ingest.readers.pdf.unruled import Stretch, find_unruled
from knowledge.errors import InputRejected

MAX_BYTES = 100 * 1024 * 1024
"""A report scanned in colour may have 50 MB."""

MAX_PAGES = 200
"""A town's report has 4 to 12 pages, a province's under 40."""

MAX_CHARACTERS = 300_000
"""As for plain text."""

MAX_HEADS = 6
"""Different heads and feet that are kept as witnesses."""

MIN_CHARACTERS = 4
"""Characters on a page with a picture under which it is taken for a scan: a page number."""

UNTOLD = 0.3
"""Share of characters whose fonts do not tell them from which on a file cannot be read."""

SCANNED = (
    "扫描件，没有文字层：请安装识别插件（在镇问的文件夹里运行 pip install '.[ocr]'），"
    "或先用文字识别软件转成带文字的 PDF"
)

NOTHING_RECOGNISED = "扫描件，识别不出文字：请换一份清楚的，或带文字层的 PDF"


def read_pdf(content: bytes, file: str, read_scan: PictureReader | None = None) -> Document:
    """The paragraphs and tables of a PDF; heads, feet and its title as witnesses.

    Scanned pages are handed to `read_scan`, whose blocks stand in their place; those that it
    is not given or cannot read count into `Document.pictures`, as do large pictures.
    Raises: InputRejected if the file is damaged, encrypted, scanned, far too large, or its
    fonts do not tell its characters.
    """
    if len(content) > MAX_BYTES:
        raise InputRejected(file, f"文件有 {len(content) // 1024 // 1024} MB，太大，不像一份年报")
    fonts.stand_in()
    opened = _opened(content, file)
    try:
        return _read(opened, content, file, read_scan)
    finally:
        opened.close()


def _picture(content: bytes, file: str, number: int) -> bytes:
    """A page as a picture; the file is opened again, with fonts that are fit to be looked at."""
    fonts.built_in()
    try:
        opened = _opened(content, file)
        try:
            return picture_of(opened[number - 1])
        finally:
            opened.close()
    finally:
        fonts.stand_in()


def _opened(content: bytes, file: str) -> Any:
    import pypdfium2  # a C library; other commands start without it

    start = content.find(b"%PDF", 0, 1024)
    if start < 0:
        raise InputRejected(file, "不是 PDF 文件：开头没有 PDF 的标记")
    try:
        opened = pypdfium2.PdfDocument(content[start:])
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise InputRejected(file, "PDF 已加密，要密码才能打开：请换一份不加密的") from None
        raise InputRejected(file, "PDF 文件已损坏或不完整，打不开：请重新下载") from None
    if len(opened) > MAX_PAGES:
        pages = len(opened)
        opened.close()
        raise InputRejected(file, f"PDF 有 {pages} 页，太长，不像一份年报")
    return opened


def _read(opened: Any, content: bytes, file: str, read_scan: PictureReader | None) -> Document:
    pages: list[Page] = []
    scans: dict[int, tuple[Block, ...]] = {}
    grids = characters = 0
    for number, page in _each_page(opened, file):
        try:
            drawn = read_page(page, number)
        except TooMuch as reason:
            raise InputRejected(file, f"PDF 第 {number} 页：{reason}，不像一份年报") from None
        if len(drawn.glyphs) <= MIN_CHARACTERS and drawn.pictures and read_scan is not None:
            scans[number] = read_scan(_picture(content, file, number), number, grids)
            grids += sum(1 for block in scans[number] if not isinstance(block, Paragraph))
        pages.append(drawn)
        characters += len(drawn.glyphs)
        if characters > MAX_CHARACTERS:
            raise InputRejected(file, f"文件有 {characters // 10_000} 万字，太长，不像一份年报")
        page.close()
    scanned = SCANNED if read_scan is None else NOTHING_RECOGNISED
    lost = sum(page.lost for page in pages)
    if lost > UNTOLD * characters and lost > 20:
        raise InputRejected(
            file, "PDF 的字体没有给出文字编码，读不出文字：请打印成图片后做文字识别，或换一份文件"
        )
    pictures = sum(page.pictures for page in pages if not scans.get(page.number))
    if not any(scans.values()) and characters <= MIN_CHARACTERS * len(pages):
        if pictures or not characters:
            raise InputRejected(file, scanned if pictures else "PDF 里没有文字")
    layout = _Layout(pages)
    blocks = layout.blocks(scans, grids)
    if not blocks:
        raise InputRejected(file, scanned if pictures else "PDF 里没有文字")
    witnesses = [Witness("running_head", text[:200], page) for text, page in layout.heads]
    title = (opened.get_metadata_dict().get("Title") or "").strip()
    if title:
        witnesses.insert(0, Witness("properties", title[:200], None))
    return Document(tuple(blocks), tuple(witnesses), pictures)


def _each_page(opened: Any, file: str) -> Iterator[tuple[int, Any]]:
    import pypdfium2

    for number in range(1, len(opened) + 1):
        try:
            yield number, opened[number - 1]
        except pypdfium2.PdfiumError:
            raise InputRejected(file, f"PDF 第 {number} 页已损坏，读不出来：请重新下载") from None


class _Layout:
    """Where the tables, columns of text, heads and feet of the pages are."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = pages
        self.tables = {page.number: find_tables(page) for page in pages}
        self.columns: dict[int, list[Column]] = {}
        for page in pages:
            own = self.tables[page.number]
            free = [g for g in page.glyphs if not any(table.holds(g) for table in own)]
            self.columns[page.number] = columns_of(page, free, bool(own))
        everything = [column for own in self.columns.values() for column in own]
        left_out, heads = heads_and_feet(everything, len(pages))
        self.heads = heads[:MAX_HEADS]
        self.columns = {
            number: [
                Column(c.page, tuple(line for line in c.lines if id(line) not in left_out))
                for c in own
            ]
            for number, own in self.columns.items()
        }

    def blocks(self, scans: dict[int, tuple[Block, ...]], grid: int) -> list[Block]:
        """Paragraphs and rows in reading order; grids are numbered from `grid` on."""
        blocks: list[Block] = []
        pieces: list[Table] = []
        """The pieces of the table that may go on on the next page."""
        last: tuple[Line, Flow] | None = None
        """The last line of running text, if nothing else stands behind it."""
        width = min((page.width for page in self.pages), default=0.0)
        alone = [own[0] for own in self.columns.values() if len(own) == 1]
        open_table: Stretch | None = None
        """The table without lines with which the page before ended."""
        whole = Flow.over(alone, width)

        def close_table() -> None:
            nonlocal grid
            if pieces:
                for row in rows_of(pieces):
                    block = table_row(row, grid)
                    if block is not None:
                        blocks.append(block)
                grid += 1
                pieces.clear()

        for page in self.pages:
            if scans.get(page.number):
                close_table()
                blocks += scans[page.number]
                last = None
                continue
            columns = self.columns[page.number]
            for column in columns:
                flow = whole if len(columns) == 1 else Flow.over([column])
                for run in _runs(column, self.tables[page.number]):
                    if isinstance(run, Table):
                        open_table = None
                        # On one page two tables are two, however alike their edges.
                        if pieces and not (
                            pieces[-1].page is not page and goes_on(pieces[-1], run)
                        ):
                            close_table()
                        pieces.append(run)
                        last = None
                        continue
                    close_table()
                    before = last[0] if last else None
                    start = 0
                    for table in find_unruled(run, page.number, grid, page.recognised, open_table):
                        _add_text(blocks, flow, run[start : table.start], page, before)
                        blocks += table.blocks
                        start, before, grid = table.end, None, max(grid, table.grid + 1)
                        open_table = table
                    if start < len(run):
                        open_table = None
                    _add_text(blocks, flow, run[start:], page, before)
                    last = (run[-1], flow) if start < len(run) else None
        close_table()
        return blocks


def _add_text(
    blocks: list[Block], flow: Flow, lines: Sequence[Line], page: Page, before: Line | None
) -> None:
    """Adds the paragraphs of lines to the blocks; the first may go on the last of those."""
    for paragraph, follows in flow.paragraphs(lines, page, before):
        above = blocks[-1] if blocks else None
        if follows and isinstance(above, Paragraph):
            text = joined(above.text, paragraph.text)
            blocks[-1] = Paragraph(text, above.line, above.recognised)
        else:
            blocks.append(paragraph)


def _runs(column: Column, tables: Sequence[Table]) -> Iterator[Table | list[Line]]:
    """The tables of a page and the runs of lines between them, from top to bottom."""
    waiting = list(tables)
    run: list[Line] = []
    for line in column.lines:
        while waiting and waiting[0].top < (line.top + line.bottom) / 2:
            if run:
                yield run
                run = []
            yield waiting.pop(0)
        run.append(line)
    if run:
        yield run
    yield from waiting
