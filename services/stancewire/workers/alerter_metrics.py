"""What the alerter counts. The names are listed in the documentation of metrics."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_DELAYS = (0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 36_000.0, 86_400.0)


class AlerterMetrics:
    """The metrics of one alerter in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.tries = Counter(
            "stancewire_alert_tries",
            "Tries to deliver, by receiver and how they ended",
            ["receiver", "reason"],
            registry=registry,
        )
        self.failed = Counter(
            "stancewire_alert_failures",
            "Deliveries that were given up and are among the dead letters, by the last reason",
            ["receiver", "reason"],
            registry=registry,
        )
        self.resends = Counter(
            "stancewire_alert_resends",
            "Requests that told a receiver again what is still open, by how they ended",
            ["receiver", "reason"],
            registry=registry,
        )
        self.seconds = Histogram(
            "stancewire_alert_try_seconds",
            "Seconds that a try to deliver took",
            ["receiver"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.delay = Histogram(
            "stancewire_alert_delay_seconds",
            "Seconds from making a delivery to its success, waiting and quiet hours included",
            ["receiver"],
            buckets=_DELAYS,
            registry=registry,
        )
