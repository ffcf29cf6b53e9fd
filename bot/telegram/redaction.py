"""Logging that never shows a token: whatever is printed passes through one mask.

httpx logs whole URLs, and a URL of the Bot API holds the token; so do some exceptions.
"""

from __future__ import annotations

import logging
import re
import sys

MASK = "<token>"
_TOKEN = re.compile(r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_secrets: set[str] = set()


def hide(secret: str) -> None:
    """Mask this string from now on, too: a token of another shape, a proxy with its password."""
    if secret:
        _secrets.add(secret)


def masked(text: str) -> str:
    """The text without tokens.

    >>> masked("POST http://127.0.0.1/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX/getMe")
    'POST http://127.0.0.1/bot<token>/getMe'
    """
    for secret in _secrets:
        text = text.replace(secret, MASK)
    return _TOKEN.sub(MASK, text)


class MaskingFormatter(logging.Formatter):
    """Masks the finished lines, so messages, arguments and tracebacks alike."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def set_up_logging(level: str) -> None:
    """Log to standard error; libraries that would log URLs or users' words only their warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for library in ("httpx", "httpcore", "telegram"):
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLevelName(level)))
