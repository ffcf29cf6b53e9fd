"""One conversation: which choices were last offered, so that a number or a tap picks one."""

from __future__ import annotations

from bot.assistant import Assistant
from bot.interpretation import Choice
from bot.reply import Reply
from knowledge.text import fold, squeeze


class Dialogue:
    """Wraps an assistant for one person; both front ends hold one for each conversation."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.offered: tuple[Choice, ...] = ()

    def say(self, text: str) -> Reply:
        """The reply to a message; the number or label of an offered choice stands for it."""
        picked = self._picked(text)
        reply = self.assistant.ask(picked.question if picked is not None else text)
        if picked is not None:
            reply.data["question"] = text
        self.offered = reply.choices
        return reply

    def _picked(self, text: str) -> Choice | None:
        said = squeeze(fold(text)).strip(".、)(")
        if said.isdigit() and len(said) <= 2 and 1 <= int(said) <= len(self.offered):
            return self.offered[int(said) - 1]
        return next((c for c in self.offered if squeeze(fold(c.label)) == said), None)
