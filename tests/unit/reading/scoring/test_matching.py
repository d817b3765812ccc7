from reading_builders import reading
from stancewire.events import Actor
from stancewire.reading.scoring.gold import GoldActor
from stancewire.reading.scoring.matching import Matching, match


def read(*names: str, aliases: tuple[str, ...] = ()) -> list[Actor]:
    return [reading(name, aliases=aliases).actor for name in names]


def gold(name: str, **more: object) -> GoldActor:
    return GoldActor(name=name, kind="person", stance="neutral", **more)


def test_the_most_alike_are_paired_first() -> None:
    found = match(read("Meyer", "Anna Meyer"), [gold("Anna Meyer"), gold("Bernd Meyer")])
    assert set(found.pairs) == {(0, 1), (1, 0)}
    assert found.spurious == 0


def test_nobody_is_paired_twice() -> None:
    assert match(read("Anna Meyer", "Bernd Klein"), [gold("Anna Meyer")]) == Matching(((0, 0),), 1)


def test_a_labelled_mention_finds_the_actor() -> None:
    assert match(read("Ministerin"), [gold("Anna Meyer", mentions=("die Ministerin",))]).pairs


def test_an_alias_counts_only_where_it_shares_a_word_with_the_name() -> None:
    labelled = [gold("Anna Meyer")]
    assert match(read("Ministerin Meyer", aliases=("Anna Meyer",)), labelled).pairs
    assert not match(read("Bernd Klein", aliases=("Anna Meyer",)), labelled).pairs


def test_the_sixth_alias_and_a_description_do_not_count() -> None:
    labelled = [gold("Anna Meyer")]
    late = ("Meyer a1 b1", "Meyer a2 b2", "Meyer a3 b3", "Meyer a4 b4", "Meyer a5 b5", "Anna Meyer")
    assert not match(read("Meyer a0 b0 c0 d0", aliases=late[1:5]), [gold("Anna")]).pairs
    assert match(read("Frau Meyer x y z", aliases=late[1:]), labelled).pairs
    assert not match(read("Meyern zu Bonn hat x", aliases=late), [gold("Anna Karla")]).pairs
    long = "Meyer " + " ".join(f"wort{i}" for i in range(12))
    assert not match(read(long), [gold(long)]).pairs


def test_the_institution_spoken_for_finds_the_spokesperson() -> None:
    labelled = [gold("Anna Meyer", on_behalf_of="Weißes Haus")]
    assert match(read("Weißes Haus"), labelled) == Matching(((0, 0),), 0)
    assert match(read("Haus"), labelled).pairs == ()


def test_the_institution_beside_its_spokesperson_is_excused_once() -> None:
    labelled = [gold("Anna Meyer", on_behalf_of="Weißes Haus")]
    assert match(read("Anna Meyer", "Weißes Haus"), labelled).spurious == 0
    assert match(read("Anna Meyer", "Weißes Haus", "Weißes Haus"), labelled).spurious == 1


def test_a_second_form_of_somebody_found_is_excused_unless_it_says_much_more() -> None:
    labelled = [gold("Anna Meyer")]
    assert match(read("Anna Meyer", "Meyer"), labelled) == Matching(((0, 0),), 0)
    assert match(read("Anna Meyer", "Frau Anna Meyer Schmidt Klein"), labelled).spurious == 1


def test_who_stands_for_nobody_is_not_spurious() -> None:
    assert match(read("ungenannt", "Unnamed", "Bernd"), []) == Matching((), 1)
