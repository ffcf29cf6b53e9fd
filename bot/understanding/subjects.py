"""What a follow-up is about: 办结呢 after the hotline's cases asks for these, not for requests.

Words that name a result or a channel alone are said of many things. They are read of what was
spoken of, or the reply asks back; so is 其中 where the one is no part of the other.
"""

from __future__ import annotations

from bot.understanding.interpretation import Choice, Clarify, Wanted
from bot.understanding.measure_relations import frames, has_column, part_of
from bot.understanding.phrases import Meaning, load_phrases
from bot.understanding.spoken_of import words_of
from bot.understanding.turn import UNCLEAR, Completed, Turn, of_kind
from knowledge.catalogue import load_catalogue

_REQUESTS = "applications"
_OF_REQUESTS = "政府信息公开申请"
"""Before a result's name where it would not say of what it is (不予公开)."""

_NARROWER = ("narrative.applications_mode.", "narrative.applications_applicant.")


def _subjects(meaning: Meaning) -> set[str]:
    """What a measure is about, one for each reading: all requests, all that was published, or
    else the measure itself."""
    if part_of(meaning) == _REQUESTS:
        return {_REQUESTS}
    known = load_catalogue()
    subjects = set()
    for name in meaning.ids:
        statement, measure = known.statements.get(name), known.measures.get(name)
        whole = statement.part_of if statement is not None else None
        subjects.add(whole or (measure.item if measure is not None else None) or name)
    return subjects


def about_another(turn: Turn, plain: str) -> Completed:
    """What is told where the words name no subject of their own and were taken for another one's
    than was spoken of; None where there is no such doubt. `plain` is the question with the words
    taken by themselves."""
    asked, before = of_kind(turn.asked, "measure"), of_kind(turn.before, "measure")
    if len(asked) != 1 or not before:
        return None
    meaning, spoken = asked[0][1], set().union(*(_subjects(other) for _, other in before))
    if not _subjects(meaning) & spoken:
        acted = turn.asked.letters.startswith("被")  # 被复议的几件, after penalties
        requests = any(part_of(other) == _REQUESTS for _, other in before)
        ends = turn.asked.letters.rstrip("呢").endswith("的")
        part = requests and ends and not turn.names("申请")  # 收费的呢
        if not (_is_vague(turn, meaning) or turn.of_which or acted or part):
            return None
        return _of_the_same(turn, before[0][1]) or _asked_back(turn, meaning, plain)
    narrow = any(name.startswith(_NARROWER) for _, other in before for name in other.ids)
    result = part_of(meaning) == _REQUESTS and not meaning.ids[0].startswith(_NARROWER)
    if narrow and result and not turn.names("申请"):
        return _asked_back(turn, meaning, plain)  # 网络申请几件，予以公开呢: no report tells
    rates = all(_is_rate(other) for _, other in before) and not _is_rate(meaning)
    if rates and not turn.asked.asks_number:
        return _asked_back(turn, meaning, plain)  # 公开率多少，不予公开呢: its rate, or how many?
    partial = len(before) == 1 and not of_kind(turn.before, "column")
    if turn.of_which and partial and not frames(before[0][1], meaning):
        return _asked_back(turn, meaning, plain)
    return None


def _is_rate(meaning: Meaning) -> bool:
    known = load_catalogue()
    measures = [known.measures[name] for name in meaning.ids if name in known.measures]
    stated = [known.statements[name] for name in meaning.ids if name in known.statements]
    return any(measure.share is not None for measure in measures) or any(
        statement.unit_class == "percent" for statement in stated
    )


def _is_vague(turn: Turn, meaning: Meaning) -> bool:
    """Whether the words are those of a result or channel and do not say of what."""
    own = load_phrases().follow.own_words
    named = [own[subject] for subject in _subjects(meaning) if subject in own]
    return bool(named) and not any(turn.names(*words) for words in named)


def _of_the_same(turn: Turn, before: Meaning) -> str | None:
    """12345办结: the words beside the measure of the question before, where that says more."""
    spans = of_kind(turn.before, "measure")
    if len(spans) != 1 or turn.asked.years or turn.worked_out:
        return None
    narrow = before.ids[0].startswith(_NARROWER)  # 网络申请几件，当面呢: the other way to apply
    words = "申请" if narrow else words_of(turn.before, spans[0][0])
    completed = f"{turn.place}{turn.years}{words}{turn.plain()}"
    found, known = turn.understood(completed), turn.understood(turn.context.question)
    if found is None or known is None or found.wanted == known.wanted or found.task is not None:
        return None
    if found.entities != known.entities or found.absent or found.read_as:
        return None
    spoken = {_REQUESTS} if narrow else _subjects(before)
    same = all(_subjects(Meaning("measure", want.measures)) & spoken for want in found.wanted)
    return completed if same and len(found.wanted) == 1 else None


def leaves_the_whole(turn: Turn) -> bool:
    """Whether parts of one whole were compared (公众号比网站多几条) and what is asked now is no part
    of it (那申请呢): it cannot stand for either of them."""
    before = [_subjects(meaning) for _, meaning in of_kind(turn.before, "measure")]
    asked = [_subjects(meaning) for _, meaning in of_kind(turn.asked, "measure")]
    if len(before) < 2 or len(asked) != 1 or len(turn.context.entities) != 1:
        return False
    whole = set.intersection(*before)
    return bool(whole) and not asked[0] & whole


def explained_by(turn: Turn) -> str | None:
    """当面的呢, after 收到申请几件: words that are understood beside the measure of the question
    before alone; None where they are not, or mean something else."""
    before = of_kind(turn.before, "measure")
    return _of_the_same(turn, before[0][1]) if len(before) == 1 else None


def _asked_back(turn: Turn, meaning: Meaning, plain: str) -> Completed:
    known = load_catalogue()
    if turn.worked_out:
        return UNCLEAR
    entry = known.measures.get(meaning.ids[0]) or known.statements[meaning.ids[0]]
    requests = part_of(meaning) == _REQUESTS and "申请" not in entry.name
    label = f"{_OF_REQUESTS}：{entry.name}" if requests else entry.name
    return Clarify("which_measure", (Choice(label, plain),))


def of_the_same_kind(turn: Turn, plain: str) -> Completed:
    """企业申请几件，其中拒绝了几件: the other result for the same kind of applicant; None where the
    question before names no kind, or the follow-up one of its own."""
    columns, before = of_kind(turn.before, "column"), of_kind(turn.before, "measure")
    asked = [meaning for _, meaning in of_kind(turn.asked, "measure")]
    if len(columns) != 1 or not asked or of_kind(turn.asked, "column"):
        return None
    if not all(part_of(meaning) == _REQUESTS for meaning in asked):
        return None  # 复议纠正几件，复议后起诉呢: of these all
    if any(meaning.ids == other.ids for meaning in asked for _, other in before):
        return None  # 收到申请一共几件: the row itself
    if turn.asked.amounts:
        return UNCLEAR  # 不予公开是2件吧, after 律所申请3件对吗: of all, or of those?
    mention, column = columns[0]
    word = turn.before.typed(mention.start, mention.end)
    bare = turn.plain().strip()
    for lead in load_phrases().follow.of_which:
        bare = bare.removeprefix(lead)
    years = "" if turn.asked.years else turn.years
    for words in (f"{word}{bare}", f"{word}申请中{bare}"):
        completed = f"{turn.place}{years}{words}"
        found = turn.understood(completed)
        if found is not None and found.wanted and all(_has(w, column.ids) for w in found.wanted):
            whole = turn.names(*load_phrases().harmless.together)  # 总计办理呢, 一共办理了几件
            if turn.of_which or not (whole or _narrowed_later(turn)):
                return completed
            return Clarify("which_measure", (Choice(words, completed), Choice(bare, plain)))
    kept = all(has_column(meaning, name) for meaning in asked for name in column.ids)
    return UNCLEAR if kept or len(asked) > 1 else _asked_back(turn, asked[0], plain)


def _narrowed_later(turn: Turn) -> bool:
    """Whether the kind of applicant was named by a follow-up, after a question about all."""
    earlier = turn.context.earlier
    return any(not of_kind(turn.read(one.question), "column") for one in earlier)


def _has(want: Wanted, columns: tuple[str, ...]) -> bool:
    return len(want.columns) == 1 and want.columns[0] in columns
