"""Matrix products on one core.

NumPy's BLAS starts a thread for every core even for a product that takes a tenth of a millisecond, and on a
busy machine these wait for each other a hundred times as long. Whoever wants more cores runs more processes.
"""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    importlib.import_module("numpy")  # the controller finds the libraries that are loaded
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """A context in which matrix products keep to one thread; 8 microseconds to enter and leave.

    >>> with one_thread():
    ...     pass
    """
    limits: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limits
