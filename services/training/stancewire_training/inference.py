"""A trained torch reader behind the service's own `Reader`, before it is exported."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from stancewire.events import ModelRef
from stancewire.reading.encoder import Array, TextTokenizer
from stancewire.reading.heads import Heads
from stancewire.reading.labels import Layer
from stancewire.reading.model import Manifest
from stancewire.reading.reader import Reader as ServiceReader
from stancewire.reading.stance import Calibration
from stancewire_training.export import head_tensors
from stancewire_training.model import HIDDEN, Reader
from stancewire_training.train import WordTable

LANGUAGES = ("de", "en")


class TorchEncoder:
    """Stands where `stancewire.reading.encoder.Encoder` stands; its story vectors are zeros."""

    def __init__(self, model: Reader, words: WordTable) -> None:
        self._model, self._words = model, words

    def states(self, ids: NDArray[np.int64]) -> tuple[Array, Array]:
        """[n] -> [n, 384] and [n, layers, 3]."""
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            states, tags = self._model(self._words(torch.from_numpy(ids))[None])
        return states[0].float().numpy(), tags[0].float().numpy().reshape(-1, len(Layer), 3)

    def vectors(self, sequences: Sequence[NDArray[np.int64]]) -> Array:
        """[k, 384] of zeros: stories play no part in training."""
        return np.zeros((len(sequences), HIDDEN), dtype=np.float32)


def service_reader(
    model: Reader, words: WordTable, tokenizer: TextTokenizer, calibration: Calibration
) -> ServiceReader:
    """Reads articles exactly as the service does, with the torch model inside."""
    manifest = Manifest(
        model=ModelRef(name="training", version="0"), files={}, languages=LANGUAGES, confusion={}
    )
    return ServiceReader(
        manifest=manifest,
        tokenizer=tokenizer,
        encoder=TorchEncoder(model, words),
        heads=Heads.from_tensors(head_tensors(model)),
        calibration=dict.fromkeys(LANGUAGES, calibration),
    )
