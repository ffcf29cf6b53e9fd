"""The data files of `bot/data` as validated objects."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.errors import DataError

_Model = TypeVar("_Model", bound=BaseModel)


def bot_data(name: str) -> str:
    """The text of one file of `bot/data`, UTF-8."""
    return files("bot").joinpath("data").joinpath(name).read_text(encoding="utf-8")


def load_table(name: str, model: type[_Model]) -> _Model:
    """One TOML file of `bot/data` as its model. Raises: DataError naming file and entry."""
    try:
        return model.model_validate(tomllib.loads(bot_data(name)))
    except tomllib.TOMLDecodeError as error:
        raise DataError(name, "全文", f"不是合格的 TOML：{error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(name, ".".join(map(str, first["loc"])), first["msg"]) from error
