"""Lists of stories and of an actor's stories."""

import httpx
import pytest

from gateway_world import JANE, GatewayWorld, pages, spoken
from track_builders import observation


async def test_a_story_shows_who_stands_how(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    await world.track(*spoken("hhhwww"), *spoken("ss", actor="max-moe", start=9))
    story = (await http.get("/api/v1/stories/talks")).json()
    assert (story["id"], story["label"], story["actors_total"]) == ("talks", "The talks", 2)
    assert [each["actor"]["name"] for each in story["actors"]] == ["Max Moe", "Jane Doe"]
    assert story["stances"] == {"warning": 1}
    assert story["languages"] == ["en"]
    assert story["latest"]["actor"]["id"] == JANE
    assert story["latest"]["turn"]["type"] == "changed"
    assert story["latest"]["turn"]["previous"] == "hopeful"
    max_moe = story["actors"][0]
    assert (max_moe["held"], max_moe["turn"], max_moe["articles"]) == (None, None, 2)


async def test_stories_come_with_the_newest_article_first(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    for number, name in enumerate(["old", "newest", "new"]):
        await world.track(*spoken("h", story=name, start=[1, 9, 5][number]))
    page = (await http.get("/api/v1/stories")).json()
    assert [story["id"] for story in page["items"]] == ["newest", "new", "old"]
    assert page["next"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
async def test_pages_hold_every_story_once(
    world: GatewayWorld, http: httpx.AsyncClient, limit: int
) -> None:
    """Also where several have their newest article at the same time."""
    for number in range(7):
        await world.track(*spoken("h", story=f"s{number}", start=number // 3))
    found = [story["id"] for story in await pages(http, "/api/v1/stories", limit=limit)]
    assert found == ["s6", "s5", "s4", "s3", "s2", "s1", "s0"]


async def test_pages_stay_stable_while_stories_move(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    for number in range(6):
        await world.track(*spoken("h", story=f"s{number}", start=number))
    first = (await http.get("/api/v1/stories", params={"limit": 2})).json()
    await world.track(*spoken("h", story="new", start=50), *spoken("w", story="s5", start=60))
    rest = await pages(http, "/api/v1/stories", limit=2, cursor=first["next"])
    found = [story["id"] for story in [*first["items"], *rest]]
    assert found == ["s5", "s4", "s3", "s2", "s1", "s0"]


async def test_stories_can_be_filtered(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    await world.track(
        *spoken("hhh", story="hope"),
        *spoken("www", story="both"),
        *spoken("hhh", story="both", actor="max-moe"),
        *spoken("nn", story="calm", actor="max-moe"),
    )
    warned = (await http.get("/api/v1/stories", params={"stance": "warning"})).json()["items"]
    assert [(s["id"], [a["actor"]["id"] for a in s["actors"]]) for s in warned] == [
        ("both", [JANE])
    ]
    of_max = await pages(http, "/api/v1/stories", actor="person:max-moe", limit=1)
    assert [story["id"] for story in of_max] == ["both", "calm"]
    assert await pages(http, "/api/v1/stories", language="de") == []
    assert len(await pages(http, "/api/v1/stories", language="en", limit=1)) == 3


async def test_a_page_without_a_match_leads_on(
    world: GatewayWorld, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stancewire.gateway.stories._LOOKED_AT", 2)
    await world.track(*spoken("www", story="first"))
    for number in range(5):
        await world.track(*spoken("h", story=f"s{number}", start=5 + number))
    first = (await http.get("/api/v1/stories", params={"stance": "warning", "limit": 2})).json()
    assert first["items"] == []
    assert first["next"] is not None
    found = await pages(http, "/api/v1/stories", stance="warning", limit=2)
    assert [story["id"] for story in found] == ["first"]


async def test_a_list_shows_the_first_actors_and_the_story_shows_all(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    for number in range(25):
        await world.track(*spoken("h", actor=f"a-{number}", start=number))
    (listed,) = (await http.get("/api/v1/stories")).json()["items"]
    assert (len(listed["actors"]), listed["actors_total"]) == (20, 25)
    assert len((await http.get("/api/v1/stories/talks")).json()["actors"]) == 25


async def test_an_actor_shows_its_stories(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    for number in range(5):
        await world.track(*spoken("hhh", story=f"s{number}", start=number * 10))
    first = (await http.get(f"/api/v1/actors/{JANE}", params={"limit": 2})).json()
    assert first["actor"] == {"id": JANE, "name": "Jane Doe", "kind": "person"}
    found = await pages(http, f"/api/v1/actors/{JANE}", limit=2)
    assert [item["story"]["id"] for item in found] == ["s4", "s3", "s2", "s1", "s0"]
    assert {item["shown"]["held"]["stance"] for item in found} == {"hopeful"}


async def test_what_was_withdrawn_altogether_is_gone(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    await world.track(observation("a"), observation("b"))
    await world.track(observation("a", withdrawn=True))
    assert (await http.get("/api/v1/stories/talks")).status_code == 200
    await world.track(observation("b", withdrawn=True))
    for path in ("/stories/talks", f"/actors/{JANE}", f"/stories/talks/actors/{JANE}"):
        answer = await http.get(f"/api/v1{path}")
        assert answer.status_code == 404, path
        assert answer.json()["type"] == "urn:stancewire:problem:not-found"
    assert (await http.get("/api/v1/stories")).json() == {"items": [], "next": None}
    await world.track(observation("c"))
    assert (await http.get("/api/v1/stories/talks")).status_code == 200


async def test_an_empty_redis_is_an_empty_list(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/v1/stories")).json() == {"items": [], "next": None}
    assert (await http.get("/api/v1/changes")).json() == {"items": [], "next": None}
    assert (await http.get("/api/v1/stories/none/timeline")).status_code == 404
