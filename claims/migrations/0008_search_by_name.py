"""Search by how a customer's name begins, in any case: PostgreSQL needs an index on what Django compares."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NAME = "claims_by_customer_name"


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """On SQLite, the embedded default, a portal is small: there a name is looked for row by row."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX {NAME} ON claims_claim (UPPER(customer_display_name::text) text_pattern_ops)"
        )


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Back to before."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("claims", "0007_corrections_and_the_desk")]

    operations = [migrations.RunPython(create, drop)]
