"""How a text speaks of its issuer (我镇, 本局), and whether an issuer can speak so."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.issuer.issuers import is_place, is_region
from ingest.issuer.vocabulary import identity_words
from ingest.issuer.witnesses import Text


def spoken_of(text: Text) -> tuple[str, ...]:
    """The words by which the text speaks of its issuer (我镇), most trusted lists only."""
    begun: set[str] = set()
    for beginning in _spoken_beginnings():
        begun.update(beginning.findall(text.whole))
    words = _spoken_words()
    spoken = [word for two in begun for word in words[two] if word in text.whole]
    return tuple(
        spoken if len(spoken) < 2 else sorted(spoken, key=identity_words().themselves.words.index)
    )


@lru_cache(maxsize=1)
def _spoken_words() -> dict[str, tuple[str, ...]]:
    """Those words by their first two characters."""
    words = identity_words().themselves.words
    return {
        two: tuple(word for word in words if word.startswith(two))
        for two in {word[:2] for word in words}
    }


@lru_cache(maxsize=1)
def _spoken_beginnings() -> tuple[re.Pattern[str], ...]:
    """Finds the first two characters of those words: a pattern for each first one, since a
    search for one character goes fast."""
    seconds: dict[str, set[str]] = {}
    for two in _spoken_words():
        seconds.setdefault(two[0], set()).add(re.escape(two[1]))
    return tuple(re.compile(f"{first}[{''.join(seconds[first])}]") for first in seconds)


def speaks_as_own_kind(spoken: tuple[str, ...]) -> bool:
    """Whether one of the words says what the issuer itself is (我镇, not 全镇)."""
    loose = identity_words().themselves.loose
    return any(word not in loose for word in spoken)


def word_of_another(name: str, spoken: tuple[str, ...]) -> str | None:
    """The first word by which no issuer of this name speaks of itself (我局 in a town's report)."""
    foreign = [word for word in spoken if not _fits(word[1:], name)]
    if not foreign or name.endswith(("镇", "乡", "街道", "苏木")):
        return foreign[0] if foreign else None
    if is_place(name) or is_region(name):
        return None
    loose = identity_words().themselves.loose
    return next((word for word in foreign if word not in loose), None)


def _fits(kind: str, name: str) -> bool:
    kind = "街道" if kind == "街" else kind
    if kind == "委":
        return name.endswith(("委", "委员会", "管委会"))
    return name.endswith(kind) or (kind == "乡" and name.endswith("苏木"))
