from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from stancewire.plumbing.settings import Settings
from stancewire.workers.faust_app import faust_app, incoming_of


@given(st.integers(0, 4_102_444_800_000))
def test_kafka_times_come_back_to_the_millisecond(milliseconds: int) -> None:
    message = SimpleNamespace(
        topic="t",
        partition=1,
        offset=2,
        key=None,
        value=None,
        headers=None,
        timestamp=milliseconds / 1000.0,
    )
    expected = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    assert incoming_of(message).timestamp == expected


def test_headers_come_as_pairs_or_as_a_mapping_and_may_be_null() -> None:
    def headers(raw: object) -> tuple[tuple[str, bytes], ...]:
        message = SimpleNamespace(
            topic="t", partition=0, offset=0, key=b"", value=b"", headers=raw, timestamp=0.0
        )
        return incoming_of(message).headers

    pairs = (("a", b"1"), ("a", b"2"), ("n", b""))
    assert headers([("a", b"1"), ("a", b"2"), ("n", None)]) == pairs
    assert headers({"a": b"2"}) == (("a", b"2"),)
    assert headers(None) == ()


async def test_the_app_commits_nothing_early_and_binds_no_port(tmp_path: Path) -> None:
    conf = faust_app(Settings(), name="reader", directory=tmp_path).conf
    assert conf.id == "stancewire-reader"
    assert conf.web_enabled is False
    assert conf.stream_wait_empty is False
    assert conf.consumer_auto_offset_reset == "earliest"
    assert conf.topic_allow_declare is False
    assert conf.processing_guarantee.value == "at_least_once"
    assert str(conf.datadir) == str(tmp_path)
