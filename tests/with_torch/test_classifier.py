"""Real transformers and torch; what is done with their outputs is tested without them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertModel, pipeline

from stancewire.errors import ConfigurationError
from stancewire.reading.foreign.classifier import BATCH, TransformersClassifier
from stancewire.reading.foreign.judge import HYPOTHESES, ForeignJudge, Said
from stancewire.reading.stance import STANCES, softmax
from tiny_model import tiny_classifier, tiny_config, tiny_tokenizer

STANCE_LABELS = ["neutral", "warning", "hopeful", "skeptical"]
NLI_LABELS = ["entailment", "neutral", "contradiction"]
LINES = [
    "solheim warnt vor krieg",
    "solheim hofft",
    "der sprecher zweifelt und sagt nicht frieden und krieg und frieden",
    "nobody knows",
    "",
]


def load(directory: Path) -> TransformersClassifier:
    return TransformersClassifier.load(str(directory), threads=1)


def test_outputs_are_those_of_the_pipeline_of_transformers(tmp_path: Path) -> None:
    directory = tiny_classifier(tmp_path / "tiny", STANCE_LABELS)
    classifier = load(directory)
    assert classifier.labels == STANCE_LABELS
    theirs = pipeline("text-classification", model=str(directory), top_k=None)
    found = softmax(classifier.logits([(line, None) for line in LINES]).astype(np.float64))
    for line, row in zip(LINES, found, strict=True):
        expected = {label["label"]: label["score"] for label in theirs([line])[0]}
        assert dict(zip(STANCE_LABELS, row, strict=True)) == pytest.approx(expected, abs=1e-5)


def test_inference_compares_both_texts(tmp_path: Path) -> None:
    directory = tiny_classifier(tmp_path / "tiny", NLI_LABELS)
    judge = ForeignJudge(load(directory))
    found = softmax(judge.logits([Said(line) for line in LINES], "de"))
    theirs = pipeline("text-classification", model=str(directory), top_k=None)
    for line, row in zip(LINES, found, strict=True):
        entailed = []
        for stance in STANCES:
            scores = theirs([{"text": line, "text_pair": HYPOTHESES["de"][stance]}])[0]
            entailed.append(next(s["score"] for s in scores if s["label"] == "entailment"))
        assert row == pytest.approx(np.array(entailed) / sum(entailed), abs=1e-5)


def test_a_text_gets_the_same_in_any_batch_within_1e_4(tmp_path: Path) -> None:
    classifier = load(tiny_classifier(tmp_path / "tiny", STANCE_LABELS))
    pairs = [(" ".join(["krieg", "frieden", "nicht"][: i % 3 + 1] * (i % 7)), None)
             for i in range(3 * BATCH + 1)]  # fmt: skip
    together = classifier.logits(pairs)
    alone = np.concatenate([classifier.logits([pair]) for pair in pairs])
    assert together == pytest.approx(alone, abs=1e-4)
    assert classifier.logits(pairs).tobytes() == together.tobytes()


def test_a_text_that_is_too_long_is_cut_and_the_hypothesis_is_not(tmp_path: Path) -> None:
    classifier = load(tiny_classifier(tmp_path / "tiny", NLI_LABELS))
    long = " ".join(["krieg"] * 5000)
    found = classifier.logits([(long, "der sprecher warnt"), (long, "der sprecher hofft")])
    assert np.isfinite(found).all()
    assert not np.allclose(found[0], found[1])


def test_the_fingerprint_is_of_the_weights(tmp_path: Path) -> None:
    first, second = (
        tiny_classifier(tmp_path / str(seed), STANCE_LABELS, seed=seed) for seed in (0, 1)
    )
    assert load(first).fingerprint == load(first).fingerprint != load(second).fingerprint
    assert load(first).name == first.name


@pytest.mark.parametrize("source", ["empty", "garbage", "not-cached/anywhere"])
def test_what_cannot_be_loaded_is_named(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "garbage").mkdir()
    (tmp_path / "garbage" / "config.json").write_text(json.dumps({"model_type": "nonsense"}))
    with pytest.raises(ConfigurationError, match=f"reader.model is {source}") as refusal:
        TransformersClassifier.load(source, threads=1)
    assert "sequence classification" in str(refusal.value)


def test_weights_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    directory = tiny_classifier(tmp_path / "tiny", STANCE_LABELS)
    (directory / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ConfigurationError, match="tiny"):
        load(directory)


def test_a_model_without_a_classifier_is_refused(tmp_path: Path) -> None:
    """transformers would put random numbers in its place and only warn."""
    BertModel(tiny_config(STANCE_LABELS)).save_pretrained(tmp_path / "base")
    tiny_tokenizer().save_pretrained(tmp_path / "base")
    with pytest.raises(ConfigurationError, match=r"lack classifier.* not trained to classify"):
        load(tmp_path / "base")


def test_threads_are_those_of_the_setting(tmp_path: Path) -> None:
    TransformersClassifier.load(str(tiny_classifier(tmp_path / "tiny", STANCE_LABELS)), threads=2)
    assert torch.get_num_threads() == 2
