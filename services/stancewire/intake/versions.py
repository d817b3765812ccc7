"""Which version of an article stands: the order in which versions replace one another.

Versions are ordered as whole numbers if both have one, else by the time they were made if both have
one, else new content replaces old in the order of arrival. Pure: what stands is passed in.
"""

import hashlib
from datetime import datetime
from typing import Literal, Protocol

from stancewire.events import Article, ObservationStatus, Withdrawal

Order = Literal[-1, 0, 1]


class Standing(Protocol):
    """What is known of the version of an article that stands."""

    @property
    def version(self) -> int:
        """The version that events carry."""
        ...

    @property
    def declared(self) -> int | None:
        """The version that the article declared."""
        ...

    @property
    def modified_at(self) -> datetime | None:
        """When the version was made, where the article said so."""
        ...

    @property
    def digest(self) -> str:
        """The `content_digest` of the version."""
        ...

    @property
    def status(self) -> ObservationStatus:
        """Withdrawn where the publisher took the article back."""
        ...


def replaces(arrival: Article | Withdrawal, standing: Standing | None) -> bool:
    """Whether what arrives takes the place of what stands; else it is ignored.

    A higher version replaces, the same or a lower one does not. A withdrawal takes back what stands
    unless it names an earlier version; of two withdrawals only one with a higher version counts.
    After a withdrawal the article comes back with a higher version or, where versions cannot be
    compared, with new content.
    """
    if standing is None:
        return True
    order = compare(arrival, standing)
    if isinstance(arrival, Withdrawal):
        if standing.status == "withdrawn":
            return order == 1
        return order != -1
    if order is None:
        return content_digest(arrival) != standing.digest
    return order == 1


def compare(arrival: Article | Withdrawal, standing: Standing) -> Order | None:
    """1 where the arrival is the later version, 0 the same, -1 the earlier; None: no telling."""
    if arrival.version is not None and standing.declared is not None:
        return _order(arrival.version - standing.declared)
    if arrival.modified_at is not None and standing.modified_at is not None:
        return _order((arrival.modified_at - standing.modified_at).total_seconds())
    return None


def event_version(article: Article, standing: Standing | None) -> int:
    """The version that events carry: the declared one, else one more than what stands, from 1.

    It always grows, so that ids of two versions never meet, also where an article declares its
    version at one time and not at another.
    """
    if standing is None:
        return 1 if article.version is None else article.version
    following = standing.version + 1
    return following if article.version is None else max(article.version, following)


def content_digest(article: Article) -> str:
    """32 hexadecimal digits that are equal for equal title and body."""
    content = f"{article.title}\x1f{article.body}".encode()
    return hashlib.sha256(content).hexdigest()[:32]


def _order(difference: float) -> Order:
    if difference == 0:
        return 0
    return 1 if difference > 0 else -1
