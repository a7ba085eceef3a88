"""Changes of the timetable, of leave and of activities leave their trace too (core_keep_history)."""

from django.db import migrations

TABLES = {
    "training_session": ("teacher_name", "place_name"),
    "training_leaverequest": ("reason", "end_reason", "proof_name"),
    "training_leavesession": (),
    "training_leavestep": ("comment",),
    "training_leaveapprover": (),
    "training_checkin": ("secret", "wall_hash"),
    "training_activity": ("note", "cancelled"),
    "training_activitypart": ("note",),
    "training_electioncount": (),
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
    dependencies = [("training", "0004_class_life"), ("core", "0004_history_of_tables_without_hidden_columns")]

    operations = [attach(table, hidden) for table, hidden in TABLES.items()]
