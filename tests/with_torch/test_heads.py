"""What is trained in torch is what the service computes in numpy."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from stancewire.reading.features import DISTANCE_FEATURES, IDENTITY_FEATURES
from stancewire.reading.heads import Heads, around
from stancewire_training.export import head_tensors
from stancewire_training.model import HIDDEN, Reader

CLOSE = 1e-4


@pytest.fixture(scope="module")
def trained() -> Reader:
    """A reader of random weights, its dropout off."""
    torch.manual_seed(3)
    reader = Reader().eval()
    with torch.no_grad():
        reader.nobody.fill_(0.7)
        reader.new.fill_(-0.3)
        reader.salience.weight.normal_()
    return reader


@pytest.fixture(scope="module")
def shipped(trained: Reader, tmp_path_factory: pytest.TempPathFactory) -> Heads:
    """The same heads as a model directory holds them."""
    file: Path = tmp_path_factory.mktemp("model") / "heads.safetensors"
    save_file(head_tensors(trained), file)
    return Heads.from_tensors(load_file(file))


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32) * 3


@torch.inference_mode()
def test_stances_are_equal(trained: Reader, shipped: Heads) -> None:
    spans = [(2, 5), (10, 30), (290, 291), (150, 180)]
    states = drawn(300, HIDDEN)
    sentence, speaker = (drawn(k, HIDDEN)[: len(spans)] for k in (6, 7))
    speaker[2] = 0
    inputs = [
        trained.stance_input(
            *(
                torch.from_numpy(x)
                for x in (states[slice(*span)], states[slice(*around(span))], a, b)
            )
        )
        for span, a, b in zip(spans, sentence, speaker, strict=True)
    ]
    theirs = trained.stance(torch.stack(inputs))
    assert shipped.stance_logits(states, spans, sentence, speaker) == pytest.approx(
        theirs.numpy(), abs=CLOSE
    )


@torch.inference_mode()
@pytest.mark.parametrize("count", [1, 40])
def test_scores_of_speakers_and_nobody_are_equal(
    trained: Reader, shipped: Heads, count: int
) -> None:
    inputs = drawn(HIDDEN), drawn(count, HIDDEN), drawn(count, DISTANCE_FEATURES)
    theirs = trained.speaker_scores(*map(torch.from_numpy, inputs))
    found = shipped.speaker_scores(*inputs)
    assert found == pytest.approx(theirs.numpy(), abs=CLOSE)
    assert found[-1] == pytest.approx(0.7)


@torch.inference_mode()
@pytest.mark.parametrize("count", [1, 40])
def test_scores_of_mentions_and_new_are_equal(trained: Reader, shipped: Heads, count: int) -> None:
    inputs = drawn(HIDDEN), drawn(count, HIDDEN), drawn(count, IDENTITY_FEATURES)
    theirs = trained.identity_scores(*map(torch.from_numpy, inputs))
    found = shipped.identity_scores(*inputs)
    assert found == pytest.approx(theirs.numpy(), abs=CLOSE)
    assert found[-1] == pytest.approx(-0.3)


@torch.inference_mode()
def test_kinds_are_equal(trained: Reader, shipped: Heads) -> None:
    mentions = drawn(9, HIDDEN)
    theirs = trained.kind(torch.from_numpy(mentions)).numpy()
    assert shipped.kind(mentions) == pytest.approx(theirs, abs=CLOSE)
