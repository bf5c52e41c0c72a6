"""The two clients."""

from __future__ import annotations

from ._base import AsyncCaller, SyncCaller
from ._native import Core, NotGiven
from ._params import NOT_GIVEN
from ._typing import TYPE_CHECKING, Any
from .errors import DevinError
from .resources import AsyncResources, Resources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from ._rows import Response


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if not isinstance(value, NotGiven)}


class _Settings:
    """What a client is made of, and how it travels to another process: without its key."""

    _settings: dict[str, object]
    _options: dict[str, object]
    _caller: Any
    _ours: frozenset[str]
    """Names of the attributes that are not those of a subclass."""
    _keeps: object = None
    """What has to live as long as this client."""

    def _make(self, core: Core) -> None:
        raise TypeError("a client of a kind of its own")

    def __init__(
        self,
        *,
        api_key: str | NotGiven = NOT_GIVEN,
        base_url: str | NotGiven = NOT_GIVEN,
        timeout: float | NotGiven = NOT_GIVEN,
        attempt_timeout: float | NotGiven = NOT_GIVEN,
        connect_timeout: float | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        retry_base_delay: float | NotGiven = NOT_GIVEN,
        max_retry_after: float | NotGiven = NOT_GIVEN,
        max_concurrency: int | NotGiven = NOT_GIVEN,
        prefetch: int | NotGiven = NOT_GIVEN,
        max_body_bytes: int | NotGiven = NOT_GIVEN,
        strict: bool | NotGiven = NOT_GIVEN,
        ca_certificate: str | bytes | NotGiven = NOT_GIVEN,
        proxy: str | None | NotGiven = NOT_GIVEN,
        allow_insecure_http: bool | NotGiven = NOT_GIVEN,
        user_agent_suffix: str | NotGiven = NOT_GIVEN,
    ) -> None:
        """Makes a client. Nothing is sent.

        Args:
            api_key: A personal key (`apk_user_…`) of an Enterprise Admin. Without it the environment is asked:
                `DEVIN_V2_API_KEY`, then `DEVIN_API_KEY`.
            base_url: Scheme and host of the service, for dedicated deployments and tests. Without it the environment is
                asked: `DEVIN_V2_BASE_URL`, then `DEVIN_BASE_URL`; the default is `https://api.devin.ai`.
            timeout: Seconds that a call may take with all attempts and waits (300).
            attempt_timeout: Seconds that one attempt may take, to the last byte of the answer (60).
            connect_timeout: Seconds that making a connection may take (10).
            max_retries: Attempts after the first, 0 to 10 (3).
            retry_base_delay: The longest wait before the first retry, in seconds (0.25); it doubles up to 8 s.
            max_retry_after: The longest `Retry-After` that is waited for, in seconds (60).
            max_concurrency: Requests in flight at a time, 1 to 1,024 (16).
            prefetch: Pages that a listing fetches ahead, 1 to 64 (8).
            max_body_bytes: The largest answer that is read, in bytes (64 MiB).
            strict: Whether a row that does not fit its type is an error; otherwise it is kept beside the others.
            ca_certificate: Certificate authorities to trust beside those of the machine: PEM.
            proxy: The proxy for all requests, an `http`, `https`, `socks5` or `socks5h` URL; `None` uses none. Left out,
                the environment decides (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), none for loopback.
            allow_insecure_http: Allows plain `http://` to other hosts than loopback: the key travels unencrypted.
            user_agent_suffix: Text behind our own in the `User-Agent` header.

        Raises:
            ConfigError: A setting is missing, malformed or in conflict with another one.
        """
        given = _given(
            {
                "api_key": api_key,
                "base_url": base_url,
                "timeout": timeout,
                "attempt_timeout": attempt_timeout,
                "connect_timeout": connect_timeout,
                "max_retries": max_retries,
                "retry_base_delay": retry_base_delay,
                "max_retry_after": max_retry_after,
                "max_concurrency": max_concurrency,
                "prefetch": prefetch,
                "max_body_bytes": max_body_bytes,
                "strict": strict,
                "ca_certificate": ca_certificate,
                "proxy": proxy,
                "allow_insecure_http": allow_insecure_http,
                "user_agent_suffix": user_agent_suffix,
            }
        )
        # Tools that report errors show the variables of each frame: the key is not among them, also where it was given in
        # place of an address.
        try:
            core = Core(given)
        except BaseException:
            given.clear()
            base_url = proxy = NOT_GIVEN
            raise
        finally:
            given.pop("api_key", None)
            api_key = NOT_GIVEN
        self._fill(core, given, {})

    def _fill(self, core: Core, settings: dict[str, object], options: dict[str, object]) -> None:
        # A subclass may have set attributes before.
        before = set(self.__dict__)
        self._make(core)
        self._settings, self._options = settings, options
        self._ours = frozenset(self.__dict__.keys() - before | {"_settings", "_options", "_ours", "_keeps"})

    def _own(self) -> dict[str, Any]:
        """The attributes of a subclass."""
        return {name: value for name, value in self.__dict__.items() if name not in self._ours}

    def _twin(self, core: Core, options: dict[str, object], own: dict[str, Any]) -> Self:
        """A client of the same settings and class, without the constructor, which a subclass may have changed."""
        client = object.__new__(type(self))
        client._fill(core, self._settings, options)
        client._keeps = self._keeps
        client.__dict__.update(own)
        return client

    @classmethod
    def _restore(cls, settings: dict[str, object], options: dict[str, object]) -> Self:
        client = object.__new__(cls)
        client._fill(Core.restored(settings, options), settings, options)
        return client

    def __reduce__(self) -> tuple[Any, ...]:
        if "@" in str(self._settings.get("proxy")):
            raise TypeError("a client whose proxy has a password is not pickled: set HTTPS_PROXY in the environment")
        # The key stays here: the other process finds its own in the environment.
        return type(self)._restore, (self._settings, self._options), self._own()

    # In the same process, the key and the connections are shared.
    def __copy__(self) -> Self:
        return self._twin(self._caller.core, self._options, self._own())

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        from copy import deepcopy

        return self._twin(self._caller.core, self._options, deepcopy(self._own(), memo))

    def with_options(
        self,
        *,
        timeout: float | NotGiven = NOT_GIVEN,
        attempt_timeout: float | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        strict: bool | NotGiven = NOT_GIVEN,
    ) -> Self:
        """This client with other limits, for some calls; connections stay shared.

        Args:
            timeout: Seconds that a call may take with all attempts and waits.
            attempt_timeout: Seconds that one attempt may take; never more than the whole call has.
            max_retries: Attempts after the first, 0 to 10.
            strict: Whether a row that does not fit its type is an error.
        """
        changes = _given(
            {
                "timeout": timeout,
                "attempt_timeout": attempt_timeout,
                "max_retries": max_retries,
                "strict": strict,
            }
        )
        options = {**self._options, **changes}
        return self._twin(self._caller.core.with_options(options), options, self._own())

    @property
    def base_url(self) -> str:
        """Where requests go, without a slash at the end."""
        url: str = self._caller.core.base_url
        return url

    def __repr__(self) -> str:
        # While a client is made there is none: what reports an error of that shows the client too. One that came from
        # another process may find no key here.
        try:
            self._caller.core.key_fingerprint
        except (AttributeError, DevinError):
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}(base_url={self.base_url!r}, key={self._caller.core.key_fingerprint!r})"


class Client(_Settings, Resources):
    """A client of one enterprise, for threads and plain scripts.

    Resources are attributes: `client.members.list()`, `client.api_keys.revoke(id)`. Threads can share a client; a
    forked process can go on using it. `repr` shows the base URL and a fingerprint of the key, nothing else. A client
    pickles without its key, and finds one in the environment of the process that it is sent to; if there is none, its
    calls raise a `ConfigError`. Under gevent and eventlet, calls let other greenlets run.
    """

    _caller: SyncCaller

    def _make(self, core: Core) -> None:
        self._caller = SyncCaller(core)
        self._bind(self._caller)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] = {},  # noqa: B006
        json: object = None,
        confirm: str | None = None,
    ) -> Response:
        """Sends a request of your own, for paths that the document does not have. It passes the same guards, limits and
        retries as all others.

        Args:
            method: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
            path: The path alone, such as `/v2/enterprise/new-thing`.
            params: Query parameters; a list makes several of one name.
            json: The body.
            confirm: The phrase that a bulk-destructive operation asks for.
        """
        return self._caller.request(method, path, params, json, confirm)

    def close(self) -> None:
        """Gives the connections up. Clients made from this one with `with_options` are closed too."""
        self._caller.core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Settings, AsyncResources):
    """A client of one enterprise, for asyncio.

    As `Client`, with methods to await: `await client.members.get(id)`, `async for member in client.members.list()`.
    Cancelling a task drops its request. Loops and threads can share a client.
    """

    _caller: AsyncCaller

    def _make(self, core: Core) -> None:
        self._caller = AsyncCaller(core)
        self._bind(self._caller)

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] = {},  # noqa: B006
        json: object = None,
        confirm: str | None = None,
    ) -> Response:
        """Sends a request of your own, for paths that the document does not have. It passes the same guards, limits and
        retries as all others.

        Args:
            method: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
            path: The path alone, such as `/v2/enterprise/new-thing`.
            params: Query parameters; a list makes several of one name.
            json: The body.
            confirm: The phrase that a bulk-destructive operation asks for.
        """
        return await self._caller.request(method, path, params, json, confirm)

    async def close(self) -> None:
        """Gives the connections up. Clients made from this one with `with_options` are closed too."""
        self._caller.core.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
