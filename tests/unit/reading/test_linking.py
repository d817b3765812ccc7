"""Which mentions become one actor, whatever the model would have."""

import numpy as np
import pytest

from stancewire.reading.actors import KINDS
from stancewire.reading.linking import link
from stancewire.reading.spans import Piece, Tagged


class EagerHeads:
    """Takes everybody for a person, and any two mentions for one."""

    def kind(self, mentions):
        return np.tile(
            np.eye(len(KINDS), dtype=np.float32)[KINDS.index("person")], (len(mentions), 1)
        )

    def identity_scores(self, mention, others, features):
        return np.append(np.linspace(1, 2, len(others), dtype=np.float32), np.float32(-5))

    def speaker_scores(self, statement, mentions, features):
        return np.append(np.zeros(len(mentions), np.float32), np.float32(-5))


def clusters(*texts: str) -> list[int]:
    pieces = [Piece(t, i, i + len(t), (i, i + 1), i) for i, t in enumerate(texts)]
    tagged = Tagged(statements=[], cues=[], speakers=pieces, mentions=pieces)
    return link(tagged, np.zeros((len(texts), 384), np.float32), EagerHeads()).actors


@pytest.mark.parametrize(
    "texts",
    [
        ("Ilse Vandenberg", "Ahmad Darwish"),
        ("Ilse Vandenberg", "Botschafterin", "Ahmad Darwish"),
        ("Ilse Vandenberg", "Ahmad Darwish", "Botschafterin", "Ilse Vandenberg", "Darwish"),
    ],
)
def test_two_names_are_never_one_actor_by_way_of_others(texts):
    found = clusters(*texts)
    assert found[texts.index("Ilse Vandenberg")] != found[texts.index("Ahmad Darwish")]


def test_what_nothing_keeps_apart_is_joined():
    assert len(set(clusters("Ilse Vandenberg", "Botschafterin", "sie", "Vandenberg"))) == 1


def test_no_mentions_are_no_actors():
    assert clusters() == []
