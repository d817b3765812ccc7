"""How well a clustering agrees with the truth.

B-cubed after Bagga and Baldwin ("Algorithms for scoring coreference chains", LREC 1998): precision
and recall of each article's company, averaged over articles. Pairwise F1 counts pairs of articles
that stand together. Fragmentation is the mean number of clusters into which a true story falls.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """All measures lie between 0 and 1, but fragmentation, which is at least 1."""

    precision: float
    recall: float
    b_cubed_f1: float
    pairwise_f1: float
    fragmentation: float


def agreement(truth: Sequence[Hashable], found: Sequence[Hashable]) -> Agreement:
    """Compare the labels of at least one article, one by one; equal labels stand together.

    >>> agreement("aab", "xyy").b_cubed_f1
    0.6666666666666666
    """
    both = Counter(zip(truth, found, strict=True))
    true_sizes, found_sizes = Counter(truth), Counter(found)
    count = len(truth)
    precision = sum(n * n / found_sizes[label] for (_, label), n in both.items()) / count
    recall = sum(n * n / true_sizes[label] for (label, _), n in both.items()) / count
    parts = defaultdict(set)
    for true_label, label in both:
        parts[true_label].add(label)
    possible = _pairs(true_sizes) + _pairs(found_sizes)
    return Agreement(
        precision=precision,
        recall=recall,
        b_cubed_f1=2 * precision * recall / (precision + recall),
        pairwise_f1=2 * _pairs(both) / possible if possible else 1.0,
        fragmentation=sum(map(len, parts.values())) / len(parts),
    )


def _pairs(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
