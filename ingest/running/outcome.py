"""What became of one file of an ingest run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.model import Finding

Outcome = Literal["stored", "unchanged", "replaced", "duplicate", "rejected", "skipped"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. `reason` says why it was rejected or skipped, else None.

    Of an `unchanged` file entity, county, year and facts are those of the stored report.
    """

    file: str
    outcome: Outcome
    entity: str | None = None
    county: str | None = None
    year: int | None = None
    facts: int = 0
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
