"""The tags of a page in order, each with the text behind it and the line where that begins.

A tokeniser of its own, by the rules of HTML5, instead of a parser's tree: lines stay exact
however many there are, unclosed tags cannot nest beyond a library's limit (what stands deeper
would be missing silently), and no page costs more than one pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import unescape
from itertools import islice

RAW = frozenset(
    ["script", "style", "title", "textarea", "noscript", "iframe", "noembed", "noframes", "xmp"]
)
"""Elements whose content is no markup, and none that a reader of the page sees in its text."""

MAX_ATTRIBUTES = 100
"""Attributes of one tag that are looked at; Word's images have 30."""

_ATTRIBUTES = r"(?:\s(?:[^<>\"'\n]++|\"[^\"<>\n]*+\"|'[^'<>\n]*+')*+)?+"
"""The attributes of a tag that is on one line and has no unpaired quote."""

_BARE_CELL = (
    rf"[tT][dDhH]{_ATTRIBUTES}>(?:\s*+<[pP]{_ATTRIBUTES}>)?+[^<]*+(?:</[pP]>\s*+)?+</[tT][dDhH]>"
)
_CELL = (
    rf"[tT][dDhH]({_ATTRIBUTES})>(?:\s*+<[pP]({_ATTRIBUTES})>)?+([^<]*+)(?:</[pP]>\s*+)?+"
    r"</[tT][dDhH]>"
)
_TAG = re.compile(
    # A row of nothing but such cells as follow: most of a report.
    rf"<(?:[tT][rR]({_ATTRIBUTES})>((?:\s*+<{_BARE_CELL})++)\s*+</[tT][rR]>"
    # A cell that holds nothing but text, perhaps in one paragraph.
    rf"|{_CELL}"
    # A tag; a quote counts as one behind "=" alone, so an apostrophe elsewhere does no harm.
    # 600 pieces are some 150 attributes; the bound keeps hostile pages to one pass.
    r"|(/?[a-zA-Z][^\s/<>]*+)"
    r"((?:[^<>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+){0,600}+)>"
    r"|(!--(?:-?>)?+|[!?](?!-)|/(?![a-zA-Z]))"  # comment, declaration, broken end tag
    r"|(/?[a-zA-Z][^\s/<>]*+)[^<>]*+>?+"  # a tag that is never closed
    r"|)([^<]*+)"  # else a bare "<" in the text
)
_TEXT, _MARKUP, _DATA = 5, 8, 10
"""Groups of `_TAG` whose place in the source is asked for."""

_CELLS = re.compile("<" + _CELL)
_FORMATTING = re.compile(
    r"</?(?=[sfbeiuo])(?:span|font|b|strong|em|i|u|o:p|big)"
    rf"({_ATTRIBUTES})>",
    re.IGNORECASE,
)
_SHEET = re.compile(r"<(?i:style)\b[^<>]*+>((?:[^<]++|<(?!/(?i:style)\b))*+)")
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(r"([^\s=>/\"']++)(?:\s*+=\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>]*+)))?+")


Tag = tuple[str, str, str, int]
"""Name, attributes, data, line: one tag and the text up to the next.

The name is lower case, of an end tag with its slash; "" for text that no tag precedes. The
data still has its entities; of an element in RAW it is the content. The line counts from 1
and is that of the first character of the data. (A plain tuple: it is made for every tag.)
"""


CELL = "<td>"
"""The name of a cell whole, with its end: the data is all its text, the attributes its own."""

ROW = "<tr>"
"""The name of a row whole, with its end: the data is its cells as written (`cells_of`), the
attributes its own."""

WrittenCell = tuple[str, str, str]
"""Attributes of a cell, those of the one paragraph in it ("" if there is none), and its text."""


def read_tags(source: str, hides: Callable[[str], bool]) -> Iterator[Tag]:
    """All tags of a page (line ends as \\n). Comments, declarations and CDATA are passed over.

    A cell that holds only text comes as one tag, CELL, a row of nothing but these as one, ROW.
    `hides`: whether an attribute string may make a lone cell's paragraph more than that.

    An unclosed comment or script reaches to the end of the page, as in a browser.
    """
    line = 1
    place = source.find("<")
    first = source if place < 0 else source[:place]
    yield "", "", first, 1
    line += first.count("\n")
    while place >= 0:
        begin, place = place, -1
        for match in _TAG.finditer(source, begin):
            around, row, cell, inner, text, name, attributes, markup, unclosed, data = (
                match.groups()
            )
            if row is not None:
                start = line
                if "\n" in match[0]:
                    start += around.count("\n")
                    line += source.count("\n", match.start(), match.start(_DATA))
                yield ROW, around, row, start
                if data and not data.isspace():
                    yield "", "", data, line
            elif cell is not None:
                start = line
                if "\n" in match[0]:
                    start += source.count("\n", match.start(), match.start(_TEXT))
                    line += source.count("\n", match.start(), match.start(_DATA))
                if inner and hides(inner):
                    yield "td", cell, "", start
                    yield "p", inner, text, start
                    yield "/p", "", "", line
                    yield "/td", "", data, line
                else:
                    yield CELL, cell, text, start
                    if data and not data.isspace():
                        yield "", "", data, line
            elif name is not None:
                if "\n" in attributes:
                    line += attributes.count("\n")
                name = name.lower()
                if name in RAW:
                    start = match.start(_DATA)
                    found = _end_of(name).search(source, start)
                    place = found.start() if found else len(source)
                    yield name, attributes, source[start:place], line
                    line += source.count("\n", start, place)
                    break
                yield name, attributes, data, line
            elif markup is not None:
                place = _end_of_markup(source, match.start(_MARKUP), markup)
                line += source.count("\n", match.start(), place)
                follow = source.find("<", place)
                end = follow if follow >= 0 else len(source)
                yield "", "", source[place:end], line
                line += source.count("\n", place, end)
                place = end
                break
            elif unclosed is not None:
                line += source.count("\n", match.start(), match.start(_DATA))
                yield unclosed.lower(), "", data, line
            else:
                yield "", "", "<" + data, line
            if "\n" in data:
                line += data.count("\n")
        if place >= len(source):
            return


def cells_of(row: str) -> list[WrittenCell]:
    """The cells of a ROW.

    >>> cells_of('<td colspan="2">件</td><td><p align="right">5</p></td>')
    [(' colspan="2"', '', '件'), ('', ' align="right"', '5')]
    """
    return _CELLS.findall(row)


def lines_of(row: str, line: int) -> list[int]:
    """For each cell of a ROW that begins at `line` the line where its text begins."""
    found: list[int] = []
    place = 0
    for match in _CELLS.finditer(row):
        line += row.count("\n", place, place := match.start(3))
        found.append(line)
    return found


@lru_cache(maxsize=len(RAW))
def _end_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)


def _end_of_markup(source: str, start: int, markup: str) -> int:
    """Where a comment or declaration ends that begins with `markup` at `start`."""
    if markup.startswith("!--"):
        if markup.endswith(">"):
            return start + len(markup)
        found = _COMMENT_END.search(source, start + len(markup))
        return found.end() if found else len(source)
    end = source.find(">", start)
    return end + 1 if end >= 0 else len(source)


def read_attributes(text: str) -> dict[str, str]:
    """The attributes of a tag by lower-case name, the first of each; no value is "".

    >>> read_attributes(' COLSPAN=2 title="a &gt; b" hidden')
    {'colspan': '2', 'title': 'a > b', 'hidden': ''}
    """
    found: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(text), MAX_ATTRIBUTES):
        value = match[2] or match[3] or match[4] or ""
        found.setdefault(match[1].lower(), unescape(value) if "&" in value else value)
    return found


def style_sheets(source: str) -> list[str]:
    """The style sheets that stand in the page itself."""
    return [match[1] for match in _SHEET.finditer(source)]


def without_formatting(source: str, hides: Callable[[str], bool]) -> str:
    """The page without tags that only set a font or weight, if none of them hides its text.

    Word writes two or three for every cell; the lines stay as they are. `hides` is asked about
    each attribute string once.
    """
    pieces = _FORMATTING.split(source)
    if len(pieces) == 1 or any(map(hides, set(pieces[1::2]))):
        return source
    return "".join(pieces[::2])
