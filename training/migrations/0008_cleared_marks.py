"""A cell's history finds the marks that were cleared: few rows of a long table, by the trainee they were of."""

from django.db import migrations

INDEX = """
CREATE INDEX mark_cleared ON core_rowchange ((before -> 'enrolment_id'))
    WHERE table_name = 'training_attendancemark' AND verb = 'delete';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0007_class_roles_and_administrators"),
        ("core", "0004_history_of_tables_without_hidden_columns"),
    ]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX mark_cleared;")]
