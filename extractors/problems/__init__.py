"""Finds the problems and solutions of a document and matches them one to one.

The entry points are `find_items` (one document) and `match_items` (the documents of a folder).
"""
