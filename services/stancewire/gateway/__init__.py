"""The HTTP interface: what the tracker knows, for pages and programs; see `docs/http.md`.

It reads Redis and publishes articles to Kafka; it decides nothing. `app.py` puts the routes
together, `service.py` runs them.
"""
