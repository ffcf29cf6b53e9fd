"""Who and when: small documents with what must be read of them, from `tests/cases/identity`."""

from __future__ import annotations

import contextlib
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from ingest.document import Witness, WitnessKind
from ingest.issuer.issuers import Issuer, is_known_town, issuer_key
from ingest.issuer.titles import read_title
from ingest.manifest import ManifestRow
from ingest.pipeline import read_report
from ingest.readers.text import read_text
from knowledge.errors import InputRejected
from knowledge.gazetteer import load_gazetteer
from knowledge.text import data_text, fold, solid

CASES = Path(__file__).parent / "cases" / "identity"

BODIES = {
    "town": "一、总体情况\n我镇依法公开政府信息。",
    "neutral": "一、总体情况\n依法公开政府信息。",
}
REST = "二、主动公开政府信息情况\n略。\n三、收到和处理政府信息公开申请情况\n略。"


class Case(BaseModel):
    """One document and what must come out; None is not looked at, an empty county is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    why: str
    head: str = ""
    tail: str = ""
    body: str = "town"
    witnesses: tuple[tuple[WitnessKind, str], ...] = ()
    file: str = "a.txt"
    manifest: dict[str, str | int] | None = None
    entity: str | None = None
    county: str | None = None
    year: int | None = None
    by: tuple[str, str] | None = None
    title: str | None = None
    findings: tuple[str, ...] | None = None
    says: tuple[str, ...] = ()
    published: str | None = None
    inferred: bool | None = None
    corrected: bool | None = None
    refused: str | None = None


class _Cases(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    case: tuple[Case, ...]


def cases() -> list[tuple[str, Case]]:
    found: list[tuple[str, Case]] = []
    for path in sorted(CASES.glob("*.toml")):
        read = _Cases.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        found += [(f"{path.stem}-{number}", case) for number, case in enumerate(read.case, 1)]
    return found


def test_there_are_cases() -> None:
    assert len(cases()) >= 120


@pytest.mark.parametrize("case", [case for _, case in cases()], ids=[name for name, _ in cases()])
def test_case(case: Case) -> None:
    body = BODIES[case.body] + "\n" + REST if case.body in BODIES else case.body
    text = f"{case.head}\n{body}\n{case.tail}\n"
    made = read_text(text.encode(), case.file)
    witnesses = tuple(Witness(kind, words, None) for kind, words in case.witnesses)
    row = ManifestRow(case.file, **case.manifest) if case.manifest else None  # type: ignore[arg-type]
    document = replace(made, witnesses=witnesses)
    if case.refused is not None:
        with pytest.raises(InputRejected) as caught:
            read_report(document, case.file, row)
        assert case.refused in caught.value.reason, case.why
        assert "\n" not in caught.value.reason
        return
    reading = read_report(document, case.file, row)
    report, identity = reading.report, reading.identity
    assert (report.entity.name, report.year) == (case.entity, case.year), case.why
    if case.county is not None:
        assert (report.entity.county or "") == case.county, case.why
    if case.by is not None:
        assert (identity.issuer_witness, identity.year_witness) == case.by, case.why
    if case.title is not None:
        assert report.title == case.title, case.why
    rules = [f.rule for f in report.findings if f.rule not in ("incomplete_table",)]
    if case.findings is not None:
        assert sorted(rules) == sorted(case.findings), case.why
    told = "；".join(finding.text for finding in report.findings)
    assert all(words in told for words in case.says), f"{case.why}: {told}"
    if case.published is not None:
        assert (report.published or "") == case.published, case.why
    if case.inferred is not None:
        assert report.inferred is case.inferred, case.why
    if case.corrected is not None:
        assert report.corrected is case.corrected, case.why


def test_every_town_of_china_is_read_from_its_title() -> None:
    """Names that end in 镇镇, 万全镇, 八五〇农场: a rule on endings must not eat a name."""
    ends = ("镇", "乡", "街道", "苏木", "农场", "林场", "牧场", "园艺场", "地区")
    odd = ["乌镇镇", "万全镇", "福全街道", "下各镇", "八五〇农场", "小城镇", "湖南镇", "北京街道"]
    lines = data_text("gazetteer.tsv").splitlines()
    pairs = [line.split("\t") for line in lines if "\t" in line and not line.startswith("#")]
    towns = [(fold(path), fold(name)) for path, names in pairs for name in names.split()]
    chosen = [(path, name) for path, name in towns if name.endswith(ends)]
    missed = []
    for path, name in [*chosen[::60], *((p, n) for p, n in chosen if n in odd)]:
        county = path.rsplit("/", 1)[-1]
        title = read_title(f"{county}{name}人民政府2021年政府信息公开工作年度报告")
        if title is None or title.issuer != Issuer(name, (county,)):
            missed.append((county, name, title.issuer if title else None))
    assert missed == []


def test_a_known_town_is_its_own_key() -> None:
    """What is read at once for a town by its whole name is what all the rules come to."""
    names = {fold(name) for names in load_gazetteer().by_region.values() for name in names}
    towns = [name for name in names if is_known_town(name)]
    assert len(towns) > 30_000
    assert [town for town in towns if issuer_key(town) != town or solid(town) != town] == []
    assert [town for town in towns if issuer_key(f"{town}人民政府") != town] == []


@pytest.mark.parametrize(
    "piece",
    ["镇", "街道", "街道办事处", "人民政府", "安丘市", "2021年", "编制", "景芝镇", "由景芝镇编制。", "学习景芝镇",
     "地址：安丘市", "县政府网", "20", "（一）", "一、", "一、总体情况我镇。", "公开年度报告", "《", "发布机构：", "信息公开"],
)  # fmt: skip
@pytest.mark.parametrize("lines", [1, 300])
def test_hostile_text_is_read_in_bounded_time(piece: str, lines: int) -> None:
    line = piece * (30_000 // len(piece) // lines)
    hostile = "\n".join([line] * lines)
    made = read_text(f"{hostile}\n{BODIES['town']}\n{hostile}\n{REST}\n{hostile}".encode(), "a.txt")
    started = time.process_time()
    with contextlib.suppress(InputRejected):
        read_report(made, "a.txt", None)
    assert time.process_time() - started < 10
