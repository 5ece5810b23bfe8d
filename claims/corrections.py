"""What a correction changes: the columns, what they say now, and what they are to say. For acts, pages and mails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from claims.checks.contacts import REVENUE
from claims.models import Claim, Correction, CorrectionState
from claims.words import Activity


@dataclass(frozen=True)
class Change:
    """One thing that a correction changes, in words: `before` it, and `after` it. Empty where nothing stands there."""

    name: str
    what: str
    before: str
    after: str


def as_it_stands(claim: Claim) -> dict[str, Any]:
    """Of the claim what a correction can change, as plain data."""
    return {
        "mpn_id": claim.location.mpn_id if claim.location else "",
        "location": str(claim.location or ""),
        "activities": list(claim.activities),
        **{name: getattr(claim, name) for name in REVENUE},
    }


def wanted(correction: Correction) -> dict[str, Any]:
    """The same as the correction is to leave it."""
    return {
        "mpn_id": correction.location.mpn_id,
        "location": str(correction.location),
        "activities": list(correction.activities),
        **{name: getattr(correction, name) for name in REVENUE},
    }


def changed_names(correction: Correction) -> list[str]:
    """The columns of the claim that the correction is about: where it differed from the claim when it was asked for.

    What the partner has changed since by itself, on another column, is not touched.
    """
    before, after = correction.before, wanted(correction)
    changed = ["location"] if before["mpn_id"] != after["mpn_id"] else []
    if set(before["activities"]) != set(after["activities"]):
        changed.append("activities")
    return changed + [name for name in REVENUE if before[name] != after[name]]


def columns_of(correction: Correction) -> dict[str, Any]:
    """What accepting writes on the claim, by column."""
    return {name: getattr(correction, name) for name in changed_names(correction)}


def changes_of(correction: Correction) -> list[Change]:
    """The difference in words: to the claim as it stands while the correction waits, else to what stood there then."""
    is_open = correction.state == CorrectionState.ASKED
    before = as_it_stands(correction.claim) if is_open else correction.before
    after = wanted(correction)
    return [_change(name, before, after) for name in changed_names(correction)]


def _change(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    return Change(name, _what(name), _in_words(before[name]), _in_words(after[name]))


def _what(name: str) -> str:
    if name == "activities":
        return _("Activity")
    if name == "location":
        return _("MPN location")
    return capfirst(str(Claim._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(Activity(code).label) for code in value)
    return str(value)
