"""Whatever changes a request for a correction leaves its trace, without what people wrote."""

from django.db import migrations

ATTACH = """
CREATE TRIGGER history_insert AFTER INSERT ON training_correctionrequest REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_keep_history('reason', 'comment');
CREATE TRIGGER history_update AFTER UPDATE ON training_correctionrequest
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_keep_history('reason', 'comment');
CREATE TRIGGER history_delete AFTER DELETE ON training_correctionrequest REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION core_keep_history('reason', 'comment');
"""
DETACH = """
DROP TRIGGER history_insert ON training_correctionrequest; DROP TRIGGER history_update ON training_correctionrequest;
DROP TRIGGER history_delete ON training_correctionrequest;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0014_correction_requests"),
        ("core", "0004_history_of_tables_without_hidden_columns"),
    ]

    operations = [migrations.RunSQL(ATTACH, DETACH)]
