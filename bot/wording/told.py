"""What a reply tells about the store and about reports as such, passages and overviews, line by
line in the words of the page."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answers.answer import Answer, Line, Passage, Told
from bot.wording.citing import quote_line, web_address
from bot.wording.page import Page
from bot.wording.sentences import Wording, path_of
from knowledge.catalogue import load_catalogue
from knowledge.model import Citation, Entity, Fact

MAX_PASSAGE = 1500


def add_told(page: Page, answer: Answer) -> None:
    """The lines of an answer about the store or about reports, with towns and their years."""
    table = "coverage" if answer.intent == "coverage" else "meta"
    for told in answer.told:
        page.add(_sentence(page, table, told, answer), "b" if told.head else None)
        _facts(page, told.facts)
        if told.citation is not None:
            _cite(page, told.citation)
        if told.head:
            _listings(page, answer)


def _sentence(page: Page, table: str, told: Told, answer: Answer) -> str:
    values: dict[str, object] = {}
    for name, value in told.values.items():
        if name == "rows":
            values[name] = page.words.clauses(_row(row, page.words) for row in value)
        elif name == "names":
            values[name] = page.words.listed(map(page.words.place, value))
        elif isinstance(value, tuple):
            shown = map(page.words.place, value) if name == "names" else value
            values[name] = page.words.listed(shown)
        elif name == "region":
            values[name] = page.words.region(value)
        elif name in ("part", "level"):
            values[name] = page.say(name, value)
        elif name == "rule":
            values[name] = page.words.name(value)
        else:
            values[name] = value
    if told.place is not None:
        values["place"] = words_place(page, told.place, answer)
    return page.say(table, told.key, **values)


def _row(row: str, words: Wording) -> str:
    """The label of a row, with the columns that are meant in brackets if not all are."""
    label, *columns = row.split("\t")
    if not columns:
        return words.name(label)
    return words.name(label) + words.say(
        "figure", "details", details=words.listed(map(words.name, columns))
    )


def _facts(page: Page, facts: Iterable[Fact]) -> None:
    for fact in facts:
        name = page.words.name(load_catalogue().name_of(fact.cell))
        key = "in_text" if fact.cell.is_narrative else "in_table"
        if fact.superseded:
            key = "in_earlier"
        value = page.value_text(fact)
        page.add(page.say("meta", key, name=name, value=value, year=fact.year))
        page.quote([quote_line(fact, page.words)])
    for report, url in dict.fromkeys((f.citation.report, f.citation.url) for f in facts):
        page.add(page.say("citation", "report", report=report, path=""), link=web_address(url))


def _cite(page: Page, citation: Citation) -> None:
    path = page.say("citation", "file", file=citation.file)
    page.add(
        page.say("citation", "report", report=citation.report, path=path),
        link=web_address(citation.url),
    )


def _listings(page: Page, answer: Answer) -> None:
    for listing in answer.listings:
        name, region = page.words.entity(listing.entity), listing.entity.region
        where = page.words.region(region) if region else page.say("list", "region_unknown")
        years = page.say("coverage", "years", years=page.words.listed(listing.years))
        page.add(page.say("coverage", "one", name=name, region=where, years=years))


def add_passages(page: Page, answer: Answer) -> None:
    """The passages of an answer, each under the place and year and with where it stands."""
    heading = None
    for passage in answer.passages:
        place = words_place(page, passage.entity, answer)
        searched = answer.interpretation is not None and answer.interpretation.search is not None
        if searched:
            new = page.say(
                "passage",
                "found",
                place=place,
                year=passage.year,
                word=answer.values["word"],
                hits=passage.hits,
            )
        else:
            topic = page.words.name(answer.values["topic"])
            new = page.say("passage", "heading", place=place, year=passage.year, topic=topic)
        if new != heading:
            page.add(new, "b")
        heading = new
        page.add(_shortened(passage, page.words))
        if passage.left_out:
            page.add(page.say("passage", "private", count=passage.left_out))
        citation = passage.citation
        path = path_of(citation)
        if citation.line is not None:
            at = page.say("citation", "line", line=citation.line)
            path += page.say("citation", "at", file=citation.file, at=at)
        page.add(
            page.say("citation", "passage", report=citation.report, path=path),
            link=web_address(citation.url),
        )


def add_no_passage(page: Page, answer: Answer, key: str) -> None:
    """That there is no such passage, and which sections there are."""
    asked = answer.interpretation
    names = page.words.listed(map(page.words.entity, asked.entities if asked is not None else ()))
    values = {**answer.values, "topic": page.words.name(answer.values.get("topic", ""))}
    page.add(page.say("no_data", key, **{**values, "name": names}))
    for told in answer.told:
        headings = page.words.listed(f"《{heading}》" for heading in told.values["headings"])
        page.add(page.say("passage", "sections", sections=headings))


def words_place(page: Page, entity: Entity, answer: Answer) -> str:
    """A town as the reply names it: with its county where several share the name, or where the
    question named no town."""
    asked = answer.interpretation
    unnamed = asked is not None and not asked.entities
    return page.words.entity(entity, with_county=unnamed or entity in answer.county_shown)


def _shortened(passage: Passage, words: Wording) -> str:
    text = passage.shown.strip()
    if len(text) <= MAX_PASSAGE:
        return text
    end = max(text.rfind("。", 0, MAX_PASSAGE), text.rfind("\n", 0, MAX_PASSAGE))
    return text[: end + 1 if end > 0 else MAX_PASSAGE] + words.say("passage", "cut")


def add_profile(page: Page, answer: Answer) -> None:
    """The overview of each report: a line a group, contradictions marked, then what holds of
    the cells that are not shown."""
    reports: dict[tuple[Entity, int], list[Line]] = {}
    for line in answer.lines:
        reports.setdefault((line.entity, line.year), []).append(line)
    rests = {(told.place, told.values["year"]): told for told in answer.told}
    for (entity, year), own in reports.items():
        place = words_place(page, entity, answer)
        page.add(page.say("figure", "heading", place=place, year=year), "b")
        groups: dict[str, list[str]] = {}
        for line in own:
            groups.setdefault(line.group or "", []).append(_profile_figure(page, line))
        for group, items in groups.items():
            shown = page.words.clauses(items)
            page.add(page.say("figure", "group", group=page.words.name(group), items=shown))
        rest = rests.get((entity, str(year)))
        if rest is not None:
            page.add(page.say("figure", rest.key))
        citation = own[0].facts[0].citation
        page.add(
            page.say("citation", "report", report=citation.report, path=""),
            link=web_address(citation.url),
        )


def _profile_figure(page: Page, line: Line) -> str:
    name, value = page.words.name(line.name), page.words.values_text(line.facts)
    if line.said:
        said = page.words.values_text(line.said)
        return page.say("figure", "beside", name=name, value=value, said=said)
    shown = page.say("figure", "named", name=name, value=value)
    doubtful = any("does_not_add_up" in fact.cautions for fact in line.facts)
    return page.say("figure", "doubtful", figure=shown) if doubtful else shown
