"""Years of a cadre in which a check found a difference, and the trigger that lets no entry into them.

A person's frozen year stops entries of their merged doubles too. A trigger of its own beside post_entries: it needs
nobody's rights, and where nothing is frozen it costs one look into an index that is empty.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION trainees_refuse_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM trainees_frozenyear WHERE released_at IS NULL) AND EXISTS (
        SELECT FROM trainees_frozenyear f
        JOIN trainees_cadre d ON d.id = f.cadre_id
        JOIN trainees_cadre c ON coalesce(c.canonical_id, c.id) = coalesce(d.canonical_id, d.id)
        JOIN new_rows n ON n.cadre_id = c.id AND n.year = f.year
        WHERE f.released_at IS NULL
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_year_frozen',
            MESSAGE = '该年度已冻结，查明并解除以前不能入账';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER frozen_year AFTER INSERT ON trainees_creditentry REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION trainees_refuse_frozen();
"""
GONE = "DROP TRIGGER frozen_year ON trainees_creditentry; DROP FUNCTION trainees_refuse_frozen();"


class Migration(migrations.Migration):
    dependencies = [
        ("trainees", "0007_acts_on_a_platforms_import"),
    ]

    operations = [
        migrations.CreateModel(
            name="FrozenYear",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("words", models.TextField(verbose_name="差异")),
                ("run", models.UUIDField(verbose_name="核对批次")),
                (
                    "frozen_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="冻结时间"),
                ),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="解除时间")),
                ("released_by_id", models.UUIDField(editable=False, null=True, verbose_name="解除人")),
                ("release_reason", models.CharField(blank=True, max_length=500, verbose_name="解除理由")),
                (
                    "cadre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen_years",
                        to="trainees.cadre",
                        verbose_name="干部",
                    ),
                ),
            ],
            options={
                "verbose_name": "冻结年度",
                "verbose_name_plural": "冻结年度",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at", None)), fields=("cadre", "year"), name="frozen_year_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("release_reason", ""), ("released_at", None)),
                            models.Q(("released_at__isnull", False), models.Q(("release_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="frozen_year_released_why",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="frozenyear",
            trigger=pgtrigger.compiler.Trigger(
                name="released_year_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."released_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="8c28b7d268e10a90e9f2c10802f5f85bdc1a1b07",
                    operation="UPDATE",
                    pgid="pgtrigger_released_year_stays_c667b",
                    table="trainees_frozenyear",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="frozenyear",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen_year_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="53dababa4b55871178d656fa1e7416dfd3aeac96",
                    operation="DELETE",
                    pgid="pgtrigger_frozen_year_kept_c05a1",
                    table="trainees_frozenyear",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(FUNCTION, GONE),
    ]
