"""A recomputation is an act, too, and so is the look at what it would do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trainees", "0008_frozen_year"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ledgeract",
            name="kind",
            field=models.CharField(
                choices=[
                    ("close", "年度结账"),
                    ("confirm", "确认平台记录"),
                    ("rehearse", "重算核对"),
                    ("recompute", "学分重算"),
                ],
                max_length=9,
                verbose_name="事项",
            ),
        ),
    ]
