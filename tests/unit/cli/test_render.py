import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from stancewire.cli import render
from stancewire.cli.board import Board
from stancewire.events import Stance


def printed(*rows: Any, width: int = 80, terminal: bool = True) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, color_system=None)
    for when, what in rows:
        render.row(console, when, what)
    return out.getvalue()


@given(st.text(), st.integers(2, 200))
def test_clipped_text_is_short_and_cannot_steer_the_terminal(text: str, length: int) -> None:
    clipped = render.clip(text, length)
    assert len(clipped) <= length
    assert all(character.isprintable() for character in clipped)


def test_escape_sequences_of_an_article_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in render.quoted("harmless \x1b[2J\x1b]0;title\x07 text")


def test_text_keeps_its_own_quotation_marks() -> None:
    assert render.quoted("„Kein Wort wahr“") == "„Kein Wort wahr“"
    assert render.quoted("kein Wort wahr") == "“kein Wort wahr”"


def test_change_says_everything_on_one_line_where_no_terminal_is(samples: Any) -> None:
    change = samples.change(evidence=(samples.evidence("We are one stray bullet away"),))
    line = printed(render.change_row(change), terminal=False)
    assert line == (
        "Thu 12 Nov 08:30  Ingrid Solheim: + hopeful → ! warning 88%"
        "  [Gipfel in Bergen: Was Korvath…]"
        "  “We are one stray bullet away” (Transline News)\n"
    )


def test_quote_is_the_latest_that_speaks_for_the_new_stance(samples: Any) -> None:
    change = samples.change(
        evidence=(
            samples.evidence("later, but hopeful", stance=Stance.HOPEFUL, minute=40),
            samples.evidence("fears", minute=30),
            samples.evidence("the one that tipped it", minute=30),
            samples.evidence("warns", minute=30),
            samples.evidence("an earlier one", minute=10),
        )
    )
    tipping = render.tipping(change)
    assert tipping is not None
    assert tipping.text == "the one that tipped it"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(samples: Any, width: int) -> None:
    change = samples.change(evidence=(samples.evidence("sehr " * 60),))
    letter = render.dead_letter_row(
        change.occurred_at, key="https://a.example/" + "x" * 200, stage="decode", reason="r" * 500
    )
    text = printed(
        render.change_row(change),
        letter,
        render.observation_row(samples.observation()),
        width=width,
    )
    assert max(len(line) for line in text.splitlines()) <= width
    assert "Ingrid Solheim: + hopeful → ! warning 88%" in " ".join(text.split())


@pytest.mark.parametrize("width", [80, 100, 160])
def test_a_change_takes_two_lines_and_three_of_a_narrow_terminal(samples: Any, width: int) -> None:
    change = samples.change(evidence=(samples.evidence("Diese Worte sind zu lang. " * 9),))
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system=None)
    render.row(console, *render.change_row(change, room=render.room_of(console)))
    assert len(out.getvalue().splitlines()) <= 2 + (width < 100)
    assert "Diese Worte" in " ".join(out.getvalue().split())
    assert "(Transline News)" in " ".join(out.getvalue().split())


def test_wrapped_lines_hang_below_the_text_not_below_the_time(samples: Any) -> None:
    lines = printed(render.change_row(samples.change())).splitlines()
    assert len(lines) > 1
    assert all(line.startswith(" " * 18) for line in lines[1:])


@pytest.mark.parametrize(
    ("type", "previous", "current", "said"),
    [
        ("established", None, Stance.HOPEFUL, "Ingrid Solheim: + hopeful 88% (first stance)"),
        ("retracted", Stance.WARNING, Stance.HOPEFUL, "retracted ! warning → + hopeful 88%"),
        ("retracted", Stance.WARNING, None, "retracted ! warning → no stance"),
        ("stale", Stance.WARNING, None, "stale ! warning → no stance"),
    ],
)
def test_every_type_of_change_reads(
    samples: Any, type: str, previous: Stance | None, current: Stance | None, said: str
) -> None:
    change = samples.change(type=type, previous=previous, current=current)
    assert said in printed(render.change_row(change), terminal=False)


def test_stance_is_told_without_colour() -> None:
    for stance in Stance:
        assert render.stance_text(stance, 0.5).plain == f"{render.SIGNS[stance]} {stance} 50%"
    assert len(set(render.SIGNS.values())) == len(Stance)


@pytest.mark.parametrize("width", [60, 80, 160])
def test_reading_shows_actor_stance_and_quotes(samples: Any, width: int) -> None:
    out = io.StringIO()
    table = render.reading_table("Shots at Radim bridge", "Transline · en", [samples.observation()])
    Console(file=out, width=width, color_system=None).print(table)
    text = " ".join(out.getvalue().split())
    assert "Shots at Radim bridge" in text
    assert "! warning 85%" in text
    assert max(len(line) for line in out.getvalue().splitlines()) <= width


def test_reading_without_actors_says_so() -> None:
    out = io.StringIO()
    Console(file=out, width=80).print(render.reading_table("", "x", []))
    assert "(no headline)" in out.getvalue()
    assert "nobody is quoted" in out.getvalue()


def test_standings_fit_eighty_columns(samples: Any) -> None:
    board = Board()
    for number in range(12):
        board.observe(samples.observation(uri=f"urn:{number}", owner=f"Owner {number}"))
    board.change(samples.change())
    ((story, standings),) = board.standings()
    out = io.StringIO()
    Console(file=out, width=80, color_system=None).print(
        render.standing_table(story.label, standings)
    )
    lines = out.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    row = next(line for line in lines if "Solheim" in line)
    assert row.split() == [
        *["Ingrid", "Solheim", "!", "warning", "88%", "12", "Nov"],
        *["+0", "?0", "!12", "=0", "12", "1"],
    ]
