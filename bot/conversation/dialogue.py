"""One conversation: what was spoken of, and which choices were last offered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.conversation.assistant import Assistant
from bot.understanding.interpretation import Choice
from bot.understanding.operations import place_kind
from bot.understanding.phrases import load_phrases
from bot.understanding.question import MAX_QUESTION
from bot.understanding.spoken_of import Context
from bot.wording.reply import Reply
from knowledge.entities import MAX_OFFERS
from knowledge.model import Entity
from knowledge.text import fold, squeeze

_PLACES = ("省", "州", "盟", "市", "区", "县", "旗")
"""How the labels end that are a town with its region, or a region."""

MINUTES = 30
"""How long a follow-up may refer to the question before it; then it is a new conversation."""


@dataclass
class Memory:
    """What is kept between two messages: a few lines of text and the time (seconds)."""

    context: Context | None = None
    offered: tuple[Choice, ...] = ()
    at: float = 0.0
    asked_back: bool = False
    """Whether the choices are what was asked back, not other questions beside an answer."""
    pending: str = ""
    """The question that was asked back, empty where the last one was not."""
    unread: bool = False
    """Whether the last message was not understood, or asked about the reports of many places
    (哪些镇数据有矛盾), of which nothing is kept: 大华镇呢 may refer to it."""

    lost: str = ""
    """The last message, where it was not understood and nothing had been spoken of before it."""

    def dump(self) -> str:
        """As JSON, for a front end that keeps it across restarts."""
        return json.dumps(
            {
                "at": self.at,
                "asked_back": self.asked_back,
                "pending": self.pending,
                "unread": self.unread,
                "lost": self.lost,
                "offered": [[choice.label, choice.question] for choice in self.offered],
                "spoken": [_kept(context) for context in self._spoken()],
            },
            ensure_ascii=False,
        )

    def _spoken(self) -> tuple[Context, ...]:
        return (*self.context.earlier, self.context) if self.context is not None else ()

    @classmethod
    def load(cls, text: str) -> Memory:
        """What `dump` wrote; an empty memory for anything else."""
        try:
            kept = json.loads(text)
            offered = tuple(
                Choice(str(label), str(question)) for label, question in kept["offered"]
            )
            spoken = tuple(_read(context) for context in kept["spoken"])
            context = replace(spoken[-1], earlier=spoken[:-1]) if spoken else None
            asked_back, pending = bool(kept.get("asked_back")), str(kept.get("pending", ""))
            unread, lost = bool(kept.get("unread")), str(kept.get("lost", ""))
            return cls(context, offered, float(kept["at"]), asked_back, pending, unread, lost)
        except (ValueError, KeyError, TypeError):
            return cls()


def _kept(context: Context) -> dict[str, Any]:
    """A context as JSON, without those before it."""
    return {
        "question": context.question,
        "entities": [[entity.name, entity.region] for entity in context.entities],
        "years": list(context.years),
        "missed": list(context.missed),
        "found": [context.found[0].name, context.found[0].region, context.found[1]]
        if context.found is not None
        else [],
    }


def _read(kept: dict[str, Any]) -> Context:
    entities = tuple(Entity(name, region) for name, region in kept["entities"])
    missed = tuple(map(str, kept.get("missed", ())))
    years = tuple(map(int, kept["years"]))
    one = kept.get("found") or None
    found = (Entity(str(one[0]), str(one[1])), int(one[2])) if one is not None else None
    return Context(str(kept["question"]), entities, years, missed=missed, found=found)


class Dialogue:
    """Wraps an assistant for one person; both front ends hold one for each conversation.

    `clock` gives seconds, for the end of a context.
    """

    def __init__(
        self,
        assistant: Assistant,
        memory: Memory | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.assistant = assistant
        self.memory = memory if memory is not None else Memory()
        self.clock = clock

    def say(self, text: str) -> Reply:
        """The reply to a message; the number or label of an offered choice stands for it, and
        a follow-up refers to the last question that was understood."""
        now = self.clock()
        memory = self.memory
        if now - memory.at > MINUTES * 60:
            memory.context, memory.asked_back, memory.unread, memory.lost = None, False, False, ""
        picked = self._picked(text)
        asked = picked.question if picked is not None else text
        if picked is not None:
            reply = self.assistant.ask(asked)
        else:
            pending = memory.pending if now - memory.at <= MINUTES * 60 else ""
            reply = self.assistant.ask(asked, memory.context, pending, memory.unread, memory.lost)
        if picked is not None:
            reply.data["question"] = text
        if reply.context is not None and picked is not None and memory.context is not None:
            memory.context = reply.context.following(memory.context)
        elif reply.context is not None:
            memory.context = reply.context
        elif reply.status != "answered":
            # A follow-up may refer to what was not understood.
            missed = reply.meant or asked
            kept = memory.context.missing(missed) if memory.context is not None else None
            memory.context = kept
        memory.offered, memory.at = reply.choices, now
        memory.asked_back = reply.status == "clarify"
        memory.unread = reply.status == "not_understood" or reply.unkept
        alone = reply.status == "not_understood" and memory.context is None
        memory.lost = asked[:MAX_QUESTION] if alone else ""
        if picked is None and memory.asked_back:
            memory.pending = (reply.pending or asked)[:MAX_QUESTION]
        elif picked is not None or reply.status != "not_understood":
            memory.pending = ""
        return reply

    def _picked(self, text: str) -> Choice | None:
        said = _bare(text)
        offered = self.memory.offered
        if said.isdigit() and len(said) <= 2 and 1 <= int(said) <= len(offered):
            return offered[int(said) - 1]
        words = load_phrases().follow
        place = words.picks.get(_picking(said), 0) if self.memory.asked_back else 0
        if place and max(place, 1) <= len(offered):
            return offered[place - 1 if place > 0 else place]
        if self.memory.asked_back and len(offered) == 1 and said.rstrip(".。!！") in words.agreeing:
            return offered[0]
        whole = next((c for c in offered if _bare(c.label) == said), None)
        return whole or self._partly(said)

    def _partly(self, said: str) -> Choice | None:
        """The only choice whose label has these words (大通县的, 东峡镇), None if several have;
        none but places have a label of which a part is enough."""
        if len(self.memory.offered) >= MAX_OFFERS:
            return None  # others of that name may have been left off
        core = said.removesuffix("呢").removesuffix("的").removesuffix("那个").removesuffix("的")
        ending = core.removeprefix("那")
        kind = [c for c in self.memory.offered if _bare(c.label).partition("(")[0].endswith(ending)]
        if self.memory.asked_back and ending in place_kind("any").endings and len(kind) == 1:
            return kind[0]  # 乡, 那镇呢, of 东峡镇 and 东峡乡
        for fits in (_has, _lies_in):
            places = [c for c in self.memory.offered if _bare(c.label).endswith(_PLACES)]
            fitting = [c for c in places if fits(c.label, core)]
            if len(core) >= 2 and len(fitting) == 1:
                return fitting[0]
        # 洮北区的, of 洮北区2023年各镇结转下年度 and 全库2023年…
        led = [c for c in self.memory.offered if _bare(c.label).startswith(core)]
        alone = self.memory.asked_back and len(core) >= 2 and len(led) == 1
        return led[0] if alone else None


def _picking(said: str) -> str:
    """The words that name a choice, without those around them (选第一个吧, 就第二个)."""
    marks = load_phrases().follow
    for lead in marks.choosing:
        said = said.removeprefix(lead)
    for end in (*marks.after, "吧", "的"):
        said = said.removesuffix(end)
    return said


def _has(label: str, words: str) -> bool:
    return words in squeeze(fold(label))


def _lies_in(label: str, words: str) -> bool:
    """Whether the region in a label's brackets is the one said in short (大通县, 大通县城关镇
    for 大通回族土族自治县). 平安区 is not the 平安镇 of another region."""
    name, _, region = _bare(label).partition("(")
    said = words.removesuffix(name)
    kind = said[-1:]
    return (
        kind in ("县", "市", "区", "旗")
        and len(said) > 2
        and (region or name).startswith(said[:-1])
        and (region or name).rstrip(")").endswith(kind)
    )


def _bare(text: str) -> str:
    return squeeze(fold(text)).strip(".、)(")
