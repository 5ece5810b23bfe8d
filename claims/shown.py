"""What a page shows of a claim: lines, comments, history and documents, as far as its reader may know them.

The reader's rights are those of `claims.permissions`; whom a partner reads by name is docs/decisions/who-is-named.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from claims.cures import steps_that_cure
from claims.history import comment_text, sentence, who_wrote
from claims.models import Claim, ClaimLine, Comment, Snapshot
from claims.permissions import visible_comments, visible_events
from claims.remedies import REMEDIES
from claims.rounds import Changes, changes_between, names_in, open_to
from claims.transitions import Act
from claims.words import Activity, Audience, Outcome, Reason, Status
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.directory.models import Product
from cpor_portal.faults import Text

HANDED_IN: Mapping[str, Text] = {
    Act.SUBMIT: pgettext_lazy("what was handed in", "Submitted"),
    Act.AMEND: pgettext_lazy("what was handed in", "Changed"),
    Act.ADD_PROOF: pgettext_lazy("what was handed in", "Document added"),
    Act.CORRECT: pgettext_lazy("what was handed in", "Corrected"),
}
CELLS_NOTED: Text = pgettext_lazy("what was handed in", "Proof matrix filled in")
# A verified line waits for a rival's verification or for a case.
CONTESTED = frozenset({Outcome.CONTESTED, Outcome.VERIFIED})


@dataclass(frozen=True)
class ShownLine:
    """A product line. The subscription ID is told from the approval on (domain.md, "Products and subscriptions")."""

    id: int
    product: Product
    outcome: Outcome
    is_contested: bool
    subscription_id: UUID | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class ShownReason:
    """A reason of a request or a rejection, and what would cure it."""

    code: str
    label: Text
    remedy: Text
    steps: tuple[str, ...]


@dataclass(frozen=True)
class ShownComment:
    """A comment with its author as the reader may know them."""

    who: str
    is_staff: bool
    is_internal: bool
    at: datetime
    body: str
    reasons: tuple[ShownReason, ...]
    cells: frozenset[tuple[str, str]] = frozenset()
    """The cells of the proof matrix that it names: product code and column."""


@dataclass(frozen=True)
class ShownEvent:
    """An entry of the history. `status` is the new one where the entry changed it."""

    what: str
    at: datetime
    status: str
    is_internal: bool


@dataclass(frozen=True)
class ShownSnapshot:
    """The claim as it was handed in once; `what` says with which act. `held_back` documents are not the reader's."""

    what: str
    at: datetime
    who: str
    activities: tuple[str, ...]
    products: tuple[str, ...]
    documents: tuple[Mapping[str, Any], ...]
    held_back: int
    facts: Mapping[str, Any]
    changes: Changes | None = None
    """What differs from the state before; None where there was none."""


def lines_of(claim: Claim, reader: User) -> list[ShownLine]:
    """The claim's products; a partner reads no outcome that would give a later rival away."""
    lines = claim.lines.select_related("product", "association")
    return [_line(line, is_staff=people.is_reviewer(reader)) for line in lines]


def _line(line: ClaimLine, *, is_staff: bool) -> ShownLine:
    association = getattr(line, "association", None)
    return ShownLine(
        id=line.pk,
        product=line.product,
        outcome=Outcome(line.outcome) if is_staff else line.outcome_for_partner,
        is_contested=line.outcome in CONTESTED and (is_staff or line.told_contested),
        subscription_id=line.subscription_id if association else None,
        since=association.started_at if association else None,
        until=association.ended_at if association else None,
    )


def contested_in(lines: Iterable[ShownLine]) -> list[str]:
    """The products of which the reader may know that another partner stands there too."""
    return [line.product.name for line in lines if line.is_contested]


def comments_of(claim: Claim, reader: User) -> list[ShownComment]:
    """The thread, oldest first, without internal comments for partners."""
    return [shown_comment(comment, reader) for comment in visible_comments(reader, claim)]


def shown_comment(comment: Comment, reader: User) -> ShownComment:
    """One comment for this reader."""
    return ShownComment(
        who=who_wrote(comment, reader=reader),
        is_staff=comment.author_is_staff,
        is_internal=comment.audience == Audience.INTERNAL,
        at=comment.at,
        body=comment_text(comment),
        reasons=tuple(shown_reason(code) for code in comment.reasons),
        cells=frozenset((cell["product"], cell["column"]) for cell in comment.cells),
    )


def shown_reason(code: str) -> ShownReason:
    """A reason code in words."""
    reason = Reason(code)
    return ShownReason(code=reason.value, label=reason.label, remedy=REMEDIES[reason], steps=steps_that_cure([code]))


def word_from_microsoft(claim: Claim, reader: User) -> ShownComment | None:
    """What stands on top of the claim: the open request, or why the claim was rejected; None in other statuses."""
    verbs = {
        Status.PARTNER_ACTION_REQUIRED: (Act.REQUEST_INFORMATION,),
        Status.REJECTED: (Act.REJECT, Act.EXPIRE_PARTNER_ANSWER),
    }.get(Status(claim.status))
    if verbs is None:
        return None
    comment = visible_comments(reader, claim).filter(verb__in=verbs).order_by("-pk").first()
    return shown_comment(comment, reader) if comment else None


def history_of(claim: Claim, reader: User, latest: int | None = None) -> list[ShownEvent]:
    """The history, newest first; the `latest` entries alone where a number is given."""
    events = visible_events(reader, claim).order_by("-pk")[:latest]
    return [
        ShownEvent(
            what=sentence(event, reader=reader),
            at=event.at,
            status=event.status_after if event.status_after != event.status_before else "",
            is_internal=event.audience == Audience.INTERNAL,
        )
        for event in events
    ]


def snapshots_of(claim: Claim, reader: User) -> list[ShownSnapshot]:
    """The claim as it was handed in, newest first: at each submission, answer and change.

    A reviewer reads of a document that `visible_documents` leaves out, here too, that there is one and never which.
    """
    snapshots = list(claim.snapshots.select_related("by").order_by("-pk"))
    names, seen = names_in(*(snapshot.facts for snapshot in snapshots)), open_to(reader, claim)
    shown = []
    for snapshot, before in zip(snapshots, [*snapshots[1:], None], strict=False):
        documents = [one for one in snapshot.facts["documents"] if seen is None or one["sha256"] in seen]
        changes = changes_between(before.facts, snapshot.facts, names, seen) if before else None
        shown.append(replace(_shown_snapshot(snapshot, before, names, documents), changes=changes))
    return shown


def _shown_snapshot(
    snapshot: Snapshot, before: Snapshot | None, names: Mapping[str, str], documents: list[dict[str, Any]]
) -> ShownSnapshot:
    facts = snapshot.facts
    return ShownSnapshot(
        what=_handed_in(snapshot, before),
        at=snapshot.at,
        who=str(snapshot.by),
        activities=tuple(str(Activity(code).label) for code in facts["activities"]),
        products=tuple(
            names.get(line["product"], line["product"]) for line in facts["lines"] if line["outcome"] != Outcome.REMOVED
        ),
        documents=tuple(documents),
        held_back=len(facts["documents"]) - len(documents),
        facts=facts,
    )


def _handed_in(snapshot: Snapshot, before: Snapshot | None) -> str:
    if snapshot.verb == Act.RESUBMIT:
        # The answer opens the round after the one that it answers.
        return _("Answer to round %(round)d") % {"round": snapshot.round - 1}
    if snapshot.verb == Act.ADD_PROOF and before and before.facts["documents"] == snapshot.facts["documents"]:
        return str(CELLS_NOTED)
    return str(HANDED_IN.get(snapshot.verb, HANDED_IN[Act.SUBMIT]))
