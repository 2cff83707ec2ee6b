"""Records as text in an editor, and back to what was changed.

``forms`` says what a form of text is; ``record`` (TOML), ``table`` and ``lines`` (NDJSON) are the three there are, ``spelling``
is how a value is typed. ``compare`` decides purely what an edited text asks for, against what was opened and what others did
meanwhile; ``session`` runs the editor, asks, and applies it as one piece of work.
"""
