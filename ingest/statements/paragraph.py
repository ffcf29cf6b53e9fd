"""The figures that one paragraph states, sentence by sentence and clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import groupby
from operator import itemgetter

from ingest.document import Paragraph
from ingest.sections import Section
from ingest.statements.actors import Actors, is_the_actors
from ingest.statements.classes import is_made, is_of_all_classes
from ingest.statements.clause_reading import ClauseReading, may_deny
from ingest.statements.clauses import Clause, find_clauses
from ingest.statements.doubts import CUMULATIVE, doubt_beside
from ingest.statements.figures import figure_of
from ingest.statements.found import (
    CATEGORY,
    MESSAGES,
    Found,
    Place,
    counts_all_years,
    is_part_of_no_year,
    kinds_twice,
    may_count_all_years,
    said_since_stop,
    with_all_years,
    without_published,
)
from ingest.statements.many_ways import is_beside_others, without_many_ways
from ingest.statements.neighbours import (
    is_all_so_far,
    joined_with_before,
    none_at_all,
    number_last,
)
from ingest.statements.notes import Aside, Notes, Omission, reason_of, reason_without_quantity
from ingest.statements.printed import Printed
from ingest.statements.reviews import (
    is_called_a_review,
    is_class_of_documents,
    is_of_a_review,
)
from ingest.statements.scope import (
    Scope,
    Why,
    carry_over_listed,
    is_carried_in_note,
    is_channel,
    period_spans,
)
from ingest.statements.so_far import (
    grew_by,
    is_of_all_beside_new,
)
from ingest.statements.speakers import Speakers
from ingest.statements.subjects import (
    RECEIVED,
    TOTAL,
    is_of_a_channel,
    is_of_a_line,
    is_of_letters,
    is_of_others,
    is_own_trade,
    is_published,
    is_received_by_one,
    kinds_before,
    lacks_object,
)
from ingest.statements.together import (
    Seen,
    is_of_what_stands,
    is_whole,
    kinds_beside,
    lists_what_stands,
    staff_unclear,
)
from ingest.statements.wording import OwnName
from knowledge.catalogue import Statement, load_catalogue
from knowledge.model import Figure
from knowledge.phrases import Hit
from knowledge.quantities import Quantity, quantity_start

_new_found = partial(tuple.__new__, Found)

_SENTENCE = re.compile(r"[^。;!?]+[。;!?]?")
# A pattern of one set of characters is searched ten times as fast as one with alternatives.
_SIGN = re.compile(r"[\d未无没]")


@lru_cache(maxsize=1)
def numeral_start() -> re.Pattern[str]:
    """Finds a Chinese numeral before a classifier."""
    return re.compile(quantity_start())


def _is_worth_a_sentence(text: str, start: int, end: int) -> bool:
    """Whether a sentence of a folded text may state anything at all."""
    return (
        bool(_SIGN.search(text, start, end) or numeral_start().search(text, start, end))
        or text.find("不存在", start, end) >= 0
    )


class ParagraphReading:
    """One paragraph, sentence by sentence; the `heading` above it and `topics` are folded."""

    def __init__(
        self,
        paragraph: Paragraph,
        section: Section,
        heading: str,
        own: OwnName,
        year: int,
        notes: Notes | None,
        topics: Sequence[str] = (),
        of_all_years: bool = False,
    ) -> None:
        self.paragraph = paragraph
        self.section = section
        self.printed = Printed(paragraph.text)
        self.folded = self.printed.folded
        self.own = own
        self.scope = Scope(year)
        self.actors = Actors(own)
        self.speakers = Speakers(self.folded, own)
        self.notes = notes
        self.heading = heading
        self.topics = topics
        self.near: set[str] = set()
        """Kinds of publications named beside words that were not understood, in a list."""
        self.letters = False
        """Whether the sentence counts letters of a box that was not understood."""
        self.seen: list[Seen] = []
        self.of_all_years = of_all_years
        """Whether the last total of disclosure before a clause counts all years."""

    def read(self) -> Iterator[Figure]:
        """The figures in reading order."""
        found: list[Place] = []
        for sentence in _SENTENCE.finditer(self.folded):
            start, end = sentence.span()
            if not _is_worth_a_sentence(self.folded, start, end):
                self.scope.forget(self.folded[start:end])
                self.actors.forget()
                continue
            stated = self._sentence(self.folded[start:end], start)
            if not stated:
                continue
            self.of_all_years = counts_all_years(stated, self.of_all_years)
            for one in stated:
                if one.quantity is not None and self.printed.is_torn(start, one.quantity):
                    self._omit(one.clause, start, "parted_digits")
                    continue
                found.append((one, start, end))
        if not found:
            return
        kinds = {one.statement.id for one, *_ in found}
        if TOTAL in kinds:
            found = with_all_years(found, self.folded)
            found = without_published(found, self.folded, self._others)
        every = [one for one, *_ in found]
        if TOTAL in kinds or CUMULATIVE in kinds:
            for _, same in groupby(found, key=itemgetter(1)):
                self.of_all_years = counts_all_years([one for one, *_ in same], self.of_all_years)
        twice = kinds_twice(every) | self.near | kinds_beside(every, self.seen)
        staff = staff_unclear(every, self.seen)
        stands = lists_what_stands(self.seen)
        for one, start, end in found:
            if one.so_far or (stands and is_of_what_stands(one, self.folded[start:end])):
                self._omit(one.clause, start, "so_far_unclear")
            elif one.statement.id in twice:
                self._omit(one.clause, start, "same_kind_twice")
            elif one.statement.id in staff:
                self._omit(one.clause, start, "part_of_unknown")
            else:
                yield figure_of(one, start, end, self.printed, self.paragraph, self.section.heading)

    def _others(self) -> Iterator[str]:
        """The other paragraphs of the section that say 主动公开, as printed."""
        for block in self.section.blocks:
            if isinstance(block, Paragraph) and block is not self.paragraph:
                if "公开" in block.text or "公開" in block.text:
                    yield block.text

    def _sentence(self, text: str, offset: int) -> list[Found]:
        found: list[Found] = []
        scope, actors = self.scope, self.actors
        clauses = find_clauses(text)
        texts = [text[clause.start : clause.end] for clause in clauses]
        self.speakers.began = offset
        after_semicolon = self.folded[offset - 1 : offset] == ";"
        scope.start_sentence(text, after_semicolon)
        actors.start_sentence(text, after_semicolon)
        first, since, texts_since = 0, clauses, texts
        """The clauses behind the last 无…, which has said all that it says, and the first's number."""
        self.letters = False
        may_be_denied = may_deny(text)
        for number, clause in enumerate(clauses):
            words = texts[number]
            denies = may_be_denied and may_deny(words)
            if denies and clause.quantity is not None:
                words, clause = none_at_all(words, clause)
            counted = clause.quantity is not None or clause.crowded
            why = scope.enter(words, clause.opens_list, counted)
            if not actors.settled:
                actors.enter(words)
            if not counted:
                if why is None and denies:
                    zeros = self._zeros(text, words, clause, offset)
                    if zeros:
                        found += zeros
                        first = number + 1
                        since, texts_since = clauses[first:], texts[first:]
                elif self.notes is not None:
                    self._explain_bare(clause, words, offset)
                continue
            if clause.crowded or clause.continues:
                self._omit(clause, offset, "crowded")
                if clause.crowded:
                    scope.count(())
                    self.seen.append(Seen(words, None, False, scope.in_list, False))
                continue
            if scope.marked and is_carried_in_note(words, scope.year):
                self._omit(clause, offset, "carry_over_unclear")
                continue
            one = self._counted(text, since, texts_since, number - first, why, offset)
            found += one
            if why is None and clause.quantity is not None:
                behind = texts[number + 1 : number + 2]
                running = grew_by(clause.quantity, behind) and not is_whole(words)
                self.seen.append(Seen(words, clause.quantity, bool(one), scope.in_list, running))
        if not self.letters:
            return found
        for each in found:
            if each.statement.id == MESSAGES and each.quantity is not None:
                self._omit(each.clause, offset, "whole_unclear")
        return [each for each in found if each.statement.id != MESSAGES or each.quantity is None]

    def _zeros(self, text: str, words: str, clause: Clause, offset: int) -> list[Found]:
        """What a clause without a quantity says there were none of."""
        statements = self._reading(clause, words, offset).zeros()
        if not statements:
            return []
        said = self._before(clause, offset)
        before = text[: clause.start]
        return [
            Found(statement, None, clause)
            for statement in statements
            if not is_the_actors(statement, self.actors.other)
            and not is_received_by_one(statement, text[: clause.end])
            and not is_of_a_line(statement, words, before)
            and not is_of_others(statement, words, len(said), self.heading, self.speakers)
            and not is_of_a_review(statement, words, said, self.topics)
            and not is_class_of_documents(statement, words, before)
        ]

    def _reading(self, clause: Clause, words: str, offset: int) -> ClauseReading:
        def earlier() -> str:
            return self.heading + self._before(clause, offset)

        return ClauseReading(words, clause, self.own, self.scope.year, earlier)

    def _before(self, clause: Clause, offset: int) -> str:
        """The paragraph up to a clause."""
        return self.folded[: offset + clause.start]

    def _counted(
        self,
        text: str,
        clauses: Sequence[Clause],
        texts: Sequence[str],
        number: int,
        why: Why | None,
        offset: int,
    ) -> list[Found]:
        """What one clause with a quantity states; `texts` are those of the `clauses`."""
        scope, clause, words = self.scope, clauses[number], texts[number]
        quantity = clause.quantity
        assert quantity is not None
        quantity_end = quantity.end
        if scope.approximate:
            quantity = quantity._replace(approximate=True)
        if why == "comparison" and quantity.unit_class == "percent":
            return []  # 同比增加30%，其中…: the list goes on with what was counted before
        if why is not None and self.notes is None and why != "cumulative":
            scope.count(())
            return []
        words, clause = number_last(words, clause, quantity)
        reading = self._reading(clause, words, offset)
        if why is not None and self.notes is not None:
            reading.periods = period_spans(words)
        hits = reading.counted(scope)
        rest = self.folded[offset + quantity_end :]
        all_ways = (
            not scope.in_list
            and "主动公开" in words
            and "等" in text[: clause.end]
            and not is_beside_others(rest)
        )
        if not hits and all_ways and (ways := without_many_ways(words)) is not None:
            together = self._reading(clause, ways, offset).counted(scope)
            if [hit.value.id for hit in together] == [TOTAL]:
                hits, words = together, ways
        if hits and number and not scope.in_list:
            parts = kinds_before(text, clauses, number, hits, scope, all_ways)
            if parts and any(hit.value.family in parts for hit in hits):
                joined = joined_with_before(text, clauses, number)
                hits = self._of_channel(text, joined, offset) if joined is not None else []
                if joined is not None and hits:
                    clause, words = joined, text[joined.start : joined.end]
                reading.refusal = "subject_before"
        if why == "cumulative":
            hits = [self._of_all_years(hit) for hit in hits]
        before, following = texts[number - 1] if number else "", texts[number + 1 :]
        behind = text[quantity_end:]
        found: list[Found] = []
        carried = by_class = all_years = False
        for hit in hits:
            statement = hit.value
            if statement.id == TOTAL and is_all_so_far(words, following):
                statement = load_catalogue().statements[CUMULATIVE]
            own = why is None or statement.id == CUMULATIVE
            kind = statement.family
            doubt = doubt_beside(statement, quantity, words, before, behind, following, rest)
            if doubt is None and own and kind == "disclosed" and "年" in behind:
                said = said_since_stop(self.folded, offset, clause.end)
                if is_of_all_beside_new(quantity, words, said, following):
                    doubt = "cumulative"
            if doubt is None and own and (statement.id == TOTAL or is_channel(statement)):
                if is_of_all_classes(words, quantity, rest, statement.id == TOTAL):
                    doubt, by_class = "document_class", statement.id == TOTAL
            if doubt is None and not statement.stock and kind != "applications":
                if grew_by(quantity, following, kind == "disclosed"):
                    doubt = "so_far_unclear"
            if doubt == "cumulative" and statement.id == TOTAL:
                statement = load_catalogue().statements[CUMULATIVE]
                own, doubt = True, None
            if doubt is not None:
                self.of_all_years |= doubt == "cumulative"
                self._omit(clause, offset, doubt)
                continue
            so_far = own and may_count_all_years(
                statement, quantity, words, self.folded, offset, clause.end
            )
            if kind in ("disclosed", "cumulative"):
                all_years = all_years or so_far or statement.id == CUMULATIVE
            if so_far and statement.id != TOTAL:
                self._omit(clause, offset, "so_far_unclear")
                continue
            said = self._before(clause, offset)
            if is_of_a_review(statement, words, said, self.topics) or (
                following and is_called_a_review(statement, words, following[0])
            ):
                self._omit(clause, offset, "other_subject")
            elif (
                self.of_all_years
                and not scope.head
                and is_part_of_no_year(statement, self.folded, offset, clause.end)
            ):
                self._omit(clause, offset, "so_far_unclear")
            elif (
                is_the_actors(statement, self.actors.other)
                or is_of_others(statement, words, len(said), self.heading, self.speakers)
                or is_of_a_line(statement, words, said)
                or (is_own_trade(statement, words, self.own) and not scope.in_list)
            ) or (
                statement.id == TOTAL
                and not scope.in_list
                and is_of_a_channel(words, said, self.heading, self.own)
            ):
                self._omit(clause, offset, "subject_before")
            elif is_published(statement, words, text, clause.start):
                self._omit(clause, offset, "not_handled")
            elif statement.objects and lacks_object(statement, words, texts[:number]):
                self._omit(clause, offset, "no_object")
            elif not scope.belongs(statement, _printed(hit, words), words):
                self._omit(clause, offset, "whole_unclear")
            elif not own:
                self._set_aside(statement, quantity, clause, offset, why)
            else:
                cautions: tuple[str, ...] = ()
                if statement.id == CUMULATIVE:
                    cautions = ("cumulative",)
                elif statement.id == RECEIVED:
                    listed = carry_over_listed(following)
                    if listed == "unclear":
                        self._omit(clause, offset, "carry_over_unclear")
                        continue
                    carried = listed == "included"
                    cautions = ("includes_carry_over",) if carried else ()
                found.append(_new_found((statement, quantity, clause, cautions, so_far)))
        if not hits and reading.refusal == "unknown_words":
            # 整体规划类1条 beside 工作计划类1条: neither is the number of what is planned, and so
            # it is with 财政预决算及“三公”经费信息21条，财政专项资金信息1条 outside of a list.
            named = [hit.value.id for hit in reading.wording().side_by_side()]
            self.near.update(kind for kind in named if kind.startswith(CATEGORY))
        if not hits and is_of_letters(words):
            self.letters = True
        if not hits and self.notes is not None:
            detail = "、".join(reading.unknown)
            self._omit(clause, offset, reason_of(words, reading.refusal or "no_kind"), detail)
        if found or quantity.unit_class != "percent":
            scope.count([item.statement for item in found if not item.so_far], carried)
        scope.all_years = scope.all_years or all_years
        if by_class or (not hits and not scope.in_list and is_made(words)):
            scope.by_class = True
        return found

    def _of_channel(self, text: str, joined: Clause, offset: int) -> list[Hit[Statement]]:
        """What a clause states together with the channel in front of its comma, if that is all."""
        words = text[joined.start : joined.end]
        reading = self._reading(joined, words, offset)
        hits = reading.counted(self.scope)
        return hits if len(hits) == 1 and is_channel(hits[0].value) else []

    def _of_all_years(self, hit: Hit[Statement]) -> Hit[Statement]:
        """自2008年以来公开信息1200条 is what is called 历年累计."""
        if hit.value.id != TOTAL or not self.scope.since:
            return hit
        return hit._replace(value=load_catalogue().statements[CUMULATIVE])

    def _set_aside(
        self, statement: Statement, quantity: Quantity, clause: Clause, offset: int, why: Why | None
    ) -> None:
        if self.notes is None or why is None:
            return
        printed = self.printed.between(offset + clause.start, offset + clause.end)
        quote = next(
            self.printed.between(*match.span())
            for match in _SENTENCE.finditer(self.folded)
            if match.end() > offset
        )
        aside = Aside(
            statement, quantity.value, quantity.unit, printed, quote, self.paragraph.line, why
        )
        self.notes.asides.append(aside)

    def _omit(self, clause: Clause, offset: int, reason: str, detail: str = "") -> None:
        if self.notes is not None:
            printed = self.printed.between(offset + clause.start, offset + clause.end)
            self.notes.omissions.append(Omission(printed, self.paragraph.line, reason, detail))

    def _explain_bare(self, clause: Clause, words: str, offset: int) -> None:
        """Note a clause with digits of which none is a quantity."""
        if (reason := reason_without_quantity(words)) is not None:
            self._omit(clause, offset, reason)


def _printed(hit: Hit[Statement], words: str) -> str:
    """The pieces of a phrase as they stand in a clause."""
    return "".join([words[start:end] for start, end in hit.pieces])
