import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stancewire.reading.windows import CONTEXT_TOKENS, MAX_TOKENS, TITLE_TOKENS, Tokens, cut_windows


def tokens(count: int) -> Tokens:
    spans = np.array([(5 * i, 5 * i + 4) for i in range(count)], dtype=np.int64).reshape(-1, 2)
    return Tokens(np.arange(10, 10 + count, dtype=np.int64), spans)


def sentences_of(lengths: list[int]) -> list[tuple[int, int]]:
    ends = np.cumsum(lengths).tolist()
    return [(5 * (e - n), 5 * e - 1) for n, e in zip(lengths, ends, strict=True)]


@given(st.lists(st.integers(1, 600), max_size=12), st.integers(0, 60))
def test_every_token_is_owned_once_and_no_window_is_too_long(lengths, title):
    body = tokens(sum(lengths))
    windows = cut_windows(tokens(title), body, sentences_of(lengths))
    owned = [i for w in windows for i in range(w.own, w.last)]
    assert owned == list(range(len(body)))
    for w in windows:
        assert len(w.ids) <= MAX_TOKENS
        assert w.own - w.first <= CONTEXT_TOKENS
        shown = w.ids[w.body_at : w.body_at + w.last - w.first]
        assert (shown == body.ids[w.first : w.last]).all()


def test_a_window_ends_where_a_sentence_ends():
    lengths = [40] * 20
    windows = cut_windows(tokens(8), tokens(800), sentences_of(lengths))
    assert len(windows) > 1
    assert all(w.last % 40 == 0 and w.first % 40 == 0 for w in windows)


def test_a_long_headline_is_cut_and_leaves_room_for_the_body():
    (window,) = cut_windows(tokens(300), tokens(100), [(0, 500)])
    assert window.body_at == TITLE_TOKENS + 2
