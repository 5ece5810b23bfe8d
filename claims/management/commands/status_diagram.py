"""`manage.py status_diagram`: writes docs/status-diagram.md from the transition table."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from claims.diagram import as_markdown


class Command(BaseCommand):
    """Draw the statuses of a claim anew, after a change of the transition table."""

    help = "Write docs/status-diagram.md from the transition table."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "status-diagram.md"
        path.write_text(as_markdown(), encoding="utf-8")
        self.stdout.write(f"wrote docs/{path.name}")
