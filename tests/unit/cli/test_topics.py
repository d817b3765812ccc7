import pytest
from click.testing import CliRunner

from stancewire.cli import main
from stancewire.cli.topics import describe
from stancewire.plumbing.kafka import TopicDifference, diff_topics


@pytest.fixture
def own_prefix(embedded_broker: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS", embedded_broker)
    monkeypatch.setenv("STANCEWIRE_KAFKA__TOPIC_PREFIX", "cli")
    return "cli"


def test_topics_are_shown_as_missing_created_and_then_shown_without_a_word(
    own_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = CliRunner().invoke(main, ["topics", "show"])
    assert before.exit_code == 0
    assert f"{own_prefix}.articles is missing; run `stancewire topics apply`" in before.output
    applied = CliRunner().invoke(main, ["topics", "apply"])
    assert applied.exit_code == 0, applied.output
    assert applied.output == "10 topics with the prefix cli are there\n"
    after = CliRunner().invoke(main, ["topics", "show"])
    assert "missing" not in after.output
    assert len(after.output.splitlines()) == 10
    assert "cli.articles.dlq      4 partitions, 1 replicas, cleanup.policy=delete" in after.output

    monkeypatch.setenv("STANCEWIRE_KAFKA__PARTITIONS", "6")
    grown = CliRunner().invoke(main, ["topics", "apply"])
    assert grown.exit_code == 0
    assert (
        "warning: cli.articles: partitions is 4, not 6; change it with Kafka's own" in grown.output
    )


def test_a_broker_that_is_away_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCEWIRE_KAFKA__BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setattr(diff_topics, "__kwdefaults__", {"deadline_s": 0.2})
    result = CliRunner().invoke(main, ["topics", "show"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: Kafka does not answer at 127.0.0.1:1")


def test_what_the_broker_did_not_take_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn = TopicDifference(
        topic="news.articles", setting="retention.ms", wanted="1", found="604800000"
    )
    monkeypatch.setattr("stancewire.cli.topics.apply_topics", lambda _: [stubborn])
    result = CliRunner().invoke(main, ["topics", "apply"])
    assert result.exit_code == 1
    assert "warning: news.articles: retention.ms is 604800000, not 1" in result.output
    assert "did not take all topic settings" in result.output


@pytest.mark.parametrize(
    ("setting", "found", "said"),
    [
        ("topic", None, "t is missing; run `stancewire topics apply`"),
        ("retention.ms", None, "t: retention.ms is unset, not 7; run `stancewire topics apply`"),
        ("partitions", "3", "or set kafka.partitions to what is there"),
        ("replication_factor", "1", "or set kafka.replication_factor to what is there"),
    ],
)
def test_every_difference_says_what_mends_it(setting: str, found: str | None, said: str) -> None:
    difference = TopicDifference(topic="t", setting=setting, wanted="7", found=found)
    assert describe(difference).endswith(said)
