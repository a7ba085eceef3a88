"""Doubles of recognised learning: also what a class brought, and why two filings are no double."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trainees", "0004_ledger_triggers"),
    ]

    operations = [
        migrations.AddField(
            model_name="recognition",
            name="twin_entry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trainees.creditentry",
                verbose_name="疑似与班次重复",
            ),
        ),
        migrations.AddField(
            model_name="recognition",
            name="twin_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="不是重复的理由"),
        ),
    ]
