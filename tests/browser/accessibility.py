"""What axe-core says of a part of the page, in a theme and at a width."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

WIDTHS = {"wide": 1280, "narrow": 720}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
# JupyterLab lays out only what is near the window.
HIGH = 12_000


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


# Every control that a keyboard may stand on, in the order of the page.
CONTROLS = """root => [...root.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex]')]
    .filter(item => !item.disabled && item.tabIndex >= 0 && item.checkVisibility())"""
BEGIN = "root => { root.tabIndex = -1; root.focus(); root.removeAttribute('tabindex'); }"
STANDING = f"""root => {{
    const at = document.activeElement, {{outlineStyle, outlineWidth}} = getComputedStyle(at);
    const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    return [({CONTROLS})(root).indexOf(at), ring, (at.labels?.[0]?.innerText ?? at.innerText).slice(0, 40)];
}}"""


def keyboard_faults(root: Any) -> tuple[int, list[str]]:
    """How many controls Tab comes to, and what is wrong: one passed over or out of order, one without a visible focus.

    Args:
        root: a locator of the part of the page that holds them; Tab begins at its first.
    """
    keyboard, many = root.page.keyboard, len(root.evaluate_handle(CONTROLS).get_properties())
    root.evaluate(BEGIN)
    found = []
    for number in range(many):
        keyboard.press("Tab")
        place, ring, text = root.evaluate(STANDING)
        if place != number:
            found.append(f"Tab {number + 1} leads to control {place + 1} of {many}: {text}")
        if not ring:
            found.append(f"no ring around {text}")
    return many, found
