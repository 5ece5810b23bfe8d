"""The base of the import commands: a JSON file in, a report in sentences or every fault out."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cpor_portal.importing.reading import ImportFaults
from cpor_portal.importing.writing import ImportReport

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes. A file is read into memory as a whole; this one holds some 20,000 tenants."""


class ImportCommand(BaseCommand):
    """Reads FILE and imports it whole or not at all. Subclasses say what the document is."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file."""
        parser.add_argument("file", type=Path, metavar="FILE.json")

    def import_document(self, document: object) -> ImportReport:
        """Imports the document. May raise ImportFaults."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Imports, and says what became of it. Raises CommandError where nothing could be imported."""
        self.report(read_json(options["file"]))

    def report(self, document: object) -> None:
        """Imports the document and writes the report; faults become one CommandError that names them all."""
        try:
            report = self.import_document(document)
        except ImportFaults as faults:
            raise CommandError(_faulty(faults)) from faults
        except IntegrityError as fault:
            raise CommandError(
                _("Something else wrote the same rows at the same moment. Nothing was imported; try again.")
            ) from fault
        for sentence in report.sentences():
            self.stdout.write(sentence)


def read_json(path: Path) -> object:
    """The document in the file. Raises CommandError where it is missing, too large, or not JSON in UTF-8."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CommandError(
                _("%(file)s is larger than %(limit)d MiB. Split it.") % {"file": path, "limit": LARGEST_FILE // 1024**2}
            )
        content = path.read_bytes()
    except OSError as fault:
        raise CommandError(
            _("%(file)s can not be read: %(reason)s") % {"file": path, "reason": fault.strerror}
        ) from fault
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_each_field_once)
    except (ValueError, RecursionError) as fault:
        raise CommandError(_("%(file)s is not JSON in UTF-8: %(reason)s") % {"file": path, "reason": fault}) from fault


def _each_field_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON lets a later field silently replace an earlier one of the same name; an import must not."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(_("the field “%(name)s” stands twice in one object") % {"name": twice})
    return values


def _faulty(faults: ImportFaults) -> str:
    count = len(faults.faults)
    head = ngettext(
        "Nothing was imported. There is %(count)d fault:",
        "Nothing was imported. There are %(count)d faults:",
        count,
    )
    return "\n".join([head % {"count": count}, *(str(fault) for fault in faults.faults)])
