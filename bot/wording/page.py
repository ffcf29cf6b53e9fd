"""Lines of a reply as they grow, each as plain text and as HTML for Telegram."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.wording.sentences import Wording
from knowledge.model import Fact

MAX_TEXT = 3500
"""Characters of a reply; Telegram takes 4,096 after parsing and 32 KiB before."""


@dataclass
class Page:
    """A reply line by line, in the words of one language.

    Text from outside is escaped for HTML here and nowhere else.
    """

    words: Wording
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def add(self, text: str, style: str | None = None, link: str | None = None) -> None:
        if not text:
            return
        self.plain.append(text)
        escaped = html.escape(text, quote=False)
        if link is not None:
            escaped = f'<a href="{html.escape(link)}">{escaped}</a>'
        self.html.append(f"<{style}>{escaped}</{style.split()[0]}>" if style else escaped)

    def say(self, table: str, key: str, **values: object) -> str:
        """One sentence in the language of the reply; see `Wording.say`."""
        return self.words.say(table, key, **values)

    def value_text(self, fact: Fact) -> str:
        """A figure with its unit in the language of the reply; see `Wording.value_text`."""
        return self.words.value_text(fact)

    def quote(self, lines: Sequence[str]) -> None:
        """Evidence: plain lines in the text, folded away in Telegram."""
        if lines:
            self.plain.extend(lines)
            inner = "\n".join(html.escape(line.strip(), quote=False) for line in lines)
            self.html.append(f"<blockquote expandable>{inner}</blockquote>")

    def cut(self) -> tuple[str, str]:
        """Whole lines up to the limit: never in the middle of a tag or a figure."""
        size, count = 0, 0
        for line in self.plain:
            size += len(line) + 1
            if size > MAX_TEXT:
                break
            count += 1
        kept = [line for line in self.html if "<blockquote" not in line][:count]
        return "\n".join([*self.plain[:count], "……"]), "\n".join([*kept, "……"])
