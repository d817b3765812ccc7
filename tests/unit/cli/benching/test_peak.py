import numpy as np
import onnxruntime as ort
import pytest

from stancewire.cli.benching.peak import int8_peak, product_graph
from stancewire.cli.benching.shape import OPERATIONS_PER_TOKEN


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (5, 300), (384, 4)])
def test_the_graph_multiplies(rows: int, columns: int) -> None:
    session = ort.InferenceSession(product_graph(rows, columns), providers=["CPUExecutionProvider"])
    (identity,) = session.run(None, {"x": np.eye(rows, dtype=np.uint8)})
    values = np.random.default_rng(0).integers(0, 255, (7, rows), dtype=np.uint8)
    (product,) = session.run(None, {"x": values})
    assert identity.shape == (rows, columns)
    assert np.abs(identity).max() <= 127
    assert (product == values.astype(np.int32) @ identity).all()


def test_a_turn_counts_every_product_of_every_thread() -> None:
    one, two = int8_peak(threads=1), int8_peak(threads=2)
    assert two.amount == 2 * one.amount
    assert one.amount % (OPERATIONS_PER_TOKEN / 12) == 0
    one.work()


def test_the_operations_of_a_token_are_those_of_the_weights() -> None:
    """12 layers of 4·384² + 2·384·1536 weights, a multiplication and an addition each."""
    assert OPERATIONS_PER_TOKEN == 2 * 12 * 1_769_472
