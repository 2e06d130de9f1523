"""How far a transfer is: a bar while it runs, where there is a front end, and one line of text in the end."""

from __future__ import annotations

from threading import Lock
from typing import Any

from lab_env.views.progress import front_end

_MB = 1_000_000


class TransferProgress:
    """A ``Callback`` for boto3's transfer methods: it is called with the bytes that have gone since the last call.

    The transfer manager calls it from several threads at once.

    Args:
        total: how many bytes there are to send or to read.
        verb: what is done with them.
        shown: whether to draw a bar while it runs; by default where there is a front end.
    """

    def __init__(self, total: int, verb: str = "sent", *, shown: bool | None = None) -> None:
        self._total, self._verb = total, verb
        self._done = 0
        self._lock = Lock()
        self._bar: Any = self._draw() if (front_end() if shown is None else shown) else None

    def __call__(self, count: int) -> None:
        """Note that so many more bytes have gone (fewer than none, when a part begins anew)."""
        with self._lock:
            self._done += count
            if self._bar is not None:
                self._bar.value = self._done
                if self._done >= self._total:
                    self._bar.close()

    def __str__(self) -> str:
        return f"{self._done / _MB:.1f} of {self._total / _MB:.1f} MB {self._verb}"

    __repr__ = __str__

    def _draw(self) -> Any:
        from IPython.display import display
        from ipywidgets import IntProgress

        bar = IntProgress(min=0, max=self._total, layout={"width": "100%"})
        display(bar)  # type: ignore[no-untyped-call]
        return bar
