"""Storing documents: files first, rows under the claim's lock, nothing left behind when it fails."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims.acts import reading
from claims.acts.ground import Doing, read_claim
from claims.checks.proof import Upload, check_count, check_room, read_uploads
from claims.models import Claim, Document
from claims.models.proof import random_name
from claims.proof.prefill import forget_document
from claims.proof.words import ScanState
from claims.refusals import refused
from cpor_portal.documents.stored import delete_with_pictures
from cpor_portal.faults import Conflict, Refused

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Stored:
    """Uploads that were found acceptable and lie in the storage, to be attached to one claim."""

    uploads: list[Upload]
    names: list[str]

    def attach(self, doing: Doing) -> None:
        """Write the rows. Raises Refused when there is no room or a copy is there already."""
        check_room(doing.claim, self.uploads)
        waits = ScanState.WAITING if settings.CLAMD_ADDRESS else ScanState.NOT_SCANNED
        documents = Document.objects.bulk_create(
            Document(
                claim=doing.claim,
                file=name,
                name=upload.name,
                content_type=upload.content_type,
                size=upload.size,
                sha256=upload.sha256,
                page_count=upload.page_count,
                uploaded_at=doing.at,
                uploaded_by=doing.by,
                round=doing.claim.round,
                scan_state=waits,
            )
            for upload, name in zip(self.uploads, self.names, strict=True)
        )
        reading.ask_to_look([document.pk for document in documents])


@contextmanager
def store(reference: str, files: Sequence[UploadedFile[bytes]]) -> Iterator[Stored]:
    """Check and store the files before anything is locked; they are removed if the act does not go through.

    A storage may be far away and slow: no lock waits for it.
    """
    claim = read_claim(reference)
    check_count(claim, len(files))
    uploads = read_uploads(files)
    check_room(claim, uploads)
    with ExitStack() as undo:
        names = []
        for file in files:
            name = _saved(random_name(Document(claim=claim), ""), file)
            undo.callback(delete_with_pictures, [name])
            names.append(name)
        yield Stored(uploads, names)
        undo.pop_all()


def _saved(name: str, file: UploadedFile[bytes]) -> str:
    """Store one file. Raises Refused storage_unreachable where the storage is away, or the disk is full."""
    try:
        file.seek(0)
        return default_storage.save(name, file)
    except OSError as fault:
        log.error("storage_unreachable", fault=str(fault))
        raise refused("storage_unreachable", field="documents") from fault


def may_remove(document: Document, claim: Claim) -> bool:
    """Whether a document may still be taken off: what a reviewer has had in hand stays (design.md).

    A quarantined one is in nobody's hands any more.
    """
    if document.is_quarantined:
        return True
    handed_in_at = claim.resubmitted_at or claim.submitted_at
    return handed_in_at is None or document.uploaded_at > handed_in_at


def remove(doing: Doing, document_id: int) -> None:
    """Take one document off the claim; its file goes after the commit.

    Raises Conflict when it is gone already, Refused when it was part of a submission.
    """
    claim = doing.claim
    # Locked, so that a job that is just writing down what it read has ended before the pages are counted that go too.
    document = Document.objects.select_for_update().filter(claim=claim, pk=document_id).first()
    if document is None:
        raise Conflict("document_gone", _("This document has been removed already."), claim=claim)
    if not may_remove(document, claim):
        raise Refused("document_submitted", _("This document was part of a submission and stays."), field="documents")
    name = document.file.name
    forget_document(document, doing.at)
    document.delete()
    reading.fill_in(claim, at=doing.at)
    if name:
        transaction.on_commit(lambda: delete_with_pictures([name]))
