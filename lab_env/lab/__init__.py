"""`Lab`: the one object a learner opens. Verbs only; the ids are in ``lab.names``."""

from lab_env.lab.lab import Lab

__all__ = ["Lab"]
