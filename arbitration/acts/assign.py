"""Giving claims to a reviewer, or back to the queue, one or many at once."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from arbitration.absences import absence_of
from arbitration.acts.desks import lock_desk
from arbitration.acts.hand_back import ARBITER, give_back, require_short, require_somebody
from arbitration.load import IN_LOAD, limit_of, load_of
from arbitration.models import Desk
from arbitration.permissions import is_barred, require_arbiter
from claims import mails
from claims.acts.comment import write_comment
from claims.acts.ground import Doing, begin, record, require_possible
from claims.models import Claim, Event
from claims.transitions import Act
from claims.words import Audience, Status
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, Fault, Refused

# One transaction holds them all locked; a page of the queue has fewer.
AT_ONCE = 100


def assign(
    *,
    reference: str,
    by: User,
    reviewer_email: str,
    note: str = "",
    despite_load: bool = False,
    version: int | None = None,
) -> Claim:
    """Give an open claim to a reviewer or an arbiter: from now on it is theirs to take and to decide.

    Arbiters may. Status and deadlines stay, and a round that is under way stays the round of whoever started it
    (docs/decisions/who-decides-a-claim.md). The note becomes an internal comment. Both people are told, the firm is
    not: who reviews is Microsoft's own affair. Whoever is away, or has as many claims as they may, is refused once
    (`reviewer_absent`, `load_limit_reached`); `despite_load` gives it to them all the same. Raises NotAllowed,
    Conflict, Refused (`reviewer_unknown` for an address that is no reviewer's, `reviewer_has_it`, `reviewer_barred`,
    `comment_too_long`).
    """
    require_arbiter(by)
    after = _reviewer(reviewer_email)
    with transaction.atomic():
        giving = _Giving(after, lock_desk(after), note, by, timezone.now(), despite_load)
        doing = giving.begin(reference)
        # Only now: whoever presses the button twice hears that it is done, not that somebody was first.
        require_possible(claim=doing.claim, act=Act.ASSIGN, by=by, version=version)
        giving.require_time([doing.claim])
        giving.give([doing])
    return doing.claim


class NotAllCan(Refused):
    """Of the claims that were to be given to somebody, some cannot be; nothing was done. `faults` by reference."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        text = _("Nothing was changed, because it cannot be done for every claim that was chosen. Below it says why.")
        super().__init__("not_all_can", text, field="claims")
        self.faults = faults


def assign_many(
    *, references: Sequence[str], by: User, reviewer_email: str, note: str = "", despite_load: bool = False
) -> list[Claim]:
    """Give open claims to one person, or with no address put them back into the queue: all of them or none.

    Arbiters may; the claims are locked in the order of their ids. Raises NotAllowed; NotAllCan with the fault of each
    claim for which it cannot be done; Refused (`no_claims`, `too_many_claims`, and those of `assign` that are about
    the person or the note).
    """
    require_arbiter(by)
    require_short(note)
    wanted = _chosen(references)
    if not reviewer_email.strip():
        return _put_back(wanted, by, note)
    after = _reviewer(reviewer_email)
    with transaction.atomic():
        giving = _Giving(after, lock_desk(after), note, by, timezone.now(), despite_load)
        doings = _each(wanted, giving.begin)
        giving.require_time([doing.claim for doing in doings])
        giving.give(doings)
    return [doing.claim for doing in doings]


def _chosen(references: Sequence[str]) -> list[str]:
    """The claims that were chosen, in the order in which they are locked."""
    wanted = {reference.strip().upper() for reference in references if reference.strip()}
    if not wanted:
        raise Refused("no_claims", _("Choose at least one claim."), field="claims")
    if len(wanted) > AT_ONCE:
        text = _("Choose at most %(count)d claims at once.") % {"count": AT_ONCE}
        raise Refused("too_many_claims", text, field="claims")
    known = list(Claim.objects.filed().filter(reference__in=wanted).order_by("pk").values_list("reference", flat=True))
    return [*known, *sorted(wanted - set(known))]


def _put_back(references: Sequence[str], by: User, note: str) -> list[Claim]:
    had: dict[User, list[mails.Moved]] = defaultdict(list)
    with transaction.atomic():
        doings = _each(references, lambda reference: _begin_to_put_back(reference, by))
        for doing in doings:
            before = require_somebody(doing.claim)
            had[before].append((doing.claim, give_back(doing, why=ARBITER, note=note)))
        for before, moved in had.items():
            mails.all_returned(moved, reviewer=before, by=by, note=note)
    return [doing.claim for doing in doings]


def _begin_to_put_back(reference: str, by: User) -> Doing:
    doing = begin(reference=reference, act=Act.HAND_BACK, by=by)
    require_somebody(doing.claim)
    return doing


def _each(references: Sequence[str], start: Callable[[str], Doing]) -> list[Doing]:
    """What `start` makes of each claim. Raises NotAllCan with every fault, so that nobody mends one after the other."""
    doings, faults = [], {}
    for reference in references:
        try:
            doings.append(start(reference))
        except (Conflict, Refused) as fault:
            faults[reference] = fault
    if faults:
        raise NotAllCan(faults)
    return doings


@dataclass(frozen=True)
class _Giving:
    """Claims on their way to `after`, whose desk is locked."""

    after: User
    desk: Desk
    note: str
    by: User
    at: datetime
    despite_load: bool

    def begin(self, reference: str) -> Doing:
        """Lock the claim. Raises Conflict, Refused where this one cannot be given to this person."""
        doing = begin(reference=reference, act=Act.ASSIGN, by=self.by, at=self.at)
        if doing.claim.reviewer_id == self.after.pk:
            text = _("%(name)s has this claim already.") % {"name": self.after}
            raise Refused("reviewer_has_it", text, field="reviewer")
        if is_barred(self.after, doing.claim):
            text = _("%(name)s has a conflict of interest on this claim. Choose somebody else.") % {"name": self.after}
            raise Refused("reviewer_barred", text, field="reviewer")
        return doing

    def require_time(self, claims: Sequence[Claim]) -> None:
        """Raises Refused where the person is away or would have too much, unless that was confirmed."""
        if self.despite_load:
            return
        absence = absence_of(self.after, self.at)
        if absence is not None:
            day = date_format(absence.last_day, "DATE_FORMAT")
            away = _("%(name)s is away until %(day)s. Choose somebody else, or confirm it.")
            raise Refused("reviewer_absent", away % {"name": self.after, "day": day}, field="despite_load")
        limit, more = limit_of(self.desk), sum(claim.status in IN_LOAD for claim in claims)
        if limit and more and (has := load_of(self.after)) + more > limit:
            words = ngettext(
                "%(name)s has %(count)d claim that waits for Microsoft, and may have %(limit)d at once. Choose somebody"
                " else, or confirm it.",
                "%(name)s has %(count)d claims that wait for Microsoft, and may have %(limit)d at once. Choose somebody"
                " else, or confirm it.",
                has,
            )
            text = words % {"name": self.after, "count": has, "limit": limit}
            raise Refused("load_limit_reached", text, field="despite_load")

    def give(self, doings: Sequence[Doing]) -> None:
        """Write it down, once nothing can be refused any more, and tell everybody whom it is about, once each."""
        require_short(self.note)
        had: dict[User, list[mails.Moved]] = defaultdict(list)
        moved: list[mails.Moved] = []
        for doing in doings:
            before = doing.claim.reviewer
            moved.append((doing.claim, self._give(doing)))
            if before is not None:
                had[before].append(moved[-1])
        mails.all_assigned(moved, reviewer=self.after, by=self.by, note=self.note.strip())
        for before, gone in had.items():
            mails.all_unassigned(gone, reviewer=before, by=self.by)

    def _give(self, doing: Doing) -> Event:
        claim, before = doing.claim, doing.claim.reviewer
        # Neither `edited_at` nor `edited_by`: the firm reads those, and this is none of its news.
        claim.reviewer, claim.version = self.after, claim.version + 1
        claim.save(update_fields=["reviewer", "version"])
        if self.note.strip():
            write_comment(doing, body=self.note, audience=Audience.INTERNAL)
        data = _particulars(before, self.after)
        return record(doing, before=Status(claim.status), data=data, audience=Audience.INTERNAL)


def _reviewer(address: str) -> User:
    """The active reviewer or arbiter with this address. Raises Refused."""
    person = User.objects.filter(email=address.strip().lower()).first()
    if person is None or not people.is_reviewer(person):
        text = _("Choose a reviewer or an arbiter who can sign in.")
        raise Refused("reviewer_unknown", text, field="reviewer")
    return person


def _particulars(before: User | None, after: User) -> dict[str, Any]:
    data = {"reviewer": after.pk, "reviewer_name": str(after)}
    return data if before is None else {**data, "before": before.pk, "before_name": str(before)}
