"""The data files of `bot/data` as validated objects."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel

from knowledge.tables import parse_table

_Model = TypeVar("_Model", bound=BaseModel)


def bot_data(name: str) -> str:
    """The text of one file of `bot/data`, UTF-8."""
    return files("bot").joinpath("data").joinpath(name).read_text(encoding="utf-8")


def load_table(name: str, model: type[_Model]) -> _Model:
    """One TOML file of `bot/data` as its model. Raises: DataError naming file and entry."""
    return parse_table(name, bot_data(name), model)


def tables_in(folder: str) -> tuple[str, ...]:
    """The TOML files in one folder of `bot/data`, in the order of their names, as `load_table`
    takes them."""
    inside = files("bot").joinpath("data").joinpath(folder).iterdir()
    return tuple(sorted(f"{folder}/{path.name}" for path in inside if path.name.endswith(".toml")))
