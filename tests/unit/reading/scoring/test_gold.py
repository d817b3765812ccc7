import json

import pytest

from stancewire.errors import InvalidInput
from stancewire.events import Stance
from stancewire.reading.scoring.gold import parse_gold

ACTOR = {"name": "Ann", "kind": "person", "stance": "hopeful", "spans": [[0, 4]]}
LINE = {"id": "a", "lang": "en", "text": "Yes, said Ann.", "actors": [ACTOR]}


def line(**changes: object) -> bytes:
    return json.dumps({**LINE, **changes}).encode()


def test_a_line_is_an_article_with_its_actors() -> None:
    gold = parse_gold(line(title="Ann agrees", note="let through"))
    assert gold.actors[0].stance is Stance.HOPEFUL
    article = gold.article
    assert (article.uri, article.title, article.language) == ("a", "Ann agrees", "en")
    assert article.body == LINE["text"]


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (b"{", "truncated"),
        (b'{"id": "\xff"}', "utf-8"),
        (b"[]", "object"),
        (line(id=""), "id"),
        (line(text=None), "text"),
        (line(actors=[{**ACTOR, "stance": "angry"}]), "angry"),
        (line(actors=[{**ACTOR, "kind": "robot"}]), "robot"),
        (line(actors=[{**ACTOR, "alt": ["maybe"]}]), "maybe"),
        (line(actors=[{**ACTOR, "spans": [[0, 15]]}]), r"\[0, 15\] of 'Ann'"),
        (line(actors=[{**ACTOR, "spans": [[4, 4]]}]), r"\[4, 4\]"),
        (line(actors=[{**ACTOR, "spans": [[-1, 4]]}]), r"\[-1, 4\]"),
    ],
)
def test_what_is_no_labelled_article_is_refused_with_its_fault(bad: bytes, named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        parse_gold(bad)
