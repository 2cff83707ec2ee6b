"""The pure core: definitions, values, changes, policy and the filter language. Standard library only, no I/O."""
