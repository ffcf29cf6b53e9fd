"""Older office formats through LibreOffice, and telling a file's format by its content.

Where LibreOffice is not installed the real conversions are skipped; a made `soffice` stands in
for it where the way of calling it is tested.
"""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import pytest
from openpyxl import Workbook

from ingest.document import Paragraph, Row
from ingest.formats import format_of, read_document
from ingest.pipeline import parse_report
from ingest.readers import office
from ingest.readers.compound import MAGIC, compound_kind, is_encrypted
from ingest.readers.office import find_libreoffice, read_office
from knowledge.errors import InputRejected
from tests.render import cells_of, draft_report

installed = pytest.mark.skipif(
    find_libreoffice() is None, reason="LibreOffice 没有安装（找不到 soffice 命令）"
)

SECTOR = 512
FREE, END = 0xFFFFFFFF, 0xFFFFFFFE


def compound(name: str, body: bytes = b"") -> bytes:
    """An OLE compound file with one stream, which begins in its third sector."""
    body = body.ljust(4096, b"\0")
    header = bytearray(SECTOR)
    header[:8] = MAGIC
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<III", header, 44, 1, 1, 0)
    struct.pack_into("<I", header, 56, 4096)
    struct.pack_into("<109I", header, 76, 0, *[FREE] * 108)
    chain = [0xFFFFFFFD, END, *range(3, 10), END]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    entries = bytearray(SECTOR)
    for place, (title, kind, start) in enumerate([("Root Entry", 5, END), (name, 2, 2)]):
        at = place * 128
        spelt = title.encode("utf-16-le") + b"\0\0"
        entries[at : at + len(spelt)] = spelt
        struct.pack_into("<HB", entries, at + 64, len(spelt), kind)
        struct.pack_into("<II", entries, at + 116, start, 4096)
    return bytes(header) + table + bytes(entries) + body


WORD = compound("WordDocument", b"\xec\xa5" + b"\0" * 30)
LOCKED_WORD = compound("WordDocument", b"\xec\xa5" + b"\0" * 8 + b"\0\x01" + b"\0" * 20)
SHEET = compound("Workbook", struct.pack("<HH4xHHxx", 0x0809, 4, 0x0042, 2))
LOCKED_SHEET = compound("Workbook", struct.pack("<HH4xHHxx", 0x0809, 4, 0x002F, 2))
LOCKED_DOCX = compound("EncryptedPackage")


def word_file(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    if rows:
        table = made.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def workbook(*rows: tuple[str | int, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def archive(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, text in members.items():
            opened.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


# ── which format a file has ──


@pytest.mark.parametrize(
    ("content", "extension", "expected"),
    [
        (word_file("字"), ".doc", "docx"),
        (word_file("字"), ".wps", "docx"),
        (workbook((1,)), ".et", "xlsx"),
        (workbook((1,)), ".zip", "xlsx"),
        (WORD, ".docx", "office"),
        (LOCKED_DOCX, ".docx", "office"),
        (b"{\\rtf1\\ansi 5}", ".doc", "office"),
        (b"{\\rtf1\\ansi 5}", ".docx", "office"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>', ".doc", "office"),
        ("全年公开政府信息5条。".encode("gb18030"), ".doc", "text"),
        ("全年公开政府信息5条。".encode(), ".docx", "text"),
        ("规章\t1\t2\n".encode(), ".xls", "csv"),
        (archive(**{"a.txt": "字"}), ".zip", "zip"),
        (archive(**{"a.txt": "字"}), ".docx", "zip"),
        (archive(mimetype="application/vnd.oasis.opendocument.text"), ".wps", "office"),
        (word_file("字")[:500], ".docx", "docx"),
        (b"\x00\x01\x02" * 50, ".docx", "docx"),
        (b"\x00\x01\x02" * 50, ".doc", None),
    ],
)
def test_content_tells_the_format(content: bytes, extension: str, expected: str | None) -> None:
    assert format_of(content, extension) == expected


@pytest.mark.parametrize(
    ("content", "kind", "locked"),
    [
        (WORD, ".doc", False),
        (LOCKED_WORD, ".doc", True),
        (SHEET, ".xls", False),
        (LOCKED_SHEET, ".xls", True),
        (LOCKED_DOCX, "", True),
        (WORD[:600], "", False),
        (MAGIC, "", False),
        (MAGIC + b"\xff" * 5000, "", False),
        (compound("Nothing"), "", False),
        (b"text", None, False),
    ],
)
def test_compound_files(content: bytes, kind: str | None, locked: bool) -> None:
    assert compound_kind(content) == kind
    assert is_encrypted(content) is locked


@pytest.mark.parametrize("content", [LOCKED_WORD, LOCKED_SHEET, LOCKED_DOCX])
def test_encrypted_files_are_refused_without_libreoffice(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "find_libreoffice", lambda: None)
    with pytest.raises(InputRejected, match="加密.*去掉密码") as refused:
        read_document(content, "甲镇.docx", ".docx")
    assert refused.value.file == "甲镇.docx"


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 40, MAGIC + bytes(range(256)) * 40, compound("Nothing")]
)
def test_noise_under_an_office_name_never_reaches_libreoffice(
    content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made_command(tmp_path, "exit 0", monkeypatch)
    with pytest.raises(InputRejected, match="损坏.*另存"):
        read_document(content, "a.doc", ".doc")
    assert not (tmp_path / "called").exists()


# ── how LibreOffice is called ──


@pytest.mark.parametrize(
    ("file", "content", "named", "way_out"),
    [
        ("a.doc", WORD, ".doc", ".docx 或 .pdf"),
        ("a.wps", WORD, ".wps", ".docx 或 .pdf"),
        ("a.rtf", b"{\\rtf1 5}", ".rtf", ".docx 或 .pdf"),
        ("a.et", SHEET, ".et", ".xlsx"),
        ("a.doc", SHEET, ".xls", ".xlsx"),
    ],
)
def test_without_libreoffice_both_ways_out_are_named(
    file: str,
    content: bytes,
    named: str,
    way_out: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(office, "PLACES", ())
    with pytest.raises(InputRejected) as refused:
        read_office(content, file)
    assert refused.value.reason.startswith(f"{named} 文件要由 LibreOffice 转换")
    assert "安装 LibreOffice" in refused.value.reason
    assert way_out in refused.value.reason


def made_command(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a `soffice` on the PATH that runs this script, with `$out` and `$in` set."""
    command = folder / "soffice"
    command.write_text(
        '#!/bin/sh\nfor a in "$@"; do [ "$last" = --outdir ] && out="$a"; last="$a"; in="$a"; done\n'
        f'echo "$@" > {folder}/called\npwd >> {folder}/called\n{script}\n'
    )
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_converted_file_is_read_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "made.docx").write_bytes(word_file("收到申请5件", rows=(("规章", "3"),)))
    made_command(
        tmp_path, f'mkdir -p "$out"; cp {tmp_path}/made.docx "$out/report.docx"', monkeypatch
    )
    document = read_office(WORD, "景芝镇;rm -rf.wps")
    assert [b.text if isinstance(b, Paragraph) else b.cells[1].text for b in document.blocks] == [
        "收到申请5件",
        "3",
    ]
    called, folder = (tmp_path / "called").read_text().splitlines()
    assert "--headless" in called
    assert "-env:UserInstallation=file://" in called
    assert called.endswith("report.wps")
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0", "LibreOffice 打不开这个文件"),
        ("exit 1", "LibreOffice 打不开这个文件"),
        ("kill -9 $$", "LibreOffice 打不开这个文件"),
        ('mkdir -p "$out"; : > "$out/report.docx"', "LibreOffice 打不开这个文件"),
        ('mkdir -p "$out/report.docx"', "LibreOffice 打不开这个文件"),
        ('mkdir -p "$out"; echo no > "$out/report.docx"', "损坏"),
    ],
)
def test_failed_conversions_are_refused(
    script: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made_command(tmp_path, script, monkeypatch)
    with pytest.raises(InputRejected, match=reason) as refused:
        read_office(WORD, "a.doc")
    assert "另存" in refused.value.reason


def test_conversion_that_takes_too_long_is_stopped_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(office, "SECONDS", 0.5)
    made_command(tmp_path, f"sleep 61 & echo $! > {tmp_path}/child; wait", monkeypatch)
    begin = time.monotonic()
    with pytest.raises(InputRejected, match="转换超过.*另存"):
        read_office(WORD, "a.doc")
    assert time.monotonic() - begin < 20
    child = (tmp_path / "child").read_text().strip()
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", child], capture_output=True, text=True, check=False
    ).stdout.strip()
    assert not state or state.startswith("Z")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not tell")
def test_a_conversion_that_does_nothing_costs_no_more_than_a_bad_file_may(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert office.IDLE < 8
    monkeypatch.setattr(office, "IDLE", 1.0)
    made_command(tmp_path, "sleep 61", monkeypatch)
    begin = time.monotonic()
    with pytest.raises(InputRejected, match="停住不动"):
        read_office(WORD, "a.doc")
    assert time.monotonic() - begin < 6


def test_a_conversion_that_takes_its_time_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(office, "IDLE", 0.2)
    monkeypatch.setattr(office, "LOOK", 0.05)
    made = tmp_path / "made.docx"
    made.write_bytes(word_file("全年公开政府信息37条。"))
    busy = "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done"
    made_command(tmp_path, f'{busy}; mkdir -p "$out"; cp {made} "$out/report.docx"', monkeypatch)
    begin = time.monotonic()
    assert [p.text for p in read_office(WORD, "a.doc").paragraphs()] == ["全年公开政府信息37条。"]
    assert time.monotonic() - begin > office.IDLE


def test_output_is_not_followed_out_of_bounds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(office, "MAX_CONVERTED", 1000)
    made_command(
        tmp_path,
        'mkdir -p "$out"; head -c 5000 /dev/zero > "$out/report.docx"',
        monkeypatch,
    )
    with pytest.raises(InputRejected, match="LibreOffice 打不开这个文件"):
        read_office(WORD, "a.doc")


# ── the real thing ──


def spreadsheet(*rows: tuple[str | int, ...]) -> bytes:
    """An OpenDocument spreadsheet."""
    spelt = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            if isinstance(cell, int)
            else '<table:table-cell office:value-type="string">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entries = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return archive(
        mimetype=kind,
        **{
            "META-INF__manifest.xml": f'<m:manifest xmlns:m="{entries}"><m:file-entry '
            f'm:full-path="/" m:media-type="{kind}"/>'
            '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
            "content.xml": f'<office:document-content {names} office:version="1.2"><office:body>'
            f'<office:spreadsheet><table:table table:name="Sheet1">{spelt}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        },
    )


def converted(folder: Path, source: Path, ending: str) -> bytes:
    """A file of an older format, made by LibreOffice itself."""
    command = find_libreoffice()
    assert command is not None
    subprocess.run(
        [
            command,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            ending,
            "--outdir",
            str(folder),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return source.with_suffix(f".{ending}").read_bytes()


@installed
def test_real_word_file_of_1997_and_others_side_by_side(tmp_path: Path) -> None:
    figures = {
        cell: str(100 + n)
        for n, cell in enumerate(
            cell
            for part in ("disclosure", "applications", "reviews")
            for cell in cells_of("2021", part)
        )
    }
    draft = draft_report("2021", figures, overview=["全年收到政府信息公开申请3件。"])
    made = docx.Document()
    for line in (*draft.title, "一、总体情况", *draft.overview):
        made.add_paragraph(line)
    for part, grid in (
        ("disclosure", draft.disclosure),
        ("applications", [*draft.header, *draft.applications]),
        ("reviews", draft.reviews),
    ):
        made.add_paragraph(draft.headings[part] or "")
        table = made.add_table(rows=len(grid), cols=max(map(len, grid)))
        for row, cells in zip(table.rows, grid, strict=True):
            for cell, text in zip(row.cells, cells, strict=False):
                cell.text = text
    made.add_paragraph("五、存在的主要问题及改进情况")  # a .doc never ends with a table
    source = tmp_path / "report.docx"
    made.save(str(source))
    old = converted(tmp_path, source, "doc")
    assert old.startswith(MAGIC)
    assert not is_encrypted(old)
    rtf = (
        b"{\\rtf1\\ansi\\ansicpg936 "
        + "收到申请".encode("gb18030").hex(" ").replace(" ", "\\'").join(["\\'", " 27"]).encode()
        + b"\\par}"
    )
    with ThreadPoolExecutor(3) as pool:
        word, excel, rich = pool.map(
            lambda given: read_document(*given),
            [
                (old, "a.doc", ".doc"),
                (spreadsheet(("规章", 11, 12), ("行政规范性文件", 13, 14)), "b.ods", ".ods"),
                (rtf, "c.doc", ".doc"),
            ],
        )
    report = parse_report(word, "a.doc")
    assert {
        f.cell: f.stated for f in report.figures if not f.cell.item.startswith("narrative.")
    } == figures
    assert [[c.text for c in b.cells] for b in excel.blocks if isinstance(b, Row)] == [
        ["规章", "11", "12"],
        ["行政规范性文件", "13", "14"],
    ]
    assert [b.text for b in rich.blocks if isinstance(b, Paragraph)] == ["收到申请 27"]


@installed
def test_real_conversion_of_a_damaged_file_is_refused() -> None:
    with pytest.raises(InputRejected, match="LibreOffice|没有文字|损坏"):
        read_office(WORD, "a.doc")


def test_opendocument_without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_libreoffice", lambda: None)
    content = archive(mimetype="application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(InputRejected, match=r"^甲镇\.ods：\.ods 文件要由 LibreOffice 转换.*\.xlsx"):
        read_document(content, "甲镇.ods", ".ods")


def test_find_libreoffice_takes_the_second_name_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(office, "PLACES", ())
    assert find_libreoffice() is None
    command = tmp_path / "libreoffice"
    shutil.copy("/bin/sh", command)
    assert find_libreoffice() == str(command)
