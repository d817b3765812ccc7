"""The tracker: observations in, changes of stance out."""

from collections.abc import Callable, Mapping
from functools import partial

from stancewire.plumbing.settings import Settings
from stancewire.reading.named import load_confusion
from stancewire.stores.mending import MendableTracks
from stancewire.tracking import DetectorConfig, Likelihoods, smoothed
from stancewire.tracking.cusum import Matrix
from stancewire.workers.service import Job, Parts, run_worker
from stancewire.workers.sweeping import Sweeper
from stancewire.workers.tracking_flow import TrackingFlow

NAME = "tracker"
SWEEP_EVERY_S = 60.0
"""How often it looks for stances that have become stale."""

Confusion = Mapping[str, Matrix]
"""Per language the counts of votes [true][observed] of the reader, on held-out articles."""
Load = Callable[[Settings], Confusion]
"""Gets the confusion of the reader that the settings name. Raises ConfigurationError."""


def main(settings: Settings) -> int:
    """Run a tracker for the model that the settings name until SIGTERM; its exit code.

    Raises ConfigurationError.
    """
    return run(settings, _load)


def run(settings: Settings, load: Load) -> int:
    """Run a tracker of a reader whose confusion `load` provides."""
    return run_worker(settings, partial(_build, load=load), name=NAME)


async def _build(parts: Parts, *, load: Load) -> Job:
    settings = parts.settings
    confusion = await parts.threads.run(load, settings)
    flow = TrackingFlow(
        store=MendableTracks(parts.redis, namespace=settings.redis.namespace, life=parts.life),
        publisher=parts.publisher,
        topics=parts.topics,
        config=detector(settings, confusion),
        acts=parts.acts,
    )
    topic = parts.topics.observations
    sweeper = Sweeper(flow, topic=topic, partitions=parts.partitions, clock=parts.clock)
    return Job(
        topic=topic,
        handle=flow.handle,
        beside=[partial(sweeper.watch, every_s=SWEEP_EVERY_S)],
    )


def configured_detector(settings: Settings) -> DetectorConfig:
    """The detector for the reader that the settings name. Raises ConfigurationError."""
    return detector(settings, _load(settings))


def named_detector(settings: Settings) -> DetectorConfig:
    """The detector for the reader that the settings name. Blocks; raises ConfigurationError."""
    return detector(settings, _load(settings))


def detector(settings: Settings, confusion: Confusion) -> DetectorConfig:
    """The detector of the settings for a reader that errs so.

    Raises ConfigurationError for settings or counts that make none.
    """
    chances = {language: smoothed(counts) for language, counts in confusion.items()}
    return DetectorConfig(
        likelihoods=Likelihoods(chances),
        h=settings.tracker.h,
        min_votes=settings.tracker.min_votes,
        min_owners=settings.tracker.min_owners,
    )


def _load(settings: Settings) -> Confusion:
    return load_confusion(settings.reader)
