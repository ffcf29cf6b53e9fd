"""Reports whose text is nearly another's, compared sentence by sentence.

Figures, years and the issuer's own names are taken out first, so that a report copied with
other numbers filled in is found all the same. Sentences that very many reports share are the
phrases of the trade and count for neither side.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from knowledge.audit_rules import Copied
from knowledge.query import ReportRecord, reports
from knowledge.store import Store
from knowledge.text import fold, squeeze

_SENTENCE = re.compile(r"[^。;!?\n]+[。;!?]")
_FIGURES = re.compile(r"[\d.,%]+")
_NUMBERING = re.compile(
    r"^(?:[(][一二三四五六七八九十]+[)]|[一二三四五六七八九十]+[、是]|[、,.()])+"
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A report, the earlier one that its text is like, and how much of the shorter text is shared.

    `sentences` counts those of the shorter text that were compared, `shared` the equal ones,
    `share` is in percent of its characters, rounded down; `example` is the longest equal
    sentence as `record` prints it.
    """

    record: ReportRecord
    other: ReportRecord
    sentences: int
    shared: int
    share: int
    example: str


def find_copies(store: Store, rules: Copied) -> Iterator[Likeness]:
    """For each current report the most like of those before it, in the order of `query.reports`.

    Reports with too few sentences to compare are left out.
    """
    records = [record for record in reports(store) if record.status == "current"]
    # A nameless database lives in a temporary file: all of China would not fit in memory.
    with sqlite3.connect("") as compared:
        compared.execute("CREATE TABLE said (report INTEGER, sentence INTEGER, length INTEGER)")
        for place, record in enumerate(records):
            compared.executemany(
                "INSERT INTO said VALUES (?, ?, ?)",
                [
                    (place, number, length)
                    for number, (length, _) in _sentences(store, record, rules).items()
                ],
            )
        for found in _alike(compared, rules):
            place, other, sentences, shared, share = found
            yield Likeness(
                records[place],
                records[other],
                sentences,
                shared,
                share,
                _example(store, records[place], records[other], rules),
            )
    compared.close()


def _sentences(store: Store, record: ReportRecord, rules: Copied) -> dict[int, tuple[int, str]]:
    """The sentences of a report as numbers, each with its length and its print."""
    found: dict[int, tuple[int, str]] = {}
    names = [fold(name) for name in (record.entity.name, *_regions(record))]
    for (text,) in store.connection.execute(
        "SELECT text FROM sections WHERE report_id = ? AND level < 2 ORDER BY ordinal",
        (record.id,),
    ):
        for match in _SENTENCE.finditer(squeeze_lines(text)):
            bare = _FIGURES.sub("", fold(match[0]))
            for name in names:
                bare = bare.replace(name, "")
            bare = _NUMBERING.sub("", bare)
            if len(bare) >= rules.sentence:
                digest = blake2b(bare.encode(), digest_size=7).digest()
                found.setdefault(int.from_bytes(digest), (len(bare), match[0]))
    return found


def _regions(record: ReportRecord) -> list[str]:
    return record.entity.region.split("/") if record.entity.region else []


def squeeze_lines(text: str) -> str:
    """Text without blanks, its lines kept apart; lines of a table are left out.

    >>> squeeze_lines("全 年公开\\n规章 | 0 | 0")
    '全年公开'
    """
    return "\n".join(squeeze(line) for line in text.splitlines() if " | " not in line)


def _alike(compared: sqlite3.Connection, rules: Copied) -> Iterator[tuple[int, int, int, int, int]]:
    compared.execute(
        "CREATE TABLE telling AS SELECT sentence FROM said"
        " GROUP BY sentence HAVING count(*) <= ? AND count(*) > 1",
        (rules.common,),
    )
    compared.execute("CREATE INDEX telling_sentence ON telling (sentence)")
    compared.execute(
        "CREATE TABLE sizes AS SELECT report, count(*) AS sentences, sum(length) AS length"
        " FROM said WHERE sentence NOT IN"
        " (SELECT sentence FROM said GROUP BY sentence HAVING count(*) > ?) GROUP BY report",
        (rules.common,),
    )
    compared.execute("CREATE INDEX said_sentence ON said (sentence, report)")
    compared.execute("CREATE INDEX sizes_report ON sizes (report)")
    best: dict[int, tuple[int, int, int, int, int]] = {}
    for later, earlier, shared, length in compared.execute(
        "SELECT a.report, b.report, count(*), sum(a.length) FROM telling t"
        " JOIN said a ON a.sentence = t.sentence"
        " JOIN said b ON b.sentence = t.sentence AND b.report < a.report"
        " GROUP BY a.report, b.report"
    ):
        sizes = [
            compared.execute(
                "SELECT length, sentences FROM sizes WHERE report = ?", (report,)
            ).fetchone()
            for report in (later, earlier)
        ]
        whole, sentences = min(sizes)
        share = 100 * length // whole
        if share < rules.share or min(size[1] for size in sizes) < rules.sentences:
            continue
        known = best.get(later)
        if known is None or share > known[4]:
            best[later] = (later, earlier, sentences, shared, share)
    for later in sorted(best):
        yield best[later]


def _example(store: Store, record: ReportRecord, other: ReportRecord, rules: Copied) -> str:
    """The longest sentence that both have, as the first prints it."""
    own = _sentences(store, record, rules)
    shared = own.keys() & _sentences(store, other, rules).keys()
    return max((own[number] for number in shared), default=(0, ""))[1]
