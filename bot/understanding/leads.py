"""The words of a follow-up that say how it hangs on the question before: those that lead into it
(换成…, 不是…，是…), and those that stand for a place, two places or a year just spoken of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.understanding.interpretation import Refusal
from bot.understanding.phrases import load_phrases
from bot.understanding.question import Question, read_question
from bot.understanding.rewording import reworded
from bot.understanding.spoken_of import Context
from bot.understanding.turn import EDGES, UNCLEAR
from knowledge.entities import NameIndex

_CLAIMED = re.compile(r"\d{1,6}[^\d年]")
_IS_IT = re.compile(r"那?不?是\d{1,6}[件条次篇人份场期](?:申请|信息)?[吗么吧][?？]?$")
_OF_THE_WHOLE = re.compile(
    r"那?占了?全(?:区|县|市|省|部)的?(?:多少|几成|百分之几|比例|比重|多大比例)"
)
_COUNTS = "两三四五六"
_SO_MANY_YEARS = re.compile(
    r"(?<![近前后来去\d第续过])[这那]?(?P<count>[两三四五六])年(?![级度前后内])"
)
_SAYS_MORE = re.compile(r"[,，。;；?？吗是]|.{13}")
_NOT_THAT = re.compile(r"[,，。;；]?[而并又]?不是[问说要]?[^,，。]{1,20}$")
"""错了，是2022年，不是2021年: what it is not, at the end."""


@dataclass(frozen=True, slots=True)
class Led:
    """A follow-up without the words that lead into it: as typed, and as spans.

    `marked`: it had such words. `pronoun` stands for the place, or the places, spoken of.
    `plural`: it speaks of several places, of which each was told by itself; `years_told`: of
    so many years (两年一共), where several were told.
    """

    plain: str
    asked: Question
    marked: bool
    pronoun: str | None = None
    plural: bool = False
    years_told: bool = False

    @property
    def odd(self) -> bool:
        return bool(self.asked.leftover or self.asked.unclear)


def speaks_of_found(text: str, context: Context) -> bool:
    """Whether a follow-up speaks of the place that a ranking found (它, 这个镇), or of the year
    that had the most (那年)."""
    plain, _ = without_marks(text.strip())
    words = load_phrases().follow
    place = [word for word in words.it if plain.startswith(word)]
    if place and not context.entities:
        return max(place, key=len) not in words.told
    if _IS_IT.match(plain) and len(context.years) != 1:
        return True
    if _OF_THE_WHOLE.match(plain) and not context.entities:
        return True  # 占全区多少, after the town with the most
    same = [word for word, step in words.years.items() if step == 0]
    return len(context.years) != 1 and any(word in plain for word in same)


def led(text: str, context: Context, index: NameIndex, today: date) -> Led | Refusal:
    """The follow-up in a message; a refusal where it refers to one year or to several places and
    not so many were spoken of."""
    text = reworded(text, always=True, follows=True) or text
    plain, marked = without_marks(text.strip())
    years = _years_just_told(plain, context)
    if isinstance(years, Refusal):
        return years
    years_told = years == plain
    if years is not None and not years_told:
        plain, marked = years, True
    asked = read_question(plain, index, today)
    relative = _beside(asked, context)
    if isinstance(relative, Refusal):
        return relative
    if relative is not None:
        plain, marked = relative, True
        asked = read_question(plain, index, today)
    pronoun = _standing_for(plain, asked, context)
    if isinstance(pronoun, Refusal):
        return pronoun
    words = load_phrases().follow
    several = pronoun in words.told
    if pronoun is not None and several and len(context.entities) > 1:
        plain, marked = plain.replace(pronoun, "", 1).removeprefix("的"), True
        asked = read_question(plain, index, today)
    elif pronoun is not None and len(context.entities) == 1 and plain.startswith(pronoun):
        marked = True
        asked = read_question(plain.removeprefix(pronoun).removeprefix("的"), index, today)
    if asked.leftover or asked.unclear or asked.unknown_names:
        plain, asked = _in_other_words(plain, asked, index, today)
    marked = marked or ("也" in asked.letters and bool(asked.names))
    others = any(one.entities != context.entities for one in context.earlier)
    plural = several and len(context.entities) == 1 and (others or pronoun not in words.it)
    return Led(plain, asked, marked, None if plural else pronoun, plural, years_told)


def without_marks(text: str) -> tuple[str, bool]:
    """The words without what only leads into them; whether there was any lead. One letter alone
    (那, 好) stays unless a comma follows: it may be the beginning of a word (行|政复议)."""
    marks = load_phrases().follow
    stripped = text.strip(EDGES)
    denied = _NOT_THAT.search(stripped)
    if denied is not None and denied.start() > 0 and stripped.startswith(marks.denies):
        stripped = stripped[: denied.start()]
    for word in marks.instead:
        head, _, tail = stripped.rpartition(word)
        told = tail.strip(EDGES)
        if told and _denies(head) and not _CLAIMED.match(told):  # 不是15件吗
            return told, True
    if stripped[:1] in "哦噢啊嗯呃" and stripped[1:].lstrip(EDGES).startswith(marks.denies):
        stripped = stripped[1:].strip(EDGES)
    denial = max((w for w in marks.denies if stripped.startswith(w)), key=len, default="")
    if len(denial) > 1 and stripped[len(denial) : len(denial) + 1] in tuple(EDGES):
        return stripped[len(denial) :].strip(EDGES), True  # 打错了，22年的
    marked = stripped.startswith(marks.before) or stripped.endswith(marks.after)
    if stripped[:1] in marks.before and stripped[1:2] in EDGES:
        stripped = stripped[1:].strip(EDGES)
    before = [word for word in marks.before if len(word) > 1]
    while lead := next((word for word in before if stripped.startswith(word)), None):
        stripped = stripped[len(lead) :].strip(EDGES)
    return (stripped, True) if stripped and marked else (text, marked)


def _denies(head: str) -> bool:
    """Whether nothing but a denial stands before 是 (不对，, 不是平安镇，): what else is said there
    would be lost (不对，平安镇2022年的是…), and 不, 就 or 是不 before it make another word of it."""
    denies = load_phrases().follow.denies
    word = max((word for word in denies if head.startswith(word)), key=len, default="")
    rest = head[len(word) :].strip(EDGES)
    marks = load_phrases().follow
    if any(rest and lead.removesuffix("是") == rest for lead in (*marks.instead, *marks.before)):
        rest = ""  # 不对，我说的是
    if not word or head[-1:] in "不就还":
        return False
    return not rest or (word.endswith(("是", "问")) and not _SAYS_MORE.search(rest))


def _years_just_told(plain: str, context: Context) -> str | Refusal | None:
    """The words with 两年, 这三年 as the years just told, where those are so many; None where
    nothing stands for them; as they are where they ask for all that was told (两年加起来)."""
    found = _SO_MANY_YEARS.search(plain)
    told = {year for one in (*context.earlier, context) for year in one.years}
    if found is None or len(told) < 2:
        return None
    count = _COUNTS.index(found["count"]) + 2
    behind = plain[found.end() :].strip(EDGES)
    if len(context.years) == count and behind in load_phrases().follow.all_zero:
        return behind  # 六年都是0吗
    if len(context.years) == count:
        years = "、".join(f"{year}年" for year in context.years)
        return plain[: found.start()] + years + plain[found.end() :]
    rest = plain[found.end() :].strip(EDGES + "呢的")
    alone = not plain[: found.start()].strip("那") and rest in load_phrases().follow.adding
    return plain if alone else UNCLEAR


def _beside(asked: Question, context: Context) -> str | Refusal | None:
    """The words with 那年, 上一年 and 下一年 as the year that answered, or the one before or after
    it."""
    if asked.years and not any(asked.letters.startswith(word) for word in ("这一年", "那一年")):
        return None
    known = [m for m, meaning in asked.meanings if meaning.kind in ("measure", "column")]
    for word, step in load_phrases().follow.years.items():
        start = asked.letters.find(word)
        end = start + len(word)
        longer = [
            m
            for m in known
            if m.start <= start and end <= m.end and (m.start, m.end) != (start, end)
        ]
        if start < 0 or longer:
            continue
        if len(context.years) != 1:
            return UNCLEAR if step == 0 else None  # 那年, after several years: which of them?
        return asked.replaced(start, end, f"{context.years[0] + step}年")
    return None


def _standing_for(plain: str, asked: Question, context: Context) -> str | Refusal | None:
    """The word that stands for the place or places just spoken of, if there is one."""
    words = load_phrases().follow
    several = {word: count for word, count in words.told.items() if "年" not in word}
    for word in sorted(several, key=len, reverse=True):
        if word not in plain or not _by_itself(word, plain):
            continue
        others = [one for one in context.earlier if one.entities != context.entities]
        if len(context.entities) > 1:
            fits = several[word] in (0, len(context.entities))
            return word if fits else UNCLEAR
        if not others:
            break  # 他们去年收到几件: of the one town
        return word
    if plain.startswith(words.it):
        return max((word for word in words.it if plain.startswith(word)), key=len)
    return next((word for word in words.it if word in asked.letters), None)


def _by_itself(word: str, plain: str) -> bool:
    """Whether a word for places begins the follow-up, or stands directly behind a year in it."""
    start = plain.find(word)
    return plain[:start].removeprefix("那") == "" or plain[:start].endswith("年")


def _in_other_words(
    plain: str, asked: Question, index: NameIndex, today: date
) -> tuple[str, Question]:
    """A follow-up that is not understood, put otherwise by `bot/data/rewordings`, where that
    leaves nothing over; else as it is."""
    said = reworded(plain, follows=True)
    if said is None:
        return plain, asked
    again = read_question(said, index, today)
    if again.leftover or again.unclear or again.unknown_names:
        return plain, asked
    return said, again
