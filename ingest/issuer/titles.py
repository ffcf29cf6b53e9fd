"""The report's own title: put together where it is broken over lines, and what it names.

Titles come in any order of issuer, year and subject, broken over two or three lines, without
their last character, with the year twice or a brand inside (field-notes, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.document import Paragraph
from ingest.issuer.issuers import Issuer, is_region, read_folded_issuer
from ingest.issuer.vocabulary import identity_words, one_of
from knowledge.numerals import chinese_numeral
from knowledge.text import join_printed, solid, squeeze

MAX_TITLE_LINES = 3
"""A title was met broken over two and three lines (field-notes, section 1)."""

MAX_TITLE = 60
"""Characters of a title line; the longest met has 41."""

MAX_PRINTED = 400
"""Characters of such a line with the blanks in it."""

FIRST_YEAR = 2004
"""Reports on open government begin with city rules of 2004; the 条例 came in 2008."""

# What is before a year is looked at behind it: a search for 20 goes fast from one to the next.
_YEAR = re.compile(r"(20\d\d)(?<!\d20\d\d)(?!\d)年?度?年?度?")
_CHINESE_YEAR = re.compile(r"[二2][〇○零0o][〇○零一二三四五六七八九\d]{2}(?<![0-9]{4})(?=年)")
_CHINESE_YEAR_END = re.compile(
    r"年(?<=[二2][〇○零0o][〇○零一二三四五六七八九\d]{2}年)(?<![0-9]{4}年)"
)
"""The same by its end: titles have one 年, and it is found at once."""
_BRAND = re.compile(r"【[^】]{1,20}】")
_PAGE_PARTS = re.compile(r"\s*(?:[_|>»–—-]+|\s{2,})\s*")
_QUOTES = "《》:“”\"'「」、.,·- "


class Title(NamedTuple):
    """A title line: as printed on one line, and what it names; None for what it lacks.

    `line` is where it begins, `start` and `end` (excluded) its lines in the list that was
    searched.
    """

    printed: str
    issuer: Issuer | None
    year: int | None
    line: int | None = None
    start: int = 0
    end: int = 0


@lru_cache(maxsize=1)
def _marks() -> tuple[str, str]:
    """What a re-issue has before its title and behind it, as pieces of patterns."""
    again = one_of(identity_words().titles.issued_again)
    behind = (
        rf"(?:[(\[【〔<《][^()\[\]]{{0,12}}?(?:{again})[^()\[\]]{{0,6}}?[)\]】〕>》]"
        rf"|[—–-]*的?(?:{again})(?:后|版|稿|本|件)?)"
    )
    before = rf"[(\[【〔](?:{again})(?:后|版|稿|本|件)?[)\]】〕]"
    return before, behind


@lru_cache(maxsize=1)
def _mark_behind() -> re.Pattern[str]:
    return re.compile(_marks()[1])


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """A title from the first of its subjects on that makes it one; what is before is its head."""
    words = identity_words().titles
    return re.compile(
        rf"(?P<subject>{one_of(words.subjects)})(?P<mid>[^。;:!?]{{0,12}}?)"
        rf"(?P<kind>{one_of(words.kinds)})(?:[告报])?"
        rf"(?P<tail>\(?20\d\d年?度?\)?)?(?:{_marks()[1]})?\Z"
    )


@lru_cache(maxsize=1)
def _front() -> re.Pattern[str]:
    """What may stand before a title on its line: a label, then the mark of a re-issue."""
    labels = one_of(identity_words().titles.labels)
    return re.compile(rf"(?:(?:{labels})[:|]*)?(?:{_marks()[0]})?")


@lru_cache(maxsize=1)
def _front_begins() -> frozenset[str]:
    return frozenset(label[0] for label in (*identity_words().titles.labels, *"([【〔"))


@lru_cache(maxsize=1)
def _verbs() -> re.Pattern[str]:
    return re.compile(rf"(?:{one_of(identity_words().titles.verbs)})")


def years_of(text: str) -> list[int]:
    """The years that a folded text names, Chinese numerals too, each once, in order.

    >>> years_of("2025某乡2025年度"), years_of("二〇二一年"), years_of("20211231")
    ([2025], [2021], [])
    """
    return _as_years(_YEAR.findall(_with_arabic_years(text)))


def _with_arabic_years(text: str) -> str:
    return _CHINESE_YEAR.sub(_arabic_year, text) if _CHINESE_YEAR_END.search(text) else text


def _as_years(found: Sequence[str]) -> list[int]:
    years = [year for digits in found if (year := int(digits)) >= FIRST_YEAR]
    return list(dict.fromkeys(years)) if len(years) > 1 else years


def _arabic_year(match: re.Match[str]) -> str:
    digits = match[0].replace("○", "〇").replace("o", "〇")
    plain = "".join(c if c.isdigit() and c.isascii() else str(chinese_numeral(c)) for c in digits)
    return plain if len(plain) == 4 else match[0]


def read_title(printed: str, in_text: bool = False) -> Title | None:
    """What a title names; None for a line that is no title of an annual report.

    `in_text`: the title may be a piece of a sentence (`现公布X镇2021年…年度报告。`).

    >>> title = read_title("2020年度安丘市景芝镇人民政府信息公开工作年度报告")
    >>> title.issuer.name, title.year
    ('景芝镇', 2020)
    >>> read_title("景芝镇2020年政府信息公开工作年度报告解读") is None
    True
    """
    return None if len(printed) > MAX_PRINTED else read_folded_title(solid(printed), in_text)


def read_folded_title(folded: str, in_text: bool = False) -> Title | None:
    """What a title names that is folded and without blanks already; else as `read_title`."""
    named = named_by_title(folded, in_text)
    return Title(folded, *named) if named is not None else None


_Named = tuple[Issuer | None, int | None]
"""Issuer and year that a title names."""


def named_by_title(folded: str, in_text: bool = False) -> _Named | None:
    """Issuer and year of a folded title; None if it is none."""
    if len(folded) > MAX_TITLE:
        return None
    bare = _without_front(_front(), folded) if folded[:1] in _front_begins() else folded
    if "【" in bare:
        # A mirror's brand stands in place of words: of the subject where there is none.
        subjects = identity_words().titles.subjects
        lacks = not any(subject in bare for subject in subjects)
        bare = _BRAND.sub(subjects[0] if lacks else "", bare, count=1)
    bare = _with_arabic_years(bare.strip(_QUOTES))
    return _named_by(bare, in_text and _verbs().match(bare) is not None)


@lru_cache(maxsize=256)
def _named_by(bare: str, behind_verb: bool) -> _Named | None:
    """The same of a title without what may stand around it.

    A page prints its title three times, and the manifest and a sentence (《…》) once more.
    """
    match = _pattern().search(bare)
    if match is None:
        return None
    # The issuer first: most pieces of sentences that end like a title have none before it.
    front = bare[: match.start()]
    pieces = _YEAR.split(_without_front(_verbs(), front) if behind_verb else front)
    head = "".join(pieces[::2]).strip(_QUOTES).removeprefix("关于").removesuffix("关于")
    issuer = read_folded_issuer(head) if head else None
    if (issuer is None and head.strip("()")) or _another().search(bare) is not None:
        return None
    _, middle, kind, tail = match.groups()
    digits = pieces[1::2]
    if tail or "20" in middle:
        digits += _YEAR.findall(f"{middle}|{tail or ''}")
    years = _as_years(digits)
    if not years and kind in ("报告", "工作情况", "工作报告", "情况报告"):
        return None  # a running text's words, or another paper
    return issuer, years[0] if len(years) == 1 else None


def _without_front(front: re.Pattern[str], text: str) -> str:
    match = front.match(text)
    return text[match.end() :] if match is not None else text


def read_page_title(printed: str) -> Title | None:
    """The title in what a page says of itself, where the site's name may stand beside it.

    >>> read_page_title("景芝镇2020年政府信息公开年报-安丘市人民政府").issuer.name
    '景芝镇'
    """
    found: Title | None = None
    for piece in dict.fromkeys([printed, *_PAGE_PARTS.split(printed)]):
        title = read_title(piece) if piece else None
        if title is not None and _fullness(title) == 2:
            return title
        if found is None:
            found = title
    return found


@lru_cache(maxsize=1)
def _another() -> re.Pattern[str]:
    return re.compile(one_of(identity_words().titles.not_reports))


def find_titles(lines: Sequence[Paragraph]) -> list[Title]:
    """Every title among these lines, the fuller reading of each, in reading order.

    A title that stands whole on a line is read from that line; one that lacks its issuer or
    its year takes the lines before and behind it. What marks a re-issue on the line behind
    belongs to it.
    """
    found = [
        title
        for start, (text, _, _) in enumerate(lines)
        if len(text) <= MAX_TITLE and (title := _title_from(start, lines)) is not None
    ]
    if len(found) < 2:
        return found
    titles = [title for title in found if not any(_better(other, title) for other in found)]
    if any(_fullness(title) == 2 for title in titles):
        return [title for title in titles if not _is_of_the_site(title)]
    return titles


def _title_from(start: int, lines: Sequence[Paragraph]) -> Title | None:
    """The fullest reading of a title that begins on this line, of the fewest lines."""
    best: _Named | None = None
    end = start
    joined = ""
    for behind, (piece, _, _) in enumerate(lines[start : start + MAX_TITLE_LINES], start + 1):
        if len(piece) > MAX_TITLE:
            break
        joined += piece
        if "公开" not in joined and "公開" not in joined and "【" not in joined:
            continue
        named = named_by_title(solid(joined))
        if named is None or (best is not None and named.count(None) >= best.count(None)):
            continue
        best, end = named, behind
        if None not in best:
            break
    if best is None:
        return None
    issuer, year = best
    printed = "".join([join_printed(paragraph.text) for paragraph in lines[start:end]])
    return _with_mark(Title(printed, issuer, year, lines[start].line, start, end), lines)


def _is_of_the_site(title: Title) -> bool:
    """Whether a title beside a full one is only the head of its page: the county whose site it
    is, and the column (西城区人民政府 / 政府信息公开年报)."""
    if title.year is not None or title.issuer is None or title.end - title.start < 2:
        return False
    return is_region(title.issuer.name)


def _better(other: Title, title: Title) -> bool:
    """Whether a title that shares lines with this one is the right reading of them.

    景芝镇人民政府 / 2020年…报告: both lines together. 正阳街道 / 正阳街道2023年…报告: the
    second line, which says everything by itself.
    """
    if other is title or other.start >= title.end or title.start >= other.end:
        return False
    if _fullness(other) != _fullness(title):
        return _fullness(other) > _fullness(title)
    return other.end - other.start < title.end - title.start


def _fullness(title: Title) -> int:
    return (title.issuer is not None) + (title.year is not None)


def _with_mark(title: Title, lines: Sequence[Paragraph]) -> Title:
    if title.end < len(lines):
        behind = lines[title.end].text
        if title.printed.endswith("年度报") and squeeze(behind) == "告":
            printed = title.printed + "告"
            return Title(printed, title.issuer, title.year, title.line, title.start, title.end + 1)
        if len(behind) <= MAX_TITLE and _mark_behind().fullmatch(solid(behind)):
            printed = title.printed + join_printed(behind)
            return Title(printed, title.issuer, title.year, title.line, title.start, title.end + 1)
    return title
