"""A vLLM server that Assay starts, one a machine, and stops with the run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """How vLLM is started.

    Attributes:
      model: name on the Hub, or a folder.
      run: of which it is; another run starts a server of its own.
      python: the interpreter that has vLLM; empty for this one.
      arguments: of the command line of vLLM, pairs of name and value ("dtype", "bfloat16"); an empty
        value is a bare flag.
      start_s: how long loading the model may take.
      restarts: how often it is started again if it dies.
    """

    model: str
    run: str
    python: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    start_s: float = 900.0
    restarts: int = 3


class Lease:
    """The use of a server, which runs as long as anyone has one.

    Attributes:
      url: as `Endpoint.url`.
      log: path of the file that holds what it prints.
    """

    url: str
    log: str

    def close(self) -> None:
        """Ends the use."""


def lease(spec: ServerSpec) -> Lease:
    """Returns the use of the machine's server, once it answers; starts it if nobody has.

    Raises:
      BadEndpoint: it doesn't start; the message names its log.
    """
    raise NotImplementedError
