"""What an operator can set or see stands in `docs/configuration.md`, or these tests fail."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

import stancewire
from stancewire.plumbing.kafka import topic_specs
from stancewire.plumbing.sections import KafkaSettings
from stancewire.plumbing.settings import Settings, known_settings, load_settings, variable

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
TEXT = PAGE.read_text(encoding="utf-8")
SOURCES = sorted(Path(stancewire.__file__).parent.rglob("*.py"))
NAME_OF_OURS = re.compile(r'"(stancewire_[a-z_]+)"')


def row(section: str, name: str) -> str:
    """The row that describes a setting, out of the code."""
    field = Settings.model_fields[section].annotation.model_fields[name]  # type: ignore[union-attr]
    default = field.default
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    plain = str(default).lower() if default is True else default
    shown = "" if default in (None, "") else f"`{plain}`"
    description = " ".join(field.description.split())
    return f"| `{name}` | `{variable(section, name)}` | {shown} | {description} |"


@pytest.mark.parametrize(("section", "name"), list(known_settings()))
def test_a_setting_is_described_as_the_code_describes_it(section: str, name: str) -> None:
    part = TEXT.split(f"### `[{section}]`")[1].split("\n#")[0]
    assert row(section, name) in part.splitlines()


def test_no_setting_is_described_that_is_gone() -> None:
    described = re.findall(r"^\| `[a-z_]+` \| `(STANCEWIRE_[A-Z_]+)` \|", TEXT, re.MULTILINE)
    assert sorted(described) == sorted(variable(*setting) for setting in known_settings())


def test_examples_of_files_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert examples
    for example in examples:
        file = tmp_path / "example.toml"
        file.write_text(example, encoding="utf-8")
        load_settings(file)


def test_every_topic_is_described() -> None:
    for spec in topic_specs(KafkaSettings()):
        assert f"| `{spec.name}` | {spec.configs['cleanup.policy']} |" in TEXT, spec.name


def test_every_metric_and_header_of_ours_is_described() -> None:
    names = {name for source in SOURCES for name in NAME_OF_OURS.findall(source.read_text("utf-8"))}
    assert len(names) > 5
    missing = sorted(name for name in names if not re.search(rf"`{name}[`_]", TEXT))
    assert missing == []
