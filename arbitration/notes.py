"""The working notes on a claim, as a reviewer reads them: one's own to go on with, and the colleagues'."""

from collections.abc import Sequence
from dataclasses import dataclass

from arbitration.models import WorkingNote
from claims.models import Claim
from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class Notes:
    """`own` is empty where nothing was ever written; the colleagues' are those that say something."""

    own: WorkingNote | None
    others: Sequence[WorkingNote]

    @property
    def body(self) -> str:
        """What stands in one's own note."""
        return self.own.body if self.own else ""

    @property
    def seen(self) -> int:
        """The version that a page shows; 0 before the first."""
        return self.own.version if self.own else 0


def notes_on(claim: Claim, reader: User) -> Notes:
    """The notes on a claim for a reviewer or an arbiter; one query. Partners never get here."""
    rows = list(claim.working_notes.select_related("author"))
    own = next((row for row in rows if row.author_id == reader.pk), None)
    return Notes(own, [row for row in rows if row.author_id != reader.pk and row.body.strip()])
