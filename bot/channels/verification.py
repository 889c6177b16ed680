"""Whether a caller must prove who it is: always, or, while a new proxy is tried out, watched for at most 72 hours."""

import datetime as dt
import logging

from rasa.shared.exceptions import InvalidConfigException

logger = logging.getLogger(__name__)

LONGEST = dt.timedelta(hours=72)


class Verification:
    """The mode of one channel. There is no way to switch it off; `watch` ends by itself."""

    def __init__(self, channel: str, *, until: dt.datetime | None = None) -> None:
        self._channel = channel
        self._until = until
        self.unverified = 0

    @classmethod
    def read(cls, channel: str, *, mode: str, until: str, now: dt.datetime) -> "Verification":
        """The mode as the environment gives it.

        Raises:
            InvalidConfigException: it is neither, or what `watch` needs is missing or too far ahead.
        """
        name = f"ASKMESO_{channel.upper()}_VERIFY"
        if mode in ("", "enforce"):
            return cls(channel)
        if mode != "watch":
            raise InvalidConfigException(f"{name} is {mode!r}; set it to enforce, or for a while to watch.")
        end = _moment(until)
        if end is None or end - now > LONGEST:
            raise InvalidConfigException(
                f"{name}_UNTIL is {until!r}; while {name} is watch, set it to a time with its zone at most 72 hours "
                f"ahead, such as {(now + dt.timedelta(hours=24)).isoformat(timespec='seconds')}."
            )
        return cls(channel, until=end)

    def announce(self) -> None:
        """Say in the log, at every start, that callers are only watched."""
        if self.watching():
            logger.warning(
                "The channel %s does NOT refuse unverified callers until %s; it counts them. "
                "Set ASKMESO_%s_VERIFY=enforce as soon as it counts none.",
                self._channel,
                self._ends(),
                self._channel.upper(),
            )
        elif self._until:
            logger.warning("The time to watch the channel %s is over: unverified callers are refused.", self._channel)

    def watching(self) -> bool:
        """Whether an unverified caller is let pass now."""
        return self._until is not None and dt.datetime.now(dt.UTC) < self._until

    def passes(self, reason: str) -> bool:
        """Whether a caller that should be refused for `reason` is let pass, and counted."""
        if not self.watching():
            return False
        self.unverified += 1
        logger.warning(
            "Unverified caller let pass on the channel %s, the %sth: %s", self._channel, self.unverified, reason
        )
        return True

    def report(self) -> dict[str, object]:
        """What the health page says of it."""
        if not self.watching():
            return {"verify": "enforce"}
        return {"verify": "watch", "until": self._ends(), "unverified": self.unverified}

    def _ends(self) -> str:
        return self._until.isoformat() if self._until else ""


def _moment(value: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
