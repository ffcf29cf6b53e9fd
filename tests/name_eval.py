"""Names measured on the whole gazetteer: `make eval-names` prints the tables.

Three measurements. *Exact*: every name of the gazetteer, asked bare and with its county, over
the five examples and over the store of twelve towns. *Misspelt*: names with one error of a
kind, in stores that hold a county, a prefecture or the whole country; the same with the
county named over the store of the whole country. *Strangers*: invented names, and real ones
that the store does not hold. Seeds are fixed, so the same code prints the same numbers.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from random import Random

from bot.understanding.intents import understand
from bot.understanding.interpretation import Clarify, Interpretation, Refusal
from knowledge.entities import NameIndex
from knowledge.gazetteer import load_gazetteer
from knowledge.model import Entity

TODAY = date(2021, 6, 1)
ASKED = "{name}2020年收到多少申请"
SAMPLE = 300
"""Misspelt names of each kind in each scope."""

EXAMPLES = (
    Entity("南庄镇", "河南省/焦作市/孟州市"),
    Entity("寒葱沟镇", "黑龙江省/佳木斯市/抚远市"),
    Entity("木耳镇", "重庆市/渝北区"),
    Entity("官坡镇", "河南省/三门峡市/卢氏县"),
    Entity("景芝镇", "山东省/潍坊市/安丘市"),
)


def twelve() -> tuple[Entity, ...]:
    """The towns of the second store (`tests/twelve_towns.py`)."""
    path = Path(__file__).parent / "cases" / "twelve_towns" / "towns.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return tuple(Entity(row["name"], row["region"]) for row in csv.DictReader(stream))


@dataclass(frozen=True)
class Town:
    """One entry of the gazetteer."""

    name: str
    region: str

    @property
    def county(self) -> str:
        return self.region.rsplit("/", 1)[1]

    @property
    def entity(self) -> Entity:
        return Entity(self.name, self.region)


@lru_cache(maxsize=1)
def towns() -> tuple[Town, ...]:
    """Every entry, in the order of the regions' names and of the codes within them."""
    return tuple(
        Town(name, region)
        for region, names in sorted(load_gazetteer().by_region.items())
        for name in names
    )


@dataclass(frozen=True)
class Read:
    """What became of a question: `direct`, `offered`, `absent`, `refused`; and about whom."""

    outcome: str
    entities: tuple[Entity, ...] = ()


def read(question: str, index: NameIndex) -> Read:
    """How a question is understood over a store of these names."""
    understood = understand(question, index, TODAY)
    if isinstance(understood, Interpretation):
        if understood.entities:
            return Read("direct", understood.entities)
        return Read("absent")
    if isinstance(understood, Clarify):
        offered: list[Entity] = []
        for choice in understood.choices:
            again = understand(choice.question, index, TODAY)
            if isinstance(again, Interpretation):
                offered += again.entities
        return Read("offered", tuple(offered))
    assert isinstance(understood, Refusal)
    return Read("absent" if understood.status == "no_data" else "refused")


# --- Exact names ---------------------------------------------------------------------------


def judge_exact(town: Town, named: bool, index: NameIndex) -> tuple[str, str]:
    """`right`, `choice`, `not in store`, `refused` or `wrong`, and the question asked."""
    question = ASKED.format(name=f"{town.county}{town.name}" if named else town.name)
    own = [
        entity
        for entity in index.by_name(town.name)
        if not named or entity.county == town.county or f"/{town.county}/" in f"{entity.region}/"
    ]
    seen = read(question, index)
    if seen.outcome == "direct":
        good = len(own) == 1 and seen.entities == (own[0],)
        return ("right" if good else "wrong"), question
    if seen.outcome == "offered":
        if not own:
            return "wrong", question
        named_all = set(seen.entities) <= set(own)
        return ("choice" if named_all and seen.entities else "wrong"), question
    if seen.outcome == "absent":
        return ("not in store" if not own else "wrong"), question
    return "refused", question


def exact_table(
    stores: Iterable[tuple[str, NameIndex]], sample: Sequence[Town]
) -> Iterator[tuple[str, Counter[str], list[str]]]:
    """A row for each store and way of asking: its name, the outcomes, what was not right."""
    for label, index in stores:
        for named in (False, True):
            counted: Counter[str] = Counter()
            failed: list[str] = []
            for town in sample:
                outcome, question = judge_exact(town, named, index)
                counted[outcome] += 1
                if outcome in ("wrong", "refused"):
                    failed.append(f"{outcome} {question}")
            yield f"{label}, {'with county' if named else 'bare'}", counted, failed


# --- Misspelt names ------------------------------------------------------------------------

SUFFIXES = ("镇", "乡", "街道", "苏木")


def stem_of(name: str) -> tuple[str, str]:
    suffix = next((s for s in SUFFIXES if name.endswith(s) and len(name) - len(s) >= 2), "")
    return name.removesuffix(suffix), suffix


@lru_cache(maxsize=1)
def syllables() -> dict[str, frozenset[str]]:
    """The readings of every character, from the data file itself."""
    table: dict[str, set[str]] = {}
    path = Path(__file__).parents[1] / "knowledge" / "data" / "syllables.tsv"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            syllable, _, characters = line.partition("\t")
            for character in characters:
                table.setdefault(character, set()).add(syllable)
    return {character: frozenset(found) for character, found in table.items()}


@lru_cache(maxsize=1)
def common_characters() -> tuple[str, ...]:
    """Characters that stand in at least ten names: what people type instead of another."""
    counted = Counter(c for town in towns() for c in stem_of(town.name)[0])
    return tuple(sorted(c for c, count in counted.items() if count >= 10 and c in syllables()))


BLUR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"))


def blurred(syllable: str) -> str:
    for sound, other in BLUR:
        if syllable.startswith(sound):
            syllable = other + syllable[len(sound) :]
            break
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


@lru_cache(maxsize=4096)
def homophones(character: str) -> tuple[str, ...]:
    own = syllables().get(character, frozenset())
    return tuple(c for c in common_characters() if c != character and own & syllables()[c])


@lru_cache(maxsize=4096)
def near_homophones(character: str) -> tuple[str, ...]:
    own = syllables().get(character, frozenset())
    near = {blurred(s) for s in own}
    return tuple(
        c
        for c in common_characters()
        if c != character
        and not own & syllables()[c]
        and near & {blurred(s) for s in syllables()[c]}
    )


LOOKALIKES = (Path(__file__).parent / "cases" / "lookalike_characters.txt").read_text(
    encoding="utf-8"
)
"""Confusions written for this measurement, not with the matcher's own table in view."""


@lru_cache(maxsize=1)
def lookalikes() -> dict[str, tuple[str, ...]]:
    table: dict[str, dict[str, None]] = {}
    for line in LOOKALIKES.splitlines():
        if not line.startswith("#"):
            for character in line.split():  # a pair
                first, second = character[0], character[1]
                table.setdefault(first, {})[second] = None
                table.setdefault(second, {})[first] = None
    return {character: tuple(found) for character, found in table.items()}


def _replaced(stem: str, others: Callable[[str], Sequence[str]], random: Random) -> str | None:
    places = [(n, o) for n, c in enumerate(stem) if (o := others(c))]
    if not places:
        return None
    place, choice = random.choice(places)
    return stem[:place] + random.choice(choice) + stem[place + 1 :]


def misspell(name: str, kind: str, random: Random) -> str | None:
    """The name with one error of a kind; None where it has none or gives another real name."""
    stem, suffix = stem_of(name)
    if not suffix:
        return None
    typed: str | None = None
    if kind == "other suffix":
        typed = stem + random.choice([s for s in SUFFIXES if s != suffix])
    elif kind == "homophone":
        changed = _replaced(stem, homophones, random)
        typed = changed and changed + suffix
    elif kind == "near homophone":
        changed = _replaced(stem, near_homophones, random)
        typed = changed and changed + suffix
    elif kind == "look-alike":
        changed = _replaced(stem, lambda c: lookalikes().get(c, ()), random)
        typed = changed and changed + suffix
    elif kind == "any character":
        changed = _replaced(stem, lambda c: [o for o in common_characters() if o != c], random)
        typed = changed and changed + suffix
    elif kind == "dropped":
        place = random.randrange(len(stem))
        typed = stem[:place] + stem[place + 1 :] + suffix
    elif kind == "doubled":
        place = random.randrange(len(stem))
        typed = stem[: place + 1] + stem[place:] + suffix
    elif kind == "swapped":
        place = random.randrange(len(stem) - 1)
        typed = stem[:place] + stem[place + 1] + stem[place] + stem[place + 2 :] + suffix
    if not typed or typed == name or load_gazetteer().regions_meant(typed):
        return None
    return typed


KINDS = (
    "other suffix",
    "homophone",
    "near homophone",
    "look-alike",
    "any character",
    "dropped",
    "doubled",
    "swapped",
)


@dataclass(frozen=True)
class Scope:
    """A store that holds all towns of a region, or of the country; `prefix` is typed in front."""

    label: str
    index: NameIndex
    own: tuple[Town, ...]
    prefix: str = ""


def judge_misspelt(typed: str, town: Town, scope: Scope) -> tuple[str, str]:
    """`direct`, `offered`, `silent` (refused or offered without it) or `wrong`."""
    question = ASKED.format(name=scope.prefix + typed)
    seen = read(question, scope.index)
    same = {e for e in seen.entities if e.name == town.name}
    if seen.outcome == "direct":
        return ("direct" if same else "wrong"), question
    if seen.outcome == "offered" and same:
        return "offered", question
    return "silent", question


def misspelt_row(
    kind: str, scopes: Sequence[Scope], count: int, seed: str
) -> tuple[Counter[str], list[str]]:
    """The outcomes of `count` names misspelt in one way, drawn evenly from the scopes."""
    random = Random(f"{seed}/{kind}")
    counted: Counter[str] = Counter()
    failed: list[str] = []
    tries = 0
    while sum(counted.values()) < count and tries < 50 * count:
        scope = scopes[tries % len(scopes)]
        tries += 1
        town = random.choice(scope.own)
        typed = misspell(town.name, kind, random)
        if typed is None or _is_short_form(typed, scope.index):
            continue
        outcome, question = judge_misspelt(typed, town, scope)
        counted[outcome] += 1
        if outcome in ("wrong", "silent"):
            failed.append(f"{outcome} {town.name}: {question}")
    return counted, failed


def _is_short_form(typed: str, index: NameIndex) -> bool:
    """Whether the words are a town's name without its suffix (古镇 of 古镇镇): no error then."""
    return any(m.short and (m.start, m.end) == (0, len(typed)) for m in index.find(typed))


def stranger_row(
    kind: str, scopes: Sequence[Scope], count: int, seed: str
) -> tuple[Counter[str], list[str]]:
    """Invented names, or real ones that no scope holds: only a direct answer is wrong."""
    random = Random(f"{seed}/{kind}")
    counted: Counter[str] = Counter()
    failed: list[str] = []
    gazetteer = load_gazetteer()
    tries = 0
    while sum(counted.values()) < count and tries < 50 * count:
        scope = scopes[tries % len(scopes)]
        tries += 1
        if kind == "invented":
            letters = random.choices(common_characters(), k=random.choice((2, 2, 3)))
            typed = "".join(letters) + random.choice(SUFFIXES[:3])
            if gazetteer.regions_meant(typed) or _is_short_form(typed, scope.index):
                continue
        else:
            typed = random.choice(towns()).name
            if _known_in(typed, scope):
                continue
        seen = read(ASKED.format(name=scope.prefix + typed), scope.index)
        outcome = "wrong" if seen.outcome == "direct" else seen.outcome
        counted[outcome] += 1
        if outcome == "wrong":
            failed.append(f"wrong {typed}: {scope.prefix} read as {seen.entities}")
    return counted, failed


def _known_in(typed: str, scope: Scope) -> bool:
    """Whether a town of the scope is found under this name, perhaps of another ending."""
    own = {town.entity for town in scope.own}
    return any(entity in own for entity in scope.index.by_name(typed))


def region_scopes(depth: int, count: int, seed: str, named_in: NameIndex | None) -> list[Scope]:
    """Stores of all towns of a county (depth 3) or a prefecture (2), drawn at random.

    With `named_in`, the region is named in the question instead, over that one store.
    """
    grouped: dict[str, list[Town]] = {}
    for town in towns():
        segments = town.region.split("/")
        if len(segments) == 3:
            grouped.setdefault("/".join(segments[:depth]), []).append(town)
    usable = sorted(path for path, own in grouped.items() if len(own) >= 8)
    scopes: list[Scope] = []
    for path in Random(seed).sample(usable, count):
        own = tuple(grouped[path])
        name = path.rsplit("/", 1)[1]
        if named_in is not None:
            scopes.append(Scope("named", named_in, own, name))
        else:
            scopes.append(Scope("store", NameIndex(t.entity for t in own), own))
    return scopes


@lru_cache(maxsize=1)
def country_index() -> NameIndex:
    """A store of every town of China."""
    return NameIndex(town.entity for town in towns())


def main() -> int:
    """Prints the tables named (exact, misspelt, strangers), all without any; -v with examples.

    Returns: 1 if a name was read as another where none may be.
    """
    named = [argument for argument in sys.argv[1:] if argument != "-v"]
    shown = 60 if "-v" in sys.argv else 0
    tables = {"exact": _print_exact, "misspelt": _print_misspelt, "strangers": _print_strangers}
    found_wrong = [tables[name](shown) for name in named or tables]
    return int(any(found_wrong))


def _print_exact(shown: int) -> bool:
    stores = [("five", NameIndex(EXAMPLES)), ("twelve", NameIndex(twelve()))]
    print(f"{'exact names':40}" + "".join(f"{c:>14}" for c in EXACT))
    wrong = 0
    for label, counted, failed in exact_table(stores, towns()):
        print(f"{label:40}" + "".join(f"{counted[c]:14}" for c in EXACT), flush=True)
        _print_lines(failed, shown or 8)
        wrong += counted["wrong"]
    return wrong > 0


def _groups() -> list[tuple[str, list[Scope]]]:
    return [
        ("county store", region_scopes(3, 60, "county", None)),
        ("county named", region_scopes(3, 60, "county", country_index())),
        ("prefecture store", region_scopes(2, 20, "city", None)),
        ("prefecture named", region_scopes(2, 20, "city", country_index())),
        ("country", [Scope("country", country_index(), towns())]),
    ]


def _print_misspelt(shown: int) -> bool:
    print(f"{'misspelt names, percent':40}" + "".join(f"{c:>9}" for c in MISSPELT))
    bad = False
    for group, scopes in _groups():
        for kind in KINDS:
            counted, failed = misspelt_row(kind, scopes, SAMPLE, group)
            _percent_row(f"{group}, {kind}", counted, MISSPELT)
            _print_lines(failed, shown)
            allowed = SAMPLE * COUNTRY_WRONG if group == "country" else 0
            bad = bad or counted["wrong"] > allowed
    return bad


def _print_strangers(shown: int) -> bool:
    print(f"{'strangers, percent':40}" + "".join(f"{c:>9}" for c in STRANGERS))
    bad = False
    for group, scopes in _groups():
        for kind in ("invented", "real elsewhere")[: 1 if group == "country" else 2]:
            counted, failed = stranger_row(kind, scopes, SAMPLE, group)
            _percent_row(f"{group}, {kind}", counted, STRANGERS)
            _print_lines(failed, shown or 8)
            allowed = SAMPLE * COUNTRY_WRONG if group == "country" else 0
            bad = bad or counted["wrong"] > allowed
    return bad


def _print_lines(lines: Sequence[str], count: int) -> None:
    for line in lines[:count]:
        print("    ", line)


COUNTRY_WRONG = 0.005
"""Share of direct answers about another town that is bearable where all of China is meant."""

EXACT = ("right", "choice", "not in store", "refused", "wrong")
MISSPELT = ("direct", "offered", "silent", "wrong")
STRANGERS = ("absent", "offered", "refused", "wrong")


def _percent_row(label: str, counted: Counter[str], columns: Sequence[str]) -> None:
    total = sum(counted.values()) or 1
    print(f"{label:40}" + "".join(f"{counted[c] * 100 / total:9.1f}" for c in columns), flush=True)


if __name__ == "__main__":
    sys.exit(main())
