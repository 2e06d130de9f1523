"""Python's garbage collector, kept from walking again and again what stays.

boto3 and moto load some hundred thousand objects that live as long as their process. Python's collector looks for dead
ones among them each time that some hundreds more have come: a fifth of a chapter's time, two fifths of the time that a
first S3 client takes.
"""

from __future__ import annotations

import gc

# Some megabytes may lie dead until the collector comes.
_NEW_OBJECTS = 50_000


def come_seldom() -> None:
    """Let the collector come after so many new objects, unless somebody wants it to come even less often."""
    first, *others = gc.get_threshold()
    # 0 is never.
    gc.set_threshold(first and max(first, _NEW_OBJECTS), *others)


def leave_alone() -> None:
    """Let the collector leave alone what there is now."""
    gc.freeze()
