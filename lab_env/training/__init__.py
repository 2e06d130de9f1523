"""Training jobs that train, each in a process of its own."""
