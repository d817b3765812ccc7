"""The measures of a reader, from tallies: quality of actors, of stances, of statements, of scores.

With found, spurious and missed actors

    P = found / (found + spurious)    R = found / (found + missed)    F1 = 2 P R / (P + R)

and alike for each stance, for actors whose stance is accepted (joint) and for characters of
statements. A ratio of nothing to nothing is 0; a measure of nothing at all is NaN.
"""

from collections.abc import Mapping

import numpy as np

from stancewire.reading.scoring.tally import Array, Tally

LOWER_IS_BETTER = frozenset(("ece", "brier"))


def measures(counts: Tally) -> Mapping[str, Array]:
    """Every measure by its name, each of the shape […] that the tally has."""
    found, spurious, missed = np.moveaxis(counts.actors, -1, 0)
    both, read, labelled = np.moveaxis(counts.characters, -1, 0)
    matched = counts.stances.sum(axis=(-2, -1))
    agreed = _diagonal(counts.accepted).sum(axis=-1)
    return {
        "actor_precision": ratio(found, found + spurious),
        "actor_recall": ratio(found, found + missed),
        "actor_f1": _f1(found, found + spurious, found + missed),
        "stance_accuracy": ratio(_diagonal(counts.stances).sum(axis=-1), matched),
        "stance_accuracy_alt": ratio(agreed, matched),
        "stance_macro_f1": class_f1(counts.stances).mean(axis=-1),
        "stance_macro_f1_alt": class_f1(counts.accepted).mean(axis=-1),
        "joint_f1": _f1(agreed, found + spurious, found + missed),
        "ece": calibration_error(counts.bins),
        "brier": ratio(counts.squares, matched, empty=np.nan),
        "statement_character_f1": np.where(labelled > 0, _f1(both, read, labelled), np.nan),
    }


def kind_measures(counts: Tally) -> Mapping[str, Array]:
    """Recall and accuracy of stance by labelled kind of actor, each of shape […, 5]."""
    actors, found, right, accepted = np.moveaxis(counts.kinds, -1, 0)
    return {
        "actor_recall": ratio(found, actors, empty=np.nan),
        "stance_accuracy": ratio(right, found, empty=np.nan),
        "stance_accuracy_alt": ratio(accepted, found, empty=np.nan),
    }


def class_f1(confusion: Array) -> Array:
    """[…, 4, 4] labelled by read -> F1 of each class, […, 4]."""
    return _f1(_diagonal(confusion), confusion.sum(axis=-2), confusion.sum(axis=-1))


def calibration_error(bins: Array) -> Array:
    """Expected calibration error (Naeini et al. 2015), […, 10, 3] -> […].

    The distance of mean confidence and accuracy in each range of confidence, by how many lie in it.
    """
    count, confidence, right = np.moveaxis(bins, -1, 0)
    return ratio(np.abs(confidence - right).sum(axis=-1), count.sum(axis=-1), empty=np.nan)


def ratio(part: Array, whole: Array, *, empty: float = 0.0) -> Array:
    """`part / whole`, and `empty` where there is nothing."""
    result: Array = np.divide(part, whole, out=np.full_like(part, empty), where=whole > 0)
    return result


def _f1(both: Array, read: Array, labelled: Array) -> Array:
    """The harmonic mean of both / read and both / labelled."""
    return ratio(2 * both, read + labelled)


def _diagonal(confusion: Array) -> Array:
    return np.diagonal(confusion, axis1=-2, axis2=-1)
