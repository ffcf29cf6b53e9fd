"""Formats that LibreOffice turns into Word files or workbooks first: doc, wps, rtf, odt, xls…

It runs without a window, with a profile of its own for each file (so that several run side by
side), without macros, links or network, and within bounds of time.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from ingest.document import Document
from ingest.readers.compound import compound_kind, is_encrypted
from ingest.readers.packages import MAX_BYTES, damaged, encrypted
from ingest.readers.sheets.reader import read_xlsx
from ingest.readers.word.reader import read_docx
from knowledge.errors import InputRejected

SECONDS = 40
"""For one conversion. A report takes 1.2 s on a small machine, 5 s where it is busy."""

IDLE = 6.0
"""Seconds in which a conversion may do nothing at all: neither compute nor wait for the machine.
LibreOffice waits like that for ever behind a dialogue that nobody sees; then SECONDS would be
lost on a file of which the others know nothing."""

LOOK = 0.25
"""Seconds between two looks at whether it still works."""

MAX_CONVERTED = MAX_BYTES
"""Bytes of what comes out."""

COMMANDS = ("soffice", "libreoffice")
PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
"""Where LibreOffice lies on systems that put no command on the PATH."""

Target = Literal["docx", "xlsx"]
_FILTERS: dict[Target, str] = {
    "docx": "docx:MS Word 2007 XML",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
}
_SHEET_ENDINGS = frozenset({".xls", ".et", ".ods", ".xlsb", ".xlt", ".ett"})
_ENDINGS = frozenset({".doc", ".wps", ".rtf", ".odt", ".dot", ".wpt", ".xml", *_SHEET_ENDINGS})

_SETTINGS = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "2"),
    ("Calc/Content/Update", "Link", "2"),
    ("Calc/Formula/Load", "ODFRecalcMode", "1"),
    ("Calc/Formula/Load", "OOXMLRecalcMode", "1"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
"""Settings of the profile: no macros, no update of links, no new results of formulas, and all
requests to a port of this machine at which nobody listens."""

_LIMITED = f"""
ulimit -t 8 2>/dev/null
ulimit -d 450000 2>/dev/null
ulimit -f 400000 2>/dev/null
command -v timeout >/dev/null && exec timeout -s KILL {SECONDS + 5} "$@"
exec "$@"
"""
"""Bounds that the command carries itself, in case we are killed while it runs: processor
seconds (a report takes 1.2), kilobytes of memory and of files, and seconds in all."""


def read_office(content: bytes, file: str) -> Document:
    """The document in a file of an older or another office format.

    Raises: InputRejected if LibreOffice is not installed (with both ways out), if the file is
    encrypted, if it cannot be converted or takes too long; and as `read_docx`, `read_xlsx`.
    """
    if not content:
        raise InputRejected(file, "文件是空的")
    if len(content) > MAX_BYTES:
        raise InputRejected(file, f"文件有 {len(content) // 1024 // 1024} MB，太大，不像一份年报")
    ending = _ending(content, Path(file).suffix.lower())
    if is_encrypted(content):
        raise InputRejected(file, encrypted("文件"))
    if ending is None:
        raise InputRejected(file, damaged("文件"))
    command = find_libreoffice()
    if command is None:
        raise InputRejected(
            file,
            f"{ending} 文件要由 LibreOffice 转换，这里没有装：请安装 LibreOffice 再读一次，"
            f"或用 Word、WPS 另存为 {'.xlsx' if ending in _SHEET_ENDINGS else '.docx 或 .pdf'}",
        )
    target: Target = "xlsx" if ending in _SHEET_ENDINGS else "docx"
    converted = _convert(command, content, ending, target, file)
    return read_xlsx(converted, file) if target == "xlsx" else read_docx(converted, file)


def find_libreoffice() -> str | None:
    """The command of LibreOffice, None where it is not installed."""
    for name in COMMANDS:
        found = shutil.which(name)
        if found is not None:
            return found
    return next((place for place in PLACES if Path(place).is_file()), None)


def _ending(content: bytes, named: str) -> str | None:
    """The ending that fits the content: many a `.wps` is a Word file, many a `.doc` is RTF.

    None for what none of these programs wrote: LibreOffice would take it for plain text.
    """
    if content.startswith(b"{\\rtf"):
        return ".rtf"
    kind = compound_kind(content)
    if kind:
        kept = _SHEET_ENDINGS if kind == ".xls" else _ENDINGS - _SHEET_ENDINGS
        return named if named in kept else kind
    if content.startswith(b"PK"):
        if b"opendocument" in content[:120]:
            return ".ods" if b"opendocument.spreadsheet" in content[:120] else ".odt"
        return named if named in _ENDINGS else None
    return ".xml" if content.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") else None


def _convert(command: str, content: bytes, ending: str, target: Target, file: str) -> bytes:
    """The converted file as bytes. Raises: InputRejected."""
    with tempfile.TemporaryDirectory(prefix="zhenwen-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        given, made = folder / f"report{ending}", folder / "out" / f"report.{target}"
        given.write_bytes(content)
        _write_profile(folder / "profile")
        call = [
            command,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nofirststartwizard",
            "--convert-to",
            _FILTERS[target],
            "--outdir",
            str(made.parent),
            str(given),
        ]
        if sys.platform != "win32":
            call = ["/bin/sh", "-c", _LIMITED, "sh", *call]
        if not _run(call, folder):
            raise InputRejected(
                file,
                f"LibreOffice 转换超过 {SECONDS} 秒或停住不动，已停止，请用 Word、WPS 打开后另存为 .docx",
            )
        try:
            # One byte more tells a file that is larger than it may be.
            with made.open("rb") as stream:
                converted = stream.read(MAX_CONVERTED + 1)
        except OSError:
            converted = b""
        if not converted or len(converted) > MAX_CONVERTED:
            raise InputRejected(
                file,
                "LibreOffice 打不开这个文件：可能不完整、已损坏或加密，请用 Word、WPS 打开后另存为 .docx",
            )
        return converted


def _run(call: list[str], folder: Path) -> bool:
    """Runs the command to its end; False if it was stopped for taking too long or doing nothing.

    It and all that it started are one group of processes, which is killed as a whole.
    """
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    if sys.platform == "win32":
        environment = {**os.environ, "TEMP": str(folder)}
    try:
        process = subprocess.Popen(  # noqa: S603 # a fixed command; the file's name is ours
            call,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return True  # nothing was made: the caller says so
    try:
        return _ends(process)
    finally:
        _kill_group(process)


def _ends(process: subprocess.Popen[bytes]) -> bool:
    """Waits for a process; False once it has done nothing for `IDLE` seconds, or for `SECONDS`."""
    start = worked = time.monotonic()
    used = 0
    while True:
        try:
            process.wait(timeout=LOOK)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            ticks = _ticks(process.pid)
            if ticks is None or ticks != used:
                worked, used = now, ticks or 0
            if now - worked > IDLE or now - start > SECONDS:
                return False
        else:
            return True


def _ticks(session: int) -> int | None:
    """Processor time that a process and all that it started have used, in ticks of the system.

    None where the system does not tell, or while one of them is ready to go on and waits for a
    processor or a disk: a busy machine is no hanging file.
    """
    total = 0
    try:
        processes = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    except OSError:
        return None
    for name in processes:
        try:
            text = Path("/proc", name, "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        fields = text.rpartition(")")[2].split()
        if len(fields) > 12 and fields[3] == str(session):
            if fields[0] in "RD":
                return None
            total += int(fields[11]) + int(fields[12])
    return total


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends whatever is left of the command, also where we are stopped ourselves."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # everything had ended
    process.wait()


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path if path.startswith("Inet") else f"Office.{path}"}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items '
        'xmlns:oor="http://openoffice.org/2001/registry">' + items + "</oor:items>",
        encoding="utf-8",
    )
