"""What models have done so far, for whoever looks at a run while it works: a small file for each worker."""

from __future__ import annotations

import json
import os
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

SUFFIX = ".llm"


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts since a worker began.

    Attributes:
      answers: that servers gave.
      from_ledger: that nobody had to be asked for.
      in_flight: requests that servers work on now.
      tokens: of the answers that servers gave.
    """

    answers: int = 0
    from_ledger: int = 0
    in_flight: int = 0
    tokens: int = 0


class ProgressFile:
    """The file of a worker in a folder, which must be there."""

    def __init__(self, folder: str):
        self.path = Path(folder) / f"{uuid.uuid4().hex}{SUFFIX}"

    def write(self, done: Progress) -> None:
        """Says what is done now; in silence where that is impossible, since no run may fail for it."""
        new = self.path.with_suffix(".new")
        with suppress(OSError):
            new.write_text(json.dumps(asdict(done)))
            os.replace(new, self.path)


def read_progress(folder: str) -> Progress:
    """Returns the sums over all workers."""
    sums = dict.fromkeys(asdict(Progress()), 0)
    for path in Path(folder).glob(f"*{SUFFIX}"):
        with suppress(OSError):
            for name, n in json.loads(path.read_text()).items():
                sums[name] += n
    return Progress(**sums)
