import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner

from stancewire.cli import main, tail
from stancewire.events import Stance
from stancewire.plumbing.envelope import encode
from stancewire.workers.dead_letters import dead_letter
from stancewire.workers.records import Incoming

from .conftest import AT


class FakeFollower:
    def __init__(self, records: list[Incoming]) -> None:
        self._records = records
        self.skipped = False

    def skip_to_end(self) -> None:
        self.skipped = True

    def poll(self, timeout_s: float) -> list[Incoming]:
        if not self._records:
            raise KeyboardInterrupt
        return [self._records.pop(0)]


class Topic:
    """What is on the topic that the command follows."""

    def __init__(self) -> None:
        self.records: list[Incoming] = []
        self.followed: list[str] = []
        self.follower: FakeFollower | None = None

    def add(self, record: Any) -> None:
        self.records.append(
            Incoming(
                topic="t",
                partition=0,
                offset=len(self.records),
                key=record.key,
                value=record.value,
                headers=tuple(record.headers),
                timestamp=AT,
            )
        )


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Topic:
    topic = Topic()

    @contextmanager
    def follow(_: object, topics: list[str]) -> Iterator[FakeFollower]:
        topic.followed = list(topics)
        topic.follower = FakeFollower(topic.records)
        yield topic.follower

    monkeypatch.setattr(tail, "follow", follow)
    return topic


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["tail", *arguments])


def test_changes_are_readable_lines(topic: Topic, samples: Any) -> None:
    topic.add(encode(samples.change(evidence=(samples.evidence("the guns"),))))
    result = run("changes")
    assert result.exit_code == 0
    assert "Ingrid Solheim: + hopeful → ! warning 88%" in result.stdout
    assert "“the guns” (Transline News)" in result.stdout
    assert topic.followed == ["stancewire.changes"]


def test_json_is_the_event_as_it_is_on_the_topic(topic: Topic, samples: Any) -> None:
    record = encode(samples.change())
    topic.add(record)
    assert run("changes", "--json").stdout.encode() == (record.value or b"") + b"\n"


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ([], ["Ingrid Solheim", "Pavol Hrenko"]),
        (["--stance", "warning"], ["Ingrid Solheim"]),
        (["--actor", "hrenko"], ["Pavol Hrenko"]),
        (["--actor", "person:ingrid-solheim"], ["Ingrid Solheim"]),
        (["--story", "gipfel in bergen"], ["Ingrid Solheim", "Pavol Hrenko"]),
        (["--story", "s1"], ["Ingrid Solheim", "Pavol Hrenko"]),
        (["--story", "dam"], []),
        (["--actor", "hrenko", "--stance", "warning"], []),
    ],
)
@pytest.mark.parametrize("what", ["changes", "observations"])
def test_filters(
    what: str, filters: list[str], shown: list[str], topic: Topic, samples: Any
) -> None:
    for actor, stance in (("Ingrid Solheim", "warning"), ("Pavol Hrenko", "skeptical")):
        event = (
            samples.change(actor=actor, current=Stance(stance))
            if what == "changes"
            else samples.observation(actor=actor, stance=Stance(stance))
        )
        topic.add(encode(event))
    lines = run(what, "--json", *filters).stdout.splitlines()
    assert [json.loads(line)["actor"]["name"] for line in lines] == shown


def test_aliases_of_an_actor_are_found(topic: Topic, samples: Any) -> None:
    topic.add(encode(samples.observation()))
    assert "Ingrid Solheim" in run("observations", "--actor", "die ministerin").stdout


def test_a_record_that_is_no_event_is_passed_over(topic: Topic, samples: Any) -> None:
    topic.add(type("R", (), {"key": b"k", "value": b"{}", "headers": []}))
    topic.add(encode(samples.change()))
    result = run("changes")
    assert "t[0] at 0 is passed over" in result.stderr
    assert "Ingrid Solheim" in result.stdout


def test_dead_letters_say_why(topic: Topic) -> None:
    incoming = Incoming(
        topic="stancewire.articles",
        partition=1,
        offset=7,
        key=b"urn:1",
        value=b"\xff{broken",
        headers=(),
        timestamp=AT,
    )
    topic.add(dead_letter(incoming, ValueError("this is no JSON")))
    (line,) = run("dlq", "--json").stdout.splitlines()
    letter = json.loads(line)
    assert letter == {
        "key": "urn:1",
        "value": "\\xff{broken",
        "topic": "stancewire.articles",
        "partition": 1,
        "offset": 7,
        "stage": "unexpected",
        "reason": "this is no JSON",
    }
    assert topic.followed == ["stancewire.articles.dlq"]
    topic.add(dead_letter(incoming, ValueError("this is no JSON")))
    assert "dead letter urn:1: this is no JSON (stage unexpected)" in run("dlq").stdout


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (b'{"uri": "u",\n "b": 1}', '{"uri":"u","b":1}'),
        (None, "null"),
        (b"\xff[", '"\\\\xff["'),
    ],
)
def test_articles_are_one_line_each_whatever_they_are(
    value: bytes | None, line: str, topic: Topic
) -> None:
    topic.add(type("R", (), {"key": b"k", "value": value, "headers": []}))
    assert run("articles", "--json").stdout == line + "\n"


def test_begins_at_the_end_unless_told_otherwise(topic: Topic) -> None:
    run("changes")
    assert topic.follower is not None
    assert topic.follower.skipped
    run("changes", "--from-beginning")
    assert not topic.follower.skipped


def test_filters_that_cannot_apply_are_bad_usage(topic: Topic) -> None:
    assert run("articles", "--actor", "x").exit_code == 2
    assert run("rumours").exit_code == 2
