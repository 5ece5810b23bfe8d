"""The mail about a comment: to those whom it concerns and who may read it, never to whoever wrote it.

Who hears of a comment: whoever has the claim, of every one; the firm's recipients, of a visible one. A claim that
nobody has keeps the comment for whoever takes it, and until its review is due that is soon enough. From then on it lies
with the arbiters, who were told that it is late (domain.md: "escalated (reviewer, then arbiters)"): they hear of
what the partner writes on it. Of an internal comment on such a claim nobody is told: its author may take it.
"""

from claims.mails.context import Context, Standing, due, for_firm, for_review
from claims.mails.sending import send, to_reviewer
from claims.models import Claim, Comment, Deadline, Event
from claims.permissions import reviewer_of
from claims.words import Audience, DeadlineKind
from cpor_portal.accounts.permissions import arbiters, firm_recipients

ANSWERED_FOR = (DeadlineKind.REVIEW, DeadlineKind.PARTNER_ANSWER)


def comment_posted(*, claim: Claim, event: Event, comment: Comment) -> None:
    """Tell whoever has the claim, or the arbiters where it is late and nobody's; and the firm, of a visible comment."""
    ahead = claim.deadlines.running().filter(kind__in=ANSWERED_FOR, due_at__gt=event.at)
    deadline = ahead.order_by("due_at", "id").first()
    context = comment_review_context(claim, comment, deadline)
    to_reviewer("comment_posted_review", claim, event, context, but=comment.author)
    missed = None if comment.author_is_staff or reviewer_of(claim) else _missed_review(claim, event)
    if missed:
        context = comment_review_context(claim, comment, deadline, missed)
        send("comment_posted_review", claim, event, context, arbiters())
    if comment.audience == Audience.PARTNER:
        people = [who for who in firm_recipients(claim.firm, claim.submitted_by) if who != comment.author]
        send("comment_posted", claim, event, comment_context(claim, comment, deadline), people)


def _missed_review(claim: Claim, event: Event) -> Deadline | None:
    return claim.deadlines.running().filter(kind=DeadlineKind.REVIEW, due_at__lte=event.at).first()


def comment_context(claim: Claim, comment: Comment, deadline: Deadline | None) -> Context:
    """What the template of `comment_posted` gets: colleagues are named, reviewers are not (who-is-named.md)."""
    author = None if comment.author_is_staff else comment.author
    return for_firm(claim, Standing(()), author=author, text=comment.body, due=due(deadline, is_partner=True))


def comment_review_context(
    claim: Claim, comment: Comment, deadline: Deadline | None, missed: Deadline | None = None
) -> Context:
    """What the template of `comment_posted_review` gets; `missed` is the review deadline of a claim that nobody has."""
    facts = {"author": comment.author, "author_is_staff": comment.author_is_staff, "text": comment.body}
    is_internal = comment.audience == Audience.INTERNAL
    dates = {"due": due(deadline, is_partner=False), "missed": due(missed, is_partner=False)}
    return for_review(claim, (), **facts, is_internal=is_internal, **dates)
