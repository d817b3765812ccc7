"""The words by which an article finds its story: headline and how its text begins."""

from stancewire.events import Article

LEAD_CHARACTERS = 400
"""How much of the body joins the headline."""


def lead(article: Article) -> str:
    """The headline and the first `LEAD_CHARACTERS` of the body, however it is broken into lines."""
    words = article.body.split(maxsplit=LEAD_CHARACTERS)[:LEAD_CHARACTERS]
    return f"{article.title} {' '.join(words)[:LEAD_CHARACTERS]}".strip()
