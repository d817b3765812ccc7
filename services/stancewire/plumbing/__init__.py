"""Everything that is not about news: settings, Kafka, Redis, schemas, logs, metrics, clock."""
