"""The reader as a torch module: a BERT encoder with a tagger and three pair or span heads.

Written plainly rather than taken from transformers, because the same forward is exported to ONNX,
where onnxruntime recognises and fuses its attention. One window at inference, [1, n]; padded
batches [b, n] in training.
"""

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own convention
from numpy.typing import NDArray
from torch import Tensor, nn

from stancewire.reading.actors import KINDS
from stancewire.reading.features import DISTANCE_FEATURES, IDENTITY_FEATURES
from stancewire.reading.labels import Layer

HIDDEN, HEADS, LAYERS, INNER = 384, 12, 12, 1536
ATTENTION = 64
EPSILON = 1e-12


class Block(nn.Module):
    """Self-attention and feed-forward, each with a residual and a layer norm after it (BERT)."""

    fi_scale: Tensor
    fo_scale: Tensor

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.q, self.k, self.v, self.ao = (nn.Linear(HIDDEN, HIDDEN) for _ in range(4))
        self.aln, self.oln = nn.LayerNorm(HIDDEN, EPSILON), nn.LayerNorm(HIDDEN, EPSILON)
        self.fi, self.fo = nn.Linear(HIDDEN, INNER), nn.Linear(INNER, HIDDEN)
        # Channel scales in front of the two, set when the weights are about to be quantised.
        self.register_buffer("fi_scale", torch.ones(HIDDEN), persistent=False)
        self.register_buffer("fo_scale", torch.ones(INNER), persistent=False)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """[b, n, 384] -> [b, n, 384]; `mask` [b, 1, 1, n] is added to the attention scores."""
        b, n, _ = x.shape
        q, k, v = (
            f(x).view(b, n, HEADS, HIDDEN // HEADS).transpose(1, 2)
            for f in (self.q, self.k, self.v)
        )
        scores = q @ k.transpose(-1, -2) / (HIDDEN // HEADS) ** 0.5
        if mask is not None:
            scores = scores + mask
        attended = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, HIDDEN)
        x = self.aln(x + self.dropout(self.ao(attended)))
        inner = F.gelu(self.fi(x * self.fi_scale))
        return self.oln(x + self.dropout(self.fo(inner * self.fo_scale)))


class Encoder(nn.Module):
    """Word embeddings already looked up -> token states."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.position = nn.Parameter(torch.zeros(512, HIDDEN))
        self.token_type = nn.Parameter(torch.zeros(HIDDEN))
        self.norm = nn.LayerNorm(HIDDEN, EPSILON)
        self.blocks = nn.ModuleList(Block(dropout) for _ in range(LAYERS))

    def forward(self, embedded: Tensor, mask: Tensor | None = None) -> Tensor:
        """[b, n, 384] -> [b, n, 384]."""
        x = self.norm(embedded + self.position[: embedded.shape[1]] + self.token_type)
        for block in self.blocks:
            x = block(x, mask)
        return x

    def load_base(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        """Take the base's weights (names of `stancewire_training.base`)."""
        state = {"position": weights["emb.pos"], "token_type": weights["emb.type"][0]}
        state |= {"norm.weight": weights["emb.ln.w"], "norm.bias": weights["emb.ln.b"]}
        for i in range(LAYERS):
            for part in ("q", "k", "v", "ao", "aln", "fi", "fo", "oln"):
                state[f"blocks.{i}.{part}.weight"] = weights[f"l{i}.{part}.w"]
                state[f"blocks.{i}.{part}.bias"] = weights[f"l{i}.{part}.b"]
        self.load_state_dict(
            {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in state.items()}
        )


class StoryEncoder(nn.Module):
    """The untouched base as a sentence embedder: mean over tokens, unit length."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, embedded: Tensor) -> Tensor:
        """[1, n, 384] -> [1, 384]."""
        return F.normalize(self.encoder(embedded).mean(dim=1), dim=-1)


class Perceptron(nn.Module):
    """[…, in] -> 256, GELU (tanh form, as `stancewire.reading.heads` computes it) -> […, out]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(inputs, 256), nn.Linear(256, outputs)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, not probabilities."""
        return self.second(self.dropout(F.gelu(self.first(x), approximate="tanh")))


class Reader(nn.Module):
    """Encoder, tagger and heads; see `stancewire.reading.heads` for what each head reads."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoder = Encoder(dropout)
        self.tagger = nn.Linear(HIDDEN, len(Layer) * 3)
        self.salience = nn.Linear(HIDDEN, 1, bias=False)
        nn.init.zeros_(self.salience.weight)
        self.queries, self.keys = (nn.Linear(HIDDEN, ATTENTION, bias=False) for _ in range(2))
        self.stance = Perceptron(4 * HIDDEN, 4)
        self.speaker = Perceptron(3 * HIDDEN + DISTANCE_FEATURES, 1)
        self.identity = Perceptron(3 * HIDDEN + IDENTITY_FEATURES, 1)
        self.kind = Perceptron(HIDDEN, len(KINDS))
        self.nobody, self.new = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))

    def forward(self, embedded: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """[b, n, 384] -> states [b, n, 384], tag logits [b, n, layers * 3]."""
        states = self.encoder(embedded, mask)
        return states, self.tagger(states)

    def stance_input(
        self, statement: Tensor, around: Tensor, sentence: Tensor, speaker: Tensor
    ) -> Tensor:
        """Rows [m, 384] of the statement and of the text around it; [384], [384] -> [1536]."""
        said = self.salience(statement)[:, 0].softmax(0) @ statement
        scores = self.keys(around) @ self.queries(said)
        context = (scores / ATTENTION**0.5).softmax(0) @ around
        return torch.cat([said, sentence, speaker, context])

    def speaker_scores(self, statement: Tensor, mentions: Tensor, features: Tensor) -> Tensor:
        """[384], [m, 384], [m, 9] -> [m + 1]."""
        return _pair_scores(self.speaker, statement, mentions, features, self.nobody)

    def identity_scores(self, mention: Tensor, others: Tensor, features: Tensor) -> Tensor:
        """[384], [m, 384], [m, 13] -> [m + 1]."""
        return _pair_scores(self.identity, mention, others, features, self.new)


def _pair_scores(
    head: nn.Module, one: Tensor, many: Tensor, features: Tensor, none: Tensor
) -> Tensor:
    left = one.expand_as(many)
    pairs = torch.cat([left, many, left * many, features.to(many.dtype)], dim=-1)
    return torch.cat([head(pairs)[:, 0], none.to(many.dtype)])
