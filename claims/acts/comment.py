"""Comments: said once, to an explicit audience, and frozen."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import mails
from claims.acts.ground import Doing, begin, record
from claims.models import Comment
from claims.transitions import REVIEWERS, Act
from claims.words import Audience, Status
from cpor_portal.accounts.models import User
from cpor_portal.faults import NotAllowed, Refused

LONGEST_COMMENT = 10_000


def comment(*, reference: str, by: User, body: str, audience: str = Audience.PARTNER) -> Comment:
    """Write a comment on a filed claim.

    Everybody of the firm, reviewers and arbiters may; only the latter may write an internal one, which no
    partner ever sees (design.md, "What always holds" 6). Raises NotAllowed, Conflict, Refused for no text.
    """
    with transaction.atomic():
        doing = begin(reference=reference, act=Act.COMMENT, by=by)
        if audience == Audience.INTERNAL and doing.actor not in REVIEWERS:
            raise NotAllowed("internal_is_for_staff", _("Internal comments are for reviewers."))
        written = write_comment(doing, body=body, audience=_audience(audience))
        event = record(
            doing,
            before=Status(doing.claim.status),
            data={"comment": written.pk},
            audience=written_for(written),
        )
        mails.comment_posted(claim=doing.claim, event=event, comment=written)
    return written


def _audience(code: str) -> Audience:
    if code not in Audience.values:
        raise Refused("audience_unknown", _("Choose who is to read the comment."), field="audience")
    return Audience(code)


def written_for(written: Comment) -> Audience:
    """The audience of a stored comment."""
    return Audience(written.audience)


def note_by_portal(doing: Doing, *, reasons: Sequence[str]) -> Comment:
    """A visible comment by the portal itself: reasons alone, for each reader reads it in a language of their own.

    `claims.history.comment_text` builds the sentence when it is shown.
    """
    return Comment.objects.create(
        claim=doing.claim, audience=Audience.PARTNER, body="", reasons=list(reasons), verb=doing.act, at=doing.at
    )


def write_comment(
    doing: Doing,
    *,
    body: str,
    audience: Audience,
    reasons: Sequence[str] = (),
    cells: Sequence[Mapping[str, str]] = (),
) -> Comment:
    """Store a comment as part of an act under way. Raises Refused for an empty or endless text.

    `cells` of the proof matrix that it is about: the product's code and the column, frozen with the text.
    """
    text = body.strip()
    if not text:
        raise Refused("comment_required", _("Write something first."), field="body")
    if len(text) > LONGEST_COMMENT:
        raise Refused("comment_too_long", _("A comment can have up to 10,000 characters."), field="body")
    return Comment.objects.create(
        claim=doing.claim,
        author=doing.by,
        author_is_staff=doing.actor in REVIEWERS,
        audience=audience,
        body=text,
        reasons=list(reasons),
        cells=[dict(cell) for cell in cells],
        verb=doing.act,
        at=doing.at,
    )
