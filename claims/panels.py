"""What happens next on a claim, by when, and who acts: for every status, in the partner's and the reviewers' words.

The clock that is shown is the claim's running deadline; a status without one owes nothing (domain.md, "Statuses
of a claim", "Clocks").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from claims import clock, due
from claims.deadlines_shown import is_over
from claims.models import Claim, Deadline
from claims.permissions import may
from claims.shown import CONTESTED
from claims.transitions import Act
from claims.words import UNOWED_KINDS, DeadlineKind, Status
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.working_days import local_day


@dataclass(frozen=True)
class Panel:
    """What the next panel shows. `kind` colours it: you, done, closed, overdue, or nothing.

    `zone` is the time zone of whoever owes what is due; the date is told as it is there. `ics` is the address of the
    deadline as a file for a calendar, empty once it is past.
    """

    title: str
    text: str
    who: str
    due: datetime | None = None
    zone: str = ""
    why: str = ""
    ics: str = ""
    kind: str = ""

    @property
    def is_elsewhere(self) -> bool:
        """Whether the reader's own clock shows another time then."""
        return self.due is not None and bool(self.zone) and due.is_elsewhere(self.due, self.zone)


@dataclass(frozen=True)
class Words:
    """The part of a panel that depends on the status."""

    title: str
    text: str
    who: str
    kind: str = ""


@dataclass(frozen=True)
class Scene:
    """What the words depend on. `windows` are those that run, and the end of a draft; of several the next one."""

    claim: Claim
    reader: User
    is_late: bool
    windows: Mapping[DeadlineKind, Deadline]


def next_panel(claim: Claim, reader: User, now: datetime | None = None) -> Panel:
    """The panel on top of a claim for this reader. `now` (aware) decides what is late; two queries at most."""
    now = now or timezone.now()
    running = [row for row in claim.deadlines.running() if not is_over(row, now)]
    # A correction holds nothing up: what it is due is told beside it, and here only where nothing else is.
    correction = next((row for row in running if row.kind == DeadlineKind.CORRECTION), None)
    deadline = clock.first_owed([row for row in running if row != correction])
    is_late = deadline is not None and _is_late(deadline, now)
    is_staff = people.is_reviewer(reader)
    write = (FOR_REVIEWER if is_staff else FOR_PARTNER)[Status(claim.status)]
    windows = {DeadlineKind(row.kind): row for row in reversed(running) if row.kind in UNOWED_KINDS}
    words = write(Scene(claim, reader, is_late, windows))
    if correction and claim.status == Status.APPROVED and deadline is None:
        deadline, is_late = correction, _is_late(correction, now)
        words = _with_correction(words, is_late=is_late, is_staff=is_staff)
    shown = deadline or _window_of(claim, windows)
    return Panel(
        title=words.title,
        text=words.text,
        who=words.who,
        due=shown.due_at if shown else None,
        zone=shown.calendar_zone if shown else "",
        why=due.why(shown, is_partner=not is_staff) if shown else "",
        ics=reverse("claims:deadline_ics", args=[claim.reference, shown.pk]) if shown and not is_late else "",
        kind=words.kind,
    )


def _is_late(deadline: Deadline, now: datetime) -> bool:
    """A deadline that was enforced as missed is late, even where the clock has not come that far."""
    return deadline.breached_at is not None or now > deadline.due_at


def _with_correction(words: Words, *, is_late: bool, is_staff: bool) -> Words:
    """Those of an approved claim of which a correction waits: somebody has to act after all."""
    if is_staff and is_late:
        text = _("The answer to the correction that the partner asked for is late. Accept or refuse it below.")
    elif is_staff:
        text = _("The partner asks for a correction. Accept or refuse it below.")
    elif is_late:
        text = _("Microsoft's answer to your correction is late, and its arbiters have been told. You need not act.")
    else:
        text = _("Microsoft answers the correction that you asked for. Until it is accepted the claim stays as it is.")
    return Words(words.title, f"{words.text} {text}", _("Microsoft"), "overdue" if is_late else words.kind)


WINDOW_OF: dict[str, DeadlineKind] = {
    Status.APPROVED: DeadlineKind.CUSTOMER_WINDOW,
    Status.REJECTED: DeadlineKind.DISPUTE_WINDOW,
}


def _window_of(claim: Claim, windows: Mapping[DeadlineKind, Deadline]) -> Deadline | None:
    """Where nobody owes anything: the time to decline an approval or to dispute a rejection, while it runs."""
    kind = WINDOW_OF.get(claim.status)
    return windows.get(kind) if kind else None


# --- The partner's words -----------------------------------------------------------------------------------


def _draft(scene: Scene) -> Words:
    if may(scene.reader, Act.SUBMIT, scene.claim):
        text = _(
            "Complete the steps and submit the claim. Until then nobody at Microsoft sees it, and it reserves no"
            " product."
        )
    else:
        text = _(
            "Complete the steps, then ask an admin of your firm to submit the claim. Until then nobody at Microsoft"
            " sees it, and it reserves no product."
        )
    if expiry := scene.windows.get(DeadlineKind.DRAFT_EXPIRY):
        last = local_day(expiry.due_at, expiry.calendar_zone)
        end = _("If nobody edits it, it is deleted at the end of %(day)s.") % {"day": date_format(last, "DATE_FORMAT")}
        text = f"{text} {end}"
    return Words(_("Finish the draft"), text, _("Your firm"), "you")


def _waits_for_review(scene: Scene) -> Words:
    if scene.is_late:
        return _review_is_late()
    title = _("Microsoft looks at your answer") if scene.claim.is_resubmitted else _("Microsoft reviews the claim")
    if may(scene.reader, Act.AMEND, scene.claim):
        text = _(
            "A reviewer will take the claim. Until then you can still change the MPN location, the products and the"
            " contacts, and add proof of execution; the date does not move."
        )
    else:
        text = _(
            "A reviewer will take the claim. Until then an admin of your firm can still change the MPN location, the"
            " products and the contacts, and add proof of execution; the date does not move."
        )
    return Words(title, text, _("Microsoft"))


def _review_is_late() -> Words:
    text = _("Microsoft has missed its date for a decision, and its arbiters have been told. You need not do anything.")
    return Words(_("The decision is late"), text, _("Microsoft"), "overdue")


def _in_review(scene: Scene) -> Words:
    if scene.is_late:
        return _review_is_late()
    if scene.claim.lines.filter(told_contested=True, outcome__in=CONTESTED).exists():
        text = _(
            "A reviewer has the claim. Another partner holds or claims one of its products, so the review may take"
            " longer; the comments will say so."
        )
    else:
        text = _("A reviewer has the claim and decides on each product. You can still write comments.")
    return Words(_("Microsoft is reviewing the claim"), text, _("Microsoft"))


def _partner_must_answer(scene: Scene) -> Words:
    if scene.is_late:
        text = _("The date for your answer has passed. The products that were asked about are about to be rejected.")
        return Words(_("The time to answer is over"), text, _("Your firm"), "overdue")
    if may(scene.reader, Act.RESUBMIT, scene.claim):
        text = _(
            "Put right what is asked for below, then answer and resubmit. Products that nobody answers for by then are"
            " rejected."
        )
    else:
        text = _(
            "An admin of your firm must put right what is asked for below and resubmit. Products that nobody answers"
            " for by then are rejected."
        )
    return Words(_("Microsoft needs an answer from you"), text, _("Your firm"), "you")


def _approved_for_partner(scene: Scene) -> Words:
    text = _(
        "The associated products are listed below with their subscription IDs and dates. The customer may decline them"
        " within seven days of being told. You can add newer proof of execution at any time."
    )
    if DeadlineKind.CUSTOMER_WINDOW in scene.windows:
        who = _("The customer, who may decline")
    else:
        who = _("Nobody has to act")
    return Words(_("Your firm is the partner of record"), text, who, "done")


def _rejected_for_partner(scene: Scene) -> Words:
    window = scene.windows.get(DeadlineKind.DISPUTE_WINDOW)
    if window is None:
        text = _(
            "No product of this claim was associated. The reasons are below. You can file a new claim that meets them."
        )
        return Words(_("The claim was rejected"), text, _("Nobody has to act"), "closed")
    if may(scene.reader, Act.DISPUTE, scene.claim):
        text = _(
            "No product of this claim was associated. The reasons are below. You can dispute the decision until the"
            " end of %(day)s: write to %(address)s, name the claim %(reference)s, and say why it should be decided"
            " otherwise. You can also file a new claim that meets the reasons, but filing a product anew gives up the"
            " dispute about it."
        )
    else:
        text = _(
            "No product of this claim was associated. The reasons are below. An admin of your firm can dispute the"
            " decision until the end of %(day)s: by writing to %(address)s, naming the claim %(reference)s, and saying"
            " why it should be decided otherwise. A new claim that meets the reasons is possible, too, but filing a"
            " product anew gives up the dispute about it."
        )
    facts = {
        "day": date_format(local_day(window.due_at, window.calendar_zone), "DATE_FORMAT"),
        "address": settings.SUPPORT_ADDRESS,
        "reference": scene.claim.reference,
    }
    return Words(_("The claim was rejected"), text % facts, _("Your firm, which may dispute it"), "closed")


def _withdrawn_for_partner(scene: Scene) -> Words:
    text = _("Your firm took the claim back. Its products are free again, and you can claim them anew at any time.")
    return Words(_("The claim was withdrawn"), text, _("Nobody has to act"), "closed")


def _ended_for_partner(scene: Scene) -> Words:
    text = _("Every association that this claim brought has ended. To be associated again, start a new claim.")
    return Words(_("The associations have ended"), text, _("Nobody has to act"), "closed")


# --- The reviewers' words ----------------------------------------------------------------------------------


def _draft_for_reviewer(scene: Scene) -> Words:
    return Words(_("This is a draft"), _("The partner has not submitted it."), _("The partner"))


def _to_be_taken(scene: Scene) -> Words:
    kind = "overdue" if scene.is_late else ""
    late = _("The decision is late") if scene.is_late else ""
    if scene.claim.reviewer is None:
        text = _("Take it from the queue or start the review here. From then on the partner cannot change it.")
        return Words(late or _("The claim waits for a reviewer"), text, _("Any reviewer"), kind)
    if not scene.claim.is_resubmitted:
        text = _("The claim has been assigned. Start the review here; from then on the partner cannot change it.")
        return Words(late or _("The claim waits for its reviewer"), text, str(scene.claim.reviewer), kind)
    text = _(
        "The partner has answered. Start the review of this round; from then on the partner cannot change the claim."
    )
    return Words(late or _("The answer waits for its reviewer"), text, str(scene.claim.reviewer), kind)


def _to_be_decided(scene: Scene) -> Words:
    kind = "overdue" if scene.is_late else "you" if scene.claim.reviewer_id == scene.reader.pk else ""
    text = _(
        "Compare the facts and the proof of execution, then approve, reject or ask for information, product by product."
    )
    title = _("The decision is late") if scene.is_late else _("The claim is under review")
    return Words(title, text, str(scene.claim.reviewer or _("Any reviewer")), kind)


def _waits_for_partner(scene: Scene) -> Words:
    if scene.is_late:
        text = _(
            "The date for the answer has passed. The portal is about to reject the products that were asked about."
        )
        return Words(_("The partner's answer is late"), text, scene.claim.firm.name, "overdue")
    text = _("Without an answer by then the portal rejects the products that were asked about.")
    return Words(_("The partner must answer"), text, scene.claim.firm.name)


def _approved_for_reviewer(scene: Scene) -> Words:
    text = _("At least one product is associated. The partner can still add newer proof of execution.")
    if DeadlineKind.CUSTOMER_WINDOW in scene.windows:
        who = _("The customer, who may decline")
    else:
        who = _("Nobody has to act")
    return Words(_("The claim was approved"), text, who, "done")


def _rejected_for_reviewer(scene: Scene) -> Words:
    if DeadlineKind.DISPUTE_WINDOW in scene.windows:
        who = _("The partner, who may dispute it")
    else:
        who = _("Nobody has to act")
    return Words(_("The claim was rejected"), _("No product was associated."), who, "closed")


def _withdrawn_for_reviewer(scene: Scene) -> Words:
    text = _("The partner took it back before anything was associated.")
    return Words(_("The claim was withdrawn"), text, _("Nobody has to act"), "closed")


def _ended_for_reviewer(scene: Scene) -> Words:
    text = _("Every association that this claim brought has ended.")
    return Words(_("The associations have ended"), text, _("Nobody has to act"), "closed")


FOR_PARTNER: dict[Status, Callable[[Scene], Words]] = {
    Status.EDITING: _draft,
    Status.SUBMITTED: _waits_for_review,
    Status.UNDER_REVIEW: _in_review,
    Status.PARTNER_ACTION_REQUIRED: _partner_must_answer,
    Status.APPROVED: _approved_for_partner,
    Status.REJECTED: _rejected_for_partner,
    Status.WITHDRAWN: _withdrawn_for_partner,
    Status.ENDED: _ended_for_partner,
}
FOR_REVIEWER: dict[Status, Callable[[Scene], Words]] = {
    Status.EDITING: _draft_for_reviewer,
    Status.SUBMITTED: _to_be_taken,
    Status.UNDER_REVIEW: _to_be_decided,
    Status.PARTNER_ACTION_REQUIRED: _waits_for_partner,
    Status.APPROVED: _approved_for_reviewer,
    Status.REJECTED: _rejected_for_reviewer,
    Status.WITHDRAWN: _withdrawn_for_reviewer,
    Status.ENDED: _ended_for_reviewer,
}
