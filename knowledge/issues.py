"""Several reports of one issuer and year: copies of one another, or issues that were corrected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.text import fold, solid

Status = Literal["current", "superseded", "duplicate"]

_MARK = re.compile("更正|重新发布|重新公布|重新公开|修订|修正")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Issue:
    """One report among those of its issuer and year, with what judging needs to know.

    `cells` holds the values of the form's cells only, by measure; `facts` counts all its figures.
    `corrected`: known to be a corrected issue whatever the title says.
    """

    id: int
    title: str | None
    file: str
    path: str
    published: str | None
    facts: int
    cells: Mapping[int, frozenset[float]]
    corrected: bool = False


def judge(issues: Sequence[Issue]) -> dict[int, Status]:
    """The status of each report by id, whatever the order in which they came.

    Two reports that fill common cells, all with the same values, are duplicates; the fuller
    one counts (then the smaller `file`). A report is superseded if another that differs in a
    cell is certainly later: by 更正, 重新发布 or 修订 in the title, else by the day of
    publication. Where neither tells, all stay current, so that both figures are shown rather
    than the wrong one; so do reports without a common cell, of which neither replaces the other.
    """
    statuses: dict[int, Status] = {}
    distinct: list[Issue] = []
    # "Is a copy of" is not transitive (a short report may agree with two that differ), so
    # the fullest choose first.
    for issue in sorted(issues, key=lambda one: (-one.facts, one.file, one.path)):
        if any(_is_copy(issue, kept) for kept in distinct):
            statuses[issue.id] = "duplicate"
        else:
            distinct.append(issue)
    for issue in distinct:
        later = any(_differ(other, issue) and _is_later(other, issue) for other in distinct)
        statuses[issue.id] = "superseded" if later else "current"
    return statuses


def _differ(one: Issue, other: Issue) -> bool:
    """Whether a cell that both fill holds different values."""
    return any(one.cells[cell] != other.cells[cell] for cell in one.cells.keys() & other.cells)


def _is_copy(one: Issue, other: Issue) -> bool:
    """Whether both fill a common cell and none of these differs."""
    return not one.cells.keys().isdisjoint(other.cells) and not _differ(one, other)


def _is_later(one: Issue, other: Issue) -> bool:
    """Whether it is certain that `one` was issued after `other`."""
    marked, other_marked = _is_marked(one), _is_marked(other)
    if marked != other_marked:
        return marked
    if one.published is None or other.published is None:
        return False
    days = _DATE.match(one.published), _DATE.match(other.published)
    # A month or a year alone cannot be ordered against a day.
    return days[0] is not None and days[1] is not None and days[0][0] > days[1][0]


def _is_marked(issue: Issue) -> bool:
    return issue.corrected or says_corrected(issue.title)


def says_corrected(title: str | None) -> bool:
    """Whether a title says that the report was corrected and issued again.

    >>> says_corrected("景芝镇2020年政府信息公开工作年度报告（更正版）"), says_corrected(None)
    (True, False)
    """
    # Without blanks, as titles are known already, it is there too.
    return title is not None and bool(_MARK.search(solid(title)) and _MARK.search(fold(title)))
