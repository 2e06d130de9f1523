"""What axe-core says of a part of the page, in a theme and at a width."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

WIDTHS = {"wide": 1280, "narrow": 720}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
# JupyterLab lays out only what is near the window.
HIGH = 9_000


def show(page: Any, theme: str, width: str) -> None:
    """Bring the page into a theme and to a width, and wait until it stands so."""
    name = THEMES[theme]
    page.set_viewport_size({"width": WIDTHS[width], "height": HIGH})
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
    page.locator(f"body[data-jp-theme-name='{name}']").wait_for(state="attached")
    page.wait_for_timeout(300)


def serious_faults(page: Any, context: str) -> tuple[int, list[tuple[str, str]]]:
    """How many elements were judged for their contrast, and every serious or critical fault with its element."""
    # JupyterLab's body has no height: axe would take what is in it for hidden, and judge no contrast.
    page.evaluate("() => { document.body.style.height = '100vh'; document.body.style.overflow = 'visible'; }")
    found = Axe().run(page, context=context, options={"resultTypes": ["passes", "violations"]}).response
    judged = [*found["passes"], *found["violations"]]
    contrasts = sum(len(one["nodes"]) for one in judged if one["id"] == "color-contrast")
    faults = [fault for fault in found["violations"] if fault["impact"] in {"serious", "critical"}]
    return contrasts, [(fault["id"], node["html"]) for fault in faults for node in fault["nodes"]]
