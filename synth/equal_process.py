"""The other end of `synth.verify.Algebra`: the process in which answers are compared.

Computer algebra can take any time and any memory on a line of LaTeX. The kernel ends this process when either
is used up, also where C code would never look at a flag.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import sys

SECONDS = 4
_MEGABYTES = 1000


def main() -> None:
    """Answers every line on standard input with one on standard output, until the input ends.

    The first line out says that the libraries are loaded.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what libraries print is no answer
    logging.disable()
    from synth.equal import same_answer

    same_answer("x + 1", "1 + x")
    same_answer("5 m", "5 km")
    _confine()
    print("null", file=answers, flush=True)
    for line in sys.stdin:
        signal.alarm(SECONDS)
        try:
            said = same_answer(*json.loads(line))
        except (Exception, RecursionError, MemoryError):
            said = None
        signal.alarm(0)
        print(json.dumps(said), file=answers, flush=True)


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import psutil

        most = psutil.Process().memory_info().data + _MEGABYTES * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    main()
