"""Handing out a document of proof (design.md, "What always holds" 8)."""

import structlog
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from claims.permissions import claim_for, visible_documents
from claims.views.reader import reader_of

log = structlog.get_logger(__name__)

# Whatever a browser makes of the file, it gets no script, no origin and no copy that outlives the visit.
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@require_safe
def download(request: HttpRequest, reference: str, document_id: int) -> FileResponse:
    """The file, streamed by the portal itself and always as an attachment.

    For the claim's firm and for reviewers; 404 for everybody else, and for a file that the storage has lost.
    """
    reader = reader_of(request)
    document = visible_documents(reader, claim_for(reader, reference)).filter(pk=document_id).first()
    if document is None:
        raise Http404
    try:
        file = document.file.open("rb")
    except FileNotFoundError as lost:
        log.error("document_lost", document=document.pk, claim=reference)
        raise Http404 from lost
    return FileResponse(
        file, as_attachment=True, filename=document.name, content_type=document.content_type, headers=HEADERS
    )
