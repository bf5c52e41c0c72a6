"""Five ways to call the service, in one shape. Each is loaded only where it is measured.

A client has `identity()`, `identity_async()`, `page(skip)` giving rows and the next `skip`, `read(rows)` and
`collect()`, which gives all rows the way its users would get them.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import Any

IDENTITY = "/v2/enterprise/self"
SESSIONS = "/v2/enterprise/sessions"
LIMIT = 200
IN_FLIGHT = 50

# The order of the tables: ours, what the figures are compared with, the rest.
NAMES = ("devin-v2", "official", "generated", "msgspec", "json")
TITLES = {
    "devin-v2": "devin-v2",
    "official": "official stack",
    "generated": "openapi-python-client",
    "msgspec": "httpx + msgspec",
    "json": "httpx + json",
}
# What a program that uses it starts with.
IMPORTS = {
    "devin-v2": "import devin_v2",
    "official": "import devin_sdk",
    "generated": "from devin_generated.api.sessions import list_sessions_v2_enterprise_sessions_get",
    "msgspec": "import httpx, msgspec",
    "json": "import httpx, json",
}


class Serial(ABC):
    """Page after page, as all but one of them have it."""

    @abstractmethod
    def page(self, skip: int) -> tuple[list[Any], int | None]: ...

    def collect(self, pages: int | None = None) -> list[Any]:
        rows: list[Any] = []
        skip: int | None = 0
        while skip is not None and (pages is None or skip < pages * LIMIT):
            items, skip = self.page(skip)
            rows += items
        return rows

    def read(self, rows: Any) -> None:
        """Every field of every row, nested ones too."""
        for row in rows:
            row.session_id
            row.url
            row.status
            for tag in row.tags:
                tag
            row.org_id
            row.user_id
            row.title
            row.created_at
            row.updated_at
            row.acus_consumed
            for pull in row.pull_requests:
                pull.url
                pull.state

    def values(self, row: Any) -> tuple[Any, ...]:
        """The row as plain values, to see that all clients read the same."""
        pulls = [(pull.url, pull.state) for pull in row.pull_requests]
        return (
            row.session_id, row.url, str(getattr(row.status, "value", row.status)), list(row.tags), row.org_id,
            row.user_id, row.title, row.created_at.isoformat(), row.updated_at.isoformat(), row.acus_consumed, pulls,
        )  # fmt: skip


class Ours(Serial):
    def __init__(self, url: str, key: str) -> None:
        from devin_v2 import AsyncClient, Client

        self.client = Client(base_url=url, api_key=key)
        # The others don't limit it below 100; what is measured is 50 at a time.
        self.asynchronous = AsyncClient(base_url=url, api_key=key, max_concurrency=IN_FLIGHT)

    def identity(self) -> str | None:
        return self.client.identity.get().user_email

    async def identity_async(self) -> str | None:
        return (await self.asynchronous.identity.get()).user_email

    def page(self, skip: int) -> tuple[Any, int | None]:
        page = self.client.sessions.list(skip=skip, limit=LIMIT).page()
        return page, skip + LIMIT if page.has_more else None

    def collect(self, pages: int | None = None) -> Any:
        if pages is not None:
            return super().collect(pages)
        rows = self.client.sessions.list(limit=LIMIT).collect()
        assert rows.report is not None and rows.report.complete
        return rows


class Official(Serial):
    def __init__(self, url: str, key: str) -> None:
        from devin_sdk import AsyncDevinSDK, DevinSDK
        from official_models import Identity, SessionPage

        self.client = DevinSDK(base_url=url, api_key=key)
        self.asynchronous = AsyncDevinSDK(base_url=url, api_key=key)
        self.identity_type, self.page_type = Identity, SessionPage

    def identity(self) -> str | None:
        return self.client.get(IDENTITY, cast_to=self.identity_type).user_email

    async def identity_async(self) -> str | None:
        return (await self.asynchronous.get(IDENTITY, cast_to=self.identity_type)).user_email

    def page(self, skip: int) -> tuple[list[Any], int | None]:
        options: Any = {"params": {"skip": skip, "limit": LIMIT}}
        page = self.client.get(SESSIONS, cast_to=self.page_type, options=options)
        return page.items, page.next_cursor


class Generated(Serial):
    def __init__(self, url: str, key: str) -> None:
        from devin_generated import AuthenticatedClient
        from devin_generated.api.self_ import handle_get_self_v2_enterprise_self_get as identity
        from devin_generated.api.sessions import list_sessions_v2_enterprise_sessions_get as sessions

        self.client = AuthenticatedClient(base_url=url, token=key)
        self.operation, self.sessions = identity, sessions

    def identity(self) -> str | None:
        return self.operation.sync(client=self.client).user_email

    async def identity_async(self) -> str | None:
        return (await self.operation.asyncio(client=self.client)).user_email

    def page(self, skip: int) -> tuple[list[Any], int | None]:
        page = self.sessions.sync(client=self.client, skip=skip, limit=LIMIT)
        return page.items, page.next_cursor


class Httpx(Serial):
    def __init__(self, url: str, key: str) -> None:
        import httpx

        headers = {"authorization": f"Bearer {key}"}
        self.client = httpx.Client(base_url=url, headers=headers)
        self.asynchronous = httpx.AsyncClient(base_url=url, headers=headers)

    def get(self, path: str, **params: int) -> Any:
        return self.client.get(path, params=params or None).raise_for_status()

    async def get_async(self, path: str) -> Any:
        return (await self.asynchronous.get(path)).raise_for_status()


class Msgspec(Httpx):
    def __init__(self, url: str, key: str) -> None:
        super().__init__(url, key)
        import msgspec
        from msgspec_models import Identity, SessionPage

        self.one, self.many = msgspec.json.Decoder(Identity), msgspec.json.Decoder(SessionPage)

    def identity(self) -> str | None:
        return self.one.decode(self.get(IDENTITY).content).user_email

    async def identity_async(self) -> str | None:
        return self.one.decode((await self.get_async(IDENTITY)).content).user_email

    def page(self, skip: int) -> tuple[list[Any], int | None]:
        page = self.many.decode(self.get(SESSIONS, skip=skip, limit=LIMIT).content)
        return page.items, page.next_cursor


class Json(Httpx):
    """Dicts, with times as the text they came as."""

    def identity(self) -> str | None:
        return self.get(IDENTITY).json()["user_email"]

    async def identity_async(self) -> str | None:
        return (await self.get_async(IDENTITY)).json()["user_email"]

    def page(self, skip: int) -> tuple[list[Any], int | None]:
        page = self.get(SESSIONS, skip=skip, limit=LIMIT).json()
        return page["items"], page["next_cursor"]

    def read(self, rows: Any) -> None:
        for row in rows:
            row["session_id"]
            row["url"]
            row["status"]
            for tag in row["tags"]:
                tag
            row["org_id"]
            row["user_id"]
            row["title"]
            row["created_at"]
            row["updated_at"]
            row["acus_consumed"]
            for pull in row["pull_requests"]:
                pull["url"]
                pull["state"]

    def values(self, row: Any) -> tuple[Any, ...]:
        pulls = [(pull["url"], pull["state"]) for pull in row["pull_requests"]]
        times = [row[name].replace("Z", "+00:00") for name in ("created_at", "updated_at")]
        return (
            row["session_id"], row["url"], row["status"], row["tags"], row["org_id"],
            row["user_id"], row["title"], *times, row["acus_consumed"], pulls,
        )  # fmt: skip


KINDS: dict[str, type[Serial]] = {
    "devin-v2": Ours,
    "official": Official,
    "generated": Generated,
    "msgspec": Msgspec,
    "json": Json,
}


def make(name: str, url: str, key: str) -> Any:
    return KINDS[name](url, key)  # type: ignore[call-arg]


def load(name: str) -> None:
    """Imports what it needs, models included."""
    exec(IMPORTS[name], {})
    if name in ("official", "msgspec"):
        __import__(f"{name}_models")
    assert name == "devin-v2" or "devin_v2" not in sys.modules
