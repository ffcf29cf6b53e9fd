"""Ruling lines, dark areas and pictures of a PDF page, and how its texts are clipped."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

MAX_OBJECTS = 60_000
"""Lines, texts and pictures of one page, those inside forms included."""

MAX_SEGMENTS = 2_000
"""Segments of one path; ruling lines have up to four each, drawings many more."""

MAX_DEPTH = 6

THIN = 3.2
"""Points: a filled rectangle this thin is a ruling line."""

PALE = 0.93
"""Lightness from which ink on white paper is not to be seen."""


FAINT = 0.6
"""Lightness from which large type is a watermark."""


class Rule(NamedTuple):
    """A ruling line, level or upright: top equals bottom, or left equals right."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def level(self) -> bool:
        return self.right - self.left >= self.bottom - self.top


Point = tuple[float, float]


class TooMuch(Exception):
    """A page with more on it than any report has; the message says what."""


class Drawn:
    """Ruling lines, dark areas and pictures of a page, and how its texts are clipped."""

    def __init__(self, page: Any, place: Callable[[float, float], Point], paper: Point) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._place = place
        self._paper = paper
        self.rules: list[Rule] = []
        self.dark: list[tuple[float, float, float, float]] = []
        self.pictures: list[tuple[float, float]] = []
        self.clips: dict[int, tuple[float, float, float, float]] = {}
        self._count = 0
        identity = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        for n in range(pdfium.FPDFPage_CountObjects(page.raw)):
            self._add(pdfium.FPDFPage_GetObject(page.raw, n), identity, 0)

    def covering(self, area: float) -> bool:
        """Whether one picture covers most of a page of this size, as a scan does."""
        return any(w * h > 0.5 * area for w, h in self.pictures)

    def _add(self, obj: Any, matrix: tuple[float, ...], depth: int) -> None:
        pdfium = self._pdfium
        self._count += 1
        if self._count > MAX_OBJECTS:
            raise TooMuch("一页里画了几万条线")
        kind = pdfium.FPDFPageObj_GetType(obj)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT and depth == 0:
            clip = self._clip(obj)
            if clip is not None:
                self.clips[address_of(obj)] = clip
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(obj, _times(self._matrix(obj), matrix))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            a, b, c, d, e, f = _times(self._matrix(obj), matrix)
            box = self._box([(e, f), (a + e, b + f), (c + e, d + f), (a + c + e, b + d + f)])
            wide, high = box[2] - box[0], box[3] - box[1]
            if min(wide, high) < THIN:
                self._rule(box)
            self.pictures.append((wide, high))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            inner = _times(self._matrix(obj), matrix)
            for n in range(pdfium.FPDFFormObj_CountObjects(obj)):
                self._add(pdfium.FPDFFormObj_GetObject(obj, n), inner, depth + 1)

    def _matrix(self, obj: Any) -> tuple[float, ...]:
        own = self._pdfium.FS_MATRIX()
        if not self._pdfium.FPDFPageObj_GetMatrix(obj, own):
            return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        return (own.a, own.b, own.c, own.d, own.e, own.f)

    def _box(self, points: list[Point]) -> tuple[float, float, float, float]:
        seen = [self._place(x, y) for x, y in points]
        xs, ys = [x for x, _ in seen], [y for _, y in seen]
        return min(xs), min(ys), max(xs), max(ys)

    def _path(self, obj: Any, matrix: tuple[float, ...]) -> None:
        pdfium = self._pdfium
        count = pdfium.FPDFPath_CountSegments(obj)
        if not 1 < count <= MAX_SEGMENTS:
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(obj, fill, stroke)
        stroked = bool(stroke.value) and is_seen(
            self._colour(obj, pdfium.FPDFPageObj_GetStrokeColor)
        )
        colour = self._colour(obj, pdfium.FPDFPageObj_GetFillColor) if fill.value else None
        for points in self._strokes(obj, count, matrix):
            box = self._box(points)
            thin = min(box[2] - box[0], box[3] - box[1]) <= THIN
            if stroked:
                for one, other in zip(points, points[1:], strict=False):
                    self._rule(self._box([one, other]))
            elif colour is not None and thin and is_seen(colour):
                self._rule(box)
            if colour is not None and not thin and lightness(colour) < FAINT:
                self.dark.append(box)

    def _strokes(self, obj: Any, count: int, matrix: tuple[float, ...]) -> Iterator[list[Point]]:
        """The straight pieces of a path, each as the points that it runs through."""
        pdfium = self._pdfium
        a, b, c, d, e, f = matrix
        x, y = ctypes.c_float(), ctypes.c_float()
        points: list[Point] = []
        curved = False
        for n in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(obj, n)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                if len(points) > 1 and not curved:
                    yield points
                points, curved = [], False
            curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
            points.append(point)
            if pdfium.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        if len(points) > 1 and not curved:
            yield points

    def _rule(self, box: tuple[float, float, float, float]) -> None:
        # What runs off the page is cut: the cells there are not printed, so they are not blank.
        left, right = (min(max(x, 0.0), self._paper[0]) for x in (box[0], box[2]))
        top, bottom = (min(max(y, 0.0), self._paper[1]) for y in (box[1], box[3]))
        if bottom - top <= THIN and right - left > bottom - top:
            middle = (top + bottom) / 2
            self.rules.append(Rule(left, middle, right, middle))
        elif right - left <= THIN and bottom - top > 0:
            middle = (left + right) / 2
            self.rules.append(Rule(middle, top, middle, bottom))

    def _colour(self, obj: Any, get: Callable[..., Any]) -> tuple[int, int, int, int]:
        parts = [ctypes.c_uint() for _ in range(4)]
        if not get(obj, *parts):
            return (0, 0, 0, 255)
        return parts[0].value, parts[1].value, parts[2].value, parts[3].value

    def _clip(self, obj: Any) -> tuple[float, float, float, float] | None:
        """The box inside which a text is to be seen, None if it is not clipped."""
        pdfium = self._pdfium
        path = pdfium.FPDFPageObj_GetClipPath(obj)
        count = pdfium.FPDFClipPath_CountPaths(path) if path else 0
        found: tuple[float, float, float, float] | None = None
        x, y = ctypes.c_float(), ctypes.c_float()
        for n in range(min(max(count, 0), 20)):
            points = []
            for m in range(min(pdfium.FPDFClipPath_CountPathSegments(path, n), 50)):
                segment = pdfium.FPDFClipPath_GetPathSegment(path, n, m)
                pdfium.FPDFPathSegment_GetPoint(segment, x, y)
                points.append((x.value, y.value))
            if points:
                box = self._box(points)
                found = (
                    box
                    if found is None
                    else (
                        max(found[0], box[0]),
                        max(found[1], box[1]),
                        min(found[2], box[2]),
                        min(found[3], box[3]),
                    )
                )
        return found


def lightness(colour: tuple[int, int, int, int]) -> float:
    """How light ink is on white paper, from 0 (black) to 1; thin ink lets the paper through."""
    red, green, blue, opaque = (part / 255 for part in colour)
    return 1 - opaque * (1 - (0.3 * red + 0.59 * green + 0.11 * blue))


def is_seen(colour: tuple[int, int, int, int]) -> bool:
    """Whether ink of this colour is to be seen on white paper."""
    return lightness(colour) < PALE


def _times(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def address_of(obj: Any) -> int:
    """What tells one object of the library from another."""
    return ctypes.cast(obj, ctypes.c_void_p).value or 0
