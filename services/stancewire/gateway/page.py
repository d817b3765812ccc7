"""The live page: one document for every address, and the files that it is made of.

The files lie under a path that names their content, so browsers keep them for good, and an upgrade
is seen at once. Nothing on the page comes from another host.
"""

import hashlib
from functools import lru_cache
from importlib import resources
from pathlib import PurePath

from fastapi import APIRouter, Request, Response

from stancewire.gateway.around import POLICY
from stancewire.gateway.problems import not_found

LANGUAGES = ("en", "de")
"""Languages of the page; the first one is for readers who ask for none of them."""

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_POLICY = f"{POLICY}; require-trusted-types-for 'script'; trusted-types 'none'"
"""No script can turn text into markup or code, whatever an article has in it."""
_FOR_GOOD = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


@router.get("/")
@router.get("/stories/{story_id}")
async def page(request: Request) -> Response:
    """The page; its script looks at the address and fetches what belongs there."""
    language = negotiate(request.headers.get("accept-language", ""))
    document = _document(language)
    etag = f'"{hashlib.blake2b(document, digest_size=15).hexdigest()}"'
    headers = {
        "content-security-policy": _POLICY,
        "cache-control": "no-cache",
        "vary": "accept-language",
        "content-language": language,
        "etag": etag,
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(document, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/static/{version}/{name}")
async def file(version: str, name: str) -> Response:
    """One file of the page."""
    content = _files().get(name)
    if content is None or version != _version():
        raise not_found(f"file {name!r} of this version of the page; load the page anew")
    kind = _TYPES[PurePath(name).suffix]
    return Response(content, headers={"content-type": kind, "cache-control": _FOR_GOOD})


def negotiate(accepted: str) -> str:
    """The language of `LANGUAGES` that an Accept-Language header asks for most (RFC 9110, 12.5.4).

    >>> negotiate("fr, de-AT;q=0.8, en;q=0.5")
    'de'
    """
    wanted = sorted(map(_weighed, accepted.split(",")), reverse=True, key=lambda each: each[0])
    return next((name for weight, name in wanted if weight > 0.0 and name in LANGUAGES), "en")


def _weighed(entry: str) -> tuple[float, str]:
    tag, _, parameter = entry.partition(";")
    _, _, weight = parameter.partition("q=")
    try:
        return (float(weight) if weight else 1.0), tag.strip().lower().partition("-")[0]
    except ValueError:
        return 0.0, ""


@lru_cache(maxsize=1)
def _files() -> dict[str, bytes]:
    """Every file of the page but the document itself, by name."""
    folder = resources.files("stancewire.gateway") / "static"
    return {
        each.name: each.read_bytes()
        for each in sorted(folder.iterdir(), key=lambda each: each.name)
        if PurePath(each.name).suffix in _TYPES
    }


@lru_cache(maxsize=1)
def _version() -> str:
    digest = hashlib.blake2b(digest_size=9)
    for name, content in _files().items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()


@lru_cache(maxsize=len(LANGUAGES))
def _document(language: str) -> bytes:
    folder = resources.files("stancewire.gateway") / "static"
    base = f"/static/{_version()}"
    # Told beforehand, all modules are fetched at once instead of one after the other's import.
    modules = [name for name in _files() if name.endswith(".js") and name != "theme.js"]
    preloads = "\n    ".join(f'<link rel="modulepreload" href="{base}/{name}">' for name in modules)
    return (
        (folder / "page.html")
        .read_text(encoding="utf-8")
        .replace("{language}", language)
        .replace("{base}", base)
        .replace("{preloads}", preloads)
        .encode()
    )
