"""The one HTTP client of all notifiers that use HTTP."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from stancewire import __version__
from stancewire.alerting.notifiers.addresses import (
    ForbiddenAddress,
    GuardedResolver,
    Networks,
    check_address,
)
from stancewire.alerting.notifiers.outcome import Outcome, failed

_ANSWER_BYTES = 2_000
"""So much of an answer is read; it is only shown."""
_TRY_LATER = (408, 425, 429)
_SECONDS = re.compile(r"\d{1,9}")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a receiver answered."""

    status: int
    text: str
    retry_after_s: float | None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return 200 <= self.status < 300

    def as_failure(self, *, is_recoverable: bool | None = None) -> Outcome:
        """The outcome of a refusal; by its status, one that a later try may mend."""
        may_pass = self.status >= 500 or self.status in _TRY_LATER
        return Outcome(
            reason=f"http_{self.status // 100}xx",
            detail=f"HTTP {self.status}: {self.text}".strip()[:500],
            is_recoverable=may_pass if is_recoverable is None else is_recoverable,
            retry_after_s=self.retry_after_s,
        )


class HttpClient:
    """Posts; follows no redirects, keeps no cookies, uses no proxy. Close it with `aclose()`."""

    def __init__(
        self,
        *,
        timeout_s: float,
        allowed: Networks,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._allowed = allowed
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(allowed=allowed, inner=resolver), limit=64
            ),
            timeout=aiohttp.ClientTimeout(total=timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"user-agent": f"stancewire/{__version__}"},
            auto_decompress=False,
        )

    async def post(
        self, url: str, body: bytes, *, now: datetime, headers: Mapping[str, str] | None = None
    ) -> Answer | Outcome:
        """The answer, or the outcome where there is none. Never raises but CancelledError."""
        try:
            self._check_host(url)
            async with self._session.post(
                url,
                data=body,
                headers={"content-type": "application/json", **(headers or {})},
                allow_redirects=False,
            ) as response:
                text = (await response.content.read(_ANSWER_BYTES)).decode(errors="replace")
                wait = retry_after(response.headers.get("retry-after"), now=now)
                return Answer(status=response.status, text=_plain(text), retry_after_s=wait)
        except TimeoutError:
            return failed("timeout", f"{_host(url)} has not answered in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if forbidden := _forbidden(error):
                return failed("forbidden_address", f"{_host(url)}: {forbidden}")
            kind = type(error).__name__
            return failed("unreachable", f"{_host(url)} cannot be reached ({kind}): {error}")

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.close()

    def _check_host(self, url: str) -> None:
        """A host that is an address is not resolved, so it is looked at here."""
        host = urlsplit(url).hostname or ""
        try:
            ip_address(host)
        except ValueError:
            return
        check_address(host, allowed=self._allowed)


def retry_after(text: str | None, *, now: datetime) -> float | None:
    """The seconds that a `retry-after` header asks for (RFC 9110, 10.2.3); None where none."""
    if text is None:
        return None
    if _SECONDS.fullmatch(text.strip()):
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def _forbidden(error: BaseException | None) -> ForbiddenAddress | None:
    while error is not None:
        if isinstance(error, ForbiddenAddress):
            return error
        error = error.__cause__ or error.__context__
    return None


def _host(url: str) -> str:
    """The host alone: the rest of an address may be a secret."""
    return urlsplit(url).netloc


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
