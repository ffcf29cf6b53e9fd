"""Follow-ups that ask for what a figure is made of: 都是什么理由, 结果怎么样."""

from __future__ import annotations

from bot.understanding.interpretation import Choice, Clarify
from bot.understanding.phrases import load_phrases
from bot.understanding.spoken_of import measure_of, without_question_words
from bot.understanding.turn import EDGES, UNCLEAR, Completed, Turn, of_kind
from knowledge.catalogue import load_catalogue

_REVIEWS = ("reconsideration", "litigation")
_REQUESTS = frozenset({"received_new", "total_handled"})


def its_parts(turn: Turn) -> Completed:
    """A message of nothing but such words, as the question after the parts of the figure told;
    None for any other message."""
    words = load_phrases().follow.of_parts
    said = turn.asked.letters.strip(EDGES).removeprefix("那")
    for after in load_phrases().follow.after:
        said = said.removesuffix(after)
    if said in words.corrected and turn.context.entities:
        changes = f"{turn.place}{turn.years}{words.changes}"
        return Clarify("which_measure", (Choice(changes, changes),))
    if said not in (*words.reasons, *words.results, *words.units):
        return None
    measures = of_kind(turn.before, "measure")
    plain = not turn.worked_out or len(turn.context.years) > 1
    if not turn.context.entities or len(measures) != 1 or not plain or turn.kept:
        return UNCLEAR
    ids = measures[0][1].ids
    measure = without_question_words(measure_of(turn.before, columns=False))
    if said in words.units:
        return f"{turn.place}{turn.years}{turn.measure}"
    if said in words.reasons:
        known = load_catalogue().measures
        sums = all(name in known and known[name].sum_of for name in ids)
        whole = sums and not of_kind(turn.before, "column")
        return f"{turn.place}{turn.years}{measure}" if whole else None
    if of_kind(turn.before, "column"):
        return UNCLEAR
    if all(name.startswith(_REVIEWS) for name in ids):
        return f"{turn.place}{turn.years}{measure}{words.reviews}"
    if set(ids) <= _REQUESTS:
        return f"{turn.place}{turn.years}{words.requests}"
    return UNCLEAR
