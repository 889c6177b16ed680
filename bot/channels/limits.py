"""How often a patient may write: by session, and by address, which a stranger changes less easily.

Counted in memory, by each process for itself, and forgotten after a minute. A window opens with the first request, so
that `Retry-After` is exact.
"""

import ipaddress
import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from bot.channels.problems import Problem


class Limits:
    """The counts of one process; how much is allowed in a minute."""

    def __init__(self, *, session: int, address: int, openings: int) -> None:
        self._session = RateLimitItemPerMinute(session)
        self._address = RateLimitItemPerMinute(address)
        self._openings = RateLimitItemPerMinute(openings)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def count_request(self, address: str) -> None:
        """Count any request of an address.

        Raises:
            Problem: 429 with `Retry-After`, as for the other two.
        """
        self._count(self._address, "request", network(address), what="requests from one address")

    def count_opening(self, address: str) -> None:
        """Count a session that an address opens."""
        self._count(self._openings, "opening", network(address), what="new sessions from one address")

    def count_session(self, conversation: str, door: str) -> None:
        """Count what a session asks of one door; reading is not counted against writing."""
        self._count(self._session, door, conversation, what=f"calls of '{door}' in one session")

    def _count(self, limit: RateLimitItemPerMinute, *key: str, what: str) -> None:
        if self._limiter.hit(limit, *key):
            return
        wait = max(1, math.ceil(self._limiter.get_window_stats(limit, *key).reset_time - time.time()))
        detail = f"More than {limit.amount} {what} in a minute; wait {wait} seconds and try again."
        raise Problem(429, "rate", detail, Retry_After=str(wait))


def network(address: str) -> str:
    """What is counted as one address: of version 6 the half that a provider hands to one customer."""
    # Some proxies write the port too, which changes with every connection.
    host = address.partition("]")[0].lstrip("[") if address.count(":") != 1 else address.partition(":")[0]
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
