"""The most that this machine's int8 products reach, at the shapes that the encoder has.

The graphs of one `MatMulInteger` that measure it are written here by hand, since nothing else at
run time needs the `onnx` package. A message of protocol buffers is a row of fields, each a key
(number · 8 + wire type) and a value; the numbers are those of `onnx.proto`.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime as ort

from stancewire.cli.benching.rounds import PEAK, Contender
from stancewire.cli.benching.shape import LAYERS, OPERATIONS_PER_TOKEN, WEIGHTS
from stancewire.reading.windows import MAX_TOKENS

_REPEATS = 8
_UINT8, _INT8, _INT32 = 2, 3, 6


def int8_peak(*, threads: int) -> Contender:
    """All products of a layer, on as many threads as the encoder has; operations per second."""
    rng = np.random.default_rng(0)
    products = [
        (_session(rows, columns), rng.integers(0, 255, (MAX_TOKENS, rows), dtype=np.uint8))
        for rows, columns in WEIGHTS
    ]

    def multiply(_: int) -> None:
        for session, values in products:
            for _ in range(_REPEATS):
                session.run(None, {"x": values})

    def work() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(multiply, range(threads)))

    each = MAX_TOKENS * OPERATIONS_PER_TOKEN / LAYERS
    return Contender(PEAK, work, amount=threads * _REPEATS * each)


def _session(rows: int, columns: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    graph = product_graph(rows, columns)
    return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def product_graph(rows: int, columns: int) -> bytes:
    """A model that multiplies `x` uint8 [n, rows] with int8 weights [rows, columns]: `y` int32."""
    weights = np.random.default_rng(1).integers(-127, 127, (rows, columns), dtype=np.int8)
    node = _text(1, "x") + _text(1, "w") + _text(2, "y") + _text(4, "MatMulInteger")
    initializer = (
        _number(1, rows)
        + _number(1, columns)
        + _number(2, _INT8)
        + _text(8, "w")
        + _message(9, weights.tobytes())
    )
    graph = (
        _message(1, node)
        + _text(2, "product")
        + _message(5, initializer)
        + _message(11, _value("x", _UINT8, rows))
        + _message(12, _value("y", _INT32, columns))
    )
    return _number(1, 8) + _message(7, graph) + _message(8, _text(1, "") + _number(2, 17))


def _value(name: str, kind: int, columns: int) -> bytes:
    shape = _message(1, _text(2, "n")) + _message(1, _number(1, columns))
    return _text(1, name) + _message(2, _message(1, _number(1, kind) + _message(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field * 8) + _varint(value)


def _message(field: int, value: bytes) -> bytes:
    return _varint(field * 8 + 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
