"""Storing documents: files first, rows under the claim's lock, nothing left behind when it fails."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims.acts.ground import Doing
from claims.checks.proof import Upload, check_room, read_upload
from claims.models import Document
from cpor_portal.faults import Conflict, Refused


@dataclass
class Stored:
    """Uploads that were read and found acceptable, to be attached to one claim."""

    files: Sequence[UploadedFile[bytes]]
    uploads: list[Upload]
    undo: ExitStack

    def attach(self, doing: Doing) -> list[Document]:
        """Store the files and write their rows. Raises Refused when there is no room or a copy is there."""
        check_room(doing.claim, self.uploads)
        documents = []
        for file, upload in zip(self.files, self.uploads, strict=True):
            document = Document(
                claim=doing.claim,
                name=upload.name,
                content_type=upload.content_type,
                size=upload.size,
                sha256=upload.sha256,
                uploaded_at=doing.at,
                uploaded_by=doing.by,
                round=doing.claim.round,
            )
            file.seek(0)
            document.file.save(upload.name, file, save=False)
            self.undo.callback(default_storage.delete, document.file.name)
            document.save()
            documents.append(document)
        return documents


@contextmanager
def store(files: Sequence[UploadedFile[bytes]]) -> Iterator[Stored]:
    """Read and check the files before anything is locked; remove what was stored if the act does not commit."""
    uploads = [read_upload(file) for file in files]
    with ExitStack() as undo:
        yield Stored(files=files, uploads=uploads, undo=undo)
        undo.pop_all()


def remove(doing: Doing, document_id: int) -> None:
    """Take one document off the claim; its file goes after the commit.

    Raises Conflict when it is gone already, Refused when it belongs to an earlier submission: what a reviewer
    has had in hand stays (design.md, "What always holds").
    """
    claim = doing.claim
    document = Document.objects.filter(claim=claim, pk=document_id).first()
    if document is None:
        raise Conflict("document_gone", _("This document has been removed already."), claim=claim)
    handed_in_at = claim.resubmitted_at or claim.submitted_at
    if handed_in_at and document.uploaded_at <= handed_in_at:
        raise Refused("document_submitted", _("This document was part of a submission and stays."), field="documents")
    name = document.file.name
    document.delete()
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))
