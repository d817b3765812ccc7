"""What a rule looks for."""

import pytest

from alert_builders import change
from stancewire.alerting.matching import matches
from stancewire.alerting.rules import Match
from stancewire.events import ActorRef


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({}, True),
        ({"stance": "warning"}, True),
        ({"stance": ["hopeful", "skeptical"]}, False),
        ({"from_stance": "hopeful"}, True),
        ({"from_stance": "skeptical"}, False),
        ({"type": "established"}, False),
        ({"type": ["established", "changed"]}, True),
        ({"actor": ["person:john-roe", "person:jane-doe"]}, True),
        ({"actor": "person:jane"}, False),
        ({"actor_kind": "person"}, True),
        ({"actor_kind": "government"}, False),
        ({"alias": "jane DOE"}, True),
        ({"alias": "Doe"}, True),
        ({"alias": "Do"}, False),
        ({"alias": "the reed"}, True),
        ({"story": "st-harbour"}, True),
        ({"story": "st"}, False),
        ({"story_label": "HARBOUR"}, True),
        ({"story_label": "dam"}, False),
        ({"language": "de"}, True),
        ({"language": ["en", "fr"]}, False),
        ({"min_confidence": 0.9}, True),
        ({"min_confidence": 0.91}, False),
        ({"min_sources": 3}, True),
        ({"min_sources": 4}, False),
        ({"stance": "warning", "actor_kind": "group"}, False),
    ],
)
def test_a_change_fulfils_all_that_is_asked_for(match, expected):
    aliases = {"person:jane-doe": ["The Reed"]}
    found = matches(Match(**match), change("c1", "h>w"), aliases=aliases.__getitem__)
    assert found is expected


@pytest.mark.parametrize("kind", ["reverted", "retracted", "amended", "rebaselined", "stale"])
def test_what_follows_on_a_change_matches_nothing(kind):
    assert not matches(Match(), change("c1", "h>w", type=kind, supersedes="c0"))


def test_an_alias_of_signs_is_no_pattern():
    odd = ActorRef(id="organization:c", name="C++ Council (North)", kind="organization")
    assert matches(Match(alias="c++ council (north)"), change("c1", "h>w", actor=odd))
    assert not matches(Match(alias=".*"), change("c1", "h>w", actor=odd))
