"""The closed lists of words about proof (domain.md, "Proof of execution").

Nothing here knows a record: models, the checker and both sides' pages use it.
"""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from claims.words import Reason


class Column(TextChoices):
    """What the proof must show of each claimed product: the columns of the proof matrix."""

    NAMED = "named", pgettext_lazy("proof matrix", "Named")
    TIED = "tied", pgettext_lazy("proof matrix", "Tied to the tenant")
    DESCRIBED = "described", pgettext_lazy("proof matrix", "Work described")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("proof matrix", "Acknowledged")
    DATED = "dated", pgettext_lazy("proof matrix", "Dated")


# A reviewer who gives the reason and names no cell means the whole column for the lines concerned (design.md,
# "Contract"); whoever names a cell gives its reason with it.
COLUMN_OF: dict[Reason, Column] = {
    Reason.PROOF_MISSING: Column.TIED,
    Reason.ACKNOWLEDGEMENT_MISSING: Column.ACKNOWLEDGED,
    Reason.DATES_MISSING_OR_OLD: Column.DATED,
    Reason.WORK_DESCRIPTION_MISSING: Column.DESCRIBED,
    Reason.PRODUCT_MISSING: Column.NAMED,
}
REASON_OF: dict[Column, Reason] = {column: reason for reason, column in COLUMN_OF.items()}


class ScanState(TextChoices):
    """Where the virus scan of a document stands."""

    NOT_SCANNED = "not_scanned", pgettext_lazy("virus scan", "Not scanned")  # no scanner was set up
    WAITING = "waiting", pgettext_lazy("virus scan", "Waiting for the scan")
    CLEAN = "clean", pgettext_lazy("virus scan", "No virus found")
    INFECTED = "infected", pgettext_lazy("virus scan", "Quarantined")


# A reviewer sees a document only after its verdict; so does the job that reads it.
SHOWABLE = frozenset({ScanState.NOT_SCANNED, ScanState.CLEAN})


class ReadState(TextChoices):
    """Where the reading of a document stands. Reading advises; it never delays anything."""

    WAITING = "waiting", pgettext_lazy("reading a document", "Being read")
    READ = "read", pgettext_lazy("reading a document", "Read")
    NO_TEXT = "no_text", pgettext_lazy("reading a document", "No text to read")
    UNREADABLE = "unreadable", pgettext_lazy("reading a document", "Could not be read")


class Element(TextChoices):
    """What the checker looks for in a document."""

    CUSTOMER = "customer", pgettext_lazy("in the proof", "Customer's name")
    DOMAIN = "domain", pgettext_lazy("in the proof", "Customer's domain")
    TENANT = "tenant", pgettext_lazy("in the proof", "Tenant ID")
    PARTNER = "partner", pgettext_lazy("in the proof", "Partner's name")
    PRODUCT = "product", pgettext_lazy("in the proof", "Product")
    WORK = "work", pgettext_lazy("in the proof", "Description of the work")
    SIGNATURE = "signature", pgettext_lazy("in the proof", "Signature")
    DATE = "date", pgettext_lazy("in the proof", "Date of acknowledgement")
    PUBLIC_SECTOR = "public_sector", pgettext_lazy("in the proof", "Public-sector acknowledgement")


class Verdict(TextChoices):
    """What the checker makes of the words that it found. What it did not find has no finding."""

    HOLDS = "holds", pgettext_lazy("finding", "Found")
    EMPTY = "empty", pgettext_lazy("finding", "There, but not filled in")  # a signature block or a heading
    OLD = "old", pgettext_lazy("finding", "Older than 12 months")
    FUTURE = "future", pgettext_lazy("finding", "In the future")
    OTHER = "other", pgettext_lazy("finding", "Another one")  # another tenant's ID


class Source(TextChoices):
    """Who filled in a cell of the matrix. What a person entered is never overwritten by what is found later."""

    FOUND = "found", pgettext_lazy("proof matrix", "Found by the portal")
    PARTNER = "partner", pgettext_lazy("proof matrix", "Entered by the partner")


class CellVerdict(TextChoices):
    """What a decision said about a cell; empty until one did."""

    HELD = "held", pgettext_lazy("proof matrix", "Accepted")
    REFUSED = "refused", pgettext_lazy("proof matrix", "Asked for")
