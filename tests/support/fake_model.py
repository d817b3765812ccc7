"""A reading model of chance instead of weights: every path of the reader runs, in milliseconds.

What it tags depends on nothing but the tokens in the window, so equal text is read alike. Its
tokenizer does what real ones do to offsets: drops characters, splits one character into several
tokens, begins a word with a token that covers what the next one covers, too.
"""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from stancewire.events import ModelRef
from stancewire.reading.features import distance_features, identity_features
from stancewire.reading.heads import Heads
from stancewire.reading.labels import Layer
from stancewire.reading.model import Manifest
from stancewire.reading.reader import Reader
from stancewire.reading.stance import Calibration
from stancewire.reading.windows import Tokens

HIDDEN, INNER, PIECES = 384, 16, 4096
HARD_TO_BEAT = 8.0
"""The score of "nobody" and "new": about as many mentions are below it as above."""
EAGER = (-1, -2, -1, 0)
"""What is added to the logits of "begin" in each layer, so that not every word is tagged."""
_PIECE = re.compile(r"[^\W_]{1,5}|\S")
_DROPPED = frozenset("\u00ad\u200b\u200d\ufeff\ufe0f")


def tokenize(text: str) -> Tokens:
    """Pieces of up to five letters and single marks, with the code points that each covers."""
    ids: list[int] = []
    spans: list[tuple[int, int]] = []

    def add(piece: str, start: int, end: int) -> None:
        ids.append(10 + crc32(piece.encode()) % (PIECES - 10))
        spans.append((start, end))

    for found in _PIECE.finditer(text):
        piece, (start, end) = found[0], found.span()
        if piece in _DROPPED:
            continue
        if piece[0].isupper() and not text[start - 1 : start].isalnum():
            add("▁", start, start + 1)
        for _ in range(3 if piece == "…" else 1):
            add(piece, start, end)
    return Tokens(np.array(ids, dtype=np.int64), np.array(spans, dtype=np.int64).reshape(-1, 2))


class FakeEncoder:
    """States and tags looked up by token; `eager`: see `EAGER`."""

    def __init__(self, *, seed: int = 0, eager: Sequence[float] = EAGER) -> None:
        rng = np.random.default_rng(seed)
        self._states = rng.normal(size=(PIECES, HIDDEN)).astype(np.float32)
        self._tags = rng.normal(size=(PIECES, len(Layer), 3)).astype(np.float32) * 2
        self._tags[..., 1] += np.array(eager, dtype=np.float32)
        self.windows: list[int] = []

    def only_at(self, ids: NDArray[np.int64]) -> None:
        """From now on tag the tokens `ids`, in this order, as a statement and nothing else."""
        self._tags[:] = (4, 0, 0)
        self._tags[ids[0], Layer.STATEMENT] = (0, 4, 0)
        self._tags[ids[1:], Layer.STATEMENT] = (0, 0, 4)

    def states(self, ids: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Token ids [n] -> states [n, 384] and tag logits [n, layers, 3]; notes n in `windows`."""
        self.windows.append(len(ids))
        before = np.roll(ids, 1)
        return self._states[ids] + self._states[before] / 4, self._tags[ids]

    def vectors(self, sequences: Sequence[NDArray[np.int64]]) -> NDArray[np.float32]:
        """Token ids of k texts -> unit vectors [k, 384]."""
        sums = [self._states[ids].sum(axis=0) + self._states[0] for ids in sequences]
        rows = np.stack(sums) if sums else np.zeros((0, HIDDEN), np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def fake_heads(seed: int = 0) -> Heads:
    """Heads of the real ones' inputs and outputs, with random numbers in them."""
    rng = np.random.default_rng(seed)
    distance = len(distance_features(0, 0))
    identity = len(identity_features("a", "b", 0))
    shapes = {
        "stance": (4 * HIDDEN, 4),
        "speaker": (3 * HIDDEN + distance, 1),
        "identity": (3 * HIDDEN + identity, 1),
        "kind": (HIDDEN, 5),
    }
    tensors = {name: np.array([HARD_TO_BEAT], dtype=np.float32) for name in ("nobody", "new")}
    for name, size in (("salience", (HIDDEN,)), ("queries", (HIDDEN, 8)), ("keys", (HIDDEN, 8))):
        tensors[f"attention.{name}"] = rng.normal(size=size).astype(np.float32)
    for name, (inputs, outputs) in shapes.items():
        for part, shape in (
            ("w1", (inputs, INNER)),
            ("b1", (INNER,)),
            ("w2", (INNER, outputs)),
            ("b2", (outputs,)),
        ):
            size = 3 / np.sqrt(shape[0])
            tensors[f"{name}.{part}"] = (rng.normal(size=shape) * size).astype(np.float32)
    return Heads.from_tensors(tensors)


def fake_reader(encoder: FakeEncoder | None = None, *, seed: int = 0, threads: int = 1) -> Reader:
    """The real reader around the fake tokenizer, encoder, heads and calibration."""
    calibration = Calibration(
        temperature=1.5, weights=np.tile(np.eye(4), (3, 1)), bias=np.array([0.1, 0, 0, -0.1])
    )
    return Reader(
        manifest=Manifest(
            model=ModelRef(name="chance", version="1"),
            files={},
            languages=("de", "en"),
            confusion={},
        ),
        tokenizer=tokenize,
        encoder=encoder or FakeEncoder(seed=seed, eager=EAGER),
        heads=fake_heads(seed),
        calibration={"de": calibration, "en": calibration},
        threads=threads,
    )
