"""The family's look: contrast enough on both kinds of page, and handlers that do not mix."""

from __future__ import annotations

import re
from threading import RLock, Thread
from time import sleep

import pytest

from lab_env.views.family import CLASS, STYLE, framed, one_at_a_time, status
from tests.views.test_palette import contrast

LEAST = {"text": 4.5, "soft": 4.5, "ring": 3, "line": 3}


def colours(block: str) -> dict[str, str]:
    found = dict(re.findall(r"--pp-(\w+):(#\w+)", block))
    return {
        name: value if len(value) == 7 else f"#{''.join(2 * digit for digit in value[1:])}"
        for name, value in found.items()
    }


LIGHT, DARK = (colours(block) for block in re.findall(r"\{(--pp-ring[^}]*)\}", STYLE))


@pytest.mark.parametrize("page", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", LEAST)
def test_contrast(page: dict[str, str], name: str) -> None:
    assert contrast(page[name], page["page"]) >= LEAST[name]


def test_nothing_comes_from_elsewhere() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_a_frame_has_heading_sentence_and_class() -> None:
    box = framed("A title & more", [], "How <it> is used.")
    assert CLASS in box._dom_classes
    assert "<h3>A title &amp; more</h3>" in box.children[0].value
    assert "How &lt;it&gt; is used." in box.children[0].value
    assert 'aria-live="polite"' in status("x")


def test_handlers_of_one_form_do_not_mix() -> None:
    class Form:
        def __init__(self) -> None:
            self.lock, self.seen = RLock(), []

        @one_at_a_time
        def handle(self, name: str) -> None:
            self.seen.append(name)
            sleep(0.01)
            self.seen.append(name)

    form = Form()
    threads = [Thread(target=form.handle, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert form.seen in (list("aabb"), list("bbaa"))
