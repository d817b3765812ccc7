"""The page that says what a long chaos run did and found."""

from chaos_input import CORRECTED, TWICE
from chaos_run import Report

PAGE = """# Chaos: what faults do to Stancewire

`make chaos` starts real Apache Kafka ({brokers}) and a real Redis with an append-only file,
{each} readers and {each} trackers, publishes articles, and strikes. Every round has a kill -9 of a
worker and one fault more, each at a random moment of the reading. All of it is made of a seed.
`make test-kafka` has a short form on one broker. The suite is `tests/chaos`, its parts are
`tests/support/chaos_*.py`.

The articles are no easy ones: {twice:.0%} of the records come twice, {corrected:.0%} of the
articles are corrected and then lack an actor, none comes in its place, and a correction may
overtake what it corrects. Reader and tracker are the real services; in place of the model a reader
of rules finds the statements, so that the run is about delivery.

## What must hold at the end

1. Every article is observed with the actors of its newest version; nothing is a dead letter.
2. Every repeat of a `ce_id` has the same key, headers and bytes.
3. What stands (published less retracted) is what an undisturbed tracker makes of the recorded
   observations. `stale` is left out: it comes of the clock.
4. Redis is, to the byte, what `rebuild --check` folds anew from the topics.
5. No worker dies by itself, SIGTERM ends each with exit code 0, and in an outage all live on and
   tell of it in `/readyz`.

A run in which one of these does not hold fails and writes nothing.

## The last run

```sh
make chaos ROUNDS={rounds} SEED={seed}
```

{figures}
"""
FIGURES = """{rounds} rounds in {minutes:.1f} minutes; an outage lasts {outage:g} s.

| fault | times |
|---|---|
{faults}

| what came of it | |
|---|---|
{found}
"""


def page(report: Report) -> str:
    """Markdown."""
    plan = report.plan
    brokers = "one broker" if report.brokers == 1 else f"{report.brokers} brokers"
    return PAGE.format(
        brokers=brokers,
        each=plan.workers_of_a_kind,
        twice=TWICE,
        corrected=CORRECTED,
        rounds=plan.rounds,
        seed=plan.seed,
        figures=figures(report).rstrip(),
    )


def figures(report: Report) -> str:
    """What was done and found, in Markdown."""
    return FIGURES.format(
        rounds=report.plan.rounds,
        minutes=report.seconds / 60,
        outage=report.plan.outage_s,
        faults=_rows(sorted(report.struck.items())),
        found=_rows(_found(report)),
    )


def _found(report: Report) -> list[tuple[str, object]]:
    found = report.verdict
    return [
        ("articles, all observed", found.articles),
        ("records that carried them", report.deliveries),
        ("observations", found.observations),
        ("of them repeats, all identical to the byte", found.observations_repeated),
        ("changes of stance published", found.changes),
        ("repeats of them and of `stale`, all identical to the byte", found.changes_repeated),
        ("changes that stand, all as without faults", found.standing),
        ("`stale` published, by the clock", found.stale),
        ("actors in stories, in Redis equal to a fold anew", found.keys_equal),
        ("articles, in Redis equal to the topics", found.articles_equal),
        ("slowest SIGTERM", f"{report.slowest_sigterm_s:.1f} s"),
    ]


def _rows(pairs: list[tuple[str, int]] | list[tuple[str, object]]) -> str:
    shown = ((name, f"{n:,}" if isinstance(n, int) else n) for name, n in pairs)
    return "\n".join(f"| {name} | {value} |" for name, value in shown)
