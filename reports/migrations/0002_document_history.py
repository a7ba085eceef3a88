"""Whatever changes a document leaves its trace: its state, its number, what replaces it."""

from django.db import migrations

TABLES = {
    "reports_document": ("title", "token", "void_reason"),
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
    dependencies = [("reports", "0001_initial"), ("core", "0004_history_of_tables_without_hidden_columns")]

    operations = [attach(table, hidden) for table, hidden in TABLES.items()]
