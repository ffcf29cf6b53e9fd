"""What a reply adds about places and years: how a name was read, what is missing, what there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.answers.answer import Answer, Line
from bot.understanding.interpretation import AbsentPlace
from bot.understanding.task import Rank
from bot.wording.outcome_pieces import year_by_year
from bot.wording.page import Page
from bot.wording.sentences import Wording
from knowledge.model import Entity
from knowledge.quantities import counts_otherwise

MAX_NAMES = 6


def add_notes(page: Page, answer: Answer) -> None:
    asked = answer.interpretation
    if asked is None:
        return
    words = page.words
    for typed, entity in asked.read_as:
        page.add(page.say("note", "read_as", typed=words.typed(typed), name=words.entity(entity)))
    if asked.said_as is not None and asked.completed is None:
        page.add(page.say("note", "said_as", question=words.typed(asked.said_as)))
    if asked.persons and answer.status == "answered":
        page.add(page.say("note", "persons"))
    units = [fact.unit for line in answer.lines for fact in line.facts]
    for unit in dict.fromkeys(unit for unit in units if counts_otherwise(asked.bases, unit)):
        page.add(page.say("note", "counted_otherwise", unit=words.classifier(unit)))
    for missing in answer.missing_years:
        page.add(
            page.say(
                "note",
                "missing_year",
                name=words.entity(missing.entity),
                years=words.listed(missing.years),
                held=words.listed(missing.held),
            )
        )
    if answer.intent == "series" and answer.status == "answered" and not answer.outcomes:
        for entity, own in _by_entity(answer.lines):
            page.add(page.say("note", "series", name=words.entity(entity), years=words.listed(own)))
    for line in answer.lines:
        if len({fact.citation.file for fact in line.facts if not fact.cell.is_narrative}) > 1:
            page.add(
                page.say("note", "issues_differ", name=words.entity(line.entity), year=line.year)
            )
            break
    for place in answer.absent:
        page.add(_absent(place, words))
        page.add(_nearby(place, words))
    if answer.absent and not any(place.nearby for place in answer.absent):
        add_holdings(page, answer.holdings)
    if answer.status == "answered" and isinstance(asked.task, Rank) and year_by_year(answer):
        page.add(page.say("note", "year_by_year"))
    if answer.status == "answered" and answer.values.get("nowhere"):
        page.add(page.say("note", "nowhere", years=answer.values["nowhere"]))
    if answer.status == "answered" and answer.default_year:
        years = {line.year for line in answer.lines} | {p.year for p in answer.passages}
        years = {o.year for o in answer.outcomes if o.year is not None} or years
        for year in sorted(years):
            ended = answer.values.get("ended") == str(year)
            key = "default_year_ended" if ended else "default_year"
            page.add(page.say("note", key, year=year))
        if answer.values.get("some"):
            page.add(page.say("note", "some_elsewhere", years=answer.values["some"]))
    if answer.status == "answered":
        for entity in answer.county_shown:
            if entity.region:
                region = words.region(entity.region)
                page.add(page.say("note", "county", name=words.entity(entity), region=region))
    if asked.completed is not None:
        page.add(page.say("note", "follow_up", question=asked.completed))


def add_holdings(page: Page, names: Sequence[str]) -> None:
    """What the store holds: all names, or the first few and how many there are."""
    if not names:
        return
    shown = page.words.listed(map(page.words.place, names[:MAX_NAMES]))
    if len(names) <= MAX_NAMES:
        page.add(page.say("note", "holdings", names=shown))
    else:
        page.add(page.say("note", "holdings_many", names=shown, count=len(names)))


def _nearby(place: AbsentPlace, words: Wording) -> str:
    if not place.nearby:
        return ""
    names = list(dict.fromkeys(entity.name for entity in place.nearby))
    key = "nearby" if len(names) <= MAX_NAMES else "nearby_many"
    shown = words.listed(map(words.place, names[:MAX_NAMES]))
    region = words.region(place.nearby_in)
    return words.say("note", key, region=region, names=shown, count=len(names))


def _absent(place: AbsentPlace, words: Wording) -> str:
    name = words.place(place.name)
    if place.renaming is not None:
        renaming = place.renaming
        return words.say(
            "note",
            renaming.kind,
            name=name,
            year=renaming.year,
            new=words.region(renaming.new),
            short=words.place(renaming.new_name),
        )
    if not place.regions:
        return words.say("note", "absent", name=name)
    shown = words.listed(words.region(region) for region in place.regions[:3])
    if len(place.regions) > 3:
        shown = words.say("note", "many_regions", count=len(place.regions), regions=shown)
    return words.say("note", "absent_elsewhere", name=name, regions=shown)


def _by_entity(lines: Iterable[Line]) -> list[tuple[Entity, list[int]]]:
    years: dict[Entity, dict[int, None]] = {}
    for line in lines:
        years.setdefault(line.entity, {})[line.year] = None
    return [(entity, sorted(own)) for entity, own in years.items()]
