"""Unofficial SDK for the Devin v2 Enterprise API.

    from devin_v2 import Client

    client = Client()  # DEVIN_V2_API_KEY: the personal key (apk_user_…) of an Enterprise Admin
    for member in client.members.list():
        print(member.email, member.enterprise_role)

`AsyncClient` is the same to be awaited. Answers are objects of `devin_v2.types`, errors of `devin_v2.errors`.
`devin_v2.testing` has a server to test against. The v2 API is legacy: the documentation of each operation names its
successor in v3, where there is one.
"""

from __future__ import annotations

import atexit as _atexit
import os as _os
import sys as _sys


def _refuse_subinterpreters() -> None:
    try:
        interpreters = __import__("_interpreters" if _sys.version_info >= (3, 13) else "_xxsubinterpreters")
    except ImportError:
        # A Python without them.
        return
    if interpreters.get_current() != interpreters.get_main():
        raise ImportError(
            "devin_v2 does not support subinterpreters: import it in the main interpreter of a process, and use threads "
            "or processes (under mod_wsgi: WSGIApplicationGroup %{GLOBAL})"
        )


# Before the native half is loaded: not every version of Python refuses it, and the first interpreter would bar the rest.
_refuse_subinterpreters()

from . import _native
from ._client import AsyncClient, Client
from ._listing import AsyncListing, Listing
from ._native import BillingDay, NotGiven, Secret
from ._operations import Operation, operations
from ._params import NOT_GIVEN
from ._rows import BadRow, Page, Report, Response, Rows
from .errors import (
    APICancelledError,
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConfigError,
    ConflictError,
    DevinError,
    InternalServerError,
    NotFoundError,
    PagingError,
    PermissionDeniedError,
    RateLimitError,
    RefusedError,
    UnprocessableEntityError,
)

__version__ = _native.version()

__all__ = [
    "NOT_GIVEN",
    "APICancelledError",
    "APIConnectionError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncClient",
    "AsyncListing",
    "AuthenticationError",
    "BadRequestError",
    "BadRow",
    "BillingDay",
    "Client",
    "ConfigError",
    "ConflictError",
    "DevinError",
    "InternalServerError",
    "Listing",
    "NotFoundError",
    "NotGiven",
    "Operation",
    "Page",
    "PagingError",
    "PermissionDeniedError",
    "RateLimitError",
    "RefusedError",
    "Report",
    "Response",
    "Rows",
    "Secret",
    "UnprocessableEntityError",
    "operations",
]


class _AtEnd:
    """Registered as an exit handler, to be dropped once all of them have run: those that were registered before this
    import, which run later, may still wait for threads with calls under way."""

    def __init__(self) -> None:
        self._exiting, self._shut_down = False, _native.shut_down

    def __call__(self) -> None:
        # Handlers are also dropped without being run, as in children of multiprocessing, which goes on.
        self._exiting = True

    def __del__(self) -> None:
        if self._exiting:
            self._shut_down()


# Threads that come back to Python while it shuts down would end the process with an error.
_atexit.register(_AtEnd())
if hasattr(_os, "register_at_fork"):
    # Threads don't survive a fork: the child makes its own when it needs them.
    _os.register_at_fork(after_in_child=_native.forked)
