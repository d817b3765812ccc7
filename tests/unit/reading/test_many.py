import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stancewire.reading.many import AHEAD, in_order

DEADLINE_S = 20


@settings(max_examples=50)
@given(st.lists(st.integers(), max_size=30), st.integers(1, 5))
def test_results_stand_in_the_order_of_the_items(items: list[int], at_once: int) -> None:
    assert list(in_order(str, items, at_once=at_once)) == [str(item) for item in items]


def test_the_first_may_be_the_last_to_be_done() -> None:
    second_done = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second_done.wait(DEADLINE_S)
        else:
            second_done.set()
        return item

    assert list(in_order(work, [0, 1], at_once=2)) == [0, 1]


def test_one_at_a_time_runs_where_it_is_called() -> None:
    threads = in_order(lambda _: threading.current_thread(), range(3), at_once=1)
    assert set(threads) == {threading.current_thread()}


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_a_stream_without_end_gives_results_after_a_few_items(at_once: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        while True:
            taken.append(len(taken))
            yield taken[-1]

    results = in_order(str, items(), at_once=at_once)
    assert [next(results) for _ in range(5)] == ["0", "1", "2", "3", "4"]
    assert len(taken) <= 5 + AHEAD * at_once
    results.close()


@pytest.mark.parametrize("at_once", [1, 2])
def test_an_error_stands_where_the_result_would(at_once: int) -> None:
    def work(item: int) -> float:
        return 1 / item

    results = in_order(work, [1, 2, 0, 4, 5, 6, 7, 8], at_once=at_once)
    assert [next(results), next(results)] == [1, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert list(results) == []


def test_nothing_is_begun_after_an_error() -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 0:
            raise ValueError("bad item")

    with pytest.raises(ValueError, match="bad item"):
        list(in_order(work, range(1000), at_once=2))
    assert len(begun) <= AHEAD * 2


def test_an_error_of_the_items_is_raised() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(in_order(str, items(), at_once=2))
