"""What must hold after all faults, and the figures of how it was reached."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replay import replay, standing
from stancewire.events import StanceChange
from stancewire.workers.rebuilding import Rebuilt
from worker_world import Consumed, changes_in, observations_in, repeats_in


@dataclass(frozen=True, kw_only=True)
class Verdict:
    articles: int
    observations: int
    observations_repeated: int
    changes: int
    changes_repeated: int
    standing: int
    stale: int
    keys_equal: int
    """Actors in stories whose state in Redis is what the topics make, to the byte."""
    articles_equal: int


async def judge(
    *,
    wanted: Mapping[str, frozenset[str]],
    observed: Sequence[Consumed],
    changed: Sequence[Consumed],
    dead: Sequence[Consumed],
    rebuilt: Rebuilt,
) -> Verdict:
    """Raises AssertionError where an invariant is broken; `wanted` is article uri -> actors."""
    assert [letter.reason for letter in dead] == []
    found = last_said(observed)
    assert found == wanted, differences(found, wanted)
    repeated = repeats_in(observed), repeats_in(changed)
    changes = changes_in(changed)
    # `stale` comes of the clock and not of the log; its repeats were compared above.
    made = [change for change in changes if change.type != "stale"]
    stands, calm = standing(made), standing(await replay(observed))
    assert stands == calm, differences(_types(stands), _types(calm))
    assert rebuilt.is_equal, (rebuilt.tracks.examples, rebuilt.articles.examples)
    return Verdict(
        articles=len(wanted),
        observations=len(observed),
        observations_repeated=repeated[0],
        changes=len(made),
        changes_repeated=repeated[1],
        standing=len(stands),
        stale=len(changes) - len(made),
        keys_equal=rebuilt.tracks.equal,
        articles_equal=rebuilt.articles.equal,
    )


def last_said(records: Sequence[Consumed]) -> dict[str, frozenset[str]]:
    """Article uri -> names of the actors observed in its newest version.

    Of one version a withdrawal outranks a reading, as in the tracker's evidence.
    """
    newest: dict[tuple[str, str], tuple[int, bool]] = {}
    for one in observations_in(records):
        place = (one.article.uri, one.actor.name.lower())
        rank = (int(one.article.version or 0), one.status == "withdrawn")
        newest[place] = max(rank, newest.get(place, (0, False)))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for (uri, name), (_, is_withdrawn) in newest.items():
        if not is_withdrawn:
            found[uri].add(name)
    return {uri: frozenset(names) for uri, names in found.items()}


def differences(found: Mapping[str, object], wanted: Mapping[str, object]) -> str:
    """The first few, for a message."""
    keys = sorted(k for k in {*found, *wanted} if found.get(k) != wanted.get(k))
    shown = "\n".join(f"{k}: found {found.get(k)}, wanted {wanted.get(k)}" for k in keys[:8])
    return f"{len(keys)} differ\n{shown}"


def _types(changes: Mapping[str, StanceChange]) -> dict[str, str]:
    return {one: f"{c.type} {c.story.id}|{c.actor.id} {c}" for one, c in changes.items()}
