"""Errors: one class for each kind of failure, what is in them, and that they travel."""

from __future__ import annotations

import copy
import pickle
import socket
import time
import traceback
from typing import Any

import pytest

import devin_v2
from devin_v2 import Client, DevinError
from devin_v2.testing import Emulator

ADA = "email|65f1c0ffee65f1c0ffee65f1"
PATH = "/v2/enterprise/members/*"

STATUSES = {
    400: devin_v2.BadRequestError,
    401: devin_v2.AuthenticationError,
    403: devin_v2.PermissionDeniedError,
    404: devin_v2.NotFoundError,
    408: devin_v2.APITimeoutError,
    409: devin_v2.ConflictError,
    410: devin_v2.NotFoundError,
    418: devin_v2.BadRequestError,
    422: devin_v2.UnprocessableEntityError,
    429: devin_v2.RateLimitError,
    500: devin_v2.InternalServerError,
    502: devin_v2.InternalServerError,
    503: devin_v2.InternalServerError,
    504: devin_v2.InternalServerError,
}

# Kind of fault, what it takes, the error, and whether there is an answer's status.
FAULTS: dict[str, tuple[str, dict[str, Any], type[DevinError], int | None]] = {
    "html": ("html", {}, devin_v2.InternalServerError, 502),
    "html with 200": ("html", {"status": 200}, devin_v2.APIResponseValidationError, 200),
    "cut body": ("cut_body", {"after": 3}, devin_v2.APIConnectionError, 200),
    "reset": ("reset", {}, devin_v2.APIConnectionError, None),
    "malformed JSON": ("malformed_json", {}, devin_v2.APIResponseValidationError, 200),
    "invalid UTF-8": ("invalid_utf8", {}, devin_v2.APIResponseValidationError, 200),
    "empty body": ("empty_body", {}, devin_v2.APIResponseValidationError, 200),
    "missing field": ("remove_field", {"name": "user_id"}, devin_v2.APIResponseValidationError, 200),
    "another type": ("replace_field", {"name": "user_id", "value": 7}, devin_v2.APIResponseValidationError, 200),
    "redirect": ("redirect", {"location": "https://example.com/"}, devin_v2.RefusedError, 307),
}


def failed(client: Client) -> DevinError:
    with pytest.raises(DevinError) as caught:
        client.members.get(ADA)
    return caught.value


def travels(error: DevinError) -> None:
    """Pickled and copied, it is the same in everything."""
    # Older protocols know no `ConnectionError`.
    for protocol in range(3, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is type(error) and str(again) == str(error) and again.args == error.args
        assert vars(again) == {**vars(error), "body": None}, "what the service sent stays here"
        ours, theirs = error.__cause__, again.__cause__
        while ours is not None and theirs is not None:
            assert (type(ours), str(ours)) == (type(theirs), str(theirs))
            ours, theirs = ours.__cause__, theirs.__cause__
        assert ours is theirs is None
    assert vars(copy.copy(error)) == vars(error)


@pytest.mark.parametrize("status", STATUSES)
def test_status(status: int, emulator: Emulator) -> None:
    emulator.fault("status", status=status, path=PATH, body={"detail": "Because"})
    error = failed(emulator.client(max_retries=0))
    assert type(error) is STATUSES[status]
    assert isinstance(error, devin_v2.APIStatusError) or status == 408
    assert error.status_code == status and error.operation == "members.get" and error.attempts == 1
    assert error.request_id == emulator.requests[0].headers["x-request-id"]
    assert error.detail == "Because" and error.body == b'{"detail":"Because"}'
    assert str(error).startswith("members.get: ") and "\n" not in str(error)
    assert error.request_id in str(error)
    travels(error)


@pytest.mark.parametrize("status", [400, 429, 503])
def test_status_async(status: int, emulator: Emulator, in_loop: Any) -> None:
    emulator.fault("status", status=status, path=PATH)

    async def work(client: Any) -> None:
        with pytest.raises(STATUSES[status]) as caught:
            await client.members.get(ADA)
        assert caught.value.status_code == status
        travels(caught.value)

    in_loop(work, max_retries=0)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(fault: str, emulator: Emulator) -> None:
    kind, effect, expected, status = FAULTS[fault]
    emulator.fault(kind, path=PATH, **effect)
    client = emulator.client(max_retries=0)
    error = failed(client)
    assert type(error) is expected and error.status_code == status
    assert error.operation == "members.get" and error.attempts == 1 and error.request_id and error.hint
    if expected is devin_v2.APIResponseValidationError:
        assert error.body is not None, "all of the answer is at hand"
    if expected is devin_v2.APIConnectionError:
        assert isinstance(error.__cause__, ConnectionError)
    assert "ada@example.com" not in str(error)
    travels(error)
    assert client.members.get(ADA).user_id == ADA, "the next call works"


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_async(fault: str, emulator: Emulator, in_loop: Any) -> None:
    kind, effect, expected, status = FAULTS[fault]
    emulator.fault(kind, path=PATH, **effect)

    async def work(client: Any) -> None:
        with pytest.raises(expected) as caught:
            await client.members.get(ADA)
        assert caught.value.status_code == status
        assert (await client.members.get(ADA)).user_id == ADA

    in_loop(work, max_retries=0)


def test_another_content_type_is_no_error(emulator: Emulator, client: Client) -> None:
    emulator.fault("content_type", path=PATH, value="text/html")
    assert client.members.get(ADA).user_id == ADA


def test_retry_after(emulator: Emulator) -> None:
    emulator.fault("status", status=429, path=PATH, headers={"retry-after": "7"})
    error = failed(emulator.client(max_retries=0))
    assert isinstance(error, devin_v2.RateLimitError) and error.retry_after == 7.0
    travels(error)


def test_timeout(emulator: Emulator) -> None:
    emulator.fault(delay=5, path=PATH)
    error = failed(emulator.client(max_retries=0, timeout=0.1))
    assert type(error) is devin_v2.APITimeoutError
    assert isinstance(error, devin_v2.APIConnectionError) and isinstance(error, TimeoutError)
    assert error.status_code is None and error.attempts == 1
    travels(error)


def test_attempt_timeout(emulator: Emulator) -> None:
    emulator.fault(delay=5, path=PATH, times=2)
    error = failed(emulator.client(max_retries=1, attempt_timeout=0.1, retry_base_delay=0.001))
    assert type(error) is devin_v2.APITimeoutError and error.attempts == 2


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        error = failed(Client(base_url=url, api_key="apk_user_x", max_retries=0))
    assert type(error) is devin_v2.APIConnectionError and error.status_code is None
    chain = []
    cause: BaseException | None = error.__cause__
    while cause is not None:
        chain.append(str(cause))
        cause = cause.__cause__
    assert len(chain) > 1 and "refused" in chain[-1].lower()
    assert "direct cause" in "".join(traceback.format_exception(error))
    travels(error)


def test_too_large(emulator: Emulator) -> None:
    with emulator.client(max_body_bytes=100) as client, pytest.raises(DevinError) as caught:
        client.members.list().page()
    assert "100" in str(caught.value)


def test_a_key_that_is_not_valid(emulator: Emulator) -> None:
    error = failed(emulator.client(api_key="apk_user_other"))
    assert type(error) is devin_v2.AuthenticationError and error.attempts == 1


def test_what_is_not_known(client: Client) -> None:
    with pytest.raises(devin_v2.NotFoundError) as caught:
        client.members.get("email|000000000000000000000000")
    assert caught.value.status_code == 404 and caught.value.detail


def test_relations() -> None:
    for name in devin_v2.errors.__all__:
        kind = getattr(devin_v2, name)
        assert issubclass(kind, DevinError) and kind is getattr(devin_v2.errors, name) and kind.__doc__
        travels(kind("message", kind="kind", operation="a.b", attempts=2))
    answers = set(STATUSES.values()) - {devin_v2.APITimeoutError}
    assert all(issubclass(kind, devin_v2.APIStatusError) for kind in answers)
    assert issubclass(devin_v2.RefusedError, ValueError)
    assert not issubclass(devin_v2.APIConnectionError, devin_v2.APIStatusError)


def test_with_rows_in_it(emulator: Emulator, client: Client) -> None:
    emulator.fault("status", status=404, path="/v2/enterprise/members", query={"skip": "50"})
    with pytest.raises(devin_v2.NotFoundError) as caught:
        client.members.list(limit=50).collect()
    travels(caught.value)


def test_a_note_is_kept(emulator: Emulator) -> None:
    error = devin_v2.NotFoundError("message", kind="not_found")
    error.add_note("while the report was made")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["while the report was made"]


def test_waiting_is_told(emulator: Emulator) -> None:
    emulator.fault("status", status=503, path=PATH, times=None)
    began = time.monotonic()
    error = failed(emulator.client(max_retries=2, retry_base_delay=0.05))
    assert error.attempts == 3 and 0 <= error.waited <= time.monotonic() - began


class Mine(devin_v2.DevinError):
    """An error of a user's own, whose constructor needs more than ours."""

    def __init__(self, message: str, *, ticket: int) -> None:
        super().__init__(message, kind="mine", status_code=418)
        self.ticket = ticket


class Slow(devin_v2.APITimeoutError):
    def __init__(self, seconds: float, where: str) -> None:
        super().__init__(f"{seconds} s in {where}")
        self.where = where


@pytest.mark.parametrize("error", [Mine("no", ticket=7), Slow(1.5, "here")])
def test_a_subclass_travels(error: devin_v2.DevinError) -> None:
    error.__cause__ = ValueError("why")
    error.add_note("a note")
    for made in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(made) is type(error) and vars(made) == vars(error)
        assert str(made) == str(error) and made.args == error.args
        assert str(made.__cause__) == "why"
