"""The issuer that a report names only as the subject of its own sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.issuer.issuers import is_common, is_place, is_region
from ingest.issuer.names import names_in
from ingest.issuer.titles import read_folded_title
from ingest.issuer.vocabulary import identity_words
from ingest.issuer.witnesses import PREAMBLE_LINES, Testimony, Text

MAX_SENTENCE = 200
"""Characters of a sentence that are looked at for its subject."""

_SENTENCE = re.compile(r"[^。;\n]+")
_YEAR = re.compile(
    r"(?:截[至止]到?)?(20\d\d)年(?:度|来|以来|全年|12月(?:31日|底)?)?,?(?:(?:在|按照?|根据)[^,]{1,60},)?"
)
_OFFICE = r"(?:人民政府|党委、政府|街道办事处|办事处|街道办|政府)?"
_PUBLISHED = re.compile(
    r"(?:公布|发布|编制了?|[现特兹][将就])(?P<title>《?[^,。;:《》]{6,50}?(?:年度报告|年报)》?)"
)
_LEVELS = "省市县区旗州盟"
_NO_VERB = "的和与及、辖位地在有,"


def from_subjects(text: Text, year: int | None) -> Iterator[Testimony]:
    """The one town that is the subject of a sentence which begins with the report's year
    (`2021年，X街道办事处认真…`), if the text names no other town at all and only one such year.

    `year`: what a stronger witness says, None if none does; it must be the same."""
    places = {issuer for issuer in names_in(text.whole) if is_place(issuer.name)}
    if len({issuer.name for issuer in places}) != 1:
        return
    issuer = max(places, key=lambda place: len(place.regions))
    if is_common(issuer.name):
        return
    stem = re.escape(issuer.name.removesuffix("街道"))
    street = "(?:街道|街)?" if issuer.name.endswith("街道") else ""
    front = "".join(f"(?:{re.escape(region)})?" for region in issuer.regions)
    subject = re.compile(rf"{front}{stem}{street}{_OFFICE}(?![{_NO_VERB}])(?=[\u3400-\u9fff]{{2}})")
    found: dict[int, Testimony] = {}
    for paragraph, folded in zip(text.paragraphs[: text.plans], text.folded, strict=False):
        for sentence in _SENTENCE.finditer(folded):
            words = sentence[0][:MAX_SENTENCE]
            when = _YEAR.match(words)
            if when is not None and subject.match(words, when.end()):
                said = Testimony("own_words", words[:80], paragraph.line, issuer, int(when[1]))
                found.setdefault(int(when[1]), said)
    if len(found) == 1 and year in (None, *found):
        yield from found.values()


def from_county(text: Text) -> Iterator[Testimony]:
    """The county whose report the first paragraphs publish (`现公布X县2023年…年度报告`), if the
    text speaks of it as its own (我县, 县政府) and of no bureau or town (我局, 我镇)."""
    words = identity_words().themselves
    for paragraph, folded in zip(text.paragraphs[:PREAMBLE_LINES], text.folded, strict=False):
        for match in _PUBLISHED.finditer(folded):
            title = read_folded_title(match["title"].strip("《》"), in_text=True)
            if title is None or title.issuer is None or not is_region(title.issuer.name):
                continue
            level = title.issuer.name[-1]
            ours = (f"我{level}", f"全{level}", f"{level}政府", f"{level}人民政府")
            others = [w for w in (*words.words, *words.no_towns) if w[-1] not in _LEVELS]
            if any(w in text.whole for w in ours) and not any(w in text.whole for w in others):
                yield Testimony("preamble", match[0][:80], paragraph.line, title.issuer, title.year)
