"""What a write did to one kind of row, so that an import can say it and the audit log can keep it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from core.audit import entry
from core.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Change:
    """One row's change; `before` and `after` hold people by key only."""

    verb: str
    row: models.Model
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Changes:
    """The changes of one kind of row (学员, 课次, 考勤, …)."""

    kind: str
    label: str
    rows: list[Change] = field(default_factory=list)

    def note(
        self,
        verb: str,
        row: models.Model,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep one change; `verb` is added, changed or removed."""
        self.rows.append(Change(verb, row, before, after))

    def count(self, verb: str) -> int:
        return sum(change.verb == verb for change in self.rows)

    def counts(self) -> dict[str, Any]:
        """`{"label", "added", "changed", "removed"}` for the page."""
        return {"label": self.label, **{verb: self.count(verb) for verb in ("added", "changed", "removed")}}

    def entries(self, actor: UUID | None, unit_id: UUID, reason: str) -> Iterable[AuditEntry]:
        """One audit entry per change."""
        for change in self.rows:
            yield entry(
                f"{self.kind}.{change.verb}",
                actor=actor,
                obj=change.row,
                unit_id=unit_id,
                reason=reason,
                before=change.before,
                after=change.after,
            )


def difference(row: models.Model, wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of `row` that are not as `wanted`: (before, after), as text fit for the audit log."""
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    return {name: plain(getattr(row, name)) for name in changed}, {name: plain(wanted[name]) for name in changed}


def plain(value: Any) -> Any:
    """A value as JSON holds it: text, number, truth or null."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


NAMING = frozenset({"manager_names", "teacher_name", "place_name", "roster_name"})
"""Fields whose text may be people's names: the log says that they changed, never to what."""


def unnamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without the texts of fields that may name people."""
    return {name: "（不记姓名）" if name in NAMING and value else value for name, value in values.items()}
