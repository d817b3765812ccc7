"""What Stancewire is run with is valid, pinned, unprivileged, and true to the code."""

import http.server
import json
import re
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from dockerfile_parse import DockerfileParser

from stancewire.cli import main
from stancewire.plumbing.settings import (
    CONFIG_VARIABLE,
    PREFIX,
    known_settings,
    load_settings,
    variable,
)

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
COMPOSE = yaml.safe_load(COMPOSE_FILE.read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "stancewire"}
PINNED = re.compile(r"^[a-z0-9./-]+:\d+\.\d+\.\d+(-[a-z0-9.-]+)?$")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def instructions() -> list[dict[str, str]]:
    """The Dockerfile's instructions with their values; the parser writes nothing."""
    return DockerfileParser(path=str(DOCKERFILE)).structure


def values(instructions, name: str) -> list[str]:
    return [item["value"] for item in instructions if item["instruction"] == name]


def dockerfile_environment() -> dict[str, str]:
    return dict(DockerfileParser(path=str(DOCKERFILE)).envs)


def test_compose_is_valid_by_its_own_schema():
    checked = run("check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE_FILE))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_schema_check_can_fail(tmp_path):
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE_FILE.read_text().replace("depends_on:", "dependson:"))
    checked = run("check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(broken))
    assert checked.returncode == 1


def test_compose_is_tidy_yaml():
    checked = run("yamllint", "--strict", str(COMPOSE_FILE))
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", SERVICES.keys() - OURS.keys())
def test_images_of_others_are_pinned(name):
    assert PINNED.match(SERVICES[name]["image"])


def test_the_tests_run_on_the_kafka_that_compose_runs():
    pom = ET.parse(ROOT / "deploy" / "kafka" / "pom.xml")
    version = pom.findtext(".//{*}kafka.version")
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version}"


def test_the_services_of_a_whole_stancewire_are_there():
    assert {"kafka", "redis", "topics", "reader", "tracker", "gateway"} <= SERVICES.keys()


@pytest.mark.parametrize("name", OURS)
def test_each_service_runs_a_command_that_exists(name):
    shown = CliRunner().invoke(main, [*OURS[name]["command"], "--help"])
    assert shown.exit_code == 0, shown.output


@pytest.mark.parametrize("name", OURS)
def test_each_variable_is_a_setting_and_its_value_is_taken(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    known = {variable(*setting) for setting in known_settings()} | {CONFIG_VARIABLE}
    environment = {**dockerfile_environment(), **OURS[name]["environment"]}
    ours = {key: value for key, value in environment.items() if key.startswith(PREFIX)}
    assert len(ours) >= 5
    assert ours.keys() <= known
    for key, value in ours.items():
        monkeypatch.setenv(key, value)
    settings = load_settings()
    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert settings.redis.is_configured
    assert settings.telemetry.http_host == "0.0.0.0"


@pytest.mark.parametrize("name", SERVICES)
def test_whoever_needs_another_waits_until_it_is_ready(name):
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        healthcheck = SERVICES[needed].get("healthcheck", {})
        if how["condition"] == "service_healthy":
            assert "test" in healthcheck
        else:
            assert how["condition"] == "service_completed_successfully"
            assert healthcheck == {"disable": True}, "what ends by itself is never healthy"


def test_workers_wait_for_the_topics():
    for name in ("reader", "tracker", "alerter", "gateway"):
        assert SERVICES[name]["depends_on"].keys() == {"topics", "kafka", "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_can_gain_rights(name):
    service = SERVICES[name]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert service.get("user") not in ("root", "0", 0)
    if name != "kafka":
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True


def test_state_is_kept_in_named_volumes():
    mounted = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }
    assert mounted == COMPOSE["volumes"].keys()
    assert {"kafka-data", "redis-data"} <= mounted


def test_redis_keeps_what_matters():
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_nothing_is_open_to_other_machines():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_the_dockerfile_has_no_lint():
    checked = run("whalint", str(DOCKERFILE))
    assert checked.returncode == 0, checked.stdout


def test_the_lint_can_fail(tmp_path):
    broken = tmp_path / "Dockerfile"
    broken.write_text(re.sub(r"(?m)^USER .*$", "", DOCKERFILE.read_text()))
    assert run("whalint", str(broken)).returncode == 1


def test_the_image_is_built_in_stages_on_one_pinned_python(instructions):
    bases = [value.split()[0] for value in values(instructions, "FROM")]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert PINNED.match(bases[0])
    assert bases[0].startswith("python:3.")
    assert "-slim" in bases[0]


def test_the_image_runs_without_root(instructions):
    (user,) = values(instructions, "USER")
    assert user == "10001:10001"


def test_the_image_takes_pinned_versions_and_no_extras(instructions):
    installs = [value for value in values(instructions, "RUN") if "pip install" in value]
    assert installs
    assert all("--constraint constraints.txt" in value for value in installs)
    assert not any("[" in value or "torch" in value for value in installs)


def test_what_the_build_copies_exists_and_is_let_through(instructions):
    copies = [value.split() for value in values(instructions, "COPY")]
    sources = {
        source for copy in copies if not copy[0].startswith("--from") for source in copy[:-1]
    }
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    assert sources == {line[1:] for line in lines if line.startswith("!")}
    missing = [source for source in sources if not (ROOT / source).exists()]
    assert not missing


@pytest.mark.parametrize(("status", "is_healthy"), [(200, True), (503, False)])
def test_the_images_health_is_its_readiness(instructions, status, is_healthy):
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        assert health_check(instructions, port=server.server_port) is is_healthy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def health_check(instructions, *, port: int) -> bool:
    """Run the image's health check here, on another port."""
    (health,) = values(instructions, "HEALTHCHECK")
    program, *arguments = json.loads(health.partition("CMD ")[2])
    assert program == "python"
    here = [argument.replace("8080", str(port)) for argument in arguments]
    return subprocess.run([sys.executable, *here], check=False).returncode == 0


def test_the_health_check_asks_where_the_service_answers(instructions):
    port = dockerfile_environment()[variable("telemetry", "http_port")]
    assert values(instructions, "EXPOSE") == [port]
    assert port in values(instructions, "HEALTHCHECK")[0]
