"""Two colleagues at one draft: nobody writes over what the other has saved without having seen it."""

import re
from typing import Any

import pytest
from django.urls import reverse

from claims.models import Claim
from cpor_portal.accounts.models import PartnerRole
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.source import DirectoryUnreachable
from tests.claims.wizard.driving import CONTACTS, Driver, codes, sign_in, text_of
from tests.support.factories import make_location, make_person, make_staff, make_workload
from tests.support.stories import Side, make_asked, make_customer, make_draft, make_side, make_submitted

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def one(side: Side) -> Driver:
    workload = make_workload()
    return sign_in(side.person, make_draft(side, make_customer(workload), [workload]))


@pytest.fixture
def other(side: Side, one: Driver) -> Driver:
    return sign_in(make_person(side.firm, PartnerRole.INCENTIVES_USER, name="Cory Colleague"), one.claim)


def seen_in(page: Any) -> dict[str, str]:
    """What the browser sends back without being asked."""
    found = re.search(r'name="seen" value="([^"]+)"', page.content.decode())
    assert found is not None
    return {"seen": found[1]}


def test_whoever_comes_second_is_told_and_loses_no_word(one: Driver, other: Driver) -> None:
    seen = seen_in(one.open("contacts"))
    assert other.save("contacts", CONTACTS | {"customer_name": "From Cory"} | seen).status_code == 302
    response = one.save("contacts", CONTACTS | {"customer_name": "From me"} | seen)
    assert response.status_code == 409
    assert codes(response) == {"step_has_changed"}
    assert "Cory Colleague" in text_of(response)
    assert "From me" in text_of(response)
    # What the colleague wrote stands there as well, so that nobody has to go and look.
    assert "What stands there now" in text_of(response)
    assert "From Cory" in text_of(response)
    assert f'href="{one.url("contacts")}"' in response.content.decode()
    assert seen["seen"] not in text_of(response)
    assert one.claim.customer_name == "From Cory"


def test_whoever_looks_again_may_save(one: Driver, other: Driver) -> None:
    other.save("contacts", CONTACTS | seen_in(other.open("contacts")))
    response = one.save("contacts", CONTACTS | {"customer_name": "From me"} | seen_in(one.open("contacts")))
    assert response.status_code == 302
    assert one.claim.customer_name == "From me"


def test_a_colleague_at_another_step_is_in_nobodys_way(one: Driver, other: Driver, side: Side) -> None:
    seen = seen_in(one.open("contacts"))
    location = make_location(side.firm)
    other.save("mpn", {"mpn_id": location.mpn_id} | seen_in(other.open("mpn")))
    assert one.save("contacts", CONTACTS | seen).status_code == 302
    assert one.claim.location == location


def test_ones_own_page_from_before_is_no_conflict(one: Driver) -> None:
    seen = seen_in(one.open("contacts"))
    assert one.save("contacts", CONTACTS | seen).status_code == 302
    assert one.save("contacts", CONTACTS | {"customer_name": "Better"} | seen).status_code == 302
    assert one.claim.customer_name == "Better"


@pytest.mark.parametrize("sent", [{}, {"seen": ""}])
def test_a_client_that_sends_no_mark_saves_as_before(one: Driver, other: Driver, sent: dict[str, str]) -> None:
    other.save("contacts", CONTACTS)
    assert one.save("contacts", CONTACTS | {"customer_name": "Plain"} | sent).status_code == 302
    assert one.claim.customer_name == "Plain"


@pytest.mark.parametrize("step", ["tenant", "activity", "mpn", "products"])
def test_every_step_that_is_written_over_looks_first(one: Driver, other: Driver, side: Side, step: str) -> None:
    claim = one.claim
    seen = seen_in(one.open(step))
    sent: dict[str, dict[str, Any]] = {
        "tenant": {"tenant_id": str(claim.tenant_id), "domain": claim.domain},
        "activity": {"solution_area": "microsoft_365", "activities": ["usage"]},
        "mpn": {"mpn_id": side.location.mpn_id},
        "products": {"products": [claim.lines.get().product.code]},
    }
    changed: dict[str, dict[str, Any]] = {
        "tenant": {"domain_entered": "elsewhere.test"},
        "activity": {"activities": []},
        "mpn": {"location": make_location(side.firm)},
        "products": {},
    }
    Claim.objects.filter(pk=claim.pk).update(edited_by=other_person(other), **changed[step])
    if step == "products":
        claim.lines.update(subscription_entered="changed")
    assert one.save(step, sent[step] | seen).status_code == 409


def other_person(driver: Driver) -> int:
    return int(driver.client.session["_auth_user_id"])


def test_what_a_refused_step_has_kept_counts_as_seen(one: Driver, other: Driver, side: Side) -> None:
    bare = make_location(side.firm)
    refused = one.save("mpn", {"mpn_id": bare.mpn_id} | seen_in(one.open("mpn")))
    assert refused.status_code == 422
    assert one.claim.location == bare
    assert other.save("contacts", CONTACTS | seen_in(other.open("contacts"))).status_code == 302
    assert one.save("mpn", {"mpn_id": side.location.mpn_id} | seen_in(refused)).status_code == 302


def test_text_that_was_kept_while_the_directory_was_silent_counts_as_seen(
    one: Driver, other: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"tenant_id": str(one.claim.tenant_id), "domain": one.claim.domain}
    seen = seen_in(one.open("tenant"))
    with monkeypatch.context() as patch:
        patch.setattr(LocalDirectory, "find_tenant", _silent)
        refused = one.save("tenant", sent | {"domain": "typed.test"} | seen)
    assert codes(refused) == {"directory_unreachable"}
    Claim.objects.update(edited_by=other_person(other))
    assert one.save("tenant", sent | seen_in(refused)).status_code == 302


def _silent(*_args: object) -> None:
    raise DirectoryUnreachable


def test_a_draft_that_a_colleague_has_changed_is_not_deleted_unseen(one: Driver, other: Driver) -> None:
    address = reverse("claims:delete_draft", args=[one.reference])
    version = str(one.claim.version)
    for page in (one.open("contacts"), one.client.get(reverse("claims:detail", args=[one.reference]))):
        assert f'name="version" value="{version}"' in page.content.decode()
    other.save("contacts", CONTACTS)
    assert one.client.post(address, {"version": version}).status_code == 409
    assert Claim.objects.filter(reference=one.reference).exists()
    assert one.client.post(address, {"version": str(one.claim.version)}).status_code == 302
    assert not Claim.objects.filter(reference=one.reference).exists()


def test_a_reviewer_who_came_between_is_not_named(side: Side) -> None:
    workload = make_workload()
    reviewer = make_staff(name="Rita Reviewer")
    claim = make_submitted(side, make_customer(workload), workload)
    mine = sign_in(side.person, claim)
    colleagues = sign_in(make_person(side.firm, PartnerRole.INCENTIVES_ADMIN), claim)
    seen = seen_in(mine.open("contacts"))
    assert colleagues.save("contacts", CONTACTS | seen).status_code == 302
    make_asked(reviewer, Claim.objects.get(pk=claim.pk))
    response = mine.save("contacts", CONTACTS | {"customer_name": "From me"} | seen)
    # With the reasons and the text of the reviewer's request, for that is what came between.
    assert codes(response) >= {"step_has_changed", "dates_missing_or_old"}
    assert "Rita" not in text_of(response)
