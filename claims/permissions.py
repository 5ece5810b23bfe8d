"""Who may see and do what on the partner's side; every view and every act of `claims` asks here.

The rule's source is domain.md, "Who uses the portal". What may follow what is the transition table's.
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from claims.models import Association, CalendarFeed, Claim, Comment, Deadline, Document, Event
from claims.models.claim import ClaimQuerySet
from claims.models.proof import DocumentQuerySet
from claims.proof.words import ScanState
from claims.transitions import ADMINS, Act, Actor, permits
from claims.words import Audience, Status
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import PartnerFirm, User


def actor_of(user: User) -> Actor | None:
    """In which role this person acts; None for somebody who is neither partner nor staff."""
    role = user.staff_role or people.partner_role(user)
    return Actor(role) if role else None


def visible_claims(user: User) -> ClaimQuerySet:
    """The claims that exist for this person: the firm's own, or for reviewers and arbiters all but drafts."""
    if people.is_reviewer(user):
        return Claim.objects.filed()
    firm = people.firm_of(user)
    return Claim.objects.filter(firm=firm) if firm else Claim.objects.none()


def own_claim(user: User, reference: str) -> Claim:
    """The firm's claim with this reference. Raises Http404 for every other claim: it does not exist for them."""
    firm = people.firm_of(user)
    claim = (
        Claim.objects.select_related("firm", "location", "submitted_by", "created_by")
        .filter(reference=reference.upper(), firm=firm)
        .first()
        if firm
        else None
    )
    if claim is None:
        raise Http404
    return claim


def claim_for(user: User, reference: str) -> Claim:
    """A claim that this person may see. Raises Http404 otherwise, never 403: other firms do not exist."""
    claim = (
        visible_claims(user)
        .select_related("firm", "location", "submitted_by", "created_by", "reviewer")
        .filter(reference=reference.upper())
        .first()
    )
    if claim is None:
        raise Http404
    return claim


def may(user: User, act: Act, claim: Claim) -> bool:
    """Whether a button for `act` is worth showing: the role, the firm and the status permit it now."""
    actor = actor_of(user)
    if actor is None or not permits(act, actor=actor, status=claim.status):
        return False
    return people.is_reviewer(user) or people.firm_of(user) == claim.firm


def reviewer_of(claim: Claim) -> User | None:
    """Whoever has the claim, as long as they still review; a colleague who left or changed roles does not."""
    return claim.reviewer if claim.reviewer and people.is_reviewer(claim.reviewer) else None


def visible_comments(user: User, claim: Claim) -> QuerySet[Comment]:
    """The claim's comments as this person may read them: partners never see an internal one."""
    comments = claim.comments.select_related("author")
    return comments if people.is_reviewer(user) else comments.filter(audience=Audience.PARTNER)


def visible_events(user: User, claim: Claim) -> QuerySet[Event]:
    """The claim's history as this person may read it."""
    events = claim.events.select_related("actor")
    return events if people.is_reviewer(user) else events.filter(audience=Audience.PARTNER)


def visible_documents(user: User, claim: Claim) -> DocumentQuerySet:
    """The claim's documents; whoever may see the claim may see its proof, and a draft's only its firm.

    A reviewer sees one only after its virus scan, and never a quarantined one (`held_back`). The firm sees that all of
    them are there; their content is for nobody before `is_showable`.
    """
    if not visible_claims(user).filter(pk=claim.pk).exists():
        return Document.objects.none()
    documents = claim.documents.select_related("uploaded_by")
    return documents.showable() if people.is_reviewer(user) else documents


@dataclass(frozen=True)
class HeldBack:
    """How many of a claim's documents its reader does not see, and why. Never which."""

    waiting: int = 0
    quarantined: int = 0

    def __bool__(self) -> bool:
        return bool(self.waiting or self.quarantined)


def held_back(user: User, claim: Claim) -> HeldBack:
    """What `visible_documents` leaves out for a reviewer; nothing for the firm, which sees its own."""
    if not people.is_reviewer(user):
        return HeldBack()
    states = list(claim.documents.values_list("scan_state", flat=True))
    return HeldBack(states.count(ScanState.WAITING), states.count(ScanState.INFECTED))


def visible_associations(user: User) -> QuerySet[Association]:
    """What the person's firm holds or held."""
    firm = people.firm_of(user)
    return Association.objects.of_firm(firm) if firm else Association.objects.none()


def deadlines_of_firm(firm: PartnerFirm) -> QuerySet[Deadline]:
    """What runs on the firm's own claims, its drafts among them, next first; each with its claim. No other firm's."""
    return Deadline.objects.running().filter(claim__firm=firm).select_related("claim").order_by("due_at", "id")


def visible_feeds(user: User) -> QuerySet[CalendarFeed]:
    """The calendar feeds of the person's firm, those that were revoked too: everybody there may see who made one."""
    firm = people.firm_of(user)
    feeds = CalendarFeed.objects.select_related("firm", "made_by__membership__firm", "revoked_by")
    return feeds.filter(firm=firm) if firm else feeds.none()


def feed_for(user: User, feed_id: int) -> CalendarFeed:
    """A feed of the person's firm. Raises Http404 for every other: it does not exist for them."""
    feed = visible_feeds(user).filter(pk=feed_id).first()
    if feed is None:
        raise Http404
    return feed


def may_manage_feeds(user: User) -> bool:
    """Whether the person may make and revoke feeds: the firm's admins (docs/decisions/calendar-feeds.md)."""
    return actor_of(user) in ADMINS


def may_start_draft(user: User) -> bool:
    """Every partner role may draft (domain.md, "Who uses the portal")."""
    actor = actor_of(user)
    return actor is not None and permits(Act.EDIT, actor=actor, status=Status.EDITING)
