"""The life of the bot's process: connect, poll for updates, end cleanly when told to."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from typing import Any

from telegram import Bot, BotCommand
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Application

from bot.conversation.commands import COMMANDS
from bot.telegram.redaction import masked
from bot.telegram.request import (
    WAITS,
    NotBotApiError,
    RetryingRequest,
    StoppedError,
    Stopping,
)
from bot.telegram.settings import Settings
from knowledge.errors import UsageError, ZhenwenError

START_SECONDS = 30.0
"""A server may be up before its network is."""

GRACE_SECONDS = 3.0
"""For replies that are on their way when the process is told to end."""

MAX_REFUSALS = 3
"""Refusals of the token in a row after which it counts as revoked, not as a proxy's mistake."""

ALLOWED_UPDATES = ("message", "edited_message", "callback_query")

AnyApplication = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)


async def serve(
    app: AnyApplication, request: RetryingRequest, settings: Settings, stopping: Stopping
) -> None:
    """Run until SIGTERM or SIGINT; `request` is what the app sends with.

    Raises: UsageError if Telegram refuses the token, ZhenwenError if it cannot be reached at
    the start; each one line.
    """
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(name, stopping.stop, GRACE_SECONDS)
    poller = Poller(app, settings, stopping)
    try:
        request.waits = ()  # connecting has its own patience
        await stopping.unless_stopped(_connect(app, settings))
        request.waits = WAITS
        await app.start()
        log.info("已连上 Telegram，机器人是 @%s", app.bot.username)
        app.create_task(_announce_commands(app.bot))
        await poller.run()
    except StoppedError:
        pass
    finally:
        stopping.stop(GRACE_SECONDS)
        await _end(app, poller)
    log.info("已停止")


async def _connect(app: AnyApplication, settings: Settings) -> None:
    until, wait, told = time.monotonic() + START_SECONDS, 0.5, False
    where = f"{settings.file} 的 [telegram] base_url 和 proxy"
    while True:
        try:
            return await app.initialize()
        except InvalidToken:
            raise UsageError(
                f"Telegram 不认这个 token：请照 @BotFather 给的核对 {settings.file}；"
                "如果改过 base_url，也请核对它"
            ) from None
        except RetryAfter as error:
            reason, wait = error.message, max(wait, _seconds(error))
        except (NotBotApiError, KeyError, TypeError, ValueError):
            raise UsageError(f"base_url 那里回答的不是 Telegram Bot API：请核对 {where}") from None
        except TelegramError as error:
            reason = error.message
        reason = masked(reason)
        if time.monotonic() + wait > until:
            raise ZhenwenError(f"连不上 Telegram（{reason}）：请检查网络，以及 {where}")
        if not told:
            log.warning("连不上 Telegram（%s），%d 秒内会继续试", reason, START_SECONDS)
            told = True
        await asyncio.sleep(wait)
        wait = min(wait * 2, 5.0)


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after if isinstance(after, int) else after.total_seconds()


async def _announce_commands(bot: Bot) -> None:
    try:
        await bot.set_my_commands([BotCommand(name, text) for name, text in COMMANDS])
    except TelegramError as error:
        log.warning("没能登记命令菜单（%s），不影响回答", masked(error.message))


class Poller:
    """Asks for updates and queues them; a lost network is waited out, whatever it takes.

    PTB's own loop cannot be interrupted while it waits after an error, and ends silently when
    the token is refused.
    """

    def __init__(self, app: AnyApplication, settings: Settings, stopping: Stopping) -> None:
        self.app = app
        self.settings = settings
        self.stopping = stopping
        self.offset = 0
        self.confirmed = 0
        self._wait = 0.0
        self._trouble = ""
        self._refusals = 0

    async def run(self) -> None:
        """Poll until stopped. Raises: UsageError if the token was revoked."""
        webhook = True
        while not self.stopping.event.is_set():
            try:
                if webhook:  # one left over from elsewhere would forbid polling
                    await self.stopping.unless_stopped(self._drop_webhook())
                    webhook = False
                await self.stopping.unless_stopped(self._poll())
            except StoppedError:
                return
            except InvalidToken as error:
                self._refusals += 1
                if self._refusals >= MAX_REFUSALS:
                    raise UsageError(
                        f"Telegram 不再认这个 token：请向 @BotFather 核对，再改 {self.settings.file}"
                    ) from None
                self._worse(error)
            except Conflict as error:
                self._worse(error, "另一个程序也在用这个 token 收消息（409），请只留一个")
            except RetryAfter as error:
                self._worse(error)
                self._wait = max(self._wait, _seconds(error))
            except (TelegramError, KeyError, TypeError, ValueError) as error:
                self._worse(error)
            else:
                self._well()
            if self._wait and not await self._pause():
                return

    async def _drop_webhook(self) -> None:
        try:
            await self.app.bot.delete_webhook()
        except (NetworkError, RetryAfter) as error:
            if not isinstance(error, BadRequest):
                raise
        except TelegramError as error:
            # If one is really left, polling itself will say so (409).
            log.info("没能清除 webhook：%s", masked(error.message))

    async def _pause(self) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.event.wait(), self._wait)
        return not self.stopping.event.is_set()

    async def _poll(self) -> None:
        asked = self.offset
        updates = await self.app.bot.get_updates(
            offset=asked or None,
            timeout=self.settings.telegram.poll_timeout,
            allowed_updates=ALLOWED_UPDATES,
        )
        self.confirmed = asked
        for update in updates:
            self.app.update_queue.put_nowait(update)
            self.offset = update.update_id + 1

    def _worse(self, error: Exception, told: str | None = None) -> None:
        """Wait longer before the next try; say what is wrong once, until it is something else."""
        self._wait = min(max(self._wait * 1.5, 1.0), 10.0)
        said = told or f"收不到消息（{masked(str(error)) or type(error).__name__}），会一直重试"
        if said != self._trouble:
            self._trouble = said
            log.warning("%s", said)

    def _well(self) -> None:
        if self._trouble:
            log.info("又能收到消息了")
        self._wait, self._trouble, self._refusals = 0.0, "", 0

    async def confirm(self) -> None:
        """Tell Telegram which updates need not come again."""
        if self.offset > self.confirmed:
            with contextlib.suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await self.app.bot.get_updates(
                        offset=self.offset, timeout=0, allowed_updates=ALLOWED_UPDATES
                    )


async def _end(app: AnyApplication, poller: Poller) -> None:
    """Let replies under way finish, for a few seconds; then end whatever is left."""

    async def finish() -> None:
        if app.running:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await app.stop()

    await asyncio.gather(finish(), poller.confirm())
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    with contextlib.suppress(TimeoutError, TelegramError):
        async with asyncio.timeout(1):
            await app.shutdown()
