"""`stancewire topics`: create the topics as the settings want them, or show what differs."""

import click

from stancewire.errors import StancewireError
from stancewire.plumbing.kafka import (
    TopicDifference,
    TopicSpec,
    apply_topics,
    diff_topics,
    topic_specs,
)
from stancewire.plumbing.settings import load_settings


@click.group()
def topics() -> None:
    """Create the topics, or compare them."""


@topics.command()
def apply() -> None:
    """Create missing topics and mend their settings.

    It never adds partitions, since keys would move and lose their order, nor replicas: such
    differences are only shown.
    """
    kafka = load_settings().kafka
    remaining = apply_topics(kafka)
    for difference in remaining:
        click.echo(f"warning: {describe(difference)}", err=True)
    if any(difference.is_applicable for difference in remaining):
        raise StancewireError(
            "the broker did not take all topic settings; see the warnings, and whether a policy"
            " of the broker forbids them"
        )
    specs = topic_specs(kafka)
    click.echo(f"{len(specs)} topics with the prefix {kafka.topic_prefix} are there")


@topics.command()
def show() -> None:
    """Show every topic, and where it differs from the settings."""
    kafka = load_settings().kafka
    differences = diff_topics(kafka)
    specs = topic_specs(kafka)
    width = max(len(spec.name) for spec in specs)
    for spec in specs:
        found = [describe(d) for d in differences if d.topic == spec.name]
        click.echo(f"{spec.name:{width}}  {_summary(spec)}")
        for line in found:
            click.echo(click.style(f"{'':{width}}  {line}", fg="yellow"))


def describe(difference: TopicDifference) -> str:
    """One difference in a line, with what mends it."""
    name, setting = difference.topic, difference.setting
    if setting == "topic":
        return f"{name} is missing; run `stancewire topics apply`"
    found = "unset" if difference.found is None else difference.found
    line = f"{name}: {setting} is {found}, not {difference.wanted}"
    if difference.is_applicable:
        return f"{line}; run `stancewire topics apply`"
    return (
        f"{line}; change it with Kafka's own tools while the workers stand still, or set"
        f" kafka.{setting} to what is there"
    )


def _summary(spec: TopicSpec) -> str:
    configs = ", ".join(f"{key}={value}" for key, value in spec.configs.items())
    return f"{spec.partitions} partitions, {spec.replication_factor} replicas, {configs}"
