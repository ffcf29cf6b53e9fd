"""The bundled examples: read like the real reports, and in words of our own."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.export import export
from knowledge.store import open_for_reading, open_for_writing

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "examples" / "reports"
SHARED = ROOT.parent / "shared"

SHARED_RUN = 12
"""Characters. Shorter runs are terms and names; a sentence taken over is longer."""

needs_seeds = pytest.mark.skipif(
    not (SHARED / "seeds").is_dir(), reason=f"the real reports are not in {SHARED}"
)


class Value(NamedTuple):
    """What a report says of one measure, as exported."""

    entity: str
    county: str
    year: int
    item: str
    column: str
    value: Decimal
    unit: str
    unit_stated: bool


def exported(folder: Path, work: Path) -> list[dict[str, str]]:
    """The rows of the export after reading a folder into a new store, no file rejected."""
    path = work / "zhenwen.db"
    with open_for_writing(path) as store:
        for result in ingest_inputs(store, plan_ingest([folder], None).inputs):
            assert result.outcome == "stored", result
    with open_for_reading(path) as store:
        export(store, "csv", work / "facts.csv")
    with (work / "facts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def value_of(row: dict[str, str]) -> Value:
    return Value(
        row["entity"],
        row["county"],
        int(row["year"]),
        row["item"],
        row["column"],
        Decimal(row["value"]),
        row["unit"],
        row["unit_stated"] == "true",
    )


def narrative(rows: list[dict[str, str]]) -> set[tuple[str, int, str, Decimal, str]]:
    values = (value_of(row) for row in rows if row["item"].startswith("narrative."))
    return {(v.entity, v.year, v.item, v.value, v.unit) for v in values}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    return exported(REPORTS, tmp_path_factory.mktemp("examples"))


@needs_seeds
def test_every_cell_is_the_original_report_s(facts: list[dict[str, str]]) -> None:
    with (SHARED / "seeds-expected.csv").open(encoding="utf-8", newline="") as file:
        expected = [value_of(row) for row in csv.DictReader(file)]
    cells = [value_of(row) for row in facts if not row["item"].startswith("narrative.")]
    # The list leaves the county empty where the report does not name it; the gazetteer may.
    unnamed = {value.entity for value in expected if not value.county}
    assert unnamed == {"官坡镇", "寒葱沟镇"}
    known = [v._replace(county="") if v.entity in unnamed else v for v in cells]
    assert sorted(known) == sorted(expected)


@needs_seeds
def test_the_text_states_the_figures_of_the_originals(
    facts: list[dict[str, str]], tmp_path: Path
) -> None:
    assert narrative(facts) == narrative(exported(SHARED / "seeds", tmp_path))


@pytest.mark.parametrize(
    ("entity", "measure", "stated", "unit", "cautions"),
    [
        ("景芝镇", "received_new/total", "5", "件", ""),
        ("景芝镇", "granted/total", "4", "件", "report_disagrees"),
        (
            "景芝镇",
            "narrative.applications_outcome.granted/total",
            "同意公开5件",
            "件",
            "report_disagrees",
        ),
        ("木耳镇", "procurement/amount", "1859950.00", "万元", "unit_not_stated"),
        ("南庄镇", "procurement/amount", "22.6692", "万元", ""),
        ("寒葱沟镇", "narrative.disclosed_total/total", "我镇公开信息85条", "条", ""),
        ("寒葱沟镇", "narrative.disclosed_wechat/total", "微信公众号发布69条", "条", ""),
        ("寒葱沟镇", "narrative.disclosed_media.other/total", "其他方式发布16条", "条", ""),
    ],
)
def test_figures_that_everybody_shows(
    facts: list[dict[str, str]], entity: str, measure: str, stated: str, unit: str, cautions: str
) -> None:
    rows = [
        row
        for row in facts
        if row["entity"] == entity and f"{row['item']}/{row['column']}" == measure
    ]
    assert [(r["stated"], r["unit"], r["cautions"]) for r in rows] == [(stated, unit, cautions)]
    digits = re.search(r"[\d.]+", stated)
    assert digits is not None
    assert Decimal(rows[0]["value"]) == Decimal(digits[0])


def test_an_amount_says_whether_its_unit_is_printed(facts: list[dict[str, str]]) -> None:
    stated = {
        row["entity"]: row["unit_stated"]
        for row in facts
        if row["item"] == "procurement" and row["column"] == "amount"
    }
    assert stated == {"南庄镇": "true", "木耳镇": "false", "景芝镇": "false"}


def test_none_in_words_is_zero_with_the_words(facts: list[dict[str, str]]) -> None:
    (row,) = (
        row
        for row in facts
        if row["entity"] == "官坡镇" and row["item"] == "narrative.applications_received"
    )
    assert (row["county"], row["value"], row["unit_stated"]) == ("卢氏县", "0", "false")
    assert "没有收到信息公开申请" in row["stated"]


def test_only_the_manifest_tells_the_county_of_muer(
    facts: list[dict[str, str]], tmp_path: Path
) -> None:
    assert {row["region"] for row in facts if row["entity"] == "木耳镇"} == {"重庆市/渝北区"}
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "muer-2019.md").write_bytes((REPORTS / "muer-2019.md").read_bytes())
    assert {row["region"] for row in exported(bare, tmp_path)} == {""}


def test_the_note_that_it_is_no_original_states_no_figure(facts: list[dict[str, str]]) -> None:
    for path in REPORTS.glob("*.md"):
        lines = path.read_text(encoding="utf-8").splitlines()
        (note,) = (number for number, line in enumerate(lines, 1) if line.startswith("> "))
        assert "不是报告原件" in lines[note - 1]
        assert note == 3
        of_file = [int(row["line"]) for row in facts if row["file"] == path.name]
        assert min(of_file) > note


def own_words(path: Path) -> Iterator[tuple[int, str]]:
    """The Chinese characters of each line that is ours: no title, heading, table or 《name》."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and line[0] not in "#|":
            yield number, han(re.sub("《[^》]*》", "\n", line))


def han(text: str) -> str:
    return "".join(re.findall(r"[\u3400-\u9fff\n]", text))


@needs_seeds
def test_no_sentence_is_taken_over_from_the_originals() -> None:
    originals = [
        han(path.read_text(encoding="utf-8")).replace("\n", "")
        for path in sorted((SHARED / "seeds").glob("*.txt"))
    ]
    taken = [
        (path.name, number, words[start : start + SHARED_RUN])
        for path in sorted(REPORTS.glob("*.md"))
        for number, words in own_words(path)
        for start in range(len(words) - SHARED_RUN + 1)
        if any(words[start : start + SHARED_RUN] in original for original in originals)
    ]
    assert taken == []
