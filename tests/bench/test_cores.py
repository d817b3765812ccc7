"""How best to give the encoder two cores: a sequence each, or both to one sequence.

Lengths are those of a full window, of an article's lead and of a statement.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime as ort
import pytest

from stancewire.cli.benching.rounds import Contender, take_turns
from stancewire.reading.model import SHIPPED

SEQUENCES, ROUNDS = 16, 5
SEPARATE, SHARED = "a core for each sequence", "both cores for one sequence"


def session(*, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(
        SHIPPED / "reader.onnx",
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],
    )


@pytest.mark.parametrize("tokens", [440, 110, 26])
def test_a_core_for_each_sequence_is_faster(tokens: int) -> None:
    values = np.random.default_rng(0).normal(0, 0.05, (1, tokens, 384)).astype(np.float32)
    one, two = session(threads=1), session(threads=2)

    def separate() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: one.run(None, {"embedded": values}), range(SEQUENCES)))

    def shared() -> None:
        for _ in range(SEQUENCES):
            two.run(None, {"embedded": values})

    contenders = [
        Contender(name, work, amount=SEQUENCES)
        for name, work in ((SEPARATE, separate), (SHARED, shared))
    ]
    rates = take_turns(contenders, rounds=ROUNDS)
    for name in (SEPARATE, SHARED):
        print(f"{tokens} tokens, {name}: {rates.spread(name).median:.1f} sequences/s")
    assert rates.ratio(SEPARATE, SHARED).median > 1
