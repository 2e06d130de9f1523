"""The playground's form: a labelled field for each part of the request, a text area for each policy."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from threading import RLock
from typing import Any

from ipywidgets import HTML, Box, Button, Layout, Text, Textarea, VBox

from lab_env.policy.draft import CONTEXT, REQUEST, Draft
from lab_env.views.family import framed, one_at_a_time
from lab_env.views.playground import faults_html, result_html, title

_TOLD = "Edit the request and its policies: the decision follows at once. No call is made; the cloud stays as it is."
_ROWS = (4, 18)
_LABEL = {"description_width": "9em"}
_WIDE = Layout(width="100%")
_FIELDS = (
    ("principal", "Principal"),
    ("action", "Action"),
    ("resource", "Resource"),
    ("resource_account", "Owner account"),
)
# Two columns where there is room, one where there is not.
_GRID = Layout(
    display="grid", grid_template_columns="repeat(auto-fit, minmax(22em, 1fr))", grid_gap="0.6em 1em"
)


class Form:
    """A draft's widgets, and what keeps the decision up to date.

    Args:
        draft: what it begins with.
    """

    def __init__(self, draft: Draft) -> None:
        self.lock: AbstractContextManager[Any] = RLock()
        self._begun = draft
        self.fields = {name: _text(label, str(getattr(draft, name))) for name, label in _FIELDS}
        self.context = _area("Context keys", draft.context)
        self.sheets = [_area(_capital(title(sheet, draft)), sheet.text) for sheet in draft.sheets]
        self.result = HTML(layout=_WIDE)
        self.notes = {place: HTML() for place in (REQUEST, CONTEXT, *map(str, range(len(self.sheets))))}
        self.again = Button(description="Start again", tooltip="Bring back what stood here at first")
        self.again.on_click(lambda _: self._restore())
        for widget in self._inputs():
            widget.observe(lambda _: self.refresh(), names="value")
        self.refresh()
        self.box = self._box()

    def _inputs(self) -> list[Any]:
        return [*self.fields.values(), self.context, *self.sheets]

    def _box(self) -> VBox:
        asked = VBox([*self.fields.values(), self.notes[REQUEST]])
        areas = [VBox([area, self.notes[str(number)]]) for number, area in enumerate(self.sheets)]
        grid = Box([VBox([self.context, self.notes[CONTEXT]]), *areas], layout=_GRID)
        return framed("Policy playground", [asked, self.result, grid, self.again], _TOLD)

    @property
    def draft(self) -> Draft:
        """What the fields hold now."""
        sheets = tuple(
            replace(sheet, text=area.value)
            for sheet, area in zip(self._begun.sheets, self.sheets, strict=True)
        )
        values = {name: field.value for name, field in self.fields.items()}
        return replace(self._begun, **values, context=self.context.value, sheets=sheets)

    @one_at_a_time
    def refresh(self) -> None:
        """Decide what the fields hold now, and show it."""
        draft = self.draft
        answer = draft.answer()
        self.result.value = result_html(answer, draft)
        texts = {CONTEXT: draft.context} | {str(n): sheet.text for n, sheet in enumerate(draft.sheets)}
        for place, note in self.notes.items():
            note.value = faults_html(place, texts.get(place, ""), answer)

    @one_at_a_time
    def _restore(self) -> None:
        for name, field in self.fields.items():
            field.value = str(getattr(self._begun, name))
        self.context.value = self._begun.context
        for sheet, area in zip(self._begun.sheets, self.sheets, strict=True):
            area.value = sheet.text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(label: str, value: str) -> Text:
    return Text(value=value, description=label, style=_LABEL, layout=Layout(width="98%"))


def _area(label: str, value: str) -> Textarea:
    rows = min(max(value.count("\n") + 2, _ROWS[0]), _ROWS[1])
    # The label stands above: a policy needs the width.
    above = Layout(width="98%", flex_flow="column")
    return Textarea(
        value=value, description=label, rows=rows, layout=above, style={"description_width": "auto"}
    )
