"""What one padded batch of windows costs: tags, stance, speaker, identity."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own convention
from torch import Tensor

from stancewire.reading.actors import KINDS
from stancewire.reading.features import distance_features, identity_features
from stancewire.reading.heads import around
from stancewire.reading.labels import Layer
from stancewire.reading.sentences import Span
from stancewire_training.data import Example, Mention, StatementLabel
from stancewire_training.model import Reader

WEIGHTS = {"tags": 1.0, "stance": 0.5, "speaker": 0.2, "identity": 0.2, "kind": 0.1}
"""How much each part counts; tags are summed over the four layers."""

_LAYER_WEIGHTS = {Layer.STATEMENT: 1.0, Layer.CUE: 0.5, Layer.SPEAKER: 1.0, Layer.MENTION: 0.5}


def batch_losses(
    model: Reader, embedded: Tensor, mask: Tensor, batch: Sequence[Example]
) -> dict[str, Tensor]:
    """Unweighted losses by name. `embedded` [b, n, 384]; `mask` [b, n] is True at real tokens."""
    attention = torch.where(mask, 0.0, -1e4)[:, None, None, :].to(embedded.dtype)
    states, tags = model(embedded, attention)
    states, tags = states.float(), tags.float()
    parts: dict[str, list[Tensor]] = {"stance": [], "speaker": [], "identity": [], "kind": []}
    for row, example in zip(states, batch, strict=True):
        parts["stance"] += _stance(model, row, example)
        parts["speaker"] += _speaker(model, row, example)
        parts["identity"] += _identity(model, row, example)
        parts["kind"] += _kind(model, row, example)
    losses = {name: torch.stack(p).mean() for name, p in parts.items() if p}
    return losses | {"tags": _tags(tags, mask, batch)}


def total(losses: dict[str, Tensor]) -> Tensor:
    """The weighted sum that is minimised."""
    return sum((WEIGHTS[name] * loss for name, loss in losses.items()), start=torch.tensor(0.0))


def span_mean(states: Tensor, span: Span) -> Tensor:
    """[n, 384] -> [384]."""
    return states[span[0] : span[1]].mean(dim=0)


def stance_input(model: Reader, states: Tensor, example: Example, s: StatementLabel) -> Tensor:
    """What the stance head reads [1536] of one labelled statement."""
    speaker = (
        span_mean(states, example.mentions[s.speaker].span)
        if s.speaker is not None
        else torch.zeros_like(states[0])
    )
    window = example.window
    begin, end = around(s.span, window.body_at)
    end = min(end, window.body_at + window.last - window.first)
    statement, sentence = states[slice(*s.span)], span_mean(states, s.sentence_span)
    return model.stance_input(statement, states[begin:end], sentence, speaker)


def speaker_features(s: StatementLabel, mentions: Sequence[Mention]) -> Tensor:
    """[m, 9]."""
    return torch.from_numpy(
        np.stack(
            [distance_features(m.sentence - s.sentence, m.span[0] - s.span[0]) for m in mentions]
        )
    )


def _tags(tags: Tensor, mask: Tensor, batch: Sequence[Example]) -> Tensor:
    gold = torch.zeros(*mask.shape, len(Layer), dtype=torch.long)
    for i, example in enumerate(batch):
        gold[i, : len(example.tags)] = torch.from_numpy(example.tags)
    logits = tags.view(*mask.shape, len(Layer), 3)[mask]
    return sum(
        (
            w * F.cross_entropy(logits[:, layer], gold[mask][:, layer])
            for layer, w in _LAYER_WEIGHTS.items()
        ),
        start=torch.tensor(0.0),
    )


def _stance(model: Reader, states: Tensor, example: Example) -> list[Tensor]:
    if not example.statements:
        return []
    inputs = [stance_input(model, states, example, s) for s in example.statements]
    logits = model.stance(torch.stack(inputs))
    targets = torch.from_numpy(np.stack([s.target for s in example.statements]))
    return list(F.cross_entropy(logits, targets, reduction="none"))


def _speaker(model: Reader, states: Tensor, example: Example) -> list[Tensor]:
    mentions = example.mentions
    if not mentions:
        return []
    vectors = torch.stack([span_mean(states, m.span) for m in mentions])
    found = []
    for s in example.statements:
        same = torch.tensor([m.actor == s.actor for m in mentions])
        right = same.clone()
        if s.speaker is not None:
            right = torch.zeros_like(same)
            right[s.speaker] = True
        scores = model.speaker_scores(
            span_mean(states, s.span), vectors, speaker_features(s, mentions)
        )
        # Another mention of the same actor is neither right nor wrong.
        found.append(_choice(scores, right, ignored=same & ~right))
    return found


def _identity(model: Reader, states: Tensor, example: Example) -> list[Tensor]:
    mentions = example.mentions
    vectors = [span_mean(states, m.span) for m in mentions]
    found = []
    for i, mention in enumerate(mentions):
        others = [j for j, m in enumerate(mentions) if j != i and not m.pronoun]
        if not others:
            continue
        features = np.stack(
            [
                identity_features(
                    mention.text, mentions[j].text, mentions[j].sentence - mention.sentence
                )
                for j in others
            ]
        )
        scores = model.identity_scores(
            vectors[i], torch.stack([vectors[j] for j in others]), torch.from_numpy(features)
        )
        right = torch.tensor([mentions[j].actor == mention.actor for j in others])
        found.append(_choice(scores, right, ignored=torch.zeros_like(right)))
    return found


def _kind(model: Reader, states: Tensor, example: Example) -> list[Tensor]:
    if not example.mentions:
        return []
    vectors = torch.stack([span_mean(states, m.span) for m in example.mentions])
    gold = torch.tensor([KINDS.index(m.kind) for m in example.mentions])
    return list(F.cross_entropy(model.kind(vectors), gold, reduction="none"))


def _choice(scores: Tensor, right: Tensor, *, ignored: Tensor) -> Tensor:
    """-log P(any right one), or of the last entry ("nobody", "new") where none is right."""
    right = torch.cat([right, ~right.any()[None]])
    ignored = torch.cat([ignored, torch.tensor([False])])
    everything = scores.masked_fill(ignored, -1e9).logsumexp(0)
    return everything - scores.masked_fill(~right, -1e9).logsumexp(0)
