"""The number of the newest migration, kept apart so that opening a current store loads no migration."""

LATEST = 6
