"""`stancewire alerts`: deliveries as an operator sees them, and rules tried without sending."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from redis import Redis

from alert_builders import NOW, RULES, change, delivery, id_of, notice
from stancewire.alerting.values import Attempt, Delivery
from stancewire.cli import main
from stancewire.events import to_json

Run = Callable[..., Result]


@pytest.fixture(name="namespace")
def fixture_namespace(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    namespace = uuid.uuid4().hex
    monkeypatch.setenv("STANCEWIRE_REDIS__URL", redis_url)
    monkeypatch.setenv("STANCEWIRE_REDIS__NAMESPACE", namespace)
    return namespace


@pytest.fixture(name="keep")
def fixture_keep(redis_url: str, namespace: str) -> Callable[[Delivery], None]:
    """Keep a delivery as an alerter would have."""

    def keep(one: Delivery) -> None:
        with Redis.from_url(redis_url) as client:
            prefix = f"{{{namespace}}}:alerter"
            client.set(f"{prefix}:delivery:{one.id}", msgspec.msgpack.encode(one))
            client.zadd(f"{prefix}:log", {one.id: one.created_at.timestamp() * 1000})

    return keep


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["alerts", *arguments], input=given)


def made(name: str, state: str) -> Delivery:
    attempt = Attempt(at=NOW, reason="http_5xx", detail="HTTP 500: \x1b[31mno")
    return delivery(notice(change("c1", "h>w")), id=id_of(name), state=state, attempts=(attempt,))


def test_list_shows_the_newest_and_can_be_narrowed(keep: Callable[[Delivery], None]) -> None:
    keep(made("a", "failed"))
    keep(made("b", "delivered"))
    assert len(run("list").stdout.splitlines()) == 2
    (line,) = run("list", "--state", "failed").stdout.splitlines()
    assert line.startswith(id_of("a")[:8])
    assert "warns -> desk" in line
    (whole,) = run("list", "--state", "failed", "--json").stdout.splitlines()
    assert json.loads(whole)["id"] == id_of("a")


def test_show_tells_every_try_without_steering_the_terminal(
    keep: Callable[[Delivery], None],
) -> None:
    keep(made("a", "failed"))
    result = run("show", id_of("a")[:8])
    assert "http_5xx  HTTP 500: [31mno" in result.stdout
    assert "\x1b" not in result.stdout
    assert id_of("c1") in result.stdout


def test_redeliver_asks_an_alerter_to_send_it_again(
    keep: Callable[[Delivery], None], redis_url: str, namespace: str
) -> None:
    keep(made("a", "failed"))
    assert run("redeliver", id_of("a")[:8]).exit_code == 0
    with Redis.from_url(redis_url) as client:
        assert client.zcard(f"{{{namespace}}}:alerter:due:desk") == 1
    again = run("redeliver", id_of("a"))
    assert again.exit_code == 1
    assert "is still being delivered" in again.stderr


@pytest.mark.parametrize("command", ["show", "redeliver"])
def test_an_unknown_id_says_where_to_look(namespace: str, command: str) -> None:
    result = run(command, "nothing")
    assert result.exit_code == 1
    assert "`stancewire alerts list` shows them" in result.stderr


def test_a_disabled_receiver_is_told_and_enabled(redis_url: str, namespace: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.hset(f"{{{namespace}}}:alerter:disabled", "desk", "mark it answered 410")
    assert "desk is disabled: it answered 410" in run("list").stderr
    assert run("enable", "desk").exit_code == 0
    assert run("enable", "desk").exit_code == 1


def test_rules_are_tried_on_changes_from_a_file_or_standard_input(tmp_path: Path) -> None:
    rules, changes = tmp_path / "rules.toml", tmp_path / "changes.jsonl"
    rules.write_text(RULES)
    undone = change("c2", "w>h", type="retracted", supersedes="c1")
    changes.write_bytes(b"\n".join(map(to_json, [change("c1", "h>w"), undone])))
    result = run("test", str(rules), "--against", str(changes))
    first, second = result.stdout.splitlines()
    assert "warns -> desk  [warning] Minister Jane Doe: hopeful -> warning (90%)" in first
    assert "Resolved: Minister Jane Doe: warning is taken back" in second
    assert "2 notices from 2 changes" in result.stderr
    piped = run("test", str(rules), "--against", "-", "--json", given=changes.read_text())
    assert [json.loads(line)["notice"]["status"] for line in piped.stdout.splitlines()] == [
        "firing",
        "resolved",
    ]


def test_a_bad_rule_file_or_line_is_named(tmp_path: Path) -> None:
    rules, changes = tmp_path / "rules.toml", tmp_path / "changes.jsonl"
    rules.write_text(RULES.replace("match.stance", "match.stanze"))
    changes.write_text("{}\nno\n")
    refused = run("test", str(rules), "--against", str(changes))
    assert refused.exit_code == 2
    assert "did you mean stance?" in refused.stderr
    rules.write_text(RULES)
    refused = run("test", str(rules), "--against", str(changes))
    assert refused.exit_code == 1
    assert "line 1 is no change of stance" in refused.stderr


def test_an_alerter_without_rules_says_how_to_give_them_some() -> None:
    result = CliRunner().invoke(main, ["alerter"])
    assert result.exit_code == 2
    assert "STANCEWIRE_ALERTER__RULES_FILE" in result.stderr
