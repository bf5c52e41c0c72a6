"""Tables by the Arrow PyCapsule interface."""

from __future__ import annotations

import json
import time
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest

import devin_v2
from devin_v2 import Client, types
from devin_v2.testing import Emulator

DAYS = ("2026-02-01", "2026-02-28")
FORMS = {
    "listing": lambda client: client.sessions.list(limit=200),
    "rows": lambda client: client.sessions.list(limit=200).collect(),
    "page": lambda client: client.sessions.list(limit=200).page(),
    "slice": lambda client: client.sessions.list(limit=200).page()[:7],
}
EACH = pytest.mark.parametrize("form", FORMS)
TIME = pyarrow.timestamp("us", tz="UTC")


@EACH
def test_pyarrow(form: str, client: Client) -> None:
    rows = FORMS[form](client)
    table = pyarrow.table(rows)
    expected = list(rows)
    assert table.num_rows == len(expected)
    assert table.column_names == [field.json_name for field in types.Session.__fields__]
    for name, kind in {
        "session_id": pyarrow.string(),
        "created_at": TIME,
        "acus_consumed": pyarrow.float64(),
        "tags": pyarrow.list_(pyarrow.string()),
    }.items():
        assert table.schema.field(name).type == kind
    for row, line in zip(expected, table.to_pylist(), strict=True):
        assert (line["session_id"], line["created_at"], line["acus_consumed"], line["title"]) == (
            row.session_id,
            row.created_at,
            row.acus_consumed,
            row.title,
        )
        assert tuple(line["tags"]) == row.tags
        assert [request["url"] for request in line["pull_requests"]] == [request.url for request in row.pull_requests]


@EACH
def test_polars(form: str, client: Client) -> None:
    rows = FORMS[form](client)
    expected = list(rows)
    for frame in (polars.DataFrame(rows), rows.to_polars()):
        assert frame.columns == [field.json_name for field in types.Session.__fields__]
        assert frame["session_id"].to_list() == [row.session_id for row in expected]
        assert frame["created_at"].to_list() == [row.created_at for row in expected]


@EACH
def test_pandas(form: str, client: Client) -> None:
    rows = FORMS[form](client)
    expected = list(rows)
    for frame in (pandas.DataFrame.from_arrow(rows), rows.to_pandas()):
        assert list(frame.columns) == [field.json_name for field in types.Session.__fields__]
        assert list(frame["session_id"]) == [row.session_id for row in expected]
        assert list(frame["created_at"]) == [row.created_at for row in expected]
        assert frame["acus_consumed"].sum() == pytest.approx(sum(row.acus_consumed for row in expected))


@EACH
def test_duckdb(form: str, client: Client) -> None:
    rows = FORMS[form](client)
    expected = sum(row.acus_consumed for row in rows)
    table = pyarrow.table(rows)
    for source in (rows, table):
        found = duckdb.sql("select sum(acus_consumed) from source").fetchall()
        assert found[0][0] == pytest.approx(expected)
        assert source is not None


def test_single_objects(client: Client) -> None:
    for answer in (
        client.metrics.prs(billing_days=DAYS),
        client.metrics.sessions(billing_days=DAYS),
        client.metrics.searches(billing_days=DAYS),
        client.metrics.usage(billing_days=DAYS),
        client.members.get("email|65f1c0ffee65f1c0ffee65f1"),
    ):
        names = [field.json_name for field in type(answer).__fields__]
        values = [getattr(answer, field.name) for field in type(answer).__fields__]
        for frame in (polars.DataFrame(answer), answer.to_polars()):
            assert frame.columns == names and frame.row(0) == tuple(values) and len(frame) == 1
        for table in (pandas.DataFrame.from_arrow(answer), answer.to_pandas()):
            assert list(table.columns) == names and len(table) == 1
        assert pyarrow.table(answer).column_names == names
    [[count]] = duckdb.sql("select count(*) from answer").fetchall()
    assert count == 1


def long(answer: Any, dimensions: dict[str, Any]) -> None:
    table = pyarrow.table(answer)
    assert table.column_names == ["dimension", *dimensions, "acus"]
    assert table.schema.field("date").type == pyarrow.date32()
    lines = table.to_pylist()
    for dimension, amounts in dimensions.items():
        own = [line for line in lines if line["dimension"] == dimension]
        assert {str(line[dimension]): line["acus"] for line in own} == dict(amounts)
        assert sum(line["acus"] for line in own) == pytest.approx(answer.total_acus)
        for line in own:
            assert [name for name in dimensions if line[name] is not None] == [dimension]
    assert len(lines) == sum(map(len, dimensions.values())) > 0
    assert len(polars.DataFrame(answer)) == len(answer.to_polars()) == len(answer.to_pandas()) == len(lines)


def test_consumption_as_long_rows(client: Client) -> None:
    used = client.consumption.daily(billing_days=DAYS)
    long(
        used,
        {
            "date": used.consumption_by_date,
            "org_id": used.consumption_by_org_id,
            "user_id": used.consumption_by_user,
        },
    )
    one = client.consumption.user_daily("email|65f1c0ffee65f1c0ffee65f1", billing_days=DAYS)
    long(one, {"date": one.consumption_by_date, "org_id": one.consumption_by_org_id})


def test_consumption_of_nothing() -> None:
    used = types.Consumption.from_dict({"total_acus": 0.0, "consumption_by_date": {}, "consumption_by_org_id": None})
    table = pyarrow.table(used)
    assert table.num_rows == 0 and table.column_names == ["dimension", "date", "org_id", "user_id", "acus"]


def test_lists_in_one_piece(client: Client) -> None:
    cycles = client.consumption.cycles()
    table = pyarrow.table(cycles)
    assert table.column_names == ["start", "end"] and table["start"].to_pylist() == [cycle.start for cycle in cycles]
    assert len(polars.DataFrame(client.roles.list())) == len(client.roles.list())


def test_unknown_fields_are_columns(client: Client) -> None:
    logs = client.audit_logs.list(limit=50).page()
    table = pyarrow.table(logs)
    assert table.column_names[0] == "audit_log_id" and {"action", "created_at", "user_email"} <= set(table.column_names)
    assert table.schema.field("created_at").type == pyarrow.int64()
    for row, line in zip(logs, table.to_pylist(), strict=True):
        assert line["action"] == row.extra["action"] and line["created_at"] == row.extra["created_at"]


def test_unknown_fields_of_mixed_types() -> None:
    from devin_v2 import Rows

    rows = Rows([types.Role.from_dict(members) for members in ({"x": 1}, {"x": 1.5, "y": True}, {"z": {"a": [1]}})])
    table = pyarrow.table(rows)
    assert table["x"].to_pylist() == [1, 1.5, None]
    assert table["y"].to_pylist() == [None, True, None]
    assert json.loads(table["z"].to_pylist()[2]) == {"a": [1]}
    mixed = pyarrow.table(Rows([types.Role.from_dict({"x": 1}), types.Role.from_dict({"x": "one"})]))
    assert [str(value).strip('"') for value in mixed["x"].to_pylist()] == ["1", "one"]


def test_an_empty_list_has_the_same_columns(emulator: Emulator, client: Client) -> None:
    schema = pyarrow.table(client.members.list(limit=5).page()).schema
    nobody = client.members.list(email="nobody@example.com")
    for empty in (nobody, nobody.collect(), nobody.page(), client.members.list(limit=5).page()[:0]):
        table = pyarrow.table(empty)
        assert table.num_rows == 0 and table.schema == schema, empty
        assert polars.DataFrame(empty).columns == schema.names
        assert list(empty.to_pandas().columns) == schema.names


def test_empty_and_null_values() -> None:
    from devin_v2 import Rows

    rows = Rows([types.Session.from_dict({}), types.Session.from_dict({"tags": None, "title": None})])
    table = pyarrow.table(rows)
    assert table.num_rows == 2 and table["title"].null_count == 2


def test_maps_and_nested_objects(client: Client) -> None:
    groups = client.groups.list(limit=5).page()
    table = pyarrow.table(groups)
    assert dict(table["role_by_org_id"].to_pylist()[0]) == dict(groups[0].role_by_org_id)
    assert len(polars.DataFrame(groups)) == len(groups)
    usage = client.user_usage.list().page()
    lifetime = pyarrow.table(usage)["lifetime"].to_pylist()[0]
    assert lifetime["sessions_started"] == usage[0].lifetime.sessions_started


def test_secrets_are_redacted_and_personal_fields_are_not(client: Client) -> None:
    made = client.api_keys.provision(org_id="org-0a1b2c3d4e5f60718293a4b5c6d7e8f9")
    assert made.api_key.get_secret_value() not in str(pyarrow.table(made).to_pylist())
    members = client.members.list(limit=5).page()
    assert pyarrow.table(members)["email"].to_pylist() == [row.email for row in members]


def test_the_interface_itself(client: Client) -> None:
    capsule = client.members.list(limit=5).page().__arrow_c_stream__()
    assert "arrow_array_stream" in repr(capsule)
    del capsule  # never read: freed all the same
    reader = pyarrow.RecordBatchReader.from_stream(client.members.list(limit=50))
    assert sum(batch.num_rows for batch in reader) == 120


def test_rows_of_two_classes_are_no_table(client: Client) -> None:
    from devin_v2 import Rows

    with pytest.raises(TypeError):
        pyarrow.table(Rows([types.Role.from_dict({}), types.Group.from_dict({})]))


def test_async_rows(in_loop: Any) -> None:
    async def work(client: Any) -> Any:
        return await client.members.list(limit=50).collect()

    assert pyarrow.table(in_loop(work)).num_rows == 120


def test_a_bad_row_does_not_cost_the_table(emulator: Emulator, client: Client) -> None:
    emulator.fault("replace_field", path="/v2/enterprise/members", name="created_at", value=17, row=2)
    assert pyarrow.table(client.members.list(limit=200)).num_rows == 119


def table_of(rows: list[dict[str, Any]], kind: Any = types.Member) -> Any:
    return devin_v2.Rows([kind.from_dict(row) for row in rows], of=kind)


def test_integers_with_nulls_stay_exact() -> None:
    rows = table_of([{"login_count": 9007199254740993, "new": 9007199254740993}, {"login_count": None}])
    frame = rows.to_pandas()
    for name in ("login_count", "new"):
        assert frame[name].dtype == pandas.Int64Dtype()
        assert frame[name][0] == 9007199254740993 and frame[name][1] is pandas.NA
    # Whatever the rows are.
    assert table_of([{"login_count": 1}]).to_pandas()["login_count"].dtype == pandas.Int64Dtype()
    assert rows[:0].to_pandas()["login_count"].dtype == pandas.Int64Dtype()


@pytest.mark.parametrize(
    "numbers",
    [
        ["9007199254740993", "9223372036854775808"],
        ["9007199254740993", "-9223372036854775809", "null"],
        ["1", "123456789012345678901234567890123456789012345678901234567890"],
        ["9007199254740993", "1.5"],
    ],
)
def test_every_digit_of_unknown_numbers(numbers: list[str]) -> None:
    """The same in all four."""
    rows = devin_v2.Rows([types.Member.from_json(f'{{"new":{number}}}') for number in numbers])
    expected = [None if number == "null" else number for number in numbers]
    assert pyarrow.table(rows)["new"].to_pylist() == expected
    assert polars.DataFrame(rows)["new"].to_list() == expected
    for frame in (rows.to_pandas(), pandas.DataFrame.from_arrow(rows)):
        assert [None if pandas.isna(value) else value for value in frame["new"]] == expected
    assert [row for [row] in duckdb.sql("select new from rows").fetchall()] == expected


def test_a_default_is_the_same_in_a_table(client: Client) -> None:
    """For every class: what an attribute gives for a field that was left out, or null, is in the table."""
    checked = 0
    for name in types.__all__:
        kind = getattr(types, name)
        fields = getattr(kind, "__fields__", ())
        if not fields or pyarrow.table(kind.from_dict({})).column_names[0] == "dimension":
            continue
        for row in (kind.from_dict({}), kind.from_dict({field.json_name: None for field in fields})):
            [line] = pyarrow.table(row).to_pylist()
            for field in fields:
                value = getattr(row, field.name)
                value = [*value.items()] if hasattr(value, "items") else value
                value = list(value) if isinstance(value, tuple) else value
                assert line[field.json_name] == value, (name, field.name)
                checked += value is not None
    assert checked > 10
    insight = table_of([{"session_analysis": {}}], types.SessionInsight)
    [nested] = pyarrow.table(insight)["session_analysis"].to_pylist()
    assert nested["action_items"] == [] and insight[0].session_analysis.action_items == ()


def test_numbers_that_are_integers_for_json() -> None:
    rows = [types.Member.from_json(f'{{"login_count":{number}}}') for number in ("-0", "2.0", "1e2", "1.5", '"1"')]
    assert pyarrow.table(devin_v2.Rows(rows))["login_count"].to_pylist() == [0, 2, 100, None, None]


def test_odd_rows() -> None:
    rows = devin_v2.Rows(
        [
            types.Role.from_json(r'{"role_name":"half \ud800","big":1e400,"n\ud800":1,"a":1,"a":2,"s":"\u0041"}'),
            types.Role.from_json('{"deep":' + "[" * 100_000 + "]" * 100_000 + "}"),
        ]
    )
    table = pyarrow.table(rows)
    assert table["big"].to_pylist() == [float("inf"), None] and table["a"].to_pylist() == [2, None]
    assert table["s"].to_pylist() == ["A", None] and table["role_name"].to_pylist()[0].startswith("half ")
    assert table["deep"].to_pylist()[1] == "[" * 100_000 + "]" * 100_000


def test_many_unknown_fields() -> None:
    """The table doesn't grow with the square of the rows."""
    rows = table_of([{"role_id": "r", f"k{index}": index, "all": True} for index in range(20_000)], types.Role)
    began = time.monotonic()
    table = pyarrow.table(rows)
    assert time.monotonic() - began < 10
    assert table.num_columns == 3 + 256 + 1 and table.nbytes < 200_000_000
    assert table["all"].to_pylist() == [True] * 20_000
    assert table["k3"].to_pylist()[:5] == [None, None, None, 3, None]
    assert json.loads(table["extra"].to_pylist()[19_999]) == {"k19999": 19_999}
    assert table["extra"].to_pylist()[3] is None
    # A field of that name is one of the others, then.
    wide = {f"k{index}": index for index in range(300)}
    [line] = pyarrow.table(table_of([{"extra": 5, **wide}], types.Role)).to_pylist()
    assert json.loads(line["extra"]) == {"extra": 5, **{f"k{index}": index for index in range(255, 300)}}
    # And a column like all others otherwise.
    assert pyarrow.table(table_of([{"extra": 5}], types.Role))["extra"].to_pylist() == [5]
