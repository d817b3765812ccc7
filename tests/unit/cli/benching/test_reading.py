from typing import Any

import numpy as np
from numpy.typing import NDArray

from fake_model import fake_reader, tokenize
from stancewire.cli.benching import reading
from stancewire.cli.benching.texts import german_articles
from stancewire.reading.windows import MAX_TOKENS


class CountingEncoder:
    def __init__(self) -> None:
        self.seen: list[int] = []

    def states(self, ids: NDArray[np.int64]) -> None:
        self.seen.append(len(ids))

    def vectors(self, sequences: list[NDArray[np.int64]]) -> None:
        self.seen.extend(map(len, sequences))


def test_what_is_encoded_is_every_window_and_the_lead() -> None:
    (article,) = german_articles(number=1, words=900)
    encoded = reading.encode(article, tokenize)
    assert encoded.tokens == len(tokenize(article.body))
    assert len(encoded.windows) > 1
    assert max(map(len, encoded.windows)) <= MAX_TOKENS
    assert encoded.encoded > encoded.tokens + len(encoded.lead)
    assert len(encoded.texts) == len(encoded.windows) + 1
    assert all(text.startswith(article.title) for text in encoded.texts[:-1])
    assert encoded.texts[-2].endswith(article.body[-80:])


def test_both_ways_of_reading_read_every_article() -> None:
    articles = german_articles(number=3, words=60)
    read: list[str] = []
    reader = fake_reader()

    class Counting:
        model, languages = reader.model, reader.languages

        def read(self, article: Any) -> Any:
            read.append(article.uri)
            return reader.read(article)

    for contender in (
        reading.as_read(Counting(), articles, threads=2),
        reading.as_service(Counting(), articles),
    ):
        read.clear()
        contender.work()
        assert sorted(read) == sorted(a.uri for a in articles)
        assert contender.amount == 3


def test_the_encoder_alone_gets_as_many_tokens_as_are_counted(monkeypatch: Any) -> None:
    encoder = CountingEncoder()
    monkeypatch.setattr(reading, "Encoder", lambda *_, **__: encoder)
    encoded = [reading.encode(a, tokenize) for a in german_articles(number=2, words=500)]
    contender = reading.encoder_alone(None, encoded, threads=2)  # type: ignore[arg-type]
    contender.work()
    assert sum(encoder.seen) == contender.amount == sum(e.encoded for e in encoded)
