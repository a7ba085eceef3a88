"""Accounts that were opened before approval was asked for have taken effect already (SEC-20)."""

from django.db import migrations

APPROVE = "UPDATE organization_account SET approved_at = joined WHERE approved_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("organization", "0005_account_approval")]

    operations = [migrations.RunSQL(APPROVE, migrations.RunSQL.noop)]
