"""Words of a report that answer a question: the sub-section that its topic points at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.answer import Answer, Passage
from bot.phrases import Topic, load_topics
from knowledge import query
from knowledge.model import Citation, Entity, SectionText, report_name
from knowledge.query import ReportRecord
from knowledge.store import Store


def answer_passages(store: Store, base: Answer, years: Sequence[tuple[Entity, int]]) -> Answer:
    assert base.interpretation is not None
    assert base.interpretation.topic is not None
    topic = load_topics()[base.interpretation.topic]
    passages: list[Passage] = []
    for entity, year in years:
        found = query.sections(store, entity, year)
        current = [(record, text) for record, text in found if record.status == "current"]
        passage = _find_passage(topic, current)
        if passage is not None:
            passages.append(passage)
    if not passages:
        return replace(base, status="no_data", key="no_passage", values={"topic": topic.name})
    return replace(base, passages=tuple(passages), values={"topic": topic.name})


def _find_passage(
    topic: Topic, sections: Sequence[tuple[ReportRecord, SectionText]]
) -> Passage | None:
    """The sub-section that a topic's headings or lines point at, else its whole section."""
    for key in topic.sections:
        own = [(record, text) for record, text in sections if text.key == key]
        if topic.pattern is not None:
            for record, text in sorted(own, key=lambda pair: -pair[1].level):
                shown = _lines_with(topic, text.text)
                if shown:
                    return _passage(record, text, shown, own)
            continue
        for record, text in own:
            heading = text.heading or ""
            if text.level == 2 and any(word in heading for word in topic.headings):
                if not any(word in heading for word in topic.avoid):
                    return _passage(record, text, text.text, own)
        whole = next(((r, t) for r, t in own if t.level < 2 and t.text.strip()), None)
        if whole is not None:
            return _passage(*whole, whole[1].text, own)
    return None


def _lines_with(topic: Topic, text: str) -> str:
    assert topic.pattern is not None
    sentences = re.split(r"(?<=[。；！？\n])", text)
    chosen = [
        s.strip()
        for s in sentences
        if any(word in s for word in topic.lines) and re.search(topic.pattern, s)
    ]
    return "\n".join(chosen)


def _passage(
    record: ReportRecord,
    text: SectionText,
    shown: str,
    own: Iterable[tuple[ReportRecord, SectionText]],
) -> Passage:
    section = next((t.heading for r, t in own if t.level == 1 and r.id == record.id), None)
    title = report_name(record.title, record.entity, record.year)
    citation = Citation(
        title,
        section,
        text.heading if text.level == 2 else None,
        shown[:200],
        record.file,
        text.line,
        record.url,
    )
    return Passage(text.text, shown, citation, record.entity, record.year)
