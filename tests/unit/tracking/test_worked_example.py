"""The worked example of docs/tracking.md, done by the tracker."""

import re
from pathlib import Path

import pytest

from stancewire.events import Observation
from stancewire.tracking import DetectorConfig, Likelihoods, State, step
from stancewire.tracking.step import trajectory
from stancewire.tracking.votes import ballots
from track_builders import RECORDED, START, days, observation, own_words, run

PAGE = Path(__file__).parents[3] / "docs" / "tracking.md"
EVEN = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
CONFIG = DetectorConfig(likelihoods=Likelihoods({"en": EVEN}, off_stance=0.22), h=5.0)

Row = dict[str, str]


def rows() -> list[Row]:
    found = re.findall(r"^\| (a\d+) \|(.*)\|$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    names = ("hour", "owner", "reads", "ballot", "skeptical", "warning", "happens")
    return [
        {"article": article, **dict(zip(names, map(str.strip, cells.split("|")), strict=True))}
        for article, cells in found
    ]


def article(row: Row) -> Observation:
    original = row["ballot"].removeprefix("carries ")
    words = own_words(original if original.startswith("a") else row["article"])
    return observation(
        row["article"],
        row["reads"][0],
        hours=float(row["hour"]),
        owner=row["owner"],
        texts=[words],
    )


def test_every_row_is_what_the_tracker_does() -> None:
    state = State()
    assert len(rows()) == 13
    for row in rows():
        state, events = step(state, article(row), config=CONFIG, recorded_at=RECORDED)
        _, end = trajectory(state, config=CONFIG)
        assert end.sums == pytest.approx(
            (0.0, float(row["skeptical"]), float(row["warning"])), abs=5e-4
        )
        is_event = row["happens"] in ("established", "changed")
        assert [event.type for event in events] == ([row["happens"]] if is_event else [])
        assert is_pending(end.sums) == (row["happens"] == "pending" or is_pending_before(row))
        assert ballot(state, row["article"]) == row["ballot"]


def test_the_text_says_what_the_events_say() -> None:
    state, (_, changed) = run([article(row) for row in rows()], config=CONFIG)
    assert changed.current is not None
    assert changed.current.since == START + days(2)
    assert changed.occurred_at == START + days(73 / 24)
    assert changed.current.confidence == pytest.approx(0.653, abs=5e-4)
    assert changed.detector.statistic == pytest.approx(5.179, abs=5e-4)
    support = changed.support
    assert (support.statements, support.articles, support.sources) == (4, 5, 4)
    corrected = observation("a10", "n", hours=50, version=2)
    state, (retracted,) = run([corrected], config=CONFIG, state=state)
    assert (retracted.type, retracted.supersedes) == ("retracted", changed.change_id)
    assert retracted.detector.statistic == pytest.approx(3.884, abs=5e-4)
    last = observation("a14", "w", hours=76, owner="Mirror")
    _, (again,) = run([last], config=CONFIG, state=state)
    assert [e.article_uri for e in again.evidence] == ["urn:a14", "urn:a13", "urn:a12", "urn:a8"]
    assert again.change_id != changed.change_id


def is_pending(sums: tuple[float, ...]) -> bool:
    return max(sums) > CONFIG.pending_above


def is_pending_before(row: Row) -> bool:
    """After the row that says so it stays pending until the change."""
    return row["article"] in ("a11", "a12")


def ballot(state: State, name: str) -> str:
    found = {b.uri: b for b in ballots(state.items, model="1", config=CONFIG)}.get(f"urn:{name}")
    if found is None:
        return "none"
    return f"carries {found.carries[0].removeprefix('urn:')}" if found.carries else "vote"
