"""One actor in one story: how it stands, over time, and on what evidence."""

import httpx
from msgspec.structs import replace

from gateway_world import JANE, GatewayWorld, pages, spoken
from track_builders import observation

TRACK = f"/api/v1/stories/talks/actors/{JANE}"


async def test_how_an_actor_stands(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    await world.track(*spoken("hhhw"))
    shown = (await http.get(TRACK)).json()
    assert shown["held"]["stance"] == "hopeful"
    assert shown["as_of"] == "2026-03-03T09:00:00Z"
    assert (shown["votes"], shown["articles"], shown["sources"]) == (4, 4, 4)
    assert shown["pending"]["stance"] == "warning"
    assert shown["pending"]["since"] == "2026-03-01T11:00:00Z"
    assert 0.0 < shown["pending"]["statistic"] < shown["pending"]["threshold"] == 5.0
    assert set(shown["distribution"]["shares"]) == {"hopeful", "skeptical", "warning"}


async def test_the_timeline_shows_what_was_taken_back(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    told = await world.track(*spoken("hhhwww"))
    shown = (await http.get(f"{TRACK}/timeline")).json()
    assert [each["stance"] for each in shown["stretches"]] == ["hopeful", "warning"]
    assert shown["stretches"][0]["until"] == shown["stretches"][1]["since"]
    assert shown["stretches"][1]["until"] is None
    assert [each["standing"] for each in shown["changes"]] == ["stands", "stands"]
    gone = list(spoken("hhhwww"))[4]
    await world.track(observation_withdrawn(gone))
    after = (await http.get(f"{TRACK}/timeline")).json()
    assert [each["stance"] for each in after["stretches"]] == ["hopeful"]
    assert [(each["type"], each["standing"]) for each in after["changes"]] == [
        ("established", "stands"),
        ("changed", "retracted"),
        ("retracted", "stands"),
    ]
    assert after["changes"][2]["supersedes"] == told[1].change_id


async def test_the_timelines_of_a_story_come_in_pages(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    for number in range(5):
        await world.track(*spoken("hhh", actor=f"a-{number}", start=number))
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (
            await http.get("/api/v1/stories/talks/timeline", params={"limit": 2, **cursor})
        ).json()
        assert page["story"] == {"id": "talks", "label": "The talks"}
        found += [item["now"]["actor"]["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == [f"person:a-{number}" for number in (4, 3, 2, 1, 0)]


async def test_the_timelines_of_a_story_can_be_filtered(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    for number in range(6):
        labels = "hhh" if number % 2 else "www"
        await world.track(*spoken(labels, actor=f"a-{number}", start=number))
    path = "/api/v1/stories/talks/timeline"
    warning = await pages(http, path, stance="warning", limit=2)
    assert [each["now"]["actor"]["id"] for each in warning] == [f"person:a-{n}" for n in (4, 2, 0)]
    (one,) = await pages(http, path, actor="person:a-3")
    assert one["now"]["actor"]["name"] == "A 3"
    assert await pages(http, path, language="de") == []
    assert len(await pages(http, path, language="en", limit=1)) == 6


async def test_a_timeline_is_computed_once_for_a_revision_and_an_hour(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    await world.track(*spoken("hhh"))
    first = await http.get(f"{TRACK}/timeline")
    assert (await http.get(f"{TRACK}/timeline")).headers["etag"] == first.headers["etag"]
    await world.track(*spoken("w", start=5, prefix="b"))
    second = await http.get(f"{TRACK}/timeline")
    assert len(second.json()["readings"]) == 4
    world.clock.advance(world.clock.now() - world.clock.now().replace(hour=7, minute=0))
    third = await http.get(f"{TRACK}/timeline")
    assert third.json()["now"]["as_of"] != second.json()["now"]["as_of"]


async def test_articles_of_the_future_count_at_once(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    await world.track(*spoken("hhh", start=72))
    shown = (await http.get(TRACK)).json()
    assert shown["as_of"] == "2026-03-04T10:00:00Z"
    assert shown["distribution"]["votes"] > 2.9


async def test_evidence_is_shown_newest_first_with_its_words(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    await world.track(
        observation("a", "h", hours=1, texts=["An agreement is near"]),
        observation("b", "w", hours=2, texts=["An agreement is far"]),
        observation("c", "h", hours=3, texts=["An agreement is near"]),
        observation("d", "n", hours=4),
    )
    items = (await http.get(f"{TRACK}/evidence")).json()["items"]
    assert [item["article"]["uri"] for item in items] == ["urn:d", "urn:c", "urn:b", "urn:a"]
    assert [item["counts"] for item in items] == ["none", "copy", "vote", "vote"]
    assert items[1]["repeats"] == ["urn:a"]
    (said,) = items[3]["statements"]
    assert said["sentence"][said["offset"] :].startswith(said["text"])
    assert said["copies"] == ["urn:c"]


async def test_evidence_can_be_filtered_and_paged(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    await world.track(*spoken("hwhwnh"))
    params: dict[str, str | int] = {"stance": "hopeful", "counts": "vote", "limit": 2}
    first = (await http.get(f"{TRACK}/evidence", params=params)).json()
    await world.track(*spoken("h", start=30, prefix="b"))
    second = (
        await http.get(f"{TRACK}/evidence", params={**params, "cursor": first["next"]})
    ).json()
    names = [item["article"]["uri"][-1] for item in [*first["items"], *second["items"]]]
    assert (names, second["next"]) == (["5", "2", "0"], None)
    assert (await http.get(f"{TRACK}/evidence", params={"language": "de"})).json()["items"] == []


async def test_who_never_spoke_is_not_found(world: GatewayWorld, http: httpx.AsyncClient) -> None:
    await world.track(*spoken("h"))
    for path in ("", "/timeline", "/evidence"):
        answer = await http.get(f"/api/v1/stories/talks/actors/person:nobody{path}")
        assert answer.status_code == 404
        assert "person:nobody" in answer.json()["detail"]


def observation_withdrawn(each):
    return replace(each, status="withdrawn", statements=())
