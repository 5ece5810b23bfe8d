"""The mail about a document in which the virus scan found something."""

from claims.mails.context import Context, Standing, for_firm
from claims.mails.sending import send
from claims.models import Claim, Document
from claims.transitions import BY_ACT, Act
from claims.words import OPEN_STATUSES
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User


def document_infected(*, claim: Claim, document: Document) -> None:
    """Tell the firm that the document was quarantined, and what to do: once for each document and person.

    Also told is whoever added it, as long as they are with the firm: theirs is the computer to look after.
    """
    is_only = not claim.documents.counted().exists()
    context = infected_context(claim, document, is_only=is_only)
    send("document_infected", claim, f"document-{document.pk}", context, _told(claim, document))


def infected_context(claim: Claim, document: Document, *, is_only: bool) -> Context:
    """What the template of `document_infected` gets; `is_only` where no other document of the claim counts."""
    may_add = claim.is_draft or claim.status in BY_ACT[Act.ADD_PROOF].statuses
    stands = {"is_draft": claim.is_draft, "is_open": claim.status in OPEN_STATUSES, "may_add": may_add}
    return for_firm(claim, Standing(()), document=document, is_only=is_only, **stands)


def _told(claim: Claim, document: Document) -> list[User]:
    told = people.firm_recipients(claim.firm, claim.submitted_by or claim.created_by)
    adder = document.uploaded_by
    if adder not in told and adder.is_active and people.firm_of(adder) == claim.firm:
        told.append(adder)
    return told
