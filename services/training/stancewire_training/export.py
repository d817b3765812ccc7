"""Writes a model directory that `stancewire.reading` runs: int8 ONNX graphs, heads, manifest."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from safetensors.numpy import save_file
from torch import Tensor, nn

from stancewire.reading.model import FILES, sha256
from stancewire_training.base import Base
from stancewire_training.model import HEADS, HIDDEN, Encoder, Perceptron, Reader, StoryEncoder
from stancewire_training.smooth import smooth
from stancewire_training.train import WordTable

OPSET = 17


def export_model(
    directory: Path,
    *,
    reader: Reader,
    words: WordTable,
    base: Base,
    samples: Sequence[Tensor],
    calibration: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> None:
    """Write every file of the directory; `manifest` gets the files' hashes added.

    `samples` are embedded windows [1, n, 384] of training text, by which outliers are smoothed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(base.tokenizer_file, directory / "tokenizer.json")
    save_file({"rows": words.rows, "scale": words.scale}, directory / "words.safetensors")
    stories = story_encoder(base)
    for module, name, outputs in (
        (reader, "reader.onnx", ("states", "tags")),
        (stories, "stories.onnx", ("vector",)),
    ):
        smooth(module.encoder, samples)
        export_graph(module, directory / name, outputs=outputs)
    save_file(head_tensors(reader), directory / "heads.safetensors")
    (directory / "calibration.json").write_text(json.dumps(calibration, indent=1), "utf-8")
    for file in directory.iterdir():
        file.chmod(0o644)
    hashes = {name: sha256(directory / name) for name in FILES}
    text = json.dumps({**manifest, "files": hashes}, indent=1, ensure_ascii=False)
    (directory / "manifest.json").write_text(text + "\n", "utf-8")


def story_encoder(base: Base) -> StoryEncoder:
    """The base as it came, for vectors of articles and statements."""
    encoder = Encoder()
    encoder.load_base(base.weights())
    stories = StoryEncoder(encoder)
    stories.eval()
    return stories


def export_graph(module: nn.Module, file: Path, *, outputs: tuple[str, ...]) -> None:
    """Trace at batch 1, fuse attention, quantise dynamically: int8 signed weights, per channel.

    Signed weights run on VNNI without the saturation of u8u8 and at twice its speed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        plain, fused = Path(scratch) / "plain.onnx", Path(scratch) / "fused.onnx"
        torch.onnx.export(
            module.eval(),
            (torch.randn(1, 48, HIDDEN),),
            str(plain),
            input_names=["embedded"],
            output_names=list(outputs),
            dynamic_axes={
                name: {1: "tokens"} for name in ("embedded", *outputs) if name != "vector"
            },
            opset_version=OPSET,
            dynamo=False,
        )
        options = FusionOptions("bert")
        options.enable_embed_layer_norm = False
        # On the CPU the fused operator takes six times as long as the additions and the norm.
        options.enable_skip_layer_norm = False
        options.enable_bias_skip_layer_norm = False
        optimized = optimize_model(
            str(plain), "bert", num_heads=HEADS, hidden_size=HIDDEN, optimization_options=options
        )
        optimized.save_model_to_file(str(fused))
        quantize_dynamic(
            str(fused),
            str(file),
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Shapes behind the fused operators are unknown to ONNX's own inference.
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


def head_tensors(reader: Reader) -> dict[str, Any]:
    """The heads as `heads.safetensors` holds them."""
    tensors = {"nobody": reader.nobody.detach().numpy(), "new": reader.new.detach().numpy()}
    tensors["attention.salience"] = reader.salience.weight.detach()[0].numpy()
    for name in ("queries", "keys"):
        matrix: nn.Linear = getattr(reader, name)
        tensors[f"attention.{name}"] = matrix.weight.detach().T.contiguous().numpy()
    for name in ("stance", "speaker", "identity", "kind"):
        head: Perceptron = getattr(reader, name)
        for part, layer in (("1", head.first), ("2", head.second)):
            tensors[f"{name}.w{part}"] = layer.weight.detach().T.contiguous().numpy()
            tensors[f"{name}.b{part}"] = layer.bias.detach().numpy()
    return tensors
