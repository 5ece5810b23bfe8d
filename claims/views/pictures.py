"""Handing out pictures of a document's pages (design.md, "What always holds" 8; docs/decisions/viewer.md)."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claims.models import Document
from claims.permissions import claim_for, visible_documents
from claims.proof.pictures import RETRY_AFTER, Busy, NoPicture, Size, picture
from claims.views.reader import reader_of

# A browser may keep the picture, but asks before each showing: whoever may no longer see the page gets no answer.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


@require_safe
def page_picture(request: HttpRequest, reference: str, document_id: int, page: int) -> HttpResponseBase:
    """One page as a PNG to be read. Who may see the document may see it; 404 for everybody else, and before its scan.

    404 too for a page that cannot be drawn; 503 while too many are being drawn, or the storage is away.
    """
    return _answer(request, reference, document_id, page, Size.LARGE)


@require_safe
def page_thumbnail(request: HttpRequest, reference: str, document_id: int, page: int) -> HttpResponseBase:
    """One page as a small PNG to find it by; for the same people and with the same answers as `page_picture`."""
    return _answer(request, reference, document_id, page, Size.SMALL)


def _answer(request: HttpRequest, reference: str, document_id: int, page: int, size: Size) -> HttpResponseBase:
    reader = reader_of(request)
    document = visible_documents(reader, claim_for(reader, reference)).filter(pk=document_id).first()
    if document is None or not document.is_showable:
        raise Http404
    etag = _etag(document, page, size)
    response = get_conditional_response(request, etag=etag) or _drawn(document, page, size, etag)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _etag(document: Document, page: int, size: Size) -> str:
    """A document never changes, so its content and the page say which picture it is."""
    return f'"{document.sha256[:32]}-{page}-{size.value}"'


def _drawn(document: Document, page: int, size: Size, etag: str) -> HttpResponseBase:
    try:
        file = picture(document, page, size)
    except NoPicture as none:
        raise Http404 from none
    except (Busy, OSError):
        text = _("The picture cannot be drawn at the moment. Please try again in a few seconds.")
        return HttpResponse(text, status=503, content_type="text/plain", headers={"Retry-After": str(RETRY_AFTER)})
    return FileResponse(file, content_type="image/png", filename=f"page-{page}.png", headers={"ETag": etag})
