"""The first draft of what a reviewer writes to the partner: what is missing, and what would make it acceptable.

It fits a request as well as a rejection, and names no button. Reviewers edit it; then it is frozen.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext, pgettext

from claims.models import Claim
from claims.proof.freshness import earliest_day
from claims.proof.matrix import CellView
from claims.proof.words import COLUMN_OF, Column
from claims.words import REVIEWER_REASONS, Reason
from cpor_portal.directory.domain_names import display_form

# What no cell of the matrix stands for.
WITHOUT_CELLS: dict[Reason, str | Promise] = {
    Reason.FACTS_DO_NOT_VERIFY: gettext_lazy(
        "We can accept the claim when the directory confirms the tenant and the subscription, and the enrolment of your"
        " MPN location is in force."
    ),
    Reason.PARTNER_REQUEST: gettext_lazy(
        "You asked us for this. We can accept the claim when it names the right MPN location and activity, and you"
        " still work with the customer."
    ),
}


@dataclass(frozen=True)
class Missing:
    """One column, and the cells of it that do not hold; `is_of_all` where no product of the claim has a good one."""

    claim: Claim
    cells: Sequence[CellView]
    is_of_all: bool

    def say(self, words: str, **facts: object) -> str:
        """The sentences with their facts; a list of all products is not spelt out."""
        names = ", ".join(cell.product.name for cell in self.cells)
        products = pgettext("proof matrix", "All products") if self.is_of_all and self.count > 1 else names
        known = {"products": products, "customer": self.claim.customer_display_name, **facts}
        return words % known

    @property
    def count(self) -> int:
        """How many products."""
        return len(self.cells)


def draft(claim: Claim, cells: Sequence[CellView], reasons: Collection[str], product_count: int) -> str:
    """The text for the partner about `cells` and `reasons`, a paragraph each, in the language of whoever submitted.

    It is frozen as it is sent, so the reviewer's own language does not count. `cells` are what
    `arbitration.cells.named` makes of both; `product_count` is how many products are undecided.
    """
    return "\n\n".join(drafts(claim, cells, reasons, product_count).values())


def drafts(claim: Claim, cells: Sequence[CellView], reasons: Collection[str], product_count: int) -> dict[str, str]:
    """The paragraphs of `draft` by the code of their reason, in the order of domain.md; none for what has no words."""
    with translation.override(language_of_partner(claim)):
        said = {
            str(reason.value): _paragraph(claim, reason, cells, product_count)
            for reason in REVIEWER_REASONS
            if reason in reasons
        }
    return {reason: paragraph for reason, paragraph in said.items() if paragraph}


def language_of_partner(claim: Claim) -> str | None:
    """The code of the language in which the firm is written to: that of whoever submitted."""
    return claim.submitted_by.language if claim.submitted_by else translation.get_language()


def _paragraph(claim: Claim, reason: Reason, cells: Sequence[CellView], product_count: int) -> str:
    if reason in WITHOUT_CELLS:
        return str(WITHOUT_CELLS[reason])
    column = COLUMN_OF[reason]
    concerned = [cell for cell in cells if cell.column == column]
    if not concerned:
        return ""
    missing = Missing(claim, concerned, is_of_all=len(concerned) == product_count)
    return " ".join(sentence for sentence in (SENTENCES[column](missing), _places(concerned)) if sentence)


def _named(missing: Missing) -> str:
    words = ngettext(
        "%(products)s: the proof does not name this product. Add a document that names it among what you did for"
        " %(customer)s.",
        "%(products)s: the proof does not name these products. Add a document that names each of them among what you"
        " did for %(customer)s.",
        missing.count,
    )
    return missing.say(words)


def _tied(missing: Missing) -> str:
    claim = missing.claim
    facts = {"firm": claim.firm.name, "domain": display_form(claim.domain), "tenant_id": claim.tenant_id}
    words = ngettext(
        "%(products)s: the proof does not show that it is about this customer. Add a document about this product that"
        " names your firm (%(firm)s), %(customer)s, the domain %(domain)s and the tenant ID %(tenant_id)s.",
        "%(products)s: the proof does not show that it is about this customer. Add a document about these products that"
        " names your firm (%(firm)s), %(customer)s, the domain %(domain)s and the tenant ID %(tenant_id)s.",
        missing.count,
    )
    return missing.say(words, **facts)


def _described(missing: Missing) -> str:
    words = ngettext(
        "%(products)s: the proof does not say what your firm did with this product. Add a description of the work for"
        " %(customer)s: what was done, when, and what it was for.",
        "%(products)s: the proof does not say what your firm did with these products. For each of them add a"
        " description of the work for %(customer)s: what was done, when, and what it was for.",
        missing.count,
    )
    return missing.say(words)


def _acknowledged(missing: Missing) -> str:
    words = ngettext(
        "%(products)s: the proof does not show a customer's signature for this product. Have somebody of %(customer)s"
        " sign and date a page that names it and what you did, with their name and title beside the signature.",
        "%(products)s: the proof does not show a customer's signature for these products. Have somebody of %(customer)s"
        " sign and date a page that names each of them and what you did, with their name and title beside the"
        " signature.",
        missing.count,
    )
    return missing.say(words)


def _dated(missing: Missing) -> str:
    submitted_at = missing.claim.submitted_at
    if submitted_at is None:
        raise ValueError(f"{missing.claim} was never submitted, and nobody reviews it")
    earliest = earliest_day(missing.claim, submitted_at)
    words = ngettext(
        "%(products)s: the customer's acknowledgement carries no date, or one that is too old. Add one that the"
        " customer dated %(earliest)s or later, which is 12 months before you submitted the claim.",
        "%(products)s: the customer's acknowledgement of these products carries no date, or one that is too old. Add"
        " one that the customer dated %(earliest)s or later, which is 12 months before you submitted the claim.",
        missing.count,
    )
    return missing.say(words, earliest=date_format(earliest, "DATE_FORMAT"))


def _places(cells: Sequence[CellView]) -> str:
    """What was looked at, so that the partner knows which page did not do."""
    places = list(dict.fromkeys(cell.place for cell in cells if cell.document is not None))
    if not places:
        return ""
    words = ngettext("We looked at %(places)s.", "We looked at these pages: %(places)s.", len(places))
    return words % {"places": "; ".join(places)}


SENTENCES: dict[Column, Callable[[Missing], str]] = {
    Column.NAMED: _named,
    Column.TIED: _tied,
    Column.DESCRIBED: _described,
    Column.ACKNOWLEDGED: _acknowledged,
    Column.DATED: _dated,
}
