"""`stancewire reader`, `tracker`, `alerter`, `gateway`: run one service, as containers do."""

import sys
from importlib import import_module

import click

from stancewire.plumbing.settings import load_settings
from stancewire.plumbing.telemetry import configure_logging


@click.command()
def reader() -> None:
    """Run one reader.

    It reads articles from Kafka and publishes who says what, with which stance. Start as many as
    there are partitions. SIGTERM ends it; what it had not finished, another one reads again.
    """
    _run("reader")


@click.command()
def tracker() -> None:
    """Run one tracker.

    It follows the observations and publishes when an actor's stance is established or changes.
    Start as many as there are partitions. SIGTERM ends it; what it had not finished, another one
    takes up.
    """
    _run("tracker")


@click.command()
def alerter() -> None:
    """Run one alerter.

    It asks the rules of alerter.rules_file about every change of stance and tells their receivers.
    Start several to be safe. SIGTERM ends it; what it had not delivered, another one delivers.
    """
    _run("alerter")


@click.command()
def gateway() -> None:
    """Serve HTTP and the live page.

    Stories, stances and changes as JSON, new changes as a stream, articles in.

    It reads Redis and publishes to Kafka. Start as many as are needed. Callers need a key
    (`stancewire keys create`) unless gateway.access is open. SIGTERM ends it.
    """
    _run("gateway", module="stancewire.gateway.service")


def _run(name: str, *, module: str | None = None) -> None:
    settings = load_settings()
    configure_logging(settings.telemetry, service=name)
    sys.exit(import_module(module or f"stancewire.workers.{name}").main(settings))
