"""Who issued a report and for which year, by witnesses in order of trust; never guessed.

The manifest first, then the title (the report's own or its page's), then what the text and the
page say of themselves. An issuer or year from less than manifest or title is marked as
inferred; without one of them the report is set aside. Only the county may stay unknown.

Where witnesses disagree the stronger one decides and a finding names both sides: copied text
that names another town is a finding, no identity, and no majority of boilerplate outvotes the
title. Where two that are equally strong disagree, or two independent ones agree against a
title that nobody confirms, the report is set aside: a figure under the wrong town or year is a
wrong figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ingest.document import Document
from ingest.issuer.entities import NAME_OF_WAY_OUT, entity_of
from ingest.issuer.issuers import is_office, is_office_of, is_place, is_region, same_issuer
from ingest.issuer.publication import days_of, published_on
from ingest.issuer.signature import signature_of
from ingest.issuer.spoken import speaks_as_own_kind, spoken_of, word_of_another
from ingest.issuer.subjects import from_county, from_subjects
from ingest.issuer.vocabulary import identity_words
from ingest.issuer.witnesses import (
    Testimony,
    Text,
    from_file_name,
    from_labels,
    from_manifest,
    from_names,
    from_own_words,
    from_page,
    from_periods,
    from_preamble,
    from_titles,
    text_of,
    titles_in,
)
from ingest.manifest import ManifestRow
from ingest.sections import Section
from knowledge.errors import InputRejected
from knowledge.issues import says_corrected
from knowledge.model import Entity, Finding
from knowledge.text import solid

GIVEN = ("manifest", "manifest_title")
TITLES = ("title", "page_title")
CERTAIN = frozenset((*GIVEN, *TITLES))
"""Witnesses that are not inferred. The page's own heading is the title that extractors drop
from the text in every other page (field-notes, section 1)."""

INDEPENDENT = ("preamble", "page", "signature")
"""Witnesses of the issuer that do not come from one another; text and names may be copied."""


class Identity(NamedTuple):
    """Issuer and year with the witnesses that named them.

    `title` is as printed, else the page's, else the manifest's; `corrected` is set where one
    says so. `witnesses` is everything that was heard, in order of trust, for `zhenwen show`.
    `published` is the day that the page states, `2021-01-26`, or None.
    """

    entity: Entity
    year: int
    title: str | None
    corrected: bool
    issuer_witness: str
    year_witness: str
    findings: tuple[Finding, ...] = ()
    witnesses: tuple[Testimony, ...] = ()
    published: str | None = None
    contradicted: bool = False
    """Whether another witness names another issuer, or the report's title another year."""

    @property
    def inferred(self) -> bool:
        """Whether issuer or year came from less than manifest or title, or against a witness."""
        return self.contradicted or not {self.issuer_witness, self.year_witness} <= CERTAIN


def find_identity(
    document: Document, sections: Sequence[Section], row: ManifestRow | None, file: str
) -> Identity:
    """Issuer, county and year of a report.

    Raises: InputRejected if no witness names the issuer, or none the year, or if two that are
    equally strong name different ones; the reason names both.
    """
    text = text_of(sections)
    titles = titles_in(text)
    signature = signature_of(text)
    heard = [
        *from_manifest(row),
        *from_titles(titles),
        *from_page(document),
        *from_preamble(text),
        *from_labels(text),
        *from_periods(text),
        *from_own_words(text),
    ]
    if signature.testimony is not None:
        heard.append(signature.testimony)
    spoken = spoken_of(text)
    heard = [
        one if one.issuer is None or one.kind in GIVEN else _without_site_name(one, spoken)
        for one in heard
    ]
    if not _names_both(heard):
        heard = _with_weaker(heard, text, spoken, file)
    issued_by, findings = _issuer(heard, file)
    days = days_of(document, text)
    signature_years = [signature.day[0]] if signature.day else []
    for_year, year_findings = _year(heard, [*signature_years, *days.years], file)
    year = for_year.year
    assert year is not None  # only witnesses of a year are chosen
    entity = entity_of(issued_by, heard, row, text, file)
    printed = _title(heard)
    given_title = row.title if row else None
    title = printed or given_title
    corrected = says_corrected(given_title) or says_corrected(printed)
    findings += year_findings
    contradicted = "identity_disagrees" in [finding.rule for finding in findings]
    findings += _speaks_as_another(issued_by, spoken)
    published = published_on(days, year)
    return Identity(
        entity,
        year,
        title,
        corrected,
        issued_by.kind,
        for_year.kind,
        tuple(findings),
        tuple(heard),
        published,
        contradicted,
    )


def _with_weaker(
    heard: list[Testimony], text: Text, spoken: tuple[str, ...], file: str
) -> list[Testimony]:
    """What was heard and the weaker witnesses of what nobody named yet."""
    if not _names_issuer(heard):
        heard += [one for one in from_names(text) if not _speaks_as_no_town(one, spoken, text)]
    if not _names_both(heard):
        year = next((one.year for one in heard if one.year and not one.weak), None)
        heard += [s for s in from_subjects(text, year) if not _speaks_as_another(s, spoken)]
    if not _names_issuer(heard):
        heard += from_county(text)
    if not _names_both(heard):
        heard += from_file_name(file)
    return heard


def _names_both(heard: Sequence[Testimony]) -> bool:
    """Whether witnesses name the issuer and the year."""
    issuer = year = False
    for one in heard:
        year = year or bool(one.year)
        issuer = issuer or (one.issuer is not None and one.kind != "address")
    return issuer and year


def _names_issuer(heard: Sequence[Testimony]) -> bool:
    """Whether a witness names the issuer; an address only says where somebody's office stands."""
    return any(one.issuer is not None and one.kind != "address" for one in heard)


def _title(heard: Sequence[Testimony]) -> str | None:
    """The fullest of the titles, and of two the first."""
    titles = [one for one in heard if one.kind in TITLES]
    if len(titles) > 1:
        titles.sort(key=lambda one: (one.issuer is None) + (one.year is None))
    return titles[0].text if titles else None


def _without_site_name(one: Testimony, spoken: tuple[str, ...]) -> Testimony:
    """A testimony without the county that only runs the site: a page of 我镇 that is headed
    安丘市人民政府 is not the county's own report."""
    if one.issuer is None:
        return one
    if is_office(one.issuer.name) and one.kind not in TITLES:
        return one._replace(issuer=None)  # it writes its county's report as well as its own
    if not is_region(one.issuer.name):
        return one
    return one._replace(issuer=None) if speaks_as_own_kind(spoken) or one.kind == "page" else one


def _called(kind: str) -> str:
    return identity_words().names[kind]


def _issuer(heard: Sequence[Testimony], file: str) -> tuple[Testimony, list[Finding]]:
    deciding = [one for one in heard if one.issuer is not None and not one.weak]
    if not deciding:
        raise InputRejected(
            file,
            f"看不出是哪个镇街的年报：标题、开头说明和落款都不能断定，{NAME_OF_WAY_OUT} entity",
        )
    if deciding[0].kind not in CERTAIN and _is_county(deciding[0]):
        # 现公布X县…报告 before 请与X县X镇联系 is the town's: its county's name is in front.
        deciding = [one for one in deciding if not _same_level(one, deciding[0])] or deciding
    chosen = deciding[0]
    for title in deciding[1:]:
        # A title without its region is filled by the page's fuller one, not the reverse.
        if title.kind == chosen.kind and _regions(title) > _regions(chosen):
            chosen = title if _agree(title, chosen) else chosen
    others = [
        one
        for one in deciding
        if one.issuer != chosen.issuer and not _agree(one, chosen) and not _cut_short(one, chosen)
    ]
    if chosen.kind not in GIVEN:
        # The bureau that runs the page or helps is no other town.
        others = [one for one in others if _same_level(one, chosen) or one.kind in TITLES]
    if not others:
        return chosen, []
    rivals = _rivals(chosen, others, deciding)
    if rivals:
        raise InputRejected(
            file,
            f"分不清是谁的年报：{_said(chosen)}，{_said(rivals[0])}；{NAME_OF_WAY_OUT} entity",
        )
    findings: list[Finding] = []
    seen: set[str] = set()
    for other in others:
        if other.issuer is not None and other.issuer.name not in seen and other.kind != "names":
            seen.add(other.issuer.name)
            findings.append(_disagrees(f"{_said(chosen)}，{_said(other)}"))
    return chosen, findings


def _regions(one: Testimony) -> int:
    return len(one.issuer.regions) if one.issuer is not None else 0


def _agree(one: Testimony, other: Testimony) -> bool:
    if one.issuer is None or other.issuer is None:
        return False
    if same_issuer(one.issuer.name, other.issuer.name):
        return True
    titles = one.kind in CERTAIN and other.kind in CERTAIN
    return not titles and is_office_of(one.issuer.name, other.issuer.name)


def _cut_short(one: Testimony, chosen: Testimony) -> bool:
    """Whether a witness says the chosen name and only its end was known as a town's
    (西大街街道 of 泃阳西大街街道)."""
    if one.issuer is None or chosen.issuer is None:
        return False
    name = chosen.issuer.name
    stem = name.removesuffix("街道")
    return name.endswith(one.issuer.name) and stem in solid(one.text)


def _rivals(
    chosen: Testimony, others: Sequence[Testimony], heard: Sequence[Testimony]
) -> list[Testimony]:
    """The witnesses against `chosen` that forbid to decide for it."""
    if chosen.kind in GIVEN:
        return []
    if chosen.kind not in TITLES:
        return [one for one in others if one.kind != "names"]
    titles = [one for one in others if one.kind in TITLES]
    if titles:
        return titles
    confirmed = any(one.kind not in TITLES and _agree(one, chosen) for one in heard)
    if confirmed:
        return []
    for other in others:
        kinds = {one.kind for one in others if one.kind in INDEPENDENT and _agree(one, other)}
        if len(kinds) > 1:
            return [other]
    return []


def _same_level(one: Testimony, other: Testimony) -> bool:
    return (
        one.issuer is not None
        and other.issuer is not None
        and is_place(one.issuer.name) == is_place(other.issuer.name)
    )


def _is_county(one: Testimony) -> bool:
    return one.issuer is not None and is_region(one.issuer.name)


def _said(one: Testimony) -> str:
    name = one.issuer.name if one.issuer is not None else ""
    verb = "说是" if one.kind == "manifest" else "写的是"
    said = f"{_called(one.kind)}{verb}{name}"
    return f"报告的{said}" if one.kind == "title" else said


def _said_year(one: Testimony) -> str:
    verb = "说是" if one.kind == "manifest" else "写的是"
    said = f"{_called(one.kind)}{verb} {one.year} 年"
    return f"报告的{said}" if one.kind == "title" else said


def _disagrees(text: str) -> Finding:
    return Finding("identity_disagrees", "warning", text)


def _speaks_as_another(chosen: Testimony, spoken: tuple[str, ...]) -> list[Finding]:
    """Text of another kind of issuer (我局 in a town's report) was copied from somewhere."""
    if chosen.issuer is None or not spoken:
        return []
    word = word_of_another(chosen.issuer.name, spoken)
    if word is None:
        return []
    return [_disagrees(f"{_said(chosen)}，正文却自称“{word}”，可能是抄来的文字")]


def _speaks_as_no_town(chosen: Testimony, spoken: tuple[str, ...], text: Text) -> bool:
    """Whether a text that only mentions a town often speaks as a bureau or a county (我局, 我县)."""
    others = identity_words().themselves.no_towns
    alone = not speaks_as_own_kind(spoken) and any(word in text.whole for word in others)
    return alone or bool(_speaks_as_another(chosen, spoken))


def _year(
    heard: Sequence[Testimony], days: Sequence[int], file: str
) -> tuple[Testimony, list[Finding]]:
    deciding = [one for one in heard if one.year is not None and not one.weak]
    if not deciding:
        raise InputRejected(
            file, f"看不出是哪一年的年报：标题和统计期限都没有年份，{NAME_OF_WAY_OUT} year"
        )
    chosen = deciding[0]
    others = [one for one in deciding if one.year != chosen.year]
    if chosen.kind not in GIVEN:
        confirmed = any(one.year == chosen.year and one.kind != chosen.kind for one in heard)
        rival = _rival_year(chosen, others, days, confirmed)
        if rival is not None:
            raise InputRejected(
                file, f"分不清是哪一年的年报：{_said_year(chosen)}，{rival}；{NAME_OF_WAY_OUT} year"
            )
    findings: list[Finding] = []
    seen: set[int | None] = set()
    for other in others:
        if other.year in seen:
            continue
        seen.add(other.year)
        text = f"{_said_year(chosen)}，{_said_year(other)}"
        titles = other.kind in TITLES or other.kind in GIVEN
        rule = "identity_disagrees" if titles else "year_left_over"
        findings.append(Finding(rule, "warning", text))
    return chosen, findings


def _rival_year(
    chosen: Testimony, others: Sequence[Testimony], days: Sequence[int], confirmed: bool
) -> str | None:
    """What forbids to decide for a year, in words; None if nothing does.

    A report comes out in the year after the one that it reports on: a page of the same year
    or earlier, with nothing else to confirm the title, has the year of publication in it.
    """
    year = chosen.year
    assert year is not None  # only witnesses of a year are chosen
    if chosen.kind in TITLES:
        titles = [one for one in others if one.kind in TITLES]
        if titles:
            return _said_year(titles[0])
        timely = year + 1 in days
        for other in others:
            kinds = {one.kind for one in others if one.year == other.year}
            if len(kinds) > 1 and not confirmed and not timely:
                return _said_year(other)
    else:
        firm = [one for one in others if one.kind in ("period", "preamble")]
        if firm:
            return _said_year(firm[0])
    if days and max(days) <= year and not confirmed:
        return f"页面或落款的日期却是 {max(days)} 年"
    return None
