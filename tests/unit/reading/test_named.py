from pathlib import Path

import pytest

from stancewire.errors import ConfigurationError
from stancewire.plumbing.sections import ReaderSettings
from stancewire.reading.model import SHIPPED
from stancewire.reading.named import Named, find_model, load_confusion


def directory(path: Path, *files: str) -> str:
    path.mkdir()
    for name in files:
        (path / name).write_text("{}")
    return str(path)


def test_nothing_is_the_model_inside_the_package() -> None:
    assert find_model(None) == Named(SHIPPED)


def test_directories_are_told_by_what_lies_in_them(tmp_path: Path) -> None:
    own = directory(tmp_path / "own", "manifest.json", "config.json")
    other = directory(tmp_path / "other", "config.json")
    assert find_model(own) == Named(Path(own))
    assert find_model(other) == Named(SHIPPED, classifier=other)


@pytest.mark.parametrize("name", ["someone/a-model_v1.5", "bert-base"])
def test_what_is_no_path_is_an_id_of_the_hub(name: str) -> None:
    assert find_model(name) == Named(SHIPPED, classifier=name)


@pytest.mark.parametrize(
    "name", ["/nowhere/model", "./model", "../model", "~/model", "a/b/c", "C:\\model", "", "a b"]
)
def test_a_path_that_leads_nowhere_is_no_id_of_the_hub(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"reader\.model"):
        find_model(name)


def test_a_directory_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"neither a manifest\.json"):
        find_model(directory(tmp_path / "empty"))


def test_the_shipped_model_brings_its_confusion() -> None:
    assert set(load_confusion(ReaderSettings())) == {"de", "en"}


def test_the_tracker_refuses_a_classifier_that_nobody_measured(tmp_path: Path) -> None:
    other = directory(tmp_path / "other", "config.json")
    with pytest.raises(ConfigurationError, match=r"how it errs is not known.*--calibrate"):
        load_confusion(ReaderSettings(model=other))


def test_the_tracker_takes_what_was_measured(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_text(
        '{"version": "v", "actors": {}, "calibration": {}, "confusion": {"de": [[1, 2, 3]]}}'
    )
    settings = ReaderSettings(model="someone/model", stance_calibration=file)
    assert load_confusion(settings) == {"de": [[1, 2, 3]]}
