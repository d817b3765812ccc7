"""What others ask of a reader, without importing the model's libraries to say so."""

from collections.abc import Collection
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stancewire.events import ActorReading, Article, ModelRef


class ReadingLike(Protocol):
    """What a reader made of an article; `reading.reader.Reading`, or another's."""

    @property
    def actors(self) -> tuple[ActorReading, ...]:
        """One reading per actor, in the order of the text."""
        ...

    @property
    def embedding(self) -> NDArray[np.float32]:
        """Title and lead as a unit vector, float32 [384]."""
        ...


class ReaderLike(Protocol):
    """What reads articles: `reading.reader.Reader`, or rules in its place."""

    @property
    def model(self) -> ModelRef:
        """Name and version, as every observation carries them."""
        ...

    @property
    def languages(self) -> Collection[str]:
        """Languages that it can read."""
        ...

    def read(self, article: Article) -> ReadingLike:
        """All actors of an article; blocks, and gives the same for the same article always.

        Raises InvalidInput for an article that cannot be read.
        """
        ...
