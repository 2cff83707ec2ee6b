"""The store: one writer, one log, generated tables, on SQLite and PostgreSQL."""
