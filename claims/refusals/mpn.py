"""What to say at the MPN step: enrolment explained, with the names of those who can cure it."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from claims.refusals.advice import Advice, Cause, Facts, Letter, Reader, Who
from cpor_portal.accounts.models import EnrolmentState


def not_enrolled_steps(facts: Facts) -> Sequence[str]:
    """One step for each enrolment that is missing, then the ways out that this firm has."""
    go_on = _now("You can go on with the draft meanwhile; it can be submitted as soon as the enrolment stands.")
    return (*_ways_out(facts), go_on)


def correction_not_enrolled_steps(facts: Facts) -> Sequence[str]:
    """The same where a filed claim is to be corrected: until then it stays as it is."""
    stays = _now("The claim stays as it is meanwhile; ask for the correction as soon as the enrolment stands.")
    return (*_ways_out(facts), stays)


def _ways_out(facts: Facts) -> Sequence[str]:
    steps = [_enrolment_step(*missing) for missing in facts.get("missing", ())]
    if facts.get("other_locations"):
        steps.append(
            _now("Or choose another location of your firm that is enrolled: %(locations)s.")
            % {"locations": "; ".join(facts["other_locations"])}
        )
    if facts.get("global_admins"):
        steps.append(
            _now("Enrolment is managed by your firm's global admins: %(names)s.")
            % {"names": ", ".join(facts["global_admins"])}
        )
    return steps


def _enrolment_step(programme: str, state: str, ends_on: date | None) -> str:
    """What is missing in one programme. An enrolment ends with the fiscal year (domain.md, "Solution areas")."""
    if not state:
        return _now(
            "The location has no enrolment in %(programme)s. A Global admin of your firm completes it with Microsoft; "
            "the Incentives overview shows where it stands."
        ) % {"programme": programme}
    if state == EnrolmentState.ENROLLED and ends_on:
        return _now(
            "The enrolment in %(programme)s ended on %(day)s. A Global admin of your firm renews it with Microsoft; "
            "the Incentives overview shows where it stands."
        ) % {"programme": programme, "day": date_format(ends_on)}
    return _now(
        "The enrolment in %(programme)s has the state “%(state)s”. A Global admin of your firm completes it with "
        "Microsoft; the Incentives overview shows where it stands."
    ) % {"programme": programme, "state": EnrolmentState(state).label}


ADVICE: dict[Cause, Advice] = {
    ("mpn_required", ""): Advice(
        title=_("Choose an MPN location"),
        text=_("Choose the location of your firm that did the work."),
        who=Who.YOU,
        topic="mpn",
    ),
    ("mpn_id_malformed", ""): Advice(
        title=_("This is not an MPN ID"),
        text=_("An MPN ID is a number of six to eight digits, such as 1234567."),
        who=Who.YOU,
        steps=(_("Choose one of your firm's locations from the list, or enter the location's MPN ID."),),
        topic="mpn",
    ),
    ("not_your_mpn", ""): Advice(
        title=_("This MPN ID is not a location of your firm"),
        text=_(
            "Your firm has no location with the MPN ID %(mpn_id)s. A claim can only be filed under a location of "
            "your own."
        ),
        who=Who.YOU,
        steps=(
            _("Check the digits, or choose one of your firm's locations from the list."),
            _("If the location is new, ask a global admin of your firm to add it to your partner account."),
        ),
        topic="mpn",
        links_to_incentives=True,
    ),
    ("global_id", ""): Advice(
        title=_("This is your firm's global ID"),
        text=_(
            "%(mpn_id)s names your firm as a whole (PGA). Programmes are joined and claims are filed by a location "
            "(PLA)."
        ),
        who=Who.YOU,
        steps=(_("Choose the location that did the work. The Incentives overview page lists your locations."),),
        topic="mpn",
        links_to_incentives=True,
    ),
    ("not_enrolled", ""): Advice(
        title=_("This location is not enrolled in the programme that the activity needs"),
        text=_(
            "The activity that you chose is paid by %(programmes)s, and the location %(mpn_id)s has no enrolment "
            "there that is in force today."
        ),
        who=Who.YOU,
        steps_of=not_enrolled_steps,
        letter=Letter(
            subject=_("Please enrol our location %(mpn_id)s in %(programmes)s"),
            text=_(
                "I am preparing a claim to become partner of record at a customer. It cannot be submitted before "
                "our location %(mpn_id)s is enrolled in %(programmes)s. Could you complete the enrolment with "
                "Microsoft, or tell me which of our locations to use instead? The Incentives overview shows where it "
                "stands."
            ),
            reader=Reader.COLLEAGUE,
        ),
        topic="mpn",
        links_to_incentives=True,
    ),
    ("not_enrolled", "correction"): Advice(
        title=_("This location is not enrolled in the programme that the activity needs"),
        text=_(
            "The activity that you chose is paid by %(programmes)s, and the location %(mpn_id)s has no enrolment "
            "there that is in force today."
        ),
        who=Who.YOU,
        steps_of=correction_not_enrolled_steps,
        letter=Letter(
            subject=_("Please enrol our location %(mpn_id)s in %(programmes)s"),
            text=_(
                "I want to have one of our claims corrected. That cannot be asked for before our location %(mpn_id)s "
                "is enrolled in %(programmes)s. Could you complete the enrolment with Microsoft, or tell me which of "
                "our locations to use instead? The Incentives overview shows where it stands."
            ),
            reader=Reader.COLLEAGUE,
        ),
        topic="mpn",
        links_to_incentives=True,
    ),
}
