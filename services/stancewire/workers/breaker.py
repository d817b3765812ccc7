"""Notices that too many records become dead letters: then the deployment is bad, not they."""

from collections import deque

from stancewire.plumbing.sections import GuardSettings


class Breaker:
    """Watches how the newest records ended; once tripped it stays so until the service restarts.

    Records that were given up before, and came again by `stancewire dlq replay`, are not to be
    noted: that they fail once more says nothing about the deployment.
    """

    def __init__(self, settings: GuardSettings) -> None:
        self._settings = settings
        self._recent: deque[bool] = deque(maxlen=settings.window)
        self._dead = 0
        self._reason: str | None = None

    @property
    def reason(self) -> str | None:
        """Why nothing more may be taken, and how to mend it; None while all is well."""
        return self._reason

    @property
    def share(self) -> float:
        """The share of dead letters among the records noted, in 0..1."""
        return self._dead / len(self._recent) if self._recent else 0.0

    def note(self, *, is_dead: bool) -> None:
        """A record has come to its end."""
        if len(self._recent) == self._recent.maxlen:
            self._dead -= self._recent[0]
        self._recent.append(is_dead)
        self._dead += is_dead
        limits = self._settings
        if is_dead and len(self._recent) >= limits.minimum and self.share > limits.share:
            self._reason = self._reason or self._explained()

    def _explained(self) -> str:
        return (
            f"{self._dead} of the last {len(self._recent)} records became dead letters, more than"
            f" guard.share = {self._settings.share:g}; nothing more is taken, so that a bad"
            " deployment does not drain the topic, and nothing is lost. See why with `stancewire"
            " dlq list`, mend it, restart this service, then `stancewire dlq replay`. Where the"
            " records are to blame, raise guard.share (1 never stops) and restart"
        )
