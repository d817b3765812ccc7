"""The simulator does what it says, and its detector is the one that the service runs."""

from functools import partial

import numpy as np
import pytest

from stancewire.events import VOTING_STANCES, StanceSince
from stancewire.tracking import DetectorConfig, Likelihoods, State, step
from stancewire.tracking.state import Reckoning
from stancewire_training.detectors import cusum, drift, ewma, last_label, majority
from stancewire_training.measure import BEFORE, measure, sample
from stancewire_training.simulate import Labels, Streams, World, changing, stationary
from track_builders import RECORDED, START, observation, own_words

CONFUSION = np.array([[0.8, 0.15, 0.05], [0.1, 0.75, 0.15], [0.05, 0.2, 0.75]])
WORLD = World(confusion=CONFUSION, off_stance=0.3, owners=4)


def streams(read: str, *, truth: str | None = None, copies: str = "", owners: str = "") -> Streams:
    """One stream from letters: h, s, w; `copies` marks with c the articles that repeat."""
    length = len(read)
    places = {"h": 0, "s": 1, "w": 2}

    def labels(letters: str) -> Labels:
        return np.array([[places[letter] for letter in letters]], dtype=np.int8)

    return Streams(
        truth=labels(truth or "h" * length),
        read=labels(read),
        is_new=np.array([[mark != "c" for mark in copies.ljust(length)]]),
        owner=np.array(
            [[int(o) for o in owners or "012345678"[:length].ljust(length, "9")]], np.int8
        ),
    )


def held_by_the_service(of: Streams, row: int, h: float) -> list[int]:
    """What `stancewire.tracking` holds after each article of a stream."""
    matrix = [list(map(float, line)) for line in CONFUSION]
    config = DetectorConfig(likelihoods=Likelihoods({"en": matrix}, off_stance=0.0), h=h)
    start = StanceSince(stance=VOTING_STANCES[of.truth[row, 0]], since=START, confidence=1.0)
    state = State(base=Reckoning(held=start, moved="established", moved_at=START))
    held, words = [], ""
    for t, label in enumerate(of.read[row]):
        words = own_words(f"{row} {t}") if of.is_new[row, t] else words
        article = observation(
            f"a{t:03}", "hsw"[label], hours=t + 1.0, texts=[words], owner=str(of.owner[row, t])
        )
        state, _ = step(state, article, config=config, recorded_at=RECORDED)
        now = state.ledger[-1].move.current if state.ledger else start
        held.append(VOTING_STANCES.index(now.stance))
    return held


@pytest.mark.parametrize("h", [3.0, 5.0])
def test_the_simulated_detector_is_the_one_of_the_service(h: float) -> None:
    of = changing(WORLD, streams=6, before=25, after=25, generator=np.random.default_rng(3))
    held = cusum(of, likelihoods=CONFUSION, h=h)
    assert (np.diff(held) != 0).sum() >= 6
    for row in range(len(held)):
        assert held[row].tolist() == held_by_the_service(of, row, h)


def test_steady_actors_keep_their_stance_and_speak_off_it_as_often_as_said() -> None:
    exact = World(confusion=np.eye(3), off_stance=0.3, printings=1.0)
    of = stationary(exact, streams=200, length=200, generator=np.random.default_rng(1))
    assert (of.truth == of.truth[:, :1]).all()
    assert of.is_new.all()
    assert (of.read != of.truth).mean() == pytest.approx(0.3, abs=0.01)


def test_the_reader_errs_as_its_matrix_says() -> None:
    steady = World(confusion=CONFUSION, off_stance=0.0, printings=1.0)
    of = stationary(steady, streams=300, length=300, generator=np.random.default_rng(1))
    for true in range(3):
        shares = np.bincount(of.read[of.truth == true], minlength=3)
        np.testing.assert_allclose(shares / shares.sum(), CONFUSION[true], atol=0.01)


def test_copies_follow_their_statement_and_read_alike() -> None:
    of = stationary(WORLD, streams=200, length=200, generator=np.random.default_rng(1))
    assert of.is_new.mean() == pytest.approx(0.5, abs=0.01)
    copies = ~of.is_new[:, 1:]
    assert (of.read[:, 1:][copies] == of.read[:, :-1][copies]).all()


def test_actors_change_once_after_the_given_number_of_articles() -> None:
    of = changing(WORLD, streams=50, before=BEFORE, after=5, generator=np.random.default_rng(1))
    assert (np.diff(of.truth) != 0).sum(axis=1).tolist() == [1] * 50
    assert (of.truth[:, BEFORE - 1] != of.truth[:, BEFORE]).all()


def test_simple_detectors_by_hand() -> None:
    of = streams("hhwhwwww")
    assert last_label(of).tolist() == [[0, 0, 2, 0, 2, 2, 2, 2]]
    assert majority(of).tolist() == [[0, 0, 0, 0, 0, 2, 2, 2]]
    assert ewma(of, weight=0.5, margin=0.3).tolist() == [[0, 0, 0, 0, 0, 2, 2, 2]]


def test_cusum_by_hand_waits_for_votes_and_owners_and_counts_copies_once() -> None:
    sharp = np.array([[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]])  # ln 18 = 2.9
    detect = partial(cusum, likelihoods=sharp, h=5.0)
    assert detect(streams("hwww")).tolist() == [[0, 0, 0, 2]]
    assert detect(streams("hwww"), min_votes=2, min_owners=2).tolist() == [[0, 0, 2, 2]]
    assert detect(streams("hwwww", copies="  c c")).tolist() == [[0, 0, 0, 0, 0]]
    assert detect(streams("hwwww", copies="  c c"), count_copies=True)[0, 3] == 2
    assert detect(streams("hwwww", owners="01121")).tolist() == [[0, 0, 0, 0, 0]]
    assert detect(streams("hwwwww", owners="011123", copies="    cc")).tolist() == [
        [0, 0, 0, 0, 0, 2]
    ]


class EveryThirdContradiction:
    """A stand-in with the interface of river's drift detectors."""

    def __init__(self) -> None:
        self._seen = 0.0

    @property
    def drift_detected(self) -> bool:
        return self._seen == 3.0

    def update(self, x: float) -> None:
        self._seen += x


def test_a_detector_of_numbers_is_fed_contradictions_and_made_anew_at_its_alarm() -> None:
    of = streams("hwwhwwwhhww", copies="  c")
    held = drift(of, make=EveryThirdContradiction, recent=3)
    assert held.tolist() == [[0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2]]


def test_what_is_measured_is_false_changes_share_found_and_delay() -> None:
    on = sample(WORLD, streams=40, length=100, seed=1)
    never = measure(lambda of: np.repeat(of.truth[:, :1], of.truth.shape[1], axis=1), on)
    assert (never.false_per_1000, never.found) == (0.0, 0.0)
    assert np.isnan(never.delay)
    oracle = measure(lambda of: of.truth, on)
    assert (oracle.false_per_1000, oracle.found, oracle.delay) == (0.0, 1.0, 1.0)
    late = measure(lambda of: np.roll(of.truth, 4, axis=1), on)
    assert late.delay == 5.0
    flips = measure(lambda of: (of.truth + np.arange(of.truth.shape[1]) % 2) % 3, on)
    assert flips.false_per_1000 == pytest.approx(990.0)
