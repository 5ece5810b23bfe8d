"""`manage.py enforce_deadlines [--now ISO] [--dry-run] [--limit N]`."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arbitration.acts.absence import begin_absences
from arbitration.enforcement import enforce
from arbitration.keeping import Step
from cpor_portal.notifications.sweeps import note_sweep

ALWAYS_TOLD = (Step.REMINDED, Step.ESCALATED, Step.ANSWER_EXPIRED)


class Command(BaseCommand):
    """Do by hand what beat does each minute; `--now` decides what counts as due."""

    help = "Remind of deadlines that are near and enforce those that are past."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="an instant such as 2026-11-30T23:59:59+01:00; default: the present")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--limit", type=_limit, default=10_000, help="at most so many deadlines")

    def handle(self, *args: Any, **options: Any) -> None:
        now = _instant(options["now"]) if options["now"] else timezone.now()
        report = enforce(now=now, limit=options["limit"], dry_run=options["dry_run"])
        if len(report) < options["limit"] and not options["now"] and not options["dry_run"]:
            note_sweep(now)  # all that is due by now is done, as beat's sweep does it
        would = "would be " if options["dry_run"] else ""
        for step in Step:
            count = report.counts[step]
            if count or step in ALWAYS_TOLD:
                self.stdout.write(f"{would}{step.label}: {_list(count, report.of(step))}")
        if report.passed_over:
            self.stdout.write(f"passed over, somebody had them: {report.passed_over}")
        # Only now: whatever goes wrong with an absence, the report of what was enforced is printed.
        begun = 0 if options["dry_run"] else begin_absences(now=now)
        if begun:
            self.stdout.write(f"absences that began: {begun}")
        if report.failed:
            raise CommandError(f"failed, and still due: {' '.join(report.failed)}")


def _list(count: int, references: list[str]) -> str:
    more = " …" if count > len(references) else ""
    return f"{count} {' '.join(references)}{more}"


def _limit(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("a whole number from 1 on is needed")
    return int(text)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--now {text!r} is not an ISO 8601 instant") from error
    if instant.tzinfo is None:
        raise CommandError("--now needs an offset, for example 2026-11-30T23:59:59+00:00")
    return instant
