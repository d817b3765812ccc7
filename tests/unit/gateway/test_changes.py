"""The list of changes: filters, pages, order."""

import httpx
import pytest
from msgspec.structs import replace

from gateway_world import JANE, GatewayWorld, pages, spoken
from stancewire.events import StanceChange


async def ids(http: httpx.AsyncClient, **params: object) -> list[str]:
    return [item["change"]["change_id"] for item in await pages(http, "/api/v1/changes", **params)]


@pytest.fixture
async def told(world: GatewayWorld) -> list[StanceChange]:
    """Jane hopes, then warns, in the talks; Max doubts at the dam."""
    first = await world.track(*spoken("hhhwww"))
    second = await world.track(*spoken("sss", story="dam", actor="max-moe", start=24))
    return [*first, *second]


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_what_was_recorded_last_comes_first(
    http: httpx.AsyncClient, told: list[StanceChange], limit: int
) -> None:
    assert await ids(http, limit=limit) == [change.change_id for change in reversed(told)]


async def test_changes_are_shown_as_they_were_published(
    http: httpx.AsyncClient, told: list[StanceChange]
) -> None:
    (item,) = (await http.get("/api/v1/changes", params={"limit": 1})).json()["items"]
    assert item["change"]["actor"] == {"id": "person:max-moe", "name": "Max Moe", "kind": "person"}
    assert item["change"]["evidence"][0]["text"] == told[2].evidence[0].text


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"actor": JANE}, [1, 0]),
        ({"story": "dam"}, [2]),
        ({"stance": "warning"}, [1]),
        ({"type": "established"}, [2, 0]),
        ({"type": "established", "story": "talks"}, [0]),
        ({"since": "2026-03-02T00:00:00Z"}, [2]),
        ({"until": "2026-03-02T00:00:00+00:00"}, [1, 0]),
        ({"since": "2026-03-01T13:00:00Z", "until": "2026-03-01T13:00:01Z"}, [1]),
        ({"stance": "neutral"}, []),
    ],
)
async def test_changes_can_be_filtered(
    http: httpx.AsyncClient, told: list[StanceChange], params: dict[str, str], expected: list[int]
) -> None:
    assert await ids(http, limit=1, **params) == [told[number].change_id for number in expected]


async def test_a_retraction_concerns_the_stance_that_was_taken_back(
    world: GatewayWorld, http: httpx.AsyncClient
) -> None:
    await world.track(*spoken("hhhwww"))
    gone = replace(list(spoken("hhhwww"))[4], status="withdrawn", statements=())
    (retracted,) = await world.track(gone)
    assert (await ids(http, stance="warning"))[0] == retracted.change_id


async def test_pages_stay_stable_while_changes_come(
    world: GatewayWorld, http: httpx.AsyncClient, told: list[StanceChange]
) -> None:
    first = (await http.get("/api/v1/changes", params={"limit": 1})).json()
    await world.track(*spoken("hhh", story="new"))
    rest = await ids(http, limit=1, cursor=first["next"])
    assert rest == [told[1].change_id, told[0].change_id]


async def test_a_page_without_a_match_leads_on(
    world: GatewayWorld,
    http: httpx.AsyncClient,
    told: list[StanceChange],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stancewire.gateway.changes._LOOKED_AT", 1)
    monkeypatch.setattr("stancewire.gateway.changes._CHUNK", 1)
    page = (await http.get("/api/v1/changes", params={"stance": "hopeful"})).json()
    assert page["items"] == []
    assert page["next"] is not None
    assert await ids(http, stance="hopeful") == [told[0].change_id]
