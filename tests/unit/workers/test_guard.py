import asyncio

import pytest
from prometheus_client import CollectorRegistry

from flow_fakes import FakePublisher, Log
from stancewire.errors import ConfigurationError, InvalidInput, Overloaded, Unavailable
from stancewire.plumbing.sections import GuardSettings
from stancewire.workers.guard import (
    LONGEST_PAUSE_S,
    REMIND_EVERY_S,
    Guard,
    Handler,
    Readiness,
)
from stancewire.workers.metrics import WorkerMetrics
from stancewire.workers.records import Incoming


class Bench:
    """A guard around a handler, its pauses recorded instead of waited for."""

    def __init__(self, handler: Handler, limits: GuardSettings | None = None) -> None:
        self.publisher, self.readiness = FakePublisher(), Readiness()
        self.readiness.found("start")
        self.registry = CollectorRegistry()
        self.pauses: list[float] = []
        self.most_pauses = 0
        """The pause in which the service is asked to stop; 0 for none."""
        self.problems: list[dict[str, str]] = []
        self.guard = Guard(
            handler,
            dead_letters="dlq",
            publisher=self.publisher,
            metrics=WorkerMetrics(self.registry),
            readiness=self.readiness,
            model_version="m1",
            limits=limits,
            sleep=self.sleep,
        )

    async def sleep(self, pause: float) -> None:
        self.pauses.append(pause)
        self.problems.append(self.readiness.problems)
        if len(self.pauses) == self.most_pauses:
            raise asyncio.CancelledError

    async def run(self, value: bytes | None = b"v") -> Incoming:
        incoming = Log().put(b"k", value, ("h", b"\xff"))
        await self.guard.run(incoming)
        return incoming

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, {"topic": "stancewire.articles", **labels}) or 0


def failing(*errors: BaseException | None) -> Handler:
    """A handler that raises these one after the other, then ends well."""
    queue = list(errors)

    async def handle(_: Incoming) -> str:
        if queue and (error := queue.pop(0)) is not None:
            raise error
        return "read"

    return handle


async def test_what_ends_well_is_counted() -> None:
    bench = Bench(failing())
    await bench.run()
    assert bench.count("stancewire_records_total", outcome="read") == 1
    assert bench.count("stancewire_record_seconds_count") == 1
    assert bench.publisher.sent == []


async def test_a_bad_record_becomes_a_dead_letter_as_received_with_the_reason() -> None:
    bench = Bench(failing(InvalidInput("no body; add one", stage="article")))
    incoming = await bench.run()
    [letter] = bench.publisher.to("dlq")
    assert (letter.record.key, letter.record.value) == (incoming.key, incoming.value)
    assert letter.record.headers[0] == ("h", b"\xff")
    assert dict(letter.record.headers[1:]) == {
        "__connect.errors.topic": b"stancewire.articles",
        "__connect.errors.partition": b"0",
        "__connect.errors.offset": b"0",
        "__connect.errors.stage": b"article",
        "__connect.errors.exception.class.name": b"stancewire.errors.InvalidInput",
        "__connect.errors.exception.message": b"no body; add one",
        "stancewire_attempts": b"1",
        "stancewire_model_version": b"m1",
    }
    assert bench.count("stancewire_dead_letters_total", stage="article") == 1
    assert bench.count("stancewire_records_total", outcome="dead-letter") == 1


@pytest.mark.parametrize("error", [ZeroDivisionError("oh"), RecursionError(), MemoryError()])
async def test_an_error_nobody_foresaw_is_dead_lettered_by_its_class(error: Exception) -> None:
    bench = Bench(failing(error))
    await bench.run()
    headers = dict(bench.publisher.to("dlq")[0].record.headers)
    kind = f"builtins.{type(error).__name__}".encode()
    assert headers["__connect.errors.exception.class.name"] == kind
    assert headers["__connect.errors.exception.message"] == (str(error).encode() or kind)
    assert bench.count("stancewire_dead_letters_total", stage="unexpected") == 1


@pytest.mark.parametrize("kind", [Unavailable, Overloaded, ConfigurationError])
async def test_the_same_record_waits_until_what_is_away_is_back(kind: type[Exception]) -> None:
    bench = Bench(failing(*[kind("Redis is away")] * 9))
    await bench.run()
    assert bench.count("stancewire_records_total", outcome="read") == 1
    assert bench.count("stancewire_retries_total") == 9
    assert bench.publisher.sent == []
    assert bench.pauses == sorted(bench.pauses)
    assert bench.pauses[-1] == LONGEST_PAUSE_S
    assert set(map(str, bench.problems)) == {"{'dependency': 'Redis is away'}"}
    assert bench.readiness.problems == {}


async def test_a_dead_letter_waits_for_kafka_and_is_not_handled_again() -> None:
    handled = []

    async def handle(incoming: Incoming) -> str:
        handled.append(incoming)
        raise InvalidInput("bad", stage="decode")

    bench = Bench(handle)
    bench.publisher.fail_at, bench.publisher.error = 0, Unavailable
    await bench.run()
    assert len(bench.publisher.to("dlq")) == len(handled) == len(bench.pauses) == 1


async def test_a_record_that_failed_before_counts_its_attempts_and_keeps_one_reason() -> None:
    first = Bench(failing(InvalidInput("first", stage="decode")))
    await first.run()
    headers = first.publisher.to("dlq")[0].record.headers
    second = Bench(failing(InvalidInput("second", stage="decode")))
    await second.guard.run(Log().put(b"k", b"v", *headers))
    again = second.publisher.to("dlq")[0].record.headers
    assert len(again) == len(headers)
    assert dict(again)["stancewire_attempts"] == b"2"
    assert dict(again)["__connect.errors.exception.message"] == b"second"


async def test_a_reason_with_a_lone_surrogate_is_written_all_the_same() -> None:
    bench = Bench(failing(InvalidInput("bad \ud800", stage="decode")))
    await bench.run()
    headers = dict(bench.publisher.to("dlq")[0].record.headers)
    assert headers["__connect.errors.exception.message"] == b"bad \\ud800"


@pytest.mark.parametrize(
    ("received", "kept"), [((None, None), (b"", None)), ((None, b"v"), (None, b"v"))]
)
async def test_a_record_without_key_is_kept_as_it_is_unless_no_client_would_send_it(
    received: tuple[bytes | None, bytes | None], kept: tuple[bytes | None, bytes | None]
) -> None:
    bench = Bench(failing(InvalidInput("bad", stage="decode")))
    await bench.guard.run(Log().put(*received))
    [letter] = bench.publisher.to("dlq")
    assert (letter.record.key, letter.record.value) == kept


async def test_no_error_of_the_dead_letter_itself_leaves_the_guard() -> None:
    bench = Bench(failing(InvalidInput("bad", stage="decode")))
    bench.publisher.fail_at, bench.publisher.error = 0, AssertionError
    await bench.run()
    assert len(bench.publisher.to("dlq")) == len(bench.pauses) == 1


async def test_cancellation_leaves_nothing_behind() -> None:
    bench = Bench(failing(asyncio.CancelledError()))
    with pytest.raises(asyncio.CancelledError):
        await bench.run()
    assert bench.publisher.sent == []
    assert bench.count("stancewire_records_total", outcome="read") == 0


LIMITS = GuardSettings(window=10, share=0.5, minimum=4)
BAD = InvalidInput("bad", stage="schema")


async def test_too_many_dead_letters_stop_it_and_the_next_record_is_held_untouched() -> None:
    bench = Bench(failing(None, BAD, None, BAD, BAD), LIMITS)
    for _ in range(5):
        await bench.run()
    assert bench.readiness.problems == {}
    assert bench.count("stancewire_dead_letter_share") == pytest.approx(3 / 5)
    bench.most_pauses = 3
    with pytest.raises(asyncio.CancelledError):
        await bench.run()
    assert bench.pauses == [REMIND_EVERY_S] * 3
    for problems in bench.problems:
        assert "3 of the last 5 records became dead letters" in problems["dead letters"]
    assert bench.count("stancewire_stopped") == 1
    assert len(bench.publisher.sent) == 3
    assert bench.count("stancewire_records_total", outcome="read") == 2


async def test_replayed_letters_that_fail_again_do_not_stop_it() -> None:
    bench = Bench(failing(*[BAD] * 50), LIMITS)
    for _ in range(50):
        await bench.guard.run(Log().put(b"k", b"v", ("stancewire_attempts", b"1")))
    await bench.run()
    assert bench.pauses == []
    assert len(bench.publisher.to("dlq")) == 50
