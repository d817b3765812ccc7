from pathlib import Path

import pytest

from stancewire.errors import ConfigurationError
from stancewire.reading.actors import describe
from stancewire.reading.directory import ActorDirectory

LISTED = """
ignore = ["organization:dpa", "Tagesblatt"]

[merge]
"person:merkel" = "person:angela-merkel"
"person:angie" = "person:merkel"

[actors."person:donald-trump"]
name = "Donald Trump"
aliases = ["Trump", "The Donald"]

[actors."government:kr"]
name = "Südkorea"
"""


def directory(tmp_path: Path, text: str) -> ActorDirectory:
    file = tmp_path / "actors.toml"
    file.write_text(text, encoding="utf-8")
    return ActorDirectory.load(file)


def test_without_a_file_nothing_changes() -> None:
    actor = describe(["Trump"], kind="person")
    assert ActorDirectory.load(None).apply(actor) is actor


def test_an_alias_leads_to_the_actor_and_stays_among_its_forms(tmp_path: Path) -> None:
    actor = directory(tmp_path, LISTED).apply(describe(["Mr. Trump"], kind="person"))
    assert actor is not None
    assert (actor.id, actor.name) == ("person:donald-trump", "Donald Trump")
    assert actor.aliases == ("Trump", "Mr. Trump")


def test_an_alias_among_the_mentions_of_somebody_else_changes_nothing(tmp_path: Path) -> None:
    actor = describe(["Melania Trump", "Trump"], kind="person")
    assert directory(tmp_path, LISTED).apply(actor) == actor


def test_merges_lead_on_to_the_last(tmp_path: Path) -> None:
    actor = directory(tmp_path, LISTED).apply(describe(["Angie"], kind="person"))
    assert actor is not None
    assert actor.id == "person:angela-merkel"


def test_a_name_is_shown_as_the_user_wants_it(tmp_path: Path) -> None:
    actor = directory(tmp_path, LISTED).apply(describe(["Seoul"], kind="government"))
    assert actor is not None
    assert (actor.name, actor.aliases) == ("Südkorea", ("Seoul",))


@pytest.mark.parametrize("mention", ["dpa", "Deutsche Presse-Agentur", "Tagesblatt", "TAGESBLATT"])
def test_who_is_ignored_is_gone_under_every_name(tmp_path: Path, mention: str) -> None:
    actor = describe([mention], kind="organization")
    assert directory(tmp_path, LISTED).apply(actor) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ignored = []", "unknown field `ignored`"),
        ('[actors."person:a"]\nalias = ["x"]', "unknown field `alias`"),
        ('[actors."trump"]\nname = "Trump"', "'trump', which is no actor id"),
        ('[merge]\n"person:a" = "people:b"', "'people:b', which is no actor id"),
        ('[merge]\n"person:a|b" = "person:b"', "without spaces, | and /"),
        ('[merge]\n"person:a" = "person:b"\n"person:b" = "person:a"', "merges in a circle"),
        ('[actors."person:a"]\naliases = ["X"]\n[actors."person:b"]\naliases = ["x"]', "both"),
        ("ignore = [", "is not valid TOML"),
        ('ignore = "dpa"', "is no list of actors"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"reader\.actors_file .*actors\.toml") as error:
        directory(tmp_path, text)
    assert said in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        ActorDirectory.load(tmp_path / "none.toml")
