"""What `up` and `demo` start, and what they tell it."""

import asyncio
import http.server
import threading

import pytest
from click.testing import CliRunner

from stancewire.cli import processes
from stancewire.cli.processes import (
    KINDS,
    address_of,
    check_rules,
    own_servers,
    page_of,
    plan_services,
    until_ready,
)
from stancewire.cli.up import how_to_attach, up
from stancewire.errors import ConfigurationError
from stancewire.plumbing.settings import Settings, load_settings


@pytest.fixture
def settings(monkeypatch, tmp_path) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings()


def test_one_of_each_kind_unless_told_otherwise(settings):
    names = [service.name for service in plan_services(settings, {"reader": 3})]
    assert names == ["reader-1", "reader-2", "reader-3", "tracker-1", "gateway-1"]


def test_each_runs_its_own_command_of_this_python(settings):
    settings = settings.replace(alerter={"rules_file": "rules.toml"})
    for kind, service in zip(KINDS, plan_services(settings, {}), strict=True):
        assert service.command[-3:] == ["-m", "stancewire", kind]


def test_an_alerter_is_run_only_where_there_are_rules(settings):
    assert "alerter-1" not in [service.name for service in plan_services(settings, {})]


def test_bad_rules_are_refused_before_anything_is_started(settings, tmp_path):
    (tmp_path / "rules.toml").write_text("[[rules]]\n")
    check_rules(settings)
    with pytest.raises(ConfigurationError, match="did you mean rule"):
        check_rules(settings.replace(alerter={"rules_file": tmp_path / "rules.toml"}))


def test_what_a_service_is_told_is_what_it_loads(settings, monkeypatch):
    decided = settings.replace(
        kafka={"bootstrap_servers": "127.0.0.1:1234", "session_timeout_s": 6.0},
        redis={"url": "redis://127.0.0.1:4321/0"},
    )
    service, *_ = plan_services(decided, {})
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)
    loaded = load_settings()
    assert loaded.kafka == decided.kafka
    assert loaded.redis == decided.redis
    assert loaded.telemetry.http_port == address_of(service, decided)[1]


def test_services_get_ports_of_their_own(settings):
    services = plan_services(settings, {"reader": 4, "tracker": 4})
    assert len({address_of(service, settings) for service in services}) == len(services) == 9


def test_a_configured_port_is_the_first_of_a_row(settings):
    settings = settings.replace(telemetry={"http_port": 9100})
    services = plan_services(settings, {"reader": 2})
    assert [address_of(s, settings)[1] for s in services] == [9100, 9101, 9102, 9103]


def test_a_service_that_listens_everywhere_is_asked_here(settings):
    settings = settings.replace(telemetry={"http_host": "0.0.0.0"})
    assert address_of(plan_services(settings, {})[0], settings)[0] == "127.0.0.1"


@pytest.mark.parametrize(("is_terminal", "expected"), [(True, "console"), (False, None)])
def test_lines_are_for_people_where_our_own_output_is(settings, monkeypatch, is_terminal, expected):
    monkeypatch.setattr(processes.sys.stdout, "isatty", lambda: is_terminal)
    service, *_ = plan_services(settings, {})
    assert service.environment.get("STANCEWIRE_TELEMETRY__LOG_FORMAT") == expected


def test_configured_servers_are_used_as_they_are(settings, monkeypatch):
    def refuse() -> None:
        raise AssertionError("nothing is to be started")

    monkeypatch.setattr(processes, "embedded_kafka", refuse)
    monkeypatch.setattr(processes, "embedded_redis", refuse)
    configured = settings.replace(
        kafka={"bootstrap_servers": "kafka:9092"}, redis={"url": "redis://redis:6379"}
    )
    with own_servers(configured) as used:
        assert used == configured


def test_only_what_is_not_configured_is_embedded(settings, monkeypatch):
    configured = settings.replace(
        kafka={"bootstrap_servers": "kafka:9092", "replication_factor": 3}
    )
    with own_servers(configured) as used:
        assert used.kafka == configured.kafka
        assert used.redis != configured.redis


def test_an_embedded_broker_is_told_apart_by_the_settings(settings):
    configured = settings.replace(
        kafka={"replication_factor": 3, "topic_prefix": "mine"},
        redis={"url": "redis://redis:6379"},
    )
    with own_servers(configured) as used:
        assert used.kafka.bootstrap_servers != configured.kafka.bootstrap_servers
        assert used.kafka.replication_factor == 1
        assert used.kafka.session_timeout_s == 6.0
        assert used.kafka.topic_prefix == "mine"


def test_a_session_timeout_of_the_operators_own_stays(settings):
    configured = settings.replace(
        kafka={"session_timeout_s": 20.0}, redis={"url": "redis://redis:6379"}
    )
    with own_servers(configured) as used:
        assert used.kafka.session_timeout_s == 20.0


class Answer(http.server.BaseHTTPRequestHandler):
    """Not ready the first two times, then ready."""

    asked = 0

    def do_GET(self) -> None:
        assert self.path == "/readyz"
        type(self).asked += 1
        self.send_response(200 if self.asked > 2 else 503)
        self.end_headers()

    def log_message(self, *args) -> None:
        pass


async def test_ready_means_that_every_service_says_so(settings):
    Answer.asked = 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        configured = settings.replace(telemetry={"http_port": server.server_port})
        service, *_ = plan_services(configured, {})
        seconds = await asyncio.wait_for(until_ready([service], configured), 10)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert Answer.asked == 3
    assert seconds > 0


@pytest.mark.parametrize(
    ("gateway", "access"),
    [({}, "open"), ({"access": "keys"}, "keys"), ({"host": "0.0.0.0"}, "keys")],
)
def test_a_redis_of_ours_needs_no_keys_at_home(settings, gateway, access):
    configured = settings.replace(
        kafka={"bootstrap_servers": "kafka:9092"}, gateway={**gateway, "port": 8001}
    )
    with own_servers(configured) as used:
        assert used.gateway.access == access
        for service in plan_services(used, {}):
            assert service.environment["STANCEWIRE_GATEWAY__ACCESS"] == access
            assert service.environment["STANCEWIRE_GATEWAY__PORT"] == "8001"


def test_a_redis_of_the_users_own_needs_keys(settings):
    configured = settings.replace(
        kafka={"bootstrap_servers": "kafka:9092"}, redis={"url": "redis://redis:6379"}
    )
    with own_servers(configured) as used:
        assert used.gateway.access == "keys"


def test_a_default_port_that_is_taken_is_replaced(settings, monkeypatch):
    monkeypatch.setattr(processes, "is_free", lambda host, port: False)
    assert page_of(plan_services(settings, {}), settings) != "http://127.0.0.1:8000"
    asked = settings.replace(gateway={"port": 8000})
    assert page_of(plan_services(asked, {}), asked) == "http://127.0.0.1:8000"


def test_attaching_to_embedded_servers_needs_their_address(settings):
    used = settings.replace(kafka={"bootstrap_servers": "127.0.0.1:4711"})
    text = how_to_attach(used, settings)
    assert "STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS=127.0.0.1:4711 stancewire tail changes" in text
    assert "KafkaConsumer('stancewire.changes', bootstrap_servers='127.0.0.1:4711'" in text
    assert text.count("embedded") == 2
    for topic in ("stancewire.articles", "stancewire.observations", "stancewire.stance.warning"):
        assert topic in text


def test_a_password_is_never_shown(settings):
    used = settings.replace(
        kafka={
            "bootstrap_servers": "kafka:9093",
            "security_protocol": "SASL_SSL",
            "sasl_username": "us",
            "sasl_password": "hidden1",
        },
        redis={"url": "rediss://us:hidden2@redis:6380/1"},
    )
    text = how_to_attach(used, used)
    assert "hidden" not in text
    assert "rediss://redis:6380/1" in text
    assert "KafkaConsumer" not in text, "a client without the password would not connect"


def test_the_one_liner_is_python(settings):
    text = how_to_attach(settings, settings)
    (line,) = [line for line in text.splitlines() if "python -c" in line]
    compile(line.split('"')[1], "one-liner", "exec")


def test_more_workers_than_partitions_are_refused_by_name(settings):
    result = CliRunner().invoke(up, ["--readers", "5"])
    assert result.exit_code == 2
    assert "kafka.partitions = 4" in result.output
