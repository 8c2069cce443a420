"""Pictures, drawings and tables as they stand in Markdown, HTML and LaTeX."""

from __future__ import annotations

import re

# Without "[" in the description and within one line, so that no text takes more than linear time.
PICTURE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)")
DRAWING = re.compile(
    r"\[asy\]|\\begin\s*\{(?:asy|tikzpicture|tikzcd|pspicture|circuitikz|picture)\}|<svg", re.I
)
"""The source of a drawing: who reads it knows what is drawn."""
TABLE = re.compile(
    r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*\|[ \t:|-]*$|\\begin\s*\{(?:tabular|array)|<table",
    re.MULTILINE | re.IGNORECASE,
)
