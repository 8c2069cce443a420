"""How a run says that it can't go on."""

from __future__ import annotations


class UsageError(Exception):
    """The caller has to change something: one line on standard error, exit status 2, no work done."""


class RunFailed(Exception):
    """The run itself went wrong: one line on standard error, exit status 1."""
