"""The activity step."""

import pytest

from claims.checks.activity import check_activities, programmes_for
from cpor_portal.faults import Refused
from tests.claims.checks.tables import rows_of


@pytest.mark.parametrize("row", rows_of("activities"))
def test_activities_that_cannot_stand_together_are_told_apart(row: dict[str, str]) -> None:
    area, activities = row["solution area"], row["activities"].split()
    if row["answer"] == "holds":
        check_activities(area, activities)
        assert list(programmes_for(area, activities)) == row["programmes"].split()
    else:
        with pytest.raises(Refused) as refusal:
            check_activities(area, activities)
        assert refusal.value.code == row["answer"]
        assert refusal.value.field == ("solution_area" if row["answer"] == "area_required" else "activities")
