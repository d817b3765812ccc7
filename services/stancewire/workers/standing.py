"""Whether what arrives is news against the version that stands, also after a crash.

`intake.versions` orders versions. Two things are added here: a record that is taken again is not
news against what came after it, and a version that was never wholly published is still to be done.
"""

from stancewire.events import Article, ModelRef, Withdrawal
from stancewire.intake.versions import compare, content_digest, replaces
from stancewire.stores.recorded import Arrival, Recorded


def is_unfinished(standing: Recorded | None, article: Article, model: ModelRef) -> bool:
    """Whether this very version was decided, by this model, but not wholly published."""
    return _is_left(standing, article) and standing is not None and standing.model == model


def is_news(
    standing: Recorded | None, article: Article, *, arrival: Arrival, model: ModelRef
) -> bool:
    """Whether an article is to be read: it replaces what stands, or was left undone."""
    if standing is None:
        return True
    if _is_replaced(standing, article, arrival):
        return True
    return _is_left(standing, article) and standing.model != model


def withdraws(standing: Recorded | None, withdrawal: Withdrawal, *, arrival: Arrival) -> bool:
    """Whether a withdrawal takes back what stands."""
    return standing is None or _is_replaced(standing, withdrawal, arrival)


def _is_replaced(standing: Recorded, incoming: Article | Withdrawal, arrival: Arrival) -> bool:
    if compare(incoming, standing) is None and arrival.is_before(standing.arrival):
        return False
    return replaces(incoming, standing)


def _is_left(standing: Recorded | None, article: Article) -> bool:
    return (
        standing is not None
        and not standing.published
        and standing.status == "active"
        and standing.digest == content_digest(article)
        and compare(article, standing) in (0, None)
    )
