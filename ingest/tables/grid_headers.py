"""Where the labels of columns stand in tables whose columns the format draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
    tokens: Sequence[Token], first_rows: Mapping[int, int], cores: Mapping[str, Iterable[str]]
) -> dict[int, dict[str, Place]]:
    """For each grid where the label of each column stands, by the id of the column.

    `first_rows` says for each grid at which token its first row of figures begins; the header
    is what stands above. `cores` are the ways in which each column's label is printed. A label
    may be broken over cells that stand under one another. One that stands twice in different
    columns is left out.
    """
    owners = {core: column for column, known in cores.items() for core in known}
    header = [
        token
        for number, token in enumerate(tokens)
        if token.place is not None and number < first_rows.get(token.place.grid, -1)
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
