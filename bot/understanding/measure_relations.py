"""How the measures of the catalogue stand to each other: tables, parts, columns."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.phrases import Meaning
from knowledge.catalogue import load_catalogue
from knowledge.form import load_form


def part_of(meaning: Meaning) -> str | None:
    """The table of the form that a measure stands in; for statements the one they are about."""
    form, catalogue = load_form(), load_catalogue()
    for name in meaning.ids:
        measure = catalogue.measures.get(name)
        if measure is not None:
            if measure.share is not None:
                return form.part_of(measure.share.sides[0][0].item)
            items = (measure.item, *measure.sum_of)
            return next((form.part_of(item) for item in items if item), None)
        statement = catalogue.statements.get(name)
        if statement is not None and "申请" in statement.context:
            return "applications"
        if statement is not None and statement.cell is not None:
            return form.part_of(statement.cell.split("/")[0])
    return None


def comes_in(meaning: Meaning) -> bool:
    """Whether a measure counts requests that came in (received, carried over, by a way to apply),
    by more than a bare 申请: how many of these were handled no report says."""
    return meaning.yields is None and any(
        name.startswith(("received_new", "carried_over", "narrative.applications_mode."))
        for name in meaning.ids
    )


def is_handled(meaning: Meaning) -> bool:
    """Whether a measure counts all requests handled in a year."""
    return meaning.ids == ("total_handled",)


def is_rate(meaning: Meaning) -> bool:
    """Whether a measure is a rate, worked out or stated."""
    catalogue = load_catalogue()
    return any(
        (name in catalogue.measures and catalogue.measures[name].share is not None)
        or (name in catalogue.statements and catalogue.statements[name].unit_class == "percent")
        for name in meaning.ids
    )


def frames(context: Meaning, other: Meaning) -> bool:
    """Whether 收到的申请中予以公开几件 is right: the context is all requests, or the whole that
    the other is a part of. 信函申请里予以公开的 is no figure of any report."""
    measures = load_catalogue().measures
    entries = [measures.get(name) for name in context.ids]
    frame = any(entry is not None and (entry.generic or entry.leading) for entry in entries)
    return frame or narrows(other, context)


def narrows(narrower: Meaning, wider: Meaning) -> bool:
    """Whether one measure is a part of the other: a reason, a channel, a cell of a row."""
    catalogue = load_catalogue()
    for one in narrower.ids:
        for other in wider.ids:
            measure = catalogue.measures.get(other)
            own = catalogue.measures.get(one)
            statement = catalogue.statements.get(one)
            if measure is not None and one in measure.sum_of:
                return True
            if statement is not None and statement.part_of == other:
                return True
            same_row = measure is not None and own is not None and own.item == measure.item
            if (
                same_row
                and own is not measure
                and own is not None
                and own.item is not None
                and other == own.item
            ):
                return True
    return False


def names_a_column(meaning: Meaning) -> bool:
    """Whether a measure's own words say which column of its row is meant (采购花了多少钱)."""
    catalogue = load_catalogue()
    entries = [catalogue.measures.get(name) for name in meaning.ids]
    return any(
        measure is not None and measure.item not in (None, measure.id) for measure in entries
    )


def has_column(meaning: Meaning, column: str) -> bool:
    """Whether every item that a measure counts has the column in some edition of the form."""
    form, catalogue = load_form(), load_catalogue()
    known = catalogue.columns[column]
    needed = set(known.sum_of or (column,))
    for name in meaning.ids:
        measure = catalogue.measures.get(name)
        if measure is None or measure.share is not None:
            continue
        items = (measure.item,) if measure.item else measure.sum_of
        if all(needed <= set(form.columns_of(item)) for item in items):
            return True
    return False


def of_lawsuits(names: Sequence[str]) -> bool:
    """Whether measures are of lawsuits: these alone are lost or won (败诉), not reviews."""
    return all(name.startswith("litigation") for name in names)


def have_results(names: Sequence[str]) -> bool:
    """Whether measures are of reviews or lawsuits: these have results (其他结果), not requests."""
    return all(name.startswith(("reconsideration", "litigation")) for name in names)


def may_be_a_mode(first: Meaning, second: Meaning) -> bool:
    """Whether a channel of disclosure is listed before a way to apply (公众号、网站申请): then it may
    as well be a way to apply itself."""
    statements = load_catalogue().statements
    channels = [statements[name].part_of for name in first.ids if name in statements]
    return "narrative.disclosed_total" in channels and any(
        name.startswith("narrative.applications_mode.") for name in second.ids
    )
