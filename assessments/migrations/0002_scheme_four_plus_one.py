"""The default scheme “4+1” as data (CLASS_WORKBOOK.md §3): for everybody (no unit), first edition."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import migrations

# The same key in every installation, so that cities that are brought together agree on what “4+1” is.
KEY = UUID("019b7420-3c00-7000-8000-000000000401")

MARKS = {"late": "1", "early": "1", "personal": "1", "sick": "0.5", "official": "0", "absent": "5"}
RATINGS = {"优": "15", "良": "12", "中": "9", "差": "6", "未发言": "0"}

# block → (item, rule kind, maximum, base, rates)
BLOCKS = {
    "学风学纪": [
        ("出勤情况", "deduct_per_mark", 15, None, MARKS),
        ("纪律建设", "full_plus_entries", 10, None, {}),
        ("学习作业", "full_plus_entries", 5, None, {}),
    ],
    "班级管理": [
        ("班务与支部活动", "full_plus_entries", 8, None, {}),
        ("小组履职", "full_plus_entries", 6, None, {}),
        ("内务与廉洁", "full_plus_entries", 6, None, {}),
    ],
    "课堂表现": [
        ("课堂互动", "base_plus_entries", 10, 6, {}),
        ("研讨交流", "mean_of_entries", 15, None, RATINGS),
    ],
    "能力拓展": [
        ("结业测试", "share_of_exam", 15, None, {}),
        ("调研报告", "mean_of_entries", 10, None, {}),
    ],
    "+1": [("加分项", "sum_of_entries", None, None, {})],
    "否决": [("否决项", "veto", None, None, {})],
}


def add_scheme(apps, schema_editor):
    alias = schema_editor.connection.alias
    scheme = (
        apps.get_model("assessments", "ScoringScheme")
        .objects.using(alias)
        .create(id=KEY, unit=None, name="4+1", edition=1, since=date(2020, 1, 1))
    )
    blocks, items = apps.get_model("assessments", "Block"), apps.get_model("assessments", "Item")
    place = 0
    for position, (name, rows) in enumerate(BLOCKS.items(), start=1):
        block = blocks.objects.using(alias).create(scheme=scheme, name=name, position=position)
        for item, rule, maximum, base, rates in rows:
            place += 1
            items.objects.using(alias).create(
                block=block,
                name=item,
                position=place,
                rule=rule,
                rates=rates,
                maximum=None if maximum is None else Decimal(maximum),
                base=None if base is None else Decimal(base),
            )


def remove_scheme(apps, schema_editor):
    apps.get_model("assessments", "ScoringScheme").objects.using(schema_editor.connection.alias).filter(pk=KEY).delete()


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [migrations.RunPython(add_scheme, remove_scheme)]
