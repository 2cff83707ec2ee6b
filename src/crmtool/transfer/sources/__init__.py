"""Files as people have them, opened: each is one or several sources of rows, whatever format its content shows."""
