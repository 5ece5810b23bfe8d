"""What was written on a claim while somebody had an older page of it open: for the page that says who was first."""

from collections.abc import Iterable

from django.utils.text import capfirst

from claims.history import UNTOLD, comment_text, who_wrote
from claims.models import Claim, Comment
from claims.permissions import visible_comments, visible_events
from claims.words import Reason
from cpor_portal.accounts.models import User
from cpor_portal.faults import Written
from cpor_portal.look.templatetags.look import moment_in_words

# A page that was left open for weeks is not handed the whole conversation.
LATEST = 5


def what_was_written(claim: Claim, *, reader: User | None, seen: int | None = None) -> list[Written]:
    """The texts and reasons that came with the changes since version `seen`, oldest first, as `reader` may know them.

    Where nobody knows what was seen, those of the newest change. Nothing where `reader` is the portal itself.
    """
    if reader is None:
        return []
    events = visible_events(reader, claim).exclude(verb__in=UNTOLD)
    newer = events.order_by("-id")[:1] if seen is None else events.filter(claim_version__gt=seen).order_by("id")[:1]
    first = newer.first()
    if first is None:
        return []
    comments = visible_comments(reader, claim).filter(at__gte=first.at).order_by("-pk")[:LATEST]
    return [_written(comment, reader) for comment in reversed(comments)]


def what_stands(claim: Claim, names: Iterable[str]) -> list[Written]:
    """What people have typed into these fields of a claim, as it stands now: those that hold a text, by their names."""
    fields = [field for field in (Claim._meta.get_field(name) for name in names) if not getattr(field, "choices", None)]
    texts = [(capfirst(str(field.verbose_name)), getattr(claim, field.name)) for field in fields]  # type: ignore[union-attr]
    return [Written(title, text) for title, text in texts if isinstance(text, str) and text]


def _written(comment: Comment, reader: User) -> Written:
    reasons = [(code, str(Reason(code).label)) for code in comment.reasons]
    who = who_wrote(comment, reader=reader)
    return Written(f"{who}, {moment_in_words(comment.at)}", comment_text(comment), reasons)
