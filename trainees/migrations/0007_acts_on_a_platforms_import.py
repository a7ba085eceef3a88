"""An act may be about a platform's import instead of a year: its records are confirmed by a worker."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0008_account_history"),
        ("trainees", "0006_acts_over_a_ledger"),
    ]

    operations = [
        migrations.AddField(
            model_name="ledgeract",
            name="upload",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trainees.platformupload",
                verbose_name="平台记录导入",
            ),
        ),
        migrations.AlterField(
            model_name="ledgeract",
            name="kind",
            field=models.CharField(
                choices=[("close", "年度结账"), ("confirm", "确认平台记录")], max_length=9, verbose_name="事项"
            ),
        ),
        migrations.AlterField(
            model_name="ledgeract",
            name="year",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="年度"),
        ),
        migrations.AddConstraint(
            model_name="ledgeract",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("upload",), name="act_on_upload_waits_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeract",
            constraint=models.CheckConstraint(
                condition=models.Q(("year", None), ("upload", None), _connector="XOR"), name="act_about_one_thing"
            ),
        ),
    ]
