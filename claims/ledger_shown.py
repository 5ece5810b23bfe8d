"""The ledger as people read it: a bar, the days of each holder, and the stretches in words, for this reader.

A partner reads "your firm" where a reviewer reads "the partner"; of the other side nobody reads more than that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.countries import country_name
from claims.ledger import Awaited, Holder, Ledger, Stretch

# So many stretches stand on the page at once; a longer list is folded away.
UNFOLDED = 4
# A narrower piece of the bar, in per cent, has no room for its number on a phone.
ROOM_FOR_NUMBER = 7


@dataclass(frozen=True)
class Segment:
    """A piece of the bar: where it begins, how wide it is and where its middle is, in per cent of the whole.

    `number` is how many days it stands for, None where it has no room for it.
    """

    holder: str
    x: str
    width: str
    middle: str
    number: int | None


@dataclass(frozen=True)
class Share:
    """How many days were with one holder, in words."""

    holder: str
    text: str


@dataclass(frozen=True)
class ShownStretch:
    """A stretch of the ledger in words."""

    holder: str
    who: str
    days: str
    first: date
    last: date
    reason: str


@dataclass(frozen=True)
class ShownLedger:
    """What the section "Time so far" shows; `stretches` are the oldest first, as in the bar."""

    total: str
    counted_in: str
    segments: tuple[Segment, ...]
    shares: tuple[Share, ...]
    stretches: tuple[ShownStretch, ...]

    @property
    def in_words(self) -> str:
        """The bar's text equivalent."""
        return "; ".join(share.text for share in self.shares)

    @property
    def is_long(self) -> bool:
        """Whether the list of stretches is folded away."""
        return len(self.stretches) > UNFOLDED


def shown_ledger(ledger: Ledger, now: datetime, *, is_partner: bool) -> ShownLedger:
    """`ledger` as it reads at `now` (aware), for the claim's firm (`is_partner`) or for reviewers."""
    words = _Words(is_partner)
    return ShownLedger(
        total=_total(ledger.elapsed, goes_on=ledger.until >= now),
        counted_in=_("Counted in business days of Microsoft's review site (%(country)s, time zone %(zone)s).")
        % {"country": country_name(settings.REVIEW_COUNTRY), "zone": settings.REVIEW_TIME_ZONE},
        segments=_segments(ledger),
        shares=tuple(
            Share(holder.value, words.share(holder, days)) for holder in Holder if (days := ledger.days_of(holder))
        ),
        stretches=tuple(words.stretch(stretch) for stretch in ledger.stretches),
    )


def _total(days: int, *, goes_on: bool) -> str:
    if days == 0:
        return _("No business day has begun since the claim was submitted.")
    if goes_on:
        return ngettext(
            "%(days)d business day since the claim was submitted",
            "%(days)d business days since the claim was submitted",
            days,
        ) % {"days": days}
    return ngettext(
        "The claim took %(days)d business day, from its submission to its end.",
        "The claim took %(days)d business days, from its submission to its end.",
        days,
    ) % {"days": days}


def _segments(ledger: Ledger) -> tuple[Segment, ...]:
    segments, before = [], 0
    for stretch in ledger.stretches:
        segments.append(_segment(stretch, before, ledger.elapsed))
        before += stretch.days
    return tuple(segments)


def _segment(stretch: Stretch, before: int, elapsed: int) -> Segment:
    return Segment(
        holder=stretch.holder.value,
        x=_per_cent(before, elapsed),
        width=_per_cent(stretch.days, elapsed),
        middle=_per_cent(before + stretch.days / 2, elapsed),
        number=stretch.days if 100 * stretch.days >= ROOM_FOR_NUMBER * elapsed else None,
    )


def _per_cent(days: float, of: int) -> str:
    """As SVG writes it, whatever the reader's language."""
    return f"{100 * days / of:.3f}%"


@dataclass(frozen=True)
class _Words:
    """The same facts in the reader's words."""

    is_partner: bool

    def share(self, holder: Holder, days: int) -> str:
        """The days of one holder, such as "Microsoft: 3 days"."""
        return self._shares(days)[holder] % {"days": days}

    def stretch(self, stretch: Stretch) -> ShownStretch:
        """One stretch."""
        return ShownStretch(
            holder=stretch.holder.value,
            who=self._names()[stretch.holder],
            days=ngettext("%(days)d day", "%(days)d days", stretch.days) % {"days": stretch.days},
            first=stretch.first,
            last=stretch.last,
            reason=self._reasons()[stretch.awaited],
        )

    def _shares(self, days: int) -> Mapping[Holder, str]:
        if self.is_partner:
            partner = ngettext("Your firm: %(days)d day", "Your firm: %(days)d days", days)
        else:
            partner = ngettext("The partner: %(days)d day", "The partner: %(days)d days", days)
        return {
            Holder.MICROSOFT: ngettext("Microsoft: %(days)d day", "Microsoft: %(days)d days", days),
            Holder.PARTNER: partner,
            Holder.CUSTOMER: ngettext("The customer: %(days)d day", "The customer: %(days)d days", days),
            Holder.OTHER_SIDE: ngettext("The other side: %(days)d day", "The other side: %(days)d days", days),
            Holder.NOBODY: ngettext("Nobody: %(days)d day", "Nobody: %(days)d days", days),
        }

    def _names(self) -> Mapping[Holder, str]:
        return {
            Holder.MICROSOFT: _("Microsoft"),
            Holder.PARTNER: _("Your firm") if self.is_partner else _("The partner"),
            Holder.CUSTOMER: _("The customer"),
            Holder.OTHER_SIDE: _("The other side"),
            Holder.NOBODY: _("Nobody"),
        }

    def _reasons(self) -> Mapping[Awaited, str]:
        if self.is_partner:
            answer, evidence = _("Your firm's answer was awaited."), _("Your firm's evidence for the case was awaited.")
        else:
            answer, evidence = (
                _("The partner's answer was awaited."),
                _("The partner's evidence for the case was awaited."),
            )
        return {
            Awaited.PARTNER_ANSWER: answer,
            Awaited.EVIDENCE: evidence,
            Awaited.REVIEW: _("The review's decision was awaited."),
            Awaited.RULING: _("The arbiter's ruling was awaited."),
            Awaited.DISPUTE_RULING: _("The ruling on the dispute was awaited."),
            Awaited.PORTAL: _("The time for an answer was over, and the portal had not acted on it yet."),
            Awaited.CUSTOMER_WINDOW: _("The customer could decline."),
            Awaited.OTHER_SIDE: _("The claim waited for the other side."),
            Awaited.NOTHING: _("Nobody owed anything."),
        }
