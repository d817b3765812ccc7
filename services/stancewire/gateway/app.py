"""The FastAPI app: routes, and what is around them."""

from collections.abc import Callable, Mapping

import msgspec
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from stancewire import __version__
from stancewire.gateway import articles, changes, openapi, page, problems, session, stories, tracks
from stancewire.gateway.access import Administering
from stancewire.gateway.around import HomeOnly, Measured, SafeHeaders
from stancewire.gateway.parts import Parts
from stancewire.gateway.reference import reference

Problems = Callable[[], Mapping[str, str]]


def make_app(parts: Parts, *, registry: CollectorRegistry, problems_now: Problems) -> ASGIApp:
    """The app, with nothing running yet; `problems_now` says why it is not ready."""
    app = FastAPI(
        title="Stancewire",
        version=__version__,
        summary="Who hopes, who doubts, who warns in the news, and when that changes.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        separate_input_output_schemas=False,
    )
    app.state.parts = parts
    for each in (stories, tracks, changes, articles, session, page):
        app.include_router(each.router)
    app.include_router(_health(registry, problems_now), include_in_schema=False)
    problems.install(app)
    openapi.install(app)
    app.include_router(reference(app.openapi))
    return _surrounded(app, parts)


def _surrounded(app: FastAPI, parts: Parts) -> ASGIApp:
    """The app with what is around it; what comes last is outermost, around errors as well."""
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    if parts.settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=parts.settings.allowed_origins.split(","),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "idempotency-key", "if-none-match"],
            expose_headers=["etag", "retry-after"],
        )
    guarded = HomeOnly(app) if parts.settings.access == "open" else app
    return Measured(SafeHeaders(guarded), parts.metrics)


def _health(registry: CollectorRegistry, problems_now: Problems) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> Response:
        return Response(b'{"alive":true}', media_type="application/json")

    @router.get("/readyz")
    async def readyz() -> Response:
        found = dict(problems_now())
        body = msgspec.json.encode({"ready": not found, "problems": found})
        return Response(body, status_code=503 if found else 200, media_type="application/json")

    @router.get("/metrics")
    async def metrics(request: Request, _: Administering) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": content_type})

    return router
