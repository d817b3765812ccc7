from pathlib import Path

import pytest
from pydantic import ValidationError

from stancewire.errors import ConfigurationError
from stancewire.plumbing.settings import Settings, known_settings, load_settings

BAD = sorted((Path(__file__).parent / "badsettings").glob("*.toml"))


@pytest.fixture(autouse=True)
def _no_file_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def toml(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_file_is_refused_with_the_reason(file: Path) -> None:
    expected = file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expects: ")
    with pytest.raises(ConfigurationError) as refusal:
        load_settings(file)
    assert expected in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_there_are_bad_examples() -> None:
    assert len(BAD) > 20


def test_without_file_or_environment_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.kafka.topic_prefix == "stancewire"
    assert settings.redis.namespace == "stancewire"
    assert not settings.kafka.is_configured
    assert not settings.redis.is_configured


def test_the_environment_wins_over_the_file_and_leaves_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = toml(tmp_path / "a.toml", '[kafka]\npartitions = 8\nbootstrap_servers = "a:1, b:2"\n')
    monkeypatch.setenv("STANCEWIRE_KAFKA__PARTITIONS", "16")
    settings = load_settings(file)
    assert settings.kafka.partitions == 16
    assert settings.kafka.bootstrap_servers == "a:1,b:2"
    assert settings.kafka.is_configured


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCEWIRE_KAFKA__PARTITIONS", "")
    assert load_settings().kafka.partitions == 4


def test_the_file_is_found_by_argument_by_variable_and_by_its_usual_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    toml(tmp_path / "stancewire.toml", "[kafka]\npartitions = 1\n")
    assert load_settings().kafka.partitions == 1
    monkeypatch.setenv("STANCEWIRE_CONFIG", str(toml(tmp_path / "b", "[kafka]\npartitions = 2\n")))
    assert load_settings().kafka.partitions == 2
    assert load_settings(toml(tmp_path / "c", "[kafka]\npartitions = 3\n")).kafka.partitions == 3


def test_a_named_file_must_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"--config names .*gone\.toml"):
        load_settings(tmp_path / "gone.toml")
    monkeypatch.setenv("STANCEWIRE_CONFIG", "gone.toml")
    with pytest.raises(ConfigurationError, match=r"STANCEWIRE_CONFIG names gone\.toml"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("STANCEWIRE_KAFKA_PARTITIONS", "did you mean STANCEWIRE_KAFKA__PARTITIONS?"),
        ("STANCEWIRE_KAFKA__PARTITION", "did you mean STANCEWIRE_KAFKA__PARTITIONS?"),
        ("STANCEWIRE_REDIS__PARTITIONS", "did you mean STANCEWIRE_KAFKA__PARTITIONS?"),
        ("STANCEWIRE_TELEMETRY_HTTP_PORT", "did you mean STANCEWIRE_TELEMETRY__HTTP_PORT?"),
        ("STANCEWIRE_KAFKA", "is no setting"),
        ("STANCEWIRE_WEATHER", "see docs/configuration.md"),
    ],
)
def test_an_unknown_variable_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    monkeypatch.setenv(name, "8")
    with pytest.raises(ConfigurationError) as refusal:
        load_settings()
    assert str(refusal.value).startswith(f"{name} in the environment is no setting")
    assert hint in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STANCEWIRE_REDIS_SERVICE_HOST", "10.0.0.7"),
        ("STANCEWIRE_REDIS_SERVICE_PORT", "6379"),
        ("STANCEWIRE_REDIS_PORT", "tcp://10.0.0.7:6379"),
        ("STANCEWIRE_REDIS_PORT_6379_TCP_ADDR", "10.0.0.7"),
        ("STANCEWIRE_TEST_KAFKA", "1"),
    ],
)
def test_variables_of_kubernetes_and_of_the_tests_are_let_through(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert load_settings() == Settings()


def test_a_bad_value_is_traced_to_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCEWIRE_KAFKA__PARTITIONS", "-1")
    with pytest.raises(ConfigurationError) as refusal:
        load_settings()
    assert str(refusal.value) == (
        "kafka.partitions from STANCEWIRE_KAFKA__PARTITIONS:"
        " must be greater than or equal to 1 (it is '-1')"
    )


def test_every_bad_key_is_named_at_once(tmp_path: Path) -> None:
    file = toml(tmp_path / "a", "[kafka]\npartitions = 0\n[tracker]\nmin_votes = 0\n")
    with pytest.raises(ConfigurationError, match=r"kafka\.partitions.*tracker\.min_votes"):
        load_settings(file)


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCEWIRE_REDIS__URL", "rediss://:hunter2@redis:6379/0")
    monkeypatch.setenv("STANCEWIRE_KAFKA__SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("STANCEWIRE_KAFKA__SASL_USERNAME", "reader")
    monkeypatch.setenv("STANCEWIRE_KAFKA__SASL_PASSWORD", "hunter2")
    settings = load_settings()
    assert settings.kafka.sasl_password is not None
    assert settings.kafka.sasl_password.get_secret_value() == "hunter2"
    assert "hunter2" not in f"{settings!r}{settings}{settings.model_dump_json()}"


def test_settings_cannot_be_changed_but_replaced() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.kafka.partitions = 8  # type: ignore[misc]
    other = settings.replace(kafka={"bootstrap_servers": "kafka:9092"}, telemetry={"http_port": 80})
    assert other.kafka.is_configured
    assert other.telemetry.http_port == 80
    assert settings.telemetry.http_port == 0
    with pytest.raises(
        ConfigurationError, match=r"kafka\.partitions: must be greater than or equal to 1"
    ):
        settings.replace(kafka={"partitions": 0})


def test_every_setting_has_a_description() -> None:
    for section, name in known_settings():
        field = Settings.model_fields[section].annotation.model_fields[name]  # type: ignore[union-attr]
        assert field.description, f"{section}.{name} has no docstring"
