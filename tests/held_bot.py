"""The bot with one question that takes as long as a test wants: `python -m tests.held_bot CONFIG`.

The assistant that is asked `$HELD_QUESTION` reads `$HELD_UNTIL`, a named pipe, to its end before
it answers: it is held from when the test has opened the pipe until the test closes it.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from bot.conversation.assistant import Assistant
from bot.telegram import front
from bot.telegram.settings import load_settings
from bot.telegram.store_watch import WatchedStore
from bot.understanding.spoken_of import Context
from bot.wording.reply import Reply


class HeldAssistant(Assistant):
    def ask(
        self,
        text: str,
        context: Context | None = None,
        pending: str = "",
        unread: bool = False,
        lost: str = "",
    ) -> Reply:
        if text == os.environ["HELD_QUESTION"]:
            Path(os.environ["HELD_UNTIL"]).read_bytes()
        return super().ask(text, context, pending, unread, lost)


if __name__ == "__main__":
    vars(front)["WatchedStore"] = partial(WatchedStore, make=HeldAssistant)
    front.run_bot(load_settings(Path(sys.argv[1])))
