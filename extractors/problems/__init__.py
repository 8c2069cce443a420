"""Finds the problems and solutions of a document and matches them one to one.

The entry points are `find_items` (one document) and `match_items` (the documents of a folder).
"""

from extractors.problems.items import find_items
from extractors.problems.matching import match_items

__all__ = ["find_items", "match_items"]
