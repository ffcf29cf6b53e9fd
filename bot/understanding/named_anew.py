"""Whole questions about another place that name no year: of the year spoken of, or of the latest."""

from __future__ import annotations

from bot.understanding.interpretation import Choice, Clarify
from bot.understanding.spoken_of import rest_of
from bot.understanding.turn import EDGES, UNCLEAR, Completed, Turn, of_kind
from bot.understanding.unsaid import RANKED_SO
from knowledge.text import fold

_OF_ANY_YEAR = frozenset({"gaps", "contradictions"})


def is_related(turn: Turn) -> bool:
    """Whether a whole question about another place asks for the figure spoken of, or about one of
    the places just compared: then it is asked of the year spoken of, else of the latest."""
    known = turn.understood(turn.context.question)
    asked = {meaning.ids for _, meaning in of_kind(turn.asked, "measure")}
    if asked and asked == {meaning.ids for _, meaning in of_kind(turn.before, "measure")}:
        return not turn.operations or bool(turn.operations & RANKED_SO)
    scope = known.scope.entities if known is not None and known.scope is not None else ()
    named = {entity for _, name in turn.asked.names for entity in name.entities}
    return not turn.context.entities and bool(named & set(scope))


def _in_like_words(turn: Turn) -> bool:
    """Whether a question is put in the same words as the one before, but for the place and the
    kind of applicant (平安镇公开率多少, after 平台镇2023年公开率多少)."""
    said = []
    for question in (turn.asked, turn.before):
        words = fold(rest_of(question))
        for mention, _ in of_kind(question, "column"):
            words = words.replace(question.letters[mention.start : mention.end], "")
        said.append(words.strip(EDGES))
    return said[0] == said[1]


def named_anew(turn: Turn, related: bool = False) -> Completed:
    """那平安镇的许可呢: place and figure both new, in the year spoken of where none is named."""
    asked, years = turn.asked, turn.context.years
    about = {name for _, meaning in of_kind(asked, "meta") for name in meaning.ids}
    if about & _OF_ANY_YEAR and not asked.years:
        return turn.plain()  # 平安镇哪些格子是空的: not of the year that was spoken of
    if related and not asked.years:
        spoken = f"{years[0]}年{turn.plain()}"
        if _in_like_words(turn) or asked.regions or not turn.context.entities:
            return spoken
        # 大华镇主动公开了多少条, after a figure of 2021 in other words: of that year, or the latest?
        return Clarify(
            "which_measure", (Choice(spoken, spoken), Choice(turn.plain(), turn.plain()))
        )
    if turn.kept and turn.context.entities:
        return UNCLEAR  # 平安镇的处罚呢, after a share: its share, or how many?
    if of_kind(turn.before, "column") and not of_kind(asked, "column") and not asked.asks_number:
        return UNCLEAR  # 那平安镇的不予公开呢, after 自然人申请: of all?
    if asked.years or turn.operations or asked.place_sets or not years:
        return turn.plain()
    if not turn.before.years and turn.context.entities and asked.names:
        return turn.plain()  # the year was the latest of that place, and nobody's choice
    return f"{years[0]}年{turn.plain()}" if len(years) == 1 else UNCLEAR
