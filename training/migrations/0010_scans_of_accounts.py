"""A scan names the account, so that one by somebody who is not on the roster is kept too; its time is the database's."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0009_machine_uploads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "checkinscan",
            "account",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="账号",
            ),
            preserve_default=False,
        ),
        migrations.AlterField("checkinscan", "at", models.DateTimeField(verbose_name="扫码时间")),
        migrations.AlterField(
            "checkinscan",
            "enrolment",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="scans",
                to="training.enrolment",
                verbose_name="学员",
            ),
        ),
        migrations.AddConstraint(
            "checkinscan",
            models.CheckConstraint(
                condition=models.Q(("accepted", False), ("enrolment__isnull", False), _connector="OR"),
                name="scan_of_roster",
            ),
        ),
    ]
