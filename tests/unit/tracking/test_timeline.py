"""One actor over time: readings, stretches, changes with what became of them, the band."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from stancewire.events import VOTING_STANCES
from stancewire.tracking import proofs, timeline
from stancewire.tracking.timeline import BAND_POINTS, past_changes, stretches
from track_builders import START, articles, config, days, observation, run

LABELS = st.text("hswn", max_size=40)


@given(LABELS)
@settings(max_examples=40)
def test_stretches_follow_each_other_without_a_gap(labels: str) -> None:
    state, _ = run(articles(labels), config=config())
    found = stretches(state)
    assert [each.until for each in found[:-1]] == [each.since for each in found[1:]]
    if found:
        assert found[-1].until is None
        assert found[-1].stance == timeline_of(state).now.held.stance


@given(LABELS)
@settings(max_examples=40)
def test_votes_of_the_readings_are_those_that_count(labels: str) -> None:
    state, events = run(articles(labels), config=config())
    drawn = timeline_of(state, events)
    assert sum(reading.counts == "vote" for reading in drawn.readings) == drawn.now.votes
    assert [reading.article.uri for reading in drawn.readings] == [i.uri for i in state.items]


@given(LABELS, st.sets(st.integers(0, 39)))
@settings(max_examples=60)
def test_what_stands_of_the_history_is_the_ledger(labels: str, gone: set[int]) -> None:
    """Whatever was corrected on the way."""
    said = articles(labels)
    withdrawn = [
        observation(f"a{i}", withdrawn=True, hours=float(i)) for i in gone if i < len(said)
    ]
    state, events = run([*said, *withdrawn], config=config())
    arrivals = ("established", "changed", "reverted")
    standing = {
        change.change_id
        for change in past_changes(events)
        if change.type in arrivals and change.standing != "retracted"
    }
    assert standing == {entry.change_id for entry in state.ledger if entry.change_id}


def test_the_band_begins_at_the_first_vote_and_ends_now() -> None:
    state, _ = run(articles("hhhwwwss" * 20), config=config())
    as_of = START + days(10)
    band = timeline(state, history=(), as_of=as_of, config=config()).band
    assert len(band) <= BAND_POINTS
    assert band[-1].at == as_of
    assert [point.at for point in band] == sorted(point.at for point in band)
    assert band[-2].at == state.items[-1].at
    for point in band:
        assert set(point.shares) == set(VOTING_STANCES)
        assert abs(sum(share.mean for share in point.shares.values()) - 1.0) < 1e-9
        assert all(share.low < share.mean < share.high for share in point.shares.values())


def test_a_band_is_narrower_the_more_votes_there_are() -> None:
    state, _ = run(articles("hhhhhhhhhh"), config=config())
    band = timeline_of(state).band
    widths = [point.shares[VOTING_STANCES[0]] for point in band[:-1]]
    spans = [share.high - share.low for share in widths]
    assert spans == sorted(spans, reverse=True)


def test_without_votes_there_is_no_band() -> None:
    state, _ = run(articles("nnn"), config=config())
    assert timeline_of(state).band == ()
    assert [reading.counts for reading in timeline_of(state).readings] == ["none"] * 3


def test_a_stance_that_left_the_log_still_has_its_stretch() -> None:
    state, events = run(
        [*articles("hhh"), *articles("www", start=24 * 200, prefix="b")], config=config()
    )
    found = timeline_of(state, events, after=days(300)).stretches
    assert [each.stance for each in found] == ["hopeful", "warning"]
    assert found[0].change_id == events[0].change_id


def test_quotes_stand_where_they_are_said_to() -> None:
    state, _ = run([observation("a", texts=["One thing", "Another thing"])], config=config())
    (proof,) = proofs(state, config=config())
    assert [said.text for said in proof.statements] == ["One thing", "Another thing"]
    for said in proof.statements:
        assert said.sentence[said.offset : said.offset + len(said.text)] == said.text


def timeline_of(state, events=(), *, after: timedelta = timedelta(days=30)):
    return timeline(state, history=events, as_of=START + after, config=config())
