"""The examples that lie beside the schemas."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stancewire.plumbing.schemas import schemas_directory

ARRIVAL = datetime(2026, 4, 1, 12, tzinfo=UTC)
"""When the example articles arrive: after all of them were published."""


@dataclass(frozen=True)
class Example:
    schema: str
    file: Path

    @property
    def value(self) -> bytes:
        return self.file.read_bytes()

    @property
    def fault(self) -> str:
        """The named fault: a JSON Schema keyword, or one of intake's own words."""
        return self.file.stem.split(".")[0]

    @property
    def field(self) -> str:
        """The JSON pointer of the named field."""
        return "".join(f"/{part}" for part in self.file.stem.split(".")[1:])

    def __str__(self) -> str:
        return f"{self.schema}/{self.file.stem}"


def examples(kind: str) -> Iterator[Example]:
    for file in sorted((schemas_directory() / "examples" / kind).glob("*/*.json")):
        yield Example(file.parent.name, file)
