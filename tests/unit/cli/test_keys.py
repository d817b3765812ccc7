"""`stancewire keys` on a real Redis."""

import uuid

import pytest
from click.testing import CliRunner, Result

from stancewire.cli import main


@pytest.fixture
def keys(redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STANCEWIRE_REDIS__URL", redis_url)
    monkeypatch.setenv("STANCEWIRE_REDIS__NAMESPACE", uuid.uuid4().hex)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["keys", *arguments])

    return run


def test_the_key_alone_is_on_standard_output(keys) -> None:
    made = keys("create", "the newsroom")
    assert made.exit_code == 0
    assert made.stdout.startswith("sw_")
    assert made.stdout.count("\n") == 1
    assert "the newsroom" in made.stderr
    assert "read" in made.stderr


def test_keys_are_listed_without_their_secrets_and_revoked(keys) -> None:
    text = keys("create", "me", "--scope", "publish", "--scope", "read").stdout.strip()
    listed = keys("list")
    assert "publish,read" in listed.output or "read,publish" in listed.output
    assert text not in listed.output
    key_id = listed.output.split()[0]
    assert key_id in text
    assert keys("revoke", key_id).exit_code == 0
    assert keys("list").output == ""
    again = keys("revoke", key_id)
    assert again.exit_code == 1
    assert "keys list" in again.output


@pytest.mark.parametrize("name", ["", "x" * 101, "two\nlines", "\x1b[31m"])
def test_names_that_would_mislead_are_refused(keys, name: str) -> None:
    assert keys("create", name).exit_code == 2
    assert keys("list").output == ""


def test_an_unknown_scope_is_refused(keys) -> None:
    assert keys("create", "me", "--scope", "all").exit_code == 2
