"""The rule files in the page about alerts load, and it names all that can be matched."""

import re
from pathlib import Path
from typing import get_args

import pytest

from alert_builders import SECRET
from stancewire.alerting.loading import parse_rules
from stancewire.alerting.rules import Match, Rule
from stancewire.alerting.values import Severity

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "alerting.md").read_text("utf-8")
FILES = re.findall(r"```(toml|yaml)\n(.*?)```", TEXT, re.DOTALL)
ENVIRON = {
    "NEWSROOM_HOOK_SECRET": SECRET,
    "SLACK_WEBHOOK_URL": "https://hooks.slack.example/T/B/X",
    "PAGERDUTY_KEY": "0123456789abcdef0123456789abcdef",
}


@pytest.mark.parametrize(("kind", "text"), FILES)
def test_an_example_loads(kind: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "mail-password").write_text("secret")
    rulebook = parse_rules(text, file=tmp_path / f"rules.{kind}", environ=ENVIRON)
    assert rulebook.rule


def test_every_kind_of_receiver_is_shown() -> None:
    for kind in ("webhook", "alertmanager", "pagerduty", "slack", "email"):
        assert f'type = "{kind}"' in TEXT


def test_all_that_a_rule_knows_is_described() -> None:
    for name in Match.model_fields:
        assert f"| `{name}` | " in TEXT
    for name in Rule.model_fields.keys() - {"name", "receivers", "match"}:
        assert f"| `{name}` | " in TEXT
    for severity in get_args(Severity):
        assert f"`{severity}`" in TEXT
