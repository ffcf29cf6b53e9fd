"""Bad files: each is refused within 10 seconds and 500 MB, by name and reason, the rest stored."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import zhenwen
from ingest.formats import EXTENSIONS
from ingest.running.files import plan_ingest
from ingest.running.run import ingest_inputs
from knowledge.store import open_for_writing
from tests.conftest import ROOT
from tests.run_cases import report, zipped

SECONDS = 30.0
"""10 are promised; this machine may be busy. What loops is ended after 7 of computing."""

MEGABYTES = 500

FORMATS = sorted(EXTENSIONS.keys() - {".zip"})
"""All extensions that a folder is searched for; a new reader is tried as soon as it is there."""

TEXTS = frozenset({".txt", ".md", ".markdown", ".csv", ".tsv", ".html", ".htm", ".shtml", ".xhtml"})
"""Formats of which a piece may be a report."""

_LAUGHS = (
    '<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY l "哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">'.replace("&l0;", "&l;") for n in range(1, 10))
    + "]>\n"
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word_file(document: str) -> bytes:
    """A .docx whose main part is this XML."""
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats'
            '-officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
            f' Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": document,
        }
    )


def workbook(sheet: str) -> bytes:
    """A .xlsx whose only sheet is this XML."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
            "</Types>",
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
            f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _word(body: str, head: str = "") -> str:
    return f'{head}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'


def _sheet(rows: str, head: str = "") -> str:
    return f'{head}<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'


def _text(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def _cell(words: str) -> str:
    return f'<row r="1"><c r="A1" t="inlineStr"><is><t>{words}</t></is></c></row>'


def hostile() -> Iterator[tuple[str, bytes]]:
    """Names and contents of files that are made to hurt, small as they are."""
    deep = 100_000
    for tag in ("div", "table><tr><td", "b", "blockquote"):
        name = tag.split(">")[0]
        yield f"deep-{name}.html", f"<html><body>{f'<{tag}>' * deep}5".encode()
    yield "laughs.html", (_LAUGHS + "<html><body>&l9;</body></html>").encode()
    yield "laughs.xhtml", (_LAUGHS + "<html><body>&l9;</body></html>").encode()
    yield "span.html", b"<html><body><table><tr><td rowspan=65534 colspan=1000>5</table>" * 500
    yield "laughs.docx", word_file(_word(_text("&l9;"), _LAUGHS))
    yield "laughs.xlsx", workbook(_sheet(_cell("&l9;"), _LAUGHS))
    stolen = '<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    yield "stolen.docx", word_file(_word(_text("&f;"), stolen))
    nested = "<w:tbl><w:tr><w:tc>" * 20_000 + "</w:tc></w:tr></w:tbl>" * 20_000
    yield "deep.docx", word_file(_word(nested))
    yield (
        "span.docx",
        word_file(
            _word(
                '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>'
                f"{_text('5')}</w:tc></w:tr></w:tbl>"
            )
        ),
    )
    yield "swollen.docx", word_file(_word(_text("哈" * (40 << 20))))
    yield "wide.xlsx", workbook(_sheet('<row r="1048576"><c r="XFD1048576"><v>5</v></c></row>'))
    yield "swollen.xlsx", workbook(_sheet(_cell("哈" * (40 << 20))))
    yield "deep.json.md", b"[" * deep
    yield "swollen.zip", zipped({"a.md": bytes(60 << 20)})
    yield "quotes.csv", b'"' * 1_000_001
    yield "loop.pdf", _pdf_that_names_itself()
    yield "head.pdf", b"%PDF-1.7\n"
    yield "pages.pdf", b"%PDF-1.7\ntrailer<</Root 1 0 R/Size 9999999999>>\nstartxref\n0\n%%EOF"
    yield "rtf.doc", b"{\\rtf1" + b"{" * deep
    yield "compound.doc", bytes.fromhex("d0cf11e0a1b11ae1") + random.Random(3).randbytes(100_000)
    yield "package.docx", b"PK\x03\x04" + random.Random(4).randbytes(100_000)


def _pdf_that_names_itself() -> bytes:
    """Pages whose kids are themselves, and a table of objects whose predecessor is itself."""
    objects = (
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>endobj\n",
    )
    content, places = b"%PDF-1.4\n", []
    for each in objects:
        places.append(len(content))
        content += each
    table = len(content)
    content += b"xref\n0 3\n0000000000 65535 f \n"
    content += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    return content + (
        f"trailer<</Root 1 0 R/Size 3/Prev {table}>>\nstartxref\n{table}\n%%EOF\n".encode()
    )


@dataclass
class Watched:
    """A run over a folder: each outcome line with the seconds since the line before."""

    lines: dict[str, dict[str, Any]]
    seconds: dict[str, float]
    megabytes: float
    """The largest process of the run, and the largest of those that it started."""


WEIGHED = (
    "import pathlib, resource, subprocess, sys\n"
    "code = subprocess.run(sys.argv[2:]).returncode\n"
    "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
    "pathlib.Path(sys.argv[1]).write_text(str(peak))\n"
    "sys.exit(code)\n"
)
"""Runs a command and writes down its peak. A process counts the memory of the one that started it
as its own, so that one must be small: this, not the tests."""


def watch(folder: Path, db: Path) -> Watched:
    """Runs the command on one core, so that each file's own time is seen."""
    peak = db.with_suffix(".peak")
    code = (
        "import os, sys, zhenwen, ingest.running.run, ingest.running.workers\n"
        "ingest.running.run.PATIENCE = 0; ingest.running.workers._cores = lambda: 1; ingest.running.workers.FIRST = 0\n"
        "sys.exit(zhenwen.main())\n"
    )
    command = [sys.executable, "-c", code, "ingest", str(folder), "--db", str(db), "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", WEIGHED, str(peak), *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        lines: dict[str, dict[str, Any]] = {}
        seconds = {}
        before = time.monotonic()
        for text in run.stdout:
            line = json.loads(text)
            now = time.monotonic()
            lines[line["file"]], seconds[line["file"]] = line, now - before
            before = now
        errors = run.stderr.read()
    assert errors == ""
    assert run.returncode in (0, 1)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Watched(lines, seconds, int(peak.read_text()) / unit)


def check(watched: Watched, good: int = 1) -> None:
    """All refused in time with one line of reason each, but the good ones."""
    for file, line in watched.lines.items():
        if not file.startswith("good"):
            assert line["outcome"] == "rejected", line
            assert line["reason"], file
            assert line["reason"].isprintable(), line["reason"]
            assert "程序出错" not in line["reason"], (file, line["reason"])
            assert "程序崩溃" not in line["reason"] or file.endswith(".pdf"), (file, line["reason"])
        assert watched.seconds[file] < SECONDS, (file, watched.seconds[file])
    stored = [line for line in watched.lines.values() if line["outcome"] == "stored"]
    assert len(stored) == good
    assert watched.megabytes < MEGABYTES


def write_good(folder: Path) -> None:
    (folder / "good-0.md").write_text(report("甲山", received=31), encoding="utf-8")
    (folder / "good-1.md").write_text(report("乙水", received=32), encoding="utf-8")


def test_files_that_are_made_to_hurt(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    write_good(folder)
    written = 0
    for name, content in hostile():
        if Path(name).suffix in {*FORMATS, ".zip"}:
            (folder / name).write_bytes(content)
            written += 1
    watched = watch(folder, tmp_path / "a.db")
    assert len(watched.lines) == written + 2
    check(watched, good=2)


def test_what_is_no_file_of_its_format(tmp_path: Path) -> None:
    """Empty, blank, binary, cut short: under every extension."""
    folder = tmp_path / "reports"
    folder.mkdir()
    write_good(folder)
    noise = random.Random(5)
    contents = {
        "empty": b"",
        "blank": b" \r\n\t\n" * 50,
        "nul": bytes(70_000),
        "noise": noise.randbytes(100_000),
        "bom": b"\xef\xbb\xbf",
        "utf16": b"\xff\xfe\x00",
        "words": "购物清单：白菜5棵。".encode(),
        "picture": b"\xff\xd8\xff\xe0\x00\x10JFIF" + noise.randbytes(5_000),
    }
    for extension in FORMATS:
        for name, content in contents.items():
            (folder / f"{name}{extension}").write_bytes(content)
    watched = watch(folder, tmp_path / "a.db")
    assert len(watched.lines) == len(FORMATS) * len(contents) + 2
    check(watched, good=2)
    for extension in FORMATS:
        assert "空" in watched.lines[f"empty{extension}"]["reason"], extension


def test_thirty_megabytes_of_noise_under_every_extension(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    write_good(folder)
    pool = tmp_path / "noise"
    pool.write_bytes(random.Random(6).randbytes(30 << 20))
    for extension in [*FORMATS, ".zip"]:
        (folder / f"noise{extension}").hardlink_to(pool)
    watched = watch(folder, tmp_path / "a.db")
    assert len(watched.lines) == len(FORMATS) + 3
    check(watched, good=2)


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    write_good(folder)
    with (folder / "huge.md").open("wb") as file:
        file.truncate(80 << 30)
    watched = watch(folder, tmp_path / "a.db")
    check(watched, good=2)
    assert "太大" in watched.lines["huge.md"]["reason"]


def results(folder: Path) -> dict[str, tuple[str, str | None]]:
    with open_for_writing(folder.parent / "a.db") as store:
        found = list(ingest_inputs(store, plan_ingest([folder], None).inputs))
    return {result.file: (result.outcome, result.reason) for result in found}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    write_good(tmp_path / "reports")
    return tmp_path / "reports"


def test_pipes_links_and_folders_named_like_reports(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    os.mkfifo(folder / "pipe.zip")
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "one.md").symlink_to("two.md")
    (folder / "two.md").symlink_to("one.md")
    (folder / "gone.md").symlink_to("nowhere.md")
    (folder / "zero.md").symlink_to("/dev/zero")
    (folder / "x.pdf").mkdir()
    (folder / "x.pdf" / "inside.md").write_text(report("丙林", received=33), encoding="utf-8")
    (folder / "around").symlink_to(".")
    elsewhere = folder.parent / "elsewhere.md"
    elsewhere.write_text(report("丁田", received=34), encoding="utf-8")
    (folder / "linked.md").symlink_to(elsewhere)
    plan = plan_ingest([folder], None)
    assert len(plan.warnings) == 1
    assert "around" in plan.warnings[0]
    found = results(folder)
    assert {file for file, (outcome, _) in found.items() if outcome == "stored"} == {
        "good-0.md",
        "good-1.md",
        "linked.md",
        "x.pdf/inside.md",
    }
    reasons = {file: reason or "" for file, (_, reason) in found.items()}
    assert "不是普通文件" in reasons["pipe.md"]
    assert "不是普通文件" in reasons["zero.md"]
    assert "那里没有文件" in reasons["gone.md"]
    assert all(reasons[name] for name in ("loop.md", "one.md", "two.md", "pipe.zip"))


def test_links_in_a_circle_on_the_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "loop").symlink_to("loop")
    db = str(folder.parent / "a.db")
    for name in ("loop", "loop/a.md"):
        assert zhenwen.main(["ingest", str(folder / name), "--db", db]) in (1, 2)
        captured = capsys.readouterr()
        assert captured.err.count("\n") == 1
        assert "loop" in captured.err


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser, who runs the tests in a container, may read every file.
    real = os.open

    def closed(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if str(path).endswith("good-0.md"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", closed)
    found = results(folder)
    assert found["good-0.md"] == ("rejected", "读不出来：Permission denied")
    assert found["good-1.md"][0] == "stored"


def test_a_file_that_vanishes_or_turns_into_another_during_the_run(folder: Path) -> None:
    (folder / "late.md").write_text(report("丙林"), encoding="utf-8")
    (folder / "pipe.md").write_text(report("丁田"), encoding="utf-8")
    inputs = plan_ingest([folder], None).inputs
    (folder / "late.md").unlink()
    (folder / "pipe.md").unlink()
    os.mkfifo(folder / "pipe.md")
    with open_for_writing(folder.parent / "a.db") as store:
        found = {result.file: result for result in ingest_inputs(store, inputs)}
    assert found["late.md"].reason == "文件已经不在了"
    assert "不是普通文件" in (found["pipe.md"].reason or "")
    assert found["good-1.md"].outcome == "stored"


def test_a_file_that_is_being_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a report must not be taken for the whole."""
    path = folder / "good-0.md"
    real, calls = os.fstat, 0

    def written_meanwhile(number: int) -> os.stat_result:
        nonlocal calls
        status = real(number)
        if os.path.samestat(status, path.stat()) and calls == 0:
            calls += 1
            with path.open("a", encoding="utf-8") as file:
                file.write("一行")
        return status

    monkeypatch.setattr(os, "fstat", written_meanwhile)
    found = results(folder)
    assert "改写" in (found["good-0.md"][1] or "")
    assert found["good-1.md"][0] == "stored"
    monkeypatch.undo()
    assert results(folder)["good-0.md"][0] == "stored"


def test_an_archive_that_changes_during_the_run(folder: Path) -> None:
    (folder / "a.zip").write_bytes(zipped({"a.md": report("丙林"), "b.md": report("丁田")}))
    inputs = plan_ingest([folder], None).inputs
    (folder / "a.zip").write_bytes(zipped({"b.md": report("丁田")}))
    with open_for_writing(folder.parent / "a.db") as store:
        found = {result.file: result.outcome for result in ingest_inputs(store, inputs)}
    assert found == {
        "a.zip/a.md": "rejected",
        "a.zip/b.md": "stored",
        "good-0.md": "stored",
        "good-1.md": "stored",
    }


def test_a_pipe_named_on_the_command_line_is_not_waited_for(tmp_path: Path) -> None:
    for name in ("a.md", "a", "a.zip"):
        os.mkfifo(tmp_path / name)
        done = subprocess.run(
            [sys.executable, "-m", "zhenwen", "ingest", tmp_path / name, "--db", tmp_path / "a.db"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert "不是普通文件" in done.stderr


def test_an_encrypted_archive_names_its_members(folder: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.docx", b"x")
    content = bytearray(packed.getvalue())
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    (folder / "a.zip").write_bytes(content)
    assert "密码" in (results(folder)["a.zip/a.docx"][1] or "")
