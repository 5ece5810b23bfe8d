"""The mail about a comment: to those whom it concerns and who may read it, never to whoever wrote it."""

from claims.mails.context import Context, Standing, due, for_firm, for_review
from claims.mails.sending import send, to_reviewer
from claims.models import Claim, Comment, Deadline, Event
from claims.words import Audience, DeadlineKind
from cpor_portal.accounts.permissions import firm_recipients

ANSWERED_FOR = (DeadlineKind.REVIEW, DeadlineKind.PARTNER_ANSWER)


def comment_posted(*, claim: Claim, event: Event, comment: Comment) -> None:
    """Tell whoever has the claim, and of a visible comment the firm's recipients, too.

    A claim that nobody has taken yet keeps the comment for whoever takes it.
    """
    ahead = claim.deadlines.running().filter(kind__in=ANSWERED_FOR, due_at__gt=event.at)
    deadline = ahead.order_by("due_at", "id").first()
    context = comment_review_context(claim, comment, deadline)
    to_reviewer("comment_posted_review", claim, event, context, but=comment.author)
    if comment.audience == Audience.PARTNER:
        people = [who for who in firm_recipients(claim.firm, claim.submitted_by) if who != comment.author]
        send("comment_posted", claim, event, comment_context(claim, comment, deadline), people)


def comment_context(claim: Claim, comment: Comment, deadline: Deadline | None) -> Context:
    """What the template of `comment_posted` gets: colleagues are named, reviewers are not (who-is-named.md)."""
    author = None if comment.author_is_staff else comment.author
    return for_firm(claim, Standing(()), author=author, text=comment.body, due=due(deadline, is_partner=True))


def comment_review_context(claim: Claim, comment: Comment, deadline: Deadline | None) -> Context:
    """What the template of `comment_posted_review` gets."""
    facts = {"author": comment.author, "author_is_staff": comment.author_is_staff, "text": comment.body}
    is_internal = comment.audience == Audience.INTERNAL
    return for_review(claim, (), **facts, is_internal=is_internal, due=due(deadline, is_partner=False))
