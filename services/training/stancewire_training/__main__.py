"""`python -m stancewire_training …`: trains and exports what the service runs."""

import logging
from pathlib import Path

import click


@click.group()
def main() -> None:
    """Train, calibrate and export the models of Stancewire."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")


@main.command("train")
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Model directory to write."
)
@click.option(
    "--work", default="build/training", type=click.Path(path_type=Path), help="Keeps the base."
)
@click.option(
    "--model-version", default="0.1.0", help="Version that the manifest and every observation name."
)
@click.option("--epochs", default=6, help="Passes over the data.")
@click.option("--held-out", default=0.5, help="Share of documents held out to calibrate on.")
@click.option("--seed", default=1, help="Same seed, same data, same model.")
def train_command(
    data: tuple[Path, ...],
    out: Path,
    work: Path,
    model_version: str,
    epochs: int,
    held_out: float,
    seed: int,
) -> None:
    """Train on labelled documents (JSON Lines files DATA…) and write a model directory."""
    from stancewire_training.data import load_documents
    from stancewire_training.pipeline import build_model
    from stancewire_training.train import Recipe

    build_model(
        load_documents(data),
        work=work,
        out=out,
        version=model_version,
        recipe=Recipe(epochs=epochs, seed=seed),
        share=held_out,
    )
    click.echo(f"model {model_version} written to {out}")


@main.command("record-scores")
@click.argument("model", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def record_scores_command(model: Path, gold: Path) -> None:
    """Measure the exported MODEL on the labelled articles GOLD and note it in its manifest."""
    from stancewire_training.scores import record_scores

    for name, value in record_scores(model, gold).items():
        click.echo(f"{name:24} {value}")


@main.command("write-scores")
@click.argument("model", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument(
    "gold", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--diagram", type=click.Path(path_type=Path), help="Reliability diagram to write.")
@click.option(
    "--hard-cases",
    "cases",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Labelled texts to show with what the model makes of them.",
)
def write_scores_command(
    model: Path, gold: tuple[Path, ...], diagram: Path | None, cases: Path | None
) -> None:
    """Measure the exported MODEL on each GOLD and write the tables into its MODEL_CARD.md.

    The tables by kind, stance and confidence, and the diagram, are of the first GOLD.
    """
    from stancewire.reading.reader import Reader
    from stancewire.reading.scoring.diagram import reliability_svg
    from stancewire_training.hard_cases import hard_cases
    from stancewire_training.score_card import score_tables, write_part
    from stancewire_training.scores import measured

    reader = Reader.load(model)
    reports = {file.stem: measured(reader, file) for file in gold}
    card = model / "MODEL_CARD.md"
    write_part(card, "scores", score_tables(reader.model, reports))
    if cases is not None:
        write_part(card, "hard cases", hard_cases(reader, cases))
    if diagram is not None:
        name, report = next(iter(reports.items()))
        title = f"{reader.model.name} {reader.model.version} on {name}"
        diagram.write_text(reliability_svg(report.reliability, title=title), "utf-8")
    click.echo(f"scores written to {card}")


@main.command("calibrate-detector")
@click.argument("confusion", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--report", type=click.Path(path_type=Path), help="Markdown page to write.")
@click.option("--out", type=click.Path(path_type=Path), help="JSON file to write h into.")
@click.option("--streams", default=400, show_default=True, help="Simulated actors of each kind.")
@click.option("--length", default=500, show_default=True, help="Articles about a steady actor.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same streams.")
@click.option("--river", is_flag=True, help="Also measure river's detectors; takes minutes.")
def calibrate_detector_command(
    confusion: Path,
    report: Path | None,
    out: Path | None,
    streams: int,
    length: int,
    seed: int,
    river: bool,
) -> None:
    """Choose h for the reader whose CONFUSION counts (a manifest.json) are given, by simulation."""
    from stancewire_training.detector import calibrate, load_confusion, river_detectors
    from stancewire_training.detector_report import as_json, as_markdown

    drifts = river_detectors(seed) if river else {}
    calibrations = [
        calibrate(language, counts, streams=streams, length=length, seed=seed, drifts=drifts)
        for language, counts in load_confusion(confusion).items()
    ]
    page = as_markdown(calibrations, streams=streams, length=length, seed=seed)
    for path, text in ((report, page), (out, as_json(calibrations))):
        if path is not None:
            path.write_text(text, "utf-8")
    click.echo(page)


@main.command("stories-background")
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--centres", required=True, type=click.Path(path_type=Path), help="JSON to write.")
@click.option("--terms", required=True, type=click.Path(path_type=Path), help="Text to write.")
def stories_background_command(data: tuple[Path, ...], centres: Path, terms: Path) -> None:
    """Write what is common to the labelled articles DATA: mean vectors, counts of terms."""
    from stancewire.reading.reader import Reader
    from stancewire_training.data import load_documents
    from stancewire_training.stories.background import write_centres, write_common_terms

    documents = load_documents(data)
    write_common_terms(documents, terms)
    write_centres(Reader.load(), documents, centres)


@main.command("stories")
@click.argument("stream", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--page", type=click.Path(path_type=Path), help="Page to write the tables into.")
def stories_command(stream: Path, page: Path | None) -> None:
    """Measure all methods of clustering on both halves of the labelled STREAM (a folder).

    Then what an assignment costs at 5,000 open stories.
    """
    from stancewire.reading.reader import Reader
    from stancewire_training.score_card import write_part
    from stancewire_training.stories.report import report
    from stancewire_training.stories.stream import load_stream

    reader = Reader.load()
    halves = {half: load_stream(stream / half, reader) for half in ("development", "held_out")}
    measured = report(halves)
    click.echo(measured)
    if page is not None:
        write_part(page, "stories", measured)


@main.command("stories-fit")
@click.argument("stream", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rounds", default=120, help="Random steps.")
@click.option("--seed", default=1, help="Same seed, same weights.")
def stories_fit_command(stream: Path, rounds: int, seed: int) -> None:
    """Search better weights on the labelled articles in the folder STREAM, from those that run."""
    from stancewire.reading.reader import Reader
    from stancewire.stories.likeness import FITTED
    from stancewire_training.stories.fitting import fitted, worth
    from stancewire_training.stories.stream import load_stream

    labelled = load_stream(stream, Reader.load())
    found = fitted(labelled, FITTED, rounds=rounds, seed=seed)
    click.echo(f"{worth(labelled, FITTED):.3f} -> {worth(labelled, found):.3f}: {found}")


if __name__ == "__main__":
    main()
