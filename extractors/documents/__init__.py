"""Readers: the bytes of a document in any supported format become one `Document` of `Block`s.

The entry point is `read_document`; the modules beside it hold one reader a format.
"""
