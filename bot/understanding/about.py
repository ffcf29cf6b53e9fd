"""Questions about the store or about a report as such: what there is, when it was published."""

from __future__ import annotations

from bot.understanding.interpretation import AbsentPlace, Interpretation, Refusal, WantedYears
from bot.understanding.phrases import load_asks
from bot.understanding.question import Question
from knowledge.model import Entity

_STRICT = {"street", "township"}


def read_about(
    question: Question,
    entities: tuple[Entity, ...],
    absent: tuple[AbsentPlace, ...],
    years: WantedYears,
) -> Interpretation | Refusal | None:
    """What a question with words of `about.toml` asks for.

    None where the question must name a town and does not.
    """
    ids = dict.fromkeys(
        "source" if meaning.kind == "source" else meaning.ids[0]
        for _, meaning in question.meanings
        if meaning.kind in ("coverage", "meta", "source")
    )
    asks = [load_asks()[name] for name in ids]
    # 哪些镇有哪几年的 asks for the towns, which are listed with their years.
    asks = [ask for ask in asks if ask.intent == "meta"] or asks[:1]
    if len(asks) > 1:
        return Refusal("not_understood", "two_things")
    ask = asks[0]
    named = {places.quantifier for _, places in question.place_sets} - {"everywhere"}
    if ask.intent == "coverage" and named and not entities and not absent:
        return read_towns(question, years)
    if ask.scope == "town" and not entities and not absent:
        return None
    if not years.named and ask.years == "all":
        years = WantedYears("all", named=False)
    regions = () if entities or absent else tuple(region.name for _, region in question.regions)
    return Interpretation(
        ask.intent, entities, years, absent=absent, aspect=ask.id, regions=regions
    )


def read_towns(question: Question, years: WantedYears) -> Interpretation | Refusal:
    """What a question that names only a set of places asks for (安丘市有哪些镇): the towns there.

    镇 alone is said of all kinds of towns; 街道 and 乡 mean themselves. 全县 needs a name.
    """
    quantifiers = {places.quantifier for _, places in question.place_sets}
    if quantifiers & {"county", "city", "province"} and not question.regions:
        return Refusal("not_understood", "name_region", {"name": ""})
    kinds = {places.kind for _, places in question.place_sets} - {"any"}  # 库里有几个乡
    kind = next(iter(kinds)) if len(kinds) == 1 and kinds <= _STRICT else "any"
    regions = tuple(region.name for _, region in question.regions)
    return Interpretation("coverage", years=years, aspect="towns", regions=regions, place_kind=kind)
