"""Records from and to files: sources yield raw rows, layouts name their columns, drafts check them, a plan says what would
change, and applying it is one job that one undo takes back.
"""
