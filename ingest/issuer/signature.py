"""Who signs a report at its end, and on which day."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.issuer.issuers import read_folded_issuer
from ingest.issuer.titles import years_of
from ingest.issuer.witnesses import Testimony, Text

TAIL_LINES = 15
"""Paragraphs at the end among which the signature stands; pages print links behind it."""

MAX_SIGNATURE = 32
"""Characters of a signature with its date."""

_DATE = re.compile(r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})日?")


class Signature(NamedTuple):
    """Who signs at the end, and the day; each None if it is not there."""

    testimony: Testimony | None
    day: tuple[int, int, int] | None


def signature_of(text: Text) -> Signature:
    """The last line at the end that is nothing but an issuer, with or without a date."""
    # The first line of a short text is its head.
    first = max(len(text.folded) - TAIL_LINES, 1)
    signed: Testimony | None = None
    day: tuple[int, int, int] | None = None
    lines = text.folded
    for number in range(len(lines) - 1, first - 1, -1):
        folded = lines[number]
        if len(folded) > MAX_SIGNATURE or ":" in folded:
            continue
        dated = _DATE.search(folded) if "20" in folded else None
        if dated is None and "月" in folded:
            dated = _chinese_date(folded)
        if dated is not None and len(folded) - len(dated[0]) <= MAX_SIGNATURE // 2:
            if day is None and (dated.end() == len(folded)):
                day = (int(dated[1]), int(dated[2]), int(dated[3]))
            folded = folded[: dated.start()]
        issuer = read_folded_issuer(folded) if len(folded) >= 3 else None
        if issuer is not None:
            printed, line, _ = text.paragraphs[number]
            signed = Testimony("signature", printed.strip(), line, issuer)
            break
    return Signature(signed, day)


def _chinese_date(folded: str) -> re.Match[str] | None:
    years = years_of(folded)
    if not years:
        return None
    return re.search(rf"({years[0]})年(\d{{1,2}})月(\d{{1,2}})日", folded)
