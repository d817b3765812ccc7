"""A browser's key: kept in a cookie that no script and no other site can use."""

import msgspec
from fastapi import APIRouter, Request, Response

from stancewire.gateway.access import COOKIE, Reading, identify
from stancewire.gateway.answers import answer
from stancewire.gateway.bodies import read_body
from stancewire.gateway.openapi import BODY, SIGN_IN, describing
from stancewire.gateway.parts import Given, Parts
from stancewire.gateway.problems import Fault, Problem
from stancewire.gateway.queries import API
from stancewire.gateway.shapes import Session
from stancewire.stores.api_keys import ApiKey

_MONTH_S = 30 * 24 * 60 * 60
_LONGEST = 64 * 1024

router = APIRouter(prefix=f"{API}/session", tags=["session"])


class _SignIn(msgspec.Struct):
    key: str


@router.get("", responses=describing(Session))
async def get_session(request: Request, parts: Given, caller: Reading) -> Response:
    """Who calls, and what they may do."""
    return answer(request, _session(parts, caller.key))


@router.post("", responses=describing(Session, "no-key", *BODY), openapi_extra=SIGN_IN)
async def sign_in(request: Request, parts: Given) -> Response:
    """Keep a key in a cookie of this browser, for reading."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Problem(415, "media-type", "send application/json")
    try:
        given = msgspec.json.decode(await read_body(request, max_bytes=_LONGEST), type=_SignIn)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        fault = Fault(at="body", detail=f'{error}; send {{"key": KEY}}')
        raise Problem(
            422, "invalid-request", f"{fault.at}: {fault.detail}", errors=(fault,)
        ) from error
    caller = await identify(request, parts, given.key)
    response = answer(request, _session(parts, caller.key))
    if caller.key is not None:
        response.set_cookie(
            COOKIE,
            given.key,
            max_age=_MONTH_S,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return response


@router.delete("", status_code=204, responses={204: {"description": "The cookie is gone."}})
async def sign_out() -> Response:
    """Forget this browser's key."""
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def _session(parts: Parts, key: ApiKey | None) -> Session:
    return Session(
        access=parts.settings.access,
        name=key.name if key else None,
        scopes=key.scopes if key else (),
    )
