"""What the reader decided can be read back from what it published about it."""

from flow_fakes import NOON, FakePublisher, FakeReader, FakeStore, Log, decode_plain
from rule_reader import MODEL
from stancewire.events import Assignment
from stancewire.plumbing.clock import ManualClock
from stancewire.plumbing.envelope import decode
from stancewire.plumbing.kafka import Topics
from stancewire.reading.languages import LanguageRule
from stancewire.stores.recorded import pack
from stancewire.workers.reading_flow import ReadingFlow
from stancewire.workers.reading_plan import recorded_of
from story_builders import BY_VECTOR

TOPICS = Topics("stancewire")


async def test_an_assignment_tells_all_of_the_decision() -> None:
    """What a rebuild puts in Redis is, to the byte, what the reader had put there."""
    log, store, publisher = Log(), FakeStore(), FakePublisher()
    log.add("urn:a", "Ann: hopeful it works\nBob: warning it does not", version=3)
    log.add("urn:a", "Ann: warning it breaks", version=5, story="desk:7")
    log.add("urn:b", "Cid: skeptical about it")
    log.put(b"urn:b", None)
    log.add("urn:c", "nobody speaks here", title="Dam")
    log.add("urn:d", "Dan: neutral in this", version=1)
    log.add("urn:d", withdrawn=True, version=9, body="")
    flow = ReadingFlow(
        decode=decode_plain,
        read=FakeReader(),
        model=MODEL,
        store=store,
        publisher=publisher,
        topics=TOPICS,
        rule=BY_VECTOR,
        clock=ManualClock(NOON),
        languages=LanguageRule(supported=("en",), otherwise="skip"),
    )
    for record in log.records:
        await flow.handle(record)
    events = [decode(outgoing.record) for outgoing in publisher.to(TOPICS.assignments)]
    told = {e.article.uri: recorded_of(e) for e in events if isinstance(e, Assignment)}
    assert len(told) == 4
    assert told["urn:d"].version == 9
    assert {uri: pack(recorded) for uri, recorded in told.items()} == store.articles
