"""The range input: what the browser is told of it, and what it tells."""

from __future__ import annotations

from lab_env.views.range_input import RangeInput


def test_the_browser_is_told_all_that_it_draws():
    state = RangeInput(label="Hours", value=365, max=730, step=10).get_state()
    told = {name: state[name] for name in ("label", "value", "min", "max", "step")}
    assert told == {"label": "Hours", "value": 365, "min": 0, "max": 730, "step": 10}


def test_its_front_end_goes_along_and_asks_nobody_else():
    """Offline: the script is in the message, and imports and loads nothing."""
    script = RangeInput().get_state()["_esm"]
    assert 'input.type = "range"' in script
    assert not [word for word in ("http", "import", "fetch") if word in script]


def test_what_the_browser_says_is_heard():
    slider, heard = RangeInput(max=10), []
    slider.observe(lambda change: heard.append(change["new"]), "value")
    slider.set_state({"value": 7})
    assert heard == [7]
