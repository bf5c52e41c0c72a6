"""Rows and other answers as objects."""

from __future__ import annotations

import copy
import datetime
import decimal
import json
import pickle
from typing import Any

import pyarrow
import pytest
from conftest import answering

from devin_v2 import Client, Secret, types
from devin_v2.testing import Emulator

ADA = "email|65f1c0ffee65f1c0ffee65f1"
SESSIONS = "/v2/enterprise/sessions"


def test_attributes(client: Client) -> None:
    ada = client.members.get(ADA)
    assert (ada.user_id, ada.email, ada.enterprise_role) == (ADA, "ada@example.com", "account_member")
    assert isinstance(ada.login_count, int) and ada.saml_id is None
    assert ada.created_at == ada.created_at, "each time it is read"


def test_times_are_aware(client: Client) -> None:
    ada = client.members.get(ADA)
    assert ada.created_at == datetime.datetime(2025, 9, 15, 16, 20, 5, tzinfo=datetime.UTC)
    for row in client.sessions.list(limit=20).page():
        assert row.created_at.utcoffset() == datetime.timedelta(0) == row.updated_at.utcoffset()


def test_a_time_without_a_zone_is_utc() -> None:
    snapshot = types.Snapshot.from_dict({"created_at": "2026-01-15T09:30:00.123456"})
    assert snapshot.created_at == datetime.datetime(2026, 1, 15, 9, 30, 0, 123456, tzinfo=datetime.UTC)


def test_the_time_that_the_service_sends_without_a_zone(client: Client) -> None:
    path = "/v2/enterprise/snapshots/snapshot-1f2e3d4c5b6a79880716253443526170"
    sent = client.request("GET", path).json()["org"]["created_at"]
    assert not sent.endswith("Z") and "+" not in sent
    created = client.snapshots.get("snapshot-1f2e3d4c5b6a79880716253443526170").org.created_at
    assert created == datetime.datetime.fromisoformat(sent).replace(tzinfo=datetime.UTC)


def test_times_of_every_shape() -> None:
    for text, expected in {
        "2026-01-15T09:30:00Z": (9, 30, 0, 0),
        "2026-01-15T10:30:00+01:00": (9, 30, 0, 0),
        "2026-01-15T09:30:00.5Z": (9, 30, 0, 500000),
        "2026-01-15T09:30:00.123456789Z": (9, 30, 0, 123456),
    }.items():
        time = types.Member.from_dict({"created_at": text}).created_at
        assert time == datetime.datetime(2026, 1, 15, *expected, tzinfo=datetime.UTC), text


def test_repr_has_no_personal_data(client: Client) -> None:
    ada = client.members.get(ADA)
    assert repr(ada).startswith(f"Member(user_id='{ADA}', email=<personal>, name=<personal>, ")
    assert str(ada) == f"{ada}" == repr(ada)
    assert ada.email not in repr(ada) and ada.name not in repr(ada)
    page = client.members.list(limit=50).page()
    assert not any(row.email in f"{list(page)!r} {page!r} {page.report!r}" for row in page)
    assert "saml_id=None" in repr(ada), "nothing is there to be hidden"


def test_read_only(client: Client) -> None:
    ada = client.members.get(ADA)
    for name in ("email", "anything"):
        with pytest.raises(AttributeError):
            setattr(ada, name, "x")
    with pytest.raises(AttributeError):
        del ada.email
    session = client.sessions.list(limit=1).page()[0]
    assert isinstance(session.tags, tuple) and isinstance(session.pull_requests, tuple)
    used = client.consumption.daily(billing_days=("2026-02-01", "2026-02-28"))
    with pytest.raises(TypeError):
        used.consumption_by_date["2026-02-01"] = 1.0  # type: ignore[index]


def test_a_class_of_ones_own() -> None:
    class Mine(types.Session):
        title = "mine"

    # A name that was put together at run time, and one that is in the program.
    row = Mine.from_dict({"session_id": "devin-1", "title": "theirs"})
    assert row.title == getattr(row, "".join(["ti", "tle"])) == "mine" and row.session_id == "devin-1"
    row = types.Session.from_dict({"title": "theirs"})
    assert row.title == getattr(row, "".join(["ti", "tle"])) == "theirs"


def test_comparing_and_hashing(client: Client) -> None:
    page = client.members.list(limit=3).page()
    again = client.members.get(page[0].user_id)
    assert again == page[0] and hash(again) == hash(page[0])
    assert page[0] != page[1] and page[0] != "text" and page[0] != page[0].to_dict()
    assert len({page[0], again, page[1]}) == 2
    backwards = types.Member.from_dict(dict(reversed(again.to_dict().items())))
    assert backwards == again and hash(backwards) == hash(again), "the order of fields says nothing"
    assert types.Role.from_dict({}) != types.Group.from_dict({})


def test_pickle_and_copy(client: Client) -> None:
    for row in (client.members.get(ADA), client.sessions.list(limit=1).page()[0], client.audit_logs.list().page()[0]):
        for again in (pickle.loads(pickle.dumps(row)), copy.copy(row), copy.deepcopy(row)):
            assert again == row and type(again) is type(row) and again.to_dict() == row.to_dict()
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(row, protocol)) == row


def test_there_and_back(client: Client) -> None:
    session = client.sessions.list(limit=1).page()[0]
    members = session.to_dict()
    assert isinstance(members["created_at"], str) and isinstance(members["tags"], list)
    assert json.loads(session.to_json()) == members
    assert types.Session.from_dict(members) == types.Session.from_json(session.to_json()) == session
    assert types.Session.from_json(session.to_json().encode()) == session


def test_what_is_no_object() -> None:
    with pytest.raises(TypeError):
        types.Member()
    with pytest.raises(TypeError):
        types.Member.from_dict([])  # type: ignore[arg-type]
    for text in ("", "[]", "{", '{"a":1}x', b"\xff"):
        with pytest.raises(ValueError):
            types.Member.from_json(text)


def test_unknown_fields_are_kept(emulator: Emulator, client: Client) -> None:
    emulator.fault("extra_field", path=SESSIONS, name="mood", value={"now": ["good", 1, None]})
    session = client.sessions.list(limit=2).page()[0]
    assert session.extra == {"mood": {"now": ["good", 1, None]}}
    assert session.to_dict()["mood"] == {"now": ["good", 1, None]}
    assert pickle.loads(pickle.dumps(session)).extra == session.extra
    assert "extra=<1 field>" in repr(session)
    with pytest.raises(AttributeError, match="extra"):
        session.mood  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no field nothing"):
        session.nothing  # type: ignore[attr-defined]
    assert client.members.get(ADA).extra == {}


def test_unknown_enum_values_are_kept(emulator: Emulator, client: Client) -> None:
    emulator.fault("unknown_enum", path=SESSIONS, value="hibernating", row=0)
    page = client.sessions.list(limit=2).page()
    assert page[0].status == "hibernating" and len(page) == 2 and not page.bad_rows


@pytest.mark.parametrize("kind", ["null_field", "remove_field"])
def test_null_or_nothing_where_a_list_is_promised(kind: str, emulator: Emulator, client: Client) -> None:
    for members in ({"tags": None}, {}):
        session = types.Session.from_dict(members)
        assert session.tags == () == session.pull_requests
        assert dict(types.Consumption.from_dict(members).consumption_by_date) == {}
    insights = "/v2/enterprise/sessions/insights"
    emulator.fault(kind, path=insights, name="session_analysis.action_items", times=None)
    page = client.sessions.list_insights(limit=50).page()
    analyses = [row.session_analysis for row in page if row.session_analysis is not None]
    assert len(page) == 50 and analyses and not page.bad_rows
    assert all(analysis.action_items == () for analysis in analyses)


def test_null_and_nothing_where_it_may_be(emulator: Emulator, client: Client) -> None:
    emulator.fault("remove_field", path=SESSIONS, name="title")
    assert client.sessions.list(limit=1).page()[0].title is None


def test_odd_text(emulator: Emulator, client: Client) -> None:
    odd = 'a "quote" \\ \n\t\u0000 é 日本 🎉 </td><script>'
    emulator.fault("replace_field", path=SESSIONS, name="title", value=odd)
    emulator.fault("replace_field", path="/v2/enterprise/roles", name="role_name", value=odd)
    assert client.sessions.list(limit=1).page()[0].title == odd
    roles = client.roles.list()
    assert roles[0].role_name == odd and "<script>" not in roles._repr_html_() + roles[0]._repr_html_()


def test_large_numbers() -> None:
    row = types.AuditLogEntry.from_json('{"audit_log_id":"a","big":123456789012345678901234567890,"f":1e300}')
    assert row.extra["f"] == 1e300
    assert row.extra["big"] == 123456789012345678901234567890, "no digit is lost"
    assert types.Member.from_json('{"login_count":9007199254740993}').login_count == 9007199254740993


# Of what the service sends, rows with these are read.
READ = {
    "integers": '{"a":-0,"b":9223372036854775808,"c":-123456789012345678901234567890,"d":[18446744073709551616]}',
    "floats": '{"a":0.1234567890123456789,"b":1E+300,"c":1.10,"d":-0.0,"e":1e-7,"f":4.35e22,"g":[2.0,2]}',
    "names": '{"b":{"z":1,"a":2},"a":1,"a":{"y":1,"x":[{"d":1,"c":2}]},"\\u0061b":1,"":null}',
    "text": r'{"a":"\u0041\/\b\f\n\r\t\"\\ \ud83c\udf89 é","\u00e9":"\u00e9"}',
    "white space": ' { "a" : [ 1 , 2 , { } , [ ] ] , "b" : { "c" : null } } ',
    "depth": '{"a":' + '[{"b":' * 60 + "1" + "}]" * 60 + "}",
    "depth of lists": '{"a":' + "[" * 120 + "]" * 120 + "}",
}
# And these may come from files.
ODD = READ | {
    "an integer of 5,000 digits": f'{{"a":{"9" * 5000},"b":-{"8" * 5000}}}',
    "beyond a float": '{"a":1e400,"b":[-1E+400]}',
    "halves of surrogate pairs": r'{"b":"half \ud83c!","c":"\udf89\ud83c","h\ud800":["\udfff"]}',
    "great depth": '{"a":' + '[{"b":' * 5_000 + "1" + "}]" * 5_000 + "}",
    "great depth of lists": '{"a":' + "[" * 20_000 + "]" * 20_000 + "}",
    "depth of unsorted names": '{"a":' + '{"d":' * 1000 + "1" + ',"c":2}' * 1000 + "}",
}


def a_role(odd: str) -> str:
    """A role with these unknown fields."""
    return f'{{"role_id":"r","role_name":"n","role_type":"t",{odd.strip()[1:]}'


@pytest.mark.parametrize("name", READ)
def test_every_row_that_is_read(name: str) -> None:
    body = f"[{a_role(READ[name])}]".encode()
    with answering(body) as url, Client(base_url=url, api_key="apk_user_x") as client:
        [row] = client.roles.list()
    assert row.to_json().encode() == body[1:-1].strip()
    there_and_back(row)


@pytest.mark.parametrize("name", ODD)
def test_every_row_goes_there_and_back(name: str) -> None:
    there_and_back(types.Role.from_json(a_role(ODD[name])))


def there_and_back(row: Any) -> None:
    members = row.to_dict()
    made = [
        type(row).from_dict(members),
        type(row).from_json(row.to_json()),
        pickle.loads(pickle.dumps(row)),
        copy.copy(row),
        copy.deepcopy(row),
    ]
    for again in made:
        assert again == row and hash(again) == hash(row) and repr(again) == repr(row)
        assert type(again).from_dict(again.to_dict()) == row
        assert again.extra.keys() == row.extra.keys()
    assert "extra=<" in repr(row) and row.role_name == "n"
    assert row != type(row).from_dict({**members, "role_id": "other"})
    assert row._repr_html_() and pyarrow.table(row).num_rows == 1


def test_what_odd_values_are() -> None:
    def extra(name: str) -> Any:
        return types.Role.from_json(ODD[name]).extra

    assert extra("integers") == {"a": 0, "b": 2**63, "c": -123456789012345678901234567890, "d": [2**64]}
    assert extra("an integer of 5,000 digits")["a"] == decimal.Decimal("9" * 5000)
    assert extra("beyond a float") == {"a": float("inf"), "b": [float("-inf")]}
    assert extra("text") == {"a": 'A/\b\f\n\r\t"\\ 🎉 é', "é": "é"}
    halves = {"b": "half \ud83c!", "c": "\udf89\ud83c", "h\ud800": ["\udfff"]}
    assert extra("halves of surrogate pairs") == halves
    names = {"b": {"z": 1, "a": 2}, "a": {"y": 1, "x": [{"d": 1, "c": 2}]}, "ab": 1, "": None}
    assert extra("names") == names


def test_rows_that_differ_in_unknown_fields() -> None:
    def row(text: str) -> Any:
        return types.Role.from_json(text)

    for one, other in (
        ('{"a":9007199254740993}', '{"a":9007199254740992}'),
        ('{"a":18446744073709551616}', '{"a":18446744073709551617}'),
        ('{"a":[1,[2]]}', '{"a":[1,2]}'),
        ('{"a":"1"}', '{"a":1}'),
        ('{"a":{"b":1},"c":1}', '{"a":{"b":1,"c":1}}'),
        ('{"a":1}', '{"a":1,"b":null}'),
        ('{"a":["x","y"]}', '{"a":["x\\",\\"y"]}'),
    ):
        assert row(one) != row(other)
    assert row('{"a":1,"b":{"c":1.10,"d":"é"}}') == row('{"b":{"d":"\\u00e9","c":1.1},"a":1}')
    assert row('{"a":1,"a":2}') == row('{"a":2}')


def test_a_row_with_secrets_keeps_the_rest() -> None:
    """Redacted, and nothing else is touched."""
    text = (
        '{"other": 12345678901234567890123, "api_key": "apk_s3cr3t\\u0041", "deep": ' + "[" * 5000 + "]" * 5000 + "}"
    )
    row = types.ServiceKey.from_json(text)
    for again in (row.to_json(), pickle.loads(pickle.dumps(row)).to_json(), types.ServiceKey.from_dict(row.to_dict()).to_json()):
        assert "s3cr3t" not in again and "12345678901234567890123" in again and "[" * 5000 in again


def test_what_can_not_be_kept() -> None:
    circular: dict[str, Any] = {}
    circular["a"] = [circular]
    for members in (circular, {"a": float("nan")}, {"a": "1", 2: "2"}):
        with pytest.raises((TypeError, ValueError)):
            types.Role.from_dict(members)  # type: ignore[arg-type]
    shared = [1]
    assert types.Role.from_dict({"a": shared, "b": shared}).extra == {"a": [1], "b": [1]}


def test_html(emulator: Emulator, client: Client) -> None:
    page = client.members.list(limit=50).page()
    assert page[0].email is not None
    for html in (page._repr_html_(), page[0]._repr_html_()):
        assert "<table>" in html and page[0].user_id in html
        assert page[0].email not in html and page[0].name not in html
    assert page._repr_html_().count("<tr>") == 21, "a heading and the first 20"
    assert "50 rows" in page._repr_html_()
    empty = client.members.list(email="nobody@example.com").page()
    assert "0 rows" in empty._repr_html_()


def test_html_has_no_secrets_and_no_nested_personal_data(emulator: Emulator, client: Client) -> None:
    value = "apk_user_" + "s3cr3t" * 6
    emulator.fault("replace_field", path="/v2/enterprise/api-keys", name="api_key_value", value=value)
    emulator.fault("extra_field", path="/v2/enterprise/api-keys", name="api_key_value", value=value)
    keys = client.api_keys.list(per_page=5).page()
    if keys[0].api_key_value is not None:
        assert keys[0].api_key_value.get_secret_value() == value
    assert "s3cr3t" not in keys._repr_html_() + keys[0]._repr_html_() + repr(list(keys))
    insight = types.SessionInsight.from_dict({"session_analysis": {"timeline": [{"title": "private words"}]}})
    assert insight.session_analysis is not None and insight.session_analysis.timeline[0].title == "private words"
    assert "private" not in insight._repr_html_() + repr(insight)


def test_secret(client: Client) -> None:
    made = client.api_keys.provision(org_id="org-0a1b2c3d4e5f60718293a4b5c6d7e8f9")
    secret = made.api_key
    value = secret.get_secret_value()
    assert isinstance(secret, Secret) and value.startswith("apk_")
    again = types.ServiceKey.from_dict({"api_key": value, "org_id": made.org_id})
    assert again.api_key == secret and hash(again.api_key) == hash(secret) and secret != Secret("other")
    hidden = value.removeprefix("apk_")
    for shown in (
        repr(secret),
        f"{secret} {secret!s:>50}",
        repr(made),
        made._repr_html_(),
        made.to_json(),
        str(made.to_dict()),
        str(pickle.dumps(made)),
    ):
        assert hidden not in shown and hidden[:6] not in shown
    with pytest.raises(TypeError, match="get_secret_value"):
        pickle.dumps(secret)


def test_fields() -> None:
    fields: dict[str, Any] = {field.name: field for field in types.Member.__fields__}
    assert fields["email"].sensitive == "personal" and fields["user_id"].sensitive is None
    assert types.Member.email is fields["email"]
    assert [field.sensitive for field in types.ServiceKey.__fields__] == ["secret", None]
