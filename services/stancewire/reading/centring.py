"""Vectors of articles without what all texts of their language have in common.

Any two texts have a high cosine in the base's space, and two of one language a higher one, because
all vectors share a large component. Less the mean of their language, what is left tells topics
apart, and German and English coverage of one event meet (Mu and Viswanath, "All-but-the-Top", ICLR
2018, take off the common mean in the same way). `centres.json` has the means; `python -m
stancewire_training stories-background` writes it.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def centred(vector: Array, language: str) -> Array:
    """A unit vector [384] less the mean of its language, of unit length again.

    A language without a mean of its own takes the mean of all. A vector that is its mean stays.
    """
    means = centres()
    mean = means.get(language)
    if mean is None:
        mean = np.mean(list(means.values()), axis=0)
    rest = np.asarray(vector, dtype=np.float64) - mean
    length = float(np.linalg.norm(rest))
    return vector if length == 0.0 else (rest / length).astype(np.float32)


@lru_cache(maxsize=1)
def centres() -> Mapping[str, NDArray[np.float64]]:
    """Mean [384] of the articles' unit vectors by language, from the table that ships."""
    raw = files(__package__).joinpath("centres.json").read_text("utf-8")
    return {language: np.asarray(mean) for language, mean in json.loads(raw).items()}
