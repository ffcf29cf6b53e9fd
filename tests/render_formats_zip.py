"""Packs rendered files into a ZIP archive as Windows does: names in GBK, without a mark."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

DAY = (2023, 1, 18, 9, 30, 0)


def zipped(files: Mapping[str, bytes], gbk_names: bool = False) -> bytes:
    """An archive of the files by their names (`/` parts folders); the same bytes every time."""
    buffer = io.BytesIO()
    names: dict[bytes, bytes] = {}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(files.items()):
            stored = name
            if gbk_names:
                # The library would mark any name that is not ASCII as UTF-8: a name of equal
                # length is written and exchanged afterwards.
                wanted = name.encode("gbk")
                stored = f"~{number:03}~".ljust(len(wanted), "~")
                names[stored.encode()] = wanted
            archive.writestr(zipfile.ZipInfo(stored, DAY), content, zipfile.ZIP_DEFLATED)
    packed = buffer.getvalue()
    for placeholder, wanted in names.items():
        assert packed.count(placeholder) == 2
        packed = packed.replace(placeholder, wanted)
    return packed
