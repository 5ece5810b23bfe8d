"""The virus scan of documents: its verdicts, and the quarantine of what was found.

No act of the table: a verdict writes no history and moves no claim's version. It runs in jobs (`claims.tasks`), twice
or late without harm. Why it is as it is: docs/decisions/virus-scan.md.
"""

import time
import uuid
from contextlib import ExitStack
from datetime import datetime
from functools import partial

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from claims import mails
from claims.acts import reading
from claims.acts.ground import lock_claim
from claims.acts.isolation import isolated
from claims.models import Claim, Document
from claims.proof.prefill import forget_document
from claims.proof.words import ScanState
from cpor_portal.documents.clamd import ScannerAway, ScannerSilent, scan
from cpor_portal.documents.local import opened
from cpor_portal.documents.stored import delete_with_pictures
from cpor_portal.faults import Conflict

QUARANTINE = "quarantine"
CHUNK = 64 * 1024
# No scan begins later in a sweep than this: the reading of documents that are clean is to have its time, too.
SECONDS_FOR_A_SWEEP = 5.0

log = structlog.get_logger(__name__)


def scan_one(document_id: int) -> bool:
    """Have one document scanned that waits for it; whether it waits no longer.

    Never raises for a scanner or a storage that does not answer: that is logged, and the next sweep tries again. Where
    no scanner is set up any more, nothing has to wait for one.
    """
    try:
        return _scan(document_id)
    except ScannerSilent as fault:
        log.error("scanner_silent", document=document_id, fault=str(fault))
        return False


def scan_due(limit: int) -> int:
    """Scan up to `limit` waiting documents; returns how many got their verdict.

    What failed waits for a while and then comes last, so that one that the scanner cannot digest keeps none behind it
    waiting. Ends early when nothing listens at CLAMD_ADDRESS, and when the time of a sweep is over.
    """
    until, done = time.monotonic() + SECONDS_FOR_A_SWEEP, 0
    for document_id in list(Document.objects.to_scan().due(timezone.now()).values_list("pk", flat=True)[:limit]):
        if time.monotonic() > until:
            break
        try:
            done += _scan_in_turn(document_id)
        except ScannerAway as fault:
            log.error("scanner_away", fault=str(fault))
            break
    return done


def _scan_in_turn(document_id: int) -> bool:
    """Whether it got its verdict. Raises ScannerAway."""
    try:
        is_done = isolated(_scan, document_id, but=(ScannerSilent,))
    except ScannerAway:
        raise
    except ScannerSilent as fault:
        log.error("scanner_silent", document=document_id, fault=str(fault))
        is_done = False
    if not is_done:
        reading.put_off(document_id)
    return bool(is_done)


def _scan(document_id: int) -> bool:
    document = Document.objects.to_scan().filter(pk=document_id).first()
    if document is None:  # removed, or another worker was quicker
        return True
    if not settings.CLAMD_ADDRESS:
        waiting = Document.objects.to_scan().filter(pk=document_id)
        return bool(waiting.update(scan_state=ScanState.NOT_SCANNED, look_again_at=None))
    try:
        with opened(document.file) as file:
            verdict = scan(file.chunks(CHUNK))
    except OSError as fault:
        log.error("document_not_scanned", document=document_id, fault=str(fault))
        return False
    note_verdict(document_id=document_id, threat=verdict.threat)
    return True


def note_verdict(*, document_id: int, threat: str, at: datetime | None = None) -> None:
    """Write what the scanner said: `threat` is its name for what it found, empty for a clean document.

    An infected one is quarantined: its file is moved, what was read in it goes, cells that point to it are emptied,
    and the firm's people are told. A finding stands: "clean" is taken for a document that waits alone, a threat at any
    time. Does nothing for a document that has gone.
    """
    at = at or timezone.now()
    if threat:
        _quarantine(document_id, threat, at)
    else:
        Document.objects.to_scan().filter(pk=document_id).update(
            scan_state=ScanState.CLEAN, scanned_at=at, look_again_at=None
        )


def _quarantine(document_id: int, threat: str, at: datetime) -> None:
    document = Document.objects.counted().select_related("claim").filter(pk=document_id).first()
    if document is None:
        return
    log.warning("document_infected", document=document_id, threat=threat, claim=document.claim.reference)
    with ExitStack() as undo:
        # A storage may be far away and slow: no lock waits for it.
        new = _copied(document)
        if new:
            undo.callback(delete_with_pictures, [new])
        if _note_threat(document, threat=threat, moved_to=new, at=at):
            undo.pop_all()


def _copied(document: Document) -> str:
    """Where a copy lies in quarantine; empty where that could not be made: then it stays, and is served to nobody."""
    try:
        with opened(document.file) as file:
            return default_storage.save(f"{QUARANTINE}/{uuid.uuid4().hex}", file)
    except OSError as fault:
        log.error("document_not_moved", document=document.pk, fault=str(fault))
        return ""


def _note_threat(document: Document, *, threat: str, moved_to: str, at: datetime) -> bool:
    """Whether this call was the one that quarantined it."""
    try:
        with transaction.atomic():
            claim = lock_claim(document.claim.reference)
            held = Document.objects.counted().select_for_update(no_key=True, of=("self",))
            row = held.filter(pk=document.pk, claim=claim).first()
            if row is None:
                return False
            row.file = moved_to or row.file.name
            row.threat, row.scan_state, row.scanned_at = threat, ScanState.INFECTED, at
            _drop_what_was_read(claim, row, at)
            row.save(update_fields=["file", "threat", "scan_state", "scanned_at", "text_signature", "page_count"])
            mails.document_infected(claim=claim, document=row)
            if moved_to:
                transaction.on_commit(partial(delete_with_pictures, [document.file.name or ""]))
    except Conflict:  # the draft has been deleted
        return False
    return True


def _drop_what_was_read(claim: Claim, document: Document, at: datetime) -> None:
    for rows in (document.findings, document.pages, document.bands):
        rows.all().delete()
    document.text_signature = document.page_count = None
    forget_document(document, at)
    reading.fill_in(claim, at=at)
