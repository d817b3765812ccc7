"""How a service tells what it does: one stream of log lines, one registry of metrics.

Our own loggers are structlog's; those of Faust, aiokafka and all other libraries are the standard
library's. Both end as the same lines on standard error.
"""

import logging
import os
import sys
from collections.abc import Sequence

import structlog
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Info,
    PlatformCollector,
    ProcessCollector,
)
from structlog.types import EventDict, Processor, WrappedLogger

from stancewire import __version__
from stancewire.plumbing.sections import TelemetrySettings

LIBRARIES = ("aiohttp", "aiokafka", "asyncio", "faust", "kafka", "mode", "transformers", "uvicorn")
"""Talkative libraries, and kafka-python logs passwords at debug: they keep above our own level."""


def configure_logging(telemetry: TelemetrySettings, *, service: str) -> None:
    """Send all log lines of this process to standard error, in the format of the settings.

    Each line carries `timestamp` (UTC), `level`, `logger`, `service`, `event` and what the call
    adds. Libraries are heard from `warning` on, and from `info` on where our level is `debug`.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Naming(service),
    ]
    level = logging.getLevelNamesMapping()[telemetry.log_level.upper()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.PositionalArgumentsFormatter()],
            processors=_rendering(telemetry),
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    quiet = logging.INFO if level == logging.DEBUG else max(level, logging.WARNING)
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(quiet)


def metrics_registry(service: str) -> CollectorRegistry:
    """A registry of the service's own, with the process's memory, processor time and version."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    build = Info("stancewire_build", "Which service of which version this is", registry=registry)
    build.info({"service": service, "version": __version__})
    return registry


class _Naming:
    """Adds the name of the service to a line."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        event["service"] = self._service
        return event


def _rendering(telemetry: TelemetrySettings) -> Sequence[Processor]:
    on_terminal = sys.stderr.isatty()
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if telemetry.log_format == "console" or (telemetry.log_format == "auto" and on_terminal):
        colours = on_terminal and not os.environ.get("NO_COLOR")
        return [remove, structlog.dev.ConsoleRenderer(colors=colours)]
    return [
        remove,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
