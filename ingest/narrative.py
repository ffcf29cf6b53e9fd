"""Figures that the text of a report states: kind + number + classifier in one clause.

A figure counts only where everything else in its clause is accounted for: the words of its
kind, harmless words, the report's own year and name. An unknown word may change what was
counted, so its figure is left to the passages. Zero in words (未收到…) is a 0 with the words
as its quote; silence is not. Nothing is read from the section on problems and plans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from ingest.clauses import YEAR, Clause, Scope, find_clauses, lists_another
from ingest.document import Paragraph
from ingest.sections import Section, is_row_label
from knowledge.catalogue import Statement, load_catalogue
from knowledge.model import CellId, Entity, Figure
from knowledge.phrases import Hit, Lexicon, Steps, cover
from knowledge.quantities import Quantity
from knowledge.text import fold, squeeze
from knowledge.words import load_words

MAX_PARAGRAPH = 6000
"""Characters of a paragraph that are looked at; the longest met has under 2,000."""

PUNCTUATION = ",.;:!?、()\"'“”‘’《》<>[]-—·* "

_SENTENCE = re.compile(r"[^。;!?]+[。;!?]?")
_QUOTED = re.compile(r"[“\"‘'「][^“”\"‘’'「」]{1,20}[”\"’'」]")
_ACCOUNT = re.compile(r"(?<=[在过用])[\u4e00-\u9fff]{2,8}(?=(?:官方)?微信公众号|公众号)")
_NUMBERING = re.compile(
    r"^(?:[(][一二三四五六七八九十\d]{1,3}[)]|[①-⑳]|\d{1,2}[、.](?!\d)|[一二三四五六七八九十]{1,2}[是、])"
)


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
        plans: str | None = None
        for block in section.blocks:
            if not isinstance(block, Paragraph) or len(block.text) > MAX_PARAGRAPH:
                continue
            if len(block.text) < 6 or is_row_label(block.text):
                continue
            if (style := _heading_style(block.text)) is not None:
                folded = squeeze(fold(block.text))
                if any(word in folded for word in load_words().reports.plans):
                    plans = plans or style
                elif plans == style:
                    plans = None
            if plans is not None:
                continue
            figures.extend(_from_paragraph(block, section, heading, entity, year))
            if len(block.text) <= 40:
                heading = block.text
    return tuple(figures)


def _heading_style(text: str) -> str | None:
    """How a short line is numbered (`（一）` or `1.`), None if it is no numbered heading."""
    folded = squeeze(fold(text))
    if len(folded) > 40 or folded.endswith(("。", ";")):
        return None
    numbering = _NUMBERING.match(folded)
    if numbering is None:
        return None
    return re.sub(r"\d+", "1", re.sub(r"[一二三四五六七八九十]+", "一", numbering[0]))


def _from_paragraph(
    paragraph: Paragraph, section: Section, heading: str, entity: Entity, year: int
) -> Iterable[Figure]:
    source = paragraph.text
    positions = [number for number, character in enumerate(source) if not character.isspace()]
    folded = fold("".join(source[number] for number in positions))
    earlier = squeeze(fold(heading))
    scope = Scope(year)
    for sentence in _SENTENCE.finditer(folded):
        start, end = sentence.span()
        text = folded[start:end]
        read = _read_sentence(text, earlier + folded[:start], entity, scope)
        quote = source[positions[start] : positions[end - 1] + 1].strip()
        for statement, quantity, clause in read:
            if quantity is not None and _is_torn(folded, positions, start, quantity):
                continue
            printed = source[
                positions[start + clause.start] : positions[start + clause.end - 1] + 1
            ]
            yield _figure(statement, quantity, printed, quote, paragraph, section)


def _is_torn(folded: str, positions: Sequence[int], offset: int, quantity: Quantity) -> bool:
    """Whether blanks stand between the digits: then what the number was is not certain."""
    span = range(offset + quantity.start, offset + quantity.end - 1)
    return any(
        folded[n].isdigit() and folded[n + 1].isdigit() and positions[n + 1] - positions[n] > 1
        for n in span
    )


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
    text: str, earlier: str, entity: Entity, scope: Scope
) -> list[tuple[Statement, Quantity | None, Clause]]:
    found: list[tuple[Statement, Quantity | None, Clause]] = []
    clauses = find_clauses(text)
    scope.start_sentence(text)
    for number, clause in enumerate(clauses):
        words = text[clause.start : clause.end]
        own_period = scope.enter(words)
        if clause.crowded or (clause.quantity is None and not own_period):
            if clause.crowded:
                scope.count(())
            continue
        reading = _Reading(words, clause, entity, scope.year, earlier + text[: clause.start])
        if clause.quantity is None:
            found.extend((statement, None, clause) for statement in reading.zeros())
            continue
        hits = [] if _subject_before(text, clauses, number) else reading.counted()
        quantity = clause.quantity
        if scope.approximate:
            quantity = replace(quantity, approximate=True)
        if not own_period:
            spans = load_words().reports.spans
            hits = [hit for hit in hits if any(span in _printed(hit, words) for span in spans)]
        following = [text[later.start : later.end] for later in clauses[number + 1 :]]
        for hit in hits:
            if scope.belongs(hit.value, _printed(hit, words), words) and not lists_another(
                hit.value, following
            ):
                found.append((hit.value, quantity, clause))
        scope.count([hit.value for hit in hits])
    return found


def _printed(hit: Hit[Statement], words: str) -> str:
    """The words of the clause that say it, without what was stepped over."""
    return "".join(words[start:end] for start, end in hit.pieces)


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
        self.steps = Steps(len(words))
        if (numbering := _NUMBERING.match(words)) is not None:
            self.steps.add(0, numbering.end())
        for hit in _harmless().find(words):
            self.steps.add(hit.start, hit.end)
        for match in YEAR.finditer(words):
            if int(match["year"]) == year:
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

    def counted(self) -> list[Hit[Statement]]:
        """What the clause's quantity belongs to: one statement, or several with 均/都."""
        assert self.quantity is not None
        hits = self._accounted([])
        statements = [hit.value for hit in hits]
        if any(s.unit_class != self.quantity.unit_class for s in statements):
            return []
        narrowed = [h for h in hits if not any(o.part_of == h.value.id for o in statements)]
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
                return [hit.value for hit in statements if hit.value.zero]
        return []

    def _accounted(self, spans: list[tuple[int, int]]) -> list[Hit[Statement]]:
        """The statements of the clause, one hit each, if every word of it is accounted for, else none."""
        lexicon = _lexicon(denied=bool(spans))
        hits = [hit for hit in lexicon.find(self.words, self.steps) if self._in_context(hit)]
        for start, end in spans:
            self.steps.add(start, end)
        chosen = cover(self.words, hits, self.steps, PUNCTUATION)
        if chosen.leftover:
            return []
        if spans:
            # What stands before the zero word is not denied by it: a second subject, unless
            # it is only the label that the clause follows (`（二）依申请公开：未收到申请`).
            label_end = self.words.rfind(":", 0, spans[0][0])
            if any(label_end < hit.start < spans[0][0] for hit in chosen.hits):
                return []
            chosen = replace(chosen, hits=tuple(h for h in chosen.hits if h.start > label_end))
        return list({hit.value: hit for hit in reversed(chosen.hits)}.values())[::-1]

    def _in_context(self, hit: Hit[Statement]) -> bool:
        context = hit.value.context
        return not context or any(w in self.earlier or w in self.words for w in context)
