"""The command `beam calibrate-judge`; what it does is in `pipelines.calibration`."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.console import quiet


def calibrate_judge(arguments: Sequence[str]) -> int:
    """Measures a judge as the command line says, prints what comes out, and returns the exit status.

    Raises:
      UsageError: a wrong option, or a row that can't be used; the message names file and row.
    """
    with quiet() as screen:
        from pipelines.calibration import calibrate  # what it imports says things that nobody asked for

        try:
            return calibrate(arguments, screen)
        except KeyboardInterrupt:
            screen.complain("stopped; what models said is in the folder of --ledger, if one was given")
            return 130
