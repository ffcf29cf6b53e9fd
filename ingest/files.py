"""Which files a call of ingest names, in a fixed order, and what the manifests say of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ingest.formats import EXTENSIONS
from ingest.manifest import NAME, Manifest, ManifestRow, read_manifest
from knowledge.errors import UsageError

UNREADABLE = frozenset({".html", ".htm", ".docx", ".doc", ".wps", ".rtf", ".odt", ".pdf"})
"""Report formats that are not read yet: rejected with that reason, never passed over silently."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to ingest: where it lies, how it is called, what the manifest says of it."""

    path: Path
    file: str
    row: ManifestRow | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All files of one call in a fixed order, and the warnings of their manifests."""

    inputs: tuple[Input, ...]
    warnings: tuple[str, ...]


def plan_ingest(paths: list[Path], manifest: Path | None) -> Plan:
    """The files that a call names, folders gone through, in the order of their names.

    In a folder the manifest, README files, hidden files and extensions of no report format
    are left out; a file named itself is always in.
    Raises: UsageError for a path that does not exist or cannot be looked at, or a manifest
    that is none.
    """
    inputs: list[Input] = []
    warnings: list[str] = []
    seen: set[Path] = set()
    for given in paths:
        try:
            if not given.exists():
                raise UsageError(f"{given}：没有这个文件或文件夹")
            is_folder = given.is_dir()
            root = (given if is_folder else given.parent).resolve()
            found = _files_in(root) if is_folder else [root / given.name]
            table = manifest if manifest is not None else root / NAME
            read = Manifest({})
            if manifest is not None or table.is_file():
                read = read_manifest(table, root, found)
        except OSError as error:
            name = error.filename if isinstance(error.filename, str) else given
            raise UsageError(f"{name}：打不开（{error.strerror or error}）") from error
        if is_folder:
            warnings += read.warnings
        for path in found:
            if path not in seen:
                seen.add(path)
                file = path.relative_to(root).as_posix()
                inputs.append(Input(path, file, read.rows.get(path)))
    return Plan(tuple(inputs), tuple(warnings))


def _files_in(root: Path) -> list[Path]:
    """Raises: OSError if a folder may not be read: its reports would be missing silently."""

    def stop(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=stop):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(folder, name) for name in names if not name.startswith(".")):
            if path.name == NAME or path.stem.lower().split(".")[0] == "readme":
                continue
            if path.suffix.lower() in EXTENSIONS or path.suffix.lower() in UNREADABLE:
                if path.is_file():
                    found.append(path)
    return sorted(found)
