"""The MPN step: a location of one's own, enrolled today."""

from datetime import date

import pytest

from claims.checks.mpn import check_enrolment, check_mpn, enrolled_locations
from cpor_portal.accounts.models import MpnLocation, PartnerFirm, PartnerRole, Programme
from cpor_portal.faults import Refused
from tests.claims.checks.tables import rows_of
from tests.support.factories import make_enrolment, make_firm, make_location, make_person

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


@pytest.fixture
def firm(db: None) -> PartnerFirm:
    make_location(make_firm(global_id="8888888"), Programme.OSU_M365, mpn_id="2222222")
    return make_firm(global_id="9999999")


def _enrol(location: MpnLocation, text: str) -> None:
    for words in (one.split() for one in text.split("; ") if one):
        programme, state, *until = words
        ends_on = date.fromisoformat(until[1]) if until else None
        make_enrolment(location, Programme(programme), state, ends_on)


def _missing(fault: Refused) -> str:
    codes = {str(programme.label): programme.value for programme in Programme}
    return " ".join(f"{codes[programme]}:{state}" for programme, state, _end in fault.facts["missing"])


@pytest.mark.parametrize("row", rows_of("mpn_step"))
def test_a_location_is_ones_own_and_enrolled_or_the_cause_is_named(row: dict[str, str], firm: PartnerFirm) -> None:
    own = make_location(firm, mpn_id="1111111")
    _enrol(own, row["enrolments of the location"])
    area, activities = row["solution area"], row["activities"].split()
    if row["answer"] == "holds":
        found = check_mpn(row["MPN ID entered"], firm)
        check_enrolment(found, area, activities, TODAY)
        assert found == own
        return
    with pytest.raises(Refused) as refusal:
        check_enrolment(check_mpn(row["MPN ID entered"], firm), area, activities, TODAY)
    assert (refusal.value.code, refusal.value.field) == (row["answer"], "mpn_id")
    if row["answer"] == "not_enrolled":
        assert _missing(refusal.value) == row["missing"]


def test_another_firms_ids_are_answered_word_for_word_as_a_number_that_nobody_has(firm: PartnerFirm) -> None:
    texts = set()
    for mpn_id in ("2222222", "8888888", "7777777"):
        with pytest.raises(Refused) as refusal:
            check_mpn(mpn_id, firm)
        texts.add(str(refusal.value.text).replace(mpn_id, "ID"))
    assert len(texts) == 1


def test_a_missing_enrolment_names_the_locations_that_would_do_and_the_global_admins(firm: PartnerFirm) -> None:
    chosen = make_location(firm)
    would_do = make_location(firm, Programme.OSA, Programme.OSU_BA, name="Budapest")
    make_location(firm, Programme.OSA, name="Half enrolled")
    make_person(firm, name="Anna Kovács")
    make_person(firm, name="Former Admin", is_active=False)
    make_person(firm, role=PartnerRole.INCENTIVES_USER, name="Bea Nagy")
    with pytest.raises(Refused) as refusal:
        check_enrolment(chosen, "business_applications", ["presales", "usage"], TODAY)
    assert refusal.value.facts["other_locations"] == (str(would_do),)
    assert refusal.value.facts["global_admins"] == ("Anna Kovács",)


def test_a_location_whose_enrolment_ended_is_not_offered(firm: PartnerFirm) -> None:
    lapsed = make_location(firm)
    make_enrolment(lapsed, Programme.OSA, ends_on=date(2026, 6, 30))
    assert enrolled_locations(firm, [Programme.OSA], TODAY) == []
    assert enrolled_locations(firm, [Programme.OSA], date(2026, 6, 30)) == [lapsed]
