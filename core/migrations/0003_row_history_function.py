"""One trigger function for all tables whose history is kept; migrations of the apps attach it.

Statement-level with transition tables, so that a bulk write costs one INSERT … SELECT. It does not go through pgtrigger:
its functions let a session switch them off by a setting, and nobody may. The arguments of a trigger name the columns
whose values are not kept (names of people, long texts): a change of theirs is told, not quoted.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION core_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hidden text[] := TG_ARGV;
    actor uuid := nullif(current_setting('portal.actor', true), '')::uuid;
    request uuid := nullif(current_setting('portal.request', true), '')::uuid;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO core_rowchange (table_name, row_id, verb, after, actor_id, request_id, database_role)
        SELECT TG_TABLE_NAME, fresh ->> 'id', 'insert', fresh - hidden, actor, request, session_user
        FROM (SELECT to_jsonb(n) AS fresh FROM new_rows n) rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO core_rowchange (table_name, row_id, verb, before, actor_id, request_id, database_role)
        SELECT TG_TABLE_NAME, gone ->> 'id', 'delete', gone - hidden, actor, request, session_user
        FROM (SELECT to_jsonb(o) AS gone FROM old_rows o) rows;
    ELSE
        INSERT INTO core_rowchange (table_name, row_id, verb, before, after, actor_id, request_id, database_role)
        SELECT TG_TABLE_NAME, coalesce(o.id, n.id)::text,
               CASE WHEN o.id IS NULL THEN 'insert' WHEN n.id IS NULL THEN 'delete' ELSE 'update' END,
               d.before, d.after, actor, request, session_user
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(key, CASE WHEN key = ANY (hidden) THEN '"（不记）"'::jsonb ELSE a.value END) AS before,
                   jsonb_object_agg(key, CASE WHEN key = ANY (hidden) THEN '"（不记）"'::jsonb ELSE b.value END) AS after
            FROM jsonb_each(coalesce(to_jsonb(o), '{}')) a FULL JOIN jsonb_each(coalesce(to_jsonb(n), '{}')) b USING (key)
            WHERE a.value IS DISTINCT FROM b.value
        ) d
        WHERE d.before IS NOT NULL;
    END IF;
    RETURN NULL;
END;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_chain_and_history")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION core_keep_history()")]
