"""What all unit tests share."""

import os
from collections.abc import Iterator

import pytest

from stancewire.plumbing.embedded import embedded_kafka


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that somebody has in their environment decide no test."""
    for name in [name for name in os.environ if name.startswith("STANCEWIRE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def embedded_broker() -> Iterator[str]:
    """The address of an embedded broker that all tests of the run share; take a prefix each."""
    with embedded_kafka() as server:
        yield server
