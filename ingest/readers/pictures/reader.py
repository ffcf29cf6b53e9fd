"""Scanned pages and pictures of tables, read by a recogniser where the extra `[ocr]` is there.

What comes out is marked as recognised: its figures carry the caution `read_by_ocr`, and rows
whose own arithmetic does not hold are not stored. A figure that the recogniser reads in two
ways, or is not sure of, is unreadable here already: `UNREADABLE` stands in its place.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, TypeAlias

from ingest.document import Block, Paragraph, PictureReader
from ingest.readers.pictures.grid import Box, find_grids, grid_rows

Pixels: TypeAlias = Any
"""A picture as a numpy array of grey values; numpy comes with the recogniser only."""

UNREADABLE = "[看不清]"
"""Stands for a figure that is not certain; it is words, so no cell is read from it."""

WIDTH = 1_700
"""Pixels. A page of text is brought to about this width: characters are then 20 to 40 pixels
high, at which the recogniser reads best; larger costs time."""

MAX_PIXELS = 60_000_000
"""A page scanned at 600 dpi has 35 million; more is a bomb."""

SURE = 0.9
"""Score that one of two looks at a figure must reach; printed digits score 0.98 and more."""

POSSIBLE = 0.5
"""Score that the other look must reach; a lone 0 in a poor scan scores 0.6 on the whole page."""

_FIGURE = re.compile(r"[\d.,+\-]+")
_RINGS = frozenset({"O", "o", "〇", "○", "0"})
"""What a lone 0 is read as; no cell of the form holds a letter."""


def can_recognise() -> bool:
    """Whether the optional recogniser is installed (`pip install '.[ocr]'`)."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


MAX_PICTURES = 40
"""Pictures of one file that are looked at; a scanned report has 4 to 12 pages."""


def picture_reader(grant: Callable[[], None]) -> PictureReader | None:
    """The reader of pictures for one file, None where no recogniser is installed.

    `grant` is called before each picture: looking at one takes seconds.
    """
    if not can_recognise():
        return None
    seen = 0

    def read(content: bytes, line: int | None, grid: int) -> tuple[Block, ...]:
        nonlocal seen
        seen += 1
        if seen > MAX_PICTURES:
            return ()
        grant()
        return read_picture(content, line, grid)

    return read


def read_picture(content: bytes, line: int | None, grid: int = 0) -> tuple[Block, ...]:
    """Paragraphs and table rows in a picture, from top to bottom, all marked as recognised.

    `line` is given to all of them (a page of a PDF, the line of an image in HTML); tables are
    numbered from `grid` on. Empty if it is no picture, is too large, or holds no text.
    """
    import cv2
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MAX_PIXELS:
                return ()
            grey = image.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return ()
    import numpy

    pixels: Pixels = numpy.asarray(grey)
    if min(pixels.shape) < 40:
        return ()
    scale = WIDTH / pixels.shape[1]
    if scale < 0.8 or 1.25 < scale < 3:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=how)
    return _blocks(_upright(pixels), line, grid)


def _blocks(pixels: Pixels, line: int | None, number: int) -> tuple[Block, ...]:
    words = _words(pixels)
    grids = find_grids(_white_areas(pixels), gap=12)
    placed: list[tuple[float, list[Block]]] = []
    for place, grid in enumerate(grids):
        texts = _cell_texts(pixels, [cell[0] for cell in grid.cells], words)
        placed.append((grid.box.top, list(grid_rows(grid, texts, number + place, line))))
    outside = [word for word in words if not any(g.box.holds(word[0].centre) for g in grids)]
    placed += [(top, [Paragraph(text, line, recognised=True)]) for top, text in _lines(outside)]
    placed.sort(key=lambda block: block[0])
    return tuple(block for _, blocks in placed for block in blocks)


@lru_cache(maxsize=1)
def _recogniser() -> Any:
    """The recogniser with the models of its package; a second of loading, once a process."""
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"Global.log_level": "error", "Global.use_cls": False})


Word = tuple[Box, str, float]


def _words(pixels: Pixels) -> list[Word]:
    import cv2

    found = _recogniser()(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR))
    if found.boxes is None:
        return []
    words = []
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
        words.append((Box(min(xs), min(ys), max(xs), max(ys)), str(text), float(score)))
    return words


def _white_areas(pixels: Pixels) -> list[Box]:
    """The areas closed in by ruling lines, that could be cells."""
    import cv2
    import numpy

    ink = cv2.adaptiveThreshold(
        pixels, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12
    )
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, numpy.ones((1, 60), numpy.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, numpy.ones((28, 1), numpy.uint8))
    # A line is drawn on a little way, so that corners close where the scan lost a few pixels.
    across = cv2.dilate(across, numpy.ones((3, 15), numpy.uint8))
    down = cv2.dilate(down, numpy.ones((15, 3), numpy.uint8))
    free = cv2.bitwise_not(cv2.bitwise_or(across, down))
    _, _, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4)
    height, width = pixels.shape
    boxes = []
    for left, top, wide, high, area in stats[1:]:
        on_edge = left == 0 or top == 0 or left + wide == width or top + high == height
        if on_edge or wide < 14 or high < 14 or area < 0.8 * wide * high:
            continue
        boxes.append(Box(float(left), float(top), float(left + wide), float(top + high)))
    return boxes if len(boxes) <= 4_000 else []


def _upright(pixels: Pixels) -> Pixels:
    """The picture turned so that its long lines run level; up to 3 degrees of a crooked scan."""
    import cv2
    import numpy

    ink = cv2.adaptiveThreshold(
        pixels, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12
    )
    found = cv2.HoughLinesP(
        ink, 1, numpy.pi / 1800, 200, minLineLength=pixels.shape[1] // 4, maxLineGap=8
    )
    if found is None:
        return pixels
    angles = []
    for x1, y1, x2, y2 in numpy.asarray(found).reshape(-1, 4):
        angle = float(numpy.degrees(numpy.arctan2(float(y2 - y1), float(x2 - x1))))
        if abs(angle) <= 3:
            angles.append(angle)
    angle = float(numpy.median(angles)) if angles else 0.0
    if abs(angle) < 0.1:
        return pixels
    height, width = pixels.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return numpy.asarray(
        cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    )


def _cell_texts(pixels: Pixels, cells: Sequence[Box], words: Sequence[Word]) -> list[str]:
    """The text of each cell; UNREADABLE for a figure that is not certain, "" without any ink.

    Figures are looked at a second time, each cut out: both looks must agree.
    """
    texts: list[str] = []
    cuts: dict[int, Pixels] = {}
    scores: dict[int, float] = {}
    for number, cell in enumerate(cells):
        inside = [word for word in words if cell.holds(word[0].centre)]
        text = "".join(line for _, line in _lines(inside))
        texts.append("0" if text in _RINGS else text)
        if _is_crossed(cell, inside, words) or not inside:
            cut = _cut(pixels, cell, margin=-3)
            texts[-1] = ""
            if inside or _has_ink(cut):
                cuts[number] = _trimmed(cut)
        elif _FIGURE.fullmatch(texts[-1]):
            box = inside[0][0] if len(inside) == 1 else cell
            cuts[number] = _cut(pixels, box, margin=3 if len(inside) == 1 else -3)
            scores[number] = min(word[2] for word in inside)
    for number, (again, score) in zip(cuts, _recognise_lines(list(cuts.values())), strict=True):
        if number not in scores:
            texts[number] = again if score >= SURE else UNREADABLE
            continue
        low, high = sorted((scores[number], score))
        if again != texts[number] or low < POSSIBLE or high < SURE:
            texts[number] = UNREADABLE
    return texts


def _is_crossed(cell: Box, inside: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether words run over the edges of a cell: then what is whose is not known."""
    if any(word[0].left < cell.left - 8 or word[0].right > cell.right + 8 for word in inside):
        return True
    return any(
        word not in inside
        and word[0].top < cell.centre[1] < word[0].bottom
        and min(word[0].right, cell.right) - max(word[0].left, cell.left) > 8
        for word in words
    )


def _cut(pixels: Pixels, box: Box, margin: int) -> Pixels:
    top, left = max(0, int(box.top) - margin), max(0, int(box.left) - margin)
    return pixels[top : int(box.bottom) + margin, left : int(box.right) + margin]


def _trimmed(cut: Pixels) -> Pixels:
    """A cut-out without the white around what is printed in it."""
    import numpy

    rows, columns = numpy.where(cut < 160)
    if len(rows) == 0:
        return cut
    return cut[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _has_ink(cut: Pixels) -> bool:
    """Whether something is printed in a cell: more than specks of dirt."""
    if cut.size == 0:
        return False
    return bool((cut < 128).sum() > 6) or bool((cut < 160).sum() > 20)


def _recognise_lines(cuts: Sequence[Pixels]) -> list[tuple[str, float]]:
    """The text of each cut-out, and how sure the recogniser is of it; dirt is smoothed away."""
    import cv2

    if not cuts:
        return []
    prepared = []
    for cut in cuts:
        smooth = cv2.GaussianBlur(cut, (5, 5), 0)
        framed = cv2.copyMakeBorder(smooth, 6, 6, 10, 10, cv2.BORDER_REPLICATE)
        prepared.append(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR))
    found = _recogniser().recognize_txt(prepared)
    texts = [str(text).strip() for text in found.txts or ()]
    return [
        ("0" if text in _RINGS else text, float(score))
        for text, score in zip(texts, found.scores, strict=True)
    ]


def _lines(words: Iterable[Word]) -> list[tuple[float, str]]:
    """Words as lines of text, each with its top, from top to bottom; blanks where words part."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word[0].centre[1]):
        last = lines[-1][-1][0] if lines else None
        if last is not None and last.top < word[0].centre[1] < last.bottom:
            lines[-1].append(word)
        else:
            lines.append([word])
    joined = []
    for line in lines:
        line.sort(key=lambda word: word[0].left)
        text = line[0][1]
        for before, word in zip(line, line[1:], strict=False):
            apart = word[0].left - before[0].right > 0.6 * (word[0].bottom - word[0].top)
            text += (" " if apart else "") + word[1]
        joined.append((min(word[0].top for word in line), text))
    return joined
