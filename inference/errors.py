"""What ends a run: no record can be told apart from it."""

from __future__ import annotations


class Fatal(Exception):
    """The run can't go on. The message is one line that says what to do."""


class ServerGone(Fatal):
    """A model server has answered nothing for longer than the run is willing to wait."""


class LedgerUnwritable(Fatal):
    """Answers can't be kept, so that none should be asked for."""
