"""What each activity means, in one place: for the firm that chooses it, and for the reviewer who reads it.

The source is domain.md, "Solution areas, activities, programmes"; what pays is known from `claims.checks.activity`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.checks.activity import PROGRAMMES
from claims.words import Activity
from cpor_portal.accounts.models import Programme
from cpor_portal.directory.models import SolutionArea

Words = str | Promise
Key = tuple[str, str]


@dataclass(frozen=True)
class Meaning:
    """An activity in one area: `text` for the firm, `to_reviewer` for Microsoft's side."""

    text: Words
    for_whom: Words
    applies: Words
    if_wrong: Words
    to_reviewer: Words


_BOUGHT_DIRECTLY: Words = _(
    "Only where the customer bought through Volume Licensing or Web-Direct. Purchases through a Cloud Solution "
    "Provider (CSP) are refused."
)
_BOUGHT_ANYHOW: Words = _("Whatever way the customer bought.")
_LOSES_PAYMENT: Words = _(
    "The firm loses its eligibility for payment. After submission the activity changes only by a correction that a "
    "reviewer accepts."
)
_USAGE_TO_REVIEWER: Words = _("The partner drives adoption and use. It pays, through an OSU programme.")

MEANINGS: dict[Key, Meaning] = {
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.PRESALES): Meaning(
        _("You influenced the purchase."),
        _("Firms that advised the customer before it bought. May stand in one claim with usage."),
        _BOUGHT_DIRECTLY,
        _LOSES_PAYMENT,
        _("The partner influenced the purchase. It pays, through the OSA programme."),
    ),
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.USAGE): Meaning(
        _("You drive adoption and use."),
        _("Firms that help the customer use what it has bought. May stand in one claim with presales."),
        _BOUGHT_DIRECTLY,
        _LOSES_PAYMENT,
        _USAGE_TO_REVIEWER,
    ),
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.REVENUE_ASSOCIATION): Meaning(
        _("You influenced the selection; recognition only."),
        _(
            "Firms that want recognition for a selection that they influenced. Stands alone, and needs the Dynamics "
            "solution seller, the customer's name and the ISV product or solution."
        ),
        _BOUGHT_DIRECTLY,
        _(
            "Nothing is paid for this claim, even if your firm did presales or usage work. Other firms meet you as "
            "a rival all the same."
        ),
        _("The partner influenced the selection. It is recognition only and pays nothing."),
    ),
    (SolutionArea.MICROSOFT_365, Activity.USAGE): Meaning(
        _("You drive adoption and use of a workload."),
        _("Firms that help the customer's people use a workload that the customer has."),
        _BOUGHT_ANYHOW,
        _LOSES_PAYMENT,
        _USAGE_TO_REVIEWER,
    ),
}

_PAYS: dict[Programme | None, Words] = {
    None: _("Nothing. It is recognition only, and no enrolment is needed."),
    Programme.OSA: _("Looked at by Online Services Advisory (OSA); the MPN location must be enrolled there."),
    Programme.OSU_BA: _(
        "Looked at by Online Services Usage, Business Applications (OSU-BA); the MPN location must be enrolled there."
    ),
    Programme.OSU_M365: _(
        "Looked at by Online Services Usage, Microsoft 365 (OSU-M365); the MPN location must be enrolled there."
    ),
}


def explained(key: Key) -> tuple[tuple[Words, Words], ...]:
    """What a firm should know before it chooses the activity `key` (area, activity): pairs of name and text."""
    meaning = MEANINGS[key]
    return (
        (_("For"), meaning.for_whom),
        (_("Pays"), _PAYS[PROGRAMMES[key]]),
        (_("Applies"), meaning.applies),
        (_("If it is wrong"), meaning.if_wrong),
    )
