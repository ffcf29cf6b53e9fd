"""From rows of the store to facts with their citations."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from knowledge.model import CellId, Citation, Entity, Fact, report_name
from knowledge.numerals import plain

_FACT = """
SELECT e.name, e.region, f.year, m.item, m."column", f.value, f.stated, f.line, f.cautions,
  f.report_id, p.edition, p.section, p.label, p.whole_quote, p.unit, p.unit_stated,
  coalesce(l.label, m.name), r.title, r.file, r.url, r.issuer_inferred, r.status = 'superseded'
"""
_OF_FACT = """
JOIN facts f ON f.entity_id = e.id
JOIN reports r ON r.id = f.report_id AND r.status <> 'duplicate'
JOIN measures m ON m.id = f.measure_id
JOIN printed p ON p.id = f.printed_id
LEFT JOIN labels l ON l.edition = p.edition AND l.measure_id = f.measure_id
"""
FACTS = f"{_FACT} FROM entities e {_OF_FACT}"
"""SELECT of `FactRow`s, to be narrowed."""

FACTS_OF_SOME = f"{_FACT} FROM json_each(?) j CROSS JOIN entities e {_OF_FACT} WHERE e.id = j.value"
"""The same of the entities whose rows are in a JSON list, the first value."""

FactRow = tuple[
    str, str | None, int, str, str, int | float, str | None, int | None, str | None,
    int, str | None, str | None, str, int, str, int,
    str, str | None, str, str | None, int, int,
]  # fmt: skip


def facts_from(rows: list[FactRow]) -> list[Fact]:
    """Facts of whole (entity, year, measure) groups, in the order of the rows."""
    superseded: dict[tuple[str, str], dict[int, set[int | float]]] = {}
    for row in rows:
        if row[-1]:
            issues = superseded.setdefault((row[3], row[4]), {})
            issues.setdefault(row[9], set()).add(row[5])
    return [_fact(row, superseded) for row in rows]


def _fact(row: FactRow, superseded: dict[tuple[str, str], dict[int, set[int | float]]]) -> Fact:
    (
        name, region, year, item, column, number, stated, line, codes,
        _, edition, section, printed, whole_quote, unit, unit_stated,
        label, title, file, url, inferred, is_superseded,
    ) = row  # fmt: skip
    value = Decimal(repr(number))
    if stated is None:
        stated = plain(value)
    issues = superseded.get((item, column), {}).values() if superseded else ()
    cautions = cautions_of(codes, inferred, not is_superseded and is_revised(number, issues))
    entity = Entity(name, region)
    return Fact(
        entity=entity,
        year=year,
        cell=CellId(item, column),
        value=value,
        unit=unit,
        unit_stated=bool(unit_stated),
        stated=stated,
        edition=edition,
        citation=Citation(
            report=report_name(title, entity, year),
            section=section,
            label=label,
            quote=printed if whole_quote else f"{printed} {stated}",
            file=file,
            line=line,
            url=url,
        ),
        cautions=cautions,
        superseded=bool(is_superseded),
    )


def cautions_of(codes: str | None, inferred: object, revised: bool) -> tuple[str, ...]:
    """The caution codes of a figure: those stored with it, then what is known of its report."""
    cautions = tuple(codes.split(";")) if codes else ()
    if inferred and "entity_inferred" not in cautions:
        cautions += ("entity_inferred",)
    return (*cautions, "revised") if revised else cautions


def is_revised(number: float, issues: Iterable[Collection[int | float]]) -> bool:
    """Whether a superseded issue states the measure and nowhere with this number, given the
    numbers of each. The same rule in SQL is `schema.REVISED`."""
    return any(number not in values for values in issues)
