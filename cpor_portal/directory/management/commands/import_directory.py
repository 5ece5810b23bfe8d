from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cpor_portal.directory.importing import CATALOGUE, import_directory
from cpor_portal.importing.command import ImportCommand, read_json
from cpor_portal.importing.writing import ImportReport


class Command(ImportCommand):
    """`manage.py import_directory FILE.json`, or `--catalogue` for the catalogue that comes with the portal."""

    help = "Imports customer tenants, their domains and subscriptions, and rows of the product catalogue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file, or the curated catalogue."""
        parser.add_argument("file", type=Path, metavar="FILE.json", nargs="?")
        parser.add_argument(
            "--catalogue", action="store_true", help="import the product catalogue that comes with the portal"
        )

    def import_document(self, document: object) -> ImportReport:
        """Tenants and products."""
        return import_directory(document)

    def handle(self, *args: Any, **options: Any) -> None:
        """Imports the catalogue, the file, or both, each on its own. Raises CommandError."""
        files = [CATALOGUE] if options["catalogue"] else []
        files += [options["file"]] if options["file"] else []
        if not files:
            raise CommandError(_("Name a file to import, or --catalogue."))
        for file in files:
            self.report(read_json(file))
