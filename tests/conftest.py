"""What all suites share."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from stancewire.plumbing.embedded import embedded_redis

# A busy machine is no failure: examples have no deadline of their own, the test has.
settings.register_profile("stancewire", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stancewire")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis server of the run's own on a free loopback port; keep to a namespace in it."""
    with embedded_redis() as url:
        yield url
