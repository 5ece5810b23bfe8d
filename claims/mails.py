"""Every mail about a claim: one function and one template set each, queued in the transaction of its act.

A firm's mails go to whoever submitted the claim and to its admins (domain.md, "After approval"); they never
name another firm, a reviewer, or an outcome that the firm may not know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language

from claims import clock
from claims.countries import country_name
from claims.models import Claim, ClaimLine, Deadline, Event
from claims.models.history import DeadlineParty
from claims.remedies import REMEDIES
from claims.words import DeadlineKind, Outcome, Reason
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import firm_recipients
from cpor_portal.faults import Text
from cpor_portal.notifications.outbox import one_line, queue_mail
from cpor_portal.working_days import Explanation, SkippedDay, SkipReason


@dataclass(frozen=True)
class Due:
    """A deadline as a mail tells it. What depends on the language is worked out while the mail is rendered."""

    deadline: Deadline

    @property
    def at(self) -> datetime:
        """When it is due (aware, UTC)."""
        return self.deadline.due_at

    @property
    def zone(self) -> str:
        """The time zone of the calendar in which its days were counted."""
        return self.deadline.calendar_zone

    @property
    def own_time(self) -> datetime | None:
        """The same instant, for a recipient whose clock shows another time than that calendar's; else None."""
        there, here = (self.at.astimezone(zone).utcoffset() for zone in (ZoneInfo(self.zone), get_current_timezone()))
        return None if there == here else self.at

    @property
    def country(self) -> str:
        """The country of that calendar, by its name."""
        return country_name(self.deadline.calendar_country)

    @property
    def is_microsofts(self) -> bool:
        """Whether the days are those of Microsoft's review site; else the partner firm's."""
        return self.deadline.party == DeadlineParty.MICROSOFT

    @property
    def why(self) -> Explanation:
        """Which days were counted, in the calendar of whoever must act."""
        return clock.explain(self.deadline, get_language() or settings.LANGUAGE_CODE)

    @property
    def days_off(self) -> list[SkippedDay]:
        """Public holidays and closures that were not counted; weekends go without saying."""
        return [day for day in self.why.skipped if day.reason != SkipReason.WEEKEND]


@dataclass(frozen=True)
class Why:
    """A reason of an information request or a rejection, and what would cure it."""

    label: Text
    remedy: Text


def submitted(*, claim: Claim, event: Event, deadline: Deadline) -> None:
    """Tell the firm that its claim is filed, and by when it is decided."""
    _to_firm(claim, "submitted", _key(event, "submitted"), due=Due(deadline), lines=_undecided(claim))


def information_requested(
    *, claim: Claim, event: Event, reasons: Sequence[str], text: str, deadline: Deadline | None
) -> None:
    """Tell the firm what the reviewer asks for, what would satisfy it, and by when the answer is due."""
    facts = {"reasons": _reasons(reasons), "text": text.strip(), "due": _due(deadline)}
    _to_firm(claim, "information_requested", _key(event, "information_requested"), **facts)


def resubmitted(*, claim: Claim, event: Event, deadline: Deadline | None) -> None:
    """A receipt to the firm, and word to the reviewer who has the claim that the answer is there."""
    _to_firm(claim, "resubmitted", _key(event, "resubmitted"), due=_due(deadline), lines=_undecided(claim))
    if claim.reviewer is not None and claim.reviewer.is_active:
        key = _key(event, "resubmitted_review")
        _to_reviewers(claim, [claim.reviewer], "resubmitted_review", key, due=_due(deadline))


def approved(*, claim: Claim, event: Event, lines: Sequence[ClaimLine]) -> None:
    """Tell the firm that it is the partner of record for `lines`, with the subscription IDs."""
    facts = {"lines": lines, **_beside(claim, lines)}
    _to_firm(claim, "approved", _key(event, "approved"), **facts)


def rejected(*, claim: Claim, event: Event, lines: Sequence[ClaimLine], reasons: Sequence[str], text: str) -> None:
    """Tell the firm that `lines` are rejected and why, by a reviewer or for want of an answer."""
    is_for_silence = Reason.NO_PARTNER_RESPONSE in reasons
    facts = {
        "lines": lines,
        **_beside(claim, lines),
        "reasons": _reasons(reasons),
        # The portal's own words are in the template, in each recipient's language.
        "text": "" if is_for_silence else text.strip(),
        "is_for_silence": is_for_silence,
    }
    _to_firm(claim, "rejected", _key(event, "rejected"), **facts)


def withdrawn(*, claim: Claim, event: Event, lines: Sequence[ClaimLine], reason: str) -> None:
    """Confirm to the firm that `lines` were taken back."""
    facts = {"lines": lines, **_beside(claim, lines), "text": reason.strip()}
    _to_firm(claim, "withdrawn", _key(event, "withdrawn"), **facts)


def deadline_near(*, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    """Remind whoever must act: of a review its reviewer or the arbiters, of an answer the firm's people."""
    key = f"deadline-{deadline.pk}:deadline_near"
    if deadline.kind == DeadlineKind.REVIEW:
        _to_reviewers(claim, recipients, "deadline_near_review", key, due=Due(deadline))
    else:
        link = _link("claims:detail", claim)
        _send("deadline_near_partner", key, claim, recipients, {"link": link, "due": Due(deadline)})


def deadline_missed(*, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    """Tell the reviewer and the arbiters that a review deadline has passed; nothing is decided by it.

    A partner's deadline that is missed rejects the claim: that mail is `rejected`. Raises ValueError for it.
    """
    if deadline.kind != DeadlineKind.REVIEW:
        raise ValueError("only a missed review is escalated")
    key = f"deadline-{deadline.pk}:deadline_missed"
    _to_reviewers(claim, recipients, "deadline_missed", key, due=Due(deadline))


def _to_firm(claim: Claim, kind: str, key: str, **facts: Any) -> None:
    people = firm_recipients(claim.firm, claim.submitted_by)
    _send(kind, key, claim, people, {"link": _link("claims:detail", claim), **facts})


def _to_reviewers(claim: Claim, people: Iterable[User], kind: str, key: str, **facts: Any) -> None:
    """Reviewers and arbiters read the firm's name; partners never get these mails."""
    own = {
        "link": _link("arbitration:workspace", claim),
        "firm": one_line(claim.firm.name),
        "reviewer": claim.reviewer,
        "lines": _undecided(claim),
    }
    _send(kind, key, claim, people, {**own, **facts})


def _send(kind: str, key: str, claim: Claim, people: Iterable[User], facts: dict[str, Any]) -> None:
    customer = one_line(claim.customer_display_name) or claim.domain
    context = {"reference": claim.reference, "customer": customer, **facts}
    for person in people:
        queue_mail(kind=kind, event_key=key, to=person, context=context, claim_reference=claim.reference)


def _link(name: str, claim: Claim) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=[claim.reference])}"


def _key(event: Event, kind: str) -> str:
    return f"{event.pk}:{kind}"


def _due(deadline: Deadline | None) -> Due | None:
    return Due(deadline) if deadline else None


def _reasons(codes: Iterable[str]) -> list[Why]:
    return [Why(Reason(code).label, REMEDIES[Reason(code)]) for code in codes]


def _undecided(claim: Claim) -> list[ClaimLine]:
    return list(claim.lines.undecided().select_related("product"))


def _beside(claim: Claim, lines: Sequence[ClaimLine]) -> dict[str, Any]:
    """The claim's other products, and whether the decision is one on a part of the claim only.

    A product that was taken back, or decided likewise before, makes no part of the rest.
    """
    filed = claim.lines.exclude(submitted_at=None).select_related("product")
    others = list(filed.exclude(pk__in=[line.pk for line in lines]))
    same = {*(line.outcome for line in lines), Outcome.WITHDRAWN, Outcome.REMOVED}
    return {"others": others, "is_in_part": any(line.outcome not in same for line in others)}
