"""The command ``ocrfix``."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any, NoReturn

__all__ = ["main"]

COMPLETE = "_OCRFIX_COMPLETE"
"""The variable by which a shell asks for completions."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 and the signal's number."""
PIPE_CLOSED = 141
"""Exit status when the reader of the output went away."""
_SHELL = 128
"""What shells add to the number of a signal that ended a command, for its exit status."""
UNFINISHED = "files not finished are as they were"


class _TerminatedError(BaseException):
    """SIGTERM or SIGHUP has come: leave, and take what is half written along.

    Parameters: ``status`` to leave with.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Closed(io.RawIOBase):
    """A standard stream that the caller has closed (``<&-``, ``>&-``)."""

    def __init__(self, name: str) -> None:
        self.told = name

    def readable(self) -> bool:
        """As a stream of either kind."""
        return True

    def writable(self) -> bool:
        """As a stream of either kind."""
        return True

    def readinto(self, _buffer: object) -> NoReturn:
        """Fail."""
        raise OSError(errno.EBADF, f"{self.told} is closed")

    def write(self, _data: object) -> NoReturn:
        """Fail."""
        raise OSError(errno.EBADF, f"{self.told} is closed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status.

    Parameters: ``arguments``, those of the process when None. Status: 0 done, 1 findings, 2 error,
    130 interrupted, 141 when nobody reads the output any more, 143 told to stop (129 by a terminal that
    was closed).
    """
    try:
        with _heeding_signals():
            return _told_of_errors(arguments)
    except KeyboardInterrupt:
        _say(f"interrupted; {UNFINISHED}")
        return INTERRUPTED
    except _TerminatedError as error:
        _say(f"told to stop; {UNFINISHED}")
        return error.status


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        if sys.stderr is not None:
            sys.stderr.write(f"ocrfix: {text}\n")
            sys.stderr.flush()


def _told_of_errors(arguments: Sequence[str] | None) -> int:
    """Run the command; returns its exit status, and says what went wrong."""
    import click  # noqa: PLC0415  (importing this module costs nothing)

    from ocrfix.cli.commands import cli  # noqa: PLC0415

    instruction = os.environ.get(COMPLETE)
    if instruction:
        from click.shell_completion import shell_complete  # noqa: PLC0415

        return shell_complete(cli, {}, "ocrfix", COMPLETE, instruction)
    _prepare_streams()
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except BrokenPipeError:
        _let_go_of_stdout()
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001  (a traceback tells a user nothing, and status 1 means findings)
        _say(f"{_told(error)}; {UNFINISHED}")
        _let_go_of_stdout()
        return 2


def _run(arguments: list[str]) -> int:
    """Run the command; returns its exit status, raises what goes wrong."""
    import click  # noqa: PLC0415

    from ocrfix.cli.commands import cli  # noqa: PLC0415

    status = 0
    # not cli.main: it would turn a closed pipe into exit status 1, which here means findings
    try:
        with cli.make_context("ocrfix", arguments) as context:
            cli.invoke(context)
    except click.exceptions.Exit as leave:
        status = leave.exit_code
    sys.stdout.flush()
    return status


def _prepare_streams() -> None:
    for name, told in (("stdin", "standard input"), ("stdout", "standard output"), ("stderr", "")):
        if getattr(sys, name) is None:
            lost = open(os.devnull, "w", encoding="utf-8") if name == "stderr" else None  # noqa: PTH123, SIM115
            setattr(sys, name, lost or io.TextIOWrapper(_Closed(told), "utf-8", write_through=True))
    if isinstance(sys.stdout, io.TextIOWrapper) and type(sys.stdout.buffer) is io.FileIO:
        # PYTHONUNBUFFERED: such a stream may take a part of what it is given, and say nothing
        encoding, lines = sys.stdout.encoding, sys.stdout.isatty()
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(sys.stdout.detach()),
            encoding,
            line_buffering=lines,
        )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show Vietnamese


@contextlib.contextmanager
def _heeding_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM stop the processes at work and unwind, so that nothing half written stays."""
    before: list[tuple[signal.Signals, Any]] = []

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        if "multiprocessing" in sys.modules:
            for child in sys.modules["multiprocessing"].active_children():
                child.terminate()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        for one in stops:
            signal.signal(one, signal.SIG_IGN)
        raise _TerminatedError(_SHELL + number)

    stops = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heeded = [(signal.SIGINT, signal.default_int_handler), *((number, signal.SIG_DFL) for number in stops)]
    for number, usual in heeded:
        # ValueError: not the main thread
        with contextlib.suppress(ValueError):
            if signal.getsignal(number) is usual:
                before.append((number, signal.signal(number, leave)))
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _told(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, OSError):
        text = error.strerror or str(error)
        return f"{error.filename}: {text}" if error.filename else text[:1].lower() + text[1:]
    if os.environ.get("OCRFIX_DEBUG"):
        import traceback  # noqa: PLC0415

        traceback.print_exception(error)
    return (
        f"ocrfix itself failed: {type(error).__name__}: {str(error)[:200]}; "
        "set OCRFIX_DEBUG=1 to see where, and please report it"
    )


def _let_go_of_stdout() -> None:
    """See to it that what is still buffered does not raise again when Python closes the stream."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
