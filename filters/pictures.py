"""Pictures as they stand in Markdown."""

from __future__ import annotations

import re

# Without "[" in the description and within one line, so that no text takes more than linear time.
PICTURE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)")
