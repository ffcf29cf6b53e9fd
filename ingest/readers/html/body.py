"""Which part of a page is the report; what stands around it becomes witnesses or nothing.

The report is where its headings and its form stand: the smallest block that holds them all.
Between the first and the last of them everything stays. What the page prints around them
(path, menu, other articles, who runs the site) can so become no figure. A page on which they
cannot be told keeps all its text that is no link and no known line of a page's frame.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ingest.document import Block, Paragraph, Row, Witness, WitnessKind
from ingest.readers.html.grid import GridRow, Printed
from ingest.readers.html.page_words import page_words
from ingest.readers.html.parts import Flow, Line, Picture
from knowledge.text import fold, solid, squeeze

MAX_HEADING = 45
"""Characters of a heading, as in `ingest.sections`."""

MAX_META = 220
"""Characters of a line of labels beside the text (日期, 来源, 字体, 浏览次数 in one)."""

MIN_WIDTH, MIN_HEIGHT = 200, 80
"""Pixels from which a picture may hold a table that can be read."""

_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}|[—-])[、.,:]|\([一二三四五六七八九十]{1,3}\)"
)
_NUMBERING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、])"
)
_ARROWS = re.compile(r"[>›»→]|&gt;|::|/")
_WHITE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """The report's blocks, what stands around it, and the pictures in it that may be tables.

    `certain`: the report's own headings or tables were found.
    """

    blocks: tuple[Block, ...]
    witnesses: tuple[Witness, ...]
    pictures: tuple[Picture, ...]
    certain: bool


@dataclass(slots=True)
class _Around:
    """Collects witnesses from lines that are no part of the report."""

    witnesses: list[Witness] = field(default_factory=list)
    waiting: WitnessKind | None = None
    """The kind of a label whose value stands in the next line."""
    path: list[str] | None = None
    path_line: int = 0

    def add(self, kind: WitnessKind, text: str, line: int | None) -> None:
        text = text.strip(" :[]【】()|")
        if text and len(self.witnesses) < 60:
            self.witnesses.append(Witness(kind, text[:200], line))

    def end_path(self) -> None:
        if self.path:
            self.add("breadcrumb", " > ".join(self.path), self.path_line)
        self.path = None


def cut_page(
    flow: Flow,
    printed: Sequence[Printed],
    recognise: Callable[[Picture, int], tuple[Block, ...]] | None = None,
) -> Page:
    """The report's part of a page in reading order, its witnesses and its pictures.

    `recognise` gives the blocks on a picture, given the number of the next grid; a picture
    that it gives none for stays among `Page.pictures`.
    """
    grids = 1 + max((p.row.grid or 0 for p in printed if isinstance(p, GridRow)), default=0)
    around = _Around()
    if flow.title is not None:
        around.add("page_title", *flow.title)
    words = page_words()
    for name, content, line in flow.metas:
        kind = words.metas.get(name)
        if kind is not None:
            around.add(kind, " ".join(content.split()), line)
    anchors = _anchors(printed)
    body = _body(flow, printed, anchors)
    first, last = (anchors[0], anchors[-1]) if anchors else (len(printed), -1)
    indexes = _index_tables(printed, first)
    blocks: list[Block] = []
    pictures: list[Picture] = []
    ended = False
    for number, item in enumerate(printed):
        inside = body[number]
        if isinstance(item, Picture):
            if inside and not ended and may_hold_table(item):
                found = recognise(item, grids) if recognise is not None else ()
                if not found:
                    pictures.append(item)
                own = [block.grid or 0 for block in found if isinstance(block, Row)]
                grids = max([grids, *(grid + 1 for grid in own)])
                blocks += found
            continue
        if first <= number <= last and inside:
            around.end_path()
            blocks.append(_block(item))
            continue
        if isinstance(item, GridRow):
            if item.row.grid in indexes:
                _index_row(item, around)
            elif inside and not ended:
                blocks.append(item.row)
            continue
        key = solid(item.text) if len(item.text) <= MAX_META else ""
        if number > last and anchors and key.strip(":") in words.lists:
            ended = True
        if _is_frame(item, key, around, before=number < first or not anchors):
            continue
        if inside and not ended and not item.linked:
            blocks.append(_block(item))
        elif number < first and not item.linked and not inside:
            if item.heading or (len(key) <= 60 and words.titles.search(key)):
                around.add("heading", item.text, item.line)
    around.end_path()
    return Page(tuple(blocks), tuple(around.witnesses), tuple(pictures), bool(anchors))


def may_hold_table(picture: Picture) -> bool:
    """Whether a picture is large enough to hold a table, as far as the page says."""
    width, height = picture.width, picture.height
    if (width is not None and width < MIN_WIDTH) or (height is not None and height < MIN_HEIGHT):
        return False
    if picture.source.startswith("data:"):
        return len(picture.source) > 5_000
    if width is not None and height is not None:
        return True
    name = picture.source.rsplit("?", 1)[0].rsplit("/", 1)[-1].lower()
    return bool(name) and not any(word in name for word in page_words().ornaments)


def _block(item: Line | GridRow) -> Block:
    return item.row if isinstance(item, GridRow) else Paragraph(item.text, item.line)


def _anchors(printed: Sequence[Printed]) -> list[int]:
    """Where the report's headings and the rows of its form stand; none if only one heading does."""
    words = page_words()
    lines: list[int] = []
    grids: set[int | None] = set()
    rows: list[int] = []
    for number, item in enumerate(printed):
        if isinstance(item, Line):
            if not item.linked and len(item.text) <= 2 * MAX_HEADING:
                key = solid(item.text)
                if len(key) <= MAX_HEADING and words.headings.search(key):
                    numbered = _NUMBERED.match(key)
                    rest = key[numbered.end() :] if numbered else key
                    if numbered or words.headings.fullmatch(rest.removesuffix("情况")):
                        lines.append(number)
        elif isinstance(item, GridRow):
            if item.row.grid is not None and item.row.grid in grids:
                rows.append(number)
            elif _is_form_row(item):
                grids.add(item.row.grid)
                rows.append(number)
    return sorted([*lines, *rows]) if len(lines) > 1 or rows else []


def _is_form_row(item: GridRow) -> bool:
    words = page_words()
    for cell in item.row.cells:
        if 3 <= len(cell.text) <= 60 and not cell.text.isascii():
            key = solid(cell.text)
            if _NUMBERING.sub("", key, count=1) in words.cells:
                return True
    return False


def _body(flow: Flow, printed: Sequence[Printed], anchors: Sequence[int]) -> list[bool]:
    """For each item whether it is in the part of the page that holds the report."""
    outer = _inside(flow.parents, flow.furniture)
    nodes = [printed[number].node for number in anchors]
    if not anchors:
        return [not outer[item.node] for item in printed]
    common = _common(flow.parents, nodes)
    common = _widened(flow, common)
    held = _inside(flow.parents, {common})
    blamed = any(outer[node] for node in nodes)
    body = [held[item.node] and (blamed or not outer[item.node]) for item in printed]
    _add_neighbours(flow, printed, body, common, outer)
    return body


def _inside(parents: Sequence[int], roots: set[int]) -> list[bool]:
    """For each block whether it is one of `roots` or inside one; parents stand before children."""
    found = [False] * len(parents)
    for node in range(len(parents)):
        found[node] = node in roots or (node > 0 and found[parents[node]])
    return found


def _common(parents: Sequence[int], nodes: Iterable[int]) -> int:
    """The innermost block around all of `nodes`. A block's number is larger than its parent's."""
    common: int | None = None
    for node in nodes:
        if common is None:
            common = node
        while node != common:
            if node > common:
                node = parents[node]
            else:
                common = parents[common]
    return common or 0


def _widened(flow: Flow, common: int) -> int:
    """The block around `common` if this is one of several alike: a page or section of the report."""
    for _ in range(5):
        tag, look = flow.kinds[common]
        name = look.attributes.get("class")
        if common == 0 or tag in ("td", "tr") or not (name or tag == "section"):
            return common
        alike = any(
            above == flow.parents[common]
            and node != common
            and flow.kinds[node][0] == tag
            and flow.kinds[node][1].attributes.get("class") == name
            for node, above in enumerate(flow.parents)
        )
        if not alike:
            return common
        common = flow.parents[common]
    return common


def _add_neighbours(
    flow: Flow, printed: Sequence[Printed], body: list[bool], common: int, outer: Sequence[bool]
) -> None:
    """Takes in the lines that follow on the report directly beside its block, before and behind.

    A preamble, the end of the last section or the signature may stand there; the first link or
    line of the page's frame ends them.
    """
    held = [number for number, inside in enumerate(body) if inside]
    if not held or common == 0:
        return
    beside = flow.parents[common]
    for numbers in (range(held[-1] + 1, len(printed)), range(held[0] - 1, -1, -1)):
        for number in numbers:
            item = printed[number]
            if isinstance(item, Picture):
                continue
            node = item.node
            near = beside in (node, flow.parents[node], flow.parents[flow.parents[node]])
            if not isinstance(item, Line) or not near or outer[node] or item.linked or item.heading:
                break
            if _is_frame(item, solid(item.text[:MAX_META]), _Around(), before=True):
                break
            body[number] = True


def _is_frame(item: Line, key: str, around: _Around, before: bool) -> bool:
    """Whether a line belongs to the page's frame; keeps what it witnesses in `around`."""
    words = page_words()
    text = item.text
    if around.path is not None:
        if item.linked or len(key) <= 2 or _ARROWS.match(key):
            around.path += [part.strip() for part in _ARROWS.split(text) if part.strip()]
            return True
        if not before or len(around.path) > 12 or len(key) > 20 or key in words.whole:
            around.end_path()
        else:
            around.path.append(text)
            around.end_path()
            return True
    if around.waiting is not None:
        kind, around.waiting = around.waiting, None
        if len(text) <= 60 and not words.label.match(fold(text)):
            around.add(kind, text, item.line)
            return True
    if not key or len(text) > MAX_META:
        return False
    found = words.breadcrumb.match(key)
    if found is not None:
        rest = re.sub(r"^.{0,9}?(?:位置|栏目)(?:是)?[:：]?", "", text)
        around.path = [part.strip() for part in _ARROWS.split(rest) if part.strip()]
        around.path_line = item.line
        return True
    parts = [squeeze(part) for part in _ARROWS.split(fold(text))]
    if before and len(parts) > 1 and parts[0] in words.first:
        around.add("breadcrumb", text, item.line)
        return True
    if key in words.whole or words.begins.match(key) or words.holds.search(key):
        return True
    return "。" not in text and _is_meta(item, around)


def _is_meta(item: Line, around: _Around) -> bool:
    """Whether a line is made of labels with their values (发布日期：… 来源：…)."""
    words = page_words()
    text = _WHITE.sub(" ", fold(item.text)).strip(" []【】()|")
    found = list(words.label.finditer(text))
    if not found or found[0].start() != 0:
        return False
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=True):
        kind = _kind(words.kind_of[squeeze(match[1])])
        value = text[match.end() : end].strip()
        if kind is not None and value:
            around.add(kind, value, item.line)
        elif kind is not None and end == len(text):
            around.waiting = kind
    return True


def _kind(label: str) -> WitnessKind | None:
    kinds: dict[str, WitnessKind] = {
        "publisher": "publisher",
        "published": "published",
        "title": "heading",
    }
    return kinds.get(label)


def _index_tables(printed: Sequence[Printed], first: int) -> set[int]:
    """Tables before the report that only say what the page is: 索引号, 发布机构, 生成日期."""
    words = page_words()
    labels: dict[int, int] = {}
    cells: dict[int, int] = {}
    for item in printed[:first]:
        if isinstance(item, GridRow) and item.row.grid is not None:
            keys = [solid(cell.text).strip(":") for cell in item.row.cells if cell.text]
            known = sum(
                key in words.kind_of or words.label.match(key + ":") is not None for key in keys
            )
            grid = item.row.grid
            labels[grid] = labels.get(grid, 0) + known
            cells[grid] = cells.get(grid, 0) + len(keys)
    return {grid for grid, known in labels.items() if known >= 2 and 3 * known >= cells[grid]}


def _index_row(item: GridRow, around: _Around) -> None:
    words = page_words()
    kind: WitnessKind | None = None
    for cell in item.row.cells:
        key = solid(cell.text).strip(":")
        if key in words.kind_of:
            kind = _kind(words.kind_of[key])
        elif cell.text:
            if kind is not None:
                around.add(kind, cell.text, cell.line)
                kind = None
            else:
                _is_meta(Line(cell.text, cell.line or 0, item.node, False, False), around)
