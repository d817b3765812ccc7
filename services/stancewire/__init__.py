"""Who hopes, who doubts, who warns, and when that changes: actor stance from a stream of news."""

__version__ = "0.1.0"
