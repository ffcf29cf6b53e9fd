"""The one command: options in, one call, exit status out; alone in seeing all packages.

Exit status: 0 done, whatever the answer; 1 some input was rejected; 2 the call is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from knowledge.errors import UsageError, ZhenwenError
from knowledge.text import visible

if TYPE_CHECKING:
    from bot.conversation.assistant import Assistant
    from bot.wording.reply import Reply

DEFAULT_DB = "zhenwen.db"
DEFAULT_CONFIG = "config.toml"
MAX_LINE = 1_000_000
"""Bytes of one line of `--batch` or `chat`; a longer one is answered as too long, unread."""


class Status(IntEnum):
    """Exit statuses, as the contract promises them."""

    DONE = 0
    SOME_REJECTED = 1
    WRONG_CALL = 2


class _Parser(argparse.ArgumentParser):
    """Errors as one line in the words of the people who run it."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}：{_in_chinese(message)}（{self.prog} --help 有说明）")


def _in_chinese(message: str) -> str:
    for english, chinese in (
        ("unrecognized arguments: ", "不认识的选项："),
        ("the following arguments are required: ", "缺少："),
        ("expected one argument", "后面要跟一个值"),
        ("expected at least one argument", "后面至少要跟一个值"),
        ("invalid choice: ", "没有这个取值："),
        ("(choose from", "（可选"),
        ("argument ", "选项 "),
    ):
        message = message.replace(english, chinese)
    return message


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; every error that people can cause is one line on standard error."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        options = _parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], Status] = options.run
        if not sys.stdout:
            raise UsageError("标准输出是关着的，没有地方写结果")
        status = run(options)
        sys.stdout.flush()
        return status
    except ZhenwenError as error:
        _complain(str(error))
        return Status.WRONG_CALL
    except KeyboardInterrupt:
        _complain("已中断；已经收录的都在，再运行一次即可接着来")
        return 130
    except BrokenPipeError:
        _discard_output()
        return Status.DONE
    except OSError as error:
        where = f"{error.filename}：" if error.filename else "结果写不出去："
        _complain(f"{where}{error.strerror or error}")
        _discard_output()
        return Status.WRONG_CALL
    finally:
        if arguments is None:
            # The process ends now: Ctrl-C while Python shuts down would print a traceback.
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _complain(line: str) -> None:
    with suppress(OSError):  # standard error may be full or closed as well
        print(f"zhenwen: {visible(line)}", file=sys.stderr)


def _discard_output() -> None:
    """What standard output still holds is let go, or Python would try once more at its end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="zhenwen", description="镇问：向全国镇街的政府信息公开年报提问，每个数都有出处"
    )
    commands = parser.add_subparsers(
        title="命令", metavar="命令", required=True, parser_class=_Parser
    )

    def command(
        name: str, summary: str, run: Callable[[argparse.Namespace], Status]
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(run=run)
        if name not in ("bot", "show"):
            sub.add_argument(
                "--db",
                metavar="FILE",
                help=f"事实库（默认取 {DEFAULT_CONFIG}，再默认 {DEFAULT_DB}）",
            )
        return sub

    ingest = command("ingest", "把年报文件读进事实库；可以反复运行", _ingest)
    ingest.add_argument("paths", nargs="+", metavar="PATH", help="年报文件，或装着年报的文件夹")
    ingest.add_argument("--manifest", metavar="FILE", help="清单（默认是文件夹里的 manifest.csv）")
    ingest.add_argument("--json", action="store_true", help="每个文件输出一行 JSON")
    ingest.add_argument("--dry-run", action="store_true", help="只试读，不写进事实库")
    ingest.add_argument("--report", metavar="FILE", help="另把每个文件的结果写成 CSV 表")

    show = command("show", "看一个文件是怎么读的：单位年度的凭据、章节、表格、正文的数", _show)
    show.add_argument("file", metavar="FILE", help="年报文件；压缩包里的写作 a.zip/里面的名字")
    show.add_argument("--manifest", metavar="FILE", help="清单（默认是文件旁边的 manifest.csv）")

    ask = command("ask", "问一个问题", _ask)
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument("--json", action="store_true", help="输出 JSON")
    ask.add_argument("--csv", action="store_true", help="把回答里的数连同出处输出成 CSV 表")
    ask.add_argument(
        "--batch", metavar="FILE", help="每行一个问题，每行输出一个 JSON；- 表示标准输入"
    )
    ask.add_argument("--today", metavar="YYYY-MM-DD", help="把这一天当作今天（影响“去年”）")
    ask.add_argument(
        "--explain", action="store_true", help="逐步说明怎么理解、怎么查、各步用时，再给回答"
    )

    audit = command("audit", "核对：报告自己、前后两年、不同报告之间哪里对不上", _audit)
    audit.add_argument("--json", action="store_true", help="输出 JSON")

    export = command("export", "导出全部数据，一行一个数", _export)
    export.add_argument("--format", choices=("csv", "jsonl", "parquet"), default="csv")
    export.add_argument("-o", "--output", metavar="FILE", help="写到文件（默认标准输出）")

    chat = command("chat", "在终端里对话", _chat)
    chat.add_argument("--json", action="store_true", help="每条消息输出一行 JSON")
    chat.add_argument("--today", metavar="YYYY-MM-DD", help="把这一天当作今天")

    bot = command("bot", "运行 Telegram 机器人", _bot)
    bot.add_argument("--config", metavar="FILE", help=f"配置文件（默认 {DEFAULT_CONFIG}）")
    return parser


def _store_path(given: str | None) -> Path:
    """`--db`, else the store of `./config.toml` where there is one, else `zhenwen.db` here."""
    if given is not None:
        return Path(given)
    if Path(DEFAULT_CONFIG).is_file():
        from bot.telegram.settings import load_settings

        return load_settings(Path(DEFAULT_CONFIG)).store.path
    return Path(DEFAULT_DB)


def _ingest(options: argparse.Namespace) -> Status:
    from ingest.running.summary import run_ingest

    all_taken = run_ingest(
        [Path(path) for path in options.paths],
        _store_path(options.db),
        manifest=Path(options.manifest) if options.manifest else None,
        as_json=options.json,
        report=Path(options.report) if options.report else None,
        dry_run=options.dry_run,
    )
    return Status.DONE if all_taken else Status.SOME_REJECTED


def _show(options: argparse.Namespace) -> Status:
    from ingest.inspection import inspect_file

    manifest = Path(options.manifest) if options.manifest else None
    taken, lines = inspect_file(Path(options.file), manifest)
    for line in lines:
        print(visible(line))
    return Status.DONE if taken else Status.SOME_REJECTED


def _today(given: str | None) -> Callable[[], date]:
    if given is None:
        return date.today
    try:
        fixed = date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"--today 应写作 2021-03-01 的样子，写的是“{given[:20]}”") from None
    return lambda: fixed


@contextmanager
def _assistant(db: str | None, today: str | None, with_data: bool) -> Iterator[Assistant]:
    from bot.conversation.assistant import Assistant
    from knowledge.store import open_for_reading

    clock = _today(today)
    with open_for_reading(_store_path(db)) as store:
        yield Assistant(store, clock, with_data=with_data)


def _ask(options: argparse.Namespace) -> Status:
    if (options.question is None) == (options.batch is None):
        raise UsageError("ask 要么跟一个问题，要么用 --batch FILE")
    if options.explain and (options.batch is not None or options.json):
        raise UsageError("--explain 不能和 --batch、--json 一起用")
    if options.csv and (options.batch is not None or options.json or options.explain):
        raise UsageError("--csv 不能和 --batch、--json、--explain 一起用")
    with_data = options.json or options.csv or options.batch is not None
    with _assistant(options.db, options.today, with_data) as assistant:
        if options.batch is not None:
            with _lines(options.batch) as lines:
                for line in lines:
                    print(assistant.ask(line).json_line(), flush=True)
            return Status.DONE
        if options.explain:
            from bot.conversation.explaining import explain

            for line in explain(assistant, options.question):
                print(visible(line) if "\n" not in line else line)
            return Status.DONE
        reply = assistant.ask(options.question)
        if options.csv:
            _print_table(reply)
        else:
            print(reply.json_line() if options.json else reply.text)
    return Status.DONE


def _print_table(reply: Reply) -> None:
    """All figures of a reply as CSV; without any, its words where they are no part of the table."""
    from bot.wording.table import as_csv, make_table

    rows, _ = make_table(reply.data)
    sys.stdout.buffer.write(as_csv(rows).encode())  # print would change the line ends on Windows
    if not rows:
        for line in reply.text.splitlines():
            print(visible(line), file=sys.stderr)


@contextmanager
def _lines(name: str) -> Iterator[Iterator[str]]:
    if name == "-":
        yield _split_lines(sys.stdin.buffer)
        return
    path = Path(name)
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path}：读不出来（{error.strerror}）") from error
    with file:
        yield _split_lines(file)


def _split_lines(file: BinaryIO) -> Iterator[str]:
    """Lines that end at LF or CRLF only; a BOM is ignored; each is at most MAX_LINE bytes."""
    first = True
    while True:
        line = file.readline(MAX_LINE)
        if not line:
            return
        whole = line.endswith(b"\n")
        if not whole:
            while (more := file.readline(MAX_LINE)) and not more.endswith(b"\n"):
                pass
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        yield line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", errors="replace")


def _audit(options: argparse.Namespace) -> Status:
    from bot.wording.audit_page import problem_json, problem_lines
    from knowledge.audit import find_problems
    from knowledge.store import open_for_reading

    with open_for_reading(_store_path(options.db)) as store:
        problems = find_problems(store)
        if not options.json:
            for line in problem_lines(problems):
                print(visible(line))
            return Status.DONE
        # A line an object, so that a list over all of China need not fit in memory.
        separator = "["
        for problem in problems:
            print(separator + json.dumps(problem_json(problem), ensure_ascii=False))
            separator = ","
        print("]" if separator == "," else "[]")
    return Status.DONE


def _export(options: argparse.Namespace) -> Status:
    from knowledge.export import export
    from knowledge.store import open_for_reading

    path = _store_path(options.db)
    with open_for_reading(path) as store:
        target = Path(options.output) if options.output else sys.stdout.buffer
        if isinstance(target, Path) and target.exists() and target.samefile(path):
            raise UsageError(f"-o {target} 就是事实库本身，写上去会毁掉它：请换一个文件名")
        export(store, options.format, target)
    return Status.DONE


def _chat(options: argparse.Namespace) -> Status:
    from bot.conversation.terminal import converse, converse_by_lines

    with _assistant(options.db, options.today, options.json) as assistant:
        if options.json or not sys.stdin.isatty():
            converse_by_lines(assistant, _split_lines(sys.stdin.buffer), options.json)
        else:
            converse(assistant)
    return Status.DONE


def _bot(options: argparse.Namespace) -> Status:
    from bot.telegram.front import run_bot
    from bot.telegram.settings import load_settings

    run_bot(load_settings(Path(options.config or DEFAULT_CONFIG)))
    return Status.DONE


if __name__ == "__main__":
    sys.exit(main())
