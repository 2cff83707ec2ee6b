"""The store: one writer, one log, generated tables, on two engines."""
