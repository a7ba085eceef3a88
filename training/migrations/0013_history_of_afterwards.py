"""Whatever changes a report-back or a follow-up leaves its trace, without what people wrote."""

from django.db import migrations

HISTORY = {
    "training_reportback": ("text", "state_reason", "occasion"),
    "training_followup": ("own_answers", "superior_answers", "remark"),
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


def attach(table, hidden):
    quoted = ", ".join(f"'{column}'" for column in hidden)
    return migrations.RunSQL(ATTACH.format(table=table, hidden=quoted), DETACH.format(table=table))


class Migration(migrations.Migration):
    dependencies = [("training", "0012_afterwards"), ("core", "0004_history_of_tables_without_hidden_columns")]

    operations = [attach(table, hidden) for table, hidden in HISTORY.items()]
