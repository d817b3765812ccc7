"""Embeddings as they are kept and published: 384 signed bytes.

A component of a unit vector is rounded to `round(127 x)`. The cosine to the unrounded vector stays
above 0.998, and sums of such integers are exact, so that a centroid does not depend on the order
in which its articles came.
"""

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384


def quantise(embedding: NDArray[np.float32]) -> NDArray[np.int8]:
    """A vector [384] of any positive length as int8 [384]: its unit vector times 127, rounded.

    Raises ValueError for another shape, for a zero vector and for values that are not finite.
    """
    vector = np.asarray(embedding, dtype=np.float64)
    length = float(np.linalg.norm(vector))
    if vector.shape != (DIMENSIONS,) or not np.isfinite(length) or length == 0.0:
        raise ValueError(f"not a vector of {DIMENSIONS} finite numbers of positive length")
    return np.rint(vector / length * 127.0).astype(np.int8)


def to_base64(vector: NDArray[np.int8]) -> str:
    """The 384 bytes in standard base64."""
    return base64.b64encode(vector.tobytes()).decode("ascii")


def from_base64(text: str) -> NDArray[np.int8]:
    """The vector that `to_base64` wrote. Raises ValueError where the text is no such vector."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error
    if len(raw) != DIMENSIONS:
        raise ValueError(f"{len(raw)} bytes where {DIMENSIONS} are a vector")
    return np.frombuffer(raw, dtype=np.int8)


def cosine(left: NDArray[np.signedinteger], right: NDArray[np.signedinteger]) -> float:
    """Cosine of the angle between two integer vectors [384]; 0 where one of them is zero."""
    a, b = left.astype(np.float64), right.astype(np.float64)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths else 0.0
