"""The answers as models of the official stack, in the style of its own."""

from datetime import datetime
from typing import List, Optional

from devin_sdk import BaseModel
from typing_extensions import Literal


class Identity(BaseModel):
    api_key_id: str

    org_id: str

    user_email: Optional[str] = None

    user_id: Optional[str] = None


class PullRequest(BaseModel):
    url: str

    state: Optional[str] = None


class Session(BaseModel):
    acus_consumed: float

    created_at: datetime

    org_id: str

    pull_requests: List[PullRequest]

    session_id: str

    status: Literal["new", "claimed", "running", "exit", "error", "suspended", "resuming"]

    tags: List[str]

    updated_at: datetime

    url: str

    title: Optional[str] = None

    user_id: Optional[str] = None


class SessionPage(BaseModel):
    has_more: bool

    items: List[Session]

    limit: int

    skip: int

    total: int

    next_cursor: Optional[int] = None
