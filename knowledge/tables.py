"""Data files as validated objects: one TOML file, one model."""

from __future__ import annotations

import tomllib
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.errors import DataError
from knowledge.text import data_text

_Model = TypeVar("_Model", bound=BaseModel)


def load_table(name: str, model: type[_Model]) -> _Model:
    """One TOML file of `knowledge/data` as its model. Raises: DataError naming file and entry."""
    return parse_table(name, data_text(name), model)


def parse_table(name: str, text: str, model: type[_Model]) -> _Model:
    """The text of a data file as its model. Raises: DataError naming file and entry."""
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DataError(name, "全文", f"不是合格的 TOML：{error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(name, ".".join(map(str, first["loc"])), first["msg"]) from error
