"""What the mails look like: for each a context of unsaved records, for the page that shows staff every template.

The contexts come from the very functions that make them for the real mails, so a sample shows what is sent.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.text import slugify
from django.utils.translation import gettext as _

from claims.corrections import as_it_stands
from claims.mails import assignment, corrections, deadlines, decisions, documents, filing, proof, talk
from claims.mails.context import Context, Standing
from claims.models import Claim, ClaimLine, Comment, Correction, CorrectionState, Deadline, Document, Event
from claims.models.history import DeadlineParty
from claims.proof.words import Column
from claims.words import Activity, Audience, DeadlineKind, Outcome, Reason, Status
from cpor_portal import working_days
from cpor_portal.accounts.models import MpnLocation, PartnerFirm, StaffRole, User
from cpor_portal.directory.models import Product, SolutionArea
from cpor_portal.working_days import WorkCalendar

# A Sunday before Thanksgiving: the explanation of a date has a weekend and a holiday to tell of.
AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
REVIEW_SITE = WorkCalendar("US", "America/Los_Angeles")
FIRMS_SITE = WorkCalendar("HU", "Europe/Budapest")
SUBSCRIPTION = UUID("3b7f0c52-9d1e-4a86-b0c4-5e2f7a91d36b")
SALES = "dynamics-365-sales"
CELLS = [{"product": SALES, "column": column.value} for column in (Column.NAMED, Column.DATED)]
REASONS = (Reason.DATES_MISSING_OR_OLD.value, Reason.PRODUCT_MISSING.value)


def submitted() -> Context:
    """A claim of two products, one of them with a rival."""
    return filing.submitted_context(_claim(), _lines(Outcome.PENDING, Outcome.CONTESTED), _deadline(), _submitter())


def resubmitted() -> Context:
    """An answer on one product; the other is decided already."""
    return filing.resubmitted_context(
        _claim(), _standing(Outcome.PENDING, Outcome.ASSOCIATED), _deadline(), _submitter()
    )


def resubmitted_review() -> Context:
    """The same, as the reviewer hears it."""
    return filing.resubmitted_review_context(_taken(), _lines(Outcome.PENDING), _deadline())


def withdrawn() -> Context:
    """Both products taken back."""
    held = Standing(_lines(Outcome.WITHDRAWN, Outcome.WITHDRAWN))
    return filing.withdrawn_context(_claim(), held, _("Wrong MPN location."), _submitter())


def withdrawn_in_part() -> Context:
    """One product of two taken back."""
    held = _standing(Outcome.WITHDRAWN, Outcome.PENDING)
    return filing.withdrawn_context(_claim(), held, _("Wrong MPN location."), _submitter())


def information_requested() -> Context:
    """A request about one product of two."""
    deadline = _deadline(DeadlineKind.PARTNER_ANSWER)
    return decisions.request_context(_claim(), _asked(), REASONS, _request(), deadline, CELLS)


def approved() -> Context:
    """One product approved, the other still open."""
    return decisions.approved_context(_claim(), _standing(Outcome.ASSOCIATED, Outcome.PENDING))


def rejected() -> Context:
    """A rejection by a reviewer of one product of two."""
    held = _standing(Outcome.REJECTED, Outcome.ASSOCIATED)
    return decisions.rejected_context(_claim(), held, REASONS, _request(), _dispute_window(), CELLS)


def decided() -> Context:
    """One product approved, one rejected, one taken out at the partner's wish, and a question about the fourth."""
    lines = _lines(Outcome.REJECTED, Outcome.ASSOCIATED, Outcome.REMOVED, Outcome.ASKED)
    rejected_one, approved_one, removed_one, asked_one = lines
    event, deadline = Event(), _deadline(DeadlineKind.PARTNER_ANSWER)
    wish = _("You wrote that another location of your firm looks after this product.")
    parts = [
        decisions.Decided("approve", event, [approved_one]),
        decisions.Decided("reject", event, [rejected_one], REASONS, _request(), CELLS),
        decisions.Decided("remove", event, [removed_one], [Reason.PARTNER_REQUEST], wish),
        decisions.Decided("ask", event, [asked_one], REASONS, _request()),
    ]
    return decisions.decided_context(_claim(), Standing(lines), parts, deadline, _dispute_window())


def contested() -> Context:
    """The notice that a case is open about one product."""
    return decisions.contested_context(_claim(), _lines(Outcome.CONTESTED), _deadline(DeadlineKind.EVIDENCE))


def deadline_near_review() -> Context:
    """A review that is due soon, and that a reviewer has."""
    return deadlines.review_deadline_context(_taken(), _lines(Outcome.PENDING), _deadline())


def deadline_near_partner() -> Context:
    """A request that waits for its answer, with all that was asked."""
    deadline = _deadline(DeadlineKind.PARTNER_ANSWER)
    return decisions.request_context(_claim(), _asked(), REASONS, _request(), deadline, CELLS)


def evidence_near() -> Context:
    """A case in which proof can still be added."""
    held = _standing(Outcome.CONTESTED, Outcome.PENDING)
    return deadlines.evidence_context(_claim(), held, _deadline(DeadlineKind.EVIDENCE))


def ruling_near() -> Context:
    """A case that an arbiter must rule on soon."""
    return deadlines.review_deadline_context(_taken(), _lines(Outcome.CONTESTED), _deadline(DeadlineKind.RULING))


def ruling_escalated() -> Context:
    """A case that was not ruled on in time."""
    return ruling_near()


def deadline_missed() -> Context:
    """A review that was not decided in time."""
    return deadlines.review_deadline_context(_taken(), _lines(Outcome.PENDING), _deadline())


def escalated() -> Context:
    """The same, as the arbiters hear it."""
    return deadline_missed()


def draft_expires() -> Context:
    """A draft of two products that nobody has edited for a long time."""
    claim = _claim(status=Status.EDITING)
    return deadlines.draft_context(claim, _lines(Outcome.PENDING, Outcome.PENDING), _draft_deadline(claim))


def proof_ages() -> Context:
    """The yearly reminder of an approved claim whose proof counts for some weeks yet."""
    claim = _claim(status=Status.APPROVED)
    claim.proof_good_until = (AT + timedelta(days=30)).date()
    return proof.proof_ages_context(claim, _lines(Outcome.ASSOCIATED, Outcome.ASSOCIATED))


def document_infected() -> Context:
    """A document of a filed claim in which a virus was found; the claim has others."""
    return documents.infected_context(_claim(), _document(), is_only=False)


def assigned() -> Context:
    """A claim given to a reviewer, with a note."""
    note = _("You know this customer from last year. Please look at the dates first.")
    return assignment.assigned_context(
        _taken(), _lines(Outcome.PENDING), by=_arbiter(), note=note, deadline=_deadline()
    )


def unassigned() -> Context:
    """A claim given to somebody else."""
    return assignment.unassigned_context(_taken(), _lines(Outcome.PENDING), by=_arbiter())


def returned() -> Context:
    """A claim put back into the queue by an arbiter, with a note."""
    note = _("Somebody who reads Hungarian should look at the proof.")
    return assignment.returned_context(_taken(), _lines(Outcome.PENDING), by=_arbiter(), note=note)


def assigned_many() -> Context:
    """Two claims given to a reviewer at once, with a note; one of them waits for its partner."""
    return assignment.all_assigned_context(_two(), by=_arbiter(), note=_("Rita is back on Monday."))


def unassigned_many() -> Context:
    """Two claims given to somebody else at once."""
    return assignment.all_returned_context(_two(), by=_arbiter(), is_given=True)


def returned_many() -> Context:
    """Two claims of a firm put back at once, for a conflict of interest."""
    note = _("You worked for this firm until last year.")
    return assignment.all_returned_context(_two(), by=_arbiter(), note=note, is_conflict=True)


def absence_began() -> Context:
    """A reviewer who is away for a week, with one claim that is due."""
    return assignment.absence_context(_reviewer(), (AT + timedelta(days=7)).date(), [_due_claim()])


def correction_asked() -> Context:
    """A firm that asks for another MPN location and one more activity."""
    return corrections.asked_context(_taken(), _correction(), _deadline(DeadlineKind.CORRECTION))


def correction_near() -> Context:
    """The same, when the answer is due soon."""
    return correction_asked()


def correction_missed() -> Context:
    """The same, when the answer is late."""
    return correction_asked()


def correction_accepted() -> Context:
    """The answer to the firm: the claim says so now."""
    answer = _("Please remember that presales needs the enrolment in OSA.")
    return corrections.answered_context(_taken(), _correction(CorrectionState.ACCEPTED, answer))


def correction_refused() -> Context:
    """The answer to the firm: the claim stays as it was."""
    answer = _("The proof speaks of the office in Budapest alone. Please add proof of the work done in Debrecen.")
    return corrections.answered_context(_taken(), _correction(CorrectionState.REFUSED, answer))


def comment_posted() -> Context:
    """A reviewer's comment, as the firm reads it."""
    return talk.comment_context(_taken(), _comment(_reviewer(), is_staff=True), _deadline())


def comment_posted_review() -> Context:
    """A partner's comment, as the reviewer reads it."""
    return talk.comment_review_context(_taken(), _comment(_submitter(), is_staff=False), _deadline())


def _claim(status: Status = Status.SUBMITTED) -> Claim:
    return Claim(
        reference="C-7K3M9Q2X",
        firm=_firm(),
        status=status,
        customer_display_name="Contoso Ltd.",
        domain="contoso.com",
        solution_area=SolutionArea.BUSINESS_APPLICATIONS,
        activities=[Activity.USAGE],
        created_by=_submitter(),
        created_at=AT - timedelta(days=90),
        submitted_by=_submitter(),
        submitted_at=AT,
        edited_at=AT,
    )


def _taken() -> Claim:
    claim = _claim(status=Status.UNDER_REVIEW)
    claim.reviewer, claim.review_started_at = _reviewer(), AT + timedelta(days=1)
    return claim


def _due_claim() -> Claim:
    claim = _taken()
    claim.due_at = _deadline().due_at
    return claim


def _two() -> list[Claim]:
    other = _claim(status=Status.PARTNER_ACTION_REQUIRED)
    other.reference, other.customer_display_name = "C-2HD8WN4R", "Woodgrove Bank"
    return [_due_claim(), other]


def _firm() -> PartnerFirm:
    return PartnerFirm(name="Fabrikam Consulting", country=FIRMS_SITE.country, time_zone=FIRMS_SITE.time_zone)


def _submitter() -> User:
    return User(name="Eszter Kovács", email="eszter@fabrikam.example")


def _reviewer() -> User:
    return User(name="Rita Reviewer", email="rita@microsoft.example", staff_role=StaffRole.REVIEWER)


def _arbiter() -> User:
    return User(name="Ada Arbiter", email="ada@microsoft.example", staff_role=StaffRole.ARBITER)


def _correction(state: CorrectionState = CorrectionState.ASKED, answer: str = "") -> Correction:
    budapest = MpnLocation(mpn_id="1234567", name="Budapest", firm=_firm())
    claim = _taken()
    claim.location = budapest
    return Correction(
        claim=claim,
        state=state,
        asked_by=_submitter(),
        asked_at=AT,
        reason=_("Our office in Debrecen did the work, and it advised the customer before the purchase."),
        location=MpnLocation(mpn_id="7654321", name="Debrecen", firm=_firm()),
        activities=[Activity.PRESALES, Activity.USAGE],
        before=as_it_stands(claim),
        answer=answer,
    )


def _standing(outcome: Outcome, other: Outcome) -> Standing:
    line, beside = _lines(outcome, other)
    return Standing([line], [beside])


def _asked() -> Standing:
    return _standing(Outcome.ASKED, Outcome.ASSOCIATED)


def _lines(*outcomes: Outcome) -> list[ClaimLine]:
    names = (
        "Dynamics 365 Sales",
        "Dynamics 365 Customer Service",
        "Dynamics 365 Field Service",
        "Dynamics 365 Marketing",
    )
    return [_line(name, outcome) for name, outcome in zip(names, outcomes, strict=False)]


def _line(name: str, outcome: Outcome) -> ClaimLine:
    product = Product(code=slugify(name), name=name)
    is_contested = outcome == Outcome.CONTESTED
    return ClaimLine(product=product, subscription_id=SUBSCRIPTION, outcome=outcome, told_contested=is_contested)


def _deadline(kind: DeadlineKind = DeadlineKind.REVIEW) -> Deadline:
    is_firms = kind in (DeadlineKind.PARTNER_ANSWER, DeadlineKind.EVIDENCE)
    calendar = FIRMS_SITE if is_firms else REVIEW_SITE
    return Deadline(
        kind=kind,
        party=DeadlineParty.PARTNER if is_firms else DeadlineParty.MICROSOFT,
        started_at=AT,
        due_at=working_days.deadline(AT, 5, calendar),
        days=5,
        calendar_country=calendar.country,
        calendar_zone=calendar.time_zone,
    )


def _document() -> Document:
    name, found = _("Statement of work, signed.pdf"), "Win.Test.EICAR_HDB-1"
    return Document(name=name, threat=found, uploaded_by=_submitter(), uploaded_at=AT)


def _draft_deadline(claim: Claim) -> Deadline:
    return _window(DeadlineKind.DRAFT_EXPIRY, claim.created_at, 90)


def _dispute_window() -> Deadline:
    return _window(DeadlineKind.DISPUTE_WINDOW, AT, 30)


def _window(kind: DeadlineKind, started_at: datetime, days: int) -> Deadline:
    return Deadline(
        kind=kind,
        party=DeadlineParty.PARTNER,
        started_at=started_at,
        due_at=working_days.calendar_days_deadline(started_at, days, FIRMS_SITE.time_zone),
        days=days,
        calendar_country=FIRMS_SITE.country,
        calendar_zone=FIRMS_SITE.time_zone,
    )


def _request() -> str:
    return _("The acknowledgement carries no date. Please add one that does, and that names the product.")


def _comment(author: User, *, is_staff: bool) -> Comment:
    body = _("The signed acknowledgement is on its way; it will be here on Tuesday.")
    return Comment(author=author, author_is_staff=is_staff, audience=Audience.PARTNER, body=body)
