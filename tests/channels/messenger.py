"""How Meta writes to us and what it takes from us: shapes from its documentation of Messenger."""

import hashlib
import hmac
import json
import time
from typing import Any

from tests.channels.channel import Webhook, another, untimely
from tests.channels.fake_platform import Limits, Outgoing, Reply, Sent

PAGE = "104512345678901"
SECRET = "the-app-secret-of-the-tests-0123456789"
TOKEN = "EAAthe-page-token-of-the-tests"
VERIFY_TOKEN = "the-verify-token-of-the-tests"


def event(person: str, at: float | None = None, **what: Any) -> dict[str, Any]:
    """One messaging event; the time is in milliseconds."""
    moment = int((time.time() if at is None else at) * 1000)
    return {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": moment, **what}


def mid(number: int) -> str:
    """As long as Meta's are today."""
    return f"m_{number:06}" + "Ab-_9" * 24


def text_event(person: str, text: str, number: int, at: float | None = None, **more: Any) -> dict[str, Any]:
    return event(person, at, message={"mid": mid(number), "text": text, **more})


def page(*events: dict[str, Any]) -> dict[str, Any]:
    """A webhook of one entry."""
    return {"object": "page", "entry": [{"id": PAGE, "time": int(time.time() * 1000), "messaging": list(events)}]}


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(body: bytes, **headers: str) -> Webhook:
    return Webhook(body, {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body), **headers})


def delivery(*events: dict[str, Any]) -> Webhook:
    """Events as Meta delivers them; it writes other characters than ASCII as \\u…."""
    return signed(json.dumps(page(*events)).encode())


def attachment(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": {"url": "https://scontent.example/1", **payload}}


#: Messages without a text of the patient's, by kind.
WORDLESS: dict[str, list[dict[str, Any]]] = {
    "photo": [attachment("image")],
    "two photos": [attachment("image"), attachment("image")],
    "voice note": [attachment("audio")],
    "video": [attachment("video")],
    "file": [attachment("file")],
    "sticker": [attachment("image", sticker_id=369239263222822)],
    "location": [{"type": "location", "payload": {"coordinates": {"lat": 46.8, "long": -71.2}}}],
    "shared post": [attachment("post")],
    "a share that Meta cannot show": [{"type": "fallback"}],
}


class MessengerKit:
    """See tests/channels/channel.py, Kit."""

    name = "messenger"
    channel = "bot.channels.messenger.MessengerInput"
    limits = Limits(text=2000, buttons=13, title=20, payload=1000)

    def environment(self, base: str) -> dict[str, str]:
        return {
            "ASKMESO_MESSENGER_SECRET": SECRET,
            "ASKMESO_MESSENGER_TOKEN": TOKEN,
            "ASKMESO_MESSENGER_VERIFY_TOKEN": VERIFY_TOKEN,
            "ASKMESO_MESSENGER_API": f"{base}/v23.0",
        }

    def person(self, number: int) -> str:
        return f"71000000000{number}"

    def text(self, person: str, text: str, *, id: int, at: float | None = None) -> Webhook:
        return delivery(text_event(person, text, id, at))

    def tap(self, person: str, payload: str, *, id: int) -> Webhook:
        return delivery(text_event(person, "as it reads", id, quick_reply={"payload": payload}))

    def wordless(self, person: str) -> dict[str, Webhook]:
        found = {
            kind: delivery(event(person, message={"mid": mid(another()), "attachments": attachments}))
            for kind, attachments in WORDLESS.items()
        }
        reaction = {"reaction": "love", "emoji": "❤️", "action": "react", "mid": mid(another())}
        return found | {"reaction": delivery(event(person, reaction=reaction))}

    def silent(self, person: str) -> dict[str, Webhook]:
        taken_back = {"reaction": "love", "emoji": "❤️", "action": "unreact", "mid": mid(another())}
        echo = {"mid": mid(another()), "text": "Hello", "is_echo": True, "app_id": 1}
        standby = {"id": PAGE, "time": 1, "standby": [text_event(person, "Hello", another())]}
        changes = {"id": PAGE, "time": 1, "changes": [{"field": "feed", "value": {}}]}
        passing = {"sender": {"user_ref": "a"}, "postback": {"mid": mid(another()), "title": "a", "payload": "a"}}
        return {
            "somebody without an account": delivery(event(person) | passing),
            "an echo of ours": delivery(event(person, message=echo)),
            "a delivery": delivery(event(person, delivery={"mids": [mid(1)], "watermark": 1458668856253})),
            "a read receipt": delivery(event(person, read={"watermark": 1458668856253})),
            "a reaction taken back": delivery(event(person, reaction=taken_back)),
            "a message taken back": delivery(event(person, message={"mid": mid(another()), "is_deleted": True})),
            "an opt-in": delivery(event(person, optin={"ref": "a"})),
            "a referral": delivery(event(person, referral={"ref": "a", "source": "SHORTLINK", "type": "OPEN_THREAD"})),
            "what Meta may add one day": delivery(event(person, novelty={"a": 1})),
            "another app's": signed(json.dumps({"object": "page", "entry": [standby]}).encode()),
            "the page's own": signed(json.dumps({"object": "page", "entry": [changes]}).encode()),
        }

    def forged(self, person: str) -> dict[str, Webhook]:
        body = self.text(person, "Hello", id=another()).body
        right, kind = signature(body), {"Content-Type": "application/json"}
        sha1 = "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
        values = {
            "an empty signature": "",
            "only the name of the algorithm": "sha256=",
            "another secret": signature(body, "x" * 40),
            "no secret": signature(body, ""),
            "the verify token as the secret": signature(body, VERIFY_TOKEN),
            "the page token as the secret": signature(body, TOKEN),
            "another body's signature": signature(body + b" "),
            "without the name of the algorithm": right.removeprefix("sha256="),
            "another algorithm's name": right.replace("sha256", "sha512"),
            "a SHA-1 signature in its place": sha1,
            "half a signature": right[:40],
            "a signature and more": right + "0",
            "capital letters": right.upper(),
            "a space before": "sha256= " + right.removeprefix("sha256="),
            "one digit changed": right[:-1] + ("0" if right[-1] != "0" else "1"),
            "two signatures in one": f"{right}, {signature(body, 'x')}",
            "not ASCII": "sha256=é",
            "null": "null",
        }
        found = {name: Webhook(body, {**kind, "X-Hub-Signature-256": value}) for name, value in values.items()}
        return found | {
            "no signature": Webhook(body, kind),
            "the old header alone": Webhook(body, {**kind, "X-Hub-Signature": sha1}),
            "the right signature in the old header": Webhook(body, {**kind, "X-Hub-Signature": right}),
            "a body changed on the way": Webhook(body.replace(b"Hello", b"Hullo"), signed(body).headers),
            "a body that is the same JSON": Webhook(
                json.dumps(json.loads(body), indent=1).encode(), signed(body).headers
            ),
            "the signature in the address": Webhook(body, kind, path=f"webhook?X-Hub-Signature-256={right}"),
        }

    def stale(self, person: str) -> dict[str, Webhook]:
        return untimely(lambda at: self.text(person, "Hello", id=another(), at=at))

    def malformed(self, person: str) -> dict[str, Webhook]:
        return {name: signed(body) for name, body in malformed_bodies(person).items()}

    def signed(self, body: bytes) -> Webhook:
        return signed(body)

    def read(self, sent: Sent) -> Outgoing | None:
        assert (sent.method, sent.path) == ("POST", "/v23.0/me/messages")
        assert sent.headers["authorization"] == f"Bearer {TOKEN}"
        body = sent.json()
        if body.get("sender_action") == "typing_on":
            return None
        assert body["messaging_type"] == "RESPONSE"
        replies = body["message"].get("quick_replies", [])
        assert "quick_replies" not in body["message"] or replies
        assert all(reply["content_type"] == "text" for reply in replies)
        buttons = tuple((reply["title"], reply["payload"]) for reply in replies)
        return Outgoing(body["recipient"]["id"], body["message"]["text"], buttons)

    def ok(self, number: int) -> Reply:
        return Reply(200, {"recipient_id": "1", "message_id": mid(number)})

    def busy(self, seconds: int) -> Reply:
        return error(613, status=400, headers={"Retry-After": str(seconds)})

    def refused(self) -> Reply:
        return error(551, subcode=1545041, status=400)


def error(code: int, *, status: int, subcode: int | None = None, headers: dict[str, str] | None = None) -> Reply:
    """A refusal as Meta writes it."""
    body = {"message": f"(#{code}) …", "type": "OAuthException", "code": code, "fbtrace_id": "BLBz/WZt8dN"}
    return Reply(status, {"error": body | ({"error_subcode": subcode} if subcode else {})}, headers or {})


def malformed_bodies(person: str) -> dict[str, bytes]:
    """What Meta never writes."""
    good = text_event(person, "Hello", another())

    def without(field: str) -> dict[str, Any]:
        return {name: value for name, value in good.items() if name != field}

    def message(**fields: Any) -> dict[str, Any]:
        return good | {"message": {"mid": mid(another()), "text": "Hello", **fields}}

    whole: dict[str, Any] = {
        "a list": [page(good)],
        "a text": "hello",
        "null": None,
        "an empty object": {},
        "of a user": page(good) | {"object": "user"},
        "of Instagram": page(good) | {"object": "instagram"},
        "no entry": {"object": "page"},
        "entries that are no list": {"object": "page", "entry": {}},
        "no entries": {"object": "page", "entry": []},
        "an entry that is a text": {"object": "page", "entry": ["a"]},
        "events that are no list": {"object": "page", "entry": [{"messaging": {}}]},
        "an event that is a number": {"object": "page", "entry": [{"messaging": [1]}]},
    }
    events: dict[str, Any] = {
        "no sender": without("sender"),
        "a sender that is a text": good | {"sender": person},
        "a sender without an id": good | {"sender": {}},
        "a sender that is a number": good | {"sender": {"id": 7}},
        "a sender that is a word": good | {"sender": {"id": "../../etc"}},
        "an endless sender": good | {"sender": {"id": "7" * 500}},
        "no time": without("timestamp"),
        "a time in words": good | {"timestamp": "now"},
        "a time that is true": good | {"timestamp": True},
        "a time before all times": good | {"timestamp": -1},
        "an endless time": good | {"timestamp": 10**40},
        "a message that is a text": good | {"message": "Hello"},
        "no mid": good | {"message": {"text": "Hello"}},
        "an empty mid": message(mid=""),
        "an endless mid": message(mid="m" * 5000),
        "a mid that is a list": message(mid=[]),
        "a text that is a number": message(text=7),
        "a text that is an object": message(text={"a": "Hello"}),
        "a quick reply that is a text": message(quick_reply="/pain"),
        "a quick reply without a payload": message(quick_reply={}),
        "a quick reply that carries a list": message(quick_reply={"payload": []}),
        "a postback that is a list": without("message") | {"postback": []},
        "a postback without a payload": without("message") | {"postback": {"mid": mid(another()), "title": "a"}},
        "a reaction that is a text": without("message") | {"reaction": "love"},
        "a reaction to nothing": without("message") | {"reaction": {"action": "react"}},
    }
    raw = {
        "nothing": b"",
        "not JSON": b"object=page",
        "half of it": json.dumps(page(good)).encode()[:-10],
        "not UTF-8": b'{"object": "page\xff"}',
        "deeper than JSON goes": b"[" * 5000,
    }
    written = {name: json.dumps(body).encode() for name, body in whole.items()}
    return raw | written | {name: json.dumps(page(body)).encode() for name, body in events.items()}
