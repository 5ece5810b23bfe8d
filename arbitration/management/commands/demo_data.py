"""`manage.py demo_data`: firms, customers, people and claims for trying the portal out."""

from typing import Any

from django.core.management.base import BaseCommand

from arbitration.demo import bring_demo_data, sign_ins


class Command(BaseCommand):
    """Bring the demo data (safe to repeat) and print who can sign in."""

    help = "Bring the demo data and print the demo sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        bring_demo_data()
        self.stdout.write(f"Demo sign-ins (password for all: {sign_ins()[0][2]}):")
        for who, email, _password in sign_ins():
            self.stdout.write(f"  {email:<28} {who}")
