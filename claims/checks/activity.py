"""The activity step (domain.md, "Solution areas, activities, programmes")."""

from collections.abc import Sequence

from claims.refusals import refused
from claims.words import Activity
from cpor_portal.accounts.models import Programme
from cpor_portal.directory.models import SolutionArea

# Which activities an area knows, and the programme in which the location must be enrolled for it (None: pays nothing).
PROGRAMMES: dict[tuple[str, str], Programme | None] = {
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.PRESALES): Programme.OSA,
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.USAGE): Programme.OSU_BA,
    (SolutionArea.BUSINESS_APPLICATIONS, Activity.REVENUE_ASSOCIATION): None,
    (SolutionArea.MICROSOFT_365, Activity.USAGE): Programme.OSU_M365,
}


def check_activities(area: str, activities: Sequence[str]) -> None:
    """Whether these activities can stand in one claim of this area.

    Raises Refused with the first code that applies: area_required, activity_required, activity_wrong_area,
    revenue_association_stands_alone. Presales and Usage may stand together.
    """
    if area not in SolutionArea.values:
        raise refused("area_required", field="solution_area")
    if not activities:
        raise refused("activity_required", field="activities")
    if any((area, activity) not in PROGRAMMES for activity in activities):
        raise refused("activity_wrong_area", field="activities")
    if Activity.REVENUE_ASSOCIATION in activities and len(set(activities)) > 1:
        raise refused("revenue_association_stands_alone", field="activities")


def programmes_for(area: str, activities: Sequence[str]) -> tuple[Programme, ...]:
    """The programmes in which the location must be enrolled: one for each paying activity, in the domain's order."""
    return tuple(
        programme
        for (known_area, activity), programme in PROGRAMMES.items()
        if known_area == area and activity in activities and programme is not None
    )
