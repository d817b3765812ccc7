from typing import Any

from stancewire.cli.board import Board
from stancewire.events import Stance


def test_an_event_that_comes_again_changes_nothing(samples: Any) -> None:
    once, twice = Board(), Board()
    for board, times in ((once, 1), (twice, 2)):
        for _ in range(times):
            board.observe(samples.observation())
            board.change(samples.change())
    assert once.standings() == twice.standings()


def test_a_new_reading_of_an_article_replaces_the_old_one(samples: Any) -> None:
    board = Board()
    board.observe(samples.observation(stance=Stance.WARNING))
    board.observe(samples.observation(stance=Stance.HOPEFUL))
    ((_, (standing,)),) = board.standings()
    assert dict(standing.articles) == {Stance.HOPEFUL: 1}
    assert standing.current is None


def test_a_withdrawn_article_no_longer_counts(samples: Any) -> None:
    board = Board()
    board.observe(samples.observation(uri="urn:a"))
    board.observe(samples.observation(uri="urn:b", owner="Elbkurier"))
    board.observe(samples.observation(uri="urn:b", owner="Elbkurier", status="withdrawn"))
    ((_, (standing,)),) = board.standings()
    assert (standing.articles.total(), standing.sources) == (1, 1)


def test_outlets_of_one_owner_are_one_source(samples: Any) -> None:
    board = Board()
    for uri in ("urn:a", "urn:b"):
        board.observe(samples.observation(uri=uri, owner="One Owner"))
    ((_, (standing,)),) = board.standings()
    assert (standing.articles.total(), standing.sources) == (2, 1)


def test_the_newest_change_tells_the_stance_in_whatever_order_it_came(samples: Any) -> None:
    board = Board()
    board.change(samples.change(sequence=3, previous=Stance.WARNING, current=Stance.HOPEFUL))
    board.change(samples.change(sequence=1, type="established", previous=None))
    board.change(samples.change(sequence=2))
    ((_, (standing,)),) = board.standings()
    assert standing.current is not None
    assert standing.current.stance == Stance.HOPEFUL
    assert standing.changes == 2


def test_actors_without_a_stance_are_left_out_when_rarely_read(samples: Any) -> None:
    board = Board()
    board.observe(samples.observation(actor="A Passer-by"))
    board.observe(samples.observation())
    board.change(samples.change())
    ((_, standings),) = board.standings(least_articles=2)
    assert [standing.actor for standing in standings] == ["Ingrid Solheim"]


def test_a_reading_outside_a_story_is_not_shown(samples: Any) -> None:
    board = Board()
    board.observe(samples.observation(story=None))
    assert board.standings() == []
