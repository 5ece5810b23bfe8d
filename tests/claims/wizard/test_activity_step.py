"""The activity step: explained where it is chosen, and refused where it cannot be."""

import pytest
from django.utils.html import escape

from claims.meanings import MEANINGS, explained
from tests.claims.wizard.driving import Driver, codes, sign_in, text_of
from tests.support.factories import make_workload
from tests.support.stories import make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def person() -> Driver:
    side, workload = make_side(), make_workload()
    return sign_in(side.person, make_draft(side, make_customer(workload), [workload]))


def test_every_activity_is_explained_without_scripts(person: Driver) -> None:
    page = text_of(person.open("activity"))
    for words in (
        "You influenced the purchase.",
        "You influenced the selection; recognition only.",
        "Volume Licensing or Web-Direct",
        "Online Services Advisory (OSA)",
        "loses its eligibility for payment",
        "Activities for Business Applications",
        "Activities for Microsoft 365",
    ):
        assert words in page


def test_the_guidance_explains_each_activity_in_the_wizards_own_words(person: Driver) -> None:
    wizard, guidance = text_of(person.open("activity")), text_of(person.client.get("/guidance/activity/"))
    for key, meaning in MEANINGS.items():
        for words in (meaning.text, *(text for _name, text in explained(key))):
            assert escape(str(words)) in guidance
            assert escape(str(words)) in wizard


@pytest.mark.parametrize(
    ("area", "activities"),
    [
        ("business_applications", ["presales", "usage"]),
        ("business_applications", ["presales"]),
        ("business_applications", ["revenue_association"]),
        ("microsoft_365", ["usage"]),
        ("microsoft_365", ["usage", "usage"]),
    ],
)
def test_what_the_domain_allows_is_saved(person: Driver, area: str, activities: list[str]) -> None:
    response = person.save("activity", {"solution_area": area, "activities": activities})
    assert response.status_code == 302
    assert response.headers["Location"] == person.url("mpn")
    assert person.claim.solution_area == area
    assert person.claim.activities == list(dict.fromkeys(activities))


@pytest.mark.parametrize(
    ("area", "activities", "code"),
    [
        ("", ["usage"], "area_required"),
        ("business_applications", [], "activity_required"),
        ("microsoft_365", ["presales"], "activity_wrong_area"),
        ("business_applications", ["presales", "revenue_association"], "revenue_association_stands_alone"),
        ("azure", ["usage"], "invalid_choice"),
        ("microsoft_365", ["consulting"], "invalid_choice"),
    ],
)
def test_what_it_does_not_allow_is_refused_with_its_code(
    person: Driver, area: str, activities: list[str], code: str
) -> None:
    response = person.save("activity", {"solution_area": area, "activities": activities})
    assert response.status_code == 422
    assert code in codes(response)
    assert person.claim.activities == ["usage"]


def test_a_refused_choice_stays_ticked(person: Driver) -> None:
    sent = {"solution_area": "business_applications", "activities": ["presales", "revenue_association"]}
    page = person.save("activity", sent).content.decode()
    for value in ("presales", "revenue_association"):
        box = page[page.index(f'value="{value}"') :]
        assert "checked" in box[: box.index(">")]


def test_another_area_takes_the_products_out_and_says_so(person: Driver) -> None:
    sent = {"solution_area": "business_applications", "activities": ["usage"]}
    response = person.client.post(person.url("activity"), sent, follow=True)
    assert "You changed the solution area, so the products that were chosen before have been taken out" in text_of(
        response
    )
    assert not person.claim.lines.exists()


def test_contacts_are_asked_for_again_when_the_activity_needs_more(person: Driver) -> None:
    person.save("activity", {"solution_area": "business_applications", "activities": ["revenue_association"]})
    assert person.open("check").headers["Location"] == person.url("products")
