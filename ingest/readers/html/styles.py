"""What the style of an element decides about its text: hidden, struck out, row or cell."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from ingest.readers.html.ink import NO_INK, Ink, ink_of
from ingest.readers.html.tags import read_attributes

Display = Literal["", "none", "block", "table", "row", "cell"]

MAX_REMEMBERED = 5_000
"""Attribute strings kept parsed; Word writes a few dozen different ones thousands of times."""

MAX_STYLES = 400_000
"""Characters of style sheets looked through; Word writes 100,000 into a page."""

MAX_RULES = 300
"""Rules about display that are kept; a site's own sheets stand outside the saved page."""

_DISPLAY = re.compile(r"(?<![\w-])display\s*:\s*([\w-]+)")
_UNSEEN = re.compile(r"(?<![\w-])(?:visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)")
_RAISED = re.compile(r"(?<![\w-])vertical-align\s*:\s*(?:super|sub|text-top)\b")
_CLEAR = re.compile(r"(?<![\w-])opacity\s*:\s*0(?:\.0*)?%?\s*(?:[;!}]|$)")
_RULE_OF_MARKS = re.compile(r"([^{}]{1,200})\{([^{}]{0,600})\}")
_STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through")
_PRE = re.compile(r"white-space\s*:\s*(?:pre|pre-wrap|pre-line|break-spaces)\b")
_SELECTOR = re.compile(r"(?:^|,)\s*(?:[\w-]+)?([.#][\w-]+)\s*(?=,|$)")

_DISPLAYS: dict[str, Display] = {
    "none": "none",
    "block": "block",
    "flex": "block",
    "grid": "block",
    "list-item": "block",
    "table": "table",
    "inline-table": "table",
    "table-row": "row",
    "table-cell": "cell",
}
_ARIA: dict[str, Display] = {
    "table": "table",
    "grid": "table",
    "row": "row",
    "cell": "cell",
    "gridcell": "cell",
    "columnheader": "cell",
    "rowheader": "cell",
}
_CLASSES: dict[str, Display] = {
    **dict.fromkeys(("table-row", "tablerow", "t-row", "row", "tr"), "row"),
    **dict.fromkeys(("table-cell", "tablecell", "t-cell", "cell", "td", "th"), "cell"),
}
"""Class names that say row and cell. `row` alone is also a page's layout: a row counts as one
only where cells stand directly in it (`flow`)."""


class Look(NamedTuple):
    """`display` is "" where nothing says so; `unseen` hides the text and leaves its place;
    `raised` stands above or below the line, as the marks of notes do. `ink` is `NO_INK` unless
    the page may hide text by size or colour."""

    display: Display
    unseen: bool
    ink: Ink
    pre: bool
    raised: bool
    attributes: dict[str, str]


PLAIN = Look("", False, NO_INK, False, False, {})


class Styles:
    """Looks up the attributes of a tag against the rules of the page's own style sheets."""

    def __init__(self) -> None:
        self._rules: dict[str, Display] = {}
        self._raised: set[str] = set()
        self._inks: dict[str, Ink] = {}
        self.faint = False
        """Whether ink is looked at: set where the page has text that may not be seen."""
        self._known: dict[str, Look] = {}

    def add_sheet(self, css: str) -> None:
        """Keeps the rules about display that are for one class or id on every medium."""
        css = css[:MAX_STYLES].lower()
        depth, counted = 0, -1
        selectors = ""
        for match in _DISPLAY.finditer(css):
            display = _DISPLAYS.get(match[1])
            seen = max(counted, 0)
            start = css.rfind("{", seen, match.start())
            if start < 0:
                continue
            if start != counted:
                depth += css.count("{", seen, start) - css.count("}", seen, start)
                before = max(css.rfind(mark, seen, start) for mark in "{};")
                selectors = css[max(before + 1, start - 400) : start].replace("<!--", " ").strip()
                counted = start
            # Inside @media the rule holds for other screens or for print.
            if display is None or depth > 0:
                continue
            for found in _SELECTOR.finditer(selectors):
                self._rules[found[1]] = display
            if len(self._rules) >= MAX_RULES:
                break
        if self.faint or "line-through" in css or "vertical-align" in css:
            self._add_marks(css)
        self._known.clear()

    def _add_marks(self, css: str) -> None:
        """Keeps which classes strike their text out, raise it, or set its ink."""
        for rule in _RULE_OF_MARKS.finditer(css):
            struck, raised = _STRUCK.search(rule[2]), _RAISED.search(rule[2])
            ink = ink_of(rule[2], {}) if self.faint else NO_INK
            if not struck and not raised and ink == NO_INK:
                continue
            for found in _SELECTOR.finditer(rule[1].strip()):
                if struck and len(self._rules) < MAX_RULES:
                    self._rules[found[1]] = "none"
                if raised and len(self._raised) < MAX_RULES:
                    self._raised.add(found[1])
                if ink != NO_INK and len(self._inks) < MAX_RULES:
                    self._inks[found[1]] = ink.over(self._inks.get(found[1], NO_INK))

    def look(self, attributes: str) -> Look:
        """What a tag's attribute string says; the same string gives the same object."""
        known = self._known.get(attributes)
        if known is None:
            known = self._read(attributes)
            if len(attributes) < 600 and len(self._known) < MAX_REMEMBERED:
                self._known[attributes] = known
        return known

    def _read(self, text: str) -> Look:
        found = read_attributes(text)
        style = found.get("style", "").lower()
        display: Display = ""
        unseen = pre = raised = False
        if style:
            written = _DISPLAY.search(style)
            display = _DISPLAYS.get(written[1], "") if written else ""
            unseen = any(p.search(style) for p in (_UNSEEN, _STRUCK, _CLEAR))
            raised = _RAISED.search(style) is not None
            pre = _PRE.search(style) is not None
        if not display:
            display = self._by_name(found)
        if "hidden" in found or found.get("aria-hidden", "").lower() == "true":
            display = "none"
        if self._raised and not raised:
            raised = not self._raised.isdisjoint(f".{name}" for name in _classes(found))
        ink = self._ink(style, found) if self.faint else NO_INK
        return Look(display, unseen, ink, pre, raised, found)

    def _ink(self, style: str, found: dict[str, str]) -> Ink:
        ink = ink_of(style, found)
        for key in (f"#{found.get('id', '').lower()}", *(f".{name}" for name in _classes(found))):
            if key in self._inks:
                ink = ink.over(self._inks[key])
        return ink

    def _by_name(self, found: dict[str, str]) -> Display:
        classes = _classes(found)
        if self._rules:
            for key in (f"#{found.get('id', '').lower()}", *(f".{name}" for name in classes)):
                if key in self._rules:
                    return self._rules[key]
        role = found.get("role")
        if role is not None and role in _ARIA:
            return _ARIA[role]
        return next((_CLASSES[name] for name in classes if name in _CLASSES), "")


def _classes(found: dict[str, str]) -> list[str]:
    return found.get("class", "").lower().split()[:20]
