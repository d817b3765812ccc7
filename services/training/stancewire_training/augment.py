"""Changes to a training text that keep every offset true."""

import random

from stancewire_training.data import Document

_STYLES = (("„", "“"), ("»", "«"), ("“", "”"), ("«", "»"), ('"', '"'), ("„", "”"))
_OPENING = {"de": ("„", "“"), "en": ("“", "”")}
TITLE_DROPPED = 0.15


def augmented(document: Document, rng: random.Random) -> Document:
    """The document with other quotation marks, and now and then without its headline."""
    text: str = document["text"]
    opening, closing = _OPENING[document["lang"]]
    if opening in text and rng.random() < 0.5:
        other_open, other_close = rng.choice(_STYLES)
        text = text.translate({ord(opening): other_open, ord(closing): other_close})
    title = "" if rng.random() < TITLE_DROPPED else document.get("title")
    return {**document, "text": text, "title": title}
