"""What the checker is given and what it gives back. Pure values: nothing here knows a record."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from claims.proof.words import Element, Verdict


@dataclass(frozen=True)
class PageText:
    """The text of one page, as it was read from the document."""

    number: int
    text: str


@dataclass(frozen=True)
class ProductNames:
    """A claimed product: its code and every name of it, the catalogue's and the other ones, in any language."""

    code: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What the claim says, and what its proof must show. `submitted_on` is a calendar day at the review site."""

    customer: str
    domains: tuple[str, ...]
    tenant_id: UUID
    partner: str
    products: tuple[ProductNames, ...]
    submitted_on: date
    public_sector: bool


@dataclass(frozen=True)
class Found:
    """Something found: what, how it is judged, on which page, in which words. It advises only."""

    element: Element
    verdict: Verdict
    page: int
    words: str
    product: str = ""
    on: date | None = None
