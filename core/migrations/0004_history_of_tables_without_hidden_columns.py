"""A trigger without arguments has no array of them: what was inserted and deleted was kept without its values."""

from django.db import migrations

REPAIR = """
DO $repair$ BEGIN
    EXECUTE replace(
        pg_get_functiondef('core_keep_history'::regproc),
        'hidden text[] := TG_ARGV;', 'hidden text[] := coalesce(TG_ARGV, ARRAY[]::text[]);');
END $repair$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_row_history_function")]

    operations = [migrations.RunSQL(REPAIR, migrations.RunSQL.noop)]
