"""The command line: the first door, and the composition root that may import every room."""
