"""Articles in every accepted format become one `Article`."""
