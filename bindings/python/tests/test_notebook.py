"""The example notebook, run as it is: without an account, and as a user with a key runs it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from devin_v2 import BillingDay
from devin_v2.testing import Emulator

NOTEBOOK = Path(__file__).parent.parent / "examples" / "consumption.ipynb"


def run(folder: Path, **settings: str) -> Any:
    """The notebook after all of its cells ran, in an environment with these settings of ours alone."""
    notebook = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DEVIN_")}
    own = {"MPLCONFIGDIR": str(folder), "IPYTHONDIR": str(folder)}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute(
        env={**inherited, **own, **settings}
    )
    return notebook


def text(cell: Any) -> str:
    return "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")


def by_id(notebook: Any) -> dict[str, Any]:
    return {cell.id: cell for cell in notebook.cells}


def images(notebook: Any) -> int:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_it_is_stored_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None, cell.id
    assert NOTEBOOK.stat().st_size < 20_000


def test_without_a_key_it_starts_an_emulator(tmp_path: Path) -> None:
    notebook = run(tmp_path)
    cells = by_id(notebook)
    assert "DEVIN_V2_API_KEY is not set" in text(cells["client"])
    result = json.loads(text(notebook.cells[-1]))

    with Emulator(seed=7, members=120) as emulator, emulator.client() as client:
        used = client.consumption.daily(billing_days=(result["first"], result["last"]))
        assert (result["first"], result["last"]) == ("2026-02-01", "2026-02-28")
        assert result["total_acus"] == used.total_acus > 0
        assert result["organizations"] == pytest.approx(dict(used.consumption_by_org_id))
        assert result["users"] == len(used.consumption_by_user or {})
        assert result["reconciled"] is True

        # The movers, counted another way: two weeks of the whole enterprise by user.
        last = BillingDay(result["last"])
        weeks = []
        for end in (last, BillingDay(last.date - timedelta(days=7))):
            window = (BillingDay(end.date - timedelta(days=6)), end)
            weeks.append(dict(client.consumption.daily(billing_days=window).consumption_by_user or {}))
        changes = {user: weeks[0].get(user, 0) - weeks[1].get(user, 0) for user in {*weeks[0], *weeks[1]}}
        assert len(result["movers"]) == 10
        assert result["movers"] == pytest.approx({user: changes[user] for user in result["movers"]})
        smallest = min(abs(change) for change in result["movers"].values())
        assert all(abs(change) <= smallest for user, change in changes.items() if user not in result["movers"])

        shown = json.dumps(notebook)
        assert not [member.user_id for member in client.members.list() if member.email in shown]
    assert images(notebook) == 2


def test_with_a_key_it_asks_the_service(tmp_path: Path) -> None:
    with Emulator(seed=11, members=30, organizations=9, now=datetime.now(UTC)) as emulator:
        notebook = run(tmp_path, DEVIN_V2_API_KEY=emulator.api_key, DEVIN_V2_BASE_URL=emulator.url)
        result = json.loads(text(notebook.cells[-1]))
        assert emulator.url in text(by_id(notebook)["client"])
        assert "is not set" not in text(by_id(notebook)["client"])
        with emulator.client() as client:
            used = client.consumption.daily(billing_days=(result["first"], result["last"]))
        assert result["total_acus"] == used.total_acus > 0
        assert result["reconciled"] is True
        assert len(result["organizations"]) == 9
        assert emulator.api_key not in json.dumps(notebook)
    assert images(notebook) == 2
