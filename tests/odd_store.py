"""A store of some forty towns in which everything is odd that can be: issues that differ or were
replaced, copies, tables that were not found, blanks, figures in other units or only about, several
statements of one measure, both editions of the form side by side. All of it made up, from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from knowledge.catalogue import load_catalogue
from knowledge.form import load_form
from knowledge.gazetteer import load_gazetteer
from knowledge.model import CellId, Entity, Figure, Gap, GapKind, Part, Report
from knowledge.store import Source, Store, open_for_writing, replace_reports
from tests.render import cells_of

YEARS = (2021, 2022, 2023)
PARTS: tuple[Part, ...] = ("disclosure", "applications", "reviews")
NAMES = {
    CellId(statement.id, "total"): (statement.name, statement.unit)
    for statement in load_catalogue().statements.values()
}
COUNTIES = (
    "青海省/西宁市/湟源县", "河南省/三门峡市/卢氏县",
    "河南省/焦作市/孟州市",
)  # fmt: skip


def towns() -> list[Entity]:
    """Those of three counties in two provinces, and two of which the region is not known."""
    own = [Entity(n, path) for path in COUNTIES for n in load_gazetteer().by_region[path]]
    return [Entity("城关镇"), Entity("景芝镇"), *own]


def build_odd(path: Path, seed: int = 7) -> Path:
    """The store at `path`; the same for the same seed."""
    chance = random.Random(seed)
    given = [(Source(f"/made/{r.file}", "1"), r) for town in towns() for r in _of(chance, town)]
    chance.shuffle(given)  # what came first is no order of files
    with open_for_writing(path) as store:
        written = replace_reports(store, given, NAMES)
    assert not [w for w in written if isinstance(w, Exception)]
    assert "duplicate" in written
    return path


def put(store: Store, report: Report) -> None:
    """One more report."""
    (written,) = replace_reports(store, [(Source(f"/made/{report.file}", "2"), report)], NAMES)
    assert not isinstance(written, Exception)


def _of(chance: random.Random, town: Entity) -> Iterator[Report]:
    for year in YEARS:
        kind = chance.random()
        if kind < 0.08:
            continue
        edition = "2019" if chance.random() < 0.15 else "2021"
        first = made(chance, town, year, edition, "a")
        yield first
        if kind < 0.2:  # a later issue of which the day or the title tells
            again = made(chance, town, year, edition, "b", like=first, published="2024-03-01")
            yield again
        elif kind < 0.28:  # another issue, and nobody knows which is later
            yield made(chance, town, year, edition, "b", like=first, published=first.published)
        elif kind < 0.34:
            yield _copied(first)


def _copied(report: Report) -> Report:
    fewer = report.figures[:-3]
    return made(random.Random(0), report.entity, report.year, "2021", "copy", figures=fewer)


def made(
    chance: random.Random,
    town: Entity,
    year: int,
    edition: str,
    issue: str,
    *,
    like: Report | None = None,
    published: str | None = None,
    figures: tuple[Figure, ...] | None = None,
) -> Report:
    """One report; `like` gives most of its figures."""
    editions: dict[Part, str | None] = dict.fromkeys(PARTS, edition)
    known = {figure.cell: figure for figure in like.figures} if like is not None else {}
    gaps: list[Gap] = []
    stated: list[Figure] = []
    for part in PARTS if figures is None else ():
        if chance.random() < 0.06:
            editions[part] = None
            continue
        for cell in cells_of(edition, part):
            odd = chance.random()
            if odd < 0.03:
                kind: GapKind = "blank" if odd < 0.02 else "unread"
                gaps.append(Gap(cell, kind))
            elif odd < 0.04:
                continue
            elif cell in known and chance.random() < 0.97:
                stated.append(known[cell])
            else:
                stated.append(_cell(chance, cell, edition))
    if figures is None:
        stated += _statements(chance)
    name = "" if chance.random() < 0.1 else f"{town.name}{year}年政府信息公开工作年度报告"
    return Report(
        town,
        year,
        name or None,
        f"{town.name}{(town.region or '').replace('/', '')}{year}{issue}.txt",
        "https://example.org/" if chance.random() < 0.5 else None,
        published or (f"{year + 1}-01-20" if chance.random() < 0.7 else None),
        chance.random() < 0.05,
        editions,
        figures if figures is not None else tuple(stated),
        tuple(gaps),
        (),
        (),
    )


def _cell(chance: random.Random, cell: CellId, edition: str) -> Figure:
    unit, cautions = load_form().unit(cell, edition), list[str]()
    value = Decimal(0) if chance.random() < 0.85 else Decimal(chance.randint(1, 40))
    printed = str(value)
    odd = chance.random()
    if odd < 0.01 and cell.item in ("rules", "procurement"):
        unit = "万元" if unit != "万元" else "元"
    elif odd < 0.03 and unit == "件":
        unit = "条"
    elif odd < 0.04:
        cautions.append("approximate")
        printed = f"{value}余"
    elif odd < 0.06:
        cautions.append("report_disagrees")
    elif odd < 0.07 and value:
        value, printed = -value, f"-{value}"
    elif odd < 0.08 and value:
        value += Decimal("0.5")
        printed = str(value)
    elif "元" in unit and value and odd < 0.3:
        cautions.append("unit_not_stated")
    label = load_form().label_path(cell, edition)
    heading = "三、收到和处理政府信息公开申请情况"
    return Figure(
        cell, value, printed, unit, unit == "条", f"{label} {printed}", 40, heading, edition,
        tuple(cautions),
    )  # fmt: skip


def _statements(chance: random.Random) -> Iterator[Figure]:
    for cell, (_, usual) in NAMES.items():
        for _ in range(chance.choice((0, 0, 1, 1, 1, 2))):
            number = chance.choice((0, 3, 12, 40))
            unit = usual if chance.random() < 0.95 else "万条"
            words = f"{number}{unit}"
            about = ("approximate",) if chance.random() < 0.1 else ()
            yield Figure(
                cell, Decimal(number), words, unit, True, f"全年{words}。", 12, "一、总体情况",
                None, about,
            )  # fmt: skip
