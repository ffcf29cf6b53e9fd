"""Words of a report that answer a question: the sub-section or sentences that its topic points
at, or the sentences that hold a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.answers.answer import Answer, Passage, Told
from bot.answers.coverage import rows_in
from bot.answers.privacy import sentences, without_private
from bot.understanding.interpretation import Choice
from bot.understanding.phrases import Topic, load_topics
from bot.understanding.places import spelled
from knowledge import query
from knowledge.model import Citation, Entity, SectionText, report_name
from knowledge.query import ReportRecord
from knowledge.schema import prose_of
from knowledge.search import reports_mentioning
from knowledge.store import Store
from knowledge.text import fold, squeeze

MAX_REPORTS = 5
"""Reports that are quoted, or offered where a word stands in many."""

MAX_QUOTED = 3
"""Stretches of one report that hold a word."""

MAX_SENTENCES = 6
"""Sentences of one stretch that are quoted."""

Sections = Sequence[tuple[ReportRecord, SectionText]]
_TABLES = ("disclosure", "applications", "reviews")
_STOP = re.compile("[。！？!?；;，,]")


@dataclass(frozen=True, slots=True)
class _Found:
    """A section and the stretch of it that is wanted, as printed."""

    record: ReportRecord
    section: SectionText
    shown: str


def answer_passages(store: Store, base: Answer, years: Sequence[tuple[Entity, int]]) -> Answer:
    """The passages of these reports on a topic or with a word; of all reports with a word, which.

    No passage is `no_data` with the headings that there are.
    """
    asked = base.interpretation
    assert asked is not None
    if asked.search is not None:
        base = replace(base, default_year=False)
        if not asked.entities and not asked.absent:
            return _reports_with(store, base, asked.search)
    topic = load_topics()[asked.topic] if asked.topic is not None else None
    values = {"topic": topic.name if topic is not None else "", "word": asked.search or ""}
    passages: list[Passage] = []
    left_out = 0
    headings: dict[str, None] = {}
    for entity, year in reversed(years) if asked.search is not None else years:
        current = [
            (record, text)
            for record, text in query.sections(store, entity, year)
            if record.status == "current"
        ]
        headings.update((t.heading, None) for _, t in current if t.level == 1 and t.heading)
        if topic is not None:
            own = [_passage(found, current) for found in _on_topic(topic, current)]
        else:
            own = _with_word(fold(asked.search or ""), current)
        left_out += sum(passage.left_out for passage in own)
        kept = [passage for passage in own if passage.shown.strip()]
        if kept:
            hidden = sum(passage.left_out for passage in own if passage not in kept)
            kept[-1] = replace(kept[-1], left_out=kept[-1].left_out + hidden)
        passages += kept
        if asked.search is not None and len({(p.entity, p.year) for p in passages}) >= MAX_REPORTS:
            break
    if passages:
        return replace(base, passages=tuple(passages), values=values)
    key = "private" if left_out else "no_passage" if topic is not None else "no_word"
    told = (Told("sections", {"headings": tuple(headings)}),) if headings else ()
    return replace(base, status="no_data", key=key, values=values, told=told)


def _on_topic(topic: Topic, sections: Sections) -> list[_Found]:
    """The sub-section that a topic's headings name, else the sentences with its words, else
    the whole section if the topic is one."""
    by_heading = _first(_under_heading(topic, sections))
    if by_heading is not None:
        return [by_heading]
    for key in topic.sections if topic.lines else ():
        # A sub-section before the section around it.
        for record, text in sorted(_of(key, sections), key=lambda pair: -pair[1].level):
            shown = [s.strip() for s in _prose(text) if _fits(topic, s)]
            if shown:
                return [_Found(record, text, "\n".join(shown[:MAX_SENTENCES]))]
    for key in topic.sections if topic.whole else ():
        for record, text in _of(key, sections):
            if text.level < 2 and text.text.strip():
                return [_Found(record, text, text.text)]
    return []


def _under_heading(topic: Topic, sections: Sections) -> Iterable[_Found]:
    for key in topic.sections:
        for record, text in _of(key, sections):
            heading = text.heading or ""
            named = any(word in heading for word in topic.headings)
            about = topic.pattern is None or re.search(topic.pattern, text.text) is not None
            avoided = any(word in heading for word in topic.avoid)
            if text.level == 2 and named and about and not avoided:
                yield _Found(record, text, text.text)


def _of(key: str, sections: Sections) -> list[tuple[ReportRecord, SectionText]]:
    return [(record, text) for record, text in sections if text.key == key]


def _first(found: Iterable[_Found]) -> _Found | None:
    return next(iter(found), None)


def _fits(topic: Topic, sentence: str) -> bool:
    if not any(word in sentence for word in topic.lines):
        return False
    return topic.pattern is None or re.search(topic.pattern, sentence) is not None


def _prose(section: SectionText) -> list[str]:
    """The sentences of a section without its table, nor the labels of one with a cell a line."""
    found = sentences(prose_of(section.text))
    if section.key in _TABLES:
        found = [sentence for sentence in found if _STOP.search(sentence)]
    return found


def _with_word(word: str, sections: Sections) -> list[Passage]:
    """The stretches with a word, at most `MAX_QUOTED` a report, each in the deepest section
    that has it; `hits` counts all of the report."""
    hits = sum(_count(word, _prose(text)) for _, text in sections if text.level < 2)
    if not hits:
        return []
    seen: set[str] = set()
    passages: list[Passage] = []
    for record, text in sorted(sections, key=lambda pair: -pair[1].level):
        own = [s.strip() for s in _prose(text) if _count(word, [s]) and s.strip() not in seen]
        heading = text.heading or ""
        alone = all(squeeze(s) == squeeze(heading) for s in own)
        if not own or len(passages) >= MAX_QUOTED:
            continue
        seen.update(own)
        # A word that only the heading has: the sub-section is about it.
        shown = text.text if alone and text.level == 2 else "\n".join(own[:MAX_SENTENCES])
        found = _passage(_Found(record, text, shown), sections)
        passages.append(replace(found, hits=hits))
    return sorted(passages, key=lambda passage: passage.citation.line or 0)


def _count(word: str, texts: Iterable[str]) -> int:
    return sum(squeeze(fold(text)).count(word) for text in texts)


def _passage(found: _Found, sections: Sections) -> Passage:
    record, text = found.record, found.section
    whole, _ = without_private(text.text)
    shown, left_out = without_private(found.shown)
    around = [t for r, t in sections if r.id == record.id and t.level == 1 and t.key == text.key]
    citation = Citation(
        report_name(record.title, record.entity, record.year),
        next((t.heading for t in around), None),
        text.heading if text.level == 2 else None,
        shown[:200],
        record.file,
        text.line,
        record.url,
    )
    return Passage(whole, shown, citation, record.entity, record.year, left_out)


def _reports_with(store: Store, base: Answer, word: str) -> Answer:
    """Which reports hold a word, the newest of them with how often, each to be asked about."""
    asked = base.interpretation
    assert asked is not None
    regions = None
    if asked.regions:
        regions = [row.region for row in rows_in(store, asked.regions) if row.region is not None]
        if not regions:
            region = "".join(asked.regions)
            return replace(base, status="no_data", key="no_region", values={"region": region})
    years = asked.years.years if asked.years.span == "years" else ()
    found = reports_mentioning(store, fold(word), regions, years, MAX_REPORTS)
    if found is None:
        return replace(base, status="no_data", key="short_word", values={"word": word})
    if not found.count:
        return replace(base, status="no_data", key="no_word_store", values={"word": word})
    key = "mentions_more" if found.more else "mentions"
    told = [Told(key, {"count": str(found.count), "word": word}, head=True)]
    choices = []
    for record in found.shown:
        own = [
            text
            for other, text in query.sections(store, record.entity, record.year)
            if other.id == record.id and text.level < 2
        ]
        hits = sum(_count(fold(word), _prose(text)) for text in own)
        values = {"year": str(record.year), "hits": str(hits)}
        told.append(Told("mention" if hits else "mention_unclear", values, record.entity))
        label = f"{spelled(record.entity)} {record.year} 年"
        question = f"{spelled(record.entity)}{record.year}年关于“{word}”怎么说的"
        choices.append(Choice(label, question))
    return replace(base, told=tuple(told), choices=tuple(choices))
