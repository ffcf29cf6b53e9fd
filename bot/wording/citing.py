"""Figures and their places in a report as lines of a reply, shared by all kinds of answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answers.answer import Answer, Line
from bot.answers.privacy import names_private_person
from bot.wording.page import Page
from bot.wording.sentences import Wording, path_of
from knowledge.catalogue import load_catalogue
from knowledge.model import Entity, Fact
from knowledge.numerals import plain

MAX_QUOTE = 120


def place_text(entity: Entity, answer: Answer, words: Wording) -> str:
    return words.entity(
        entity, with_county=entity in answer.county_shown or entity in answer.same_named
    )


def line_values(line: Line, words: Wording) -> str:
    if line.computed is None:
        return words.values_text(line.facts)
    value, unit = line.computed.value, line.computed.unit
    if value is None:
        return ""
    return words.amount(str(value) if unit == "%" else plain(value), unit)


def cite(page: Page, fact: Fact, whole: bool) -> None:
    citation = fact.citation
    path = path_of(citation) if whole else citation.section or ""
    page.add(
        page.say("citation", "report", report=citation.report, path=path),
        link=web_address(citation.url),
    )
    if whole:
        page.quote([quote_line(fact, page.words)])


def quotable(fact: Fact) -> str:
    """The printed words of a figure; empty where they name a private person."""
    quote = fact.citation.quote
    return "" if fact.cell.is_narrative and names_private_person(quote) else quote


def quote_line(fact: Fact, words: Wording) -> str:
    """The words of a figure as printed, with file and line; or that they name a private person."""
    citation = fact.citation
    quote = quotable(fact)
    if not quote and citation.quote:
        return words.say("citation", "private")
    if len(quote) > MAX_QUOTE:
        quote = _around(quote, fact.stated)
    if citation.line is None:
        return words.say("citation", "quote", quote=quote)
    at = words.say("citation", "line", line=citation.line)
    return words.say("citation", "quote_at", quote=quote, file=citation.file, at=at)


def quote_lines(operands: Sequence[Fact], words: Wording) -> list[str]:
    """The words of those figures that a computed one is made of, each once; where all are 0, of
    all, else without the 0."""
    facts = [fact for fact in operands if fact.value != 0] or operands
    return list(dict.fromkeys(quote_line(fact, words) for fact in facts))[:MAX_QUOTES]


def _around(quote: str, stated: str) -> str:
    """A long quote cut to the words that state the figure and what stands beside them."""
    place = max(quote.find(stated), 0)
    start = max(0, place - (MAX_QUOTE - len(stated)) // 2)
    end = min(len(quote), start + MAX_QUOTE)
    return ("…" if start else "") + quote[start:end] + ("…" if end < len(quote) else "")


def web_address(url: str | None) -> str | None:
    return url if url and re.match(r"https?://", url) else None


MAX_REPORTS = 3
MAX_QUOTES = 12


def cite_together(page: Page, facts: Sequence[Fact]) -> None:
    """Where the figures of a list stand: a line for each report and section; of more reports
    than fit on a phone each figure's report beside its quote, folded away."""
    places = dict.fromkeys(
        (f.citation.report, f.citation.section or "", f.citation.url) for f in facts
    )
    if len(places) > MAX_REPORTS:
        _cite_folded(page, facts)
        return
    for report, section, url in places:
        page.add(page.say("citation", "report", report=report, path=section), link=web_address(url))
    if any(fact.value != 0 for fact in facts):
        page.quote(quote_lines(facts, page.words))


def _cite_folded(page: Page, facts: Sequence[Fact]) -> None:
    sections = {fact.citation.section or "" for fact in facts}
    reports = len({fact.citation.report for fact in facts})
    section = sections.pop() if len(sections) == 1 else ""
    page.add(page.say("citation", "reports", count=reports, path=section))
    lines = dict.fromkeys(
        page.say(
            "citation",
            "in_report",
            report=fact.citation.report,
            quote=quote_line(fact, page.words).strip(),
        )
        for fact in facts
    )
    page.quote(list(lines)[:MAX_QUOTES])
    if len(lines) > MAX_QUOTES:
        page.add(page.say("citation", "more", more=len(lines) - MAX_QUOTES))


def part_text(fact: Fact, words: Wording) -> str:
    column = load_catalogue().columns.get(fact.cell.column)
    name = column.name if column is not None else load_catalogue().name_of(fact.cell)
    return _named(name, fact, words)


def operand_text(fact: Fact, words: Wording) -> str:
    return _named(load_catalogue().name_of(fact.cell), fact, words)


def detail_text(fact: Fact, words: Wording) -> str:
    statement = load_catalogue().statements[fact.cell.item]
    return _named(statement.short or statement.name, fact, words)


def _named(name: str, fact: Fact, words: Wording) -> str:
    return words.say("figure", "named", name=words.name(name), value=words.value_text(fact))
