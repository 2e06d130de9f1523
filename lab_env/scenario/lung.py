"""Pictures of lungs that nobody has: small CT patches with or without a nodule, drawn from a seed.

Vessels are as bright as nodules, and a patch without a nodule has more of them: neither the mean nor the brightest
value tells the two kinds apart. Shape does.
"""

from __future__ import annotations

import numpy as np

SIDE = 32
AIR, TISSUE = -850, 40
_ONE_MORE = 0.35
# Three columns and five rows a letter, a row an octal digit: enough for a name burned into a picture.
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
_ROWS = (
    "25755 65656 34443 65556 74647 74644 34553 55755 72227 11152 55655 44447 57755 "
    "65555 25552 65644 25563 65655 34216 72222 55557 55552 55775 55255 55222 71247 "
    "75557 26227 61247 61216 55711 74616 34757 71222 75757 75716 00700"
)
_FONT = {letter: _ROWS[6 * at : 6 * at + 5] for at, letter in enumerate(_LETTERS)}


def patch(draw: np.random.Generator, *, nodule: bool) -> np.ndarray:
    """One patch of 32 by 32 pixels in Hounsfield units.

    Args:
        draw: where its randomness comes from.
        nodule: whether a nodule is in it.
    """
    image = AIR + 90 * _smooth(draw.normal(size=(SIDE, SIDE))) + 35 * draw.normal(size=(SIDE, SIDE))
    for _ in range(draw.integers(1, 4) + (not nodule and draw.random() < _ONE_MORE)):
        image = np.maximum(image, _vessel(draw))
    if nodule:
        image = np.maximum(image, _nodule(draw))
    return np.asarray(np.rint(image))


def burn_in(image: np.ndarray, text: str, *, row: int = 1) -> np.ndarray:
    """The image with a line of text drawn into its pixels, as scanners and capture cards do.

    Args:
        image: the picture; a letter takes 4 by 6 pixels of it.
        text: capital letters, digits and hyphens; what does not fit is cut off.
        row: where the line begins.
    """
    result = image.copy()
    for number, letter in enumerate(text.upper()):
        for line, bits in enumerate(_FONT.get(letter, "00000")):
            for column in range(3):
                x = 1 + 4 * number + column
                if int(bits) >> (2 - column) & 1 and x < image.shape[1]:
                    result[row + line, x] = 1000
    return result


def _smooth(noise: np.ndarray) -> np.ndarray:
    total = sum(np.roll(noise, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1))
    return np.asarray(total / 3)


def _grid() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return y.astype(float), x.astype(float)


def _vessel(draw: np.random.Generator) -> np.ndarray:
    """A tube across the patch: bright along a slightly bent line."""
    y, x = _grid()
    angle, bend = draw.uniform(0, np.pi), draw.uniform(-0.015, 0.015)
    middle = draw.uniform(0.25 * SIDE, 0.75 * SIDE, 2)
    along = (x - middle[0]) * np.cos(angle) + (y - middle[1]) * np.sin(angle)
    across = (y - middle[1]) * np.cos(angle) - (x - middle[0]) * np.sin(angle) - bend * along**2
    width, density = draw.uniform(0.7, 1.5), draw.uniform(-250, TISSUE)
    return np.asarray(AIR + (density - AIR) * np.exp(-((across / width) ** 2)))


def _nodule(draw: np.random.Generator) -> np.ndarray:
    """A round, slightly stretched spot."""
    y, x = _grid()
    middle = draw.uniform(0.3 * SIDE, 0.7 * SIDE, 2)
    radius, stretch, density = draw.uniform(2.3, 4.0), draw.uniform(0.8, 1.25), draw.uniform(-250, TISSUE)
    away = np.hypot((x - middle[0]) * stretch, (y - middle[1]) / stretch)
    return np.asarray(AIR + (density - AIR) / (1 + np.exp((away - radius) / 0.6)))
