"""The few errors that people get to see, each with what it is about as attributes."""

from __future__ import annotations


class ZhenwenError(Exception):
    """An error that one line explains; the message is that line, in Chinese."""


class UsageError(ZhenwenError):
    """The call itself is wrong: an unknown option, no such file or store (exit status 2)."""


class InputRejected(ZhenwenError):
    """One input cannot be used; it is named with its reason and the rest goes on (status 1)."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}：{reason}")
        self.file = file
        self.reason = reason


class DataError(ZhenwenError):
    """A data file of the project is wrong: names the file, the entry and what is wrong with it."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        super().__init__(f"数据文件 {file} 的 {entry}：{reason}")
        self.file = file
        self.entry = entry
        self.reason = reason


class StoreError(ZhenwenError):
    """The fact store is missing, empty, of another version or no store at all."""


class UnknownCell(ZhenwenError):
    """No edition of the form and no kind of statement has this item and column."""
