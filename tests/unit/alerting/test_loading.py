"""Rule files: what is good loads alike from TOML and YAML, what is wrong is named."""

from pathlib import Path

import pytest

from alert_builders import RULES, SECRET, rulebook
from stancewire.alerting.loading import load_rules
from stancewire.errors import ConfigurationError

YAML = f"""
receiver:
  - name: desk
    type: webhook
    url: https://desk.example/hook
    secrets: ["{SECRET}"]
rule:
  - name: warns
    receivers: [desk]
    match: {{stance: warning}}
"""
AM = """
[[receiver]]
name = "am"
type = "alertmanager"
urls = "http://alerts.example:9093/"
"""
NIGHT = 'quiet_hours = { start = "22:00", end = "07:00", time_zone = "Europe/Berlin" }'


def refusal(text: str, suffix: str = ".toml", **environ: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        rulebook(text, suffix=suffix, **environ)
    return str(refused.value)


def test_toml_and_yaml_say_the_same() -> None:
    assert rulebook(YAML, suffix=".yaml") == rulebook(RULES)


def test_defaults_are_quiet_ones() -> None:
    (rule,) = rulebook(RULES).rule
    assert rule.match.type == ("changed",)
    assert (rule.severity, rule.group_by) == ("warning", ("story", "actor"))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('match.stance = "warning"', 'match.stanze = "warning"', "'warns'.match.stanze is no key"),
        ('match.stance = "warning"', 'match.stanze = "x"', "did you mean stance?"),
        ('match.stance = "warning"', 'match.stance = "angry"', "'warns'.match.stance[1]: must be"),
        ('match.stance = "warning"', 'match.type = "reverted"', "match.type[1]: must be"),
        ('match.stance = "warning"', "match.min_confidence = 90", "match.min_confidence"),
        ('match.stance = "warning"', 'severity = "bad"', "rule[1] 'warns'.severity"),
        ('match.stance = "warning"', "group_wait_s = -1", "rule[1] 'warns'.group_wait_s"),
        ('match.stance = "warning"', 'group_by = "rule"', "group_by[1]"),
        ('match.stance = "warning"', NIGHT.replace("Berlin", "Nowhere"), "no time zone"),
        ('match.stance = "warning"', NIGHT.replace("22:00", "25:00"), "quiet_hours[1].start"),
        ('receivers = ["desk"]', 'receivers = ["desks"]', "'warns' names the receiver 'desks'"),
        ('receivers = ["desk"]', "", "rule[1] 'warns'.receivers is missing"),
        ('type = "webhook"', 'type = "pigeon"', "receiver[1] 'desk'"),
        ("https://desk.example/hook", "ftp://desk.example", "'desk'.url: write an address"),
        ("https://desk.example/hook", "https://u:p@desk.example", "leave user and password out"),
        (SECRET, "whsec_MTIz", "'desk'.secrets: a secret has 24 to 64 bytes, this one 3"),
        (SECRET, "whsec_*", "'desk'.secrets: a secret is whsec_ and base64"),
        ('name = "desk"', 'name = "des k"', "receiver[1] 'des k'.name"),
        ("[[rule]]", "[[rules]]", "rules is no key that can be set here; did you mean rule?"),
    ],
)  # fmt: skip
def test_the_offending_key_is_named(old: str, new: str, named: str) -> None:
    assert old in RULES
    message = refusal(RULES.replace(old, new))
    assert message.startswith("rules.toml: ")
    assert named in message


def test_no_message_repeats_a_secret() -> None:
    message = refusal(RULES.replace(SECRET, "whsec_hush"))
    assert "hush" not in message
    assert "desk.example" not in refusal(RULES.replace("https://desk", "desk"))


def test_names_are_given_once() -> None:
    again = RULES[RULES.index("[[rule]]") :]
    assert "rule 'warns' is there twice" in refusal(RULES + again)
    assert "receiver 'am' is there twice" in refusal(RULES + AM + AM)


@pytest.mark.parametrize(
    ("text", "suffix"), [("[[rule", ".toml"), ("rule: [", ".yaml"), ("- 1", ".yml"), ("", ".yaml")]
)
def test_what_is_no_rule_file_is_refused(text: str, suffix: str) -> None:
    assert f"rules{suffix}" in refusal(text, suffix)


def test_secrets_come_from_the_environment_or_from_files(tmp_path: Path) -> None:
    (tmp_path / "old").write_text(SECRET + "\n")
    file = tmp_path / "rules.toml"
    file.write_text(RULES.replace(f'"{SECRET}"', '{ env = "HOOK" }, { file = "old" }'))
    (desk,) = load_rules(file, environ={"HOOK": SECRET}).receiver
    assert [one.get_secret_value() for one in desk.secrets] == [SECRET, SECRET]
    with pytest.raises(ConfigurationError, match=r"receiver\[0\]\.secrets\[0\] names HOOK"):
        load_rules(file, environ={})
    (tmp_path / "old").unlink()
    with pytest.raises(ConfigurationError, match="names old, which cannot be read"):
        load_rules(file, environ={"HOOK": SECRET})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        load_rules(tmp_path / "rules.toml", environ={})


def test_a_login_without_tls_is_refused() -> None:
    mail = """
[[receiver]]
name = "desk"
type = "email"
host = "mail.example"
tls = "none"
username = "u"
password = "p"
sender = "a@b.example"
to = "c@d.example"

[[rule]]
name = "warns"
receivers = "desk"
"""
    assert "receiver[1] 'desk'" in refusal(mail)
    assert "a password is not sent without TLS" in refusal(mail)
