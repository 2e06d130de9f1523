"""The cost explorer's sliders: each with a labelled number field beside it, so that any key or screen reader serves."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from html import escape
from threading import RLock
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, BoundedIntText, HBox, Layout
from traitlets import link

from lab_env.costs import HOURS
from lab_env.views.cost_chart import MOST
from lab_env.views.family import framed, one_at_a_time, status
from lab_env.views.range_input import RangeInput
from lab_env.views.ways import ZONES

if TYPE_CHECKING:
    from lab_env.views.cost_explorer import CostExplorer

_WIDE = Layout(width="100%")
_ROW = Layout(width="100%", flex_flow="row wrap", align_items="center")
_TOLD = "Type a month's numbers, or move the sliders: what it costs by each way follows."
# On a narrow page chart and bills are scrolled, not shrunk until nobody can read them.
_SCROLLED = (
    '<div role="region" aria-label="{name}" tabindex="0" style="overflow-x:auto;line-height:1.4">'
    '<div style="min-width:44em">{html}</div></div>'
)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a number may be, and what it is called."""

    name: str
    label: str
    low: int
    high: int
    step: int

    def field(self, value: int) -> Any:
        """A field to type it into; it carries the label."""
        return BoundedIntText(
            value=value,
            min=self.low,
            max=self.high,
            step=self.step,
            description=self.label,
            style={"description_width": "9em"},
            layout=Layout(width="18em"),
        )

    def slider(self, value: int) -> Any:
        """A slider to move it with; the field beside it says the number."""
        return RangeInput(
            label=self.label,
            value=value,
            min=self.low,
            max=self.high,
            step=self.step,
            layout=Layout(flex="1 1 12em", max_width="40em"),
        )


_SCALES = (
    _Scale("gigabytes", "GB a month", 0, MOST, 100),
    _Scale("hours", "Hours", 0, HOURS, 10),
    _Scale("zones", "Availability Zones", ZONES[0], ZONES[-1], 1),
)


class Form:
    """The explorer's widgets, and what keeps the chart up to date.

    Args:
        explorer: what it begins with.
    """

    def __init__(self, explorer: CostExplorer) -> None:
        self.lock: AbstractContextManager[Any] = RLock()
        self._begun = explorer
        self.fields = {scale.name: scale.field(getattr(explorer, scale.name)) for scale in _SCALES}
        self.sliders = {scale.name: scale.slider(getattr(explorer, scale.name)) for scale in _SCALES}
        for name, field in self.fields.items():
            link((self.sliders[name], "value"), (field, "value"))
            field.observe(lambda _: self.refresh(), names="value")
        self.said, self.chart, self.result = (HTML(layout=_WIDE) for _ in range(3))
        self.refresh()
        rows = [HBox([self.fields[name], self.sliders[name]], layout=_ROW) for name in self.fields]
        self.box = framed("Cost explorer", [*rows, self.said, self.chart, self.result], _TOLD)

    @property
    def explorer(self) -> CostExplorer:
        """The explorer of the month that the fields hold now."""
        return self._begun.at(**{name: field.value for name, field in self.fields.items()})

    @one_at_a_time
    def refresh(self) -> None:
        """Draw what the fields hold now."""
        now = self.explorer
        self.said.value = status(f"<p>{escape(now.sentence)}</p>")
        self.chart.value = _SCROLLED.format(name="Chart", html=now.image())
        tables = f"{now.meetings().html()}{now.bills().html()}"
        self.result.value = _SCROLLED.format(name="Where lines cross, and the bills", html=tables)
