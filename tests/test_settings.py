"""`config.toml`: what is read, and the one line for each mistake."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.telegram.redaction import MaskingFormatter, hide, masked
from bot.telegram.settings import TABLES, TOKEN_VARIABLE, Settings, load_settings, read_token
from knowledge.errors import UsageError
from tests.botapi import TOKEN

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
OTHER_TOKEN = "998877665:AAHfromTheEnvironment_0123456789abc"


@pytest.fixture(autouse=True)
def _no_token_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)


def load(folder: Path, text: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load_settings(path)


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        load(folder, text)
    line = str(caught.value)
    assert "\n" not in line
    assert str(folder / "config.toml") in line
    return line


def test_an_empty_file_has_all_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert settings.store.path == Path("zhenwen.db")
    assert settings.telegram.base_url == "https://api.telegram.org/bot"
    assert settings.telegram.state == tmp_path / "zhenwen-state.db"
    assert settings.logging.level == "INFO"


def test_paths_count_from_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = '[store]\npath = "a/z.db"\n[telegram]\nstate = "/var/s.db"\ntoken_file = "t"\n'
    load(tmp_path, config)
    monkeypatch.chdir(tmp_path)
    settings = load_settings(Path("config.toml"))
    assert settings.store.path == tmp_path / "a/z.db"
    assert settings.telegram.state == Path("/var/s.db")
    assert settings.telegram.token_file == tmp_path / "t"


def test_every_kind_of_value_is_read(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "\ufeff[telegram]\nmax_age = 5\nconcurrent_updates = 4\npoll_timeout = 7\n"
        'proxy = "http://127.0.0.1:7890"\nper_user_per_minute = 99\n[logging]\nlevel = "debug"\n',
    )
    assert settings.telegram.max_age == 5
    assert settings.telegram.proxy == "http://127.0.0.1:7890"
    assert settings.logging.level == "DEBUG"


def test_the_example_is_valid_and_mentions_every_key(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert load(tmp_path, text).store.path == tmp_path / "zhenwen.db"
    tables: dict[str, str] = {}
    for part in text.split("\n[")[1:]:
        name, _, body = part.partition("]")
        tables[name] = body
    assert list(tables) == list(TABLES) == list(Settings.model_fields)
    for name, model in TABLES.items():
        for key in model.model_fields:
            assert f"\n{key} = " in tables[name] or f"\n# {key} = " in tables[name], key


def test_the_values_of_the_example_are_the_defaults(tmp_path: Path) -> None:
    optional = ("token =", "token_file =", "proxy =")
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    chosen = [
        line.removeprefix("# ")
        for line in lines
        if line.startswith("# ") and " = " in line and not line[2:].startswith(optional)
    ]
    written = {line.partition(" = ")[0]: line for line in chosen}
    settings, defaults = TABLES["telegram"].model_fields, load(tmp_path, "").telegram
    for key in settings.keys() & written.keys() - {"state"}:
        told = load(tmp_path, f"[telegram]\n{written[key]}\n").telegram
        assert getattr(told, key) == getattr(defaults, key), key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[telegram]\ntokn = 1\n", ("[telegram]", "“tokn”", "“token”")),
        ("[telegramm]\n", ("[telegramm]", "[telegram]")),
        ('token = "x"\n', ("“token”", "[telegram]")),
        ('telegram = "x"\n', ("telegram", "表")),
        ("[store]\npath = 3\n", ("[store] path", "3")),
        ('[store]\npath = ""\n', ("[store] path",)),
        ('[telegram]\nconcurrent_updates = "16"\n', ("concurrent_updates", "整数", "16")),
        ("[telegram]\nconcurrent_updates = true\n", ("concurrent_updates", "整数")),
        ("[telegram]\npoll_timeout = 0\n", ("poll_timeout", "1 到 50")),
        ("[telegram]\nmax_age = -1\n", ("max_age", "不小于 0")),
        ('[telegram]\nbase_url = "api.telegram.org/bot"\n', ("base_url", "网址")),
        ('[telegram]\nproxy = "127.0.0.1:1"\n', ("proxy", "代理")),
        ('[logging]\nlevel = "loud"\n', ("level", "INFO")),
        ("[telegram\n", ("TOML", "第 1 行")),
        ('[telegram]\ntoken = "x"\ntoken_file = "y"\n', ("token_file", "只能写一个")),
    ],
)
def test_a_mistake_is_named_with_its_way_out(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    line = complaint(tmp_path, text)
    assert all(word in line for word in words), line


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path, word in ((tmp_path / "no.toml", "config.example.toml"), (tmp_path, "文件夹")):
        with pytest.raises(UsageError, match=word):
            load_settings(path)
    (tmp_path / "gbk.toml").write_bytes("# 镇问".encode("gbk"))
    with pytest.raises(UsageError, match="UTF-8"):
        load_settings(tmp_path / "gbk.toml")


@pytest.mark.parametrize(
    "text",
    [
        f"[telegram]\ntoken = {TOKEN}\n",
        f'[telegram]\ntoken = ["{TOKEN}"]\n',
        f'[telegram]\nbase_url = "{TOKEN}"\n',
        f'[telegram]\ntokenn = "{TOKEN}"\n',
    ],
)
def test_no_message_holds_the_token(tmp_path: Path, text: str) -> None:
    assert TOKEN.partition(":")[2] not in complaint(tmp_path, text)


def test_the_token_is_hidden_in_the_settings(tmp_path: Path) -> None:
    assert TOKEN not in repr(load(tmp_path, f'[telegram]\ntoken = "{TOKEN}"\n'))


def test_where_the_token_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(TOKEN + "\n", encoding="utf-8")
    (tmp_path / "secret").chmod(0o600)
    in_config = load(tmp_path, f'[telegram]\ntoken = "{TOKEN}"\ntoken_file = ""\n')
    in_file = load(tmp_path, '[telegram]\ntoken_file = "secret"\n')
    assert read_token(in_config) == read_token(in_file) == TOKEN
    monkeypatch.setenv(TOKEN_VARIABLE, OTHER_TOKEN)
    assert read_token(in_config) == read_token(in_file) == OTHER_TOKEN
    monkeypatch.setenv(TOKEN_VARIABLE, " ")
    assert read_token(in_config) == TOKEN


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "@BotFather"),
        ('[telegram]\ntoken = ""\n', "@BotFather"),
        ('[telegram]\ntoken = "在此填写"\n', "不像"),
        ('[telegram]\ntoken_file = "gone"\n', "gone"),
    ],
)
def test_a_token_that_is_missing_or_odd_is_one_line(tmp_path: Path, text: str, word: str) -> None:
    settings = load(tmp_path, text)
    with pytest.raises(UsageError, match=word) as caught:
        read_token(settings)
    assert "\n" not in str(caught.value)


def test_a_token_that_everybody_can_read_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = load(tmp_path, f'[telegram]\ntoken = "{TOKEN}"\n')
    read_token(settings)
    assert caplog.records == []
    (tmp_path / "config.toml").chmod(0o644)
    assert read_token(settings) == TOKEN
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    assert "chmod 600" in caplog.text
    assert TOKEN not in caplog.text


def test_tokens_are_masked_in_messages_and_traces() -> None:
    try:
        raise OSError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except OSError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "at %s", (TOKEN,), (OSError, error, error.__traceback__)
        )
    printed = MaskingFormatter("%(message)s").format(record)
    assert "Traceback" in printed
    assert TOKEN not in printed
    assert "AAHdqTcv" not in printed
    assert masked(TOKEN.replace(":", "%3A")) == "<token>"
    hide("http://user:pass@proxy")
    assert masked("by http://user:pass@proxy!") == "by <token>!"
