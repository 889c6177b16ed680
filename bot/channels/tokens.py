"""Who may write into a conversation: the holder of the signed token that opened it, for 24 hours."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

import jwt

from bot.channels.problems import Problem

SESSION_SECONDS = 24 * 3600
REQUIRED = ["sub", "exp", "aud"]


@dataclass(frozen=True)
class Session:
    """What a good token says."""

    conversation: str
    language: str | None


class Tokens:
    """Signs with the current key; a key that was current before is still accepted."""

    def __init__(self, *, audience: str, secret: str, previous: str = "") -> None:
        self._audience = audience
        self._secret = secret
        self._accepted = [key for key in (secret, previous) if key]

    def issue(self, *, language: str | None, prefix: str = "") -> dict[str, Any]:
        """Open a conversation: `{"token", "conversation", "expires_at"}`, the last in seconds since 1970.

        `prefix` is what its id begins with; that of a patient's has none.
        """
        conversation, expires_at = prefix + uuid.uuid4().hex, int(time.time()) + SESSION_SECONDS
        claims = {"sub": conversation, "exp": expires_at, "aud": self._audience, "language": language}
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        return {"token": token, "conversation": conversation, "expires_at": expires_at}

    def read(self, authorization: str) -> Session:
        """The session that an `Authorization` header opens.

        Raises:
            Problem: 401, the token is missing, forged, for somebody else or too old.
        """
        scheme, _, token = authorization.partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise jwt.InvalidTokenError
            claims = self._verified(token)
        except jwt.ExpiredSignatureError:
            raise Problem(401, "token", "The session is over; open a new one.", WWW_Authenticate="Bearer") from None
        except jwt.InvalidTokenError:
            detail = "Send the token of POST session as 'Authorization: Bearer …'."
            raise Problem(401, "token", detail, WWW_Authenticate="Bearer") from None
        return Session(claims["sub"], claims.get("language"))

    def _verified(self, token: str) -> dict[str, Any]:
        for key in self._accepted:
            try:
                return jwt.decode(token, key, ["HS256"], audience=self._audience, options={"require": REQUIRED})
            except jwt.InvalidSignatureError:
                continue
        raise jwt.InvalidSignatureError
