"""Completion: what may come next on a command line, with the names that are in the workspace right now.

It runs at every press of the Tab key, so it takes the quick way past the command line framework: the commands and their options
stand in ``specs``, a generated copy of the command tree; live names come from the workspace, open for reading only.
"""
