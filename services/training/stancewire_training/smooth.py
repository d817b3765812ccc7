"""Moves outliers from activations into weights, so that int8 loses little of either.

SmoothQuant (Xiao et al., ICML 2023): with s_j = max|x_j|^a / max|w_j|^(1-a) for each input channel
j, x / s times w * s is the same product, but x / s has no channel that is many times larger than
the rest. In this base the two feed-forward inputs have such channels (30 times the median). On 16
windows of unseen articles the tag logits moved by 0.27 (root mean square) under plain int8, by 0.08
with this.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from stancewire_training.model import Block, Encoder

FI_SHARE, FO_SHARE = 0.7, 0.8
"""How far each input's outliers move into the weights (a above); measured, see the module."""


def smooth(encoder: Encoder, samples: Iterable[Tensor]) -> None:
    """Rescale the feed-forward layers in place; `samples` are embedded windows [1, n, 384].

    The function that the encoder computes stays the same up to rounding.
    """
    largest: dict[nn.Module, Tensor] = {}

    def watch(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        peak = inputs[0].detach().abs().amax(dim=(0, 1))
        largest[module] = torch.maximum(largest.get(module, peak), peak)

    blocks = [block for block in encoder.blocks if isinstance(block, Block)]
    layers = [layer for block in blocks for layer in (block.fi, block.fo)]
    handles = [layer.register_forward_pre_hook(watch) for layer in layers]
    with torch.inference_mode():
        for sample in samples:
            encoder(sample)
    for handle in handles:
        handle.remove()
    for block in blocks:
        block.fi_scale = _scaled(block.fi, largest[block.fi], FI_SHARE)
        block.fo_scale = _scaled(block.fo, largest[block.fo], FO_SHARE)


def _scaled(layer: nn.Linear, peak: Tensor, share: float) -> Tensor:
    """Multiply the layer's input weights by s; returns 1 / s."""
    weights = layer.weight.detach().abs().amax(dim=0).clamp(min=1e-4)
    s = peak.clamp(min=1e-3) ** share / weights ** (1 - share)
    s = s / s.mean()
    with torch.no_grad():
        layer.weight *= s
    return 1 / s
