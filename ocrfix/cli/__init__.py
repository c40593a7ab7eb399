"""The command ``ocrfix``."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence

__all__ = ["main"]

COMPLETE = "_OCRFIX_COMPLETE"
"""The variable by which a shell asks for completions."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 and the signal's number."""
PIPE_CLOSED = 141
"""Exit status when the reader of the output went away."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status.

    Parameters: ``arguments``, those of the process when None. Status: 0 done, 1 findings, 2 error,
    130 interrupted, 141 when nobody reads the output any more.
    """
    import click  # noqa: PLC0415  (importing this module costs nothing)

    from ocrfix.cli.commands import cli  # noqa: PLC0415

    instruction = os.environ.get(COMPLETE)
    if instruction:
        from click.shell_completion import shell_complete  # noqa: PLC0415

        return shell_complete(cli, {}, "ocrfix", COMPLETE, instruction)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show Vietnamese
    status = 0
    try:
        # not cli.main: it would turn a closed pipe into exit status 1, which here means findings
        given = list(sys.argv[1:] if arguments is None else arguments)
        try:
            with cli.make_context("ocrfix", given) as context:
                cli.invoke(context)
        except click.exceptions.Exit as leave:
            status = leave.exit_code
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("ocrfix: interrupted; files not finished are as they were\n")
        return INTERRUPTED
    except BrokenPipeError:
        # what is still buffered must not raise again when Python closes the stream
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return status
