"""Several reports of one issuer and year: copies of one another, or issues that were corrected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Status = Literal["current", "superseded", "duplicate"]

_MARKS = ("更正", "重新发布", "修订")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Issue:
    """One report among those of its issuer and year, with what judging needs to know.

    `cells` holds the values of the form's cells only, by measure; `facts` counts all its figures.
    """

    id: int
    title: str | None
    file: str
    path: str
    published: str | None
    facts: int
    cells: Mapping[int, frozenset[float]]


def judge(issues: Sequence[Issue]) -> dict[int, Status]:
    """The status of each report by id, whatever the order in which they came.

    Two reports without a differing cell are duplicates; the fuller one counts (then the
    smaller `file`). Of the rest a report is superseded if any other is certainly later: by
    更正, 重新发布 or 修订 in the title, else by the day of publication. Where neither tells,
    all stay current, so that both figures are shown rather than the wrong one.
    """
    statuses: dict[int, Status] = {}
    distinct: list[Issue] = []
    # "Does not differ" is not transitive (a short report may agree with two that differ), so
    # the fullest choose first.
    for issue in sorted(issues, key=lambda one: (-one.facts, one.file, one.path)):
        if any(not _differ(issue, kept) for kept in distinct):
            statuses[issue.id] = "duplicate"
        else:
            distinct.append(issue)
    for issue in distinct:
        later = any(_is_later(other, issue) for other in distinct)
        statuses[issue.id] = "superseded" if later else "current"
    return statuses


def _differ(one: Issue, other: Issue) -> bool:
    """Whether a cell that both fill holds different values."""
    return any(one.cells[cell] != other.cells[cell] for cell in one.cells.keys() & other.cells)


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
    return issue.title is not None and any(mark in issue.title for mark in _MARKS)
