"""Tests that need a real server fail without one, and say what is missing; they never skip."""

import sys
from pathlib import Path

import pytest

import held_process
import kafka_cluster
import redis_server
from held_process import HeldProcess
from patience import wait_for
from ports import FIRST, LAST, stable_port


def test_without_java_starting_kafka_fails(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssertionError, match="no java on PATH"):
        kafka_cluster.KafkaCluster(tmp_path)


def test_without_its_jars_starting_kafka_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(kafka_cluster, "JARS", kafka_cluster.ROOT / "nowhere")
    monkeypatch.setattr(kafka_cluster.shutil, "which", lambda name: f"/bin/{name}")
    with pytest.raises(AssertionError, match=r"run deploy/kafka/fetch\.sh"):
        kafka_cluster.KafkaCluster(tmp_path)


def test_a_server_that_ends_while_starting_fails_with_its_last_words(tmp_path):
    process = held(tmp_path, "import sys; sys.exit('no such disk')")
    process.start()
    with pytest.raises(AssertionError, match=r"(?s)a server ended while starting.*no such disk"):
        process.wait_until_it_answers()
    process.stop()


def test_a_server_that_never_answers_fails_at_the_deadline(tmp_path):
    process = held(tmp_path, "print('thinking', flush=True); import time; time.sleep(60)")
    process.start()
    with pytest.raises(AssertionError, match=r"(?s)0\.5 s in vain.*thinking"):
        process.wait_until_it_answers(seconds=0.5)
    process.kill()
    assert not process.is_running


def held(directory: Path, program: str) -> HeldProcess:
    return HeldProcess(
        "a server",
        [sys.executable, "-c", program],
        log=directory / "log",
        answers=lambda: False,
    )


def test_a_redis_keeps_its_port_and_keys_when_it_is_killed(tmp_path):
    with redis_server.RedisServer(tmp_path) as server:
        url = server.url
        server.kill()
        assert not server.process.is_running
        server.start()
        assert server.url == url
    assert not server.process.is_running


def test_ports_are_below_those_of_outgoing_connections():
    assert all(FIRST <= stable_port() < LAST for _ in range(20))


def test_waiting_in_vain_names_what_was_waited_for():
    with pytest.raises(AssertionError, match=r"0 s in vain: the moon"):
        wait_for(lambda: False, what="the moon", seconds=0)


def test_waiting_returns_what_was_found():
    answers = iter([None, "", "found"])
    assert wait_for(lambda: next(answers), what="it", every=0) == "found"


def test_the_log_is_short_in_messages(tmp_path):
    process = held(tmp_path, "pass")
    (tmp_path / "log").write_text("".join(f"line {number}\n" for number in range(1000)))
    assert len(process.last_lines().splitlines()) == held_process.LOG_LINES
