"""What the gateway counts, beside what every service does."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class GatewayMetrics:
    """Registered once a process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "stancewire_http_requests",
            "Requests answered, by route, method and status",
            ["route", "method", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "stancewire_http_seconds",
            "Seconds from a request to its answer's last byte, streams left out",
            ["route"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=registry,
        )
        self.streams = Gauge("stancewire_streams", "Streams that are open", registry=registry)
        self.dropped = Counter(
            "stancewire_streams_dropped",
            "Streams ended since their reader was too slow",
            registry=registry,
        )
