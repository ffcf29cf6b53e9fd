"""Who issued a report and for which year, by witnesses in order of trust; never guessed.

The manifest first, then the title, then the signature and what the text says of itself. An
issuer or year from less than manifest or title is marked as inferred; without one of them
the report is set aside. Only the county may stay unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.document import Document, Paragraph
from ingest.manifest import ManifestRow
from ingest.sections import Section
from knowledge.errors import InputRejected
from knowledge.gazetteer import issuer_name, load_gazetteer
from knowledge.issues import says_corrected
from knowledge.model import Entity
from knowledge.text import fold, join_printed, squeeze

MAX_TITLE_LINES = 3
"""A title was met broken over two and three lines (field-notes, section 1)."""

_ISSUED_AGAIN = r"(?:更正|修订|修正|更新|重新发布|重新公布|重新公开|重发|补发)"
_MARK = (
    rf"(?:[(\[【〔<《][^()\[\]]{{0,12}}?{_ISSUED_AGAIN}[^()\[\]]{{0,6}}?[)\]】〕>》]"
    rf"|[—–-]*的?{_ISSUED_AGAIN}(?:后|版|稿|本|件)?)"
)
"""What a re-issue has behind its title (in folded text): （更正版）, 【重新发布】, 修订稿."""
_MARK_BEHIND = re.compile(_MARK)
_MARK_BEFORE = re.compile(rf"^[(\[【〔]{_ISSUED_AGAIN}(?:后|版|稿|本|件)?[)\]】〕]")

_SUBJECT = r"(?:政府信息|政务信息|政务|信息)公开"
_KIND = r"(?:年度?报告|年度报|年报|工作总结|情况的?报告)"
_YEAR_AFTER = re.compile(
    rf"(?P<issuer>.*?)(?:关于)?(?P<year>20\d\d)年?年?度?(?:[\u4e00-\u9fff]{{0,4}}?){_SUBJECT}.{{0,12}}?{_KIND}"
    rf"{_MARK}?"
)
_YEAR_FIRST = re.compile(
    rf"(?:关于)?(?P<year>20\d\d)年?度?(?P<issuer>[\u4e00-\u9fff]{{2,24}}?){_SUBJECT}.{{0,12}}?{_KIND}"
    rf"{_MARK}?"
)
_PERIOD = re.compile(r"(?P<year>20\d\d)年1月1日起?(?:至|到|-)+?(?:(?P<end>20\d\d)年)?12月31日")
_TEXT_ISSUER = re.compile(
    r"(?P<issuer>[\u4e00-\u9fff]{1,16}?(?:镇|乡|街道|苏木|街))(?:人民政府|政府|办事处|街道办事处)"
)
_OWN_YEAR = re.compile(
    r"(?P<year>20\d\d)年(?:度)?,?(?:我|本|全)(?:镇|乡|街道|街|苏木|局|场|单位|机关)"
)


_REGIONS = ("省", "市", "县", "区", "旗", "州", "盟")
_PLACES = ("镇", "乡", "街道", "苏木", "农场", "林场", "牧场", "园艺场")
"""Endings of issuers that are known by their own name; a bureau goes by its county's as well."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Issuer and year with the witnesses that named them.

    `title` is as printed, else the manifest's; `corrected` is set where either says so.
    """

    entity: Entity
    year: int
    title: str | None
    corrected: bool
    issuer_witness: str
    year_witness: str
    disagreements: tuple[str, ...] = ()
    """In what the report's own title contradicts the issuer or year taken from the manifest."""

    @property
    def inferred(self) -> bool:
        """Whether issuer or year came from less than manifest or title, or against the title."""
        if self.disagreements:
            return True
        return not {self.issuer_witness, self.year_witness} <= {"manifest", "title"}


@dataclass(frozen=True, slots=True)
class Title:
    """A title line: as printed on one line, and what it names; "" or None for what it lacks."""

    printed: str
    issuer: str
    year: int | None


def find_identity(
    document: Document, sections: Sequence[Section], row: ManifestRow | None, file: str
) -> Identity:
    """Issuer, county and year of a report.

    Raises: InputRejected if no witness names the issuer, or none the year.
    """
    title = find_title(document, sections)
    text = squeeze(fold("\n".join(p.text for p in document.paragraphs())))
    given_title = row.title if row else None
    named_title = _read_title(squeeze(fold(given_title))) if given_title else None
    issuers: list[tuple[str, str]] = []
    if row and row.entity:
        issuers.append(("manifest", row.entity))
    if named_title and named_title.issuer:
        issuers.append(("manifest", named_title.issuer))
    if title and title.issuer:
        issuers.append(("title", title.issuer))
    issuers += [("text", name) for name in _text_issuers(document, text)]
    entity: Entity | None = None
    issuer_witness = ""
    for witness, printed in issuers:
        region = row.region if row else None
        entity = resolve_issuer(printed, region, text, given=bool(row and row.entity == printed))
        if entity is not None:
            issuer_witness = witness
            break
    if entity is None:
        raise InputRejected(
            file, "看不出是哪个镇街的年报：标题和正文都没有写全名，请在 manifest.csv 里写明 entity"
        )
    years: list[tuple[str, int]] = []
    if row and row.year:
        years.append(("manifest", row.year))
    if named_title and named_title.year:
        years.append(("manifest", named_title.year))
    if title and title.year:
        years.append(("title", title.year))
    years += [("text", year) for year in _text_years(text)]
    if not years:
        raise InputRejected(
            file, "看不出是哪一年的年报：标题和统计期限都没有年份，请在 manifest.csv 里写明 year"
        )
    year_witness, year = years[0]
    return Identity(
        entity,
        year,
        title.printed if title else given_title,
        says_corrected(given_title) or says_corrected(title.printed if title else None),
        issuer_witness,
        year_witness,
        _disagreements(title, entity, year, text),
    )


def _disagreements(title: Title | None, entity: Entity, year: int, text: str) -> tuple[str, ...]:
    """In what the report's own title contradicts what was taken (a manifest row gone astray)."""
    if title is None:
        return ()
    found: list[str] = []
    named = resolve_issuer(title.issuer, None, text) if title.issuer else None
    if named is not None and named.name != entity.name:
        found.append(f"清单说是{entity.name}，报告的标题写的是{named.name}")
    if title.year is not None and title.year != year:
        found.append(f"清单说是 {year} 年，报告的标题写的是 {title.year} 年")
    return tuple(found)


def find_title(document: Document, sections: Sequence[Section]) -> Title | None:
    """The report's own title, put together where it is broken over lines; None if it has none.

    A title that names issuer and year is preferred to one that names the year alone.
    """
    lines = [
        block.text
        for section in sections[:1]
        for block in section.blocks[:40]
        if isinstance(block, Paragraph)
    ]
    best: Title | None = None
    end = 0
    for size in range(1, MAX_TITLE_LINES + 1):
        for start in range(len(lines) - size + 1):
            pieces = lines[start : start + size]
            if any(len(piece) > 60 for piece in pieces):
                continue
            title = _read_title(squeeze(fold("".join(pieces))))
            if title is None or (best is not None and (best.issuer or not title.issuer)):
                continue
            best = Title("".join(map(join_printed, pieces)), title.issuer, title.year)
            end = start + size
    if best is not None and end < len(lines):
        if _MARK_BEHIND.fullmatch(squeeze(fold(lines[end]))):
            best = Title(best.printed + join_printed(lines[end]), best.issuer, best.year)
    return best


def _read_title(folded: str) -> Title | None:
    folded = _MARK_BEFORE.sub("", folded)
    for pattern in (_YEAR_FIRST, _YEAR_AFTER):
        match = pattern.fullmatch(folded)
        if match is None:
            continue
        issuer = match["issuer"].strip("《》:：“”\"'")
        if issuer and issuer_name(_without_years(issuer)) is None:
            continue
        return Title(folded, _without_years(issuer), int(match["year"]))
    return None


def _without_years(text: str) -> str:
    return re.sub(r"20\d\d年?度?", "", text)


def resolve_issuer(
    printed: str, region: str | None, text: str, given: bool = False
) -> Entity | None:
    """The entity that a printed name means, its region from the name, `region` or the text.

    Names of regions in front (`孟州市南庄镇`) are split off. Where several places in China
    share the name, only a region that the name, the manifest or the text states decides;
    otherwise the region stays unknown. `given`: the manifest's name, which is an issuer's even
    if it does not look like one (南庄镇财政所).
    """
    name = issuer_name(printed) or (squeeze(printed) if given else None)
    if name is None:
        return None
    name, regions = _split_regions(fold(name))
    if regions and not name.endswith(_PLACES):
        name = regions[-1] + name
    return Entity(name, _region(name, regions, region, text))


def _split_regions(name: str) -> tuple[str, list[str]]:
    """A folded name without the regions in front of it, and these from large to small.

    A short form (安丘景芝镇) is one only where a known town follows: 清河湾镇 is no 湾镇 of
    清河. A full name (安丘市) may have a town behind it that the gazetteer lacks.
    """
    gazetteer = load_gazetteer()
    regions: list[str] = []
    rest = name
    certain = (name, 0)
    while rest not in gazetteer:
        found = gazetteer.region_at(rest, 0)
        behind = rest[len(found) :] if found else ""
        if found is None or len(behind) < 2 or issuer_name(behind) is None:
            return certain[0], regions[: certain[1]]
        regions.append(found)
        rest = behind
        if certain[1] == len(regions) - 1 and found.endswith(_REGIONS):
            certain = (rest, len(regions))
    return rest, regions


def _region(name: str, regions: list[str], given: str | None, text: str) -> str | None:
    gazetteer = load_gazetteer()
    candidates = list(gazetteer.regions_of(name))
    if given is not None:
        paths = gazetteer.paths_of(given)
        for known in ([path for path in paths if path in candidates], paths):
            if len(known) == 1:
                return known[0]
        return squeeze(given)
    for part in regions:
        candidates = [c for c in candidates if gazetteer.contains(c, part)]
    if len(candidates) == 1:
        return candidates[0]
    if candidates and not regions:
        named = [c for c in candidates if c.rsplit("/", 1)[-1] in text]
        return named[0] if len(named) == 1 else None
    if regions:
        paths = gazetteer.paths_of("/".join(regions))
        return paths[0] if len(paths) == 1 else None
    return None


def _text_issuers(document: Document, text: str) -> Iterator[str]:
    """Names that the text gives itself: the signature, then the name it states most often."""
    tail = list(document.paragraphs())[-6:]
    for paragraph in reversed(tail):
        line = squeeze(fold(paragraph.text))
        if len(line) <= 30 and line.endswith(("人民政府", "办事处", "政府")):
            yield line
    counted = Counter(_known_names(text))
    if counted:
        (name, count), *others = counted.most_common(2)
        if not others or others[0][1] < count:
            yield name


def _known_names(text: str) -> Iterable[str]:
    gazetteer = load_gazetteer()
    for match in _TEXT_ISSUER.finditer(text):
        printed = match["issuer"]
        for start in range(len(printed) - 1):
            name = issuer_name(printed[start:])
            if name is not None and name in gazetteer:
                yield name
                break


def _text_years(text: str) -> list[int]:
    period = _PERIOD.search(text)
    if period is not None and period["end"] in (None, period["year"]):
        return [int(period["year"])]
    counted = Counter(int(match["year"]) for match in _OWN_YEAR.finditer(text))
    return [counted.most_common(1)[0][0]] if len(counted) == 1 else []
