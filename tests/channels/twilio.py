"""How Twilio writes, signs and takes messages: https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/usage/security; the fields are those of its documentation, the values are made up."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.channels.channel import Webhook, another
from tests.channels.fake_platform import Limits, Outgoing, Reply, Sent

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "0123456789abcdef0123456789abcdef"
SERVICE = "MG" + "0" * 31 + "1"
NUMBER = "+14185550142"
#: What Twilio calls; the tests deliver to a port of this machine, as a proxy that ends the encryption does.
PUBLIC = "https://chat.clinic.example/webhooks/twilio/webhook"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"

Fields = dict[str, str]


def sign(url: str, fields: list[tuple[str, str]], *, token: str = TOKEN) -> str:
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(errors="replace"), hashlib.sha1).digest()).decode()


def written(
    fields: Fields | list[tuple[str, str]],
    *,
    url: str = PUBLIC,
    token: str = TOKEN,
    path: str = "webhook",
    method: str = "POST",
    **headers: str,
) -> Webhook:
    """A form, signed for the address `url`; `headers` come after ours, `_` standing for a hyphen."""
    pairs = list(fields.items()) if isinstance(fields, dict) else fields
    signed = {"Content-Type": FORM, "X-Twilio-Signature": sign(url, pairs, token=token)}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Webhook(urlencode(pairs).encode(), signed | more, path, method)


def sid(number: int) -> str:
    return f"SM{number:032x}"


class TwilioKit:
    """SMS, or WhatsApp with the prefix of its addresses."""

    name = "twilio"
    channel = "bot.channels.twilio.TwilioInput"
    limits = Limits(text=1600, length=lambda text: len(text.encode("utf-16-le")) // 2)

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def environment(self, base: str) -> dict[str, str]:
        return {
            "ASKMESO_TWILIO_ACCOUNT": ACCOUNT,
            "ASKMESO_TWILIO_TOKEN": TOKEN,
            "ASKMESO_TWILIO_NUMBER": NUMBER,
            "ASKMESO_TWILIO_URL": PUBLIC,
            "ASKMESO_TWILIO_API": base,
        }

    def person(self, number: int) -> str:
        return f"{self.prefix}+1514555{number % 10_000:04}"

    def fields(self, person: str, text: str = "Hello", *, id: int | None = None, **more: str) -> Fields:
        """What Twilio posts of one message."""
        message = sid(another() if id is None else id)
        return {
            "ToCountry": "CA",
            "ToState": "Quebec",
            "SmsMessageSid": message,
            "NumMedia": "0",
            "ToCity": "QUEBEC",
            "FromZip": "",
            "SmsSid": message,
            "FromState": "Quebec",
            "SmsStatus": "received",
            "FromCity": "",
            "Body": text,
            "FromCountry": "CA",
            "To": self.prefix + NUMBER,
            "ToZip": "",
            "NumSegments": "1",
            "MessageSid": message,
            "AccountSid": ACCOUNT,
            "From": person,
            "ApiVersion": "2010-04-01",
            **more,
        }

    def text(self, person: str, text: str, *, id: int, at: float | None = None) -> Webhook:
        return written(self.fields(person, text, id=id))

    def tap(self, person: str, payload: str, *, id: int) -> Webhook:
        return written(self.fields(person, "Book", id=id, ButtonText="Book", ButtonPayload=payload))

    def wordless(self, person: str) -> dict[str, Webhook]:
        kinds = {
            "a photo": {"NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://api.twilio.com/1"},
            "a voice note": {"NumMedia": "1", "MediaContentType0": "audio/ogg", "MessageType": "audio"},
            "a sticker": {"NumMedia": "1", "MediaContentType0": "image/webp", "MessageType": "sticker"},
            "a contact": {"NumMedia": "1", "MediaContentType0": "text/vcard", "MessageType": "contacts"},
            "a location": {"Latitude": "46.81", "Longitude": "-71.2", "MessageType": "location"},
            "nothing": {},
            "white space": {"Body": " \n "},
        }
        return {kind: written(self.fields(person, "") | more) for kind, more in kinds.items()}

    def silent(self, person: str) -> dict[str, Webhook]:
        return {
            status: written(
                {
                    "MessageStatus": status,
                    "SmsStatus": status,
                    "MessageSid": sid(another()),
                    "SmsSid": sid(another()),
                    "AccountSid": ACCOUNT,
                    "From": self.prefix + NUMBER,
                    "To": person,
                    "ApiVersion": "2010-04-01",
                }
            )
            for status in ("sent", "delivered", "undelivered", "failed", "read")
        }

    def forged(self, person: str) -> dict[str, Webhook]:
        fields = self.fields(person)
        good = sign(PUBLIC, list(fields.items()))
        pairs = sorted(fields.items())
        return {
            "no signature": Webhook(urlencode(fields).encode(), {"Content-Type": FORM}),
            "another header": Webhook(urlencode(fields).encode(), {"Content-Type": FORM, "X-Signature": good}),
            "in the query": Webhook(urlencode(fields).encode(), {"Content-Type": FORM}, f"webhook?signature={good}"),
            **{
                f"the signature is {name}": written(fields, X_Twilio_Signature=value)
                for name, value in {
                    "empty": "",
                    "words": "let me in",
                    "one letter less": good[:-2] + "=",
                    "cut": good[:10],
                    "in capitals": good.upper(),
                    "without padding": good.rstrip("="),
                    "there twice": f"{good},{good}",
                    "labelled": f"sha1={good}",
                    "in hexadecimal": base64.b64decode(good).hex(),
                    "not of ASCII": "\xe9" * 28,
                    "very long": good * 40,
                    "of the body": _mac(urlencode(fields), "sha1"),
                    "by SHA-256": _mac(PUBLIC + "".join(map("".join, pairs)), "sha256"),
                    "in reverse order": _mac(PUBLIC + "".join(map("".join, reversed(pairs))), "sha1"),
                    "of the address alone": sign(PUBLIC, []),
                    "of the fields alone": sign("", pairs),
                    "of another message": sign(PUBLIC, list(self.fields(person).items())),
                    "of another text": sign(PUBLIC, list((fields | {"Body": "Bye"}).items())),
                    "of another sender": sign(PUBLIC, list((fields | {"From": "+15145559999"}).items())),
                    "of one field less": sign(PUBLIC, pairs[1:]),
                    "of one field more": sign(PUBLIC, [*pairs, ("Zip", "1")]),
                }.items()
            },
            **{
                f"signed with {name}": written(fields, token=token)
                for name, token in {
                    "another token": "f" * 32,
                    "nothing": "",
                    "the account": ACCOUNT,
                    "capitals": TOKEN.upper(),
                }.items()
            },
            **{
                f"signed for {name}": written(fields, url=url)
                for name, url in {
                    "another host": "https://evil.example/webhooks/twilio/webhook",
                    "another scheme": PUBLIC.replace("https", "http"),
                    "another port": PUBLIC.replace(".example", ".example:8443"),
                    "another path": PUBLIC + "/x",
                    "a query": PUBLIC + "?a=1",
                }.items()
            },
            "a query that is not signed": written(fields, path="webhook?a=1"),
            "signed for the host it names": written(
                fields, url="https://evil.example/webhooks/twilio/webhook", Host="evil.example"
            ),
            "signed for the host that a proxy names": written(
                fields,
                url="https://evil.example/webhooks/twilio/webhook",
                X_Forwarded_Host="evil.example",
                X_Forwarded_Proto="https",
            ),
        }

    def stale(self, person: str) -> dict[str, Webhook]:
        """Twilio tells no time; a repeated request is known by its MessageSid."""
        return {}

    def malformed(self, person: str) -> dict[str, Webhook]:
        fields = self.fields(person)

        def without(*names: str) -> Webhook:
            return written({name: value for name, value in fields.items() if name not in names})

        return {
            **{f"no {name}": without(name) for name in ("From", "To", "MessageSid", "AccountSid")},
            "nothing of these": without("From", "To", "MessageSid", "AccountSid"),
            **{f"an empty {name}": written(fields | {name: ""}) for name in ("From", "To", "MessageSid", "AccountSid")},
            **{
                f"{name} twice": written([*fields.items(), (name, "x")])
                for name in ("From", "To", "MessageSid", "AccountSid", "Body")
            },
            **{
                f"the sender {value[:20]!r}": written(fields | {"From": value})
                for value in ("a b", "+1514\n5550001", "whatsapp:", "+", "é" * 10, "<script>", "9" * 500, "a/../b")
            },
            **{
                f"the message {value[:20]!r}": written(fields | {"MessageSid": value})
                for value in ("1", "SM1", "SM" + "z" * 32, "SM" + "0" * 33, "'; DROP TABLE events; --", "../" * 11)
            },
            "another account": written(fields | {"AccountSid": "AC" + "f" * 32}),
            "too many fields": written(fields | {f"a{n}": "" for n in range(300)}),
            "too large": written(fields | {"Body": "a" * 300_000}),
            "JSON": Webhook(json.dumps(fields).encode(), {"Content-Type": "application/json"} | self._signature([])),
            "plain text": written(fields, Content_Type="text/plain"),
            "several parts": written(fields, Content_Type="multipart/form-data; boundary=a"),
            "no type": written(fields, Content_Type=""),
            "empty": written({}),
            "no UTF-8": self.signed(b"Body=%ff&From=%2B15145550001"),
            "no form": self.signed(b"hello"),
            "read by GET": written(fields, method="GET"),
            "put": written(fields, method="PUT"),
            "another path": written(fields, path="other"),
        }

    def signed(self, body: bytes) -> Webhook:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, errors="replace")
        return Webhook(body, {"Content-Type": FORM} | self._signature(pairs))

    def read(self, sent: Sent) -> Outgoing | None:
        """One message; what Twilio would refuse raises."""
        assert sent.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", sent.path
        password = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        assert sent.headers["authorization"] == f"Basic {password}"
        form = sent.form()
        assert ("From" in form) != ("MessagingServiceSid" in form), form
        assert form.get("From", self.prefix).startswith("whatsapp:") == bool(self.prefix), form
        # The tests know the words as they were approved, with the apostrophe that an SMS does without.
        return Outgoing(form["To"], form["Body"].replace("'", "’"))

    def ok(self, number: int) -> Reply:
        return Reply(201, {"sid": sid(number), "status": "queued", "error_code": None, "error_message": None})

    def busy(self, seconds: int) -> Reply:
        return Reply(429, error(20429, "Too Many Requests", 429), {"Retry-After": str(seconds)})

    def refused(self) -> Reply:
        return Reply(400, error(21211, "The 'To' number is not a valid phone number.", 400))

    def _signature(self, pairs: list[tuple[str, str]]) -> dict[str, str]:
        return {"X-Twilio-Signature": sign(PUBLIC, pairs)}


def error(code: int, message: str, status: int) -> dict[str, Any]:
    """An error as Twilio's REST API writes it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": status}


def _mac(text: str, digest: str) -> str:
    return base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), digest).digest()).decode()
