"""The commands that both front ends understand, and the fixed lines that they say."""

from __future__ import annotations

import re

COMMANDS = (
    ("start", "开始"),
    ("help", "能问什么，怎么问"),
    ("places", "库里有哪些镇"),
)
QUESTIONS = {"start": "帮助", "help": "帮助", "places": "有哪些镇"}
"""The question that a command stands for."""

GREETING = "我是镇问，查镇街《政府信息公开工作年度报告》里的数。\n每个数都有出处；库里没有的不猜。"
TRY = "直接写镇名、年份和想问的数，比如："

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{3,32}))?(?:\s+(.*))?", re.DOTALL)


def read_command(text: str) -> tuple[str, str | None] | None:
    """The command in a message, lower case, and the bot that it is addressed to, if any.

    >>> read_command("/help@zhenwen_bot")
    ('help', 'zhenwen_bot')
    >>> read_command("景芝镇2020年收到多少申请")
    """
    match = _COMMAND.fullmatch(text.strip())
    return None if match is None else (match[1].lower(), match[2])
