"""A Devin v2 Enterprise API server inside of your process, for your tests: no account, no key, no network.

    from devin_v2 import Client
    from devin_v2.testing import Emulator

    with Emulator(seed=7, members=120) as emulator:
        client = Client(base_url=emulator.url, api_key=emulator.api_key)
        emulator.fault("status", status=503, method="GET", path="/v2/enterprise/members")
        assert len(client.members.list().collect()) == 120  # tried again
        print([request.path for request in emulator.requests])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ._client import AsyncClient, Client, _given
from ._native import EmulatorCore, NotGiven
from ._params import NOT_GIVEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from ._params import Instant

__all__ = ["Emulator", "Request"]


class Request(NamedTuple):
    """A request that arrived, as it was sent."""

    method: str
    """The method, in capitals."""
    path: str
    """The path as sent: not decoded."""
    query: str | None
    """The query as sent, without the question mark."""
    headers: dict[str, str]
    """The headers by lower-case name. Of `authorization` only the kind of the key is kept."""
    body: str
    """The body as text, at most its first 64 KiB."""


class Emulator:
    """A whole enterprise in memory that behaves like the service: all operations, the same data for the same seed,
    changes that show up in lists and in the audit log. It runs until it is closed."""

    def __init__(
        self,
        *,
        seed: int | NotGiven = NOT_GIVEN,
        organizations: int | NotGiven = NOT_GIVEN,
        members: int | NotGiven = NOT_GIVEN,
        sessions: int | NotGiven = NOT_GIVEN,
        api_key: str | NotGiven = NOT_GIVEN,
        now: Instant | NotGiven = NOT_GIVEN,
        host: str | NotGiven = NOT_GIVEN,
        port: int | NotGiven = NOT_GIVEN,
    ) -> None:
        """Starts an emulator.

        Args:
            seed: Everything random follows from it (7).
            organizations: 1 to 10,000 (3).
            members: 1 to 100,000 (120).
            sessions: 0 to 10,000,000, over the 90 days before `now` (1,000).
            api_key: The initial personal key, `apk_user_…`; made from the seed if left out.
            now: The emulator's clock, which stands still (`2026-03-01T12:00:00Z`).
            host: The address to listen on (127.0.0.1).
            port: The port; 0 lets the system choose one (0).
        """
        self._core = EmulatorCore(
            _given(
                {
                    "seed": seed,
                    "organizations": organizations,
                    "members": members,
                    "sessions": sessions,
                    "api_key": api_key,
                    "now": now,
                    "host": host,
                    "port": port,
                }
            )
        )

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return self._core.url

    @property
    def api_key(self) -> str:
        """The personal key of an enterprise admin, valid until it is revoked."""
        return self._core.api_key

    def client(self, **settings: Any) -> Client:
        """A client of this emulator."""
        client = Client(**{"base_url": self.url, "api_key": self.api_key, **settings})
        client._keeps = self
        return client

    def async_client(self, **settings: Any) -> AsyncClient:
        """An asyncio client of this emulator."""
        client = AsyncClient(**{"base_url": self.url, "api_key": self.api_key, **settings})
        client._keeps = self
        return client

    def fault(
        self,
        kind: str = "none",
        *,
        method: str | None = None,
        path: str | None = None,
        query: Mapping[str, str] | None = None,
        skip: int = 0,
        times: int | None = 1,
        delay: float = 0,
        execute: bool | None = None,
        **effect: Any,
    ) -> None:
        """Scripts a fault. Of several that match a request, the one added first counts.

        Args:
            kind: What happens: `status` (`status`, `headers`, `body`, `body_text`), `cut_body` (`after`), `reset`,
                `malformed_json`, `html` (`status`), `unknown_enum` (`field`, `value`), `extra_field` (`name`, `value`),
                `null_field` (`name`), `remove_field` (`name`), `replace_field` (`name`, `value`), `redirect`
                (`status`, `location`), `invalid_utf8`, `empty_body`, `content_type` (`value`), or `none`: only the
                delay. Those on fields take `row`, to meet only one, and `envelope`, to meet the list around them.
            method: The method to meet; every method if left out.
            path: The path to meet, as sent; `*` meets one segment, a last `**` the rest.
            query: Query parameters that must be there.
            skip: How many requests that match are let through first.
            times: How many it meets after that; `None` for all.
            delay: Seconds to wait before the request is handled.
            execute: Whether the request takes effect before the fault does; left out, as the effect needs it.
            effect: What the kind takes, as above.
        """
        self._core.fault(
            {
                "method": method,
                "path": path,
                "query": dict(query or {}),
                "skip": skip,
                "times": times,
                "delay_ms": round(delay * 1000),
                "execute": execute,
                "effect": {"kind": kind, **effect},
            }
        )

    @property
    def requests(self) -> list[Request]:
        """The requests that arrived since the start or `clear_requests()` (the last 10,000), oldest first."""
        return [Request(**fields) for fields in self._core.requests()]

    def clear_requests(self) -> None:
        """Forgets the requests that arrived."""
        self._core.clear_requests()

    def reset(self) -> None:
        """Back to the seed: state, faults and remembered requests."""
        self._core.reset()

    def close(self) -> None:
        """Stops it."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Emulator(url={self.url!r})"
