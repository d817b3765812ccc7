import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stancewire.cli import main, publish
from stancewire.cli.publish import uri_of
from stancewire.cli.sending import Sender
from stancewire.plumbing.kafka_clients import ARTICLE_LIMIT_BYTES


class FakeFuture:
    def get(self, timeout: float) -> Any:
        return type("Arrived", (), {"topic": "t", "partition": 0, "offset": 0})()


class FakeProducer:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, topic: str, **record: Any) -> FakeFuture:
        self.sent.append({"topic": topic, **record})
        return FakeFuture()

    def flush(self, timeout: float) -> None:
        pass


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch) -> FakeProducer:
    producer = FakeProducer()

    @contextmanager
    def sending(_: object, topic: str) -> Iterator[Sender]:
        yield Sender(producer, topic)

    monkeypatch.setattr(publish, "sending", sending)
    return producer


def test_records_are_sent_as_they_are_keyed_by_uri(producer: FakeProducer, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [b'{"uri": "urn:1",  "body": "x"}', b'{"@id": "https://a.example/1"}', b"{broken"]
    file.write_bytes(b"\n".join(lines))
    result = CliRunner().invoke(main, ["publish", str(file)])
    assert result.exit_code == 0
    assert [sent["value"] for sent in producer.sent] == lines
    assert [sent["key"] for sent in producer.sent] == [b"urn:1", b"https://a.example/1", None]
    assert {sent["topic"] for sent in producer.sent} == {"stancewire.articles"}
    assert all(sent["headers"] == [] for sent in producer.sent)
    assert "3 articles published" in result.stderr


def test_backfill_marks_every_record(producer: FakeProducer) -> None:
    CliRunner().invoke(main, ["publish", "--backfill", "-"], input='{"uri": "urn:1"}')
    assert [sent["headers"] for sent in producer.sent] == [[("stancewire-backfill", b"1")]]


def test_what_is_over_the_limit_is_refused_and_the_rest_sent(
    producer: FakeProducer, tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    large = json.dumps({"uri": "urn:large", "body": "x" * ARTICLE_LIMIT_BYTES})
    file.write_text(f'{large}\n{{"uri": "urn:2"}}\n')
    result = CliRunner().invoke(main, ["publish", str(file)])
    assert result.exit_code == 1
    assert f"{file}:1: " in result.stderr
    assert "over the limit" in result.stderr
    assert [sent["key"] for sent in producer.sent] == [b"urn:2"]


def test_rate_spreads_the_records_over_time(
    producer: FakeProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(publish.time, "monotonic", lambda: now)
    monkeypatch.setattr(publish.time, "sleep", sleep)
    lines = "\n".join(f'{{"uri": "urn:{number}"}}' for number in range(11))
    CliRunner().invoke(main, ["publish", "--rate", "2", "-"], input=lines)
    assert len(producer.sent) == 11
    assert now == pytest.approx(105.0)


def test_loop_starts_again_at_the_end(
    producer: FakeProducer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"uri": "urn:1"}\n{"uri": "urn:2"}\n')
    send = producer.send

    def send_until_interrupted(topic: str, **record: Any) -> FakeFuture:
        if len(producer.sent) == 5:
            raise KeyboardInterrupt
        return send(topic, **record)

    monkeypatch.setattr(producer, "send", send_until_interrupted)
    result = CliRunner().invoke(main, ["publish", "--loop", str(file)])
    assert [sent["key"][-1:] for sent in producer.sent] == [b"1", b"2", b"1", b"2", b"1"]
    assert result.exit_code == 0
    assert "5 articles published" in result.stderr


@pytest.mark.parametrize("options", [["--rate", "0"], ["--rate", "-1"], []])
def test_bad_usage(options: list[str]) -> None:
    assert CliRunner().invoke(main, ["publish", *options]).exit_code == 2


@pytest.mark.parametrize(
    ("value", "uri"),
    [
        (b'{"uri": "u", "url": "x"}', "u"),
        (b'{"url": "https://a.example/1", "uri": 5}', "https://a.example/1"),
        (b'{"uri": "\\ud800"}', None),
        (b"[1]", None),
        (b'{"uri": ""}', None),
        (b"[" * 100_000, None),
        (b"\xff", None),
    ],
)
def test_uri_of_anything(value: bytes, uri: str | None) -> None:
    assert uri_of(value) == uri
