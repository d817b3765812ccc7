from pathlib import Path

import pytest

from stancewire.cli.read import load_reader
from stancewire.plumbing.settings import Settings
from stancewire.reading.reader import Reader


def test_the_reader_is_given_the_users_list_of_actors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: dict[str, object] = {}

    def load(directory: Path | None = None, **options: object) -> object:
        given.update(options)
        return object()

    monkeypatch.setattr(Reader, "load", load)
    load_reader(Settings().replace(reader={"actors_file": tmp_path / "actors.toml"}))
    assert given["actors"] == tmp_path / "actors.toml"
