"""The figures of a measurement, for machines and for people."""

import os
import platform
from dataclasses import dataclass

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stancewire.cli.benching.process import Started
from stancewire.cli.benching.rounds import (
    ENCODER,
    PEAK,
    PIPELINE,
    READ,
    SERVICE,
    ZERO_SHOT,
    Rates,
    Spread,
)
from stancewire.cli.benching.shape import OPERATIONS_PER_TOKEN
from stancewire.events import ModelRef


@dataclass(frozen=True)
class Measured:
    """What was measured: the model, and what it read."""

    model: ModelRef
    threads: int
    articles: int
    words: int
    body_tokens: float
    """Tokens of an article's body, on average."""
    statements: float
    """Statements found in an article, on average."""
    shipped_bytes: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `stancewire bench --json` prints; rates are medians over rounds with their extremes."""

    model: ModelRef
    processors: int
    machine: str
    load: float
    """Load of the machine over the last minute, at the end."""
    threads: int
    articles: int
    words: int
    tokens_per_article: float
    statements_per_article: float
    read_articles_per_s: Spread
    read_tokens_per_s: Spread
    service_articles_per_s: Spread
    service_seconds_per_article: float
    encoder_tokens_per_s: Spread
    encoder_int8_gops: Spread
    int8_peak_gops: Spread
    encoder_share_of_peak: Spread
    start_to_ready_s: float
    memory_mb: float
    shipped_mb: float
    times_pipeline: Spread | None = None
    """How many times as fast as the same encoder in a torch pipeline; None without torch."""
    times_zero_shot: Spread | None = None
    """How many times as fast as a zero-shot pipeline; None without torch."""


def make_report(measured: Measured, rates: Rates, started: Started, *, load: float) -> Report:
    """Every figure of the report."""
    read, service, encoder = (rates.spread(name) for name in (READ, SERVICE, ENCODER))
    giga = OPERATIONS_PER_TOKEN / 1e9
    compared = PIPELINE in rates
    return Report(
        model=measured.model,
        processors=os.cpu_count() or 1,
        machine=platform.machine(),
        load=round(load, 2),
        threads=measured.threads,
        articles=measured.articles,
        words=measured.words,
        tokens_per_article=measured.body_tokens,
        statements_per_article=measured.statements,
        read_articles_per_s=read,
        read_tokens_per_s=read.times(measured.body_tokens),
        service_articles_per_s=service,
        service_seconds_per_article=1 / service.median,
        encoder_tokens_per_s=encoder,
        encoder_int8_gops=encoder.times(giga),
        int8_peak_gops=rates.spread(PEAK).times(1e-9),
        encoder_share_of_peak=rates.ratio(ENCODER, PEAK).times(OPERATIONS_PER_TOKEN),
        start_to_ready_s=started.seconds,
        memory_mb=started.megabytes,
        shipped_mb=measured.shipped_bytes / 1e6,
        times_pipeline=rates.ratio(READ, PIPELINE) if compared else None,
        times_zero_shot=rates.ratio(READ, ZERO_SHOT) if compared else None,
    )


def tables(report: Report) -> RenderableType:
    """The report as a page for people."""
    heading = Text.assemble(
        (f"{report.model.name} {report.model.version}", "bold"),
        f" on {report.processors} processors ({report.machine}), {report.threads} threads,"
        f" load {report.load:.1f}\n",
        f"{report.articles} German articles of {report.words} words:"
        f" {report.tokens_per_article:.0f} tokens and {report.statements_per_article:.1f}"
        " statements each",
    )
    return Group(heading, Text(), _speeds(report), Text(), _process(report))


def _speeds(report: Report) -> Table:
    table = _table("speed", "median", "least", "greatest")
    rows = {
        "articles/s, several at a time (read)": (report.read_articles_per_s, "{:.1f}"),
        "tokens/s": (report.read_tokens_per_s, "{:,.0f}"),
        "articles/s, one after another (reader service)": (report.service_articles_per_s, "{:.1f}"),
        "encoder alone, tokens/s": (report.encoder_tokens_per_s, "{:,.0f}"),
        "encoder alone, int8 GOP/s": (report.encoder_int8_gops, "{:.0f}"),
        "int8 peak of this machine, GOP/s": (report.int8_peak_gops, "{:.0f}"),
        "encoder's share of that peak": (report.encoder_share_of_peak, "{:.0%}"),
        "times the same encoder as a torch pipeline": (report.times_pipeline, "{:.1f}×"),
        "times a zero-shot pipeline of base size": (report.times_zero_shot, "{:.1f}×"),
    }
    for title, (spread, form) in rows.items():
        if spread is not None:
            shown = (form.format(value) for value in (spread.median, spread.low, spread.high))
            table.add_row(title, *shown)
    return table


def _process(report: Report) -> Table:
    table = _table("a reader process", "")
    table.add_row("start until ready", f"{report.start_to_ready_s:.1f} s")
    table.add_row(
        "one article, with vectors of its statements",
        f"{report.service_seconds_per_article * 1000:.0f} ms",
    )
    table.add_row("memory at most", f"{report.memory_mb:.0f} MB")
    table.add_row("files of the model", f"{report.shipped_mb:.1f} MB")
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table
