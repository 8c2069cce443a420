"""`beam evaluate contrastive`; what it does is in `pipelines.contrastive_metrics`."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.console import quiet


def evaluate(arguments: Sequence[str]) -> int:
    """Prints the metrics that the command line asks for, and returns the exit status.

    Raises:
      UsageError: a wrong option, or files that can't be used.
    """
    if {"-h", "--help"} & set(arguments):
        from pipelines.contrastive_metrics import parser

        parser().print_help()
        return 0
    with quiet() as screen:
        from pipelines.contrastive_metrics import measured  # Beam, which it imports, says things

        screen.say("\n".join(measured(arguments)))
    return 0
