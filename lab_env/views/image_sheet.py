"""Small grey pictures side by side, each with caption and alt text: no plotting library, and the same bytes always."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from lab_env.views.table import Table

_FIGURE = "display:inline-block;margin:0 0.8em 0.8em 0;vertical-align:top;width:{width}px"
_LARGEST_BLOCK = 65535


@dataclass(frozen=True, slots=True)
class GreyPicture:
    """One picture.

    Attributes:
        pixels: 8-bit grey values as rows of bytes.
        caption: what stands under it.
        alt: what it shows, in words.
    """

    pixels: tuple[bytes, ...]
    caption: str
    alt: str

    def png(self) -> bytes:
        """The picture as a PNG file. Stored, not compressed, so that every machine writes the same bytes."""
        raw = b"".join(b"\0" + row for row in self.pixels)
        header = struct.pack(">IIBBBBB", len(self.pixels[0]), len(self.pixels), 8, 0, 0, 0, 0)
        chunks = (
            _chunk(kind, data) for kind, data in ((b"IHDR", header), (b"IDAT", _stored(raw)), (b"IEND", b""))
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@dataclass(frozen=True, slots=True)
class ImageSheet:
    """Pictures side by side, and the same as a table in words."""

    title: str
    pictures: tuple[GreyPicture, ...]
    width: int = 128

    def __str__(self) -> str:
        rows = tuple((picture.caption, picture.alt) for picture in self.pictures)
        return str(Table(("picture", "what it shows"), rows, self.title))

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self) -> str:
        """The sheet as HTML: each picture a figure, enlarged without smoothing."""
        figures = "".join(
            f'<figure style="{_FIGURE.format(width=self.width)}">'
            f'<img width="{self.width}" style="image-rendering:pixelated" alt="{escape(picture.alt)}" '
            f'src="data:image/png;base64,{b64encode(picture.png()).decode()}">'
            f'<figcaption style="font-size:0.85em">{escape(picture.caption)}</figcaption></figure>'
            for picture in self.pictures
        )
        return f'<div><p style="font-weight:600;margin:0 0 0.4em">{escape(self.title)}</p>{figures}</div>'


def grey(values: np.ndarray, caption: str, alt: str, *, darkest: float, brightest: float) -> GreyPicture:
    """A picture of measured values: grey from ``darkest`` to ``brightest``, black and white beyond.

    Args:
        values: rows and columns of an image.
        caption: what stands under it.
        alt: what it shows, in words.
        darkest: the value shown black.
        brightest: the value shown white.
    """
    scaled = np.clip((values - darkest) / (brightest - darkest), 0, 1)
    return GreyPicture(tuple(np.rint(255 * row).astype(np.uint8).tobytes() for row in scaled), caption, alt)


def sheet(title: str, pictures: Sequence[GreyPicture], *, width: int = 128) -> ImageSheet:
    """Pictures side by side.

    Args:
        title: what they are, in one line.
        pictures: in reading order.
        width: of each, in CSS pixels.
    """
    return ImageSheet(title, tuple(pictures), width)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(raw: bytes) -> bytes:
    """A zlib stream (RFC 1950) of stored blocks: what one library packs well, another packs otherwise."""
    return b"\x78\x01" + b"".join(_blocks(raw)) + struct.pack(">I", zlib.adler32(raw))


def _blocks(raw: bytes) -> Iterator[bytes]:
    for at in range(0, len(raw), _LARGEST_BLOCK):
        block = raw[at : at + _LARGEST_BLOCK]
        last = at + _LARGEST_BLOCK >= len(raw)
        yield struct.pack("<BHH", last, len(block), 0xFFFF ^ len(block)) + block
