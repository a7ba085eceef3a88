"""Lecture fees by title as the central rule has them (财行〔2016〕540号): an hour, after tax, in yuan."""

from datetime import date

from django.db import migrations

SINCE = date(2017, 1, 1)
CEILINGS = (("副高级技术职称", 500), ("正高级技术职称", 1000), ("院士、全国知名专家", 1500))


def add(apps, schema_editor):
    titles = apps.get_model("courses", "TeacherTitle").objects.using(schema_editor.connection.alias)
    for position, (name, ceiling) in enumerate(CEILINGS, 1):
        titles.get_or_create(name=name, since=SINCE, defaults={"fee_ceiling": ceiling, "position": position})


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_catalogue")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
