"""The pictures that a web page shows and that lie beside it in the ingested folder.

A page saved whole ("网页，全部") has its tables' pictures in a folder of its own. Whoever wrote
the page chose their names, so only what lies inside the ingested folder is looked at, and no
more than a page can show.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from html import unescape
from pathlib import Path

from ingest.formats import EXTENSIONS
from ingest.readers.html.reader import source_of
from ingest.readers.pictures.image import PICTURES
from ingest.readers.pictures.reader import MAX_PICTURES, can_recognise

MAX_BYTES = 8 * 1024 * 1024
"""Of one picture; a scanned page of a report has under 1 MB."""

MAX_ALL = 32 * 1024 * 1024
"""Bytes of all pictures of one page."""

_IMAGE = re.compile(
    rb"<img\b[^<>]{0,3000}?\bsrc\s*=\s*(?:\"([^\"<>]{1,500})\"|'([^'<>]{1,500})'|([^\s\"'<>]{1,500}))",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]")


def pictures_beside(content: bytes, location: str, file: str) -> Mapping[str, bytes]:
    """The pictures of a page by the source that the page gives (`source_of`); empty without a
    recogniser, for other formats, and for a page in an archive.

    `location` is the page's absolute path, `file` the end of it inside the ingested folder.
    """
    found: dict[str, bytes] = {}
    extension = os.path.splitext(file)[1].lower()  # noqa: PTH122 - half the cost of a small file
    if EXTENSIONS.get(extension) != "html" or not can_recognise() or b"<" not in content:
        return found
    root = Path(location.removesuffix(file)).resolve()
    folder = Path(location).parent
    left = MAX_ALL
    for match in _IMAGE.finditer(content):
        source = source_of(unescape(_decoded(match[1] or match[2] or match[3])))
        if source in found or _ELSEWHERE.match(source):
            continue
        picture = _content(folder / source, root, min(left, MAX_BYTES))
        if picture is not None:
            found[source] = picture
            left -= len(picture)
            if len(found) == MAX_PICTURES:
                break
    return found


def _decoded(source: bytes) -> str:
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError:
        return source.decode("gb18030", "replace")


def _content(path: Path, root: Path, most: int) -> bytes | None:
    """The bytes of a picture inside the folder, however links lead; None for anything else."""
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root):
            return None
        found = real.stat()
        if not stat.S_ISREG(found.st_mode) or not 0 < found.st_size <= most:
            return None
        content = real.read_bytes()
    except (OSError, ValueError, RuntimeError):  # no such file; NUL in its name; a circle of links
        return None
    return content if content.startswith(PICTURES) and len(content) <= most else None
