"""Duplicates: who may be the same, how sure that is, and why."""
