"""Stored bytes: canonical, without a clock, and refused when they are something else."""

import msgspec
import pytest
from msgspec.structs import replace

from stancewire.errors import ConfigurationError
from stancewire.tracking import State, from_bytes, step, to_bytes
from track_builders import RECORDED, articles, config, days, run


def test_a_state_comes_back_equal() -> None:
    state, _ = run(articles("hhhwwwnh"), config=config())
    assert from_bytes(to_bytes(state)) == state
    assert from_bytes(to_bytes(State())) == State()


def test_the_recording_time_is_in_no_byte_of_the_state() -> None:
    early, late = State(), State()
    for each in articles("hhhwww"):
        early, _ = step(early, each, config=config(), recorded_at=RECORDED)
        late, _ = step(late, each, config=config(), recorded_at=RECORDED + days(9))
    assert to_bytes(early) == to_bytes(late)


@pytest.mark.parametrize("raw", [b"", b"\xff\xff", b"{}", msgspec.msgpack.encode([1, "x"])])
def test_bytes_that_are_no_state_are_refused_with_a_way_out(raw: bytes) -> None:
    with pytest.raises(ConfigurationError, match="folded anew"):
        from_bytes(raw)


def test_another_format_is_refused_by_its_number() -> None:
    with pytest.raises(ConfigurationError, match="format 9"):
        from_bytes(to_bytes(replace(State(), format=9)))
