"""SMS and WhatsApp through Twilio: signed forms in, its REST API out.

Which of the two a message came by, its sender's address says: `whatsapp:+15145550199` or `+15145550199`. What the
carriers' words STOP, START and HELP do is in bot/channels/optouts.py, how a long SMS is
cut in bot/channels/segments.py.
"""

import base64
import hashlib
import hmac
import re
from urllib.parse import SplitResult, parse_qs, urlsplit

from sanic.request import Request

from bot.channels.problems import Problem, shown
from bot.channels.segments import plain, segments, split

SIGNATURE = "X-Twilio-Signature"
WHATSAPP = "whatsapp:"

#: Twilio takes no longer text on either channel; beyond three segments an SMS is cut, as carriers deliver those best.
LONGEST = 1600
SEGMENTS = 3

MOST_FIELDS = 200
#: What a webhook says once; a second value would be answered or not depending on who reads it.
SINGLE = ("AccountSid", "Body", "From", "MessageSid", "To")
SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
ADDRESS = re.compile(r"(?:whatsapp:)?\+?[\w.-]{2,64}", re.ASCII)
E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
PORTS = {"https": 443, "http": 80}

Form = dict[str, list[str]]


def read_form(request: Request, body: bytes) -> Form:
    """The fields of a webhook, empty ones too: they are signed.

    Raises:
        Problem: it is no form.
    """
    content_type = (request.content_type or "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        raise Problem(415, "content-type", f"The content type is {shown(content_type)}; send a form.")
    try:
        return parse_qs(
            body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Problem(400, "form", "The body is not a form in UTF-8.") from None


def signature(token: str, url: str, form: Form) -> str:
    """What Twilio signs: the address and then each name with its values, in order, run together."""
    fields = (name + value for name in sorted(form) for value in sorted(set(form[name])))
    signed = (url + "".join(fields)).encode(errors="surrogatepass")
    return base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest()).decode()


def is_signed(given: str, *, token: str, urls: list[str], form: Form) -> bool:
    """Whether the signature is that of one of the addresses; it takes as long whichever it is."""
    matches = [hmac.compare_digest(given.encode(errors="replace"), signature(token, u, form).encode()) for u in urls]
    return any(matches)


def public_urls(configured: str, *, path: str, query: str) -> list[str]:
    """The address as Twilio may have signed it: what is configured, whatever the proxy made of it on its way here.

    An address without a path is that of the server, and the request's path follows. The query is the request's. As in
    Twilio's own helper, the port may be there or not.
    """
    public = urlsplit(configured)
    whole = public._replace(path=public.path if public.path.strip("/") else path, query=query, fragment="")
    return [whole._replace(netloc=netloc).geturl() for netloc in _with_and_without_port(public)]


def parts(text: str, *, sms: bool, urgent: bool) -> list[str]:
    """A text as it is sent; an urgent one is never cut if Twilio takes it whole."""
    text = plain(text) if sms else text
    if urgent and _is_taken(text):
        return [text]
    return split(text, fits=_is_short if sms else _is_taken)


def _with_and_without_port(public: SplitResult) -> list[str]:
    bare = re.sub(r":\d*$", "", public.netloc)
    return [bare, f"{bare}:{public.port or PORTS.get(public.scheme, 443)}"]


def _is_taken(text: str) -> bool:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2 <= LONGEST


def _is_short(text: str) -> bool:
    return segments(text) <= SEGMENTS
