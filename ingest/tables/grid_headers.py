"""The labels of columns above the rows: where the format draws columns, and where it does not."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from ingest.tables.alignment import MAX_PIECES
from ingest.tables.tokens import Place, Token, is_label
from knowledge.form import label_core


def stacked_labels(tokens: Iterable[Token]) -> dict[int, list[tuple[Place, list[Token]]]]:
    """For each grid its label cells, each with the labels that stand above it from the top,
    itself last; they begin in the same column of the grid."""
    columns: dict[tuple[int, int], list[Token]] = {}
    found: dict[int, list[tuple[Place, list[Token]]]] = {}
    for token in tokens:
        if token.place is None or not is_label(token):
            continue
        stack = columns.setdefault((token.place.grid, token.place.column), [])
        stack.append(token)
        found.setdefault(token.place.grid, []).append((token.place, stack[-MAX_PIECES:]))
    return found


def column_places(
    tokens: Sequence[Token],
    first_rows: Mapping[int, int],
    cores: Mapping[str, Iterable[str]],
    groups: Container[str],
) -> dict[int, dict[str, Place]]:
    """For each grid where the label of each column stands, by the id of the column.

    `first_rows` says for each grid at which token its first row of figures begins; the header
    is what stands above. `cores` are the ways in which each column's label is printed. A label
    may be broken over cells that stand under one another. One that stands twice in different
    columns is left out. `groups` are labels of groups of rows: one of them alone in front of the
    first row is no header (a table that goes on behind a page break).
    """
    owners = {core: column for column, known in cores.items() for core in known}
    header = [
        token
        for number, token in enumerate(tokens)
        if token.place is not None
        and number < first_rows.get(token.place.grid, -1)
        and label_core(token.text) not in groups
    ]
    places: dict[int, dict[str, Place]] = {}
    for grid, stacks in stacked_labels(header).items():
        found: dict[str, set[Place]] = {}
        for place, stack in stacks:
            joined = ""
            for token in reversed(stack):
                joined = label_core(token.text) + joined
                if joined in owners:
                    found.setdefault(owners[joined], set()).add(place)
        places[grid] = apart(
            {
                column: spots.pop()
                for column, spots in found.items()
                if len({(spot.column, spot.width) for spot in spots}) == 1
            }
        )
    return places


def apart(places: Mapping[str, Place]) -> dict[str, Place]:
    """Labels of columns cut off where the next one begins: what a label seems to cover there
    belongs to a cell that reaches down (总计 beside the last of the organisations)."""
    starts = sorted({place.column for place in places.values()})
    following = dict(zip(starts, starts[1:], strict=False))
    return {
        column: place._replace(
            width=min(place.width, following.get(place.column, 10**6) - place.column)
        )
        for column, place in places.items()
    }


def ordered_labels(
    tokens: Sequence[Token], cores_of: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The columns of a header, each with its label as printed, where no grid shows places.

    Their order in the text need not be the form's (spanned cells).

    A label torn over a page break (`社会公益` … `组织`) counts when its rest follows in the
    order of the columns. Columns printed in another order than the form's do not count.
    """
    pieces = [(number, label_core(t.text)) for number, t in enumerate(tokens) if is_label(t)]
    seen: dict[str, tuple[int, str]] = {}
    rests: list[tuple[str, int, str]] = []
    used: set[int] = set()
    for column, cores in cores_of.items():
        whole = next(
            (
                (n, size)
                for size in range(1, MAX_PIECES + 1)
                for n in range(len(pieces) - size + 1)
                if not used.intersection(range(n, n + size))
                and "".join(text for _, text in pieces[n : n + size]) in cores
            ),
            None,
        )
        if whole is not None:
            number, size = whole
            used.update(range(number, number + size))
            seen[column] = (
                number,
                "".join(tokens[pieces[k][0]].text for k in range(number, number + size)),
            )
            continue
        torn = next(
            (
                (n, core[len(text) :])
                for n, (_, text) in enumerate(pieces)
                for core in cores
                if n not in used and len(text) >= 2 and core.startswith(text)
            ),
            None,
        )
        if torn is not None:
            used.add(torn[0])
            rests.append((column, torn[0], torn[1]))
    last = -1
    for name, number, rest in rests:
        follow = next(
            (
                n
                for n in range(max(last, number) + 1, len(pieces))
                if n not in used and pieces[n][1] == rest
            ),
            None,
        )
        if follow is not None:
            used.add(follow)
            last = follow
            seen[name] = (number, pieces[number][1] + rest)
    order = [seen[c][0] for c in cores_of if c in seen and c != "total"]
    if order != sorted(order):
        return {}
    first = next(iter(cores_of))
    if "total" in seen and first in seen and seen["total"][0] < seen[first][0]:
        return {}  # the cell of 总计 reaches down beside the others, never in front of them
    return {name: printed for name, (_, printed) in seen.items()}
