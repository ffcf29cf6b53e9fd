"""From a document to its report: `parse_report`, a pure function."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.damage import repair, settle
from ingest.document import Document
from ingest.issuer.identity import Identity, find_identity
from ingest.lookalikes import lookalike_of, looks_like_report
from ingest.manifest import ManifestRow
from ingest.one_report import own_part
from ingest.sections import Section, find_sections, section_texts
from ingest.statements.narrative import find_statements
from ingest.tables.matching import read_tables
from ingest.tables.reading import incomplete
from knowledge.checks import mark_contradictions
from knowledge.errors import InputRejected
from knowledge.model import Figure, Finding, Gap, Part, Report


@dataclass(frozen=True, slots=True)
class Reading:
    """A report with what it was read from, for those who ask why it was read so (`show`)."""

    report: Report
    document: Document
    sections: tuple[Section, ...]
    identity: Identity


def parse_report(document: Document, file: str, row: ManifestRow | None = None) -> Report:
    """The report in a document; see `read_report`."""
    return read_report(document, file, row).report


def read_report(document: Document, file: str, row: ManifestRow | None = None) -> Reading:
    """Everything that a document says, read: identity, cells, statements, passages, findings.

    Raises: InputRejected if issuer or year stay unknown, or if it is no annual report: it
    has none of the form's tables and too few signs of one (`looks_like_report`).
    """
    document, damage = repair(document)
    sections = find_sections(document)
    lookalike = lookalike_of(document, sections, damage, row)
    if lookalike is not None:
        raise InputRejected(file, lookalike)
    own, more = own_part(document)
    own_sections = find_sections(own) if own is not document else sections
    figures: list[Figure] = []
    gaps: list[Gap] = []
    findings: list[Finding] = [more] if more is not None else []
    editions: dict[Part, str | None] = {}
    for part, reading in read_tables(own, own_sections).items():
        editions[part] = reading.edition
        figures += reading.figures
        gaps += reading.gaps
        findings += reading.findings
    if document.pictures and not all(editions.values()):
        findings.append(
            incomplete(f"文件里有 {document.pictures} 张图片没有读，表格可能在图片里", ())
        )
    if not any(editions.values()) and not looks_like_report(document, sections):
        raise InputRejected(file, "不是政府信息公开工作年度报告：没有年报的表格，也没有年报的章节")
    identity = find_identity(document, sections, row, file)
    figures += find_statements(own_sections, identity.entity, identity.year)
    findings += identity.findings
    sure, known_gaps, damaged = settle(figures, gaps, damage)
    marked, contradictions = mark_contradictions(sure)
    report = Report(
        entity=identity.entity,
        year=identity.year,
        title=identity.title,
        file=file,
        url=row.url if row else None,
        published=(row.published if row else None) or identity.published,
        inferred=identity.inferred,
        editions=editions,
        figures=marked,
        gaps=known_gaps,
        sections=section_texts(own_sections),
        findings=(*findings, *damaged, *contradictions),
        corrected=identity.corrected,
    )
    return Reading(report, document, sections, identity)
