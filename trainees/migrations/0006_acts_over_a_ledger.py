"""Acts over a whole ledger, which a worker carries out."""

import django.db.models.deletion
from django.db import migrations, models

import core.keys


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0008_account_history"),
        ("trainees", "0005_recognition_doubles"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerAct",
            fields=[
                ("id", models.UUIDField(default=core.keys.new_key, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("close", "年度结账")], max_length=9, verbose_name="事项")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "办理中"), ("done", "已办理"), ("refused", "没有办理")],
                        default="waiting",
                        max_length=7,
                        verbose_name="状态",
                    ),
                ),
                ("asked", models.JSONField(default=dict, verbose_name="要求")),
                ("outcome", models.JSONField(default=dict, verbose_name="结果")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="没有办理的原因")),
                ("asked_by_id", models.UUIDField(verbose_name="经办人")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                ("finished", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organization.unit",
                        verbose_name="机关",
                    ),
                ),
            ],
            options={
                "verbose_name": "台账办理",
                "verbose_name_plural": "台账办理",
                "indexes": [models.Index(fields=["unit", "year", "-created"], name="acts_of_year")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")), fields=("unit", "year"), name="act_of_year_waits_once"
                    )
                ],
            },
        ),
    ]
