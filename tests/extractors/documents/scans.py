"""Pages set by typst, and scans made of them: pictures with noise, a little askew, without a text layer."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

PREAMBLE = """
#set page(width: 420pt, height: 595pt, margin: (x: 48pt, y: 54pt), columns: {columns},
  header: context [A Book of Problems #h(1fr) #counter(page).display()])
#set text(size: 10pt, lang: "{language}")
#set par(justify: true)
"""


@cache
def typeset(body: str, columns: int = 1, language: str = "en") -> bytes:
    """Returns Typst's markup as a PDF."""
    import typst

    source = PREAMBLE.format(columns=columns, language=language) + body
    return bytes(typst.compile(source.encode(), ignore_system_fonts=True, timestamp=0))


def scan(pdf: bytes, dpi: int = 200, angle: float = 0.0, layer: str = "", noise: float = 10.0) -> bytes:
    """Returns a PDF of pictures of another one's pages.

    Args:
      dpi: of the pictures.
      angle: in degrees, by which they lie askew.
      layer: text that stands, unseen, on every page.
      noise: standard deviation of each dot's brightness, of 255.
    """
    import numpy as np
    import pymupdf
    from PIL import Image

    source, file, random = pymupdf.open("pdf", pdf), pymupdf.open(), np.random.default_rng(1)
    for page in source:
        pixmap = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
        image = Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
        dots = np.asarray(image) + random.normal(0, noise, (image.height, image.width))
        jpeg = io.BytesIO()
        Image.fromarray(dots.clip(0, 255).astype("uint8")).save(jpeg, "JPEG", quality=80)
        copy = file.new_page(width=page.rect.width, height=page.rect.height)
        if layer:
            copy.insert_textbox((50, 50, 370, 500), layer, render_mode=3)
        copy.insert_image(copy.rect, stream=jpeg.getvalue())
    return bytes(file.tobytes())


def words(text: str) -> str:
    """Returns a text with its blanks alike, to compare."""
    return " ".join(text.split())


def first_page(pdf: bytes) -> Any:
    """Returns a PyMuPDF page, which keeps its document open."""
    import pymupdf

    return pymupdf.open("pdf", pdf)[0]
