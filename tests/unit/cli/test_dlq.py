"""`stancewire dlq` on a topic in memory that is read from its beginning at each command."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from garbage import BAD_RECORDS
from stancewire.cli import dlq, main
from stancewire.cli.letter_file import file_letters, moment_since
from stancewire.cli.letter_text import described
from stancewire.errors import InvalidInput, Unavailable
from stancewire.workers.dead_letters import dead_letter, id_of, mark, marked, original_of
from stancewire.workers.records import Incoming

from .conftest import AT

ARTICLES, DLQ = "stancewire.articles", "stancewire.articles.dlq"
AT_ALL = "--since", "2000-01-01"


class Broker:
    """The dead-letter topic with two partitions, and what is sent to any topic."""

    def __init__(self) -> None:
        self.letters: list[list[Incoming]] = [[], []]
        self.sent: list[Incoming] = []
        self.fails_after: int | None = None

    def put(self, record: Any, *, topic: str = DLQ, partition: int = 0) -> Incoming:
        lane = self.letters[partition] if topic == DLQ else self.sent
        made = Incoming(
            topic=topic,
            partition=partition,
            offset=len(lane),
            key=record.key,
            value=record.value,
            headers=tuple(record.headers),
            timestamp=AT + timedelta(hours=len(lane)),
        )
        lane.append(made)
        return made

    def fail(
        self,
        value: bytes | None = b"{}",
        *,
        error: Exception | None = None,
        partition: int = 0,
        key: bytes | None = b"urn:1",
        headers: Sequence[tuple[str, bytes]] = (("tenant", b"\xff\x00"),),
        topic: str = ARTICLES,
    ) -> str:
        """A record that a worker gave up; the short id of its letter."""
        incoming = Incoming(
            topic=topic,
            partition=1,
            offset=7,
            key=key,
            value=value,
            headers=tuple(headers),
            timestamp=AT,
        )
        error = error or InvalidInput("no body; add one", stage="schema")
        letter = self.put(dead_letter(incoming, error, model_version="m1"), partition=partition)
        return f"{letter.partition}-{letter.offset}"

    def read(self, _: object, topics: Sequence[str]) -> Iterator[Incoming]:
        assert list(topics) == [DLQ]
        return iter([record for lane in self.letters for record in lane])

    @contextmanager
    def sending(self, _: object, topic: str) -> Iterator["Sender"]:
        yield Sender(self, topic)


class Sender:
    def __init__(self, broker: Broker, topic: str) -> None:
        self._broker, self._topic = broker, topic

    def send(self, value: Any, *, key: Any, headers: Any, topic: Any = None, partition: Any = 0):
        broker = self._broker
        if broker.fails_after == 0:
            raise Unavailable("Kafka is away")
        if broker.fails_after is not None:
            broker.fails_after -= 1
        record = type("R", (), {"key": key, "value": value, "headers": headers})
        broker.put(record, topic=topic or self._topic, partition=partition)

    def confirm(self) -> list[Any]:
        return []


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()
    monkeypatch.setattr(dlq, "read_to_end", broker.read)
    monkeypatch.setattr(dlq, "sending", broker.sending)
    return broker


def run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, ["dlq", *arguments], input=answer)


def listed(*arguments: str) -> list[dict[str, Any]]:
    result = run("list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_letter_is_listed_with_all_that_is_known_of_it(broker: Broker) -> None:
    broker.fail(b"\xff", partition=1)
    assert listed() == [
        {
            "id": "stancewire.articles.dlq-1-0",
            "state": "open",
            "at": "2026-11-12T08:30:00Z",
            "topic": ARTICLES,
            "partition": 1,
            "offset": 7,
            "stage": "schema",
            "exception": "stancewire.errors.InvalidInput",
            "reason": "no body; add one",
            "attempts": 1,
            "model_version": "m1",
            "key": "urn:1",
            "size": 1,
        }
    ]
    row = run("list").stdout
    for part in ("1-0", "Thu 12 Nov 08:30", "schema", "urn:1", "no body; add one"):
        assert part in row


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["--stage", "decode"], ["0-1"]),
        (["--stage", "decode", "--stage", "unexpected"], ["0-1", "0-2"]),
        (["--exception", "ZERODIVISION"], ["0-2"]),
        (["--exception", "too deep"], ["0-1"]),
        (["--topic", "stancewire.observations"], ["1-0"]),
        (["--since", "2026-11-12T10:00"], ["0-2"]),
        (["--since", "2026-11-12T10:00", "--stage", "decode"], []),
    ],
)
def test_filters(broker: Broker, filters: list[str], expected: list[str]) -> None:
    broker.fail()
    broker.fail(error=InvalidInput("it is too deep", stage="decode"))
    broker.fail(error=ZeroDivisionError("oh"))
    broker.fail(topic="stancewire.observations", partition=1)
    assert [one["id"].removeprefix(f"{DLQ}-") for one in listed(*filters)] == expected


def test_replay_publishes_the_record_as_it_was_and_the_letter_is_open_no_more(
    broker: Broker,
) -> None:
    name = broker.fail(b"\xff\xfe{", key=b"\x00\xff")
    result = run("replay", name)
    assert result.exit_code == 0, result.output
    [sent] = broker.sent
    assert (sent.topic, sent.key, sent.value) == (ARTICLES, b"\x00\xff", b"\xff\xfe{")
    assert sent.headers == (("tenant", b"\xff\x00"), ("stancewire_attempts", b"1"))
    assert listed() == []
    assert [one["state"] for one in listed("--all")] == ["replayed"]
    again = dead_letter(sent, ValueError("still bad"))
    assert dict(again.headers)["stancewire_attempts"] == b"2"


def test_replaying_twice_publishes_once_unless_told_otherwise(broker: Broker) -> None:
    name = broker.fail()
    run("replay", name)
    second = run("replay", name)
    assert second.exit_code == 0
    assert "was replayed before" in second.stderr
    assert len(broker.sent) == 1
    run("replay", name, "--again")
    assert len(broker.sent) == 2


def test_many_letters_are_asked_about(broker: Broker) -> None:
    for number in range(5):
        broker.fail(partition=number % 2)
    refused = run("replay", *AT_ALL, answer="n\n")
    assert refused.exit_code == 1
    assert "Replay 5 dead letters?" in refused.stderr
    assert broker.sent == []
    assert run("replay", *AT_ALL, answer="").exit_code == 1
    assert broker.sent == []
    assert run("replay", *AT_ALL, answer="y\n").exit_code == 0
    assert len(broker.sent) == 5
    broker.fail()
    broker.fail()
    assert run("discard", *AT_ALL, "--yes").exit_code == 0
    assert len(broker.sent) == 5
    assert listed() == []


def test_a_crash_midway_repeats_and_never_loses(broker: Broker) -> None:
    for _ in range(3):
        broker.fail()
    broker.fails_after = 2
    assert run("replay", *AT_ALL, "--yes").exit_code == 1
    broker.fails_after = None
    assert len(listed()) == 3
    assert run("replay", *AT_ALL, "--yes").exit_code == 0
    assert len(broker.sent) == 2 + 3
    assert listed() == []


def test_a_letter_of_unknown_origin_is_refused_and_stays_open(broker: Broker) -> None:
    broker.fail(topic="somebody.elses")
    broker.put(type("R", (), {"key": b"k", "value": b"v", "headers": []}))
    broker.fail()
    result = run("replay", *AT_ALL, "--yes")
    assert result.exit_code == 1
    assert "0-0: it came from somebody.elses" in result.stderr
    assert "0-1: it came from an unknown topic" in result.stderr
    assert len(broker.sent) == 1
    assert len(listed()) == 2


@pytest.mark.parametrize("command", ["replay", "discard"])
@pytest.mark.parametrize("arguments", [[], ["0-0", "--stage", "decode"]])
def test_what_is_meant_must_be_said_in_one_way(
    broker: Broker, command: str, arguments: list[str]
) -> None:
    broker.fail()
    assert run(command, *arguments).exit_code == 2
    assert listed()


def test_a_letter_that_is_not_there(broker: Broker) -> None:
    result = run("show", "0-17")
    assert result.exit_code == 1
    assert "there is no dead letter 0-17" in result.stderr


def test_times_that_are_none_are_bad_usage(broker: Broker) -> None:
    assert run("list", "--since", "yesterday").exit_code == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", AT - timedelta(minutes=90)),
        ("3d", AT - timedelta(days=3)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T02:00+02:00", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    assert moment_since(text, now=AT) == expected


def test_show_gives_the_bytes_and_json(broker: Broker) -> None:
    name = broker.fail(b"\xff\x00\x1b[2J")
    assert run("show", name, "--raw").stdout_bytes == b"\xff\x00\x1b[2J"
    shown = json.loads(run("show", name, "--json").stdout)
    assert shown["value_base64"] == "/wAbWzJK"
    assert ["tenant", "/wA="] in shown["headers_base64"]


def test_show_clips_a_long_value_and_says_so(broker: Broker) -> None:
    name = broker.fail(b"x" * 5_000)
    assert "3,000 bytes more" in run("show", name).stdout
    assert "x" * 5_000 in run("show", name, "--whole").stdout


@pytest.mark.parametrize("bad", BAD_RECORDS, ids=lambda bad: bad.name)
def test_whatever_was_dead_lettered_is_shown_safely_with_advice(broker: Broker, bad: Any) -> None:
    error = InvalidInput(bad.reason, stage=bad.stage) if bad.stage != "unexpected" else ValueError()
    name = broker.fail(bad.value, key=bad.key, error=error)
    shown = run("show", name)
    assert shown.exit_code == 0, shown.output
    assert "advice     " in shown.stdout
    assert f"stancewire dlq {'replay' if bad.stage == 'unexpected' else 'discard'} {name}" in (
        shown.stdout
    )


headers = st.lists(st.tuples(st.text(min_size=1, max_size=9), st.binary(max_size=9)), max_size=3)


@given(
    key=st.none() | st.binary(max_size=20),
    value=st.none() | st.binary(max_size=200),
    headers=headers,
    reason=st.text(st.characters(), max_size=50),
    stage=st.sampled_from(["decode", "schema", "unexpected", "\x1b[1m"]),
)
def test_any_record_comes_back_as_received_and_any_letter_is_shown_without_steering(
    key: bytes | None,
    value: bytes | None,
    headers: list[tuple[str, bytes]],
    reason: str,
    stage: str,
) -> None:
    broker = Broker()
    error = InvalidInput(reason, stage=stage)
    broker.fail(value, key=key, headers=headers, error=error)
    [letter] = broker.letters[0]
    back = original_of(letter)
    assert back.value == value
    assert back.key == (b"" if key is None and value is None else key)
    assert back.headers == [*headers, ("stancewire_attempts", b"1")]
    [filed] = file_letters([letter])
    lines = list(described(filed, letter))
    assert all(character.isprintable() for line in lines for character in line)


@given(fates=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["replayed", "discarded"]))))
def test_the_newest_mark_of_a_letter_counts(fates: list[tuple[int, Any]]) -> None:
    broker = Broker()
    for _ in range(4):
        broker.fail()
    letters = list(broker.letters[0])
    for number, fate in fates:
        made = broker.put(mark(id_of(letters[number]), fate))
        assert marked(made) == (id_of(letters[number]), fate)
    last = dict(fates)
    assert [one.state for one in file_letters(broker.letters[0])] == [
        last.get(number, "open") for number in range(4)
    ]
