"""Events can neither be changed nor deleted, whoever asks the database to (design.md, "What always holds" 2)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

POSTGRESQL = (
    """
    CREATE FUNCTION claims_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'claims_event is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER claims_event_append_only BEFORE UPDATE OR DELETE ON claims_event
    FOR EACH ROW EXECUTE FUNCTION claims_event_is_append_only()
    """,
)
SQLITE = tuple(
    f"""
    CREATE TRIGGER claims_event_no_{verb} BEFORE {verb} ON claims_event
    BEGIN SELECT RAISE(ABORT, 'claims_event is append-only'); END
    """
    for verb in ("update", "delete")
)


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER claims_event_append_only ON claims_event")
        schema_editor.execute("DROP FUNCTION claims_event_is_append_only()")
    else:
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER claims_event_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
