"""Sections of reports by the words in them."""

from __future__ import annotations

from knowledge.model import SectionText
from knowledge.query import REPORTS, ReportRecord, select_sections
from knowledge.store import Store

TRIGRAM = 3
"""The full text index holds runs of three characters; shorter words are searched one by one."""


def search_sections(
    store: Store, words: str, limit: int = 20
) -> list[tuple[ReportRecord, SectionText]]:
    """The sections of current reports whose heading and text together hold every word.

    The rows of tables are not searched (`schema.prose_of`): their figures are facts. Words are divided by white space and taken literally; no word, no result. A hit inside a
    sub-section is a hit of the section around it too, which comes after it as it is longer.
    Order: best match first (by the index, if a word has three characters), newest year first,
    region, name, file, as in the report.
    """
    # What is no text in UTF-8 (half a surrogate pair) cannot be in the store either.
    wanted = words.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").split()
    if not wanted:
        return []
    source = f"{REPORTS} JOIN sections s ON s.report_id = r.id"
    where, rank = ["r.status = 'current'"], ""
    values: list[str | int] = []
    phrases = ['"' + word.replace('"', '""') + '"' for word in wanted if len(word) >= TRIGRAM]
    if phrases:
        source += " JOIN sections_fts ON sections_fts.rowid = s.id"
        where.append("sections_fts MATCH ?")
        values.append(" AND ".join(phrases))
        rank = "sections_fts.rank, "
    for word in wanted:
        if len(word) < TRIGRAM:
            where.append(
                r"(ifnull(s.prose, s.text) LIKE ? ESCAPE '\' OR s.heading LIKE ? ESCAPE '\')"
            )
            escaped = "".join(f"\\{c}" if c in "\\%_" else c for c in word)
            values += [f"%{escaped}%"] * 2
    return select_sections(
        store,
        source,
        " AND ".join(where),
        f"{rank}r.year DESC, e.region, e.name, r.file, r.path, s.ordinal LIMIT {int(limit)}",
        values,
    )
