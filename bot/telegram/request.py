"""Requests to the Bot API that are repeated where that cannot double a message."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpx
from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest, RequestData

from bot.telegram.redaction import masked
from bot.telegram.settings import Settings
from knowledge.errors import UsageError

WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each further try, about a minute in all; a question is stale after that."""

MAX_RATE_WAITS = 5
MAX_RETRY_AFTER = 120
"""Longer than this nobody waits for a reply; it is given up and logged."""

GATEWAY_ERRORS = frozenset({429, 500, 502, 503, 504, *range(520, 531)})
"""Statuses that Telegram or a gateway before it may answer with a page instead of JSON."""

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Failures before the first byte of the request was sent."""

REPEATABLE = frozenset(
    {
        "getMe",
        "deleteWebhook",
        "setMyCommands",
        "answerCallbackQuery",
        "editMessageText",
    }
)
"""Methods that do no harm twice, so even a lost answer is no reason to give up."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class NotBotApiError(NetworkError):
    """An answer that neither the Bot API nor a gateway before it gives: a wrong base_url."""


class StoppedError(Exception):
    """The process was told to end while something was waited for."""


class Stopping:
    """That the process was told to end, and until when what has begun may go on."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.deadline = float("inf")

    def stop(self, grace: float) -> None:
        self.deadline = min(self.deadline, time.monotonic() + grace)
        self.event.set()

    async def sleep(self, seconds: float) -> bool:
        """Wait; False, at once, if the process ends before the time is up."""
        until = time.monotonic() + seconds
        if not self.event.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.event.wait(), seconds)
        if until > self.deadline:
            return False
        await asyncio.sleep(max(0.0, until - time.monotonic()))
        return True

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work. Raises: StoppedError, with the work cancelled."""
        task = asyncio.create_task(work)
        told = asyncio.create_task(self.event.wait())
        try:
            await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise StoppedError
        finally:
            told.cancel()
            task.cancel()
            await asyncio.gather(task, told, return_exceptions=True)


class RetryingRequest(HTTPXRequest):
    """Repeats what was refused (429, 502) or never sent; a send that may have arrived is not."""

    def __init__(self, stopping: Stopping, **options: Any) -> None:
        super().__init__(**options)
        self.stopping = stopping
        self.waits: tuple[float, ...] = WAITS

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> tuple[int, bytes]:
        """As HTTPXRequest, but errors of HTTP and answers that are no JSON are NetworkErrors."""
        name = url.rpartition("/")[2]
        waits = iter(self.waits)
        rate_waits = MAX_RATE_WAITS if self.waits else 0
        while True:
            failure: TelegramError
            wait: float | None = None
            try:
                status, body = await super().do_request(url, method, request_data, *args, **kwargs)
            except NetworkError as error:  # TimedOut is one, too
                failure = error
                if isinstance(error.__cause__, UNSENT) or name in REPEATABLE:
                    wait = next(waits, None)
            else:
                answer = _parsed(body)
                seconds = _retry_after(answer) if status == 429 else None
                if seconds is not None:
                    failure = RetryAfter(seconds)
                    if rate_waits > 0 and seconds <= MAX_RETRY_AFTER:
                        rate_waits, wait = rate_waits - 1, seconds
                elif status >= 500 or answer is None:
                    kind = NetworkError if status in GATEWAY_ERRORS else NotBotApiError
                    failure = kind(f"HTTP {status}")
                    if status == 502 or (status >= 500 and name in REPEATABLE):
                        wait = next(waits, None)
                else:
                    return status, body
            if wait is None or not await self.stopping.sleep(wait):
                raise failure
            log.info("%s 没有送出（%s），再试一次", name, type(failure).__name__)


def make_requests(
    settings: Settings, stopping: Stopping
) -> tuple[RetryingRequest, RetryingRequest]:
    """For sending, and for polling alone, so that neither waits for the other.

    Raises: UsageError for a proxy that cannot be used.
    """
    options: dict[str, Any] = {"connect_timeout": 10, "write_timeout": 20, "pool_timeout": 5}
    if settings.telegram.proxy:
        options["proxy"] = settings.telegram.proxy
    try:
        request = RetryingRequest(stopping, read_timeout=20, connection_pool_size=64, **options)
        polling = RetryingRequest(stopping, read_timeout=10, connection_pool_size=4, **options)
    except (RuntimeError, ValueError, ImportError) as error:
        raise UsageError(
            f"{settings.file}：[telegram] proxy 或代理环境变量用不了（{masked(str(error))}）；"
            '用 socks5 代理要先运行 pip install "python-telegram-bot[socks]"'
        ) from None
    polling.waits = ()  # its loop has its own patience
    return request, polling


def _parsed(body: bytes) -> dict[str, Any] | None:
    """The JSON object of an answer; None for a proxy's page and the like."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _retry_after(answer: dict[str, Any] | None) -> int:
    parameters = (answer or {}).get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return seconds if isinstance(seconds, int) and seconds > 0 else 1
