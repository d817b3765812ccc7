"""Articles in: every accepted shape becomes an `Article` or a `Withdrawal`."""
