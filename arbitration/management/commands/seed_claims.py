"""`manage.py seed_claims N`: claims in any number, for measuring the portal and for trying it out."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from arbitration.seeding.run import MOST, seed
from arbitration.seeding.world import PASSWORD


class Command(BaseCommand):
    """Add N claims with their customers, firms, people and history (design.md, "Contract")."""

    help = "Adds N made-up claims (up to 1,000,000) with everything that belongs to them. Not for a portal in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """N, and the confirmation that is needed where DEBUG is off."""
        parser.add_argument("claims", metavar="N", type=int, help="how many claims, 1 to 1,000,000")
        parser.add_argument("--yes", action="store_true", help="do it although DEBUG is off")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is done, and how long it took."""
        claims: int = options["claims"]
        if not 1 <= claims <= MOST:
            raise CommandError(f"N is a number from 1 to {MOST:,}.")
        if not settings.DEBUG and not options["yes"]:
            raise CommandError(
                "DEBUG is off, so people may be working here. Nothing was written."
                " With --yes made-up claims, and people whose password is known, are added all the same."
            )
        began = time.monotonic()
        counts = seed(claims, say=self.stdout.write)
        for table, count in counts.items():
            self.stdout.write(f"  {table:<28} {count:>12,}")
        self.stdout.write(
            f"Seeded {claims:,} claims in {time.monotonic() - began:.1f} s. Sign in as reviewer1@seed.example to"
            " reviewer8@seed.example, arbiter1@seed.example, arbiter2@seed.example or partner1@seed.example to"
            f" partner8@seed.example; the password is {PASSWORD}."
        )
