"""What part of a whole a figure is: 自然人占比, 予以公开占办结总数的比例.

A figure that is a part of nothing (`bot.understanding.wholes`) has no share.
"""

from __future__ import annotations

from dataclasses import replace

from bot.answers.answer import Answer, Computed, Outcome, Point
from bot.answers.gathering import gather, reports_meant
from bot.understanding.interpretation import Interpretation, Wanted
from bot.understanding.task import Share
from bot.understanding.wholes import whole_of
from knowledge.catalogue import load_catalogue
from knowledge.compute import share
from knowledge.form import load_form
from knowledge.model import Entity
from knowledge.store import Store


def answer_share(store: Store, base: Answer, asked: Interpretation) -> Answer:
    """The share of one figure in another, of one place in one year."""
    task = asked.task
    assert isinstance(task, Share)
    places = reports_meant(store, asked)
    if not places:
        return replace(base, status="no_data", key="no_report")
    if task.of == "named" and not _is_part(asked.wanted[0], asked.wanted[1]):
        return replace(base, status="not_understood", key="no_whole")
    if task.of == "named":
        pairs = [(asked.wanted[0], asked.wanted[1])]
    else:
        pairs = []
        for wanted in asked.wanted:
            for part in _parts(wanted):
                whole = whole_of(part)
                if whole is None:
                    return replace(base, status="not_understood", key="no_whole")
                pairs.append((part, whole))
    outcomes: list[Outcome] = []
    for part, whole in pairs:
        found = _share(store, base, places[0], part, whole)
        if isinstance(found, Answer):
            return found
        outcomes.append(found)
    lines = tuple(point.line for outcome in outcomes for point in outcome.points)
    known = any(outcome.results for outcome in outcomes)
    return replace(
        base,
        outcomes=tuple(outcomes),
        lines=lines,
        status="answered" if known else "no_data",
        key=None if known else "no_figure",
    )


def _is_part(part: Wanted, whole: Wanted) -> bool:
    """Whether a figure can be a part of the other: what the form or the text adds up to it, or
    both are counts of requests (予以公开占新收申请的比例)."""
    if whole_of(part) == whole:
        return True
    catalogue, form = load_catalogue(), load_form()
    tables = set()
    for wanted in (part, whole):
        measure = catalogue.measures.get(wanted.measures[0])
        if measure is None or measure.share is not None:
            return False
        items = (measure.item,) if measure.item else measure.sum_of
        tables.add(form.part_of(items[0]))
    return tables == {"applications"}


def _parts(wanted: Wanted) -> list[Wanted]:
    """One for each column: 自然人和企业各占多少."""
    if not wanted.columns:
        return [wanted]
    return [Wanted(wanted.measures, (column,)) for column in wanted.columns]


def _share(
    store: Store, base: Answer, place: tuple[Entity, int], part: Wanted, whole: Wanted
) -> Outcome | Answer:
    points: list[Point] = []
    names: list[str] = []
    for wanted in (part, whole):
        found = gather(store, [place], wanted, base.question, bare=False)
        if isinstance(found, Answer):
            return replace(base, status="clarify", key="which_measure", choices=found.choices)
        own, lacks, name = found
        names.append(name)
        if not own:
            return Outcome(name, lacks=tuple(lacks), year=place[1])
        points += own
    of, among = points
    formula = f"{names[0]} ÷ {names[1]}"
    facts = (*of.facts, *among.facts)
    result = Computed("share", share(of.value, among.value), "%", facts, formula)
    return Outcome(names[0], tuple(points), compared=2, results=(result,), year=place[1])
