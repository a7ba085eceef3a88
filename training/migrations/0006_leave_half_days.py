"""Where a covered session stood, whether its half-day was asked for as a whole, and which mark the leave replaced."""

from datetime import date

from django.db import migrations, models

MARKS = [
    ("present", "出勤"),
    ("late", "迟到"),
    ("early", "早退"),
    ("personal", "事假"),
    ("sick", "病假"),
    ("official", "公假"),
    ("absent", "旷课"),
]
SOURCES = [
    ("workbook", "工作簿"),
    ("page", "页面"),
    ("leave", "请假"),
    ("machine", "考勤机"),
    ("scan", "扫码签到"),
]
PERIODS = [(1, "上午"), (2, "下午"), (3, "晚上")]


class Migration(migrations.Migration):
    dependencies = [("training", "0005_history_of_class_life")]

    operations = [
        migrations.AddField(
            "leavesession",
            "date",
            models.DateField(default=date(2026, 1, 1), verbose_name="日期"),
            preserve_default=False,
        ),
        migrations.AddField(
            "leavesession",
            "period",
            models.PositiveSmallIntegerField(choices=PERIODS, default=1, verbose_name="时段"),
            preserve_default=False,
        ),
        migrations.AddField("leavesession", "whole", models.BooleanField(default=False, verbose_name="整个半天")),
        migrations.AddField(
            "leavesession",
            "replaced",
            models.CharField(
                blank=True, choices=MARKS, editable=False, max_length=10, verbose_name="原考勤", default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "leavesession",
            "replaced_source",
            models.CharField(
                blank=True, choices=SOURCES, editable=False, max_length=10, verbose_name="原来源", default=""
            ),
            preserve_default=False,
        ),
    ]
