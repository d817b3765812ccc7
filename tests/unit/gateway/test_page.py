"""The live page's document and files, as the gateway serves them."""

import re

import httpx
import pytest

from stancewire.gateway.page import negotiate


@pytest.mark.parametrize("path", ["/", "/stories/any-id", "/stories/%22%3E%3Cscript%3E"])
async def test_the_document_has_nothing_of_the_request_in_it(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.content == (await http.get("/")).content
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_policy_forbids_what_is_not_the_pages_own(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert not re.search(
        r"<style|\sstyle=|\son\w+=|<script(?! (type=\"module\" )?src=)", answer.text
    )
    assert not re.search(r"(src|href)=\"(?!/|#)", answer.text), "nothing from another host"


async def test_every_file_that_the_document_names_is_there_for_good(
    http: httpx.AsyncClient,
) -> None:
    document = (await http.get("/")).text
    named = set(re.findall(r"/static/[^\"]+", document))
    assert len(named) > 10
    for path in named:
        answer = await http.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        for imported in re.findall(r"from \"\./([\w.]+)\"", answer.text):
            assert any(each.endswith(f"/{imported}") for each in named), imported


@pytest.mark.parametrize("path", ["/static/old/main.js", "/static/{}/page.html", "/static/{}/x.js"])
async def test_other_files_are_not_served(http: httpx.AsyncClient, path: str) -> None:
    found = re.search(r"/static/(\w+)/", (await http.get("/")).text)
    assert found is not None
    answer = await http.get(path.format(found[1]))
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:stancewire:problem:not-found"


async def test_the_document_is_sent_once_for_each_language(http: httpx.AsyncClient) -> None:
    first = await http.get("/", headers={"accept-language": "de-CH, en;q=0.5"})
    assert '<html lang="de">' in first.text
    assert first.headers["vary"].lower().startswith("accept-language")
    tag = {"if-none-match": first.headers["etag"]}
    assert (await http.get("/", headers={"accept-language": "de", **tag})).status_code == 304
    assert (await http.get("/", headers={"accept-language": "en", **tag})).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "en"),
        ("de", "de"),
        ("DE-at", "de"),
        ("en;q=0.3, de;q=0.7", "de"),
        ("fr, it", "en"),
        ("de;q=0, en", "en"),
        ("de;q=often", "en"),
        ("*", "en"),
        (";;,,q=", "en"),
        ("de;q=nan", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_most(accepted: str, expected: str) -> None:
    assert negotiate(accepted) == expected
