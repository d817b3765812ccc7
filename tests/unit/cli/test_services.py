import sys
from types import ModuleType

import pytest
from click.testing import CliRunner

from stancewire.cli import main
from stancewire.plumbing.settings import Settings

MODULES = {
    "reader": "stancewire.workers.reader",
    "tracker": "stancewire.workers.tracker",
    "gateway": "stancewire.gateway.service",
}


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("code", [0, 1])
def test_a_service_gets_the_settings_and_its_exit_code_is_ours(
    name: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Settings] = []

    def run(settings: Settings) -> int:
        given.append(settings)
        return code

    module = ModuleType(MODULES[name])
    module.main = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("stancewire.cli.services.configure_logging", lambda *_, **__: None)
    monkeypatch.setenv("STANCEWIRE_KAFKA__PARTITIONS", "7")
    assert CliRunner().invoke(main, [name]).exit_code == code
    assert [settings.kafka.partitions for settings in given] == [7]
