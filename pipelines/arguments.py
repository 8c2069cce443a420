"""The parser of commands that are no pipelines."""

from __future__ import annotations

import argparse
from typing import NoReturn

from pipelines.errors import UsageError


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as a `UsageError`."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see: {self.prog} --help)")
