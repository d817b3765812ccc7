import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from stancewire.cli.board import Board
from stancewire.cli.demo import _services
from stancewire.cli.demo_screen import DemoScreen, ServiceLog
from stancewire.cli.playing import Outcome
from stancewire.plumbing.sections import KafkaSettings, ReaderSettings, RedisSettings
from stancewire.plumbing.settings import Settings, load_settings


def embedded_settings() -> Settings:
    return Settings().model_copy(
        update={
            "kafka": KafkaSettings(bootstrap_servers="127.0.0.1:5", partitions=1),
            "redis": RedisSettings(url="redis://127.0.0.1:6/0"),
            "reader": ReaderSettings(threads=3),
        }
    )


def test_services_see_nothing_of_the_users_kafka_and_redis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "stancewire.toml"
    users.write_text('[kafka]\ntopic_prefix = "production"\n[redis]\nurl = "redis://production"\n')
    monkeypatch.setenv("STANCEWIRE_CONFIG", str(users))
    monkeypatch.setenv("STANCEWIRE_KAFKA__SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("STANCEWIRE_KAFKA__SASL_USERNAME", "me")
    monkeypatch.setenv("STANCEWIRE_KAFKA__SASL_PASSWORD", "secret")
    for service in _services(embedded_settings(), tmp_path):
        with monkeypatch.context() as patched:
            for name, value in service.environment.items():
                patched.setenv(name, value)
            seen = load_settings()
        assert seen.kafka.bootstrap_servers == "127.0.0.1:5"
        assert seen.kafka.topic_prefix == "stancewire"
        assert seen.kafka.security_protocol == "PLAINTEXT"
        assert seen.kafka.sasl_username is None
        assert seen.redis.url.get_secret_value() == "redis://127.0.0.1:6/0"
        assert seen.reader.threads == 3


def shown(board: Board, outcome: Outcome, *, width: int = 80, stays: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    with DemoScreen(console, settings=embedded_settings(), total=3) as screen:
        screen.introduce(2, page="http://127.0.0.1:7")
        screen.progressed(1, 3)
        screen.conclude(outcome, board)
        screen.part("http://127.0.0.1:7", stays=stays)
    return out.getvalue()


def test_screen_says_how_to_attach_and_how_it_ended(samples: Any) -> None:
    board = Board()
    board.observe(samples.observation())
    board.change(samples.change())
    outcome = Outcome(published=3, read=1, withdrawn=1, refused=1, changes=1)
    text = shown(board, outcome)
    assert (
        "STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS=127.0.0.1:5 stancewire tail changes --from-beginning\n"
        in text
    )
    assert "Ingrid Solheim" in text
    assert "3 published: 1 read, 1 taken back, 1 dead letters; 1 changes of stance" in text
    assert "not processed" not in text


def test_the_page_is_named_last() -> None:
    kept = shown(Board(), Outcome(published=1, read=1), stays=True)
    assert kept.splitlines()[-1] == "See it live: http://127.0.0.1:7/"
    over = shown(Board(), Outcome(published=1, read=1)).splitlines()[-1]
    assert "make demo KEEP=1" in over
    assert over.endswith("open http://127.0.0.1:7/")


def test_screen_names_what_was_not_processed() -> None:
    outcome = Outcome(published=30, lost=[f"urn:{number}: lost" for number in range(12)])
    text = shown(Board(), outcome)
    assert "not processed: urn:0: lost" in text
    assert "… and 2 more" in text
    assert "urn:10" not in text


def test_the_end_of_each_services_log_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    log = ServiceLog(verbose=False)
    log.take("reader-1  | the reason")
    for number in range(100):
        log.take(f"tracker-1 | line {number}")
    assert capsys.readouterr().err == ""
    log.show()
    shown = capsys.readouterr().err.splitlines()
    assert shown[0] == "reader-1  | the reason"
    assert shown[-1] == "tracker-1 | line 99"
    log.show()
    assert capsys.readouterr().err == ""


def test_a_verbose_log_is_shown_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    ServiceLog(verbose=True).take("reader-1  | now")
    assert capsys.readouterr().err == "reader-1  | now\n"
