"""Every mail about a claim: one function and one template set each, queued in the transaction of its act.

A firm's mails go to whoever submitted the claim and to its admins (domain.md, "After approval"); they never
name another firm, a reviewer, or an outcome that the firm may not know.
"""

from claims.mails.assignment import (
    Moved,
    absence_began,
    all_assigned,
    all_returned,
    all_unassigned,
    assigned,
    returned,
    unassigned,
)
from claims.mails.context import read_ahead
from claims.mails.corrections import correction_answered, correction_asked, correction_missed, correction_near
from claims.mails.deadlines import deadline_missed, deadline_near, draft_expires, escalated
from claims.mails.decisions import approved, contested, decided, information_requested, rejected
from claims.mails.documents import document_infected
from claims.mails.filing import resubmitted, submitted, withdrawn
from claims.mails.proof import proof_ages
from claims.mails.talk import comment_posted

__all__ = [
    "Moved",
    "absence_began",
    "all_assigned",
    "all_returned",
    "all_unassigned",
    "approved",
    "assigned",
    "comment_posted",
    "contested",
    "correction_answered",
    "correction_asked",
    "correction_missed",
    "correction_near",
    "deadline_missed",
    "deadline_near",
    "decided",
    "document_infected",
    "draft_expires",
    "escalated",
    "information_requested",
    "proof_ages",
    "read_ahead",
    "rejected",
    "resubmitted",
    "returned",
    "submitted",
    "unassigned",
    "withdrawn",
]
