"""What the database itself demands of the ledger, and the balances that it keeps.

Statement-level with a transition table, so that posting a class costs one look at each rule. The function runs with its
owner's rights: the app role may not write balances. It does not go through pgtrigger, whose functions know no such
rights.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION trainees_post_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN trainees_creditentry o ON o.id = n.reverses_id
        WHERE o.reverses_id IS NOT NULL
           OR (n.cadre_id, n."on", n.year, n.kind, n.channel, n.source_kind, n.source_id, n.part, n.attempt)
              IS DISTINCT FROM
              (o.cadre_id, o."on", o.year, o.kind, o.channel, o.source_kind, o.source_id, o.part, o.attempt)
           OR (n.days, n.hours, n.credits, n.sessions) IS DISTINCT FROM (-o.days, -o.hours, -o.credits, -o.sessions)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_reversal_mirrors',
            MESSAGE = '冲销必须与被冲销的记录一一对应';
    END IF;
    IF EXISTS (
        SELECT FROM new_rows n
        WHERE n.reverses_id IS NULL AND n.attempt > 1 AND NOT EXISTS (
            SELECT FROM trainees_creditentry p JOIN trainees_creditentry r ON r.reverses_id = p.id
            WHERE (p.source_kind, p.source_id, p.part, p.attempt) = (n.source_kind, n.source_id, n.part, n.attempt - 1)
              AND p.reverses_id IS NULL
        )
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'unique_violation', CONSTRAINT = 'credit_source_once',
            MESSAGE = '同一来源只能有一笔有效学分';
    END IF;
    PERFORM FROM trainees_ledgeryear y
    WHERE (y.authority_id, y.year) IN (SELECT n.authority_id, n.year FROM new_rows n WHERE NOT n.adjustment)
    ORDER BY y.id FOR SHARE;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT n.authority_id, n.year FROM new_rows n WHERE NOT n.adjustment) w
        LEFT JOIN trainees_ledgeryear y ON (y.authority_id, y.year) = (w.authority_id, w.year)
        WHERE y.id IS NULL OR y.closed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_year_open',
            MESSAGE = '该年度已结账，只能记入调整期';
    END IF;
    INSERT INTO trainees_creditbalance AS b
        (cadre_id, year, adjustment, off_job_days, off_job_hours, online_hours, other_hours, required, elective, entries)
    SELECT n.cadre_id, n.year, n.adjustment,
           coalesce(sum(n.days) FILTER (WHERE n.channel = 'off_job'), 0),
           coalesce(sum(n.hours) FILTER (WHERE n.channel = 'off_job'), 0),
           coalesce(sum(n.hours) FILTER (WHERE n.channel = 'online'), 0),
           coalesce(sum(n.hours) FILTER (WHERE n.channel NOT IN ('off_job', 'online')), 0),
           coalesce(sum(n.credits) FILTER (WHERE n.kind = 'required'), 0),
           coalesce(sum(n.credits) FILTER (WHERE n.kind = 'elective'), 0),
           count(*)
    FROM new_rows n GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (cadre_id, year, adjustment) DO UPDATE SET
        off_job_days = b.off_job_days + excluded.off_job_days,
        off_job_hours = b.off_job_hours + excluded.off_job_hours,
        online_hours = b.online_hours + excluded.online_hours,
        other_hours = b.other_hours + excluded.other_hours,
        required = b.required + excluded.required,
        elective = b.elective + excluded.elective,
        entries = b.entries + excluded.entries;
    RETURN NULL;
END;
$$;
REVOKE ALL ON FUNCTION trainees_post_entries() FROM PUBLIC;
CREATE TRIGGER post_entries AFTER INSERT ON trainees_creditentry REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION trainees_post_entries();
"""
GONE = "DROP TRIGGER post_entries ON trainees_creditentry; DROP FUNCTION trainees_post_entries();"

HISTORY = {
    "trainees_recognition": ("title", "title_key", "provider", "external_key"),
    "trainees_exemption": ("reason", "revoke_reason"),
    "trainees_platform": ("key_hash",),
    "trainees_award": ("name", "note"),
    "trainees_appointment": ("post", "post_level", "rank"),
}

ATTACH = """
CREATE TRIGGER history_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_keep_history({hidden});
CREATE TRIGGER history_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_keep_history({hidden});
CREATE TRIGGER history_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_keep_history({hidden});
"""
DETACH = """
DROP TRIGGER history_insert ON {table}; DROP TRIGGER history_update ON {table}; DROP TRIGGER history_delete ON {table};
"""


BANDS = """
UPDATE trainees_cadre c SET band = CASE
    WHEN a.post_level ~ '^(省部级|厅局级|县处级)' OR a.rank ~ '(巡视员|调研员)$' THEN 'county_up' ELSE 'township_down' END
FROM trainees_appointment a
WHERE a.cadre_id = c.id AND a."primary" AND a.until IS NULL AND (a.post_level <> '' OR a.rank <> '');
"""


def attach(table, hidden):
    quoted = ", ".join(f"'{column}'" for column in hidden)
    return migrations.RunSQL(ATTACH.format(table=table, hidden=quoted), DETACH.format(table=table))


class Migration(migrations.Migration):
    dependencies = [
        ("trainees", "0003_ledger_and_archive"),
        ("core", "0004_history_of_tables_without_hidden_columns"),
    ]

    operations = [
        migrations.RunSQL(BANDS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTION, GONE),
        *(attach(table, hidden) for table, hidden in HISTORY.items()),
    ]
