"""The yardstick of pairing: one worked source printed in many layouts and languages.

`generate(variant)` makes the documents of a variant of `catalogue.VARIANTS` and lists what they
print; `python -m benchmarks.layouts` measures how well the pairs are found in each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.layouts.arrange import Truth, arrange
from benchmarks.layouts.book import Book, read_book
from benchmarks.layouts.special.composed import Special
from benchmarks.layouts.variants import Variant

__all__ = ["Generated", "Special", "Truth", "Variant", "generate"]


@dataclass(frozen=True)
class Generated:
    """The documents of a variant (name and bytes) and the problems that they print."""

    files: list[tuple[str, bytes]]
    truth: list[Truth]


def generate(variant: Variant | Special) -> Generated:
    """Returns the documents that a variant describes; the same bytes every time."""
    from benchmarks.layouts.write import write

    if isinstance(variant, Special):
        return _composed(variant)
    files, truth = [], []
    for language in (variant.language, *variant.also):
        book = read_book(language)
        arranged = arrange(book, variant)
        files += [write(pieces, book, variant, name) for name, pieces in arranged.files.items()]
        truth += arranged.truth
    return Generated(files, truth)


def _composed(special: Special) -> Generated:
    from benchmarks.layouts.write import write_markdown

    composed, files = special.compose(), []
    look = replace(special.look, form=special.form)
    for name, source in composed.sources.items():
        if "." in name:
            files.append((name, source.encode()))
            continue
        title = source.partition("\n")[0].lstrip("% ")
        file_name, data = write_markdown(source, Book(special.language, title, {}, ()), look, name)
        files.append((file_name, special.finish(data) if special.finish else data))
    return Generated(files, composed.truth)
