"""Questions about all towns of a store: what ten times the towns cost, as ratios within one run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter

from benchmarks.formats import statement_names
from benchmarks.timing import median
from bot.conversation.assistant import Assistant
from ingest.pipeline import parse_report
from ingest.readers.text import read_text
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity, Figure, Report
from knowledge.store import Source, open_for_reading, open_for_writing, replace_reports

EXAMPLE = Path(__file__).parents[1] / "examples" / "reports" / "jingzhi-2020.md"
YEAR = 2020
TOWNS = (400, 4000)
FILLED = 0.05
"""The part of the figures that are not 0 (performance-notes, assumption)."""

QUESTIONS = (
    ("one town looked up", "景芝镇2020年收到多少申请"),
    ("the most of all", "2020年哪个镇申请最多"),
    ("the first three", "2020年申请前三名的镇"),
    ("those that have any", "2020年哪些镇有行政复议"),
    ("those that have none", "2020年哪些镇没有申请"),
    ("the sum of all", "2020年各镇申请一共多少"),
    ("a sum of rows, the most of all", "2020年哪个镇不予公开的申请最多"),
)


def bench_places(folder: Path) -> None:
    """Prints first and later times of each question over each number of towns."""
    print(f"questions about {TOWNS[0]} and {TOWNS[1]} towns; milliseconds, first and median of 9")
    taken: list[list[tuple[float, float]]] = []
    for towns in TOWNS:
        path = _store(folder / f"places-{towns}.db", towns)
        with open_for_reading(path) as store:
            assistant = Assistant(store, lambda: date(2024, 5, 1), with_data=False)
            assistant.ask(QUESTIONS[0][1])
            taken.append([_times(assistant, question) for _, question in QUESTIONS])
    for (label, _), few, many in zip(QUESTIONS, *taken, strict=True):
        print(
            f"  {label:32}{few[0]:8.1f} {few[1]:8.1f}   {many[0]:8.1f} {many[1]:8.1f}"
            f"   x ten times the towns {many[1] / few[1]:6.2f}"
        )


def _times(assistant: Assistant, question: str) -> tuple[float, float]:
    started = perf_counter()
    reply = assistant.ask(question)
    first = (perf_counter() - started) * 1e3
    assert reply.status == "answered", reply.text
    return first, median(partial(assistant.ask, question), 9) / 1e3


def _store(path: Path, towns: int) -> Path:
    """One real report, its figures made up, under the names of so many towns."""
    example = parse_report(read_text(EXAMPLE.read_bytes(), EXAMPLE.name), EXAMPLE.name)
    assert isinstance(example, Report)
    chance = random.Random(towns)
    with open_for_writing(path) as store:
        names = statement_names()
        entities = islice(_towns(), towns)
        while some := list(islice(entities, 200)):
            reports = [_report(example, entity, chance) for entity in some]
            written = replace_reports(
                store, [(Source(f"/{r.file}", "1"), r) for r in reports], names
            )
            assert set(written) == {"stored"}
    return path


def _towns() -> Iterator[Entity]:
    yield Entity("景芝镇", "山东省/潍坊市/安丘市")
    for path, names in load_gazetteer().by_region.items():
        for name in dict.fromkeys(names):
            if (name, path) != ("景芝镇", "山东省/潍坊市/安丘市"):
                yield Entity(name, path)


def _report(example: Report, entity: Entity, chance: random.Random) -> Report:
    def made_up(figure: Figure) -> Figure:
        number = chance.randint(1, 99) if chance.random() < FILLED else 0
        return figure._replace(
            value=Decimal(number),
            stated=str(number),
            quote=figure.quote.replace(figure.stated, str(number)),
        )

    figures = tuple(made_up(figure) for figure in example.figures if not figure.cell.is_narrative)
    file = f"{entity.region}/{entity.name}.txt"
    return replace(example, entity=entity, year=YEAR, title=None, file=file, figures=figures)
