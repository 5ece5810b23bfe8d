"""Reading documents of proof in the background: their text, what it shows, and the matrix that follows from it.

None of this is an act of the table: it advises, writes no history and moves no claim's version, so that no page that
somebody has open goes stale. It runs in jobs (`claims.tasks`), twice or late without harm.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from claims.acts.ground import lock_claim
from claims.models import Claim, ClaimLine, Document, DocumentPage, Finding, TextBand
from claims.proof import alike
from claims.proof.checker import findings_in
from claims.proof.clock import Clock, TooLong
from claims.proof.found import Facts, Found, PageText, ProductNames
from claims.proof.freshness import GONE, acknowledged_on, good_until
from claims.proof.matrix import needed_columns
from claims.proof.prefill import prefill
from claims.proof.reminders import next_reminder
from claims.proof.words import ReadState
from claims.words import OPEN_STATUSES, Status
from cpor_portal import documents
from cpor_portal.faults import Conflict
from cpor_portal.jobs import ask
from cpor_portal.review_site import review_day
from cpor_portal.working_days import local_day

# A file that ends its reader, or its worker, this often is given up: it is shown all the same, and people read it.
ATTEMPTS = 3
# Computing time for the search of one document; three hundred full pages take less than half of it.
SEARCH_SECONDS = 8.0
# So long the sweeps leave alone what the storage or the scanner could not serve.
PAUSE = timedelta(minutes=5)
# Claims whose findings somebody may still rest on.
FOLLOWED = frozenset({Status.EDITING, *OPEN_STATUSES, Status.APPROVED})
READ = ["read_state", "read_at", "look_again_at", "text_signature", "facts_key", "judged_at", "judge_attempts"]
JUDGED = ["judged_at", "judge_attempts", "facts_key", "text_signature"]

log = structlog.get_logger(__name__)


def ask_to_look(document_ids: Sequence[int]) -> None:
    """Have documents scanned, read and compared soon after the commit; the minute's sweep makes good."""
    from claims.tasks import look_at_document  # the task calls this module

    for document_id in document_ids:
        transaction.on_commit(lambda found=document_id: ask(look_at_document, found))  # type: ignore[misc]


def look_again(claim: Claim) -> None:
    """A fact changed that findings rest on: compare the claim's documents anew. Under the claim's lock."""
    ids = list(claim.documents.judged().values_list("id", flat=True))
    claim.documents.update(judged_at=None, judge_attempts=0)
    ask_to_look(ids)


def look_if_changed(claim: Claim) -> None:
    """Compare the claim's documents anew if others changed its facts meanwhile: the firm's name, a product's names.

    For acts that hand the claim on. Under the claim's lock.
    """
    if claim.documents.exclude(judged_at=None).exclude(facts_key=_key(facts_of(claim))).exists():
        look_again(claim)


def put_off(document_id: int) -> None:
    """The storage or the scanner failed for this document: the sweeps leave it alone for a while."""
    Document.objects.filter(pk=document_id).update(look_again_at=timezone.now() + PAUSE)


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
    except (OSError, documents.NotBegun) as fault:
        log.error("document_not_read", document=document_id, fault=str(fault))
        waiting.update(read_attempts=F("read_attempts") - 1)  # the document is not to blame
        put_off(document_id)
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
            row.page_count, row.has_signature_field = len(text.pages), text.has_signature_field
        row.read_state, row.read_at, row.look_again_at = _state(text), timezone.now(), None
        row.text_signature, row.facts_key, row.judged_at, row.judge_attempts = None, "", None, 0
        row.save(update_fields=["page_count", "has_signature_field", *READ])


def _state(text: documents.Text | None) -> ReadState:
    if text is None:
        return ReadState.UNREADABLE
    return ReadState.READ if any(page.strip() for page in text.pages) else ReadState.NO_TEXT


# --- Comparing with the claim's facts ----------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What one document shows under certain facts. `found` is None where it was given up."""

    facts: Facts | None
    found: list[Found] | None
    signature: bytes | None = None


def judge_one(document_id: int) -> bool:
    """Compare one document that was read with the claim's facts; whether there was anything to do.

    Its text is searched before the claim is locked: whoever saves a step waits for no search. Under the lock the facts
    are read again, and the search is done anew where they have changed meanwhile. The matrix is filled in with the
    last document of a claim: a cell is not to wander while some were compared with new facts and some with old ones.
    """
    waiting = Document.objects.to_judge().filter(pk=document_id)
    if not waiting.update(judge_attempts=F("judge_attempts") + 1):
        return False
    try:
        for _attempt in range(2):
            document = waiting.select_related("claim__firm").first()
            if document is None:  # removed or quarantined meanwhile, or compared by another worker
                return False
            if _note_comparison(document, _seen_in(document)):
                return True
    except Conflict:  # the draft has been deleted
        return False
    return False  # somebody edits faster than this; the next sweep comes in a minute


def _seen_in(document: Document) -> Seen:
    facts = facts_of(document.claim, document)
    if facts is None:
        return Seen(None, [])
    if document.judge_attempts > ATTEMPTS:  # it ended each search, or its worker
        log.error("document_not_compared", document=document.pk)
        return Seen(facts, None)
    try:
        return _searched(document, facts)
    except TooLong:
        log.warning("document_takes_too_long", document=document.pk)
        return Seen(facts, None)


def _searched(document: Document, facts: Facts) -> Seen:
    clock = Clock(SEARCH_SECONDS)
    rows = document.pages.order_by("number").values_list("number", "text")
    pages = [PageText(number, text) for number, text in rows.iterator(chunk_size=50)]
    found = findings_in(pages, facts, has_signature_field=document.has_signature_field, clock=clock)
    if document.text_signature is not None and document.facts_key == facts.key:
        return Seen(facts, found, bytes(document.text_signature))
    return Seen(facts, found, alike.signature_of(clock.each(page.text for page in pages), facts))


def _note_comparison(document: Document, seen: Seen) -> bool:
    """Write what was found, unless it is too late for that or the facts are others by now."""
    now = timezone.now()
    with transaction.atomic():
        claim = lock_claim(document.claim.reference)
        row = claim.documents.to_judge().filter(pk=document.pk).first()
        if row is None or facts_of(claim, row) != seen.facts:
            return False
        _write_findings(row, seen)
        row.judged_at = now
        if seen.found is not None:
            row.judge_attempts = 0
        row.facts_key, row.text_signature = _key(seen.facts), seen.signature
        row.save(update_fields=JUDGED)
        if not claim.documents.to_judge().exists():
            fill_in(claim, at=now)
    return True


def _write_findings(row: Document, seen: Seen) -> None:
    products = dict(row.claim.lines.values_list("product__code", "product_id"))
    row.findings.all().delete()
    Finding.objects.bulk_create(
        Finding(document=row, product_id=products.get(one.product), **_columns(one)) for one in seen.found or []
    )
    if row.text_signature != seen.signature:
        row.bands.all().delete()
        TextBand.objects.bulk_create(_bands(row, seen.signature))


def _bands(document: Document, signature: bytes | None) -> list[TextBand]:
    values = alike.bands_of(signature) if signature else []
    return [TextBand(document=document, band=band, value=value) for band, value in enumerate(values)]


def follow_facts(limit: int) -> None:
    """Have documents compared anew whose facts others changed, who know nothing of claims: an import of firms or
    products, say. Looks after the `limit` documents that were looked after longest ago, with six queries.
    """
    rows = list(Document.objects.judged().select_related("claim__firm").defer("text_signature")[:limit])
    lines = defaultdict(list)
    for line in _lines().filter(claim__in={row.claim_id for row in rows}):
        lines[line.claim_id].append(line)
    old = {row.pk for row in rows if row.claim.status in FOLLOWED and row.facts_key != _key_now(row, lines)}
    with transaction.atomic():
        # What an act has in hand at this moment is passed over: nothing here waits for it, nor it for the rest.
        skip_locked = connection.features.has_select_for_update_skip_locked
        judged = Document.objects.judged().filter(pk__in=[row.pk for row in rows])
        free = set(judged.select_for_update(no_key=True, skip_locked=skip_locked).values_list("pk", flat=True))
        Document.objects.filter(pk__in=free & old).update(judged_at=None, judge_attempts=0)
        Document.objects.filter(pk__in=free - old).update(judged_at=timezone.now())


def _key_now(document: Document, lines: dict[int, list[ClaimLine]]) -> str:
    return _key(facts_of(document.claim, document, lines=lines[document.claim_id]))


def _key(facts: Facts | None) -> str:
    return facts.key if facts else ""


def _lines() -> QuerySet[ClaimLine]:
    return ClaimLine.objects.exclude(outcome__in=GONE).select_related("product").order_by("id")


def facts_of(
    claim: Claim, document: Document | None = None, *, lines: Iterable[ClaimLine] | None = None
) -> Facts | None:
    """What `document` of the claim has to show; None while the claim has no tenant. `lines`: where they are at hand."""
    if claim.tenant_id is None:
        return None
    lines = _lines().filter(claim=claim) if lines is None else lines
    return Facts(
        customer=claim.customer_display_name,
        domains=tuple(dict.fromkeys(name for name in (claim.domain, claim.domain_entered) if name)),
        tenant_id=claim.tenant_id,
        partner=claim.firm.name,
        products=tuple(ProductNames(line.product.code, (line.product.name, *line.product.aliases)) for line in lines),
        # A draft is measured as if it were submitted now; a document may come after the submission.
        submitted_on=_day(claim.submitted_at or timezone.now()),
        public_sector=claim.public_sector,
        added_on=_day(document.uploaded_at) if document and claim.submitted_at else None,
    )


def _day(at: datetime) -> date:
    return local_day(at, settings.REVIEW_TIME_ZONE)


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
