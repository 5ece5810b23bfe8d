"""What the portal needs before it can answer, in one Django process: the schema, the catalogue, demo data if wanted.

Run by `dev.py run` inside the virtual environment; prints the demo sign-ins.
"""

import io
import os
import sys


def main() -> None:
    """Migrate where something is to migrate (a full `migrate` costs a second), the catalogue, then `demo_data`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor_portal.settings")
    import django

    django.setup()
    from django.core.management import call_command

    if _has_something_to_migrate():
        call_command("migrate", verbosity=0, interactive=False)
    if _has_no_products():
        call_command("import_directory", "--catalogue", stdout=io.StringIO())  # what is printed here are the sign-ins
    if "--demo-data" in sys.argv[1:]:
        call_command("demo_data")


def _has_something_to_migrate() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _has_no_products() -> bool:
    """The catalogue is no demo data: without it nothing can be claimed. What is there is never written over."""
    from cpor_portal.directory.models import Product

    return not Product.objects.exists()


if __name__ == "__main__":
    main()
