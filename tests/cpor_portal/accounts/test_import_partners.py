"""`import_partners`: every fault by row and field, all or nothing, twice the same."""

import json
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from cpor_portal.accounts.importing import import_partners
from cpor_portal.accounts.models import Enrolment, Membership, MpnLocation, PartnerFirm, StaffRole, User
from cpor_portal.importing.reading import ImportFaults
from tests.support.factories import make_firm, make_location, make_person, make_staff

pytestmark = pytest.mark.django_db

Document = dict[str, Any]


@pytest.fixture
def document() -> Document:
    """One firm with two locations and two people, and one reviewer."""
    enrolled = {"programme": "OSU-M365", "state": "enrolled", "ends_on": "2027-06-30"}
    invited = {"programme": "OSA", "state": "invited", "ends_on": None}
    return {
        "firms": [
            {
                "name": "Alma Kft.",
                "country": "HU",
                "time_zone": "Europe/Budapest",
                "global_id": "4000001",
                "locations": [
                    {"mpn_id": "5000001", "name": "Budapest", "enrolments": [enrolled, invited]},
                    {"mpn_id": "5000002", "name": "Szeged", "enrolments": []},
                ],
                "people": [
                    {"email": "Anna@Alma.example", "name": "Anna", "password": "anna-anna-1", "role": "global_admin"},
                    {"email": "bela@alma.example", "name": "Béla", "password": " b ", "role": "incentives_user"},
                ],
            }
        ],
        "staff": [{"email": "rita@ms.example", "name": "Rita", "password": "rita-rita-1", "role": "reviewer"}],
    }


def put(document: Document, path: str, value: object) -> Document:
    """The document with one value changed, at a path as faults write it; `...` takes the field away."""
    changed = deepcopy(document)
    *way, last = path.replace("]", "").replace("[", ".").split(".")
    place: Any = changed
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    key: Any = int(last) if last.isdigit() else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return changed


def faults_of(document: object) -> dict[str, str]:
    """Where the import finds fault, and what it says."""
    with pytest.raises(ImportFaults) as caught:
        import_partners(document)
    return {fault.path: str(fault.text) for fault in caught.value.faults}


def stored() -> list[object]:
    """Everything that an import could write, with all values."""
    models = (PartnerFirm, MpnLocation, Enrolment, User, Membership, EmailAddress)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_what_the_file_says_is_stored(document: Document) -> None:
    import_partners(document)
    firm = PartnerFirm.objects.get()
    assert (firm.name, firm.country, firm.time_zone) == ("Alma Kft.", "HU", "Europe/Budapest")
    assert [location.mpn_id for location in firm.locations.all()] == ["5000001", "5000002"]
    enrolments = Enrolment.objects.order_by("programme").values_list("programme", "state", "ends_on__year")
    assert list(enrolments) == [("OSA", "invited", None), ("OSU-M365", "enrolled", 2027)]
    anna = User.objects.get(email="anna@alma.example")
    assert (anna.membership.firm, anna.membership.role) == (firm, "global_admin")
    assert anna.check_password("anna-anna-1")
    assert anna.time_zone == "Europe/Budapest"
    assert User.objects.get(email="bela@alma.example").check_password(" b ")
    assert User.objects.get(email="rita@ms.example").staff_role == StaffRole.REVIEWER
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 3


def test_a_second_run_changes_nothing_and_says_so(document: Document) -> None:
    assert import_partners(document).changed == 1 + 2 + 2 + 3 + 2 + 3
    before = stored()
    again = import_partners(document)
    assert again.changed == 0
    assert again.sentences()[-1].startswith("Nothing changed")
    assert again.sentences()[0] == "Partner firms: 0 created, 0 updated, 1 unchanged."
    assert stored() == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("firms[0].name", "Alma Zrt."),
        ("firms[0].country", "AT"),
        ("firms[0].time_zone", "Europe/Vienna"),
        ("firms[0].locations[1].name", "Pécs"),
        ("firms[0].locations[0].enrolments[0].state", "inactive"),
        ("firms[0].locations[0].enrolments[0].ends_on", "2028-06-30"),
        ("firms[0].people[0].name", "Anna Alma"),
        ("firms[0].people[0].password", "another-1"),
        ("firms[0].people[0].role", "billing_admin"),
        ("staff[0].role", "arbiter"),
    ],
)
def test_one_changed_value_updates_one_row(document: Document, path: str, value: str) -> None:
    import_partners(document)
    report = import_partners(put(document, path, value))
    assert report.changed == 1
    assert sum(tally.updated for tally in report.tallies.values()) == 1
    assert import_partners(put(document, path, value)).changed == 0


def test_what_people_chose_themselves_survives_a_second_import(document: Document) -> None:
    import_partners(document)
    User.objects.filter(email="anna@alma.example").update(language="hu", time_zone="Asia/Tokyo", is_active=False)
    MpnLocation.objects.filter(mpn_id="5000001").update(own_label="FastTrack")
    before = stored()
    import_partners(document)
    assert stored() == before


def test_what_the_file_does_not_name_stays(document: Document) -> None:
    import_partners(document)
    report = import_partners(put(document, "firms[0].locations", []))
    assert report.changed == 0
    assert MpnLocation.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("firms[0].locations[0].enrolments[1].state", "enroled", '"enroled" is not one of invited, enrolling,'),
        ("firms[0].locations[0].enrolments[1].programme", "OSU", '"OSU" is not one of OSA, OSU-BA, OSU-M365'),
        ("firms[0].locations[0].enrolments[1].programme", "OSU-M365", "stands already in firms[0].locations[0].enro"),
        ("firms[0].locations[0].enrolments[0].ends_on", "30.06.2027", "is not a day such as"),
        ("firms[0].locations[0].enrolments[0].ends_on", 2027, "a day such as 2027-06-30 is expected"),
        ("firms[0].locations[0].mpn_id", "12345", "6 to 8 digits"),
        ("firms[0].locations[0].mpn_id", "000000", "6 to 8 digits"),
        ("firms[0].locations[0].mpn_id", True, "a text of digits|6 to 8 digits"),
        ("firms[0].locations[1].mpn_id", "5000001", "stands already in firms[0].locations[0].mpn_id"),
        ("firms[0].locations[1].mpn_id", "4000001", "stands already in firms[0].global_id"),
        ("firms[0].locations[0].enrolments", {}, "a list is expected"),
        ("firms[0].locations[0]", "5000001", "an object with named fields"),
        ("firms[0].locations[0].town", "Budapest", "no such field"),
        ("firms[0].locations", ..., "is missing"),
        ("firms[0].country", "UK", "is not a country code"),
        ("firms[0].country", "Hungary", "is not a country code"),
        ("firms[0].time_zone", "Europe/Buda", "is not a time zone"),
        ("firms[0].name", "", "is empty"),
        ("firms[0].name", "  ", "is empty"),
        ("firms[0].name", None, "a text is expected"),
        ("firms[0].name", "x" * 201, "longer than 200"),
        ("firms[0].name", "a\x00b", "can not be shown"),
        ("firms[0].name", "a\ud800b", "half a character"),
        ("firms[0].people[0].email", "anna", "is not an e-mail address"),
        ("firms[0].people[0].email", "BELA@alma.example", "stands already in firms[0].people[0].email"),
        ("firms[0].people[0].role", "reviewer", '"reviewer" is not one of global_admin'),
        ("firms[0].people[0].role", ["global_admin"], "a text is expected"),
        ("firms[0].people[0].password", "", "is empty"),
        ("firms[0].people[0].password", ..., "is missing"),
        ("staff[0].role", "global_admin", '"global_admin" is not one of reviewer'),
        ("staff[0].email", "anna@alma.example", "stands already in firms[0].people[0].email"),
        ("stuff", [], "no such field"),
        ("firms", {}, "a list is expected"),
    ],
)
def test_a_fault_is_named_by_row_and_field(document: Document, path: str, value: object, said: str) -> None:
    faults = faults_of(put(document, path, value))
    [place] = {"firms[0].people[0].email": ["firms[0].people[1].email"]}.get(
        path if "BELA" in str(value) else "", [path]
    )
    assert list(faults) == [place]
    assert any(part in faults[place] for part in said.split("|"))
    assert stored() == [[]] * 6


def test_all_faults_are_named_at_once_and_no_password_is_repeated(document: Document) -> None:
    document["firms"][0]["country"] = "ZZ"
    document["firms"][0]["people"][1] |= {"role": "boss", "password": "geheim\ud800"}
    document["staff"].append({"email": "x"})
    faults = faults_of(document)
    assert list(faults) == [
        "firms[0].country",
        "firms[0].people[1].role",
        "firms[0].people[1].password",
        "staff[1].role",
        "staff[1].email",
        "staff[1].name",
        "staff[1].password",
    ]
    assert "geheim" not in str(faults)


@pytest.mark.parametrize("nothing", [{}, [], None, "firms", {"firms": None}])
def test_a_file_with_nothing_in_it_is_a_fault(nothing: object) -> None:
    assert faults_of(nothing)


def test_numbers_pass_for_ids_and_a_missing_time_zone_is_the_countrys(document: Document) -> None:
    document["firms"][0]["global_id"] = 4000001
    del document["firms"][0]["time_zone"]
    import_partners(document)
    firm = PartnerFirm.objects.get()
    assert (firm.global_id, firm.time_zone) == ("4000001", "Europe/Budapest")


def test_a_country_with_several_times_starts_with_utc_and_keeps_what_is_set(document: Document) -> None:
    document = put(put(document, "firms[0].country", "US"), "firms[0].time_zone", ...)
    import_partners(document)
    assert PartnerFirm.objects.get().time_zone == "UTC"
    PartnerFirm.objects.update(time_zone="America/Denver")
    assert import_partners(document).changed == 0


def test_a_location_of_another_firm_is_not_taken_over(document: Document) -> None:
    make_location(make_firm(), mpn_id="5000002")
    assert list(faults_of(document)) == ["firms[0].locations[1].mpn_id"]
    assert not PartnerFirm.objects.filter(global_id="4000001").exists()


def test_global_and_location_ids_of_the_portal_are_not_mixed_up(document: Document) -> None:
    make_location(make_firm(global_id="5000001"), mpn_id="4000001")
    assert list(faults_of(document)) == ["firms[0].global_id", "firms[0].locations[0].mpn_id"]


def test_a_person_belongs_to_one_firm_or_to_microsoft(document: Document) -> None:
    make_person(make_firm(), email="anna@alma.example")
    make_staff(email="bela@alma.example")
    make_person(make_firm(), email="rita@ms.example")
    assert faults_of(document) == {
        "firms[0].people[0].email": "this person belongs to another firm in the portal",
        "firms[0].people[1].email": "this person works for Microsoft in the portal",
        "staff[0].email": "this person belongs to a partner firm in the portal",
    }


def test_an_address_that_somebody_else_has_confirmed_is_a_fault(document: Document) -> None:
    somebody = make_person(make_firm())
    EmailAddress.objects.create(user=somebody, email="rita@ms.example", verified=True)
    assert list(faults_of(document)) == ["staff[0].email"]


def test_an_address_that_waits_to_be_confirmed_is_confirmed(document: Document) -> None:
    import_partners(document)
    EmailAddress.objects.filter(email="rita@ms.example").update(verified=False, primary=False)
    import_partners(document)
    assert EmailAddress.objects.get(email="rita@ms.example").verified
    assert EmailAddress.objects.get(email="rita@ms.example").primary


def run(path: Path) -> str:
    out = StringIO()
    call_command("import_partners", str(path), stdout=out)
    return out.getvalue()


def test_the_command_reports_in_sentences(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "partners.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert "People: 3 created, 0 updated, 0 unchanged.\n" in run(file)
    assert run(file).endswith("Nothing changed: everything in the file is in the portal already.\n")


def test_the_command_names_every_fault(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "partners.json"
    file.write_text(json.dumps(document | {"stuff": 1, "things": 2}), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        run(file)
    assert str(caught.value).splitlines() == [
        "Nothing was imported. There are 2 faults:",
        "stuff: there is no such field in the format",
        "things: there is no such field in the format",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"firms: []", "is not JSON"),
        (b"\xff\xfe", "is not JSON in UTF-8"),
        (b"", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"staff": [{"name": "a", "name": "b"}]}', "stands twice"),
        (b" " * (64 * 1024 * 1024 + 1), "is larger than 64 MiB"),
        (None, "can not be read"),
    ],
)
def test_a_file_that_can_not_be_read_is_said_so(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "partners.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        run(file)


def test_a_byte_order_mark_is_no_fault(document: Document, tmp_path: Path) -> None:
    file = tmp_path / "partners.json"
    file.write_text(json.dumps(document), encoding="utf-8-sig")
    assert "3 created" in run(file)
