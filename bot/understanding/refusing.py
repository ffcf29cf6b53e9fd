"""What a question is turned away for, or answered with, by its words alone."""

from __future__ import annotations

from bot.understanding.interpretation import Refusal
from bot.understanding.mentions import Amount
from bot.understanding.objects import other_objects
from bot.understanding.operations import Places
from bot.understanding.phrases import Meaning, load_phrases
from bot.understanding.places import leftover_refusal
from bot.understanding.question import Question
from knowledge.entities import NameMention
from knowledge.years import FIRST_YEAR, Years


def talk(question: Question) -> Refusal | None:
    """Greetings, thanks and calls for help, when they are all there is."""
    kinds = {meaning.kind for _, meaning in question.meanings}
    others = [m for m in question.mentions if not isinstance(m.value, Meaning)]
    if others or question.leftover or question.unknown_names:
        return None
    if "help" in kinds and not kinds - {"help", "greeting"}:
        return Refusal("answered", "help", intent="help")
    if kinds == {"greeting"}:
        return Refusal("answered", "greeting", intent="help")
    if kinds == {"thanks"} or kinds == {"thanks", "greeting"}:
        return Refusal("answered", "thanks", intent="help")
    return None


def refuse_words(question: Question) -> Refusal | None:
    """Words left over, with two meanings, of what reports never hold, or that ask why."""
    kinds: dict[str, list[str]] = {}
    for mention, meaning in question.meanings:
        kinds.setdefault(meaning.kind, []).append(question.typed(mention.start, mention.end))
    if set(kinds.get("outside", ())) & set(load_phrases().persons.words):
        return Refusal("no_data", "persons", {})
    if "outside" in kinds:
        return Refusal("no_data", "outside", {"words": "、".join(dict.fromkeys(kinds["outside"]))})
    if question.leftover or question.unclear:
        return leftover_refusal(question, *question.unclear)
    if acts := _acts(question):
        return leftover_refusal(question, *acts)
    if others := other_objects(question):
        return leftover_refusal(question, *others)
    contents = [word for word in load_phrases().profile.contents if word in question.letters]
    if "measure" in kinds and contents:  # 公众号讲了啥 asks for no number
        return leftover_refusal(question, *contents)
    if not question.years:
        dubious = [m for m, amount in question.amounts if amount.unit and _like_a_year(amount)]
        if dubious:  # 平安镇2021件申请: so many, or in that year?
            return leftover_refusal(question, *(question.typed(m.start, m.end) for m in dubious))
    if "cause" in kinds:
        words = "、".join(dict.fromkeys(kinds["cause"]))
        return Refusal("not_understood", "cause", {"words": words})
    return None


def _like_a_year(amount: Amount) -> bool:
    return FIRST_YEAR <= amount.value < FIRST_YEAR + 92


def _acts(question: Question) -> list[str]:
    """Words that make a town of the question who sues or asks (海明街道2023年起诉几件): reports
    tell what was asked of it and brought against it."""
    words, letters = load_phrases().acts, question.letters
    years = {m.start: m.end for m in question.mentions if isinstance(m.value, Years)}
    regions = {m.end: m.start for m, _ in question.regions}
    found: list[str] = []
    for mention in question.mentions:
        named = isinstance(mention.value, NameMention) or (
            isinstance(mention.value, Places) and mention.value.quantifier != "some"
        )
        start = mention.start
        while start in regions:  # 对|大通县|城关镇
            start = regions[start]
        if not named or letters[:start].endswith(words.towards):
            continue
        end = mention.end
        while True:
            step = max((len(w) for w in words.between if letters.startswith(w, end)), default=0)
            following = years.get(end, end + step)
            if following == end:
                break
            end = following
        act = next((word for word in words.words if letters.startswith(word, end)), None)
        if act is not None:
            found.append(question.typed(end, end + len(act)))
    return found
