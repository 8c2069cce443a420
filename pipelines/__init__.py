"""One module a recipe, wiring only; the command line; sinks, manifest, card, report."""

__version__ = "0.1.0"
