"""What the elements of HTML are to a reader of text: blocks, table parts, hidden ones."""

from __future__ import annotations

from typing import Literal

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "html",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "ul",
        "head",
        "frameset",
        "caption",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
    ]
)
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
HIDING = frozenset(
    [
        "template",
        "select",
        "option",
        "button",
        "datalist",
        "object",
        "audio",
        "video",
        "canvas",
        "svg",
        "math",
        "xml",
        "rp",
        "rt",
        "del",
        "s",
        "strike",
    ]
)
"""Controls, what is drawn, readings beside characters, and what is struck out: 5<s>6</s> is 5."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
FURNITURE = frozenset(("nav", "footer", "aside", "header"))
FURNITURE_ROLES = frozenset(("navigation", "contentinfo", "banner", "search", "complementary"))
Role = Literal["", "table", "section", "row", "cell", "caption", "block"]
ROLES: dict[str, Role] = {
    **dict.fromkeys(BLOCKS, "block"),
    **dict.fromkeys(("thead", "tbody", "tfoot"), "section"),
    "td": "cell",
    "tr": "row",
    "table": "table",
    "caption": "caption",
}
CLOSED_BY: dict[str, tuple[Role, ...]] = {
    "cell": ("row", "section", "table"),
    "row": ("section", "table"),
    "section": ("table",),
}
"""What a cell, row or section stands directly in; everything open inside that ends before it."""
SECTIONS = {"thead": 0, "tbody": 1, "tfoot": 2}
TABLE_TAGS = frozenset(("td", "tr", "tbody", "thead", "tfoot", "caption", "table"))
