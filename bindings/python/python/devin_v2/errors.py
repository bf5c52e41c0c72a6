"""What calls raise. Everything is a `DevinError`.

Each class stands for one kind of failure, the same in every language of this project. The text of an error is one line
that says what happened and what to do; it never holds the key.
"""

from __future__ import annotations

from ._typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Self

    from ._rows import Rows

__all__ = [
    "APICancelledError",
    "APIConnectionError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigError",
    "ConflictError",
    "DevinError",
    "InternalServerError",
    "NotFoundError",
    "PagingError",
    "PermissionDeniedError",
    "RateLimitError",
    "RefusedError",
    "UnprocessableEntityError",
]


class DevinError(Exception):
    """Why a call failed. Base of all errors of this package; they can be pickled."""

    kind: str
    """The kind's stable name, such as `rate_limited`."""
    operation: str | None
    """The operation, such as `members.get`; `None` where none is involved."""
    field: str | None
    """The argument or setting that is the reason, if one is."""
    status_code: int | None
    """The status of the answer, if there was one."""
    request_id: str | None
    """The id of the request, for support to find it by; `None` if nothing was sent."""
    attempts: int
    """How often the request was sent; 0 if it never was."""
    waited: float
    """Seconds that the call waited between its attempts, all together."""
    retry_after: float | None
    """Seconds that the service asked to wait before another attempt (`Retry-After`)."""
    detail: str | None
    """What the service said about it, shortened, without keys."""
    hint: str | None
    """What to do about it, where that is known."""
    body: bytes | None
    """The body of the answer. It may hold personal data: keep it out of logs. Pickles leave it out."""
    partial: Rows[Any] | None
    """What `collect()` had read before it failed, with a report and the place to `resume` from."""

    def __init__(self, message: str, *, kind: str = "", **fields: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.operation = fields.get("operation")
        self.field = fields.get("field")
        self.status_code = fields.get("status_code")
        self.request_id = fields.get("request_id")
        self.attempts = fields.get("attempts", 0)
        self.waited = fields.get("waited", 0.0)
        self.retry_after = fields.get("retry_after")
        self.detail = fields.get("detail")
        self.hint = fields.get("hint")
        self.body = fields.get("body")
        self.partial = fields.get("partial")

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions don't take their causes along by themselves.
        causes: list[BaseException] = []
        cause = self.__cause__
        while cause is not None and len(causes) < 16:
            causes.append(cause)
            cause = cause.__cause__
        # Pickles lie in queues and caches: what the service sent does not.
        return _restore, (type(self), self.args, {**self.__dict__, "body": None}, causes)

    def __copy__(self) -> Self:
        restore, (of_kind, args, _, causes) = self.__reduce__()
        copied: Self = restore(of_kind, args, dict(self.__dict__), causes)
        return copied


class ConfigError(DevinError):
    """The client cannot be made from these settings."""


class RefusedError(DevinError, ValueError):
    """The call was refused before anything was sent: an id that would lead elsewhere, a limit out of bounds, a missing
    confirmation, a redirect that may not be followed; a client that was closed, a list that was begun before a fork, an
    `AsyncClient` without an event loop. Nothing was changed."""


class APIConnectionError(DevinError):
    """No connection could be made, or it broke before the answer was complete."""


class APITimeoutError(APIConnectionError, TimeoutError):
    """The attempt or the whole call took longer than allowed, or the service said so itself (408)."""


class APICancelledError(DevinError):
    """The call was ended from within, as when its process shuts down."""


class APIStatusError(DevinError):
    """The service answered with an error."""

    status_code: int  # pyright: ignore[reportIncompatibleVariableOverride]  # There always is one, and nobody sets it.


class BadRequestError(APIStatusError):
    """The service did not accept the request (400 and 4xx that have no class of their own)."""


class AuthenticationError(APIStatusError):
    """The key is missing, invalid or used from an address that is not allowed (401)."""


class PermissionDeniedError(APIStatusError):
    """The key is not allowed to do this (403)."""


class NotFoundError(APIStatusError):
    """There is no such thing (404, 410)."""


class ConflictError(APIStatusError):
    """What was asked for clashes with the state of the service (409)."""


class UnprocessableEntityError(APIStatusError):
    """The service found fields of the request invalid (422); `detail` names them."""


class RateLimitError(APIStatusError):
    """Too many requests (429), and the retries did not help; `retry_after` says how long to wait."""


class InternalServerError(APIStatusError):
    """The service failed (5xx), and the retries did not help."""


class APIResponseValidationError(DevinError):
    """The answer could not be read as what the document promises. `body` has all of it."""


class PagingError(DevinError):
    """The pages of a list contradict each other, so that going on would lose rows or never end."""


_KINDS: dict[str, type[DevinError]] = {
    "config": ConfigError,
    "refused": RefusedError,
    "connect": APIConnectionError,
    "timeout": APITimeoutError,
    "cancelled": APICancelledError,
    "authentication": AuthenticationError,
    "permission": PermissionDeniedError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "validation": BadRequestError,
    "rate_limited": RateLimitError,
    "server": InternalServerError,
    "decode": APIResponseValidationError,
    "paging": PagingError,
}


def _from_native(kind: str, message: str, fields: dict[str, Any], causes: list[str]) -> DevinError:
    """The exception for an error of the core."""
    of_kind = _KINDS.get(kind, DevinError)
    if of_kind is BadRequestError and fields["status_code"] == 422:
        of_kind = UnprocessableEntityError
    return _caused(of_kind(message, kind=kind, **fields), [ConnectionError(text) for text in causes])


def _restore(
    of_kind: type[DevinError], args: tuple[Any, ...], fields: dict[str, Any], causes: list[BaseException]
) -> DevinError:
    """The exception that was pickled."""
    # Without the constructor, for which a subclass may need more.
    error = of_kind.__new__(of_kind)
    error.args = args
    error.__dict__.update(fields)
    return _caused(error, causes)


def _caused(error: DevinError, causes: list[BaseException]) -> DevinError:
    """The error with its chain of causes, nearest first."""
    last: BaseException = error
    for cause in causes:
        last.__cause__ = cause
        last = cause
    return error
