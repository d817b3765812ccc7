"""The encoder's shape, as docs/model.md has it."""

LAYERS, WIDTH, HEADS, INNER, POSITIONS = 12, 384, 12, 1536, 512

WEIGHTS = ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, INNER), (INNER, WIDTH))
"""Of a layer: query, key and value; attention's output; the two of the feed-forward part."""

OPERATIONS_PER_TOKEN = LAYERS * sum(2 * rows * columns for rows, columns in WEIGHTS)
"""Multiplications and additions of int8 weights for one token."""
