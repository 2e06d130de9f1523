"""What all widgets of the course share: one look on light and dark pages, headings, and what is read out on a change.

Everything is in the page: no font, script or style comes from elsewhere. Colours of meaning are the pictures'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import wraps
from html import escape
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

CLASS = "pp-widget"

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Lockable(Protocol):
    """A form whose handlers run one at a time."""

    lock: AbstractContextManager[Any]


Form = TypeVar("Form", bound=Lockable)

# :not(#_) is true of everything and outweighs ipywidgets' own rule, which takes the ring from text and number fields.
STYLE = (
    """
.pp-widget{--pp-ring:#0072b2;--pp-line:#8595a5;--pp-text:#1b2733;--pp-soft:#4b5a68;--pp-page:#fff;
--pp-hit:#d6e9f5;color:var(--pp-text);background:var(--pp-page);border:1px solid var(--pp-line);
border-radius:8px;padding:0.8em 1em;line-height:1.45;box-sizing:border-box;max-width:100%}
[data-jp-theme-light="false"] .pp-widget,.vscode-dark .pp-widget{--pp-ring:#56b4e9;--pp-line:#66788a;--pp-text:#e6edf3;
--pp-soft:#b6c3cf;--pp-page:#14191f;--pp-hit:#123f5c;color-scheme:dark}
[data-jp-theme-light="true"] .pp-widget{color-scheme:light}
.pp-widget .widget-html-content,.pp-widget .widget-label,.pp-widget label{color:var(--pp-text);line-height:1.45}
.pp-widget .widget-html,.pp-widget .widget-html-content{height:auto;overflow:visible;margin:0;min-width:0;
font-size:var(--jp-ui-font-size1,13px)}
.pp-widget h3{margin:0 0 0.3em;font-size:1.25em;font-weight:700;color:var(--pp-text)}
.pp-widget h4{margin:0.6em 0 0.2em;font-size:1.05em;font-weight:700;color:var(--pp-text)}
.pp-widget p{margin:0.2em 0}
.pp-widget [role=status]{border-left:4px solid var(--pp-ring);padding:0.2em 0.7em;margin:0.3em 0}
.pp-widget [role=status]:empty{border:0;padding:0;margin:0}
.pp-widget .pp-soft{color:var(--pp-soft)}
.pp-widget input:not([type=checkbox],[type=range]),.pp-widget select,.pp-widget textarea{color:var(--pp-text)!important;
background-color:var(--pp-page)!important;border:1px solid var(--pp-line)!important;border-radius:4px}
.pp-widget option:checked{background:var(--pp-hit);color:var(--pp-text)}
.pp-widget button{color:var(--pp-text)!important;background:var(--pp-page)!important;box-shadow:none!important;
border:1px solid var(--pp-line)!important;border-radius:4px}
.pp-widget button{white-space:normal;text-align:left;line-height:1.45;padding:0.25em 0.8em}
.pp-widget :focus:not(#_){outline:3px solid var(--pp-ring)!important;outline-offset:2px}
.pp-widget img{max-width:100%;height:auto}
.pp-widget input[type=range]{accent-color:var(--pp-ring)}
.pp-widget .widget-checkbox{width:auto;height:auto;overflow:visible;margin:0}
.pp-widget .widget-checkbox label{white-space:normal;overflow-wrap:anywhere;height:auto;display:flex;gap:0.5em;
align-items:flex-start;margin:0.15em 0}
.pp-widget .widget-box,.pp-widget .widget-box>*{min-width:0;overflow:visible}
.pp-widget .widget-inline-hbox>select,.pp-widget .widget-inline-hbox>input{width:auto;flex:1 1 auto}
.pp-widget [role=status] ul{list-style:none;margin:0;padding:0}
.pp-widget select,.pp-widget input:not([type=checkbox]){min-width:0;max-width:100%;box-sizing:border-box}
.pp-widget .pp-hops{list-style:none;margin:0.3em 0;padding:0}
.pp-widget .pp-hops li{padding:0.1em 0.5em;border-left:4px solid transparent;overflow-wrap:anywhere}
.pp-widget .pp-hops [aria-current]{background:var(--pp-hit);border-left-color:var(--pp-ring);font-weight:700}
.pp-widget .widget-checkbox input{width:1.15em;height:1.15em;flex:none;align-self:flex-start;margin:0.15em 0 0}
.pp-widget [role=status] td{overflow-wrap:anywhere}
.pp-widget a{color:var(--pp-ring);text-decoration:underline}
.pp-widget summary{cursor:pointer}
.pp-widget dl{display:grid;grid-template-columns:auto 1fr;gap:0.1em 0.8em;margin:0.2em 0}
.pp-widget dt{color:var(--pp-soft);white-space:nowrap;width:auto;float:none}
.pp-widget dd{margin:0;padding:0;width:auto;float:none;overflow-wrap:anywhere}
"""
).replace("\n", "")
"""One style sheet for all; a page that holds several widgets holds it several times, which changes nothing."""


def one_at_a_time(
    handler: Callable[Concatenate[Form, Given], Answer],
) -> Callable[Concatenate[Form, Given], Answer]:
    """A form's handler that waits until another of the same form has ended.

    Jupyter handles what a widget sends in a thread beside the one that runs the cells, and at times in both.
    """

    @wraps(handler)
    def held(form: Form, /, *args: Given.args, **options: Given.kwargs) -> Answer:
        with form.lock:
            return handler(form, *args, **options)

    return held


def framed(title: str, parts: Iterable[Any], told: str = "") -> Any:
    """A widget of the family: its heading, a sentence on how it is used, and its parts under one another.

    Args:
        title: the heading.
        parts: ipywidgets.
        told: what it is for, or how it is used, in a sentence.
    """
    from ipywidgets import HTML, Layout, VBox

    said = f'<p class="pp-soft">{escape(told)}</p>' if told else ""
    head = HTML(f"<style>{STYLE}</style><h3>{escape(title)}</h3>{said}")
    box = VBox([head, *parts], layout=Layout(width="100%", overflow="visible"))
    box.add_class(CLASS)
    return box


def status(html: str) -> str:
    """HTML that assistive technology reads out when it changes, and does not interrupt for."""
    return f'<div role="status" aria-live="polite" aria-atomic="true">{html}</div>'


def heading(text: str) -> str:
    """The heading of a part of a widget."""
    return f"<h4>{escape(text)}</h4>"


def columns(parts: Iterable[Any], least: str = "22em") -> Any:
    """Parts beside one another where there is room, else under one another.

    Args:
        parts: ipywidgets.
        least: the least width of a column, as CSS says it.
    """
    from ipywidgets import Box, Layout

    # min(…, 100%): on a page narrower than a column, the column is as narrow as the page.
    grid = f"repeat(auto-fit, minmax(min({least}, 100%), 1fr))"
    return Box(list(parts), layout=Layout(display="grid", grid_template_columns=grid, grid_gap="0.4em 1.2em"))
