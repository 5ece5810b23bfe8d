"""The kinds of mails about claims, for the outbox: what may wait or be silenced, and what newer news replaces.

Never silenced is what asks somebody to act, and every decision. A mail `replaces` older ones of which it says all that
still matters to their reader; a row of this table is a promise of the templates. No mail replaces a decision, a
comment, or news of a case: nothing later repeats them. What replaces an older mail also replaces whatever that one
would have replaced. An approval or a rejection by a reviewer comes only when no request is open any more; a ruling
can come beside one, and needs a kind of its own (docs/decisions/mail-preferences.md).
"""

from django.utils.translation import pgettext_lazy

from claims.mails import samples
from cpor_portal.notifications.kinds import MailKind

# Receipts, and what was said of the draft: all later mails to the firm tell where each product stands.
RECEIPTS = frozenset({"draft_expires", "submitted", "resubmitted", "withdrawn_in_part"})
REQUESTS = frozenset({"information_requested", "deadline_near_partner"})
# What the reviewer was asked to do.
REVIEWS = frozenset({"resubmitted_review", "deadline_near_review"})
WHOSE = frozenset({"assigned", "unassigned", "returned"})
# There is at most one correction that waits, and each of these mails tells all of it.
CORRECTIONS = frozenset({"correction_asked", "correction_near", "correction_missed"})

KINDS: tuple[MailKind, ...] = (
    MailKind(
        "submitted",
        pgettext_lazy("kind of mail", "Claim submitted"),
        never_silenced=False,
        sample=samples.submitted,
        replaces=frozenset({"draft_expires"}),
    ),
    MailKind(
        "resubmitted",
        pgettext_lazy("kind of mail", "Answer resubmitted"),
        never_silenced=False,
        sample=samples.resubmitted,
        replaces=RECEIPTS | REQUESTS,
    ),
    MailKind(
        "resubmitted_review",
        pgettext_lazy("kind of mail", "Partner's answer, to the reviewer"),
        never_silenced=True,
        sample=samples.resubmitted_review,
        replaces=REVIEWS,
        is_for_reviewers=True,
    ),
    MailKind(
        "withdrawn",
        pgettext_lazy("kind of mail", "Withdrawn"),
        never_silenced=False,
        sample=samples.withdrawn,
        replaces=RECEIPTS | REQUESTS | {"evidence_near"},
    ),
    MailKind(
        "withdrawn_in_part",
        pgettext_lazy("kind of mail", "Withdrawn in part"),
        never_silenced=False,
        sample=samples.withdrawn_in_part,
        replaces=RECEIPTS - {"resubmitted"},  # that stands for the request it answered
        templates="withdrawn",
    ),
    MailKind(
        "information_requested",
        pgettext_lazy("kind of mail", "Information requested"),
        never_silenced=True,
        sample=samples.information_requested,
        replaces=RECEIPTS | REQUESTS,
    ),
    MailKind(
        "approved",
        pgettext_lazy("kind of mail", "Approved"),
        never_silenced=True,
        sample=samples.approved,
        replaces=RECEIPTS | REQUESTS,
    ),
    MailKind(
        "rejected",
        pgettext_lazy("kind of mail", "Rejected"),
        never_silenced=True,
        sample=samples.rejected,
        replaces=RECEIPTS | REQUESTS,
    ),
    MailKind(
        "decided",
        pgettext_lazy("kind of mail", "Decided product by product"),
        never_silenced=True,
        sample=samples.decided,
        replaces=RECEIPTS | REQUESTS,
    ),
    MailKind(
        "correction_asked",
        pgettext_lazy("kind of mail", "Correction asked for, to the reviewer"),
        never_silenced=True,
        sample=samples.correction_asked,
        replaces=CORRECTIONS,
        is_for_reviewers=True,
    ),
    MailKind(
        "correction_near",
        pgettext_lazy("kind of mail", "Answer to a correction due soon"),
        never_silenced=True,
        sample=samples.correction_near,
        replaces=CORRECTIONS,
        is_for_reviewers=True,
    ),
    MailKind(
        "correction_missed",
        pgettext_lazy("kind of mail", "Missed answer to a correction"),
        never_silenced=True,
        sample=samples.correction_missed,
        replaces=CORRECTIONS,
        is_for_reviewers=True,
    ),
    MailKind(
        "correction_accepted",
        pgettext_lazy("kind of mail", "Correction accepted"),
        never_silenced=True,
        sample=samples.correction_accepted,
    ),
    MailKind(
        "correction_refused",
        pgettext_lazy("kind of mail", "Correction refused"),
        never_silenced=True,
        sample=samples.correction_refused,
    ),
    MailKind(
        "contested",
        pgettext_lazy("kind of mail", "Notice of a case"),
        never_silenced=True,
        sample=samples.contested,
    ),
    MailKind(
        "deadline_near_review",
        pgettext_lazy("kind of mail", "Decision due soon, to the reviewer"),
        never_silenced=True,
        sample=samples.deadline_near_review,
        replaces=REVIEWS,
        is_for_reviewers=True,
    ),
    MailKind(
        "ruling_near",
        pgettext_lazy("kind of mail", "Ruling due soon"),
        never_silenced=True,
        sample=samples.ruling_near,
        templates="deadline_near_review",
        is_for_reviewers=True,
    ),
    MailKind(
        "deadline_near_partner",
        pgettext_lazy("kind of mail", "Answer due soon, to the firm"),
        never_silenced=True,
        sample=samples.deadline_near_partner,
        replaces=RECEIPTS | REQUESTS,
    ),
    MailKind(
        "evidence_near",
        pgettext_lazy("kind of mail", "Time for evidence ends soon, to the firm"),
        never_silenced=True,
        sample=samples.evidence_near,
        templates="deadline_near_partner",
    ),
    MailKind(
        "deadline_missed",
        pgettext_lazy("kind of mail", "Missed deadline, to the reviewer"),
        never_silenced=True,
        sample=samples.deadline_missed,
        replaces=REVIEWS | {"deadline_missed"},
        is_for_reviewers=True,
    ),
    MailKind(
        "escalated",
        pgettext_lazy("kind of mail", "Missed deadline, to the arbiters"),
        never_silenced=True,
        sample=samples.escalated,
        replaces=REVIEWS | {"escalated"},
        is_for_reviewers=True,
    ),
    MailKind(
        "ruling_escalated",
        pgettext_lazy("kind of mail", "Missed ruling, to the arbiters"),
        never_silenced=True,
        sample=samples.ruling_escalated,
        templates="escalated",
        is_for_reviewers=True,
    ),
    MailKind(
        "assigned",
        pgettext_lazy("kind of mail", "Claim assigned"),
        never_silenced=True,
        sample=samples.assigned,
        replaces=REVIEWS | WHOSE,
        is_for_reviewers=True,
    ),
    MailKind(
        "unassigned",
        pgettext_lazy("kind of mail", "Claim given to somebody else"),
        never_silenced=False,
        sample=samples.unassigned,
        replaces=REVIEWS | WHOSE,
        is_for_reviewers=True,
    ),
    MailKind(
        "returned",
        pgettext_lazy("kind of mail", "Claim put back into the queue"),
        never_silenced=False,
        sample=samples.returned,
        replaces=REVIEWS | WHOSE,
        is_for_reviewers=True,
    ),
    MailKind(
        "assigned_many",
        pgettext_lazy("kind of mail", "Several claims assigned"),
        never_silenced=True,
        sample=samples.assigned_many,
        is_for_reviewers=True,
    ),
    MailKind(
        "unassigned_many",
        pgettext_lazy("kind of mail", "Several claims given to somebody else"),
        never_silenced=False,
        sample=samples.unassigned_many,
        templates="returned_many",
        is_for_reviewers=True,
    ),
    MailKind(
        "returned_many",
        pgettext_lazy("kind of mail", "Several claims put back into the queue"),
        never_silenced=False,
        sample=samples.returned_many,
        is_for_reviewers=True,
    ),
    MailKind(
        "absence_began",
        pgettext_lazy("kind of mail", "Absence began, to the arbiters"),
        never_silenced=True,
        sample=samples.absence_began,
        is_for_reviewers=True,
    ),
    MailKind(
        "comment_posted",
        pgettext_lazy("kind of mail", "Comment, to the firm"),
        never_silenced=False,
        sample=samples.comment_posted,
    ),
    MailKind(
        "comment_posted_review",
        pgettext_lazy("kind of mail", "Comment, to the reviewer"),
        never_silenced=False,
        sample=samples.comment_posted_review,
        is_for_reviewers=True,
    ),
    MailKind(
        "proof_ages",
        pgettext_lazy("kind of mail", "Time for newer proof, to the firm"),
        never_silenced=False,
        sample=samples.proof_ages,
    ),
    MailKind(
        "document_infected",
        pgettext_lazy("kind of mail", "Document quarantined"),
        never_silenced=True,
        sample=samples.document_infected,
        is_firms_alone=True,  # on a filed claim, too: nobody else learns the name of a quarantined document
    ),
    MailKind(
        "draft_expires",
        pgettext_lazy("kind of mail", "Draft to be deleted"),
        never_silenced=True,
        sample=samples.draft_expires,
        replaces=frozenset({"draft_expires"}),
        is_firms_alone=True,
    ),
)
