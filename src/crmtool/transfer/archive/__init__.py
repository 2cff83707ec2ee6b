"""A whole workspace in one file, and back: records, log, definitions, settings and documents (docs/archive-format.md)."""
