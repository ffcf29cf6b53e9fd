"""The five real reports through the real command: every cell as printed, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import zhenwen
from knowledge.query import entities, sections
from knowledge.store import open_for_reading

SHARED = Path(__file__).parents[2] / "shared"
SEEDS = SHARED / "seeds"
EXPECTED = SHARED / "seeds-expected.csv"

pytestmark = pytest.mark.skipif(
    not EXPECTED.is_file(), reason=f"the real reports are not beside the project ({SEEDS})"
)

IDENTITIES = {
    "000_424a49e6f6e65ce5.txt": ("南庄镇", "孟州市", 2020),
    "001_b4cf58a1ae5d2f01.txt": ("寒葱沟镇", "抚远市", 2021),
    "002_e16808d284d4c28e.txt": ("木耳镇", "渝北区", 2019),
    "003_ba2450cc1c30b59a.txt": ("官坡镇", "卢氏县", 2023),
    "004_8b4e4b229e41f1f5.txt": ("景芝镇", "安丘市", 2020),
}
COUNTIES = {entity: county for entity, county, _ in IDENTITIES.values()}

STATED = {
    "南庄镇": [
        ("applications_received", "0", "件"),
        ("disclosed_category.mailbox", "8", "条"),
        ("disclosed_total", "38", "条"),
    ],
    "寒葱沟镇": [
        ("applications_received", "0", "件"),
        ("disclosed_media.other", "16", "条"),
        ("disclosed_total", "85", "条"),
        ("disclosed_wechat", "69", "条"),
    ],
    "木耳镇": [("disclosed_wechat", "77", "条")],
    "官坡镇": [("applications_received", "0", "件"), ("information_fee", "0", "元")],
    "景芝镇": [
        ("answer_rate.consultations", "100", "%"),
        ("applications_answered", "5", "件"),
        ("applications_answered.on_time", "5", "件"),
        ("applications_mode.letter", "3", "件"),
        ("applications_mode.online", "2", "件"),
        ("applications_outcome.already_disclosed", "0", "件"),
        ("applications_outcome.granted", "5", "件"),
        ("applications_outcome.not_held", "1", "件"),
        ("applications_outcome.not_our_competence", "0", "件"),
        ("applications_outcome.partially_granted", "0", "件"),
        ("applications_received", "5", "件"),
        ("consultations", "31", "件"),
        ("disclosed_total", "296", "条"),
        ("disclosed_website", "119", "条"),
        ("disclosed_wechat", "177", "条"),
        ("lawsuits", "0", "件"),
        ("no_objection_rate.consultations", "100", "%"),
        ("on_time_rate", "100", "%"),
        ("policy_interpretations", "3", "件"),
        ("proposals_cppcc", "0", "件"),
        ("proposals_npc", "0", "件"),
        ("reviews", "0", "件"),
    ],
}
ZERO_IN_WORDS = {
    ("寒葱沟镇", "applications_received"): "无依申请公开事项",
    ("官坡镇", "applications_received"): "未收到依申请公开申请",
    ("官坡镇", "information_fee"): "不存在收取信息处理费",
    ("景芝镇", "reviews"): "未发生",
    ("景芝镇", "lawsuits"): "未发生",
    ("景芝镇", "proposals_npc"): "没有承办",
}


class Run:
    """One store filled by the command, and what the command said."""

    def __init__(self, folder: Path, db: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.db, self._capsys = folder, db, capsys

    def ingest(self) -> dict[str, dict[str, Any]]:
        self.status = zhenwen.main(["ingest", str(self.folder), "--db", str(self.db), "--json"])
        lines = self._capsys.readouterr().out.splitlines()
        return {fields["file"]: fields for fields in map(json.loads, lines)}

    def export(self) -> str:
        assert zhenwen.main(["export", "--db", str(self.db)]) == 0
        return self._capsys.readouterr().out


def rows_of(exported: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported)))


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    folder = tmp_path / "seeds"
    shutil.copytree(SEEDS, folder)
    for copied in (folder, *folder.iterdir()):
        copied.chmod(0o755 if copied.is_dir() else 0o644)
    return Run(folder, tmp_path / "zhenwen.db", capsys)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    folder = tmp_path_factory.mktemp("exported")
    assert zhenwen.main(["ingest", str(SEEDS), "--db", str(folder / "z.db")]) == 0
    assert zhenwen.main(["export", "--db", str(folder / "z.db"), "-o", str(folder / "z.csv")]) == 0
    return rows_of((folder / "z.csv").read_text(encoding="utf-8"))


def test_every_cell_as_printed_and_no_other(exported: list[dict[str, str]]) -> None:
    columns = ("file", "entity", "year", "item", "column", "unit", "unit_stated", "line")
    wanted = {
        (*(row[name] for name in columns), row["county"] or COUNTIES[row["entity"]]): Decimal(
            row["value"]
        )
        for row in csv.DictReader(io.StringIO(EXPECTED.read_text(encoding="utf-8-sig")))
    }
    cells = [row for row in exported if not row["item"].startswith("narrative.")]
    read = {
        (*(row[name] for name in columns), row["county"]): Decimal(row["value"]) for row in cells
    }
    assert len(cells) == len(wanted) == 994
    assert read.items() - wanted.items() == set()
    assert wanted.items() - read.items() == set()


def test_every_cell_says_where_it_stands(exported: list[dict[str, str]]) -> None:
    for row in exported:
        assert row["stated"], row
        assert row["section"], row
        assert row["label"], row
        assert row["report"], row
        assert row["superseded"] == "false"
    counted = Counter(
        (row["entity"], row["edition"])
        for row in exported
        if not row["item"].startswith("narrative.")
    )
    assert counted == {
        ("南庄镇", "2019"): 198,
        ("木耳镇", "2019"): 198,
        ("景芝镇", "2019"): 198,
        ("寒葱沟镇", "2021"): 200,
        ("官坡镇", "2021"): 200,
    }


@pytest.mark.parametrize("entity", STATED)
def test_exactly_the_figures_that_the_text_states(
    exported: list[dict[str, str]], entity: str
) -> None:
    stated = sorted(
        (row["item"].removeprefix("narrative."), row["value"], row["unit"])
        for row in exported
        if row["item"].startswith("narrative.") and row["entity"] == entity
    )
    assert stated == STATED[entity]


@pytest.mark.parametrize(("entity", "item"), ZERO_IN_WORDS)
def test_zero_in_words_is_quoted_in_its_words(
    exported: list[dict[str, str]], entity: str, item: str
) -> None:
    (row,) = [r for r in exported if (r["entity"], r["item"]) == (entity, f"narrative.{item}")]
    assert ZERO_IN_WORDS[entity, item] in row["stated"]
    assert row["unit_stated"] == "false"


def test_cautions_stand_where_the_reports_earn_them_and_nowhere_else(
    exported: list[dict[str, str]],
) -> None:
    cautioned = {
        (row["entity"], row["item"], row["column"], row["value"]): row["cautions"]
        for row in exported
        if row["cautions"]
    }
    disagreeing = ("景芝镇", "narrative.applications_outcome.granted", "total", "5")
    assert cautioned.pop(disagreeing) == "report_disagrees"
    assert cautioned.pop(("景芝镇", "granted", "total", "4")) == "report_disagrees"
    ((muer, codes),) = cautioned.items()
    assert muer[:3] == ("木耳镇", "procurement", "amount")
    assert "unit_not_stated" in codes.split(";")


def test_each_file_gives_one_line_of_the_contract(run: Run) -> None:
    lines = run.ingest()
    assert run.status == 0
    assert list(lines) == sorted(IDENTITIES)
    for file, fields in lines.items():
        assert list(fields) == [
            "file",
            "outcome",
            "entity",
            "county",
            "year",
            "facts",
            "findings",
            "reason",
        ]
        assert (fields["entity"], fields["county"], fields["year"]) == IDENTITIES[file]
        assert (fields["outcome"], fields["reason"]) == ("stored", None)
        assert fields["facts"] >= 198
    (finding,) = lines["004_8b4e4b229e41f1f5.txt"]["findings"]
    assert (finding["rule"], finding["severity"]) == ("narrative", "warning")
    assert "4" in finding["text"]
    assert "5" in finding["text"]


def test_the_same_folder_again_changes_nothing(run: Run) -> None:
    run.ingest()
    before = run.export()
    again = run.ingest()
    assert run.status == 0
    assert {fields["outcome"] for fields in again.values()} == {"unchanged"}
    assert run.export() == before


def test_a_changed_file_replaces_its_own_facts_alone(run: Run) -> None:
    run.ingest()
    before = rows_of(run.export())
    path = run.folder / "000_424a49e6f6e65ce5.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("| 政府集中采购 | 1 |", "| 政府集中采购 | 7 |"), encoding="utf-8")
    lines = run.ingest()
    outcomes = Counter(fields["outcome"] for fields in lines.values())
    assert outcomes == {"replaced": 1, "unchanged": 4}
    after = rows_of(run.export())
    (old,) = [row for row in before if row not in after]
    (new,) = [row for row in after if row not in before]
    assert (old["item"], old["column"], old["value"]) == ("procurement", "projects", "1")
    assert (new["item"], new["column"], new["value"]) == ("procurement", "projects", "7")


def test_a_file_that_became_unreadable_keeps_what_is_stored(run: Run) -> None:
    run.ingest()
    before = run.export()
    (run.folder / "000_424a49e6f6e65ce5.txt").write_bytes(b"\x00\x01\x02" * 99)
    lines = run.ingest()
    assert run.status == 1
    assert lines["000_424a49e6f6e65ce5.txt"]["outcome"] == "rejected"
    assert lines["000_424a49e6f6e65ce5.txt"]["reason"]
    assert Counter(fields["outcome"] for fields in lines.values())["unchanged"] == 4
    assert run.export() == before


def test_the_six_sections_are_kept(run: Run) -> None:
    run.ingest()
    keys = ["overview", "disclosure", "applications", "reviews", "problems", "other"]
    with open_for_reading(run.db) as store:
        for entity, year in {(r["entity"], r["year"]) for r in rows_of(run.export())}:
            (who,) = [known for known, _ in entities(store) if known.name == entity]
            top = [text for _, text in sections(store, who, int(year)) if text.level == 1]
            assert [text.key for text in top] == keys
            assert all(text.text.strip() for text in top)
            assert all(text.line for text in top)
