"""The proof room: one page of one document beside the claim's facts, what was found in it, and the matrix.

The same for both sides; what each may do there is decided by their own pages.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

from django.db.models import Max
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from claims.models import Claim, Document, Finding
from claims.permissions import HeldBack, held_back, may, visible_documents
from claims.proof.documents import in_work
from claims.proof.freshness import Freshness, freshness_of
from claims.proof.keys import fingerprint
from claims.proof.matrix import MatrixView, matrix_of
from claims.proof.pictures import is_spoilt
from claims.proof.report import Report, report
from claims.proof.words import Element, ReadState
from claims.transitions import Act
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.directory.domain_names import display_form

ZOOMS = ("50", "75", "fit", "150", "200", "300")
"""How wide a page is shown, in hundredths of the room there is for it."""
FIT = "fit"
_ELEMENTS = list(Element)
"""What is found on a page stands in the order of the report."""
LONGEST_NUMBER = 9


class Asked(TypedDict):
    """What an address asks to see. `document_id` is None for "the newest"; `zoom` is one of ZOOMS."""

    document_id: int | None
    page: int
    zoom: str


def asked_for(query: Mapping[str, str]) -> Asked:
    """Read `document`, `page` and `zoom`. Raises Http404 for a document that is no number; the rest is put right."""
    document, page, zoom = query.get("document", ""), query.get("page", ""), query.get("zoom", "")
    if document and not _is_number(document):
        raise Http404
    return Asked(
        document_id=int(document) if document else None,
        page=max(1, int(page)) if _is_number(page) else 1,
        zoom=zoom if zoom in ZOOMS else FIT,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


@dataclass(frozen=True)
class Piece:
    """A stretch of a page's text; `is_found` where a finding rests on it."""

    text: str
    is_found: bool


@dataclass(frozen=True)
class Room:
    """Everything that the page shows. `document` is None where the claim has none that the reader may know of."""

    claim: Claim
    reader: User
    documents: list[Document]
    held_back: HeldBack
    document: Document | None
    page_count: int
    page: int
    zoom: str
    text: list[list[Piece]]
    findings: list[Finding]
    matrix: MatrixView
    report: Report

    @cached_property
    def freshness(self) -> Freshness | None:
        """How old the customer's acknowledgement is; None where the matrix names no date."""
        return freshness_of(self.claim, timezone.now())

    @property
    def documents_in_work(self) -> int:
        """On how many documents the portal still works; until then an empty cell says nothing."""
        return sum(in_work(document) for document in self.documents)

    @property
    def seen(self) -> str:
        """What colleagues have entered in the matrix as it stands on this page."""
        return fingerprint(self.claim, self.reader)

    @property
    def domain(self) -> str:
        """The customer's domain as people write it."""
        return display_form(self.claim.domain) if self.claim.domain else ""

    @property
    def pages(self) -> range:
        """The numbers of the document's pages."""
        return range(1, self.page_count + 1)

    @property
    def previous_page(self) -> int | None:
        """The page before this one."""
        return self.page - 1 if self.page > 1 else None

    @property
    def next_page(self) -> int | None:
        """The page after this one."""
        return self.page + 1 if self.page < self.page_count else None

    @property
    def previous_document(self) -> Document | None:
        """The document above this one in the list."""
        return self._neighbour(-1)

    @property
    def next_document(self) -> Document | None:
        """The document below this one in the list."""
        return self._neighbour(1)

    def _neighbour(self, step: int) -> Document | None:
        if self.document is None:
            return None
        place = self.documents.index(self.document) + step
        return self.documents[place] if 0 <= place < len(self.documents) else None

    @property
    def zoom_in(self) -> str:
        """The next wider; empty at the widest."""
        return _after(ZOOMS, self.zoom)

    @property
    def zoom_out(self) -> str:
        """The next narrower; empty at the narrowest."""
        return _after(ZOOMS[::-1], self.zoom)

    @cached_property
    def is_drawn(self) -> bool:
        """Whether the page is shown as a picture; else its text stands in the same place."""
        document = self.document
        if document is None or not (document.is_showable and document.has_pictures):
            return False
        return not is_spoilt(document, self.page)

    @property
    def has_thumbnails(self) -> bool:
        """Whether the document's pages have small pictures to find them by."""
        return self.document is not None and self.document.has_pictures

    @property
    def why_no_picture(self) -> str:
        """Why the page is shown without a picture, in the active language; empty where there is nothing to explain."""
        document = self.document
        if document is None or self.is_drawn:
            return ""
        if document.is_quarantined:
            return _("The virus scan found something in this document: it is shown to nobody and counts as no proof.")
        if not document.is_showable:
            return _("This document waits for its virus scan. It can be seen as soon as that is done.")
        return _("No picture could be drawn of this page.") if document.has_pictures else ""

    @property
    def why_no_text(self) -> str:
        """Why there is no text of the page, in the active language; empty where there is some."""
        if self.text or self.document is None or not self.document.is_showable:
            return ""
        if self.document.read_state == ReadState.WAITING:
            return _("The portal is still reading this document.")
        if self.document.read_state == ReadState.UNREADABLE:
            return _("The portal could not read this document.")
        return _("There is no text to read on this page: it is blank, a picture or a scan.")

    @property
    def may_enter(self) -> bool:
        """Whether the reader may say what this page shows: on a draft, or where proof may be added."""
        act = Act.EDIT if self.claim.is_draft else Act.ADD_PROOF
        counts = self.document is not None and not self.document.is_quarantined
        return counts and self.is_partners and may(self.reader, act, self.claim)

    @property
    def is_partners(self) -> bool:
        """Whether the reader is the firm's own, whom advice helps."""
        return not people.is_reviewer(self.reader)

    @property
    def back(self) -> tuple[str, str]:
        """Where the way back leads and what it is called, in the active language."""
        reference = self.claim.reference
        if people.is_reviewer(self.reader):
            return reverse("arbitration:workspace", args=[reference]), _("Back to the workspace")
        if self.claim.is_draft:
            return reverse("claims:edit", args=[reference, "proof"]), pgettext("wizard step", "Proof of execution")
        return reverse("claims:detail", args=[reference]), _("Claim %(reference)s") % {"reference": reference}


def room_of(claim: Claim, reader: User, *, document_id: int | None, page: int, zoom: str = FIT) -> Room:
    """The room of a claim that `reader` may see, at the page asked for (`asked_for`); else the newest document.

    A page beyond the document's last is the last. Raises Http404 for a document that the reader may not know of.
    """
    documents = list(visible_documents(reader, claim))
    document = _chosen(documents, document_id)
    count = _page_count(document)
    page = min(page, count) or 1
    findings = _findings(document, page)
    return Room(
        claim=claim,
        reader=reader,
        documents=documents,
        held_back=held_back(reader, claim),
        document=document,
        page_count=count,
        page=page,
        zoom=zoom,
        text=pieces(_text(document, page), [finding.words for finding in findings]),
        findings=findings,
        matrix=matrix_of(claim, reader),
        report=report(claim, reader),
    )


def _after(steps: Sequence[str], step: str) -> str:
    place = steps.index(step) + 1
    return steps[place] if place < len(steps) else ""


def _chosen(documents: Sequence[Document], wanted: int | None) -> Document | None:
    if wanted is None:
        # What can be looked at comes before what cannot.
        return next((one for one in documents if one.is_showable), documents[0] if documents else None)
    chosen = next((one for one in documents if one.pk == wanted), None)
    if chosen is None:
        raise Http404
    return chosen


def _page_count(document: Document | None) -> int:
    """How many pages there are to turn; one where nobody has counted them yet."""
    if document is None or not document.is_showable:
        return 0
    return document.page_count or document.pages.aggregate(last=Max("number"))["last"] or 1


def _text(document: Document | None, page: int) -> str:
    if document is None or not document.is_showable:
        return ""
    return document.pages.filter(number=page).values_list("text", flat=True).first() or ""


def _findings(document: Document | None, page: int) -> list[Finding]:
    if document is None or not document.is_showable:
        return []
    found = document.findings.filter(page=page).select_related("product")
    return sorted(found, key=lambda one: (_ELEMENTS.index(Element(one.element)), one.product_id or 0, one.pk))


def pieces(text: str, phrases: Iterable[str]) -> list[list[Piece]]:
    """The text as paragraphs of pieces, with the words of findings set apart, whatever blanks lie between them."""
    spans = sorted(filter(None, (_span(text, phrase) for phrase in phrases)), key=lambda span: (span[0], -span[1]))
    lines = (match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text))
    return [list(_cut(text, start, end, spans)) for start, end in lines]


def _span(text: str, phrase: str) -> tuple[int, int] | None:
    """Where the words of a finding stand in the page's text; it was shortened with dots at its ends."""
    words = [re.escape(word) for word in phrase.strip(" .…").split()]
    found = re.search(r"\s+".join(words), text, re.IGNORECASE) if words else None
    return found.span() if found else None


def _cut(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """The pieces of one line, from `start` to `end`."""
    at = start
    for first, last in spans:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if at < first:
            yield Piece(text[at:first], False)
        yield Piece(text[first:last], True)
        at = last
    if at < end:
        yield Piece(text[at:end], False)
