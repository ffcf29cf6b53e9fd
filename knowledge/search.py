"""Sections of reports by the words in them, and which reports mention words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.model import SectionText
from knowledge.query import REPORTS, ReportRecord, select_reports, select_sections
from knowledge.store import Store

TRIGRAM = 3
"""The full text index holds runs of three characters; shorter words are searched one by one."""

MAX_SCANNED = 60_000
"""Sections that a word too short for the index is looked for in: about 5,000 reports, a few
tenths of a second."""

MAX_COUNTED = 10_000
"""Reports with a word that are counted; a word that stands in more is in all of them."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """The current reports that hold some words: how many, and the first of them.

    `more`: there are more than `count`, which stopped at `MAX_COUNTED`.
    """

    count: int
    more: bool
    shown: tuple[ReportRecord, ...]


def search_sections(
    store: Store, words: str, limit: int = 20
) -> list[tuple[ReportRecord, SectionText]]:
    """The sections of current reports whose heading and text together hold every word.

    The rows of tables are not searched (`schema.prose_of`): their figures are facts. Words are
    divided by white space and taken literally; no word, no result. A hit inside a sub-section
    is a hit of the section around it too, which comes after it as it is longer.
    Order: best match first (by the index, if a word has three characters), newest year first,
    region, name, file, as in the report.
    """
    wanted = _storable(words).split()
    if not wanted:
        return []
    source = f"{REPORTS} JOIN sections s ON s.report_id = r.id"
    where, rank = ["r.status = 'current'"], ""
    values: list[str | int] = []
    phrases = [_phrase(word) for word in wanted if len(word) >= TRIGRAM]
    if phrases:
        source += " JOIN sections_fts ON sections_fts.rowid = s.id"
        where.append("sections_fts MATCH ?")
        values.append(" AND ".join(phrases))
        rank = "sections_fts.rank, "
    for word in wanted:
        if len(word) < TRIGRAM:
            where.append(_SUBSTRING)
            values += [_pattern(word)] * 2
    return select_sections(
        store,
        source,
        " AND ".join(where),
        f"{rank}r.year DESC, e.region, e.name, r.file, r.path, s.ordinal LIMIT {int(limit)}",
        values,
    )


def reports_mentioning(
    store: Store,
    phrase: str,
    regions: Sequence[str] | None = None,
    years: Sequence[int] = (),
    limit: int = 5,
) -> Mentions | None:
    """The current reports whose text holds a phrase, literally; of these region paths or years
    alone if any are given.

    Returns: None where the phrase is too short for the index and the store too large to be
    searched without it. No phrase, no reports.
    Order: newest year first, region, name, file.
    """
    wanted = _storable(phrase).strip()
    if not wanted:
        return Mentions(0, False, ())
    source = f"{REPORTS} JOIN sections s ON s.report_id = r.id"
    values: list[str | int]
    if len(wanted) >= TRIGRAM:
        source += " JOIN sections_fts ON sections_fts.rowid = s.id"
        where, values = "sections_fts MATCH ?", [_phrase(wanted)]
    else:
        (last,) = store.connection.execute("SELECT ifnull(max(id), 0) FROM sections").fetchone()
        if last > MAX_SCANNED:
            return None
        where, values = _SUBSTRING, [_pattern(wanted)] * 2
    if regions is not None:
        where += f" AND e.region IN ({', '.join('?' * len(regions))})"
        values += regions
    if years:
        where += f" AND r.year IN ({', '.join('?' * len(years))})"
        values += years
    holding = (
        f"SELECT DISTINCT r.id {source} WHERE r.status = 'current' AND {where}"
        f" LIMIT {MAX_COUNTED + 1}"
    )
    (count,) = store.connection.execute(f"SELECT count(*) FROM ({holding})", values).fetchone()
    order = f"r.year DESC, e.region, e.name, r.file, r.path LIMIT {int(limit)}"
    shown = select_reports(store, f"r.id IN ({holding})", order, values)
    return Mentions(min(count, MAX_COUNTED), count > MAX_COUNTED, tuple(shown))


_SUBSTRING = r"(ifnull(s.prose, s.text) LIKE ? ESCAPE '\' OR s.heading LIKE ? ESCAPE '\')"


def _storable(words: str) -> str:
    """What is no text in UTF-8 (half a surrogate pair) cannot be in the store either."""
    return words.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _phrase(word: str) -> str:
    """A word as a phrase of the index: nothing in it is an operator."""
    return '"' + word.replace('"', '""') + '"'


def _pattern(word: str) -> str:
    return "%" + "".join(f"\\{c}" if c in "\\%_" else c for c in word) + "%"
