"""What the outputs of somebody else's classifier mean, told by the names of its labels.

A classifier either has a label for each stance, or it is a model of natural language inference
(NLI), which says whether one text follows from another: it has a label named for entailment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stancewire.errors import ConfigurationError
from stancewire.events import Stance
from stancewire.reading.stance import STANCES

NAMES = {
    Stance.HOPEFUL: (
        "hopeful hope hopes optimistic optimism confident hoffnungsvoll hoffnung hoffend"
        " zuversichtlich zuversicht optimistisch optimismus"
    ),
    Stance.SKEPTICAL: (
        "skeptical sceptical skeptic sceptic skepticism scepticism doubtful doubting doubt"
        " skeptisch skepsis zweifelnd zweifel"
    ),
    Stance.WARNING: "warning warn warns alarmed alarm warnend warnung warnt alarmiert",
    Stance.NEUTRAL: "neutral neutrality none sachlich neutralität keine",
}
"""Names of a stance, in any case; a table in `docs/other-models.md`."""
_ENTAILMENT = ("entailment", "entailed", "entails")
_STANCE_OF = {name: stance for stance, names in NAMES.items() for name in names.split()}
_MEANINGS = {**_STANCE_OF, **dict.fromkeys(_ENTAILMENT, "entailment")}


@dataclass(frozen=True)
class StanceColumns:
    """A classifier of stances: for each stance, in the order of `STANCES`, its output columns."""

    columns: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class EntailmentColumn:
    """A model of inference: the output column that says that the hypothesis follows."""

    column: int


Meaning = StanceColumns | EntailmentColumn


def meaning_of(
    labels: Sequence[str], *, model: str, renamed: Mapping[str, str] | None = None
) -> Meaning:
    """What the output columns of `model`, whose labels these are in order, mean.

    `renamed` gives labels another name, by which they are understood. Raises ConfigurationError,
    naming the labels and how to mend it, where they do not fit.
    """
    names = _renamed(labels, model=model, renamed=renamed or {})
    entailment = [i for i, name in enumerate(names) if name in _ENTAILMENT]
    if len(entailment) == 1 and len(names) > 1:
        return EntailmentColumn(entailment[0])
    stances = [_STANCE_OF.get(name) for name in names]
    missing = [stance for stance in STANCES if stance not in stances]
    if missing or None in stances:
        raise _no_fit(labels, stances, missing, model=model)
    return StanceColumns(
        tuple(tuple(i for i, s in enumerate(stances) if s == stance) for stance in STANCES)
    )


def _renamed(labels: Sequence[str], *, model: str, renamed: Mapping[str, str]) -> list[str]:
    unknown = sorted(set(renamed) - set(labels))
    if unknown:
        raise ConfigurationError(
            f"reader.stance_labels names {_listed(unknown)}, which {model} does not have; its"
            f" labels are {_listed(labels)}"
        )
    odd = sorted({value for value in renamed.values() if _plain(value) not in _MEANINGS})
    if odd:
        raise ConfigurationError(
            f"reader.stance_labels gives {_listed(odd)} as a meaning; say {_listed(STANCES)}, or"
            " 'entailment' for the label by which a model of inference says that one text follows"
            " from another"
        )
    return [_plain(renamed.get(label, label)) for label in labels]


def _no_fit(
    labels: Sequence[str],
    stances: Sequence[Stance | None],
    missing: Sequence[Stance],
    *,
    model: str,
) -> ConfigurationError:
    unclear = [label for label, stance in zip(labels, stances, strict=True) if stance is None]
    problems = []
    if unclear:
        problems.append(f"nobody can tell which stance {_listed(unclear)} means")
    if missing:
        problems.append(f"no label means {_listed(missing)}")
    example = f'{{"{(unclear or labels or ["LABEL_0"])[0]}": "{(missing or STANCES)[0]}"}}'
    return ConfigurationError(
        f"the labels of {model}, {_listed(labels)}, do not fit: {' and '.join(problems)}. Every"
        f" label must mean a stance and every stance have a label: set reader.stance_labels, e.g."
        f" {example}, or use a model with such labels, or one of inference (entailment, neutral,"
        " contradiction)"
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "none"
