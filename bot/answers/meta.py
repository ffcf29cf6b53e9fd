"""Reports as such: when published, which years are missing, what contradicts itself, what was
not read, what was corrected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.answers.answer import Answer, Told
from bot.answers.coverage import rows_in
from bot.understanding.interpretation import Choice
from bot.understanding.phrases import load_asks
from bot.understanding.places import spelled
from knowledge import coverage, query
from knowledge.audit import Problem, find_problems
from knowledge.audit_rules import load_audit_rules
from knowledge.coverage import GapCell
from knowledge.form import load_form
from knowledge.model import Citation, Entity, Fact, report_name
from knowledge.query import ReportRecord
from knowledge.store import Store

Reports = Sequence[tuple[Entity, int]]

MAX_SHOWN = 5
"""Problems, examples or reports in one reply; with more, it says how many there are."""

MAX_FACTS = 6
"""Figures shown of one problem; a sum of the form has up to 22."""

MAX_CHANGED = 10
"""Figures shown that a later issue corrected."""

MAX_ROWS = 8
"""Rows named of those that were not read or are blank."""


def answer_meta(store: Store, base: Answer, years: Reports) -> Answer:
    """The answer to a question about reports as such; `years` are those that there are."""
    asked = base.interpretation
    assert asked is not None
    if asked.aspect in ("published", "source"):
        return _published(store, base, years)
    if asked.aspect == "missing_years":
        return _missing_years(store, base)
    if asked.aspect == "extremes":
        return _extremes(store, base)
    if asked.aspect == "contradictions":
        return _contradictions(store, base, years)
    if asked.aspect == "gaps":
        return _gaps(store, base, years)
    if asked.aspect == "revised":
        return _revised(store, base, years)
    records = tuple(r for entity, year in years for r in query.reports(store, entity, year))
    told = tuple(_of_report("report", record) for record in records)
    return replace(base, told=told)


def _of_report(key: str, record: ReportRecord, **values: str) -> Told:
    """A line about one report, with the report as its citation."""
    known = {"year": str(record.year), "published": record.published or "", "file": record.file}
    title = report_name(record.title, record.entity, record.year)
    citation = Citation(title, None, None, "", record.file, None, record.url)
    return Told(key, {**known, **values}, record.entity, citation=citation)


def _published(store: Store, base: Answer, years: Reports) -> Answer:
    asked = base.interpretation
    assert asked is not None
    told: list[Told] = []
    for entity, year in years:
        for record in query.reports(store, entity, year):
            key = "published" if record.published else "not_published"
            told.append(_of_report("source" if asked.aspect == "source" else key, record))
    if all(line.key == "not_published" for line in told):
        base = replace(base, status="no_data")
    return _shortened(base, told)


def _shortened(base: Answer, told: Sequence[Told]) -> Answer:
    more = len(told) - MAX_SHOWN
    rest = (Told("more", {"more": str(more)}),) if more > 0 else ()
    return replace(base, told=(*base.told, *told[:MAX_SHOWN], *rest))


def _missing_years(store: Store, base: Answer) -> Answer:
    """The years without a report: of those asked for, else from the first to the last stored."""
    asked = base.interpretation
    assert asked is not None
    named = asked.years.years if asked.years.span == "years" else ()
    told: list[Told] = []
    known = [year for year, _ in coverage.year_counts(store)]
    for entity in asked.entities:
        # Without years in the question those of the whole store are the measure.
        told.append(_missing(query.years_of(store, entity), named or _range(known), entity))
    if not asked.entities:
        regions = [row.region for row in rows_in(store, asked.regions)] if asked.regions else None
        counted = coverage.year_counts(store, regions)
        if not counted:
            return _nothing(base)
        told += [Told("year", {"year": str(year), "entities": str(n)}) for year, n in counted]
        years = [year for year, _ in counted]
        told.append(_missing(years, named or _range(known), None))
    return replace(base, told=tuple(told), default_year=False, missing_years=())


def _range(years: Sequence[int]) -> Sequence[int]:
    return range(min(years), max(years) + 1)


def _missing(held: Sequence[int], wanted: Sequence[int], entity: Entity | None) -> Told:
    missing = [year for year in wanted if year not in held]
    values: dict[str, str | tuple[str, ...]] = {
        "held": tuple(map(str, held)),
        "missing": tuple(map(str, missing)),
        "first": str(min(wanted)),
        "last": str(max(wanted)),
    }
    key = "missing" if missing else "none_missing"
    return Told(key if entity is not None else f"{key}_store", values, entity)


def _nothing(base: Answer) -> Answer:
    asked = base.interpretation
    assert asked is not None
    if asked.regions:
        region = "".join(asked.regions)
        return replace(base, status="no_data", key="no_region", values={"region": region})
    return replace(base, status="no_data", key="no_report")


def _extremes(store: Store, base: Answer) -> Answer:
    """The first and the last report, by the year reported on."""
    asked = base.interpretation
    assert asked is not None
    base = replace(base, default_year=False)
    told: list[Told] = []
    for entity in asked.entities:
        held = query.years_of(store, entity)
        ends = [query.current_reports(store, entity, year)[:1] for year in (held[0], held[-1])]
        told += [
            _of_report(key, record)
            for key, records in zip(("earliest", "latest"), ends, strict=True)
            for record in records
        ]
    if not asked.entities:
        rows = rows_in(store, asked.regions)
        if not rows:
            return _nothing(base)
        for key, year in (
            ("earliest_store", min(row.first_year for row in rows)),
            ("latest_store", max(row.last_year for row in rows)),
        ):
            regions = [row.region for row in rows]
            towns = coverage.towns_of(store, regions, (year,), MAX_SHOWN)
            names = tuple(entity.name for entity, _ in towns[:3])
            told.append(Told(key, {"year": str(year), "names": names}))
    return replace(base, told=tuple(told))


def _contradictions(store: Store, base: Answer, years: Reports) -> Answer:
    """What in a report speaks against something else in it or in the report of the year before."""
    asked = base.interpretation
    assert asked is not None
    rules = load_asks()["contradictions"].rules
    if not asked.entities:
        return _in_store(store, base, "contradictions", rules)
    problems = [
        problem
        for entity in asked.entities
        for problem in find_problems(store, entity)
        if problem.rule in rules and any((entity, year) in years for year in _years_of(problem))
    ]
    if not problems:
        names = tuple(
            Told("no_contradictions", {"year": str(year)}, entity) for entity, year in years
        )
        return _shortened(base, names)
    heads = []
    for entity, year in years:
        own = [p for p in problems if p.entity == entity and _told_under(p, years) == year]
        if own:
            heads.append(
                Told(
                    "contradictions", {"year": str(year), "count": str(len(own))}, entity, head=True
                )
            )
            heads += [_problem(problem) for problem in own[:MAX_SHOWN]]
            if len(own) > MAX_SHOWN:
                heads.append(Told("more_problems", {"more": str(len(own) - MAX_SHOWN)}))
    return replace(base, told=tuple(heads))


def _years_of(problem: Problem) -> list[int]:
    """The year of the report that a problem is one of, and behind it any other year of its figures:
    what was carried over is at odds with two reports."""
    return list(dict.fromkeys((problem.year, *(fact.year for fact in problem.facts))))


def _told_under(problem: Problem, years: Reports) -> int | None:
    asked = [year for year in _years_of(problem) if (problem.entity, year) in years]
    return asked[0] if asked else None


def _problem(problem: Problem) -> Told:
    """The rule that does not hold and the figures of both sides; of many those that tell it.

    The sums of both sides are not named: they are no figures of the report.
    """
    rule = load_audit_rules().named(problem.rule)
    facts = problem.facts
    if len(facts) > MAX_FACTS:
        facts = (*facts[: MAX_FACTS - 1], facts[-1])  # a sum ends with its total
    more = len(problem.facts) - len(facts)
    key = "problem_more" if more else "problem"
    values = {"rule": rule.name if rule is not None else problem.rule, "more": str(more)}
    return Told(key, values, facts=facts, citation=_first(problem.citations))


def _first(citations: Iterable[Citation]) -> Citation | None:
    return next(iter(citations), None)


def _in_store(store: Store, base: Answer, aspect: str, rules: Sequence[str]) -> Answer:
    """How many reports have a finding of these rules, and the newest of them to ask about."""
    asked = base.interpretation
    assert asked is not None
    years = asked.years.years if asked.years.span == "years" else ()
    rows = rows_in(store, asked.regions, years)
    if not rows:
        return _nothing(base)
    regions = [row.region for row in rows] if asked.regions else None
    found = coverage.reports_with_findings(store, rules, regions, years, MAX_SHOWN)
    values = {"count": str(found.count), "reports": str(sum(row.reports for row in rows))}
    base = replace(base, default_year=False)
    if not found.count:
        none = [Told(f"{aspect}_none", values)]
        if aspect == "contradictions":
            none.append(Told("contradictions_only"))
        return replace(base, told=tuple(none))
    told = [Told(f"{aspect}_store", values, head=True)]
    told += [_of_report("report_named", record) for record in found.shown]
    if aspect == "contradictions":
        told.append(Told("contradictions_only"))
    question = {"contradictions": "前后矛盾吗", "gaps": "哪些格没读出来"}[aspect]
    choices = tuple(
        Choice(
            f"{spelled(record.entity)} {record.year} 年",
            f"{spelled(record.entity)}{record.year}年{question}",
        )
        for record in found.shown
    )
    return replace(base, told=tuple(told), choices=choices)


def _gaps(store: Store, base: Answer, years: Reports) -> Answer:
    """The cells of a report's own form that were not read, and those that are printed blank."""
    asked = base.interpretation
    assert asked is not None
    if not asked.entities:
        return _in_store(store, base, "gaps", ("incomplete_table", "damaged_text"))
    told: list[Told] = []
    for entity, year in years[:MAX_SHOWN]:
        told += _gaps_of(store, entity, year)
    return replace(base, told=tuple(told))


def _gaps_of(store: Store, entity: Entity, year: int) -> list[Told]:
    records = query.current_reports(store, entity, year)
    cells = coverage.gap_cells(store, entity, year)
    lost = {part for record in records for part, edition in record.editions.items() if not edition}
    told = [Told("lost_table", {"year": str(year), "part": part}, entity) for part in sorted(lost)]
    for kind in ("unread", "blank"):
        own = [cell for cell in cells if cell.kind == kind]
        if own:
            rows = _rows(own)
            more = len(rows) - MAX_ROWS
            values: dict[str, str | tuple[str, ...]] = {
                "year": str(year),
                "count": str(len(own)),
                "rows": tuple(rows[:MAX_ROWS]),
                "more": str(max(0, more)),
            }
            told.append(Told(f"{kind}_more" if more > 0 else kind, values, entity))
    if not told:
        told.append(Told("no_gaps", {"year": str(year)}, entity))
    if records:
        told[-1] = replace(told[-1], citation=_of_report("", records[0]).citation)
    return told


def _rows(cells: Sequence[GapCell]) -> list[str]:
    """The labels of the rows that cells stand in, each followed by those of the columns (with
    tabs between), or alone where none of its cells has a figure."""
    form = load_form()
    rows: dict[tuple[str, str], list[str]] = {}
    for gap in cells:
        rows.setdefault((gap.cell.item, gap.edition), []).append(gap.cell.column)
    shown = []
    for (item, edition), columns in rows.items():
        gap = next(g for g in cells if g.cell.item == item and g.edition == edition)
        _, row, _ = form.place(gap.cell, edition)
        some = len(columns) < len(row.columns)
        names = [c.label for c in row.columns if some and c.column in columns]
        shown.append("\t".join((row.label, *names)))
    return shown


def _revised(store: Store, base: Answer, years: Reports) -> Answer:
    """Whether a later issue replaced a report, and the figures that differ."""
    asked = base.interpretation
    assert asked is not None
    if not asked.entities:
        return _revised_in_store(store, base)
    told: list[Told] = []
    for entity, year in years[:MAX_SHOWN]:
        records = query.reports(store, entity, year)
        earlier = [record for record in records if record.status == "superseded"]
        current = [record for record in records if record.status == "current"]
        for record in current:
            key = "revised" if earlier else "several_issues" if len(current) > 1 else "not_revised"
            told.append(_of_report(key, record, count=str(len(records))))
            told += _issued(record) if earlier else []
        for record in earlier:
            told += [_of_report("superseded", record), *_issued(record)]
        changed = [f for f in query.facts_of(store, entity, year) if "revised" in f.cautions]
        if changed:
            told.append(_changes(store, entity, year, changed))
    return replace(base, told=tuple(told))


def _issued(record: ReportRecord) -> list[Told]:
    """When one of several issues was published, if that is known."""
    return [Told("issued", {"published": record.published})] if record.published else []


def _changes(store: Store, entity: Entity, year: int, changed: Sequence[Fact]) -> Told:
    """The figures that a later issue corrected, each beside the one that it replaced."""
    facts: list[Fact] = []
    shown = changed[:MAX_CHANGED]
    for fact in shown:
        facts.append(fact)
        older = [f for f in query.lookup(store, entity, year, fact.cell) if f.superseded]
        facts += older[:1]
    values = {"year": str(year), "count": str(len(changed)), "shown": str(len(shown))}
    key = "changed" if len(shown) == len(changed) else "changed_some"
    return Told(key, values, entity, tuple(facts))


def _revised_in_store(store: Store, base: Answer) -> Answer:
    asked = base.interpretation
    assert asked is not None
    rows = rows_in(store, asked.regions)
    if not rows:
        return _nothing(base)
    regions = [row.region for row in rows] if asked.regions else None
    found = coverage.superseded_reports(store, regions, MAX_SHOWN)
    base = replace(base, default_year=False)
    if not found.count:
        return replace(base, told=(Told("revised_none"),))
    told = [Told("revised_store", {"count": str(found.count)}, head=True)]
    told += [_of_report("report_named", record) for record in found.shown]
    return replace(base, told=tuple(told))
