"""The only file that touches onnxruntime and transformers: text to tokens, tokens to states.

Files of a model directory read here:

    tokenizer.json      Hugging Face tokenizer, trimmed XLM-R vocabulary
    words.safetensors   `rows` int8 [pieces, 384], `scale` float32 [pieces]: the word embedding,
                        shared by both graphs below
    reader.onnx         embedded [1, n, 384] -> states [1, n, 384], tags [1, n, 12]
    stories.onnx        embedded [1, n, 384] -> vector [1, 384], unit length

Every sequence runs alone (batch 1, no padding) and on one core. Dynamic int8 quantisation scales a
whole batch together, so a neighbour could move a result; alone, the same text gives the same
numbers always. Several cores are used by running several sequences at once, which takes less time
than padded batches or several threads for one sequence do (docs/performance.md).
"""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from safetensors.numpy import load_file

from stancewire.errors import ConfigurationError
from stancewire.reading.labels import Layer
from stancewire.reading.many import in_order
from stancewire.reading.windows import BEGIN, END, MAX_TOKENS, Tokens

Array = NDArray[np.float32]


class TextTokenizer:
    """Text to token ids with the code points that each covers."""

    def __init__(self, file: Path) -> None:
        # Its advice to install torch is none for us: the tokenizer is all that is used of it.
        os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
        # transformers takes seconds to import; only a process that reads pays for it.
        from transformers import PreTrainedTokenizerFast  # noqa: PLC0415

        self._tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(file), model_max_length=10**9)

    def __call__(self, text: str) -> Tokens:
        """Tokens of `text` without special ones; spans leave out white space."""
        encoded = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        spans = [_without_space(text, start, end) for start, end in encoded["offset_mapping"]]
        return Tokens(
            np.array(encoded["input_ids"], dtype=np.int64),
            np.array(spans, dtype=np.int64).reshape(-1, 2),
        )


class Encoder:
    """The two graphs of a model directory. Blocking and thread-safe; call it in a thread.

    However many threads call it, at most `threads` sequences run at a time.
    """

    def __init__(self, directory: Path, *, threads: int) -> None:
        words = load_file(_file(directory, "words.safetensors"))
        self._rows, self._scale = words["rows"], words["scale"]
        self._reader = _session(_file(directory, "reader.onnx"))
        self._stories = _session(_file(directory, "stories.onnx"))
        self._threads = threads
        self._cores = BoundedSemaphore(threads)

    def states(self, ids: NDArray[np.int64]) -> tuple[Array, Array]:
        """Token ids [n] -> states [n, 384] and tag logits [n, layers, 3]."""
        states, tags = self._run(self._reader, ids)
        return states[0], tags[0].reshape(len(ids), len(Layer), 3)

    def vectors(self, sequences: Sequence[NDArray[np.int64]]) -> Array:
        """Of k sequences of body token ids the unit vectors [k, 384]; what is too long is cut."""
        found = list(in_order(self._vector, sequences, at_once=self._threads))
        return np.stack(found) if found else np.zeros((0, self._rows.shape[1]), dtype=np.float32)

    def _vector(self, ids: NDArray[np.int64]) -> Array:
        framed = np.concatenate([[BEGIN], ids[: MAX_TOKENS - 2], [END]])
        vector: Array = self._run(self._stories, framed)[0][0]
        return vector

    def _run(self, session: ort.InferenceSession, ids: NDArray[np.int64]) -> list[Array]:
        embedded = self._rows[ids].astype(np.float32) * self._scale[ids, None]
        with self._cores:
            outputs: list[Array] = session.run(None, {"embedded": embedded[None]})
        return outputs


def _session(file: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return ort.InferenceSession(
        str(file),
        options,
        providers=["CPUExecutionProvider"],
        # On the CPU the fused operator takes six times as long as the additions and the norm.
        disabled_optimizers=["SkipLayerNormFusion"],
    )


def _file(directory: Path, name: str) -> Path:
    file = directory / name
    if not file.is_file():
        raise ConfigurationError(
            f"{file} is missing: the model directory is not complete; reinstall stancewire or "
            "point STANCEWIRE_READER__MODEL to an exported model"
        )
    return file


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    return start, end
