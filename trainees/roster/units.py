"""Units of an area by what an office writes: full name, short name or code; what is near, for the hint."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from core.sheets.text import key
from organization.directory import NEAR, UnitDirectory, UnitRef
from organization.models import Unit
from organization.services import authorities_of

MOST_NEAR = 300
"""So many wrong names are compared with all units: that takes long, and nobody has so many."""


class AreaUnits:
    """The open units at and below an area in memory, with those `outside` where somebody managed by the area works."""

    def __init__(self, area: Unit, outside: Collection[UUID] = ()) -> None:
        inside = Q(path__startswith=area.path)
        rows = Unit.objects.filter(inside | Q(pk__in=list(outside))).prefetch_related("short_names")
        self.paths: dict[UUID, str] = {}
        self.names: dict[UUID, str] = {}
        self.closed: dict[UUID, str] = {}
        self._codes: dict[str, UnitRef] = {}
        named = []
        for unit in rows:
            self.paths[unit.pk], self.names[unit.pk] = unit.path, unit.name
            if unit.closed_on is not None:
                self.closed[unit.pk] = unit.closed_on.isoformat()
            self._codes[key(unit.code).upper()] = UnitRef(str(unit.pk), unit.name)
            named.append((str(unit.pk), unit.name, [short.name for short in unit.short_names.all()]))
        self.authority = {unit: nearest.pk for unit, nearest in authorities_of(rows).items()}
        self._directory = UnitDirectory.from_rows(named)
        self._found: dict[str, tuple[UUID | None, str, bool]] = {}
        self._asked_near = 0

    def find(self, written: str) -> tuple[UUID | None, str, bool]:
        """The unit, a sentence where there is something to say, and whether that is an error."""
        if written not in self._found:
            self._found[written] = self._find(written)
        return self._found[written]

    def _find(self, written: str) -> tuple[UUID | None, str, bool]:
        exact = self._directory.exact(written)
        code = self._codes.get(key(written).upper())
        exact = exact or ([code] if code else [])
        if len(exact) == 1:
            return UUID(exact[0].key), "", False
        if exact:
            full = "、".join(unit.name for unit in exact)
            return None, f"这个名称属于几个单位（{full}），请写全称或编码", True
        return self._near(written)

    def _near(self, written: str) -> tuple[UUID | None, str, bool]:
        self._asked_near += 1
        ranked = self._directory.near(written) if self._asked_near <= MOST_NEAR else []
        near = [unit for unit, ratio in ranked if ratio >= NEAR]
        if len(near) == 1:
            return UUID(near[0].key), f"没有完全相同的单位，按最相近的“{near[0].name}”处理，请核对", False
        hint = "、".join(unit.name for unit, _ in ranked[:3])
        return None, "单位不在本范围的单位库中" + (f"，相近的有：{hint}" if hint else ""), True
