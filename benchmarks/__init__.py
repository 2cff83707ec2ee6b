"""The budgets of this program, measured: ``python -m benchmarks`` (see README.md)."""
