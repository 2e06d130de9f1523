"""How wide a text is: Helvetica's own advance widths, so that a picture's layout is the same on every machine.

Arial and Liberation Sans share them; where a browser has to take another font, ``textLength`` holds it to these.
"""

from __future__ import annotations

# Advance widths in thousandths of the font size, from Adobe's font metrics of Helvetica and Helvetica-Bold.
_REGULAR = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;[\\]It",
    333: "()-`fr",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
    # Not in Helvetica: browsers take these from another font, and textLength holds them to this width.
    1000: "→←↩…—",
    800: "✓✗",
}
_BOLD = {
    238: "'",
    278: " ,./I\\ijl",
    280: "|",
    333: "!()-:;[]`ft",
    389: "*r{}",
    474: '"',
    500: "z",
    556: "#$0123456789J_aceksvxy",
    584: "+<=>^~",
    611: "?FLTZbdghnopqu",
    667: "EPSVXY",
    722: "&ABCDHKNRU",
    778: "GOQw",
    833: "M",
    889: "%m",
    944: "W",
    975: "@",
    1000: "→←↩…—",
    800: "✓✗",
}
_WIDTHS = [{char: width for width, chars in table.items() for char in chars} for table in (_REGULAR, _BOLD)]
_OTHER = 600


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in Helvetica.

    Args:
        text: one line.
        size: font size in pixels.
        bold: whether it is set in bold.

    Returns:
        Pixels.
    """
    widths = _WIDTHS[bold]
    return sum(widths.get(char, _OTHER) for char in text) * size / 1000
