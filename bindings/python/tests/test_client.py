"""Clients: what they are made of, and requests of one's own."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import socket
import threading
from typing import Any

import pytest

import devin_v2
from devin_v2 import NOT_GIVEN, AsyncClient, Client, ConfigError, RefusedError

ORG = "org-0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def test_context_manager_closes(emulator: Any) -> None:
    with emulator.client() as client:
        assert client.identity.get().user_id
        narrower = client.with_options(timeout=5)
    for closed in (client, narrower):
        with pytest.raises(RefusedError, match="closed"):
            closed.identity.get()
    assert len(emulator.requests) == 1


def test_async_context_manager_closes(emulator: Any) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:
            assert (await client.identity.get()).user_id
        with pytest.raises(RefusedError, match="closed"):
            await client.identity.get()

    asyncio.run(main())


def test_a_connection_that_ended_meanwhile() -> None:
    """It is not used, so that what must not be repeated needn't be."""
    accepted: list[socket.socket] = []
    body = b'{"org_id": "org-1", "org_name": "New"}'
    answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for _ in range(3):
                connection, _address = server.accept()
                accepted.append(connection)
                received = b""
                while b"display_name" not in received:
                    received += connection.recv(65536)
                connection.sendall(answer)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        with Client(api_key="k", base_url=f"http://127.0.0.1:{server.getsockname()[1]}") as client:
            for count in range(1, 4):
                client.organizations.create(display_name="New")
                assert len(accepted) == count
                accepted[-1].close()
        serving.join(10)


def test_close_twice(emulator: Any) -> None:
    client = emulator.client()
    client.close()
    client.close()


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("prefix", ["DEVIN_V2_", "DEVIN_"])
def test_environment(kind: Any, prefix: str, emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{prefix}API_KEY", emulator.api_key)
    monkeypatch.setenv(f"{prefix}BASE_URL", emulator.url + "/")
    client = kind()
    assert client.base_url == emulator.url
    if kind is Client:
        assert client.identity.get().org_id


def test_own_variables_win_over_general_ones(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVIN_API_KEY", "apk_user_other")
    monkeypatch.setenv("DEVIN_BASE_URL", "https://other.example.com")
    monkeypatch.setenv("DEVIN_V2_API_KEY", emulator.api_key)
    monkeypatch.setenv("DEVIN_V2_BASE_URL", emulator.url)
    assert Client().identity.get().org_id


def test_arguments_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVIN_V2_API_KEY", "apk_user_other")
    monkeypatch.setenv("DEVIN_V2_BASE_URL", "https://other.example.com")
    mine = Client(api_key="apk_user_mine", base_url="https://mine.example.com")
    assert mine.base_url == "https://mine.example.com"
    assert repr(mine) != repr(Client(base_url="https://mine.example.com"))


def test_the_default_address() -> None:
    assert Client(api_key="apk_user_x").base_url == "https://api.devin.ai"


def test_no_key() -> None:
    with pytest.raises(ConfigError, match="DEVIN_V2_API_KEY") as caught:
        Client()
    assert caught.value.field == "api_key"
    assert caught.value.kind == "config"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"api_key": ""}, "api_key"),
        ({"api_key": "apk_user_x\n"}, "api_key"),
        ({"base_url": "ftp://devin.example.com"}, "base_url"),
        ({"base_url": "http://devin.example.com"}, "base_url"),
        ({"base_url": "https://devin.example.com/v2/enterprise"}, "base_url"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"attempt_timeout": 0}, "attempt_timeout"),
        ({"timeout": 1, "attempt_timeout": 2}, "attempt_timeout"),
        ({"connect_timeout": 0}, "connect_timeout"),
        ({"max_retries": 11}, "max_retries"),
        ({"max_retries": -1}, "max_retries"),
        ({"max_concurrency": 0}, "max_concurrency"),
        ({"max_concurrency": 1025}, "max_concurrency"),
        ({"prefetch": 65}, "prefetch"),
        ({"max_body_bytes": 0}, "max_body_bytes"),
        ({"ca_certificate": "no certificate"}, "ca_certificate"),
        ({"proxy": "nowhere"}, "proxy"),
        ({"user_agent_suffix": "a\nb"}, "user_agent_suffix"),
    ],
    ids=str,
)
def test_settings_that_cannot_be(settings: dict[str, Any], field: str) -> None:
    for kind in (Client, AsyncClient):
        with pytest.raises(ConfigError) as caught:
            kind(**{"api_key": "apk_user_x", **settings})
        assert caught.value.field == field


@pytest.mark.parametrize(
    "settings", [{"timeout": "3"}, {"max_retries": 1.5}, {"strict": "yes"}, {"colour": "red"}], ids=str
)
def test_settings_of_another_type(settings: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Client(**{"api_key": "apk_user_x", **settings})


def test_settings_are_keywords() -> None:
    with pytest.raises(TypeError):
        Client("apk_user_x")  # type: ignore[misc]


def test_with_options(emulator: Any, client: Client) -> None:
    emulator.fault("status", status=503, path="/v2/enterprise/roles", times=None)
    with pytest.raises(devin_v2.InternalServerError) as caught:
        client.with_options(max_retries=1).roles.list()
    assert caught.value.attempts == 2
    with pytest.raises(devin_v2.InternalServerError) as caught:
        client.with_options(max_retries=1).with_options(timeout=100, strict=True).roles.list()
    assert caught.value.attempts == 2, "options add up"
    with pytest.raises(devin_v2.InternalServerError) as caught:
        client.roles.list()
    assert caught.value.attempts == 4, "the client itself is as it was"


def test_options_that_cannot_be(client: Client) -> None:
    with pytest.raises(ConfigError) as caught:
        client.with_options(max_retries=11)
    assert caught.value.field == "max_retries"
    with pytest.raises(TypeError):
        client.with_options(api_key="apk_user_x")  # type: ignore[call-arg]


def test_a_subclass_stays_itself(emulator: Any) -> None:
    class Ours(Client):
        pass

    assert type(Ours(api_key=emulator.api_key, base_url=emulator.url).with_options(timeout=1)) is Ours


def test_repr(emulator: Any, client: Client) -> None:
    assert repr(client).startswith(f"Client(base_url='{emulator.url}', key='apk_user_…#")
    assert repr(emulator.async_client()).startswith("AsyncClient(")


def test_user_agent(emulator: Any) -> None:
    emulator.client(user_agent_suffix="my-report/1.2").identity.get()
    assert emulator.requests[0].headers["user-agent"].endswith(" my-report/1.2")


def test_unknown_attribute(client: Client) -> None:
    with pytest.raises(AttributeError):
        client.nothing  # type: ignore[attr-defined]


def test_none_is_null_and_left_out_is_absent(emulator: Any, client: Client) -> None:
    client.organizations.update(ORG, max_acu_limit=None)
    client.organizations.update(ORG, display_name="Platform")
    client.organizations.update(ORG, display_name="Platform", max_acu_limit=NOT_GIVEN)
    client.organizations.update(ORG, max_acu_limit=500)
    bodies = [json.loads(request.body) for request in emulator.requests]
    assert bodies == [
        {"max_acu_limit": None},
        {"display_name": "Platform"},
        {"display_name": "Platform"},
        {"max_acu_limit": 500},
    ]
    assert client.organizations.get(ORG).max_cycle_acu_limit == 500


def test_not_given() -> None:
    import copy
    import pickle

    assert not NOT_GIVEN
    assert pickle.loads(pickle.dumps(NOT_GIVEN)) is NOT_GIVEN
    assert copy.deepcopy(NOT_GIVEN) is NOT_GIVEN
    assert isinstance(NOT_GIVEN, devin_v2.NotGiven)


def test_request(emulator: Any, client: Client) -> None:
    answer = client.request("GET", "/v2/enterprise/members", params={"limit": 1, "tag": ["a", "b"]})
    assert answer.status_code == 200 and answer.attempts == 1 and answer.elapsed > 0
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["total"] == 120
    assert json.loads(answer.content) == json.loads(answer.text) == answer.json()
    [request] = emulator.requests
    assert request.query == "limit=1&tag=a&tag=b"
    assert request.headers["x-request-id"] == answer.request_id
    assert "200" in repr(answer) and "example.com" not in repr(answer)


def test_request_sends_json(emulator: Any, client: Client) -> None:
    client.request("PATCH", f"/v2/enterprise/organizations/{ORG}", json={"max_acu_limit": None})
    assert emulator.requests[0].body == '{"max_acu_limit":null}'


def test_request_of_an_unknown_path(client: Client) -> None:
    with pytest.raises(devin_v2.NotFoundError):
        client.request("GET", "/v2/enterprise/new-thing")


def test_async_request(in_loop: Any) -> None:
    async def work(client: AsyncClient) -> Any:
        return await client.request("GET", "/v2/enterprise/members", params={"limit": 1})

    assert in_loop(work).json()["total"] == 120


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v2/enterprise/api-keys/"),
        ("GET", "/v2/enterprise/members/../api-keys"),
        ("GET", "/v2/enterprise/members/%2e%2e/api-keys"),
        ("GET", "https://elsewhere.example.com/v2/enterprise/members"),
        ("GET", "v2/enterprise/members"),
        ("GET", "//elsewhere.example.com"),
    ],
)
def test_request_passes_the_guards(method: str, path: str, emulator: Any, client: Client) -> None:
    with pytest.raises(RefusedError):
        client.request(method, path)
    assert emulator.requests == []


def test_request_asks_for_the_phrase(emulator: Any, client: Client) -> None:
    for confirm in (None, "yes"):
        with pytest.raises(RefusedError, match="revoke-all-api-keys"):
            client.request("DELETE", "/v2/enterprise/api-keys", confirm=confirm)
    assert emulator.requests == []
    assert client.request("DELETE", "/v2/enterprise/api-keys", confirm="revoke-all-api-keys").status_code == 200


class Tenant(Client):
    """A class of a user's own, whose constructor needs more than ours."""

    def __init__(self, *, tenant: str, tags: list[str], **settings: Any) -> None:
        self.tags = tags
        super().__init__(**settings)
        self.tenant = tenant


class AsyncTenant(AsyncClient):
    def __init__(self, tenant: str, /, **settings: Any) -> None:
        super().__init__(**settings)
        self.tenant = tenant


def test_a_subclass_travels(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Tenant(tenant="one", tags=["a"], base_url=emulator.url, api_key=emulator.api_key, max_retries=1)
    assert emulator.api_key.encode() not in pickle.dumps(client)
    monkeypatch.setenv("DEVIN_V2_API_KEY", emulator.api_key)
    for made in (
        copy.copy(client),
        copy.deepcopy(client),
        client.with_options(timeout=9),
        pickle.loads(pickle.dumps(client)),
        pickle.loads(pickle.dumps(client.with_options(timeout=9))),
    ):
        assert type(made) is Tenant and made.tenant == "one" and made.tags == ["a"]
        assert repr(made) == repr(client) and made.identity.get().user_id
    assert copy.copy(client).tags is client.tags and copy.deepcopy(client).tags is not client.tags
    awaited = AsyncTenant("two", base_url=emulator.url, api_key=emulator.api_key)
    for other in (copy.copy(awaited), awaited.with_options(timeout=9), pickle.loads(pickle.dumps(awaited))):
        assert type(other) is AsyncTenant and other.tenant == "two"
        assert asyncio.run(other.identity.get()).user_id


def test_a_copy_keeps_the_key(emulator: Any) -> None:
    client = emulator.client()
    for made in (copy.copy(client), copy.deepcopy(client), copy.copy(client.with_options(max_retries=0))):
        assert made.identity.get().user_id and repr(made) == repr(client)
