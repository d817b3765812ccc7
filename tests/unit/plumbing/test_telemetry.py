import json
import logging
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from stancewire.plumbing.sections import TelemetrySettings
from stancewire.plumbing.telemetry import LIBRARIES, configure_logging


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {library: logging.getLogger(library).level for library in LIBRARIES}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for library, before in levels.items():
        logging.getLogger(library).setLevel(before)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_our_lines_and_those_of_libraries_look_alike(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_format="json"), service="reader")
    structlog.get_logger("stancewire.reading").info("article read", uri="urn:a", words=7)
    logging.getLogger("faust.worker").warning("lost %s of %d", "one", 4)
    ours, theirs = lines(capsys)
    assert ours.pop("timestamp")[-1] == "Z"  # type: ignore[index]
    assert ours == {
        "event": "article read",
        "uri": "urn:a",
        "words": 7,
        "level": "info",
        "logger": "stancewire.reading",
        "service": "reader",
    }
    assert theirs["event"] == "lost one of 4"
    assert theirs["logger"] == "faust.worker"
    assert theirs.keys() == ours.keys() - {"uri", "words"} | {"timestamp"}


def test_times_are_utc(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_format="json"), service="reader")
    structlog.get_logger().info("now")
    written = datetime.fromisoformat(str(lines(capsys)[0]["timestamp"]))
    assert abs((datetime.now(UTC) - written).total_seconds()) < 60


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_format="json"), service="reader")
    structlog.get_logger().error("unexpected", exc_info=ValueError("no such thing"))
    (line,) = lines(capsys)
    assert "ValueError: no such thing" in str(line["exception"])


def test_a_level_silences_what_is_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_format="json", log_level="warning"), service="reader")
    structlog.get_logger().info("small talk")
    logging.getLogger("anything").info("small talk")
    structlog.get_logger().warning("heed this")
    assert [line["event"] for line in lines(capsys)] == ["heed this"]


def test_libraries_are_quieter_and_never_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_format="json"), service="reader")
    logging.getLogger("aiokafka.consumer").info("fetching")
    configure_logging(TelemetrySettings(log_format="json", log_level="debug"), service="reader")
    logging.getLogger("kafka.admin.client").debug("configuration: password")
    logging.getLogger("aiokafka.consumer").info("joined")
    structlog.get_logger().debug("ours")
    assert [line["event"] for line in lines(capsys)] == ["joined", "ours"]


def test_people_get_words_without_colour_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(TelemetrySettings(log_format="console"), service="reader")
    structlog.get_logger().info("article read", uri="urn:a")
    (line,) = capsys.readouterr().err.splitlines()
    assert "article read" in line
    assert "uri=urn:a" in line
    assert "\x1b" not in line


def test_without_a_terminal_auto_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(), service="reader")
    structlog.get_logger().info("article read")
    assert lines(capsys)[0]["event"] == "article read"


def test_warnings_are_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_format="json"), service="reader")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old style", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    assert "old style" in str(lines(capsys)[0]["event"])
