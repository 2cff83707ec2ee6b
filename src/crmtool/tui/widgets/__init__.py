"""The widgets, one a file with its messages, bindings and help. They hold no query and no policy."""
