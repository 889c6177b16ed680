"""Messages on their way to a platform: in order, again after a passing failure, never again after a refusal."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

logger = logging.getLogger(__name__)
# It writes whole addresses, and Telegram's hold the token.
logging.getLogger("httpx").setLevel(logging.WARNING)

Message = dict[str, Any]
Send = Callable[[str, Message], Awaitable[None]]

Judge = Callable[[httpx.Response], "SendError"]

#: In seconds, for one call of a platform.
TIMEOUT = 10.0
#: So often a message is tried; the waits between double from `FIRST_WAIT` seconds, each with up to half as much again.
ATTEMPTS = 6
FIRST_WAIT = 0.5
#: What a platform asks us to wait is respected up to here; a message that must wait longer is given up.
LONGEST_WAIT = 120.0
#: Refusals that may be over later: a timeout, a conflict, too early, too many.
PASSING = {408, 409, 425, 429}


class SendError(Exception):
    """A message that a platform did not take; `permanent` when trying again cannot help."""

    def __init__(self, reason: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.retry_after = retry_after


class Caller:
    """Calls a platform's programming interface; the address and the tokens never reach the log."""

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        # Reading the certificates takes longer than a whole call.
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, *, judge: "Judge | None" = None, **request: Any) -> httpx.Response:
        """Post, and give back a reply of success; `judge` reads a refusal, by default `refusal`.

        Raises:
            SendError: no connection, or the platform's refusal, by its HTTP status.
        """
        try:
            reply = await self._opened().post(url, **request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise SendError(f"the connection failed ({type(error).__name__})") from None
        if reply.status_code >= 300:
            raise (judge or refusal)(reply)
        return reply

    async def close(self) -> None:
        """Close the connections."""
        if self._client:
            await self._client.aclose()
            self._client = None

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            # No proxy of the environment, no redirect: what is sent is a patient's.
            self._client = httpx.AsyncClient(
                verify=self._tls, trust_env=False, follow_redirects=False, timeout=self._timeout
            )
        return self._client


def refusal(reply: httpx.Response) -> SendError:
    """What a status of failure means; platforms that say more in the body refine it."""
    passing = reply.status_code >= 500 or reply.status_code in PASSING
    return SendError(
        f"status {reply.status_code}", permanent=not passing, retry_after=seconds(reply.headers.get("Retry-After"))
    )


def seconds(value: object) -> float | None:
    """A number of seconds to wait, if it is one."""
    try:
        wait = float(str(value))
    except ValueError:
        return None
    return wait if 0 <= wait < float("inf") else None


class Outbox:
    """The messages of each recipient, one after the other, an urgent one before all that wait.

    It counts what was given up, for the health page.
    """

    def __init__(self, send: Send, *, first_wait: float = FIRST_WAIT) -> None:
        self._send = send
        self._first_wait = first_wait
        self._waiting: dict[str, list[Message]] = defaultdict(list)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.undelivered = 0

    def put(self, to: str, messages: list[Message]) -> None:
        """Send them after those that wait already."""
        if not messages:
            return
        self._waiting[to].extend(messages)
        if to not in self._tasks:
            self._tasks[to] = asyncio.ensure_future(self._drain(to))

    async def idle(self, *, timeout: float) -> None:
        """Wait until all is sent, but no longer than `timeout` seconds; then what waits is dropped."""
        if tasks := set(self._tasks.values()):
            _, late = await asyncio.wait(tasks, timeout=timeout)
            for task in late:
                task.cancel()

    async def _drain(self, to: str) -> None:
        try:
            while waiting := self._waiting[to]:
                await self._deliver(to, waiting.pop(first(waiting)))
        finally:
            del self._waiting[to], self._tasks[to]

    async def _deliver(self, to: str, message: Message) -> None:
        for attempt in range(ATTEMPTS):
            try:
                return await self._send(to, message)
            except SendError as error:
                wait = self._wait(attempt, error)
                if error.permanent or wait is None:
                    return self._give_up(message, error)
            except Exception:
                logger.exception("A message could not be made into the platform's form.")
                return self._give_up(message, SendError("a fault of ours"))
            await asyncio.sleep(wait)
        return None

    def _wait(self, attempt: int, error: SendError) -> float | None:
        """How long until the next attempt; None if there is none."""
        if attempt == ATTEMPTS - 1 or (error.retry_after or 0) > LONGEST_WAIT:
            return None
        backoff: float = self._first_wait * 2**attempt
        spread = backoff * random.uniform(0, 0.5)  # noqa: S311  # keeps no secret
        return max(backoff, error.retry_after or 0) + spread

    def _give_up(self, message: Message, error: SendError) -> None:
        self.undelivered += 1
        # Neither the recipient nor the words: a log is read by more people than a conversation.
        logger.error("Message %s was not delivered: %s.", message["id"], error)


def first(waiting: list[Message]) -> int:
    """Which of the waiting messages goes next: the first urgent one, else the oldest."""
    return next((i for i, m in enumerate(waiting) if m["metadata"]["kind"] == "urgent"), 0)
