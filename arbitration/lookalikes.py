"""Documents that were filed elsewhere too: the same file, or nearly the same text, with another customer or firm.

For reviewers alone, and never a reason by itself (docs/decisions/hints-of-alike-proof.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from claims.models import Claim, Document, TextBand
from claims.permissions import visible_documents
from claims.proof.alike import likeness
from claims.proof.words import SHOWABLE
from claims.transitions import FILED
from cpor_portal.accounts.models import User

ALIKE_FROM = 0.5
"""From which likeness of two texts on a hint is worth a reviewer's look (docs/decisions/alike-texts.md)."""
MOST_HINTS = 10
MOST_SAME = 50
MOST_COMPARED = 50


@dataclass(frozen=True)
class Hint:
    """One document of the claim, and another claim on which it, or one much like it, was filed."""

    document: Document
    other_claim: Claim
    is_same_file: bool
    likeness: float

    @property
    def other_firm(self) -> str:
        """Who filed the other one."""
        return self.other_claim.firm.name

    @property
    def customer(self) -> str:
        """For which customer."""
        return self.other_claim.customer_display_name or self.other_claim.domain

    @property
    def percent(self) -> int:
        """The likeness in hundredths."""
        return round(self.likeness * 100)


def hints(claim: Claim, reader: User) -> list[Hint]:
    """The likest documents on other filed claims, at most ten, same files first, each claim once a document.

    Of documents, on either claim, that `reader` may see: none before its virus scan, no quarantined one. A firm may
    prove several claims about one customer with one document: these are left out. Six queries, however many documents
    there are; where very many share a text, those that share most of it are compared.
    """
    own = list(visible_documents(reader, claim))
    if not own:
        return []
    found = [*_same_files(claim, own), *_alike(claim, own)]
    found.sort(key=lambda hint: (hint.is_same_file, hint.likeness, hint.other_claim.pk), reverse=True)
    best: dict[tuple[int, int], Hint] = {}
    for hint in found:
        best.setdefault((hint.document.pk, hint.other_claim.pk), hint)
    return list(best.values())[:MOST_HINTS]


def _elsewhere(claim: Claim, prefix: str = "") -> Q:
    """Documents of filed claims, open to reviewers, that another firm filed or that are about another customer."""
    is_open = Q(**{f"{prefix}claim__status__in": FILED, f"{prefix}scan_state__in": SHOWABLE})
    other_firm = ~Q(**{f"{prefix}claim__firm": claim.firm_id})
    other_customer = ~Q(**{f"{prefix}claim__tenant_id": claim.tenant_id})
    return is_open & (other_firm | other_customer)


def _documents(claim: Claim) -> QuerySet[Document]:
    return Document.objects.filter(_elsewhere(claim)).select_related("claim__firm").order_by("-id")


def _same_files(claim: Claim, own: Sequence[Document]) -> Iterator[Hint]:
    by_content = {document.sha256: document for document in own}
    for other in _documents(claim).filter(sha256__in=by_content)[:MOST_SAME]:
        yield Hint(by_content[other.sha256], other.claim, is_same_file=True, likeness=1.0)


def _alike(claim: Claim, own: Sequence[Document]) -> Iterator[Hint]:
    signed = [document for document in own if document.text_signature]
    others = _documents(claim).filter(pk__in=_with_shared_bands(claim, signed)).exclude(text_signature=None)
    for other in others:
        for document in signed:
            share = likeness(bytes(document.text_signature or b""), bytes(other.text_signature or b""))
            if share >= ALIKE_FROM:
                yield Hint(document, other.claim, is_same_file=False, likeness=share)


def _with_shared_bands(claim: Claim, own: Iterable[Document]) -> list[int]:
    """The ids of documents elsewhere that share bands with one of `own`, those that share most of them."""
    mine: dict[int, set[int]] = {}
    for band, value in TextBand.objects.filter(document__in=own).values_list("band", "value"):
        mine.setdefault(band, set()).add(value)
    if not mine:
        return []
    shared = Q()
    for band, values in mine.items():
        shared |= Q(band=band, value__in=values)
    found = TextBand.objects.filter(shared).filter(_elsewhere(claim, "document__"))
    counted = found.order_by().values("document_id").annotate(shared=Count("id")).order_by("-shared", "-document_id")
    return list(counted.values_list("document_id", flat=True)[:MOST_COMPARED])
