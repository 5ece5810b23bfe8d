"""Reading documents of proof in the background: their text, what it shows, and the matrix that follows from it.

None of this is an act of the table: it advises, writes no history and moves no claim's version, so that no page that
somebody has open goes stale. It runs in jobs (`claims.tasks`), twice or late without harm.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from claims.acts.ground import lock_claim, read_claim
from claims.models import Claim, Document, DocumentPage, Finding, TextBand
from claims.proof import alike
from claims.proof.checker import findings_in
from claims.proof.found import Facts, Found, PageText, ProductNames
from claims.proof.freshness import GONE, acknowledged_on, good_until
from claims.proof.matrix import needed_columns
from claims.proof.prefill import prefill
from claims.proof.reminders import next_reminder
from claims.proof.words import ReadState
from cpor_portal import documents
from cpor_portal.faults import Conflict
from cpor_portal.jobs import ask
from cpor_portal.review_site import review_day
from cpor_portal.working_days import local_day

# A file that ends its reader, or its worker, this often is given up: it is shown all the same, and people read it.
ATTEMPTS = 3

log = structlog.get_logger(__name__)


def ask_to_look(document_ids: Sequence[int]) -> None:
    """Have documents scanned, read and compared soon after the commit; the minute's sweep makes good."""
    from claims.tasks import look_at_document  # the task calls this module

    for document_id in document_ids:
        transaction.on_commit(lambda found=document_id: ask(look_at_document, found))  # type: ignore[misc]


def look_again(claim: Claim) -> None:
    """A fact changed that findings rest on: compare the claim's documents anew. Under the claim's lock."""
    judged = claim.documents.exclude(judged_at=None)
    ids = list(judged.order_by("id").values_list("id", flat=True))
    if ids:
        judged.update(judged_at=None)
        ask_to_look(ids[:1])  # one is enough: a claim's documents are compared together


# --- Reading -----------------------------------------------------------------------------------------------


def read_one(document_id: int) -> bool:
    """Extract the text of one document that may be shown and was not read; whether there was anything to do.

    Nothing is locked while it is read. What the reader makes of a hostile file is a state, never an exception; a
    reader that was ended for want of time, and a storage that is away, are tried again by the next sweep.
    """
    waiting = Document.objects.to_read().filter(pk=document_id)
    if not waiting.update(read_attempts=F("read_attempts") + 1):
        return False
    document = waiting.select_related("claim__firm").first()
    if document is None:
        return False
    try:
        text = _text_of(document)
    except OSError as fault:
        log.error("document_not_read", document=document_id, fault=str(fault))
        waiting.update(read_attempts=F("read_attempts") - 1)  # the document is not to blame
        return False
    except documents.TooMuch as fault:
        log.warning("document_takes_too_much", document=document_id, fault=str(fault))
        if document.read_attempts < ATTEMPTS:
            return False
        text = None
    _note_reading(document, text)
    return True


def _text_of(document: Document) -> documents.Text | None:
    """The document's text; None where it cannot be had. Raises OSError and TooMuch, which may pass."""
    if document.read_attempts > ATTEMPTS:  # workers that were ended in the middle of it
        return None
    try:
        with documents.local_copy(document.file) as path:
            return documents.extract(path, document.content_type)
    except (documents.Broken, FileNotFoundError) as fault:
        log.warning("document_unreadable", document=document.pk, fault=str(fault))
        return None


def _note_reading(document: Document, text: documents.Text | None) -> None:
    signature = _signature(document, text)
    with transaction.atomic():
        row = Document.objects.select_for_update(no_key=True).to_read().filter(pk=document.pk).first()
        if row is None:  # removed or quarantined meanwhile, or read by another worker
            return
        row.pages.all().delete()
        row.bands.all().delete()
        if text is not None:
            DocumentPage.objects.bulk_create(
                DocumentPage(document=row, number=number, text=page) for number, page in enumerate(text.pages, 1)
            )
            TextBand.objects.bulk_create(_bands(row, signature))
            row.page_count, row.has_signature_field = len(text.pages), text.has_signature_field
        row.read_state, row.read_at, row.text_signature = _state(text), timezone.now(), signature
        row.judged_at = None
        row.save(
            update_fields=["page_count", "has_signature_field", "read_state", "read_at", "text_signature", "judged_at"]
        )


def _state(text: documents.Text | None) -> ReadState:
    if text is None:
        return ReadState.UNREADABLE
    return ReadState.READ if any(page.strip() for page in text.pages) else ReadState.NO_TEXT


def _signature(document: Document, text: documents.Text | None) -> bytes | None:
    facts = facts_of(document.claim, document)
    return alike.signature_of(text.pages, facts) if text is not None and facts is not None else None


def _bands(document: Document, signature: bytes | None) -> list[TextBand]:
    values = alike.bands_of(signature) if signature else []
    return [TextBand(document=document, band=band, value=value) for band, value in enumerate(values)]


# --- Comparing with the claim's facts ----------------------------------------------------------------------


def judge(reference: str) -> bool:
    """Compare what was read with the claim's facts, and fill in the matrix; whether there was anything to do.

    The texts are searched before the claim is locked: whoever saves a step waits for no search. Under the lock the
    facts are read again, and the search is done anew where they have changed meanwhile. A draft that is gone is done.
    """
    try:
        for _attempt in range(ATTEMPTS):
            seen = _found_in(read_claim(reference))
            if not seen:
                return False
            if _note_findings(reference, seen):
                return True
    except Conflict:
        return False
    return False  # somebody edits faster than this; the next sweep comes in a minute


def facts_of(claim: Claim, document: Document) -> Facts | None:
    """What `document` of the claim has to show; None while the claim has no tenant."""
    if claim.tenant_id is None:
        return None
    lines = claim.lines.exclude(outcome__in=GONE).select_related("product").order_by("id")
    return Facts(
        customer=claim.customer_display_name,
        domains=tuple(dict.fromkeys(name for name in (claim.domain, claim.domain_entered) if name)),
        tenant_id=claim.tenant_id,
        partner=claim.firm.name,
        products=tuple(ProductNames(line.product.code, (line.product.name, *line.product.aliases)) for line in lines),
        # A draft is measured as if it were submitted now; a document may come after the submission.
        submitted_on=_day(claim.submitted_at or timezone.now()),
        public_sector=claim.public_sector,
        added_on=_day(document.uploaded_at) if claim.submitted_at else None,
    )


def _day(at: datetime) -> date:
    return local_day(at, settings.REVIEW_TIME_ZONE)


Seen = dict[int, tuple[Facts | None, list[Found]]]


def _found_in(claim: Claim) -> Seen:
    rows = claim.documents.to_judge().prefetch_related("pages")
    seen: Seen = {}
    for document in rows:
        facts = facts_of(claim, document)
        pages = [PageText(page.number, page.text) for page in document.pages.all()]
        found = findings_in(pages, facts, has_signature_field=document.has_signature_field) if facts else []
        seen[document.pk] = (facts, found)
    return seen


def _note_findings(reference: str, seen: Seen) -> bool:
    """Write what was found, unless the facts are others by now."""
    now = timezone.now()
    with transaction.atomic():
        claim = lock_claim(reference)
        rows = {document.pk: document for document in claim.documents.to_judge()}
        if any(facts_of(claim, rows[pk]) != facts for pk, (facts, _found) in seen.items() if pk in rows):
            return False
        products = dict(claim.lines.values_list("product__code", "product_id"))
        Finding.objects.filter(document__in=rows).delete()
        Finding.objects.bulk_create(
            Finding(document_id=pk, product_id=products.get(one.product), **_columns(one))
            for pk, (_facts, found) in seen.items()
            if pk in rows
            for one in found
        )
        claim.documents.filter(pk__in=[pk for pk in seen if pk in rows]).update(judged_at=now)
        fill_in(claim, at=now)
    return True


def fill_in(claim: Claim, *, at: datetime) -> None:
    """Bring the matrix, and what follows from it, in line with the findings. Under the claim's lock."""
    products = claim.lines.exclude(outcome__in=GONE).values_list("product_id", flat=True)
    prefill(claim, products=products, columns=needed_columns(claim), at=at)
    note_freshness(claim)


def _columns(found: Found) -> dict[str, Any]:
    return {
        "element": found.element,
        "verdict": found.verdict,
        "page": found.page,
        "words": found.words[:300],
        "on": found.on,
    }


def note_freshness(claim: Claim) -> None:
    """Keep beside the claim until when its proof is good, and when to remind of newer. Under the claim's lock."""
    day = acknowledged_on(claim)
    claim.proof_good_until = good_until(day) if day else None
    claim.proof_reminder_on = next_reminder(claim, today=review_day())
    claim.save(update_fields=["proof_good_until", "proof_reminder_on"])
