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
@click.option("--epochs", default=8, help="Passes over the data.")
@click.option("--folds", default=2, help="Parts for calibration on unseen documents.")
@click.option("--seed", default=1, help="Same seed, same data, same model.")
def train_command(
    data: tuple[Path, ...],
    out: Path,
    work: Path,
    model_version: str,
    epochs: int,
    folds: int,
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
        folds=folds,
    )
    click.echo(f"model {model_version} written to {out}")


if __name__ == "__main__":
    main()
