"""What the portal found in a claim's documents, element by element, and what to do about the rest. It advises only.

Partner and reviewer read the same rows (domain.md, "Proof of execution").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from claims.models import Claim, Document, Finding
from claims.permissions import visible_documents
from claims.proof.documents import in_work
from claims.proof.freshness import GONE
from claims.proof.matrix import needed_columns
from claims.proof.rules import customer_must_acknowledge
from claims.proof.words import Column, Element, ReadState, Verdict
from cpor_portal.accounts.models import User
from cpor_portal.directory.models import Product


class State(StrEnum):
    """How an element stands in all documents together."""

    FOUND = "found"
    EMPTY = "empty"
    OLD = "old"
    FUTURE = "future"
    OTHER = "other"
    MISSING = "missing"
    CANNOT_TELL = "cannot_tell"


STATE_OF: dict[str, State] = {
    Verdict.HOLDS: State.FOUND,
    Verdict.OLD: State.OLD,
    Verdict.FUTURE: State.FUTURE,
    Verdict.EMPTY: State.EMPTY,
    Verdict.OTHER: State.OTHER,
}
# The best of several findings stands first here.
_BEST_FIRST = list(STATE_OF)
LABELS: dict[State, str | Promise] = {
    State.FOUND: pgettext_lazy("found in the proof", "Found"),
    State.EMPTY: pgettext_lazy("found in the proof", "Not filled in"),
    State.OLD: pgettext_lazy("found in the proof", "Too old"),
    State.FUTURE: pgettext_lazy("found in the proof", "In the future"),
    State.OTHER: pgettext_lazy("found in the proof", "Another tenant's"),
    State.MISSING: pgettext_lazy("found in the proof", "Not found"),
    State.CANNOT_TELL: pgettext_lazy("found in the proof", "Cannot tell"),
}
# One sentence each: what helps where it was not found, and where what was found does not do.
ADVICE: dict[tuple[Element, State], str | Promise] = {
    (Element.CUSTOMER, State.MISSING): gettext_lazy("Add a document that names the customer: %(customer)s."),
    (Element.DOMAIN, State.MISSING): gettext_lazy("Add a document with the customer's domain: %(domain)s."),
    (Element.TENANT, State.MISSING): gettext_lazy("Add a document with the tenant ID: %(tenant)s."),
    (Element.TENANT, State.OTHER): gettext_lazy(
        "The document names another tenant; have it corrected to the tenant ID of this claim: %(tenant)s."
    ),
    (Element.PARTNER, State.MISSING): gettext_lazy("Add a document that names the partner: %(partner)s."),
    (Element.PRODUCT, State.MISSING): gettext_lazy(
        "Add a document that names this product, or take the product out of the claim: %(product)s."
    ),
    (Element.WORK, State.MISSING): gettext_lazy(
        "Add a document that says what the partner did for the customer, in a few sentences."
    ),
    (Element.WORK, State.EMPTY): gettext_lazy(
        "The place for the work is empty: describe what the partner did for the customer, in a few sentences."
    ),
    (Element.SIGNATURE, State.MISSING): gettext_lazy(
        "Add a document that somebody of the customer signed, or an e-mail in which the customer confirms the work."
    ),
    # Ink is no text: what was signed by hand is seen by people alone.
    (Element.SIGNATURE, State.EMPTY): gettext_lazy(
        "No signature can be read in its place: have the customer sign it or, if it is signed by hand, fill in the cell"
        " yourself."
    ),
    (Element.DATE, State.MISSING): gettext_lazy("Have the customer write the date beside the signature."),
    (Element.DATE, State.OLD): gettext_lazy(
        "The customer's acknowledgement (%(date)s) is older than 12 months: have the customer sign and date it anew."
    ),
    (Element.DATE, State.FUTURE): gettext_lazy(
        "The date of the customer's acknowledgement (%(date)s) has not come yet: have it corrected."
    ),
    (Element.PUBLIC_SECTOR, State.MISSING): gettext_lazy(
        "Have the customer acknowledge too that the partner will seek the association; the template has the sentence."
    ),
}
# What no column of the proof matrix speaks of: whoever reads the matrix alone has to be told of it besides.
WITHOUT_COLUMN = frozenset({Element.CUSTOMER, Element.PARTNER, Element.PUBLIC_SECTOR})


@dataclass(frozen=True)
class Row:
    """One element that the proof must show. `finding` is the best of those found.

    `advice` is empty where it is found, and where the report says why nothing can be told.
    """

    element: Element
    state: State
    label: str
    advice: str
    product: Product | None = None
    finding: Finding | None = None

    @property
    def state_label(self) -> str:
        """The state as people read it."""
        return str(LABELS[self.state])

    @property
    def is_found(self) -> bool:
        """Whether nothing needs to be done about it."""
        return self.state == State.FOUND

    @property
    def document(self) -> Document | None:
        """The document in which it was found."""
        return self.finding.document if self.finding else None

    @property
    def page(self) -> int | None:
        """The page on which it was found."""
        return self.finding.page if self.finding else None

    @property
    def words(self) -> str:
        """The words found."""
        return self.finding.words if self.finding else ""

    @property
    def place(self) -> str:
        """Where it was found, as people read it; empty where it was not."""
        if self.finding is None:
            return ""
        return _("%(document)s, page %(page)s") % {"document": self.finding.document.name, "page": self.finding.page}


@dataclass(frozen=True)
class Report:
    """What was found for a claim. `why_untold` says why the portal cannot tell of the rows that it cannot tell of."""

    rows: list[Row]
    why_untold: str = ""

    @property
    def found(self) -> list[Row]:
        """What was found."""
        return [row for row in self.rows if row.is_found]

    @property
    def gaps(self) -> list[Row]:
        """What was looked for and not found, or does not do."""
        return [row for row in self.rows if not row.is_found and row not in self.untold]

    @property
    def untold(self) -> list[Row]:
        """Of what the portal cannot tell, because nobody but people can read it or has read it so far."""
        return [row for row in self.rows if row.state == State.CANNOT_TELL]

    @property
    def untold_labels(self) -> list[str]:
        """The same in words."""
        return [row.label for row in self.untold]

    @property
    def tells_nothing(self) -> bool:
        """Whether one sentence says everything: the portal can tell of no row at all."""
        return len(self.untold) == len(self.rows)

    @property
    def gaps_without_column(self) -> list[Row]:
        """The gaps that no cell of the proof matrix shows."""
        return [row for row in self.gaps if row.element in WITHOUT_COLUMN]

    @property
    def is_complete(self) -> bool:
        """Whether everything was found. It decides nothing."""
        return len(self.found) == len(self.rows)


def report(claim: Claim, reader: User, documents: Sequence[Document] | None = None) -> Report:
    """The report on the documents that `reader` may see and that may be shown, in the active language.

    A fixed number of queries, whatever the number of products, documents and findings. `documents`, where the caller
    has them, are those that `reader` may see.
    """
    documents = list(visible_documents(reader, claim)) if documents is None else documents
    shown = {document.pk: document for document in documents if document.is_showable}
    findings = list(Finding.objects.filter(document__in=shown).select_related("product"))
    for finding in findings:
        finding.document = shown[finding.document_id]
    is_unread = any(_is_unread(document) for document in documents)
    rows = [_row(claim, *sought, findings, is_unread=is_unread) for sought in _sought(claim)]
    return Report(rows, _why_untold(documents) if is_unread else "")


def _why_untold(documents: Iterable[Document]) -> str:
    """Why the portal cannot tell what it did not find, in the active language."""
    counted = [document for document in documents if not document.is_quarantined]
    if any(in_work(document) for document in counted):
        return _("The portal has not read every document yet. What it finds appears here.")
    if any(not _is_unread(document) for document in counted):
        return _("It was not found where there is text to read; please look yourself in the other documents.")
    if any(document.is_given_up for document in counted):
        return _("The portal gave up searching a document, so it cannot tell what is shown there; people can.")
    return ngettext(
        "There is no text in the document that the portal can read, so it cannot tell what is shown; people can.",
        "There is no text in the documents that the portal can read, so it cannot tell what is shown; people can.",
        len(counted),
    )


def _is_unread(document: Document) -> bool:
    """Whether something may stand in it that nobody has looked for; a quarantined file is no proof."""
    if document.is_quarantined:
        return False
    return document.read_state != ReadState.READ or document.judged_at is None or document.is_given_up


def _sought(claim: Claim) -> Iterable[tuple[Element, Product | None]]:
    """What this claim's proof must show, in the order of domain.md."""
    for element in (Element.CUSTOMER, Element.DOMAIN, Element.TENANT, Element.PARTNER):
        yield element, None
    if Column.NAMED in needed_columns(claim):
        lines = claim.lines.exclude(outcome__in=GONE).select_related("product").order_by("id")
        yield from ((Element.PRODUCT, line.product) for line in lines)
    for element in (Element.WORK, Element.SIGNATURE, Element.DATE):
        yield element, None
    if customer_must_acknowledge(claim):
        yield Element.PUBLIC_SECTOR, None


def _row(
    claim: Claim, element: Element, product: Product | None, findings: Sequence[Finding], *, is_unread: bool
) -> Row:
    product_id = product.pk if product else None
    best = _best([one for one in findings if one.element == element and one.product_id == product_id])
    state = STATE_OF[best.verdict] if best else State.CANNOT_TELL if is_unread else State.MISSING
    label = product.name if product else str(element.label)
    return Row(element, state, label, _advice(claim, element, state, product, best), product, best)


def _best(findings: Sequence[Finding]) -> Finding | None:
    """What holds before what does not, the newest acknowledgement, the newest document, its first page."""
    return min(
        findings,
        key=lambda one: (
            _BEST_FIRST.index(Verdict(one.verdict)),
            -(one.on or date.min).toordinal(),
            -one.document_id,
            one.page,
            one.pk,
        ),
        default=None,
    )


def _advice(claim: Claim, element: Element, state: State, product: Product | None, best: Finding | None) -> str:
    if state in {State.FOUND, State.CANNOT_TELL}:
        return ""
    advice = ADVICE.get((element, state), ADVICE[element, State.MISSING])
    return str(advice) % {
        "customer": claim.customer_display_name,
        "domain": claim.domain,
        "tenant": claim.tenant_id or "",
        "partner": claim.firm.name,
        "product": product.name if product else "",
        "date": date_format(best.on, "DATE_FORMAT") if best and best.on else "",
    }
