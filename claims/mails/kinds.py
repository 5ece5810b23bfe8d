"""The kinds of mails about claims, for the outbox: what may wait or be silenced, and what newer news replaces.

Never silenced is what asks somebody to act, and every decision. `tells_state` is what says all of where the claim
stands for its reader: after an outage the newest of these takes the place of older ones that were not sent. A
comment and the notice of a case are news of their own, which nothing later repeats.
"""

from django.utils.translation import pgettext_lazy

from claims.mails import samples
from cpor_portal.notifications.kinds import MailKind

KINDS: tuple[MailKind, ...] = (
    MailKind(
        "submitted",
        pgettext_lazy("kind of mail", "Claim submitted"),
        never_silenced=False,
        tells_state=True,
        sample=samples.submitted,
    ),
    MailKind(
        "resubmitted",
        pgettext_lazy("kind of mail", "Answer resubmitted"),
        never_silenced=False,
        tells_state=True,
        sample=samples.resubmitted,
    ),
    MailKind(
        "resubmitted_review",
        pgettext_lazy("kind of mail", "Partner's answer, to the reviewer"),
        never_silenced=True,
        tells_state=True,
        sample=samples.resubmitted_review,
    ),
    MailKind(
        "withdrawn",
        pgettext_lazy("kind of mail", "Withdrawn"),
        never_silenced=False,
        tells_state=True,
        sample=samples.withdrawn,
    ),
    MailKind(
        "information_requested",
        pgettext_lazy("kind of mail", "Information requested"),
        never_silenced=True,
        tells_state=True,
        sample=samples.information_requested,
    ),
    MailKind(
        "approved",
        pgettext_lazy("kind of mail", "Approved"),
        never_silenced=True,
        tells_state=True,
        sample=samples.approved,
    ),
    MailKind(
        "rejected",
        pgettext_lazy("kind of mail", "Rejected"),
        never_silenced=True,
        tells_state=True,
        sample=samples.rejected,
    ),
    MailKind(
        "contested",
        pgettext_lazy("kind of mail", "Notice of a case"),
        never_silenced=True,
        tells_state=False,
        sample=samples.contested,
    ),
    MailKind(
        "deadline_near_review",
        pgettext_lazy("kind of mail", "Decision due soon, to the reviewer"),
        never_silenced=True,
        tells_state=True,
        sample=samples.deadline_near_review,
    ),
    MailKind(
        "deadline_near_partner",
        pgettext_lazy("kind of mail", "Answer due soon, to the firm"),
        never_silenced=True,
        tells_state=True,
        sample=samples.deadline_near_partner,
    ),
    MailKind(
        "deadline_missed",
        pgettext_lazy("kind of mail", "Missed deadline, to the reviewer"),
        never_silenced=True,
        tells_state=True,
        sample=samples.deadline_missed,
    ),
    MailKind(
        "escalated",
        pgettext_lazy("kind of mail", "Missed deadline, to the arbiters"),
        never_silenced=True,
        tells_state=True,
        sample=samples.escalated,
    ),
    MailKind(
        "assigned",
        pgettext_lazy("kind of mail", "Claim assigned"),
        never_silenced=True,
        tells_state=True,
        sample=samples.assigned,
    ),
    MailKind(
        "unassigned",
        pgettext_lazy("kind of mail", "Claim given to somebody else"),
        never_silenced=False,
        tells_state=True,
        sample=samples.unassigned,
    ),
    MailKind(
        "comment_posted",
        pgettext_lazy("kind of mail", "Comment, to the firm"),
        never_silenced=False,
        tells_state=False,
        sample=samples.comment_posted,
    ),
    MailKind(
        "comment_posted_review",
        pgettext_lazy("kind of mail", "Comment, to the reviewer"),
        never_silenced=False,
        tells_state=False,
        sample=samples.comment_posted_review,
    ),
    MailKind(
        "draft_expires",
        pgettext_lazy("kind of mail", "Draft to be deleted"),
        never_silenced=True,
        tells_state=True,
        sample=samples.draft_expires,
        is_firms_alone=True,
    ),
)
