from cpor_portal.accounts.importing import import_partners
from cpor_portal.importing.command import ImportCommand
from cpor_portal.importing.writing import ImportReport


class Command(ImportCommand):
    """`manage.py import_partners FILE.json`."""

    help = "Imports partner firms, their MPN locations, enrolments and people, and Microsoft's staff."

    def import_document(self, document: object) -> ImportReport:
        """Firms and people."""
        return import_partners(document)
