"""A range input of the browser's own: a slider with a name, that any key, pointer and screen reader serves.

ipywidgets' slider has a handle without a name. This one is drawn by ``range_input.js``, which the kernel sends along.
"""

from __future__ import annotations

from pathlib import Path

from anywidget import AnyWidget
from traitlets import Int, Unicode


class RangeInput(AnyWidget):
    """A slider over whole numbers.

    A value between two steps is kept as it is, and its handle stands at the step that is nearest.

    Attributes:
        label: its name, which assistive technology reads out.
        value: the number it stands at.
        min: the lowest.
        max: the highest.
        step: how far an arrow key moves it.
    """

    _esm = Path(__file__).with_suffix(".js")

    label = Unicode().tag(sync=True)
    value = Int().tag(sync=True)
    min = Int(0).tag(sync=True)
    max = Int(100).tag(sync=True)
    step = Int(1).tag(sync=True)
