"""What a reader must not quote bare: the cautions of a reply, each as a sentence."""

from __future__ import annotations

from bot.answers.answer import Answer
from bot.answers.facts import fact_kinds
from bot.wording.sentences import Wording

LARGE_AMOUNT = 1000
"""万元. A town's yearly procurement or fees above this without a unit is almost surely in 元
(field-notes, section 5.9)."""


def caution_texts(answer: Answer, words: Wording) -> dict[str, str]:
    """The sentence of every caution that a reply carries, by code, in a fixed order."""
    facts = list(fact_kinds(answer)) if answer.status == "answered" else []
    codes: dict[str, None] = {}
    for fact in facts:
        codes.update(dict.fromkeys(fact.cautions))
    if (
        answer.interpretation is not None
        and answer.interpretation.read_as
        and answer.status == "answered"
    ):
        codes["entity_inferred"] = None
    large = any("unit_not_stated" in f.cautions and f.value >= LARGE_AMOUNT for f in facts)
    texts: dict[str, str] = {}
    for code in words.keys("caution"):
        if code not in codes:
            continue
        key = code if code != "unit_not_stated" or large else "unit_not_stated_small"
        texts[code] = words.say("caution", key)
    return texts


def caution_sentences(answer: Answer, words: Wording) -> list[str]:
    """The cautions as the reader sees them; how a name was read is said on its own already."""
    texts = caution_texts(answer, words)
    if answer.interpretation is not None and answer.interpretation.read_as:
        if not any("entity_inferred" in fact.cautions for fact in fact_kinds(answer)):
            texts.pop("entity_inferred", None)
    return list(texts.values())
