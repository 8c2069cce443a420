"""Documents that no row of options describes, each composed by a function of its own."""

from __future__ import annotations

from benchmarks.layouts.special.books import BOOKS
from benchmarks.layouts.special.declared import DECLARED
from benchmarks.layouts.special.latex import LATEX
from benchmarks.layouts.special.sheets import SHEETS
from benchmarks.layouts.special.without import WITHOUT

SPECIAL = BOOKS + SHEETS + LATEX + DECLARED + WITHOUT
