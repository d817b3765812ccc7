"""What a worker counts. The names are listed in the documentation of metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class WorkerMetrics:
    """The metrics of one worker in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.records = Counter(
            "stancewire_records",
            "Records taken from a topic, by how they ended",
            ["topic", "outcome"],
            registry=registry,
        )
        self.dead_letters = Counter(
            "stancewire_dead_letters",
            "Records sent to the dead letters, by the stage that failed",
            ["topic", "stage"],
            registry=registry,
        )
        self.events = Counter(
            "stancewire_events",
            "Records published and acknowledged, by topic and CloudEvents type",
            ["topic", "type"],
            registry=registry,
        )
        self.seconds = Histogram(
            "stancewire_record_seconds",
            "Seconds from taking a record to having published all that follows from it",
            ["topic"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.retries = Counter(
            "stancewire_retries",
            "Times that a record had to wait because Kafka or Redis was away",
            ["topic"],
            registry=registry,
        )
        self.dead_letter_share = Gauge(
            "stancewire_dead_letter_share",
            "Share of dead letters among the newest records, up to guard.window of them",
            ["topic"],
            registry=registry,
        )
        self.stopped = Gauge(
            "stancewire_stopped",
            "1 where nothing more is taken, since too many records became dead letters",
            ["topic"],
            registry=registry,
        )
        self.lag = Gauge(
            "stancewire_lag",
            "Records of a partition that are not taken yet, by the broker's last fetch",
            ["topic", "partition"],
            registry=registry,
        )
