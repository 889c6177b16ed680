"""How Telegram writes to us and what it takes from us: shapes from its documentation of the Bot API."""

import json
import time
from typing import Any

from tests.channels.channel import Webhook, another, untimely
from tests.channels.fake_platform import Limits, Outgoing, Reply, Sent

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET = "the-secret-of-the-tests_0123456789-abc"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
#: What is sent to the bot and is no message to a patient.
SIGNS = {"sendChatAction", "answerCallbackQuery"}


def sender(person: str) -> dict[str, Any]:
    return {"id": int(person), "is_bot": False, "first_name": "Julie", "username": "julie", "language_code": "en"}


def chat(person: str) -> dict[str, Any]:
    return {"id": int(person), "first_name": "Julie", "username": "julie", "type": "private"}


def message(person: str, number: int, at: float | None = None, **what: Any) -> dict[str, Any]:
    date = int(time.time() if at is None else at)
    return {"message_id": number, "from": sender(person), "chat": chat(person), "date": date, **what}


def update(**what: Any) -> dict[str, Any]:
    return {"update_id": 800_000_000 + another(), **what}


def signed(body: bytes) -> Webhook:
    return Webhook(body, {"Content-Type": "application/json", HEADER: SECRET})


def delivery(**what: Any) -> Webhook:
    return signed(json.dumps(update(**what), ensure_ascii=False).encode())


def query(person: str, number: int, **what: Any) -> dict[str, Any]:
    bot = {"id": 1, "is_bot": True, "first_name": "Clinic", "username": "clinic_bot"}
    about = message(person, number, text="Hello!") | {"from": bot}
    return {"id": f"43816{number}", "from": sender(person), "message": about, "chat_instance": "-37", **what}


def reaction(person: str, emoji: list[dict[str, str]]) -> dict[str, Any]:
    given = {"user": sender(person), "message_id": another(), "date": int(time.time()), "old_reaction": []}
    return {"chat": chat(person), "new_reaction": emoji, **given}


PHOTO = [{"file_id": "AgAC", "file_unique_id": "AQAD", "file_size": 1, "width": 90, "height": 67}]
FILE = {"file_id": "AwAC", "file_unique_id": "AgAD", "duration": 3, "mime_type": "audio/ogg", "file_size": 9}
#: Messages without text, by kind.
WORDLESS: dict[str, dict[str, Any]] = {
    "photo": {"photo": PHOTO},
    "voice note": {"voice": FILE},
    "audio": {"audio": FILE},
    "video": {"video": FILE | {"width": 1, "height": 1}},
    "video note": {"video_note": FILE | {"length": 1}},
    "file": {"document": {"file_id": "BQAC", "file_unique_id": "AgAE", "file_name": "x.pdf"}},
    "sticker": {"sticker": {"file_id": "CAAC", "file_unique_id": "AgAF", "type": "regular", "emoji": "👍"}},
    "animation": {"animation": FILE | {"width": 1, "height": 1}},
    "location": {"location": {"latitude": 46.8, "longitude": -71.2}},
    "venue": {"venue": {"location": {"latitude": 46.8, "longitude": -71.2}, "title": "a", "address": "b"}},
    "contact": {"contact": {"phone_number": "+15145550199", "first_name": "Julie"}},
    "poll": {"poll": {"id": "1", "question": "a?", "options": []}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
}


class TelegramKit:
    """See tests/channels/channel.py, Kit."""

    name = "telegram"
    channel = "bot.channels.telegram.TelegramInput"
    limits = Limits(text=4096, buttons=100, title=200, payload=64)

    def environment(self, base: str) -> dict[str, str]:
        return {"ASKMESO_TELEGRAM_TOKEN": TOKEN, "ASKMESO_TELEGRAM_SECRET": SECRET, "ASKMESO_TELEGRAM_API": base}

    def person(self, number: int) -> str:
        return f"61234{number}"

    def text(self, person: str, text: str, *, id: int, at: float | None = None) -> Webhook:
        return delivery(message=message(person, id, at, text=text))

    def tap(self, person: str, payload: str, *, id: int) -> Webhook:
        return delivery(callback_query=query(person, id, data=payload))

    def wordless(self, person: str) -> dict[str, Webhook]:
        found = {kind: delivery(message=message(person, another(), **what)) for kind, what in WORDLESS.items()}
        return found | {"reaction": delivery(message_reaction=reaction(person, [{"type": "emoji", "emoji": "👍"}]))}

    def silent(self, person: str) -> dict[str, Webhook]:
        said = message(person, another(), text="Hello")
        group = {"id": -100123, "title": "Friends", "type": "supergroup"}
        member = {"chat": chat(person), "from": sender(person), "date": 1}
        return {
            "an edited message": delivery(edited_message=said | {"edit_date": said["date"]}),
            "a channel's post": delivery(channel_post=said),
            "an edited post": delivery(edited_channel_post=said),
            "a group's message": delivery(message=said | {"chat": group}),
            "another bot": delivery(message=said | {"from": sender(person) | {"is_bot": True}}),
            "a reaction taken back": delivery(message_reaction=reaction(person, [])),
            "who blocked the bot": delivery(my_chat_member=member),
            "an inline query": delivery(inline_query={"id": "1", "from": sender(person), "query": "a", "offset": ""}),
            "nothing but its number": delivery(),
            "what Telegram may add one day": delivery(novelty={"a": 1}),
        }

    def forged(self, person: str) -> dict[str, Webhook]:
        body = self.text(person, "Hello", id=another()).body
        kind = {"Content-Type": "application/json"}
        values = {
            "an empty secret": "",
            "another secret": "x" * len(SECRET),
            "the token as the secret": TOKEN,
            "half the secret": SECRET[:19],
            "the secret and more": SECRET + "0",
            "all but its end": SECRET[:-1],
            "all but its beginning": SECRET[1:],
            "the secret twice": SECRET + SECRET,
            "two secrets in one": f"{SECRET}, {SECRET}",
            "capital letters": SECRET.upper(),
            "in quotes": f'"{SECRET}"',
            "as a bearer": f"Bearer {SECRET}",
            "not ASCII": "é",
            "null": "null",
            "a wildcard": "*",
            "one character changed": SECRET[:-1] + "d",
        }
        found = {name: Webhook(body, {**kind, HEADER: value}) for name, value in values.items()}
        return found | {
            "no secret": Webhook(body, kind),
            "the secret in the address": Webhook(body, kind, path=f"webhook?secret_token={SECRET}"),
            "the secret in another header": Webhook(body, {**kind, "Authorization": SECRET}),
            "the token in the address": Webhook(body, kind, path=f"webhook?token={TOKEN}"),
            "the secret in a cookie": Webhook(body, {**kind, "Cookie": f"{HEADER}={SECRET}"}),
            "a tap": Webhook(self.tap(person, '/pain{"language": "en"}', id=another()).body, kind),
            "a sticker": Webhook(self.wordless(person)["sticker"].body, kind),
        }

    def stale(self, person: str) -> dict[str, Webhook]:
        return untimely(lambda at: self.text(person, "Hello", id=another(), at=at))

    def malformed(self, person: str) -> dict[str, Webhook]:
        return {name: signed(body) for name, body in malformed_bodies(person).items()}

    def signed(self, body: bytes) -> Webhook:
        return signed(body)

    def read(self, sent: Sent) -> Outgoing | None:
        bot, _, method = sent.path.removeprefix("/").partition("/")
        assert (sent.method, bot) == ("POST", f"bot{TOKEN}")
        body = sent.json()
        if method in SIGNS:
            assert body.get("action") == "typing" or body["callback_query_id"]
            return None
        assert method == "sendMessage"
        assert "parse_mode" not in body, "what a patient or a clinic wrote is no markup"
        rows = body.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = tuple((button["text"], button["callback_data"]) for row in rows for button in row)
        return Outgoing(str(body["chat_id"]), body["text"], buttons)

    def ok(self, number: int) -> Reply:
        return Reply(200, {"ok": True, "result": {"message_id": number}})

    def busy(self, seconds: int) -> Reply:
        said = f"Too Many Requests: retry after {seconds}"
        return error(429, said, parameters={"retry_after": seconds})

    def refused(self) -> Reply:
        return error(403, "Forbidden: bot was blocked by the user")


def error(status: int, description: str, **more: Any) -> Reply:
    """A refusal as Telegram writes it."""
    return Reply(status, {"ok": False, "error_code": status, "description": description, **more})


def malformed_bodies(person: str) -> dict[str, bytes]:
    """What Telegram never writes."""
    good = message(person, another(), text="Hello")

    def without(field: str) -> dict[str, Any]:
        return {name: value for name, value in good.items() if name != field}

    messages: dict[str, Any] = {
        "a message that is a text": "Hello",
        "a message that is a list": [good],
        "a message that is null": None,
        "an empty message": {},
        "no chat": without("chat"),
        "a chat that is a number": good | {"chat": 5},
        "a chat without a type": good | {"chat": {"id": 5}},
        "a chat without an id": good | {"chat": {"type": "private"}},
        "a chat whose id is a text": good | {"chat": {"id": person, "type": "private"}},
        "a chat whose id is true": good | {"chat": {"id": True, "type": "private"}},
        "a sender that is a text": good | {"from": "julie"},
        "no message_id": without("message_id"),
        "a message_id that is a text": good | {"message_id": "1"},
        "no date": without("date"),
        "a date in words": good | {"date": "today"},
        "a date with a fraction": good | {"date": 1.5},
        "an endless date": good | {"date": 10**400},
        "a text that is a number": good | {"text": 7},
        "a text that is an object": good | {"text": {"a": "Hello"}},
    }
    thumb = reaction(person, [{"type": "emoji", "emoji": "👍"}])
    reactions: dict[str, Any] = {
        "a reaction that is a text": "👍",
        "a reaction to nothing": {key: value for key, value in thumb.items() if key != "message_id"},
        "a reaction of no time": {key: value for key, value in thumb.items() if key != "date"},
        "a reaction of nowhere": {key: value for key, value in thumb.items() if key != "chat"},
    }
    tap = query(person, another(), data="/pain")
    taps: dict[str, Any] = {
        "a tap that is a text": "/pain",
        "a tap without a person": {key: value for key, value in tap.items() if key != "from"},
        "a tap without an id": {key: value for key, value in tap.items() if key != "id"},
        "a tap whose id is a number": tap | {"id": 5},
        "a tap that carries a list": tap | {"data": ["/pain"]},
        "a tap by a text": tap | {"from": "julie"},
    }
    whole: dict[str, Any] = {
        "a list": [update(message=good)],
        "a text": "hello",
        "null": None,
        "an empty object": {},
        "no update_id": {"message": good},
        "an update_id that is a text": {"update_id": "1", "message": good},
    }
    raw = {
        "nothing": b"",
        "not JSON": b"update_id=1",
        "half of it": json.dumps(update(message=good)).encode()[:-10],
        "not UTF-8": b'{"update_id": "\xff"}',
        "deeper than JSON goes": b"[" * 5000,
        "a number that is none": b'{"update_id": NaN}',
    }
    written = whole | {name: update(message=body) for name, body in messages.items()}
    written |= {name: update(callback_query=body) for name, body in taps.items()}
    written |= {name: update(message_reaction=body) for name, body in reactions.items()}
    return raw | {name: json.dumps(body).encode() for name, body in written.items()}
