"""Telegram: updates of its Bot API in, messages with inline keyboards out (https://core.telegram.org/bots/api)."""

import hmac
import json
import re
from typing import Any, ClassVar

import httpx
from rasa.shared.exceptions import InvalidConfigException
from sanic.request import Request

from bot.channels.bodies import read_body
from bot.channels.numbered import short
from bot.channels.platform import Incoming, Platform, PlatformInput, Problem
from bot.channels.sending import Caller, SendError, refusal, seconds

#: In bytes: what a button may carry back.
LONGEST_DATA = 64
#: Telegram's own alphabet for the secret; shorter ones could be guessed.
SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")


#: What Telegram's own button sends that opens the chat, perhaps with where its link stood.
START = re.compile(r"/start(@\w+)?( .*)?", re.DOTALL)


class Telegram(Platform):
    """One bot."""

    name = "telegram"
    longest = 4096
    buttons = 10

    def __init__(self, *, token: str, secret: str, api: str) -> None:
        self._secret = secret.encode()
        self._url = f"{api}/bot{token}"
        self._caller = Caller()

    def verify(self, request: Request, body: bytes) -> None:
        """The header holds the secret that was given to setWebhook."""
        given = request.headers.getall("X-Telegram-Bot-Api-Secret-Token", [])
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(errors="surrogateescape"), self._secret):
            raise Problem(401, "signature", "X-Telegram-Bot-Api-Secret-Token is missing or wrong.")

    def read(self, request: Request, body: bytes) -> list[Incoming]:
        """A message or a tapped button of a private chat; whatever else there is, edits too, is no question."""
        update = read_body(request)
        if not isinstance(update.get("update_id"), int):
            raise Problem(400, "update", "'update_id' is missing; send an Update of the Bot API.")
        if "callback_query" in update:
            return [_tapped(update["callback_query"])]
        if "message" in update:
            return _written(update["message"])
        if "message_reaction" in update:
            return _reacted(update["message_reaction"])
        return []

    async def acknowledge(self, message: Incoming) -> None:
        """Stop the tapped button's hourglass; show that an answer is being written."""
        if message.receipt:
            await self._call("answerCallbackQuery", callback_query_id=message.receipt)
        await self._call("sendChatAction", chat_id=message.sender, action="typing")

    async def send(self, to: str, message: dict[str, Any]) -> None:
        """Send a text with its buttons, one in a row: titles are sentences."""
        rows = [[{"text": b["title"], "callback_data": carried(b["payload"])}] for b in message["buttons"]]
        markup = {"reply_markup": {"inline_keyboard": rows}} if rows else {}
        await self._call(
            "sendMessage", chat_id=to, text=message["text"], link_preview_options={"is_disabled": True}, **markup
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._caller.close()

    async def _call(self, method: str, **parameters: Any) -> None:
        reply = await self._caller.post(f"{self._url}/{method}", json=parameters, judge=refused)
        if _object(reply).get("ok") is not True:
            raise SendError(f"{method}: the reply does not say ok")


class TelegramInput(PlatformInput):
    """The channel as Rasa loads it from credentials.yml."""

    channel = "telegram"
    needs: ClassVar[dict[str, str]] = {"token": "ASKMESO_TELEGRAM_TOKEN", "secret_token": "ASKMESO_TELEGRAM_SECRET"}

    @classmethod
    def platform(cls, given: dict[str, str]) -> Telegram:
        """The bot, from `token`, `secret_token` and `api`."""
        if not SECRET.fullmatch(given["secret_token"]):
            raise InvalidConfigException(
                "ASKMESO_TELEGRAM_SECRET cannot be used; set 32 to 256 characters of A-Z, a-z, 0-9, _ and -."
            )
        return Telegram(token=given["token"], secret=given["secret_token"], api=given["api"])


def carried(payload: str) -> str:
    """What a button carries for a payload: itself, or its short name where it does not fit."""
    return payload if len(payload.encode()) <= LONGEST_DATA else short(payload)


def refused(reply: httpx.Response) -> SendError:
    """What Telegram means: it says how long to wait in the body; 403 is a patient who blocked the bot."""
    error = refusal(reply)
    parameters = _object(reply).get("parameters")
    wait = seconds(parameters.get("retry_after")) if isinstance(parameters, dict) else None
    return SendError(str(error), permanent=error.permanent, retry_after=wait or error.retry_after)


def _object(reply: httpx.Response) -> dict[str, Any]:
    try:
        body = reply.json()
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _tapped(query: dict[str, Any]) -> Incoming:
    person = query["from"]
    return Incoming(
        id=f"callback:{_text(query['id'])}",
        sender=_number(person["id"]),
        payload=_text(query.get("data", "")),
        language=_language(person),
        receipt=_text(query["id"]),
    )


def _written(message: dict[str, Any]) -> list[Incoming]:
    chat, person = message["chat"], message.get("from") or {}
    if chat["type"] != "private" or person.get("is_bot"):
        return []
    sender, text = _number(chat["id"]), message.get("text", message.get("caption"))
    opened = text is not None and START.fullmatch(_text(text))
    return [
        Incoming(
            id=f"message:{sender}:{_number(message['message_id'])}",
            sender=sender,
            text=text,
            payload="/greet" if opened else None,
            language=_language(person),
            at=float(_number(message["date"])),
        )
    ]


def _reacted(reaction: dict[str, Any]) -> list[Incoming]:
    """A reaction says nothing that could be read; one that was taken back is none."""
    chat = reaction["chat"]
    if chat["type"] != "private" or not reaction["new_reaction"]:
        return []
    sender, at = _number(chat["id"]), _number(reaction["date"])
    this = f"reaction:{sender}:{_number(reaction['message_id'])}:{at}"
    return [Incoming(id=this, sender=sender, language=_language(reaction.get("user") or {}), at=float(at))]


def _number(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _language(person: dict[str, Any]) -> str | None:
    language = person.get("language_code")
    return language if isinstance(language, str) else None
