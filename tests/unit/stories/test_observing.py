import msgspec

from rule_reader import RuleReader
from stancewire.events import (
    Actor,
    ActorReading,
    ModelRef,
    Observation,
    Stance,
    StanceReading,
    StoryRef,
)
from stancewire.stories.observing import observe, refer_to, vanished, withdraw, without_statements
from story_builders import NOON, article, days

MODEL = ModelRef(name="stancewire-reader", version="1")
STANCE = StanceReading(label=Stance.HOPEFUL, confidence=0.9, scores={Stance.HOPEFUL: 0.9})


def observations(*actors: str, story: str = "s", version: int = 1) -> tuple[Observation, ...]:
    readings = [
        ActorReading(actor=Actor(id=actor, name=actor, kind="person"), stance=STANCE, statements=())
        for actor in actors
    ]
    return observe(
        readings,
        article=refer_to(article(), version=version),
        story=StoryRef(id=story, label="S"),
        model=MODEL,
        observed_at=NOON,
    )


def test_each_actor_of_each_version_in_each_story_has_an_id_of_its_own() -> None:
    made = [
        *observations("a", "b"),
        *observations("a", version=2),
        *observations("a", story="t"),
    ]
    assert len({observation.observation_id for observation in made}) == 4
    assert observations("a") == observations("a")


def test_a_withdrawal_names_the_observation_and_says_nothing() -> None:
    [one] = observations("a")
    gone = withdraw(one, at=NOON + days(1))
    assert gone.observation_id == one.observation_id
    assert (gone.status, gone.statements, gone.observed_at) == ("withdrawn", (), NOON + days(1))
    assert withdraw(without_statements(one), at=gone.observed_at) == gone


def test_what_vanished_is_what_no_key_has_any_more() -> None:
    earlier = [*observations("a", "b"), *observations("c", story="t")]
    now = [*observations("b", version=2), *observations("c", version=2)]
    gone = vanished(earlier, now)
    assert [(o.story.id if o.story else None, o.actor.id) for o in gone] == [
        ("s", "a"),
        ("t", "c"),
    ]


def test_a_key_that_vanished_twice_is_named_once_by_its_last_observation() -> None:
    first, second = observations("a"), observations("a", version=2)
    assert vanished([*first, *second], []) == tuple(msgspec.structs.replace(o) for o in second)


def test_readings_of_the_same_actor_become_one_vote() -> None:
    reader = RuleReader()
    text = "Ann: warning of rain\nBob: hopeful\nAnn: hopeful of sun\nAnn: hopeful of wind\n"
    read = reader.read(article(body=text)).actors
    first, bob, *rest = read
    joined = ActorReading(
        actor=msgspec.structs.replace(rest[0].actor, aliases=("A.", "Ann")),
        stance=rest[0].stance,
        statements=tuple(s for reading in rest for s in reading.statements),
    )
    ann, other = observe(
        [first, bob, joined],
        article=refer_to(article(), version=1),
        story=None,
        model=MODEL,
        observed_at=NOON,
    )
    assert (ann.actor.name, other.actor.name) == ("Ann", "Bob")
    assert [s.text for s in ann.statements] == [
        "warning of rain",
        "hopeful of sun",
        "hopeful of wind",
    ]
    assert ann.stance.label == "hopeful"
    assert ann.actor.aliases == ("A.", "Ann")
