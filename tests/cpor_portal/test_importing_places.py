"""Countries and time zones that import files may name."""

import pytest

from cpor_portal.importing.places import countries, time_zones, usual_time_zone
from cpor_portal.working_days import WorkCalendar


@pytest.mark.parametrize("country", ["US", "HU", "GB", "PR", "TW"])
def test_countries_are_known_by_their_two_letters(country: str) -> None:
    assert country in countries()


@pytest.mark.parametrize("country", ["UK", "EU", "ZZ", "HUN", "hu", ""])
def test_groups_aliases_and_other_spellings_are_no_countries(country: str) -> None:
    assert country not in countries()


@pytest.mark.parametrize(
    ("country", "zone"),
    [("HU", "Europe/Budapest"), ("DE", "Europe/Berlin"), ("US", "UTC"), ("AU", "UTC"), ("ES", "UTC")],
)
def test_a_country_has_a_usual_time_zone_where_it_keeps_one_time(country: str, zone: str) -> None:
    assert usual_time_zone(country) == zone


def test_every_country_has_a_calendar_in_its_usual_time_zone() -> None:
    for country in countries():
        assert usual_time_zone(country) in time_zones()
        assert WorkCalendar(country, usual_time_zone(country)).country == country
