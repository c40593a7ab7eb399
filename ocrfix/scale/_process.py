"""A process that works on batches of items: what it does, and how its parent starts, feeds and ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, Final, NoReturn, cast

__all__ = ["Batch", "Lost", "Worker", "result_of", "undisturbed"]

_GRACE: Final = 10.0
"""Seconds over the budget after which a process ends itself, for nobody looks after it any more."""
_LEAVE: Final = 1.0
"""Seconds that a process has to leave of its own accord."""
_STOPS: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that stop a run."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What there is of an item instead of a result: ``why``, a reason for people."""

    why: str


@dataclass
class Batch:
    """Items that go to a process together.

    Parameters: ``work``, a function of one item, which travels to the process as it is (a module's
    function, or a partial of one); ``items``; ``tag``, anything that is to come back with the results;
    ``size``, in characters, for the bound on what is read ahead. ``results`` holds, in the end, what
    ``work`` returned for each item, or a `Lost`.
    """

    work: Callable[[Any], Any]
    items: Sequence[Any]
    tag: Any = None
    size: int = 0
    results: list[Any] = field(default_factory=list)
    tries: int = 0
    """Processes that died over the item in hand."""

    @property
    def done(self) -> bool:
        """Whether there is a result for each item."""
        return len(self.results) == len(self.items)


def result_of(work: Callable[[Any], Any], item: Any) -> Any:  # noqa: ANN401  (whatever the work is on)
    """What the work makes of an item; a `Lost` where it fails.

    >>> result_of(str.upper, "xã"), result_of(str.upper, 7).why[:20]
    ('XÃ', 'ocrfix itself failed')
    """
    try:
        return work(item)
    except MemoryError:
        return Lost("not enough memory")
    except Exception as error:  # noqa: BLE001  (one bad item must not stop the others)
        if os.environ.get("OCRFIX_DEBUG"):
            traceback.print_exc()
        return Lost(f"ocrfix itself failed: {type(error).__name__}: {error}")


class Worker:
    """A process, the pipe to it, and what it is at work on.

    Parameters: ``context`` of multiprocessing; ``others``, the processes there are already; ``budget`` and
    ``prepare`` as of `ocrfix.scale.pool.Pool`.
    """

    def __init__(
        self,
        context: Any,  # noqa: ANN401
        others: Iterable[Worker],
        budget: float | None,
        prepare: Callable[[], object] | None,
    ) -> None:
        self.pipe, theirs = context.Pipe()
        # a forked child holds what its parent has open: closed there, so that a parent's death is seen
        held = [w.pipe for w in others] + [self.pipe] if context.get_start_method() == "fork" else []
        given = (theirs, held, budget, prepare)
        self.process = context.Process(target=_serve, args=given, daemon=True)
        self.process.start()
        theirs.close()
        self.batch: Batch | None = None
        self.up = False
        self.began = False
        self.since = 0.0

    def give(self, batch: Batch) -> bool:
        """Send what is left of a batch; returns whether the process was there to take it."""
        self.batch = batch
        self.began = False
        try:
            self.pipe.send((batch.work, list(batch.items[len(batch.results) :])))
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Tell it to leave, and take what is half written along."""
        self.process.terminate()

    def end(self) -> None:
        """See to it that it stops, whatever it is at."""
        self.stop()
        self.process.join(_LEAVE)
        if self.process.is_alive():  # in the middle of C code, which hears no signals
            self.process.kill()
            self.process.join()
        self.pipe.close()


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Start processes in here: a signal that would stop this one waits, and theirs until they heed it.

    Else a process that is told to begin by a parent that leaves in the same moment, or that gets the
    terminal's Ctrl-C while it is still importing, ends with a traceback.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would unblock what is blocked below
    came: list[int] = []
    usual = {number: signal.getsignal(number) for number in _STOPS}
    heeded = {number: handler for number, handler in usual.items() if handler not in (signal.SIG_IGN, None)}
    try:
        for number in heeded:
            signal.signal(number, lambda number, _frame: came.append(number))
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)  # which the processes inherit
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    finally:
        for number, handler in heeded.items():
            signal.signal(number, handler)
        for number in came[:1]:
            signal.raise_signal(number)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(1)


def _serve(
    pipe: Connection,
    held: Sequence[Connection],
    budget: float | None,
    prepare: Callable[[], object] | None,
) -> None:
    """What a process does until its parent is gone."""
    for other in held:
        other.close()
    for number in _STOPS:
        signal.signal(number, signal.SIG_IGN)  # the parent looks after Ctrl-C
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # at once: there is nothing half written yet
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    guarded = budget is not None and hasattr(signal, "setitimer")
    if guarded:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, even in the middle of C code
    if prepare is not None:
        prepare()
    signal.signal(signal.SIGTERM, _leave)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)  # up
        while True:
            work, items = pipe.recv()
            pipe.send(None)  # what it took to get here is not the items' time
            for item in items:
                if guarded:
                    signal.setitimer(signal.ITIMER_REAL, cast("float", budget) + _GRACE)
                result = result_of(work, item)
                if guarded:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                pipe.send(result)
