"""The colours of a picture, for a light and for a dark page.

Colours of meaning are Okabe and Ito's blue and vermillion, told apart with every kind of colour vision. Text has at
least 4.5 : 1 against what it stands on (WCAG 2.2, 1.4.3). Outside the boxes stand only lines and ``.o``, which hold on
either page: a reader's page may be dark where the system is light.
"""

from __future__ import annotations

_FONT = "font-family:Helvetica,Arial,'Liberation Sans',sans-serif"

LIGHT = """.pp text{FONT;font-size:12px;fill:#1b2733}
.pp .t{font-size:13px;font-weight:700}
.pp .d{fill:#4b5a68}
.pp .n{font-weight:700;font-size:11px;fill:#fff}
.pp .o{fill:#6b7b8a}
.pp .vpc{fill:#f3f5f9;stroke:#7d55c7}
.pp .zone{fill:#f3f5f9;stroke:#8595a5;stroke-dasharray:5 4}
.pp .private-subnet{fill:#e3f0f7;stroke:#6fa8c4}
.pp .public-subnet{fill:#e7f3e2;stroke:#7fb069}
.pp .chip{fill:#fff;stroke:#b9c4cf}
.pp .hit{fill:#d6e9f5}
.pp .rule{stroke:#d4dbe2}
.pp .h{stroke:none;fill:none}
.pp .h text{paint-order:stroke;stroke-width:5px;stroke-linejoin:round}
.pp .vpc text,.pp .zone text{stroke:#f3f5f9}
.pp .private-subnet text{stroke:#e3f0f7}
.pp .public-subnet text{stroke:#e7f3e2}
.pp .e{fill:none;stroke:#778899;stroke-width:1.3}
.pp .rules{stroke-dasharray:2 4;stroke-width:1.8}
.pp .path{stroke:#0072b2;stroke-width:3.4}
.pp .stop{stroke:#d55e00;stroke-width:3;stroke-dasharray:8 4}
.pp .ae{fill:#778899}
.pp .ap,.pp .met{fill:#0072b2}
.pp .as,.pp .blocked{fill:#b34700}
.pp .unmet{fill:none;stroke:#8595a5;stroke-dasharray:2 2}
.pp .oct{fill:#fff0e5;stroke:#d55e00;stroke-width:3}
.pp .w{fill:#8a3200;font-weight:700;font-size:13px}
"""

DARK = """.pp text{fill:#e6edf3}
.pp .d{fill:#a9b7c4}
.pp .n{fill:#fff}
.pp .vpc{fill:#171d25;stroke:#a98be0}
.pp .zone{fill:#171d25;stroke:#66788a}
.pp .private-subnet{fill:#13293a;stroke:#3f7f9f}
.pp .public-subnet{fill:#1a2e18;stroke:#5f9150}
.pp .h{stroke:none;fill:none}
.pp .vpc text,.pp .zone text{stroke:#171d25}
.pp .private-subnet text{stroke:#13293a}
.pp .public-subnet text{stroke:#1a2e18}
.pp .chip{fill:#232d38;stroke:#4a5866}
.pp .hit{fill:#123f5c}
.pp .rule{stroke:#3a4652}
.pp .path{stroke:#2b9fe0}
.pp .ap{fill:#2b9fe0}
.pp .oct{fill:#3d1d06}
.pp .w{fill:#ffb98a}
"""

MARKING = """.pp .ahead{stroke:#8595a5;stroke-width:2;stroke-dasharray:3 5}
.pp .now{stroke:#1b2733;stroke-width:3}
.pp .mark{fill:none;stroke:#009e73;stroke-width:2.5}
.pp .tag{fill:#00664b}
"""

MARKING_DARK = """.pp .now{stroke:#fff}
.pp .mark{fill:none;stroke:#1fbf92}
"""


def _sheet(light: str, dark: str) -> str:
    return f"{light}@media(prefers-color-scheme:dark){{{dark}}}".replace("FONT", _FONT).replace("\n", "")


STYLE = _sheet(LIGHT, DARK)
"""The style sheet of a picture."""

MARKING_STYLE = _sheet(MARKING, MARKING_DARK)
"""What a picture needs besides that walks a trace, or marks what changed."""
