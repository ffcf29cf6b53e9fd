"""`config.toml`: read, checked, its paths resolved; every mistake is one line with its way out."""

from __future__ import annotations

import difflib
import logging
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails

from bot.telegram.redaction import masked
from knowledge.errors import UsageError

TOKEN_VARIABLE = "ZHENWEN_TELEGRAM_TOKEN"
EXAMPLE = "config.example.toml"
SECRET_KEYS = frozenset({"token", "proxy"})
"""Keys whose values appear in no message."""

_TOKEN_SHAPE = re.compile(r"[A-Za-z0-9:_-]+")
"""Only what cannot stand in a URL is refused here; whether a token is right, Telegram says."""

_BASE_URL = re.compile(r"https?://[^/\s]\S*")
_PROXY = re.compile(r"(https?|socks5h?)://\S+")

log = logging.getLogger(__name__)


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _beside_config(path: Path | None, info: ValidationInfo) -> Path | None:
    """A relative path counts from the folder of the config file."""
    folder: Path = (info.context or {}).get("folder", Path())
    return None if path is None else folder / path.expanduser()


def _filled(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ValueError("blank")
    return value


def _matching(pattern: re.Pattern[str]) -> AfterValidator:
    def check(value: str | None) -> str | None:
        if value is not None and not pattern.fullmatch(value):
            raise ValueError("shape")
        return value

    return AfterValidator(check)


FilePath = Annotated[
    Path, Field(strict=False), BeforeValidator(_filled), AfterValidator(_beside_config)
]
OptionalPath = Annotated[
    Annotated[Path, Field(strict=False)] | None,
    BeforeValidator(_blank_is_none),
    AfterValidator(_beside_config),
]


class _Table(BaseModel):
    """A table of the file. The description of a field completes “应是……” in its error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class StoreSettings(_Table):
    path: FilePath = Field(default=Path("zhenwen.db"), description="事实库的文件路径（字符串）")


class TelegramSettings(_Table):
    token: Annotated[SecretStr | None, BeforeValidator(_blank_is_none)] = Field(
        default=None, description="一个字符串（加引号）"
    )
    token_file: OptionalPath = Field(
        default=None, description="只装着 token 的文件的路径（字符串）"
    )
    base_url: Annotated[str, _matching(_BASE_URL)] = Field(
        default="https://api.telegram.org/bot",
        description="网址，token 直接接在后面，例如 https://api.telegram.org/bot",
    )
    proxy: Annotated[str | None, BeforeValidator(_blank_is_none), _matching(_PROXY)] = Field(
        default=None,
        description="代理的网址，例如 http://127.0.0.1:7890 或 socks5://127.0.0.1:1080",
    )
    concurrent_updates: int = Field(default=16, ge=1, le=256, description="1 到 256 的整数")
    poll_timeout: int = Field(default=30, ge=1, le=50, description="1 到 50 的整数（秒）")
    max_age: float = Field(default=0, ge=0, description="不小于 0 的数（分钟；0 表示都回答）")
    per_user_per_minute: int = Field(default=120, ge=1, description="不小于 1 的整数")
    state: FilePath = Field(
        default=Path("zhenwen-state.db"), validate_default=True, description="文件路径（字符串）"
    )

    @model_validator(mode="after")
    def _one_token(self) -> TelegramSettings:
        if self.token is not None and self.token_file is not None:
            raise ValueError("two tokens")
        return self


class LoggingSettings(_Table):
    level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
    ] = Field(default="INFO", description="DEBUG、INFO、WARNING、ERROR 之一")


class Settings(_Table):
    """Everything that `config.toml` says; `file` is the file itself."""

    store: StoreSettings = StoreSettings()
    telegram: TelegramSettings = TelegramSettings()
    logging: LoggingSettings = LoggingSettings()
    _file: Path = PrivateAttr(default=Path("config.toml"))

    @property
    def file(self) -> Path:
        return self._file


TABLES: dict[str, type[_Table]] = {
    "store": StoreSettings,
    "telegram": TelegramSettings,
    "logging": LoggingSettings,
}


def load_settings(path: Path) -> Settings:
    """The settings of a file; no token is needed or looked for.

    Raises: UsageError with one line that names the file, the key, the reason and the way out.
    """
    content = _content(path)
    content.setdefault("telegram", {})  # its default state file lies beside the config
    try:
        settings = Settings.model_validate(content, context={"folder": path.absolute().parent})
    except ValidationError as error:
        raise UsageError(f"{path}：{masked(_complaint(error.errors()[0], content))}") from None
    settings._file = path
    return settings


def _content(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"没有找到配置文件 {path}：请把 {EXAMPLE} 复制成 {path.name} 再填写，或用 --config 指明"
        ) from None
    except IsADirectoryError:
        raise UsageError(f"{path} 是文件夹：请用 --config 指明里面的 config.toml") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} 不是 UTF-8 文本：请用 UTF-8 编码另存") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"配置文件 {path} 读不出来（{reason}）：请检查路径和权限") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f"第 {place[1]} 行第 {place[2]} 列" if place else "文件末尾"
        raise UsageError(
            f"{path} {where}不合 TOML 的写法：字符串要加引号，"
            f"同一个表或项只能写一次（参照 {EXAMPLE}）"
        ) from None


def _complaint(error: ErrorDetails, content: dict[str, Any]) -> str:
    where = [str(part) for part in error["loc"]]
    if not where or where[0] not in TABLES:
        name = where[0] if where else ""
        owner = next((t for t, model in TABLES.items() if name in model.model_fields), None)
        if owner is not None and not isinstance(content.get(name), dict):
            return f"“{name}”要写在 [{owner}] 下面"
        return f"没有 [{name}] 这个表{_nearest(name, TABLES, '[{}]')}（参照 {EXAMPLE}）"
    table = where[0]
    if len(where) == 1:
        if error["type"] == "value_error":
            return "[telegram] 的 token 和 token_file 只能写一个：请删去其中一个"
        return f"“{table}”应是一个表：写成单独一行 [{table}]，下面再写各项"
    key, fields = where[1], TABLES[table].model_fields
    if key not in fields:
        return f"[{table}] 里没有“{key}”这一项{_nearest(key, fields, '“{}”')}（参照 {EXAMPLE}）"
    written = "" if key in SECRET_KEYS else f"，写的是 {str(error['input'])[:60]!r}"
    return f"[{table}] {key} 应是{fields[key].description}{written}"


def _nearest(name: str, known: dict[str, Any], shape: str) -> str:
    near = difflib.get_close_matches(name.lower(), known, 1, 0.5)
    if near:
        return f"，是不是{shape.format(near[0])}？"
    return f"，可用的有：{'、'.join(shape.format(k) for k in known)}"


def read_token(settings: Settings) -> str:
    """The bot's token: from the environment, else the config, else the file that it names.

    A file that everybody may read is warned of, once.
    Raises: UsageError with one line, which never holds the token.
    """
    telegram = settings.telegram
    if telegram.token is not None:
        _warn_if_readable(settings.file)
    if token := os.environ.get(TOKEN_VARIABLE, "").strip():
        return _of_shape(token, f"环境变量 {TOKEN_VARIABLE}")
    if telegram.token is not None:
        return _of_shape(telegram.token.get_secret_value().strip(), f"{settings.file} 的 token")
    if telegram.token_file is not None:
        _warn_if_readable(telegram.token_file)
        try:
            token = telegram.token_file.read_text(encoding="utf-8-sig").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "不是文本文件"
            raise UsageError(
                f"{settings.file}：[telegram] token_file 指的 {telegram.token_file} "
                f"读不出来（{reason}）：请检查路径和权限"
            ) from None
        return _of_shape(token, f"{telegram.token_file} 里的 token")
    raise UsageError(
        f"{settings.file} 没有给出机器人的 token：请向 @BotFather 申请，"
        f"写进 [telegram] token，或设环境变量 {TOKEN_VARIABLE}"
    )


def _of_shape(token: str, source: str) -> str:
    if not _TOKEN_SHAPE.fullmatch(token):
        raise UsageError(
            f"{source} 不像 Telegram 的 token：应是一串数字、冒号、再一串字母，"
            "请照 @BotFather 给的原样填写"
        )
    return token


def _warn_if_readable(path: Path) -> None:
    try:
        open_to_all = os.name == "posix" and path.stat().st_mode & 0o004
    except OSError:
        return
    if open_to_all:
        log.warning("%s 里有 token，却人人可读：请运行 chmod 600 %s", path, path)
