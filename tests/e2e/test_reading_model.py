"""The shipped model on texts that try it hard; `reading_checks` says what holds for any reading."""

import re

import pytest
from threadpoolctl import threadpool_info

from reading_checks import HARD_TEXTS, NEWS, article_of, check_reading, squeezed
from stancewire.events import to_json
from stancewire.reading.many import in_order
from stancewire.reading.model import SHIPPED
from stancewire.reading.reader import Reader, Reading


@pytest.fixture(scope="module")
def reader() -> Reader:
    if not (SHIPPED / "manifest.json").is_file():
        pytest.fail(f"there is no model in {SHIPPED}: train one, or check it out with its weights")
    return Reader.load()


@pytest.mark.parametrize("name", HARD_TEXTS)
def test_hard_texts_are_read_by_the_rules(reader: Reader, name: str) -> None:
    article = article_of(HARD_TEXTS[name])
    check_reading(article, reader.read(article))


def test_matrices_of_the_heads_are_multiplied_on_one_thread(reader: Reader) -> None:
    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert {pool["num_threads"] for pool in blas} == {1}


def test_ordinary_news_is_read(reader: Reader) -> None:
    article = article_of(NEWS)
    reading = reader.read(article)
    check_reading(article, reading)
    assert "person:ingrid-solheim" in {actor.actor.id for actor in reading.actors}


@pytest.mark.parametrize(("opening", "closing"), ["„“", "“”", "»«", "«»", '""', "‚‘", "‘’", "„”"])
def test_a_quotation_is_a_statement_in_whatever_marks(
    reader: Reader, opening: str, closing: str
) -> None:
    body = f"{opening}Wir hoffen auf Frieden{closing}, sagte Außenministerin Ingrid Solheim."
    (actor,) = reader.read(article_of(body)).actors
    assert actor.actor.id == "person:ingrid-solheim"
    assert "Wir hoffen auf Frieden" in actor.statements[0].text


def test_a_text_is_read_alike_alone_and_among_others(reader: Reader) -> None:
    names = ["german quotes", "instructions", "missing spaces", "unbalanced quotes", "emoji"]
    alone = {name: _bytes(reader.read(article_of(HARD_TEXTS[name]))) for name in names}
    for name in [*reversed(names), *names]:
        assert _bytes(reader.read(article_of(HARD_TEXTS[name]))) == alone[name]


def test_texts_read_at_the_same_time_are_read_as_if_alone() -> None:
    """To the byte, on one core and on three, with vectors of statements; so are two windows."""
    texts = [NEWS, NEWS * 5, *list(HARD_TEXTS.values())[:8]] * 2
    articles = [article_of(text) for text in texts]
    alone = Reader.load(threads=1, embed_statements=True)
    together = Reader.load(threads=3, embed_statements=True)
    read = [_bytes(reading) for reading in in_order(together.read, articles, at_once=4)]
    assert read == [_bytes(alone.read(article)) for article in articles]


@pytest.mark.parametrize("wide", ["  ", "\t", "\u00a0", "   "])
@pytest.mark.parametrize("name", ["news", "german quotes", "english quotes", "no punctuation"])
def test_white_space_shifts_offsets_and_nothing_else(reader: Reader, name: str, wide: str) -> None:
    body = re.sub(r"[^\S\n]+", " ", NEWS if name == "news" else HARD_TEXTS[name])
    narrow = reader.read(article_of(body))
    widened = reader.read(article_of(body.replace(" ", wide)))
    assert squeezed(widened) == squeezed(narrow)
    assert widened.embedding.tobytes() == narrow.embedding.tobytes()


def test_what_is_said_at_the_end_of_20_000_words_is_read(reader: Reader) -> None:
    filler = "Der Zug hielt an und fuhr nach einer Weile weiter in das Tal hinein. " * 25
    body = f"{filler}\n\n" * 58 + "„Wir hoffen auf Frieden“, sagte Ministerin Ingrid Solheim."
    assert len(body.split()) > 20_000
    article = article_of(body)
    reading = reader.read(article)
    check_reading(article, reading)
    said = {s.text.strip("„“") for actor in reading.actors for s in actor.statements}
    assert "Wir hoffen auf Frieden" in said


def _bytes(reading: Reading) -> bytes:
    return b"\n".join(to_json(actor) for actor in reading.actors) + reading.embedding.tobytes()
