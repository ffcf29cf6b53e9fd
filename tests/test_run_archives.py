"""ZIP archives: every file in one has its own outcome, and a hostile one is refused."""

from __future__ import annotations

import csv
import io
import json
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

import zhenwen
from ingest.running import archives
from tests.run_cases import report, zipped

Lines = dict[str, dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "other.md").write_text(report("甲山", received=71), encoding="utf-8")
    return tmp_path / "reports"


def ingest(capsys: pytest.CaptureFixture[str], folder: Path, *more: str | Path) -> Lines:
    """The outcome lines by file; checks that the file beside the archive is taken."""
    capsys.readouterr()
    db = folder.parent / "a.db"
    status = zhenwen.main(["ingest", str(folder), "--db", str(db), "--json", *map(str, more)])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {line["file"]: line for line in lines}
    assert len(found) == len(lines)
    assert status == int(any(line["outcome"] == "rejected" for line in lines))
    if folder.is_dir():
        assert found.pop("other.md")["outcome"] in ("stored", "unchanged")
    return found


def facts(capsys: pytest.CaptureFixture[str], folder: Path) -> list[dict[str, str]]:
    capsys.readouterr()
    assert zhenwen.main(["export", "--db", str(folder.parent / "a.db")]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def reasons(lines: Lines) -> dict[str, str]:
    return {name: line["reason"] for name, line in lines.items() if line["reason"]}


def test_every_member_has_its_own_outcome(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "all.ZIP").write_bytes(
        zipped(
            {
                "inner/a.md": report("子丑", received=61),
                "b.txt": report("寅卯", received=62),
                "c.md": "购物清单",
                "inner/": b"",
                "photo.jpg": b"x",
                "README.md": b"x",
                "__MACOSX/._b.txt": b"x",
                ".DS_Store": b"x",
            }
        )
    )
    lines = ingest(capsys, folder)
    assert {name: line["outcome"] for name, line in lines.items()} == {
        "sub/all.ZIP/b.txt": "stored",
        "sub/all.ZIP/c.md": "rejected",
        "sub/all.ZIP/inner/a.md": "stored",
    }
    assert lines["sub/all.ZIP/inner/a.md"]["entity"] == "子丑镇"
    found = {
        row["file"]: row["value"]
        for row in facts(capsys, folder)
        if (row["item"], row["column"]) == ("received_new", "total")
    }
    assert found == {"other.md": "71", "sub/all.ZIP/b.txt": "62", "sub/all.ZIP/inner/a.md": "61"}
    again = ingest(capsys, folder)
    assert [line["outcome"] for line in again.values()] == ["unchanged", "rejected", "unchanged"]


def test_a_changed_member_is_replaced_and_only_that(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for received, outcomes in ((61, ["stored", "stored"]), (63, ["replaced", "unchanged"])):
        (folder / "a.zip").write_bytes(
            zipped({"a.md": report("子丑", received=received), "b.md": report("寅卯")})
        )
        assert [line["outcome"] for line in ingest(capsys, folder).values()] == outcomes


def test_the_manifest_in_an_archive_counts_for_its_members(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = "\n".join(report("子丑").splitlines()[1:]).replace("子丑镇", "我镇")
    manifest = "file,entity,region,year\nx/a.md,辰巳镇,山东省/潍坊市/安丘市,2018\nb.md,,,20\n"
    archive = {"x/a.md": bare, "b.md": report("寅卯"), "c.md": report("未申")}
    (folder / "a.zip").write_bytes(zipped({**archive, "manifest.csv": manifest}))
    lines = ingest(capsys, folder)
    assert (lines["a.zip/x/a.md"]["entity"], lines["a.zip/x/a.md"]["year"]) == ("辰巳镇", 2018)
    assert "manifest.csv 第 3 行" in lines["a.zip/b.md"]["reason"]
    assert lines["a.zip/c.md"]["outcome"] == "stored"
    # What stands beside the archive is said by whoever runs this, and wins.
    (folder / "manifest.csv").write_text("file,entity,year\na.zip/x/a.md,午未镇,2017\n", "utf-8")
    lines = ingest(capsys, folder)
    assert (lines["a.zip/x/a.md"]["entity"], lines["a.zip/x/a.md"]["year"]) == ("午未镇", 2017)
    assert "manifest.csv 第 3 行" in lines["a.zip/b.md"]["reason"]


def test_a_broken_manifest_in_an_archive_refuses_the_archive(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.zip").write_bytes(zipped({"a.md": report("子丑"), "manifest.csv": "x,y\n1,2\n"}))
    assert "缺少 file" in reasons(ingest(capsys, folder))["a.zip"]


def test_a_path_out_of_the_archive_in_its_manifest_is_a_warning(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = "file,entity\n../other.md,辰巳镇\n"
    (folder / "a.zip").write_bytes(zipped({"a.md": report("子丑"), "manifest.csv": manifest}))
    db = folder.parent / "a.db"
    assert zhenwen.main(["ingest", str(folder), "--db", str(db)]) == 0
    captured = capsys.readouterr()
    assert "../other.md" in captured.err
    assert "甲山镇" in captured.out


def rename(content: bytes, before: str, after: bytes) -> bytes:
    """An archive with other bytes for a name, as other programs write it."""
    assert len(before) == len(after)
    return content.replace(before.encode(), after)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("子丑镇2020年.md".encode("gb18030"), "子丑镇2020年.md"),
        ("子丑镇2020年.md".encode(), "子丑镇2020年.md"),
        ("乗乗.md".encode("gb18030"), "乗乗.md"),  # 0x5C, a backslash, is its second byte
        (b"x\\y\\a.md", "x/y/a.md"),
    ],
)
def test_names_as_chinese_windows_writes_them(
    folder: Path, capsys: pytest.CaptureFixture[str], raw: bytes, name: str
) -> None:
    plain = "q" * len(raw)
    (folder / "a.zip").write_bytes(rename(zipped({plain[:-3] + ".md": report("子丑")}), plain[:-3] + ".md", raw))  # fmt: skip
    lines = ingest(capsys, folder)
    assert {key: line["outcome"] for key, line in lines.items()} == {f"a.zip/{name}": "stored"}


@pytest.mark.parametrize("name", ["../x.md", "a/../../x.md", "/etc/x.md", "C:/x.md", "..\\x.md"])
def test_a_name_that_points_out_of_the_archive(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (folder / "a.zip").write_bytes(zipped({name: report("子丑"), "b.md": report("寅卯")}))
    lines = ingest(capsys, folder)
    (reason,) = reasons(lines).values()
    assert "指到包外面" in reason
    assert lines["a.zip/b.md"]["outcome"] == "stored"


def test_two_members_of_one_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = zipped({"a.md": report("子丑", received=61), "b.md": report("寅卯", received=62)})
    (folder / "a.zip").write_bytes(rename(content, "b.md", b"a.md"))
    db = folder.parent / "a.db"
    assert zhenwen.main(["ingest", str(folder), "--db", str(db)]) == 1
    assert "两个文件同名" in capsys.readouterr().err
    found = {row["entity"] for row in facts(capsys, folder)}
    assert found == {"甲山镇", "子丑镇"}


def test_links_and_encrypted_and_odd_members(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("link.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("lzma.md", report("辰巳"), zipfile.ZIP_LZMA)
        archive.writestr("locked.md", report("午未"))
        archive.writestr("fine.md", report("寅卯"))
    content = bytearray(packed.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(b"locked.md") - 30 if offset == 6 else content.rfind(b"locked.md") - 46
        assert content[at : at + 4] == mark
        content[at + offset] |= 1
    (folder / "a.zip").write_bytes(content)
    lines = ingest(capsys, folder)
    assert lines.pop("a.zip/fine.md")["outcome"] == "stored"
    found = reasons(lines)
    assert "链接" in found["a.zip/link.md"]
    assert "压缩方法" in found["a.zip/lzma.md"]
    assert "加密" in found["a.zip/locked.md"]


def test_an_archive_in_an_archive_is_opened_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deepest = zipped({"d.md": report("辰巳")})
    inner = zipped({"x/b.md": report("寅卯", received=62), "deep.zip": deepest, "e.md": "x"})
    (folder / "a.zip").write_bytes(
        zipped({"a.md": report("子丑", received=61), "in/b.zip": inner, "z.zip": b"PK none"})
    )
    lines = ingest(capsys, folder)
    assert {name: line["outcome"] for name, line in lines.items()} == {
        "a.zip/a.md": "stored",
        "a.zip/in/b.zip/deep.zip": "rejected",
        "a.zip/in/b.zip/e.md": "rejected",
        "a.zip/in/b.zip/x/b.md": "stored",
        "a.zip/z.zip": "rejected",
    }
    found = reasons(lines)
    assert "三层" in found["a.zip/in/b.zip/deep.zip"]
    assert "ZIP" in found["a.zip/z.zip"]


def test_a_damaged_member_costs_only_itself(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = bytearray(zipped({"a.md": report("子丑"), "b.md": report("寅卯")}))
    content[200:220] = bytes(20)
    (folder / "a.zip").write_bytes(content)
    lines = ingest(capsys, folder)
    assert lines["a.zip/b.md"]["outcome"] == "stored"
    assert "损坏" in lines["a.zip/a.md"]["reason"]


@pytest.mark.parametrize("keep", [0, 1, 20, 500, -1, -10, -22])
def test_a_truncated_archive(folder: Path, capsys: pytest.CaptureFixture[str], keep: int) -> None:
    (folder / "a.zip").write_bytes(zipped({"a.md": report("子丑")})[:keep])
    assert set(reasons(ingest(capsys, folder))) == {"a.zip"}


def test_an_archive_without_reports(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.zip").write_bytes(zipped({"a.jpg": b"x"}))
    (folder / "b.zip").write_bytes(zipped({}))
    assert reasons(ingest(capsys, folder)) == {
        "a.zip": "压缩包里没有年报文件",
        "b.zip": "压缩包里没有年报文件",
    }


def test_an_archive_named_for_itself_whatever_its_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pack.dat").write_bytes(zipped({"a.md": report("子丑")}))
    lines = ingest(capsys, folder / "pack.dat")
    assert {name: line["outcome"] for name, line in lines.items()} == {"pack.dat/a.md": "stored"}


def overlapping(count: int) -> bytes:
    """Many names for one compressed stream, as in David Fifield's flat bomb."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    size, body = 8 << 20, b""
    body = squeezer.compress(bytes(size)) + squeezer.flush()
    crc = zlib.crc32(bytes(size))
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), size, 6, 0)
    content = local + b"000.md" + body
    directory = b""
    for number in range(count):
        name = f"{number:03}.md".encode()
        head = (20, 20, 0, 8, 0, 0, crc, len(body), size, len(name), 0, 0, 0, 0, 0, 0)
        directory += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *head) + name
    end = (0, 0, count, count, len(directory), len(content), 0)
    return content + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", *end)


def test_bombs_are_refused_unopened(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "flat.zip").write_bytes(overlapping(900))
    (folder / "high.zip").write_bytes(zipped({"a.md": bytes(40 << 20)}))
    (folder / "many.zip").write_bytes(zipped({f"{n}.md": bytes(8 << 20) for n in range(12)}))
    (folder / "nest.zip").write_bytes(zipped({"in.zip": zipped({"a.md": bytes(40 << 20)})}))
    unpacked = 0
    read = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, size: int | None = -1) -> bytes:
        nonlocal unpacked
        content = read(self, size)
        unpacked += len(content)
        return content

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    found = reasons(ingest(capsys, folder))
    assert unpacked < 1 << 20
    assert "炸弹" in found["flat.zip"]
    assert "炸弹" in found["high.zip/a.md"]
    assert "炸弹" in found["many.zip"]
    assert "炸弹" in found["nest.zip/in.zip/a.md"]
    assert len(found) == 4


def test_an_archive_of_too_much_is_refused_whole(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_FILES", 3)
    (folder / "a.zip").write_bytes(zipped({f"{n}.md": report("子丑") for n in range(4)}))
    inner = zipped({f"{n}.md": report("子丑") for n in range(2)})
    (folder / "b.zip").write_bytes(zipped({"a.zip": inner, "b.zip": inner}))
    (folder / "c.zip").write_bytes(zipped({f"{n}.md": b"x" for n in range(20)}))
    found = reasons(ingest(capsys, folder))
    assert {name: "超过 3 个文件" in reason for name, reason in found.items()} == {
        "a.zip": True,
        "b.zip": True,
        "c.zip": True,
    }
    monkeypatch.setattr(archives, "MAX_FILES", 50)
    monkeypatch.setattr(archives, "MAX_TOTAL", 20_000)
    assert "解开后超过" in reasons(ingest(capsys, folder))["a.zip"]
    monkeypatch.setattr(archives, "MAX_DIRECTORY", 10)
    assert "文件" in reasons(ingest(capsys, folder))["c.zip"]
