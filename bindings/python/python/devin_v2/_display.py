"""How rows look in a notebook. Sensitive fields stay out of it, since notebooks are saved and shared."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._model import Model
    from ._rows import Rows

MAX_ROWS = 20
MAX_TEXT = 80


def _cell(field: Any, row: Model) -> str:
    value = getattr(row, field.name)
    if value is None:
        return ""
    if field.sensitive == "personal":
        return '<i title="Personal: read the attribute to see it.">personal</i>'
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return escape(text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…")


def _table(head: list[str], rows: list[list[str]]) -> str:
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def of_model(row: Model) -> str:
    """A table of fields and values."""
    lines = [[escape(field.name), _cell(field, row)] for field in type(row).__fields__]
    unknown = len(row.extra)
    note = f"<p>and {unknown} more in <code>extra</code></p>" if unknown else ""
    return _table([type(row).__name__, ""], lines) + note


def of_rows(rows: Rows[Any]) -> str:
    """A table of the first rows."""
    shown = rows[:MAX_ROWS]
    fields = getattr(type(shown[0]), "__fields__", None) if len(shown) else None
    if fields is None:
        table = _table(["value"], [[escape(str(row)[:MAX_TEXT])] for row in shown])
    else:
        table = _table([field.name for field in fields], [[_cell(field, row) for field in fields] for row in shown])
    return f"{table}<p>{escape(rows._summary())}</p>"
