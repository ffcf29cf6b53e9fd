"""Follow-ups that ask for what a figure is made of: 都是什么理由, 结果怎么样."""

from __future__ import annotations

from bot.understanding.interpretation import Choice, Clarify, Interpretation
from bot.understanding.phrases import load_phrases
from bot.understanding.spoken_of import measure_of, without_question_words
from bot.understanding.turn import EDGES, UNCLEAR, Completed, Turn, of_kind
from knowledge.catalogue import load_catalogue
from knowledge.form import load_form
from knowledge.model import CellId

MONEY = ("万元", "元")

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
    if said in words.units:
        return _printed_again(turn)
    if said in (*words.text, *words.table):
        return _as_printed(turn, "正文写的" if said in words.text else "表格里")
    if said not in (*words.reasons, *words.results):
        return None
    measures = of_kind(turn.before, "measure")
    plain = not turn.worked_out or len(turn.context.years) > 1
    if not turn.context.entities or len(measures) != 1 or not plain or turn.kept:
        return UNCLEAR
    ids = measures[0][1].ids
    measure = without_question_words(measure_of(turn.before, columns=False))
    if said in words.reasons and len(turn.context.years) > 1:
        return UNCLEAR  # of which of these years?
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


def _as_printed(turn: Turn, where: str) -> Completed:
    """正文写的是几件, 表格里呢: the figure told as the text, or the table, of its report has it."""
    single = len(turn.context.entities) == 1 and len(turn.context.years) == 1
    if not single or turn.worked_out or len(of_kind(turn.before, "measure")) != 1:
        return UNCLEAR
    measure = without_question_words(turn.measure)
    for already in _WHERE_PRINTED:
        measure = measure.removeprefix(already)
    completed = f"{turn.place}{turn.years}{where}{measure}几件"
    return completed if turn.understood(completed) is not None else UNCLEAR


_WHERE_PRINTED = (
    "正文写的是",
    "正文写的",
    "正文说的",
    "正文说",
    "正文里的",
    "正文里",
    "正文",
    "表格里",
    "表里",
)


def _printed_again(turn: Turn) -> Completed:
    """单位是什么: the last figure told, or the last amount of money of the same place: it is told
    with its unit, and where that is not printed the reply says so."""
    told = [turn.context, *reversed(turn.context.earlier)]
    for one in told:
        found = turn.understood(one.question) if one.entities == turn.context.entities else None
        if found is not None and found.task is None and _is_money(found):
            return one.question
    measures = of_kind(turn.before, "measure")
    single = turn.context.entities and len(measures) == 1 and not turn.kept
    return turn.context.question if single and not turn.worked_out else UNCLEAR


def _is_money(found: Interpretation) -> bool:
    """Whether a question is after an amount of money."""
    form, known = load_form(), load_catalogue().measures
    cells = [
        CellId(measure.item, column)
        for want in found.wanted
        for measure in (known[name] for name in want.measures if name in known)
        if measure.item is not None
        for column in (want.columns or (measure.column or "",))
        if column in form.columns_of(measure.item)
    ]
    return any(form.unit(cell) in MONEY for cell in cells)
