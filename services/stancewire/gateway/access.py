"""Who calls, what they may do, and how often.

A key comes as `Authorization: Bearer`, or, for reading in a browser, in the cookie that
`POST /api/v1/session` sets: other sites' pages can neither read it nor have it sent.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from stancewire.gateway.parts import Given, Parts
from stancewire.gateway.problems import Problem
from stancewire.stores.api_keys import ApiKey, Scope

COOKIE = "stancewire-key"

_BEARER = HTTPBearer(
    auto_error=False, scheme_name="key", description="A key that `stancewire keys create` made."
)
_COOKIE = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    scheme_name="cookie",
    description="Set by `POST /api/v1/session`; good for reading only.",
)
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
_Cookie = Annotated[str | None, Depends(_COOKIE)]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls; `key` is None where access is open."""

    id: str
    """By which requests are counted and repeats are known."""
    key: ApiKey | None


async def reader(request: Request, parts: Given, bearer: _Bearer, cookie: _Cookie) -> Caller:
    """A caller who may read."""
    return await _admit(request, parts, "read", bearer.credentials if bearer else cookie)


async def publisher(request: Request, parts: Given, bearer: _Bearer) -> Caller:
    """A caller who may publish articles."""
    return await _admit(request, parts, "publish", bearer.credentials if bearer else None)


async def admin(request: Request, parts: Given, bearer: _Bearer) -> Caller:
    """A caller who may see how the gateway does."""
    return await _admit(request, parts, "admin", bearer.credentials if bearer else None)


Reading = Annotated[Caller, Depends(reader)]
Publishing = Annotated[Caller, Depends(publisher)]
Administering = Annotated[Caller, Depends(admin)]


async def identify(request: Request, parts: Parts, shown: str | None) -> Caller:
    """Whose key is shown; counts the request. Raises Problem: 401 for no good key, 429."""
    if parts.settings.access == "open":
        return _counted(parts, Caller(id=address(request), key=None))
    key = await parts.keys.find(shown) if shown else None
    if key is None:
        _counted(parts, Caller(id=address(request), key=None))
        detail = "the key is not known, or was revoked" if shown else "the call carries no key"
        raise Problem(
            401,
            "no-key",
            f"{detail}; send `Authorization: Bearer KEY` with one that `stancewire keys create`"
            " made",
            headers={"www-authenticate": 'Bearer realm="stancewire"'},
        )
    return _counted(parts, Caller(id=f"key:{key.id}", key=key))


def address(request: Request) -> str:
    """The caller's address, as far as it is known."""
    return f"address:{request.client.host if request.client else 'unknown'}"


async def _admit(request: Request, parts: Parts, scope: Scope, shown: str | None) -> Caller:
    caller = await identify(request, parts, shown)
    if caller.key is not None and not caller.key.may(scope):
        raise Problem(
            403,
            "scope",
            f"the key {caller.key.name!r} is not good for {scope}; use one that was made with"
            f" --scope {scope}",
        )
    return caller


def _counted(parts: Parts, caller: Caller) -> Caller:
    wait = parts.limiter.wait_s(caller.id)
    if wait > 0.0:
        limit = parts.settings.requests_per_minute
        raise Problem(
            429,
            "too-many-requests",
            f"more than {limit} requests a minute; wait as retry-after says",
            headers={"retry-after": str(int(wait) + 1)},
        )
    return caller
