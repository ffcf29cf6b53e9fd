"""Pictures of tables: the geometry always, the recogniser where the extra `[ocr]` is there."""

from __future__ import annotations

import base64
import csv
import io
import json
import shutil
from functools import cache
from pathlib import Path

import pytest

import zhenwen
from ingest.document import Block, Cell, Paragraph, Row
from ingest.formats import read_document
from ingest.pipeline import parse_report
from ingest.readers.pictures.grid import Box, Grid, find_grids, grid_rows
from ingest.readers.pictures.reader import can_recognise, read_picture
from ingest.running import beside
from ingest.running.fingerprint import digest_of
from knowledge.errors import InputRejected
from knowledge.model import CellId, Report
from tests.reading_cases import cells_read

PICTURES = Path(__file__).parent / "cases" / "pictures"
TITLE = "官坡镇人民政府2021年政府信息公开工作年度报告"

recogniser = pytest.mark.skipif(
    not can_recognise(), reason="the optional recogniser is not installed: pip install '.[ocr]'"
)


# ── geometry ──


def table(*rows: str) -> list[Box]:
    """White areas of 100 by 30 pixels, 4 apart; the same letter again is the same area."""
    areas: dict[str, Box] = {}
    for down, row in enumerate(rows):
        for across, letter in enumerate(row):
            left, top = 104.0 * across, 34.0 * down
            known = areas.get(letter, Box(left, top, left, top))
            areas[letter] = Box(known.left, known.top, left + 100, top + 30)
    return list(areas.values())


def shape(grid: Grid) -> set[tuple[int, int, int, int]]:
    return {cell[1:] for cell in grid.cells}


def test_merged_cells_span_rows_and_columns() -> None:
    (grid,) = find_grids(table("aabc", "aade", "fgde"), gap=12)
    assert (grid.rows, grid.columns) == (3, 4)
    assert shape(grid) == {
        (0, 0, 2, 2), (0, 2, 1, 1), (0, 3, 1, 1), (1, 2, 2, 1), (1, 3, 2, 1), (2, 0, 1, 1),
        (2, 1, 1, 1),
    }  # fmt: skip


def test_a_single_box_and_a_single_row_are_no_table() -> None:
    assert find_grids(table("a"), gap=12) == []
    assert find_grids(table("abc"), gap=12) == []


def test_two_tables_are_two() -> None:
    lower = [Box(b.left, b.top + 500, b.right, b.bottom + 500) for b in table("ab", "cd")]
    grids = find_grids([*lower, *table("abc", "def")], gap=12)
    assert [(grid.rows, grid.columns) for grid in grids] == [(2, 3), (2, 2)]


def test_covered_cells_are_marked() -> None:
    (grid,) = find_grids(table("aab", "cde"), gap=12)
    texts = {(0, 0): "规章", (0, 2): "", (1, 0): "5", (1, 1): "6", (1, 2): "7"}
    rows = grid_rows(grid, [texts[cell[1:3]] for cell in grid.cells], 4, 9)
    assert [[(c.text, c.covered) for c in row.cells] for row in rows] == [
        [("规章", False), ("", True), ("", False)],
        [("5", False), ("6", False), ("7", False)],
    ]
    assert {(row.grid, row.recognised, row.line) for row in rows} == {(4, True, 9)}


# ── without a recogniser ──


def test_a_picture_is_refused_with_the_way_out() -> None:
    content = (PICTURES / "clean.png").read_bytes()
    with pytest.raises(InputRejected) as refused:
        read_document(content, "scan.png", ".png")
    assert "[ocr]" in refused.value.reason


def test_recognised_text_carries_the_caution() -> None:
    """Whatever recognises: here what it would give."""

    def recognise(content: bytes, line: int | None, grid: int) -> tuple[Block, ...]:
        lines = [TITLE, "一、总体情况", "全年主动公开政府信息417条。", "二、主动公开政府信息情况"]
        lines += ["三、收到和处理政府信息公开申请情况"]
        return tuple(Paragraph(text, line, recognised=True) for text in lines)

    content = (PICTURES / "clean.png").read_bytes()
    document = read_document(content, "scan.png", ".png", recognise)
    report = parse_report(document, "scan.png")
    (figure,) = report.figures
    assert (str(figure.value), figure.cautions) == ("417", ("read_by_ocr",))


def test_a_picture_in_a_page_stands_in_its_place() -> None:
    """Carried by the page itself; one that lies elsewhere stays unread."""
    seen: list[tuple[int, int | None, int]] = []

    def recognise(content: bytes, line: int | None, grid: int) -> tuple[Block, ...]:
        seen.append((len(content), line, grid))
        return (Row((Cell("规章", line), Cell("31", line)), grid, recognised=True),)

    content = (PICTURES / "clean.png").read_bytes()
    inside = base64.b64encode(content).decode()
    page = (
        f"<html><body><h1>{TITLE}</h1>\n<p>一、总体情况</p>\n<table><tr><td>甲</td><td>2</td></tr>"
        f"<tr><td>乙</td><td>3</td></tr></table><p>二、主动公开政府信息情况</p>\n"
        f'<p><img width="600" height="400" src="data:image/png;base64,{inside}"></p>'
        '<p><img width="600" height="400" src="/upload/table.png"></p>'
        "<p>三、收到和处理政府信息公开申请情况</p></body></html>"
    )
    document = read_document(page.encode(), "a.html", ".html", recognise)
    rows = [block for block in document.blocks if isinstance(block, Row)]
    assert [row.recognised for row in rows] == [False, False, True]
    assert rows[-1].grid not in {row.grid for row in rows[:-1]}
    assert (seen[0][:2], document.pictures) == ((len(content), 4), 1)
    order = [b.text for b in document.blocks if isinstance(b, Paragraph)]
    at = document.blocks.index(rows[-1])
    assert document.blocks[at - 1] == Paragraph("二、主动公开政府信息情况", 3)
    assert order[-1] == "三、收到和处理政府信息公开申请情况"


# ── beside a page ──


def saved_page(*sources: str) -> bytes:
    """A page as a browser saves it whole: its tables are pictures that lie beside it."""
    images = "".join(f'<p><img src="{source}"></p>' for source in sources)
    return (
        f"<html><body><h1>{TITLE}</h1><p>一、总体情况</p><p>全年主动公开政府信息417条。</p>"
        f"<p>三、收到和处理政府信息公开申请情况</p>{images}"
        "<p>五、存在的主要问题及改进情况</p><p>无。</p></body></html>"
    ).encode()


def test_pictures_beside_a_page_are_those_in_the_ingested_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "can_recognise", lambda: True)
    picture = (PICTURES / "clean.png").read_bytes()
    folder = tmp_path / "reports"
    (folder / "sub" / "页_files").mkdir(parents=True)
    for place in ("sub/页_files/1.png", "sub/页_files/表 2.png", "up.png", "../outside.png"):
        (folder / place).write_bytes(picture)
    (folder / "sub" / "words.png").write_text("不是图片", encoding="utf-8")
    (folder / "sub" / "link.png").symlink_to(tmp_path / "outside.png")
    (folder / "sub" / "loop.png").symlink_to(folder / "sub" / "loop.png")
    page = saved_page(
        "页_files/1.png",
        "页_files/%E8%A1%A8%202.png?v=3",
        "../up.png",
        "../../outside.png",
        "link.png",
        "loop.png",
        "words.png",
        "gone.png",
        "a\0b.png",
        "/up.png",
        str(folder / "up.png"),
        "https://x.gov.cn/up.png",
        "data:image/png;base64,AAAA",
    )
    file = folder / "sub" / "a.html"
    found = beside.pictures_beside(page, str(file), "sub/a.html")
    assert set(found) == {"页_files/1.png", "页_files/表 2.png", "../up.png"}
    assert set(found.values()) == {picture}
    assert set(beside.pictures_beside(page, str(file), "a.html")) == set(found) - {"../up.png"}
    assert beside.pictures_beside(page, str(file), "sub/a.txt") == {}
    monkeypatch.setattr(beside, "MAX_BYTES", len(picture) - 1)
    assert beside.pictures_beside(page, str(file), "sub/a.html") == {}
    monkeypatch.setattr(beside, "can_recognise", lambda: False)
    assert beside.pictures_beside(page, str(file), "sub/a.html") == {}


def test_a_picture_that_lies_elsewhere_is_told() -> None:
    document = read_document(saved_page("a_files/1.png", "a_files/2.png"), "a.html", ".html")
    report = parse_report(document, "a.html")
    assert any("2 张图片没有读" in finding.text for finding in report.findings)


def test_another_picture_beside_a_page_makes_it_another_file() -> None:
    page = saved_page("1.png")
    digests = {
        digest_of(page, None),
        digest_of(page, None, {}),
        digest_of(page, None, {"1.png": b"a"}),
        digest_of(page, None, {"1.png": b"b"}),
        digest_of(page, None, {"2.png": b"b"}),
    }
    assert len(digests) == 4


@recogniser
def test_a_saved_page_is_read_with_its_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "reports"
    (folder / "a_files").mkdir(parents=True)
    (folder / "a.html").write_bytes(saved_page("a_files/1.png"))
    shutil.copy(PICTURES / "clean.png", folder / "a_files" / "1.png")
    command = ["ingest", str(folder), "--db", str(tmp_path / "a.db"), "--json"]

    def ingest() -> tuple[str, int]:
        assert zhenwen.main(command) == 0
        result = json.loads(capsys.readouterr().out)
        return result["outcome"], result["facts"]

    outcome, facts = ingest()
    assert (outcome, facts) == ("stored", 1 + len(expected()))
    assert ingest() == ("unchanged", facts)
    shutil.copy(PICTURES / "wrong-sum.png", folder / "a_files" / "1.png")
    outcome, fewer = ingest()
    assert outcome == "replaced"
    assert fewer < facts


# ── with one ──


@cache
def recognised(name: str) -> tuple[Block, ...]:
    return read_picture((PICTURES / name).read_bytes(), 3)


def expected() -> dict[CellId, str]:
    with (PICTURES / "figures.csv").open(encoding="utf-8", newline="") as file:
        return {CellId(row["item"], row["column"]): row["value"] for row in csv.DictReader(file)}


def report_of(name: str) -> Report:
    def recognise(content: bytes, line: int | None, grid: int) -> tuple[Block, ...]:
        return (Paragraph(TITLE, line), Paragraph("一、总体情况", line), *recognised(name))

    content = (PICTURES / name).read_bytes()
    return parse_report(read_document(content, name, Path(name).suffix, recognise), name)


@recogniser
@pytest.mark.parametrize("name", ["clean.png", "crooked.jpg"])
def test_a_scanned_table_is_read_or_named(name: str) -> None:
    """`crooked` is turned by a degree, dirty and compressed; what is stored is right all the same."""
    report = report_of(name)
    read, wanted = cells_read(report), expected()
    assert {cell: str(value) for cell, value in read.items()}.items() <= wanted.items()
    assert len(read) >= 0.9 * len(wanted)
    missing = wanted.keys() - read.keys()
    assert missing <= {gap.cell for gap in report.gaps if gap.kind == "unread"}
    assert all("read_by_ocr" in figure.cautions for figure in report.figures)
    rows = [block for block in recognised(name) if isinstance(block, Row)]
    assert {row.recognised for row in rows} == {True}


@recogniser
def test_rows_whose_sums_do_not_hold_are_not_stored() -> None:
    report = report_of("wrong-sum.png")
    read, wanted = cells_read(report), expected()
    granted = {cell for cell in wanted if cell.item == "granted"}
    assert granted.isdisjoint(read)
    assert granted <= {gap.cell for gap in report.gaps if gap.kind == "unread"}
    assert any(f.rule == "incomplete_table" and granted & set(f.cells) for f in report.findings)


@recogniser
def test_a_scanned_pdf_through_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 667))
    canvas.drawImage(ImageReader(str(PICTURES / "clean.png")), 0, 0, 595, 667)
    canvas.save()
    (tmp_path / "scan.pdf").write_bytes(buffer.getvalue())
    manifest = "file,entity,region,year,title\nscan.pdf,官坡镇,,2021," + TITLE + "\n"
    (tmp_path / "manifest.csv").write_text(manifest, encoding="utf-8")
    db = str(tmp_path / "a.db")
    status = zhenwen.main(["ingest", str(tmp_path), "--db", db])
    assert (status, capsys.readouterr().err) == (0, "")
    assert zhenwen.main(["export", "--db", db, "-o", str(tmp_path / "a.csv")]) == 0
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = expected()
    assert len(rows) >= 0.9 * len(wanted)
    for row in rows:
        assert row["value"] == wanted[CellId(row["item"], row["column"])]
        assert (row["line"], "read_by_ocr" in row["cautions"].split(";")) == ("1", True)
