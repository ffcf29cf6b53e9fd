"""Whether what is to be done fits the figures that are asked for: one figure or several, units,
what is never added up, and which measure a condition belongs to."""

from __future__ import annotations

from dataclasses import replace

from bot.understanding.covering import BOUNDS
from bot.understanding.interpretation import Choice, Clarify, Interpretation, Refusal, Wanted
from bot.understanding.measures import spoken
from bot.understanding.question import Question
from bot.understanding.scoping import RANKING, ZEROS
from bot.understanding.task import Aggregate, Compare, Filter, Rank, Series, Share, Verify
from bot.understanding.units import is_stock, unit_classes
from knowledge.catalogue import load_catalogue
from knowledge.quantities import unit_classes as quantity_classes


def fit(question: Question, found: Interpretation) -> Interpretation | Clarify | Refusal:
    """The interpretation with one figure for each that is asked for, or why its task cannot be
    done with them."""
    found = replace(found, wanted=tuple(map(_only_cell, found.wanted))) if found.task else found
    unclear = (
        _divided(question, found) or _which_column(question, found) or _unfitting(question, found)
    )
    return unclear or _one_measure(found) or not_additive(found) or found


def _only_cell(want: Wanted) -> Wanted:
    """A row of which the catalogue names one figure alone as that figure: 收费最多 is said of the
    amount; which of several is asked back."""
    measures = load_catalogue().measures
    row = measures.get(want.measures[0])
    if row is None or row.item is None or row.column is not None or want.columns:
        return want
    cells = [m for m in measures.values() if m.item == row.item and m.column is not None]
    return replace(want, measures=(cells[0].id,)) if len(cells) == 1 else want


def _divided(question: Question, found: Interpretation) -> Refusal | None:
    """The refusal where what ranks or bounds one figure is followed by another: 申请最多的镇
    予以公开几件, 申请最多的镇的企业申请 ask for a figure of the place found, not for the most."""
    task = found.task
    if not isinstance(task, (Rank, Filter)) and not (isinstance(task, Series) and task.peak):
        return None
    dividing = (*RANKING, "position", *BOUNDS, *ZEROS)
    ranking = [(m, o.number is None) for m, o in question.operations if o.kind in dividing]
    ranking += [(m, False) for m, p in question.place_sets if p.quantifier == "some"]
    for mention, plain in ranking:
        start, end = mention.start, mention.end
        before = _figures(question, 0, start)
        behind = _figures(question, end, len(question.letters))
        if not before or not behind:
            continue
        # 收到最多企业申请的镇: what stands directly behind is what ranks; not in 最多的三个镇.
        directly = plain and any(m.start == end for m, _ in question.meanings)
        other = behind[0] - before[0] and not (directly and not before[0])
        if other or (behind[1] != before[1] and not directly):
            return Refusal("not_understood", "interleaved", {})
    return None


def _figures(
    question: Question, first: int, last: int
) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]] | None:
    """The measures and the columns named between two letters; None if there are none."""
    named = [(m, meaning) for m, meaning in question.meanings if first <= m.start and m.end <= last]
    measures = {meaning.ids for _, meaning in named if meaning.kind == "measure"}
    columns = {meaning.ids for _, meaning in named if meaning.kind == "column"}
    return (measures, columns) if measures or columns else None


def _which_column(question: Question, found: Interpretation) -> Clarify | None:
    """What is asked back where figures of a row are to be compared or added up that has several
    kinds of them and no usual one (采购: 项目数量 or 金额); None if the one meant is told."""
    listed = isinstance(found.task, Series) and not found.task.trend and found.task.peak is None
    if found.task is None or listed:
        return None
    measures = load_catalogue().measures
    for want in found.wanted:
        row = measures.get(want.measures[0])
        if row is None or row.item is None or row.column is not None or want.columns:
            continue
        mention = next((m for m, o in question.meanings if o.ids == want.measures), None)
        cells = [m for m in measures.values() if m.item == row.item and m.column is not None]
        if mention is None or not cells:
            continue
        return Clarify(
            "which_measure",
            tuple(
                Choice(
                    cell.name,
                    question.replaced(
                        mention.start, mention.end, spoken((*cell.terms, *cell.asked)[0])
                    ),
                )
                for cell in cells
            ),
        )
    return None


def _percent_of_a_rate(question: Question, found: Interpretation) -> bool:
    """Whether by how many percent a rate changed is asked (公开率下降百分之几): of it, or points?"""
    rates = any("percent" in unit_classes(want) for want in found.wanted)
    said = any(
        question.letters[m.start : m.end].endswith(_PERCENT_OF)
        for m, operation in question.operations
        if operation.kind in ("rise", "fall", "change", "rate")
    )
    return rates and ("percent" in question.asked or said)


_PERCENT_OF = ("率", "增速")
"""Ends of the words for a change in percent (增长率, 变化率)."""


def _unfitting(question: Question, found: Interpretation) -> Refusal | None:
    """The refusal for a bound or a supposed change in a unit that the measure never has (申请超过
    10万元), and for a bound on money that names no unit; None if the unit may fit."""
    task = found.task
    if isinstance(task, Compare) and _percent_of_a_rate(question, found):
        return Refusal("not_understood", "unit", {})
    condition = task.condition if isinstance(task, Filter) else None
    if isinstance(task, Compare):
        condition = task.claimed
    if condition is None or condition.trend is not None or condition.number == 0:
        return None
    classes = {name for want in found.wanted for name in unit_classes(want)}
    if isinstance(task, Compare) and task.percent and "percent" not in classes:
        return None
    named = quantity_classes().get(condition.unit)
    fits = named in classes if condition.unit else "money" not in classes
    if isinstance(task, Compare) and not condition.unit:
        fits = True
    if isinstance(task, Compare) and task.percent:
        fits = False  # 公开率提高10%: of it, or ten points?
    return None if fits else Refusal("not_understood", "unit", {})


def _one_measure(found: Interpretation) -> Interpretation | Refusal | None:
    """Rankings, conditions and claims are about one figure; None if this one is."""
    single = isinstance(found.task, (Rank, Filter))
    single = single or (isinstance(found.task, Share) and found.task.of == "scope")
    wanted = found.wanted
    if single and (len(wanted) > 1 or len(wanted[0].columns) > 1 or wanted[0].whole):
        return Refusal("not_understood", "one_measure", {})
    if isinstance(found.task, Share):
        return replace(found, wanted=tuple(replace(want, whole=False) for want in wanted))
    if found.task is None or not any(_cells(want)[1:] for want in wanted):
        return None
    if isinstance(found.task, (Aggregate, Verify)):
        return Refusal("not_understood", "one_measure", {})
    return replace(found, wanted=tuple(cell for want in wanted for cell in _cells(want)))


def _cells(want: Wanted) -> list[Wanted]:
    """One for each figure that a measure is asked for: its whole and each of its columns."""
    columns = [replace(want, columns=(column,), whole=False) for column in want.columns]
    whole = replace(want, columns=(), whole=False)
    return [whole, *columns] if want.whole or not columns else columns


def not_additive(found: Interpretation) -> Refusal | None:
    """The refusal for rates, which are never added up, and for what there is at the end of a
    year, which is not added up over years nor divided by months."""
    task = found.task
    summed = isinstance(task, Aggregate) or (isinstance(task, Share) and task.of == "scope")
    if not summed:
        return None
    catalogue = load_catalogue()
    over_time = isinstance(task, Aggregate) and (
        task.over == "months" or (task.over == "years" and task.operation == "sum")
    )
    for want in found.wanted:
        for name in want.measures:
            measure, statement = catalogue.measures.get(name), catalogue.statements.get(name)
            entry = measure or statement
            percent = (measure is not None and measure.share is not None) or (
                statement is not None and statement.unit_class == "percent"
            )
            stock = is_stock(name, want.columns)
            if entry is not None and (percent or (stock and over_time)):
                return Refusal("not_understood", "not_additive", {"name": entry.name})
    return None
