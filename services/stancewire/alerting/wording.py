"""What an alert says to people. Text out of articles is untrusted: it becomes one plain line."""

from stancewire.alerting.values import Notice
from stancewire.events import Evidence, StanceChange

_NAME, _LABEL, _QUOTE = 80, 80, 300


def headline(notice: Notice) -> str:
    """Who, what and where, in one line."""
    change = notice.change
    actor, story = clipped(change.actor.name, _NAME), clipped(change.story.label, _LABEL)
    return f"{_status(notice)}{actor}: {transition(change)} [{story}]"


def details(notice: Notice) -> list[str]:
    """What it rests on, a line each; quotes are not marked up."""
    change = notice.change
    support = change.support
    lines = [
        f"{support.statements} statements in {support.articles} articles of"
        f" {support.sources} sources"
    ]
    if change.evidence and notice.status != "resolved":
        lines.append(quoted(change.evidence[0]))
    return lines


def transition(change: StanceChange) -> str:
    """From which stance to which, and how sure that is."""
    now = change.current
    arrived = f"{now.stance} ({now.confidence:.0%})" if now else "no stance"
    match change.type:
        case "retracted":
            before = change.previous.stance if change.previous else "a stance"
            return f"{before} is taken back, now {arrived}"
        case "reverted":
            return f"back to {arrived}"
        case "stale":
            return f"nothing new has been heard since, last {arrived}"
    return f"{change.previous.stance} -> {arrived}" if change.previous else arrived


def quoted(evidence: Evidence) -> str:
    """The words with their outlet."""
    return f"“{clipped(evidence.text, _QUOTE)}” ({clipped(evidence.source, _NAME)})"


def clipped(text: str, length: int) -> str:
    """One line without control characters, at most `length` characters long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _status(notice: Notice) -> str:
    return {"firing": "", "updated": "Update: ", "resolved": "Resolved: "}[notice.status]
