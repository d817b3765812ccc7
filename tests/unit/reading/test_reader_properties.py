"""What no text may bring the reader to do. A model of chance stands in for the real one."""

import re
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fake_model import FakeEncoder, fake_reader, tokenize
from reading_checks import HARD_TEXTS, NEWS, article_of, check_reading, squeezed
from stancewire.events import to_json
from stancewire.reading.many import in_order
from stancewire.reading.windows import MAX_TOKENS

QUOTES = "„“”\"'‚‘’«»‹›「」"
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
newsy = st.lists(
    st.sampled_from(
        [*NEWS.split(), *QUOTES, *HARD_TEXTS.values(), "er", "sie", "Sie", "Meyer", ".", "\n", "…"]
    ),
    max_size=40,
)


def joined(words: list[str], spaces: list[str]) -> str:
    return "".join(w + s for w, s in zip(words, spaces, strict=False))


texts = st.builds(
    joined, newsy, st.lists(st.sampled_from(["", " ", " ", " ", "\n", "\u00a0"]), min_size=40)
)
seeds = st.integers(0, 30)


@pytest.mark.parametrize("name", HARD_TEXTS)
@pytest.mark.parametrize("seed", [0, 1])
def test_hard_texts_are_read_by_the_rules(name: str, seed: int) -> None:
    article = article_of(HARD_TEXTS[name])
    check_reading(article, fake_reader(seed=seed).read(article))


@settings(max_examples=60)
@given(any_text, any_text, st.sampled_from(["de", "en", "und", "ja", "xx"]), seeds)
@example("ab", "", "de", 0)
def test_any_text_is_read_by_the_rules(body: str, title: str, language: str, seed: int) -> None:
    article = article_of(body, title=title, language=language)
    check_reading(article, fake_reader(seed=seed).read(article))


@settings(max_examples=60)
@given(texts, seeds)
def test_newslike_text_is_read_by_the_rules(body: str, seed: int) -> None:
    article = article_of(body)
    check_reading(article, fake_reader(seed=seed).read(article))


def test_the_model_of_chance_finds_statements_of_several_actors_of_every_sort() -> None:
    readings = [fake_reader(seed=seed).read(article_of(NEWS)) for seed in range(10)]
    actors = [actor for reading in readings for actor in reading.actors]
    statements = [s for actor in actors for s in actor.statements]
    assert {actor.resolved for actor in actors} == {True, False}
    assert len({actor.actor.kind for actor in actors}) >= 4
    assert {s.speaker is None for s in statements} == {True, False}
    assert {s.cue is None for s in statements} == {True, False}
    assert len({actor.stance.label for actor in actors}) == 4


@settings(max_examples=5)
@given(st.permutations(sorted(HARD_TEXTS)[:12]))
def test_a_text_is_read_alike_alone_and_among_others(order: list[str]) -> None:
    alone = {name: _bytes(fake_reader().read(article_of(HARD_TEXTS[name]))) for name in order}
    reader = fake_reader()
    for name in order:
        assert _bytes(reader.read(article_of(HARD_TEXTS[name]))) == alone[name]


@pytest.mark.no_cover  # coverage takes minutes over the many threads
@settings(max_examples=10)
@given(st.lists(texts, min_size=2, max_size=8), st.integers(2, 4))
def test_texts_read_at_the_same_time_are_read_as_if_alone(bodies: list[str], at_once: int) -> None:
    """To the byte: the stated tolerance is none."""
    articles = [article_of(body) for body in bodies]
    alone, together = fake_reader(), fake_reader(threads=at_once)
    read = [_bytes(reading) for reading in in_order(together.read, articles, at_once=at_once)]
    assert read == [_bytes(alone.read(article)) for article in articles]


@settings(max_examples=60)
@given(texts, seeds, st.sampled_from(["  ", "\t", "\u00a0", " \u2009 ", "   "]))
def test_white_space_shifts_offsets_and_nothing_else(body: str, seed: int, wide: str) -> None:
    body = re.sub(r"[^\S\n]+", " ", body)
    reader = fake_reader(seed=seed)
    narrow = reader.read(article_of(body))
    widened = reader.read(article_of(body.replace(" ", wide)))
    assert squeezed(widened) == squeezed(narrow)
    assert widened.embedding.tobytes() == narrow.embedding.tobytes()


def test_a_headline_alone_is_read_as_nobody() -> None:
    for body in ("", " \n "):
        reading = fake_reader().read(article_of(body, title="„Nie“, sagt Solheim"))
        assert reading.actors == ()
        assert np.linalg.norm(reading.embedding) == pytest.approx(1, abs=1e-3)


def test_a_text_of_20_000_words_is_read_whole_and_in_time() -> None:
    body = "\n\n".join([NEWS.replace("Meyer", f"Meyer{i}") for i in range(470)])
    assert len(body.split()) > 20_000
    encoder = FakeEncoder(seed=3, eager=(1, 0, 1, 1))
    article = article_of(body)
    begun = time.process_time()
    reading = fake_reader(encoder).read(article)
    spent = time.process_time() - begun
    check_reading(article, reading)
    assert max(encoder.windows) <= MAX_TOKENS
    assert sum(encoder.windows) >= len(tokenize(body))
    starts = [s.start for actor in reading.actors for s in actor.statements]
    assert min(starts) < 500
    assert max(starts) > len(body) - 500
    assert len(starts) > 2_000
    assert spent < 60


def test_every_word_of_a_long_text_is_seen_once() -> None:
    """A statement is found wherever it stands: nothing falls between two windows."""
    filler = "Der Zug hielt an. " * 3
    for at in range(0, 120, 5):
        parts = [filler] * 120
        parts[at] = "Solheim warnt heute."
        encoder = FakeEncoder()
        encoder.only_at(tokenize("warnt").ids)
        reading = fake_reader(encoder).read(article_of(" ".join(parts)))
        assert [s.text for actor in reading.actors for s in actor.statements] == ["warnt"]


@pytest.mark.parametrize("end", [". ", " ", "\n"])
def test_linking_takes_twice_the_time_for_twice_the_mentions(end: str) -> None:
    """Within a factor: time is noisy, but the square of twice would be four, and of eight, 64."""

    def spent(sentences: int) -> float:
        body = "".join(f"Anna{i} Meyer sagt Bernd{i % 97} hofft{end}" for i in range(sentences))
        reader = fake_reader(FakeEncoder(seed=1, eager=(2, 0, 2, 2)))
        begun = time.process_time()
        reader.read(article_of(body))
        return time.process_time() - begun

    spent(20)
    assert spent(800) < 24 * max(spent(100), 0.02)


def _bytes(reading) -> bytes:
    return b"\n".join(to_json(actor) for actor in reading.actors) + reading.embedding.tobytes()
