import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from prometheus_client import Counter
from prometheus_client.parser import text_string_to_metric_families

from stancewire import __version__
from stancewire.errors import ConfigurationError
from stancewire.plumbing.health import serving_health
from stancewire.plumbing.sections import TelemetrySettings
from stancewire.plumbing.telemetry import metrics_registry


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_service_is_ready_when_nothing_is_in_its_way(http: aiohttp.ClientSession) -> None:
    problems = {"redis": "Redis does not answer at redis://cache:6379"}
    registry = metrics_registry("reader")
    async with serving_health(
        TelemetrySettings(), registry=registry, problems=lambda: problems
    ) as address:
        async with http.get(f"{address}/readyz") as answer:
            assert answer.status == 503
            assert await answer.json() == {"ready": False, "problems": problems}
        async with http.get(f"{address}/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"alive": True})
        problems.clear()
        async with http.get(f"{address}/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "problems": {}})


async def test_metrics_are_what_the_registry_holds(http: aiohttp.ClientSession) -> None:
    registry = metrics_registry("tracker")
    Counter("votes", "Votes counted", registry=registry).inc(3)
    async with (
        serving_health(TelemetrySettings(), registry=registry, problems=dict) as address,
        http.get(f"{address}/metrics") as answer,
    ):
        assert answer.content_type == "text/plain"
        families = {f.name: f for f in text_string_to_metric_families(await answer.text())}
    assert families["votes"].samples[0].value == 3
    assert families["stancewire_build_info"].samples[0].labels == {
        "service": "tracker",
        "version": __version__,
    }
    assert "python_gc_objects_collected" in families


async def test_the_server_ends_with_its_block(http: aiohttp.ClientSession) -> None:
    async with serving_health(
        TelemetrySettings(), registry=metrics_registry("reader"), problems=dict
    ) as address:
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await http.get(f"{address}/healthz")


async def test_a_port_that_is_taken_is_a_configuration_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"telemetry\.http_port {port} cannot"):
            async with serving_health(
                TelemetrySettings(http_port=port),
                registry=metrics_registry("reader"),
                problems=dict,
            ):
                pass
