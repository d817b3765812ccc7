"""Publish coverage and follow it to the end: every event as it comes, and proof that none is left.

It has ended when each consumer group has committed all that its topic holds, asked in the order in
which records travel: a reader commits an article after its observations are acknowledged, a tracker
an observation after its changes are. What was produced meanwhile shows in the ends asked for next.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from kafka import TopicPartition

from stancewire.cli.board import Board
from stancewire.cli.letters import Letter, letter_of
from stancewire.cli.sending import sending
from stancewire.coverage import Entry, Late
from stancewire.errors import InvalidInput, Unavailable
from stancewire.events import Assignment, Observation, StanceChange, Withdrawal
from stancewire.intake.decode import decode
from stancewire.plumbing.envelope import decode_event
from stancewire.plumbing.kafka import Topics
from stancewire.plumbing.sections import KafkaSettings
from stancewire.workers.following import Follower, Offsets, committed_offsets, end_offsets, follow
from stancewire.workers.records import Incoming

LATE_EVERY_S = 12.0
"""Seconds between two articles of coverage that comes in live: time to see what each one does."""
_POLL_S = 0.25

Place = tuple[TopicPartition, int]


class Screen(Protocol):
    """Who is shown what happens, in the order in which it comes off the topics."""

    def changed(self, change: StanceChange) -> None:
        """A stance was established or changed."""

    def buried(self, letter: Letter, at: datetime) -> None:
        """A record was given up; `at` is when it was published."""

    def progressed(self, done: int, total: int) -> None:
        """So many of the published records were read or given up."""


@dataclass
class Outcome:
    """What became of everything that was published."""

    published: int
    read: int = 0
    withdrawn: int = 0
    refused: int = 0
    """Dead letters that had to be: inputs that are no articles."""
    changes: int = 0
    """True changes of stance, without first stances and what was taken back."""
    lost: list[str] = field(default_factory=list)
    """What neither was read nor had to be refused, with the reason where one is known."""


class Playing:
    """One run of coverage through the services; `play` may block until `stopped` is set."""

    def __init__(
        self,
        kafka: KafkaSettings,
        entries: Sequence[Entry],
        *,
        screen: Screen,
        clock: Callable[[], float],
        patience_s: float = 120.0,
    ) -> None:
        """`patience_s`: how long nothing at all may happen before the run counts as failed."""
        self._kafka = kafka
        self._topics = Topics(kafka.topic_prefix)
        self._entries = entries
        self._screen = screen
        self._clock = clock
        self._patience_s = patience_s
        self._places: list[Place] = []
        self._times: dict[Place, datetime] = {}
        self._assigned: dict[str, Assignment] = {}
        self._letters: dict[Place, Letter] = {}
        self._changes: dict[str, StanceChange] = {}
        self.stopped = threading.Event()
        self.board = Board()

    def play(self) -> Outcome | None:
        """Publish all, follow until all is processed; None where it was stopped before.

        Raises Unavailable where Kafka is away or nothing happens any more.
        """
        topics = self._topics
        followed = (topics.assignments, topics.observations, topics.changes, topics.articles_dlq)
        with follow(self._kafka, followed) as follower:
            self._publish()
            last = self._clock()
            before: Offsets = {}
            while not self.stopped.is_set():
                if self._take_all(follower):
                    last = self._clock()
                    continue
                committed = self._committed()
                if committed != before:
                    before, last = committed, self._clock()
                if self._is_settled(committed, follower):
                    return self._outcome()
                if self._clock() - last > self._patience_s:
                    raise Unavailable(self._stalled())
        return None

    def linger(self, late: Iterable[Late] = (), *, every_s: float = LATE_EVERY_S) -> None:
        """Show what comes until `stopped` is set; meanwhile publish `late`, one by one.

        Raises Unavailable where Kafka is away.
        """
        topics = self._topics
        waiting = iter(late)
        due = self._clock()
        with (
            follow(self._kafka, (topics.changes, topics.articles_dlq)) as follower,
            sending(self._kafka, topics.articles) as sender,
        ):
            follower.skip_to_end()
            while not self.stopped.is_set():
                if self._clock() >= due and (article := next(waiting, None)):
                    sender.send(article.published(datetime.now(UTC)), key=article.key)
                    sender.confirm()
                    due = self._clock() + every_s
                self._take_all(follower)

    def _publish(self) -> None:
        with sending(self._kafka, self._topics.articles) as sender:
            for entry in self._entries:
                sender.send(entry.value, key=entry.key)
            self._places = sender.confirm()
        times = (entry.at for entry in self._entries)
        self._times = dict(zip(self._places, times, strict=True))

    def _take_all(self, follower: Follower) -> bool:
        """Take in what has come; whether anything had."""
        batch = follower.poll(_POLL_S)
        for incoming in batch:
            self._take(incoming)
        if batch:
            self._screen.progressed(self._done(), len(self._entries))
        return bool(batch)

    def _take(self, incoming: Incoming) -> None:
        if incoming.topic == self._topics.articles_dlq:
            letter = letter_of(incoming)
            place = TopicPartition(letter.topic, letter.partition), letter.offset
            self._letters[place] = letter
            self._screen.buried(letter, self._times.get(place, incoming.timestamp))
            return
        event = decode_event(incoming.value, incoming.headers)
        if isinstance(event, Assignment):
            self._assigned[event.article.uri] = event
        elif isinstance(event, Observation):
            self.board.observe(event)
        elif isinstance(event, StanceChange) and event.change_id not in self._changes:
            self._changes[event.change_id] = event
            self.board.change(event)
            self._screen.changed(event)

    def _committed(self) -> Offsets:
        """What both groups have committed, the readers' before the trackers'."""
        prefix = self._kafka.group_prefix
        reader = committed_offsets(self._kafka, f"{prefix}-reader")
        return {**reader, **committed_offsets(self._kafka, f"{prefix}-tracker")}

    def _is_settled(self, committed: Offsets, follower: Follower) -> bool:
        if not _all_behind(self._published_ends(), committed):
            return False
        articles = end_offsets(self._kafka, [self._topics.articles])
        if not _all_behind(articles, committed):
            return False
        observations = end_offsets(self._kafka, [self._topics.observations])
        if not _all_behind(observations, self._committed()):
            return False
        positions = follower.positions()
        ends = end_offsets(self._kafka, sorted({place.topic for place in positions}))
        return _all_behind(ends, positions)

    def _published_ends(self) -> Offsets:
        ends: dict[TopicPartition, int] = {}
        for place, offset in self._places:
            ends[place] = max(ends.get(place, 0), offset + 1)
        return ends

    def _done(self) -> int:
        return sum(
            place in self._letters or entry.key in self._assigned
            for place, entry in zip(self._places, self._entries, strict=True)
        )

    def _outcome(self) -> Outcome:
        outcome = Outcome(published=len(self._entries), changes=self._true_changes())
        for place, entry in zip(self._places, self._entries, strict=True):
            self._judge(entry, self._letters.get(place), outcome)
        ours = set(self._places)
        for place, letter in self._letters.items():
            if place not in ours:
                outcome.lost.append(f"{letter.topic} at {letter.offset}: {letter.reason}")
        return outcome

    def _judge(self, entry: Entry, letter: Letter | None, outcome: Outcome) -> None:
        try:
            expected = decode(
                entry.value, key=entry.key.encode(), headers=(), received_at=datetime.now(UTC)
            )
        except InvalidInput:
            if letter is None:
                outcome.lost.append(f"{entry.key}: neither read nor a dead letter")
            outcome.refused += letter is not None
            return
        assigned = self._assigned.get(expected.uri)
        if letter is not None:
            outcome.lost.append(f"{entry.key}: {letter.reason}")
        elif assigned is None:
            outcome.lost.append(f"{entry.key}: neither read nor a dead letter")
        elif isinstance(expected, Withdrawal):
            outcome.withdrawn += self._expect(assigned.status == "withdrawn", entry, outcome)
        else:
            is_known = assigned.article.version >= (expected.version or 1)
            outcome.read += self._expect(is_known, entry, outcome)

    @staticmethod
    def _expect(holds: bool, entry: Entry, outcome: Outcome) -> bool:
        if not holds:
            outcome.lost.append(f"{entry.key}: an earlier version still stands")
        return holds

    def _true_changes(self) -> int:
        return sum(change.type == "changed" for change in self._changes.values())

    def _stalled(self) -> str:
        done, total = self._done(), len(self._entries)
        return (
            f"nothing has happened for {self._patience_s:.0f} s, with {done} of {total} articles"
            " read; the services' last lines say why"
        )


def _all_behind(ends: Offsets, reached: Offsets) -> bool:
    """Whether every partition has been gone through to its end; an empty one counts as such."""
    return all(reached.get(place, 0) >= end for place, end in ends.items())
