"""The cost explorer's sliders: each with a labelled number field beside it, so that any key or screen reader serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, BoundedIntText, HBox, IntSlider, Layout, VBox
from traitlets import link

from lab_env.costs import HOURS
from lab_env.views.cost_chart import MOST
from lab_env.views.ways import ZONES

if TYPE_CHECKING:
    from lab_env.views.cost_explorer import CostExplorer

_WIDE = Layout(width="100%")


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
        slider = IntSlider(value=value, min=self.low, max=self.high, step=self.step, readout=False)
        slider.layout = Layout(flex="1 1 auto", max_width="40em")
        return slider


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
        self._begun = explorer
        self.fields = {scale.name: scale.field(getattr(explorer, scale.name)) for scale in _SCALES}
        self.sliders = {scale.name: scale.slider(getattr(explorer, scale.name)) for scale in _SCALES}
        for name, field in self.fields.items():
            link((self.sliders[name], "value"), (field, "value"))
            field.observe(lambda _: self.refresh(), names="value")
        self.chart, self.result = HTML(layout=_WIDE), HTML(layout=_WIDE)
        self.refresh()
        rows = [HBox([self.fields[name], self.sliders[name]]) for name in self.fields]
        self.box = VBox([*rows, self.chart, self.result], layout=_WIDE)

    @property
    def explorer(self) -> CostExplorer:
        """The explorer of the month that the fields hold now."""
        return self._begun.at(**{name: field.value for name, field in self.fields.items()})

    def refresh(self) -> None:
        """Draw what the fields hold now."""
        now = self.explorer
        self.chart.value = now.image()
        tables = f"{now.meetings().html()}{now.bills().html()}"
        self.result.value = f'<div role="status" aria-live="polite" style="line-height:1.4">{tables}</div>'
