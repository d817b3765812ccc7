"""The Faust apps: decode, call, publish, acknowledge."""
