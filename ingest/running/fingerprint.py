"""What a stored report was read from and by: file, manifest row and code, as one fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from ingest.manifest import ManifestRow
from ingest.readers.pictures.reader import can_recognise


def digest_of(
    content: bytes, row: ManifestRow | None, beside: Mapping[str, bytes] | None = None
) -> str:
    """Of bytes, manifest row, code and the pictures `beside` a page, however the path and the
    row's `file` are spelt."""
    row = replace(row, file="") if row is not None else None
    digest = hashlib.sha256(content)
    digest.update(repr(row).encode())
    for source, picture in sorted((beside or {}).items()):
        digest.update(source.encode() + b"\0" + hashlib.sha256(picture).digest())
    digest.update(code_version().encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def code_version() -> str:
    """A fingerprint of the code and data that decide how a file is read.

    So that a better reader reads old files anew without anybody counting versions; so does
    a recogniser of pictures that was installed since.
    """
    digest = hashlib.sha256(b"ocr" if can_recognise() else b"")
    for package in ("ingest", "knowledge"):
        for name, content in sorted(_sources(files(package), package)):
            digest.update(name.encode())
            digest.update(content)
    return digest.hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _sources(entry, name)
        elif entry.name.endswith((".py", ".toml", ".csv", ".tsv")):
            yield name, entry.read_bytes()
