"""Figures that the text of a report states: kind + number + classifier in one clause.

A figure counts only where everything else in its clause is accounted for: the words of its
kind, harmless words, the report's own year and name. An unknown word may change what was
counted, so its figure is left to the passages. Zero in words (未收到…) is a 0 with the words
as its quote; silence is not. Nothing is read from the section on problems and plans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ingest.document import Paragraph
from ingest.sections import Section
from knowledge.catalogue import Statement, load_catalogue
from knowledge.model import CellId, Entity, Figure
from knowledge.phrases import Hit, Lexicon, Steps, cover
from knowledge.quantities import Quantity, find_quantities
from knowledge.text import fold, squeeze
from knowledge.words import load_words

MAX_PARAGRAPH = 6000
"""Characters of a paragraph that are looked at; the longest met has under 2,000."""

PUNCTUATION = ",.;:!?、()\"'“”‘’《》<>[]-—·* "

_SENTENCE = re.compile(r"[^。;!?]+[。;!?]?")
_YEAR = re.compile(r"(?:截至|截止)?(?P<year>20\d\d)年(?:度)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:底|末)?")
_QUOTED = re.compile(r"[“\"‘'「][^“”\"‘’'「」]{1,20}[”\"’'」]")
_ACCOUNT = re.compile(r"(?<=[在过用])[\u4e00-\u9fff]{2,8}(?=(?:官方)?微信公众号|公众号)")
_NUMBERING = re.compile(
    r"^(?:[(][一二三四五六七八九十\d]{1,3}[)]|[①-⑳]|\d{1,2}[、.](?!\d)|[一二三四五六七八九十]{1,2}[是、])"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a folded sentence in which at most one quantity stands."""

    start: int
    end: int
    quantity: Quantity | None


def find_statements(sections: Sequence[Section], entity: Entity, year: int) -> tuple[Figure, ...]:
    """Every figure that the text states for the report's own year, in reading order.

    One figure a statement, so one measure may have several. `stated` is the clause as
    printed, `quote` its sentence; `unit` the classifier as written. An approximate figure
    carries the caution `approximate`.
    """
    figures: list[Figure] = []
    for section in sections:
        if section.key in ("problems", "preamble"):
            continue
        heading = ""
        for block in section.blocks:
            if not isinstance(block, Paragraph) or len(block.text) > MAX_PARAGRAPH:
                continue
            if len(block.text) < 6:
                continue
            figures.extend(_from_paragraph(block, section, heading, entity, year))
            if len(block.text) <= 40:
                heading = block.text
    return tuple(figures)


def _from_paragraph(
    paragraph: Paragraph, section: Section, heading: str, entity: Entity, year: int
) -> Iterable[Figure]:
    source = paragraph.text
    positions = [number for number, character in enumerate(source) if not character.isspace()]
    folded = fold("".join(source[number] for number in positions))
    earlier = squeeze(fold(heading))
    for sentence in _SENTENCE.finditer(folded):
        start, end = sentence.span()
        text = folded[start:end]
        read = _read_sentence(text, earlier + folded[:start], entity, year)
        quote = source[positions[start] : positions[end - 1] + 1].strip()
        for statement, quantity, clause in read:
            printed = source[
                positions[start + clause.start] : positions[start + clause.end - 1] + 1
            ]
            yield _figure(statement, quantity, printed, quote, paragraph, section)


def _figure(
    statement: Statement,
    quantity: Quantity | None,
    printed: str,
    quote: str,
    paragraph: Paragraph,
    section: Section,
) -> Figure:
    money = statement.unit_class == "money"
    value = quantity.value if quantity is not None else Decimal(0)
    cautions = ("approximate",) if quantity is not None and quantity.approximate else ()
    if money and quantity is None:
        cautions = ()
    return Figure(
        cell=CellId(statement.id, "total"),
        value=value,
        stated=printed.strip(" ,，、。；;："),
        unit=quantity.unit if quantity is not None else statement.unit,
        unit_stated=quantity is not None,
        quote=quote,
        line=paragraph.line,
        section=section.heading,
        edition=None,
        cautions=cautions,
    )


def _read_sentence(
    text: str, earlier: str, entity: Entity, year: int
) -> list[tuple[Statement, Quantity | None, Clause]]:
    found: list[tuple[Statement, Quantity | None, Clause]] = []
    clauses = _clauses(text)
    for number, clause in enumerate(clauses):
        words = text[clause.start : clause.end]
        reading = _Reading(words, clause, entity, year, earlier + text[: clause.start])
        if reading.other_year:
            continue
        if clause.quantity is None:
            found.extend((statement, None, clause) for statement in reading.zeros())
            continue
        if _subject_before(text, clauses, number):
            continue
        found.extend((statement, clause.quantity, clause) for statement in reading.counted())
    return found


def _clauses(text: str) -> list[Clause]:
    """Cut at commas, and at 、 where it ends a quantity; a cut within brackets does not count."""
    quantities = find_quantities(text)
    clauses: list[Clause] = []
    start = 0
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        ends_list = character == "、" and any(q.end == position for q in quantities)
        if (
            character in ",。;!?"
            or ends_list
            or (character in "()" and depth >= 0)
            or character == "."
            and position + 1 < len(text)
            and not text[position + 1].isdigit()
        ):
            clauses.extend(_clause(start, position, quantities))
            start = position + 1
    clauses.extend(_clause(start, len(text), quantities))
    return clauses


def _clause(start: int, end: int, quantities: Sequence[Quantity]) -> list[Clause]:
    inside = [q for q in quantities if start <= q.start and q.end <= end]
    if end <= start or len(inside) > 1:
        return []
    return [Clause(start, end, inside[0] if inside else None)]


def _subject_before(text: str, clauses: Sequence[Clause], number: int) -> bool:
    """Whether the clause before has a subject of its own that the figure may belong to.

    "通过微信公众号等方式，发布信息30条" would otherwise be the total of all disclosure.
    """
    if number == 0 or clauses[number - 1].quantity is not None:
        return False
    before = clauses[number - 1]
    if clauses[number].start - before.end > 1:
        return False
    words = text[before.start : before.end]
    return any(hit.value.part_of is not None for hit in _lexicon().find(words))


@lru_cache(maxsize=4)
def _lexicon(denied: bool = False) -> Lexicon[Statement]:
    """The words of all statements; `denied` adds those that mean one only behind a zero word."""
    return Lexicon(
        (fold(phrase), statement)
        for statement in load_catalogue().statements.values()
        for phrase in (*statement.terms, *statement.printed, *(statement.none_of if denied else ()))
    )


@lru_cache(maxsize=1)
def _harmless() -> Lexicon[str]:
    words = load_words()
    return Lexicon((word, word) for word in (*words.both.words, *words.reports.words))


@lru_cache(maxsize=1)
def _zero_words() -> Lexicon[str]:
    return Lexicon((word, word) for word in load_words().reports.zero)


class _Reading:
    """One clause with what may be stepped over in it."""

    def __init__(self, words: str, clause: Clause, entity: Entity, year: int, earlier: str) -> None:
        self.words = words
        self.earlier = earlier
        self.quantity = clause.quantity
        self.other_year = any(word in words for word in load_words().reports.other_years)
        self.steps = Steps(len(words))
        if (numbering := _NUMBERING.match(words)) is not None:
            self.steps.add(0, numbering.end())
        for hit in _harmless().find(words):
            self.steps.add(hit.start, hit.end)
        for match in _YEAR.finditer(words):
            if int(match["year"]) != year:
                self.other_year = True
            self.steps.add(match.start(), match.end())
        for pattern in (_QUOTED, _ACCOUNT):
            for match in pattern.finditer(words):
                self.steps.add(match.start(), match.end())
        own = fold(entity.name)
        for match in re.finditer(re.escape(own), words):
            self.steps.add(match.start(), match.end())
        if self.quantity is not None:
            offset = clause.start
            self.steps.add(self.quantity.start - offset, self.quantity.end - offset)
        for position, character in enumerate(words):
            if character in PUNCTUATION:
                self.steps.add(position, position + 1)

    def counted(self) -> list[Statement]:
        """The statements that the clause's quantity belongs to: one, or several with 均/都."""
        assert self.quantity is not None
        statements = self._accounted([])
        fitting = [s for s in statements if s.unit_class == self.quantity.unit_class]
        if len(fitting) != len(statements):
            return []
        narrowed = [s for s in fitting if not any(o.part_of == s.id for o in fitting)]
        if len(narrowed) > 1 and not re.search("均|都", self.words):
            return []
        return narrowed

    def zeros(self) -> list[Statement]:
        """The statements that the clause says there were none of."""
        first: Hit[str] | None = None
        for hit in _zero_words().find(self.words):
            if first is None or (hit.start, -hit.end) < (first.start, -first.end):
                first = hit
        if first is None:
            return []
        for length in range(first.end - first.start, 0, -1):
            word = self.words[first.start : first.start + length]
            if word not in load_words().reports.zero:
                continue
            statements = self._accounted([(first.start, first.start + length)])
            if statements:
                return [s for s in statements if s.zero]
        return []

    def _accounted(self, spans: list[tuple[int, int]]) -> list[Statement]:
        """The statements of the clause if every word of it is accounted for, else none."""
        lexicon = _lexicon(denied=bool(spans))
        hits = [hit for hit in lexicon.find(self.words, self.steps) if self._in_context(hit)]
        for start, end in spans:
            self.steps.add(start, end)
        chosen = cover(self.words, hits, self.steps, PUNCTUATION)
        if chosen.leftover:
            return []
        if spans and any(hit.start < spans[0][0] for hit in chosen.hits):
            return []  # what stands before the zero word is not denied by it
        return list(dict.fromkeys(hit.value for hit in chosen.hits))

    def _in_context(self, hit: Hit[Statement]) -> bool:
        context = hit.value.context
        return not context or any(w in self.earlier or w in self.words for w in context)
