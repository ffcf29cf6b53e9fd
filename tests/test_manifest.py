"""`manifest.csv`: what it may hold, and one clear line for everything that it may not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import zhenwen
from ingest.manifest import read_manifest
from knowledge.errors import UsageError

REPORT = (
    "一、总体情况\n略。\n二、主动公开政府信息情况\n略。\n三、收到和处理政府信息公开申请情况\n略。\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    reports = tmp_path / "reports"
    (reports / "sub").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "sub/c.txt", "sub/b.txt"):
        (reports / name).write_text(REPORT, encoding="utf-8")
    return reports


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.txt"))


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "manifest.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("file,entity\na.txt,景芝镇\n".encode("gb18030"), "UTF-8"),
        (b"\x00\x01\x02", "空字符"),
        (b"", "file"),
        ("entity,year\n景芝镇,2020\n", "file"),
        ("file,entity,nmae\na.txt,景芝镇,x\n", "nmae"),
        ("file,entity\na.txt,景芝镇,多出来\n", "第 2 行"),
        ('file,entity\na.txt,"景芝镇\n', "CSV"),
        ('file,entity\na.txt,"景"芝"\n', "CSV"),
        ("file,entity\na.txt," + "长" * 3000 + "\n", "太长"),
    ],
)
def test_a_wrong_manifest_is_one_line_that_names_it(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    content: str | bytes,
    words: str,
) -> None:
    write(folder, content)
    status = zhenwen.main(["ingest", str(folder), "--db", str(folder.parent / "z.db")])
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert "manifest.csv" in line
    assert words in line


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("year", "20"), ("year", "二〇二〇"), ("year", "2020年"), ("year", "２０２０"),
        ("published", "2021/13/26"), ("published", "2021-1/26"), ("published", "1.2.2021"),
        ("published", "2021-02-30"),
    ],
)  # fmt: skip
def test_a_bad_year_or_day_rejects_its_file_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], column: str, value: str
) -> None:
    (folder / "sub" / "b.txt").unlink()
    write(folder, f"file,entity,{column}\na.txt,景芝镇,{value}\nb.txt,木耳镇,\nc.txt,官坡镇,\n")
    for name in ("b.txt", "sub/c.txt"):
        (folder / name).write_text(f"官坡镇2023年政府信息公开年报\n{REPORT}", encoding="utf-8")
    db = str(folder.parent / "z.db")
    assert zhenwen.main(["ingest", str(folder), "--db", db, "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["outcome"] for line in lines] == ["rejected", "stored", "stored"]
    assert f"manifest.csv 第 2 行：{column} " in lines[0]["reason"]
    assert value in lines[0]["reason"]


@pytest.mark.parametrize("written", ["2021-01-26", "2021-1-26", "2021/1/26", "2021/01/26"])
def test_a_day_is_kept_in_one_form(folder: Path, written: str) -> None:
    manifest = read_manifest(
        write(folder, f"file,published\na.txt,{written}\n"), folder, files_of(folder)
    )
    assert [(row.published, row.problem) for row in manifest.rows.values()] == [
        ("2021-01-26", None)
    ]


def test_a_missing_manifest_that_was_named(folder: Path) -> None:
    with pytest.raises(UsageError, match="读不出来"):
        read_manifest(folder / "missing.csv", folder, [])


@pytest.mark.parametrize(
    "name",
    ["missing.txt", "../a.txt", "/etc/passwd", "sub/../a.txt", "..\\a.txt", "b.txt/", "", "sub"],
)
def test_a_row_without_a_file_is_a_warning(folder: Path, name: str) -> None:
    files = [path for path in files_of(folder) if path.name != "b.txt"]
    manifest = read_manifest(write(folder, f'file,year\n"{name}",2020\n'), folder, files)
    assert manifest.rows == {}
    (warning,) = manifest.warnings
    assert "第 2 行" in warning
    assert "\n" not in warning


def test_a_bare_name_must_be_unique_and_a_path_wins(folder: Path) -> None:
    content = "file,year\nc.txt,2019\nb.txt,2020\nsub/b.txt,2021\n"
    manifest = read_manifest(write(folder, content), folder, files_of(folder))
    assert manifest.warnings == ()
    years = {path.relative_to(folder).as_posix(): row.year for path, row in manifest.rows.items()}
    assert years == {"sub/c.txt": 2019, "b.txt": 2020, "sub/b.txt": 2021}


def test_a_file_named_twice_keeps_its_first_row(folder: Path) -> None:
    content = "file,year\na.txt,2019\na.txt,2020\n"
    manifest = read_manifest(write(folder, content), folder, files_of(folder))
    assert [row.year for row in manifest.rows.values()] == [2019]
    (warning,) = manifest.warnings
    assert "重复" in warning


def test_quotes_commas_line_breaks_and_a_byte_order_mark(folder: Path) -> None:
    content = (
        "\ufefffile,entity,region,year,title,url,published\r\n"
        'a.txt,景芝镇,/山东省/潍坊市/安丘市/,2020,"景芝镇,""2020""年\n报告",,2021-01-26\r\n\r\n'
    )
    manifest = read_manifest(write(folder, content), folder, files_of(folder))
    (row,) = manifest.rows.values()
    assert row.region == "山东省/潍坊市/安丘市"
    assert row.title is not None
    assert '"2020"' in row.title
    assert (row.url, row.published) == (None, "2021-01-26")


def test_the_manifest_beside_a_named_file_counts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "file,entity,region,year\na.txt,木耳镇,重庆市/渝北区,2019\n")
    db = str(folder.parent / "z.db")
    assert zhenwen.main(["ingest", str(folder / "a.txt"), "--db", db, "--json"]) == 0
    fields = json.loads(capsys.readouterr().out)
    assert (fields["file"], fields["entity"], fields["county"]) == ("a.txt", "木耳镇", "渝北区")


def test_another_manifest_row_reads_the_file_anew(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = str(folder.parent / "z.db")
    outcomes = []
    for year in (2019, 2019, 2020):
        write(folder, f"file,entity,year\na.txt,木耳镇,{year}\n")
        zhenwen.main(["ingest", str(folder / "a.txt"), "--db", db, "--json"])
        outcomes.append(json.loads(capsys.readouterr().out)["outcome"])
    assert outcomes == ["stored", "unchanged", "replaced"]
