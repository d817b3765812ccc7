"""Work on several things at a time, with the results in the order in which the things came.

A core works on one sequence of the encoder at a time, so that a text reads the same whatever is
read beside it. What keeps all cores busy is to have several sequences under way: windows of an
article, vectors of its statements, whole articles.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 2
"""Items taken for each that is under way, so that none waits for the next to be fetched."""


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, at_once: int
) -> Iterator[Result]:
    """`work(item)` for every item, in their order, with `at_once` of them under way in threads.

    At most `AHEAD * at_once` items are taken before the first result is given, so a stream of any
    length fits. What `work` or `items` raise is raised where the result would stand; what is under
    way is then waited for, and nothing more is begun.
    """
    if at_once == 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="stancewire-many")
    under_way: deque[Future[Result]] = deque()
    try:
        for item in items:
            under_way.append(pool.submit(work, item))
            if len(under_way) == AHEAD * at_once:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
