"""The domain's closed lists of words, with the labels that people read (domain.md, "Statuses of a claim", "Words").

Those of the proof of execution stand in `claims.proof.words`.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    """Where a claim stands. It follows from the outcomes of its lines: `transitions.status_of`."""

    EDITING = "editing", pgettext_lazy("claim status", "Editing")
    SUBMITTED = "submitted", pgettext_lazy("claim status", "Submitted")
    UNDER_REVIEW = "under_review", pgettext_lazy("claim status", "Under review")
    PARTNER_ACTION_REQUIRED = (
        "partner_action_required",
        pgettext_lazy("claim status", "Partner action required"),
    )
    APPROVED = "approved", pgettext_lazy("claim status", "Approved")
    REJECTED = "rejected", pgettext_lazy("claim status", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim status", "Withdrawn")
    ENDED = "ended", pgettext_lazy("claim status", "Ended")


OPEN_STATUSES = frozenset({Status.SUBMITTED, Status.UNDER_REVIEW, Status.PARTNER_ACTION_REQUIRED})


class Outcome(TextChoices):
    """Where one product line stands."""

    PENDING = "pending", pgettext_lazy("line outcome", "Pending")
    VERIFIED = "verified", pgettext_lazy("line outcome", "Verified")
    CONTESTED = "contested", pgettext_lazy("line outcome", "Contested")
    ASKED = "asked", pgettext_lazy("line outcome", "Information requested")
    ASSOCIATED = "associated", pgettext_lazy("line outcome", "Associated")
    REMOVED = "removed", pgettext_lazy("line outcome", "Removed")
    WITHDRAWN = "withdrawn", pgettext_lazy("line outcome", "Withdrawn")
    REJECTED = "rejected", pgettext_lazy("line outcome", "Rejected")
    LOST = "lost", pgettext_lazy("line outcome", "Lost in arbitration")
    DECLINED = "declined", pgettext_lazy("line outcome", "Declined by the customer")
    ENDED = "ended", pgettext_lazy("line outcome", "Ended")


UNDECIDED_OUTCOMES = frozenset({Outcome.PENDING, Outcome.VERIFIED, Outcome.CONTESTED, Outcome.ASKED})
# A line with one of these keeps its target for its firm: no second claim of the same firm for it.
OCCUPYING_OUTCOMES = UNDECIDED_OUTCOMES | {Outcome.ASSOCIATED}


class Activity(TextChoices):
    """What the partner did for the customer."""

    PRESALES = "presales", _("Presales")
    USAGE = "usage", _("Usage")
    REVENUE_ASSOCIATION = "revenue_association", _("Revenue association")


class Audience(TextChoices):
    """Who reads a comment or an entry of the history."""

    PARTNER = "partner", _("Partner and reviewers")
    INTERNAL = "internal", _("Reviewers only")


class DeadlineKind(TextChoices):
    """What is owed by when."""

    REVIEW = "review", _("Review decision")
    PARTNER_ANSWER = "partner_answer", _("Partner's answer")
    CUSTOMER_WINDOW = "customer_window", _("Customer's window")
    DISPUTE_WINDOW = "dispute_window", _("Time to dispute")
    DISPUTE_RULING = "dispute_ruling", _("Ruling on a dispute")
    EVIDENCE = "evidence", _("Evidence for arbitration")
    RULING = "ruling", _("Arbiter's ruling")
    CORRECTION = "correction", _("Answer to a correction")
    DRAFT_EXPIRY = "draft_expiry", _("Deletion of an unused draft")


# What nobody owes: somebody may act until then, or a draft goes when nobody edits it.
UNOWED_KINDS = frozenset({DeadlineKind.CUSTOMER_WINDOW, DeadlineKind.DISPUTE_WINDOW, DeadlineKind.DRAFT_EXPIRY})


class Reason(TextChoices):
    """Why a reviewer asks or rejects; the last four are set by the portal alone."""

    PROOF_MISSING = "proof_missing", _("The proof of execution is missing or about something else")
    ACKNOWLEDGEMENT_MISSING = "acknowledgement_missing", _("The customer's signature is missing")
    DATES_MISSING_OR_OLD = "dates_missing_or_old", _("The dates are missing or too old")
    WORK_DESCRIPTION_MISSING = "work_description_missing", _("The work is not described")
    PRODUCT_MISSING = "product_missing", _("A claimed product is not named in the proof")
    FACTS_DO_NOT_VERIFY = "facts_do_not_verify", _("The tenant, subscription or enrolment does not verify")
    PARTNER_REQUEST = "partner_request", _("The partner asked for it")
    NO_PARTNER_RESPONSE = "no_partner_response", _("No answer from the partner in time")
    CUSTOMER_DECLINED = "customer_declined", _("The customer declined")
    LOST_ARBITRATION = "lost_arbitration", _("Lost in arbitration")
    SUBSCRIPTION_ENDED = "subscription_ended", _("The subscription ended")


PORTAL_REASONS = frozenset(
    {Reason.NO_PARTNER_RESPONSE, Reason.CUSTOMER_DECLINED, Reason.LOST_ARBITRATION, Reason.SUBSCRIPTION_ENDED}
)
REVIEWER_REASONS = tuple(reason for reason in Reason if reason not in PORTAL_REASONS)
