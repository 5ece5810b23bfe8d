"""What the checker is given and what it gives back. Pure values: nothing here knows a record."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from uuid import UUID

from claims.proof.words import Element, Verdict

RULES = 1
"""The version of what is looked for: raise it with the checker, and the sweep compares claims that go on anew."""


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
    """What the claim says, and what its proof must show. Days are calendar days at the review site.

    `added_on` is the day on which the document came, where that is later than the submission.
    """

    customer: str
    domains: tuple[str, ...]
    tenant_id: UUID
    partner: str
    products: tuple[ProductNames, ...]
    submitted_on: date
    public_sector: bool
    added_on: date | None = None

    @property
    def last_day(self) -> date:
        """The last day that an acknowledgement can carry without lying in the future."""
        return max(self.submitted_on, self.added_on or self.submitted_on)

    @property
    def key(self) -> str:
        """A short hash of all that others may change, and of the rules: 32 characters.

        The days are left out; the claim's acts set them.

        A draft is measured as if it were submitted now: with its day in the hash it would be searched anew each day.
        """
        said = (RULES, self.customer, self.domains, self.tenant_id, self.partner, self.products, self.public_sector)
        return blake2b(repr(said).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Found:
    """Something found: what, how it is judged, on which page, in which words. It advises only."""

    element: Element
    verdict: Verdict
    page: int
    words: str
    product: str = ""
    on: date | None = None
