"""Where a record stands in its topic."""

from typing import NamedTuple


class Position(NamedTuple):
    """Partition and offset. Records of one key lie in one partition, so theirs can be compared."""

    partition: int
    offset: int
