"""The template of the proof, ready to be filled in and signed (docs/decisions/proof-template.md)."""

import io
from collections.abc import Callable

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claims.models import Claim
from claims.permissions import claim_for
from claims.proof.template import LANGUAGES, docx_template, pdf_template, title_of
from claims.views.reader import reader_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
# Letters that Unicode does not take apart into a plain one and its accent.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
NAME_LENGTH = 40


@require_safe
def pdf(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The template as a PDF to fill in, in `?language=` or the reader's; for whoever may see the claim, else 404."""
    return _template(request, reference, "pdf", "application/pdf", pdf_template)


@require_safe
def docx(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The template as a Word file; as `pdf` otherwise."""
    return _template(request, reference, "docx", DOCX, docx_template)


def _template(
    request: HttpRequest, reference: str, ending: str, content_type: str, write: Callable[[Claim, str], bytes]
) -> HttpResponseBase:
    claim = claim_for(reader_of(request), reference)
    missing = _missing_step(claim)
    if missing:
        messages.info(request, _("The template needs the customer's tenant and the products: add them first."))
        return redirect("claims:edit", claim.reference, missing)
    language = _language(request)
    return FileResponse(
        io.BytesIO(write(claim, language)),
        as_attachment=True,
        filename=file_name(claim, language, ending),
        content_type=content_type,
        headers=HEADERS | {"Content-Language": language},
    )


def _missing_step(claim: Claim) -> str:
    """The wizard's step without which a letter says nothing that a customer could acknowledge; empty if none."""
    if claim.tenant_id is None:
        return "tenant"
    return "" if claim.lines.exists() else "products"


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", ""), (get_language() or "")[:2]
    return next((language for language in asked if language in LANGUAGES), LANGUAGES[0])


def file_name(claim: Claim, language: str, ending: str) -> str:
    """A name that says what it is on any disk, such as proof-of-execution-contoso-C-7K3M9Q2X.pdf."""
    customer = slugify(claim.customer_display_name.lower().translate(PLAIN))[:NAME_LENGTH].strip("-")
    parts = [slugify(title_of(language)), customer, claim.reference]
    return "-".join(part for part in parts if part) + f".{ending}"
