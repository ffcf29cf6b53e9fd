"""What in a document tells its issuer and its year: each witness with its words and its line.

Nothing is decided here (`ingest.issuer.identity` does): a witness says what stands there, whether it
is the report's own title or an address in its preamble. Years of URLs, of uploads and of page
furniture are no witnesses at all (field-notes, section 1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath
from typing import NamedTuple

from ingest.damage import without_pinyin
from ingest.document import Document, Paragraph, Witness
from ingest.issuer.addresses import part_addresses
from ingest.issuer.issuers import (
    Issuer,
    is_office,
    is_place,
    is_region,
    read_folded_issuer,
    read_issuer,
)
from ingest.issuer.names import names_in
from ingest.issuer.titles import (
    FIRST_YEAR,
    MAX_TITLE,
    Title,
    find_titles,
    named_by_title,
    read_folded_title,
    read_page_title,
    read_title,
)
from ingest.issuer.vocabulary import identity_words, one_of
from ingest.manifest import ManifestRow
from ingest.sections import Section
from knowledge.text import solid

TITLE_LINES = 40
"""Paragraphs before the first heading among which a title is looked for."""

PREAMBLE_LINES = 12
"""Paragraphs of the preamble that are read for the issuer; it has two or three."""

MIN_PARAGRAPH = 12
"""Characters of a paragraph that says who compiled the report."""

MAX_INDEX_CELLS = 6
"""Cells of a row of a page's index (索引号, 发布机构, 公开日期: labels and values)."""

SITE_NAME = 9
"""Characters before 政府网 that hold the name of the county whose site it is."""

_PERIOD = re.compile(
    r"(20\d\d)[年.]0?1[月.]0?1日?起?,?(?:至|到|-|—|–|~)+(?:(20\d\d)[年.])?12[月.]3[01]日?"
)
_DAMAGED_PERIOD = re.compile(r"统计(?:期限|时限|时间|周期)[^。]{0,40}")
_OWN_YEAR = re.compile(
    r"(20\d\d)年(?:(?:度|来|以来)?,?[我本全](?:镇|乡|街|苏木|局|场|委|单位|机关|办)"
    r"|(?=[度来以,])(?<![^。;\n]20\d\d年)(?:度|来|以来)?,"
    r"|(?<=[镇乡街局场委道木\n]20\d\d年)"
    r"(?:(?<=[我本][镇乡街局场委]20\d\d年)|(?<=[我本][镇乡街局场委]\n20\d\d年)"
    r"|(?<=[我本](?:街道|苏木)20\d\d年)))"
)
"""A year with the issuer behind it, at the beginning of a sentence, or with the issuer before it."""

_ADDRESS = re.compile(r"地址:?[^,;。]{2,40}")
_NAMED = re.compile(r"《[^《》]{0,80}》")
_YEAR_OF_REPORT = re.compile(
    r"(20\d\d)年?度?[^,。;:《》]{0,24}?信息公开(?:工作)?[^,。;:]{0,6}(?:年度报告|年报)"
)
_SITE = re.compile(r"政府(?:门户)?网")


_PARK = re.compile(
    r"(?:编制了?|公布|发布)(?P<name>[\u3400-\u9fff]{2,14}(?:产业园|工业园|科技园|软件园))20\d\d年"
)
"""A park whose report a zone's committee publishes: it is not the zone itself."""

MIN_GLUED = 6
MAX_GLUED = 50
"""Characters before the 年报 or 年度报告 of a title that has its text behind it on the same line,
as extractors print a whole page."""


class Testimony(NamedTuple):
    """One witness: its kind (a key of `[names]` in identity.toml), the words, where they stand,
    and what they name. `weak`: confirms, but never decides by itself."""

    kind: str
    text: str
    line: int | None
    issuer: Issuer | None = None
    year: int | None = None
    weak: bool = False


class Text(NamedTuple):
    """The running text as witnesses read it: folded, without blanks, a paragraph a line.

    Before the first heading table rows are lines too: pages print their title and their
    index in tables.
    """

    paragraphs: tuple[Paragraph, ...]
    folded: tuple[str, ...]
    whole: str
    preamble: int
    """Number of paragraphs before the first heading."""
    plans: int
    """Number of paragraphs before the section on problems and plans, which speaks of next year."""


def text_of(sections: Sequence[Section]) -> Text:
    """The running text of a report, folded once for all that follows."""
    keys = [section.key for section in sections]
    problems = keys.index("problems") if "problems" in keys else len(keys)
    paragraphs: list[Paragraph] = []
    for block in sections[0].blocks:
        if isinstance(block, Paragraph):
            paragraphs.append(block)
            continue
        filled = [text for text in block.texts if text]
        if filled and len(filled) <= MAX_INDEX_CELLS:
            paragraphs.append(Paragraph("|".join(filled), block.line, block.recognised))
    preamble = len(paragraphs)
    paragraphs += _paragraphs(sections[1:problems])
    plans = len(paragraphs)
    paragraphs += _paragraphs(sections[problems:])
    folded = tuple([solid(printed) for printed, _, _ in paragraphs])
    return Text(tuple(paragraphs), folded, "\n".join(folded), preamble, plans or len(paragraphs))


def _paragraphs(sections: Sequence[Section]) -> list[Paragraph]:
    # Most blocks are rows of tables; their type is compared, for there are hundreds.
    return [block for part in sections for block in part.blocks if type(block) is Paragraph]


def titles_in(text: Text) -> list[Title]:
    """The titles that stand as lines before the first heading."""
    return find_titles(text.paragraphs[: min(text.preamble, TITLE_LINES)])


def from_manifest(row: ManifestRow | None) -> list[Testimony]:
    """What the manifest says, its title included."""
    said: list[Testimony] = []
    if row is None:
        return said
    if row.entity:
        named = read_issuer(row.entity) or Issuer(solid(row.entity))
        said.append(Testimony("manifest", row.entity, None, named))
    if row.year:
        said.append(Testimony("manifest", str(row.year), None, None, row.year))
    title = read_title(row.title) if row.title else None
    if title is not None and row.title:
        said.append(Testimony("manifest_title", row.title, None, title.issuer, title.year))
    return said


def from_titles(titles: Iterable[Title]) -> list[Testimony]:
    """The title lines of the report itself."""
    return [
        Testimony("title", title.printed, title.line, title.issuer, title.year) for title in titles
    ]


def from_page(document: Document) -> list[Testimony]:
    """What stands around the text: the page's titles, its path of links, its publisher.

    A `<title>` or heading that reads as a full title of a report is one; a path and a publisher
    name an issuer or a year, weaker; heads of printed pages and properties of Word files are
    often left over from another report and only confirm.
    """
    return [said for witness in document.witnesses for said in _from_witness(witness)]


def _from_witness(witness: Witness) -> Iterator[Testimony]:
    witness = witness._replace(text=without_pinyin(witness.text[:1000]))
    if witness.kind in ("page_title", "heading", "running_head", "properties"):
        title = read_page_title(witness.text[:300])
        weak = witness.kind in ("running_head", "properties")
        if title is not None and (title.issuer or title.year):
            kind = "page" if weak else "page_title"
            yield Testimony(kind, title.printed, witness.line, title.issuer, title.year, weak)
    elif witness.kind == "breadcrumb":
        yield from _from_path(witness.text[:500], witness.line)
    elif witness.kind == "publisher":
        value = re.split(r"[:：]", witness.text, maxsplit=1)[-1]
        issuer = read_issuer(value[:60])
        if issuer is not None:
            yield Testimony("page", witness.text.strip(), witness.line, issuer)


def _from_path(path: str, line: int | None) -> Iterator[Testimony]:
    pieces = [piece.strip() for piece in re.split(r"[>/»|＞›→]|\s-\s", path) if piece.strip()]
    towns = [
        issuer
        for piece in pieces
        if (issuer := read_issuer(piece)) is not None and not _runs_the_site(issuer.name)
    ]
    years = [
        int(match[1])
        for piece in pieces
        if (match := re.fullmatch(r"(20\d\d)年?度?", solid(piece))) is not None
    ]
    issuer = towns[-1] if len({town.name for town in towns}) == 1 else None
    year = years[0] if len(set(years)) == 1 else None
    if issuer or year:
        yield Testimony("page", path.strip(), line, issuer, year, weak=issuer is None)


def _runs_the_site(name: str) -> bool:
    """Whether an issuer publishes the reports of others: a county or its office."""
    return is_region(name) or is_office(name)


def from_labels(text: Text) -> Iterator[Testimony]:
    """`发布机构：X镇` and `来源：X镇人民政府` where they stand in the text before the report."""
    head = text.folded[: min(text.preamble, TITLE_LINES)]
    for paragraph, folded in zip(text.paragraphs, head, strict=False):
        if ":" not in folded and "|" not in folded:
            continue
        labels = identity_words().page.publisher
        before_marks = folded.replace("|", ":").split(":")[:-1]
        if not [words for words in before_marks if words.endswith(labels)]:
            continue
        for match in _publisher().finditer(folded):
            issuer = read_folded_issuer(match[1])
            if issuer is not None and not _runs_the_site(issuer.name):
                yield Testimony("page", paragraph.text.strip()[:80], paragraph.line, issuer)


@lru_cache(maxsize=1)
def _publisher() -> re.Pattern[str]:
    labels = one_of(identity_words().page.publisher)
    return re.compile(
        rf"(?:{labels})[:|]{{1,2}}([\u3400-\u9fff]{{2,24}}?)(?=[^\u3400-\u9fff]|作者|发布|索引|时间|日期|$)"
    )


@lru_cache(maxsize=2)
def _anchors(preamble: bool) -> re.Pattern[str]:
    words = identity_words().preamble
    return re.compile(one_of(words.anchors if preamble else words.firm_anchors))


def from_preamble(text: Text) -> list[Testimony]:
    """Who the first paragraphs say compiled the report, publishes it and answers questions.

    Each name once. What stands in 《…》 is somebody's document and names nobody here, unless
    it is the report's own title.
    """
    said: list[Testimony] = []
    seen: set[Issuer] = set()
    until = min(max(text.preamble, 2) + 2, PREAMBLE_LINES)
    anchors = _anchors(text.preamble > 0)
    for number, folded in enumerate(text.folded[:until]):
        title = _glued_title(folded)
        if title is not None and title.issuer is not None and title.year is not None:
            seen.add(title.issuer)
            line = text.paragraphs[number].line
            said.append(Testimony("preamble", title.printed, line, title.issuer, title.year))
        if number == text.preamble:
            anchors = _anchors(False)
        if len(folded) < MIN_PARAGRAPH or not anchors.search(folded):
            continue
        line = text.paragraphs[number].line
        bare = _NAMED.sub(_own_title, folded) if "《" in folded else folded
        for sentence in bare.replace(";", "。").split("。"):
            if anchors.search(sentence):
                said += _from_sentence(sentence, line, seen)
    return said


def _from_sentence(sentence: str, line: int | None, seen: set[Issuer]) -> list[Testimony]:
    """What a sentence of the preamble names; the issuers that are new are added to `seen`."""
    words, addresses = part_addresses(sentence)
    named = list(names_in(words))
    if "园" in words:
        named += [Issuer(match["name"]) for match in _PARK.finditer(words)]
    said: list[Testimony] = []
    for issuer in named:
        if issuer not in seen:
            seen.add(issuer)
            said.append(Testimony("preamble", sentence[:80], line, issuer))
    for address in addresses:
        said += [
            Testimony("address", address, line, issuer, weak=True) for issuer in names_in(address)
        ]
    year = _year_of_report(sentence)
    if year is not None:
        said.append(Testimony("preamble", sentence[:80], line, None, year))
    return said


def _glued_title(folded: str) -> Title | None:
    """The title that a paragraph begins with, where its text stands behind it on the line."""
    if not folded.endswith("。") and len(folded) <= MAX_TITLE:
        return None  # a title of its own, or none
    if not ("年报" in folded or "年度报告" in folded) or "公开" not in folded[:MAX_TITLE]:
        return None
    ends = [
        at + len(end)
        for end in ("年报", "年度报告")
        if (at := folded.find(end, MIN_GLUED, MAX_GLUED + len(end))) >= 0
    ]
    return read_folded_title(folded[: min(ends)], in_text=True) if ends else None


def _own_title(match: re.Match[str]) -> str:
    words = match[0]
    may_be = "公开" in words and words.endswith(("报告》", "年报》", "总结》", "报》"))
    return words if may_be and named_by_title(words, in_text=True) is not None else "《》"


def _year_of_report(sentence: str) -> int | None:
    """The year in `现公布X镇2021年度政府信息公开年度报告`."""
    found = _YEAR_OF_REPORT.search(sentence) if "信息公开" in sentence else None
    year = int(found[1]) if found is not None else 0
    return year if year >= FIRST_YEAR else None


def from_periods(text: Text) -> list[Testimony]:
    """The period that the figures cover; one that is damaged or names several years is weak."""
    years: dict[int, str] = {}
    for match in _PERIOD.finditer(text.whole):
        if match[2] in (None, match[1]):
            years.setdefault(int(match[1]), match[0])
    if years:
        weak = len(years) > 1
        return [Testimony("period", years[year], None, None, year, weak) for year in years]
    damaged = _DAMAGED_PERIOD.search(text.whole)
    found = set(re.findall(r"20\d\d", damaged[0])) if damaged is not None else set()
    if damaged is None or len(found) != 1:
        return []
    return [Testimony("period", damaged[0], None, None, int(found.pop()), True)]


def from_own_words(text: Text) -> list[Testimony]:
    """The year that the text speaks of as its issuer's own (`2021年，我镇…`).

    It decides only where no other year is spoken of in this way.
    """
    before_plans = sum(map(len, text.folded[: text.plans])) + text.plans - 1
    years: dict[int, int] = {}
    for digits in _OWN_YEAR.findall(text.whole, 0, before_plans):
        year = int(digits)
        years[year] = years.get(year, 0) + 1
    weak = len(years) > 1
    often = sorted(years, key=years.__getitem__, reverse=True) if weak else years
    return [
        Testimony("own_words", f"{year}年×{years[year]}", None, None, year, weak)
        for year in islice(often, 3)
    ]


def from_names(text: Text) -> Iterator[Testimony]:
    """The town that the text names most often, if it does so twice and no other a third as often."""
    said, _ = part_addresses(text.whole)
    counted = Counter(issuer.name for issuer in names_in(said) if is_place(issuer.name))
    ranked = counted.most_common(2)
    if ranked and ranked[0][1] >= 2:
        name, count = ranked[0]
        if len(ranked) == 1 or ranked[1][1] * 3 <= count:
            yield Testimony("names", f"{name}×{count}", None, Issuer(name))


def places_near(text: Text) -> str:
    """The stretches of text that say where the issuer is: its address, its government's site."""
    whole = text.whole
    found = _ADDRESS.findall(whole) if "地址" in whole else []
    found += [whole[max(0, m.start() - SITE_NAME) : m.start()] for m in _SITE.finditer(whole)]
    return "|".join(found)


def from_file_name(file: str) -> Iterator[Testimony]:
    """The file's own name, only if it reads as a full title."""
    stem = re.sub(
        r"(?:[\s_-]*(?:[(（]\d+[)）]|\d{6,}|[0-9a-f]{12,}))+$", "", PurePosixPath(file).stem
    )
    title = read_page_title(stem[:120])
    if title is not None and title.issuer is not None and title.year is not None:
        yield Testimony("file_name", PurePosixPath(file).name, None, title.issuer, title.year)
