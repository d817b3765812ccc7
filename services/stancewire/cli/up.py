"""`stancewire up`: all services in one process tree."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import click

from stancewire.cli.processes import (
    address_of,
    check_rules,
    own_servers,
    page_of,
    plan_services,
    until_ready,
)
from stancewire.events import VOTING_STANCES
from stancewire.plumbing.kafka import Topics, apply_topics
from stancewire.plumbing.settings import Settings, load_settings, variable
from stancewire.plumbing.supervise import Service, Supervisor

_GRACE_SECONDS = 4.5


@click.command()
@click.option("--readers", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--trackers", type=click.IntRange(min=1), default=1, show_default=True)
def up(*, readers: int, trackers: int) -> None:
    """Run all services here.

    Where no Kafka or no Redis is configured, an embedded one is started: fine for looking around,
    but it forgets everything when this ends. A service that dies is started again. Ctrl-C ends all.
    """
    configured = load_settings()
    _refuse_idle_workers(configured, readers=readers, trackers=trackers)
    check_rules(configured)
    with own_servers(configured) as settings:
        for difference in apply_topics(settings.kafka):
            click.echo(
                f"topic {difference.topic}: {difference.setting} is {difference.found}, not"
                f" {difference.wanted}",
                err=True,
            )
        services = plan_services(settings, {"reader": readers, "tracker": trackers})
        click.echo(how_to_attach(settings, configured))
        code = asyncio.run(_run(services, settings))
    sys.exit(code)


def how_to_attach(settings: Settings, configured: Settings) -> str:
    """What a person needs to send articles to, and hear from, what runs under `settings`.

    `configured` are the settings as they were loaded, which tell what is embedded.
    """
    servers = settings.kafka.bootstrap_servers
    topics = Topics(settings.kafka.topic_prefix)
    named = f"{variable('kafka', 'bootstrap_servers')}={servers} "
    prefix = "" if configured.kafka.is_configured else named
    listens = [topics.observations, topics.changes, *(topics.stance(s) for s in VOTING_STANCES)]
    lines = [
        f"Kafka   {servers}{_kind(configured.kafka.is_configured)}",
        f"Redis   {_without_password(settings)}{_kind(configured.redis.is_configured)}",
        f"In      {topics.articles}",
        f"Out     {', '.join(listens)}",
        "",
        "From another terminal:",
        f"  {prefix}stancewire publish ARTICLE.json",
        f"  {prefix}stancewire tail changes",
    ]
    if settings.kafka.security_protocol == "PLAINTEXT":
        lines += ["or with any Kafka client:", f"  {_one_liner(servers, topics.changes)}"]
    return "\n".join([*lines, ""])


def _one_liner(servers: str, topic: str) -> str:
    consumer = f"KafkaConsumer('{topic}', bootstrap_servers='{servers}'.split(','),"
    begin = "auto_offset_reset='earliest')"
    show = f"[print(r.value.decode()) for r in {consumer} {begin}]"
    return f'python -c "from kafka import KafkaConsumer; {show}"'


def _kind(is_configured: bool) -> str:
    return "" if is_configured else "  (embedded: ends with this command, keeps nothing)"


def _without_password(settings: Settings) -> str:
    parts = urlsplit(settings.redis.url.get_secret_value())
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _refuse_idle_workers(settings: Settings, **counts: int) -> None:
    for option, count in counts.items():
        if count > settings.kafka.partitions:
            raise click.UsageError(
                f"--{option} {count}: only kafka.partitions = {settings.kafka.partitions} of them"
                " would have work; raise it, or start fewer"
            )


async def _run(services: Sequence[Service], settings: Settings) -> int:
    """Keep the services running until Ctrl-C or SIGTERM; return the exit code."""
    supervisor = Supervisor(write=_write, grace=_GRACE_SECONDS)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.stop)
    announcing = asyncio.create_task(_announce(services, settings))
    try:
        return await supervisor.run(services)
    finally:
        announcing.cancel()


async def _announce(services: Sequence[Service], settings: Settings) -> None:
    seconds = await until_ready(services, settings)
    _write(f"all services are ready after {seconds:.1f} s; Ctrl-C ends them")
    _write(f"  HTTP: {page_of(services, settings)}{_key_hint(settings)}")
    for service in services:
        host, port = address_of(service, settings)
        _write(f"  {service.name}: http://{host}:{port}/metrics")


def _key_hint(settings: Settings) -> str:
    return "" if settings.gateway.access == "open" else "  (make a key: stancewire keys create ME)"


def _write(line: str) -> None:
    print(line, flush=True)
