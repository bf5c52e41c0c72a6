"""Unofficial SDK for the Devin v2 Enterprise API.

    from devin_v2 import Client

    client = Client()  # DEVIN_V2_API_KEY: the personal key (apk_user_…) of an Enterprise Admin
    for member in client.members.list():
        print(member.email, member.enterprise_role)

`AsyncClient` is the same to be awaited. Answers are objects of `devin_v2.types`, errors of `devin_v2.errors`.
`devin_v2.testing` has a server to test against. The v2 API is deprecated, with no end date
published: the documentation of each operation names its
successor in v3, where there is one.
"""

from __future__ import annotations

import atexit as _atexit
import os as _os

from . import _native
from ._client import AsyncClient, Client
from ._listing import AsyncListing, Listing
from ._native import BillingDay, BillingDays, NotGiven, Secret
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
    "BillingDays",
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

# Threads that come back to Python while it shuts down would end the process with an error.
_atexit.register(_native.shut_down)
if hasattr(_os, "register_at_fork"):
    # Threads don't survive a fork: the child makes its own when it needs them.
    _os.register_at_fork(after_in_child=_native.forked)
