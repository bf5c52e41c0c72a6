"""The answers as msgspec structs. A status that a Literal doesn't list would cost the page, so it is any text here."""

from datetime import datetime

import msgspec


class Identity(msgspec.Struct):
    api_key_id: str
    org_id: str
    user_email: str | None = None
    user_id: str | None = None


class PullRequest(msgspec.Struct):
    url: str
    state: str | None = None


class Session(msgspec.Struct):
    session_id: str
    url: str
    status: str
    tags: list[str]
    org_id: str
    created_at: datetime
    updated_at: datetime
    acus_consumed: float
    pull_requests: list[PullRequest]
    title: str | None = None
    user_id: str | None = None


class SessionPage(msgspec.Struct):
    items: list[Session]
    total: int
    skip: int
    limit: int
    has_more: bool
    next_cursor: int | None = None
