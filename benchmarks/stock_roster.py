"""The same work the stock way: django-import-export's defaults, a plain resource, a rehearsal and an import."""

import time
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from import_export import fields, resources, widgets
from tablib import Dataset

from core.crypto import blind_index
from core.names import pinyin
from organization.models import Unit
from trainees.models import Appointment, Cadre
from trainees.rules.levels import band_of


class PlainResource(resources.ModelResource):
    """A cadre a row, known by the keyed index of the ID number; the appointment is made after the cadre."""

    index = fields.Field("id_number_index", "号码索引")
    name = fields.Field("name", "姓名")
    ethnic_group = fields.Field("ethnic_group", "民族")
    political_status = fields.Field("political_status", "政治面貌")
    unit = fields.Field("unit", "单位", widget=widgets.ForeignKeyWidget(Unit, "name"))

    class Meta:
        model = Cadre
        fields = ("index", "name", "ethnic_group", "political_status", "unit")
        import_id_fields = ("index",)

    def __init__(self) -> None:
        super().__init__()
        self.root = Unit.objects.get(code="JS")

    def before_save_instance(self, instance: Cadre, row: Mapping[str, Any], **kwargs: Any) -> None:
        instance.pinyin, instance.initials = pinyin(instance.name)
        instance.managing_authority = self.root
        instance.band = band_of(row["职务层次"], row["职级"])
        instance.set_id_number(row["身份证号"])
        instance.set_phone(row["手机号"])

    def after_save_instance(self, instance: Cadre, row: Mapping[str, Any], **kwargs: Any) -> None:
        since = row["任职时间"].date()
        facts = {"post": row["职务"], "post_level": row["职务层次"], "rank": row["职级"], "since": since}
        Appointment.objects.get_or_create(cadre=instance, unit=instance.unit, primary=True, **facts)


def stock_import(data: bytes) -> float:
    """Seconds of reading, rehearsing and importing a file."""
    begin = time.perf_counter()
    table = Dataset().load(BytesIO(data), format="xlsx")
    at = table.headers.index("身份证号")
    table.append_col(lambda row: blind_index(row[at]), header="号码索引")
    resource = PlainResource()
    for dry in (True, False):
        result = resource.import_data(table, dry_run=dry, raise_errors=True)
    if result.totals["new"] != len(table):
        raise RuntimeError("the stock import did not write every row")
    return time.perf_counter() - begin
