"""After submission: what may still change, for whom, until when, and what happens to a text that comes too late."""

import re
from typing import Any

import pytest
from django.urls import reverse

from arbitration.acts.approve import approve
from arbitration.acts.start import start_review
from claims.acts.resubmit import resubmit
from claims.models import Snapshot
from claims.words import Outcome, Status
from cpor_portal.accounts.models import PartnerRole, Programme, User
from cpor_portal.directory.models import Product, Tenant
from tests.claims.wizard.driving import CONTACTS, Driver, codes, sign_in, text_of
from tests.support.factories import make_location, make_person, make_staff, make_subscription, make_workload
from tests.support.stories import PDF, Side, make_asked, make_customer, make_draft, make_side, make_submitted, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def teams() -> Product:
    return make_workload("teams", name="Teams")


@pytest.fixture
def tenant(teams: Product) -> Tenant:
    return make_customer(teams)


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def submitted(side: Side, tenant: Tenant, teams: Product) -> Driver:
    return sign_in(side.person, make_submitted(side, tenant, teams))


@pytest.fixture
def asked(submitted: Driver, reviewer: User) -> Driver:
    make_asked(reviewer, submitted.claim)
    return submitted


def detail(person: Driver) -> str:
    return reverse("claims:detail", args=[person.reference])


def test_a_submitted_claim_takes_another_location_and_keeps_its_clock(side: Side, submitted: Driver) -> None:
    before = submitted.claim
    other = make_location(side.firm, *Programme)
    response = submitted.save("mpn", {"mpn_id": other.mpn_id})
    assert response.headers["Location"] == detail(submitted)
    after = submitted.claim
    assert (after.location, after.due_at) == (other, before.due_at)
    assert Snapshot.objects.filter(claim=after).count() == 2


def test_an_unenrolled_location_is_refused_now_and_not_kept(side: Side, submitted: Driver) -> None:
    bare = make_location(side.firm)
    response = submitted.save("mpn", {"mpn_id": bare.mpn_id})
    assert response.status_code == 422
    assert codes(response) == {"not_enrolled"}
    assert "Go on drafting" not in text_of(response)
    assert submitted.claim.location == side.location


def test_contacts_and_proof_change_too(submitted: Driver) -> None:
    assert submitted.save("contacts", CONTACTS | {"customer_name": "Nora New"}).status_code == 302
    assert submitted.save("proof", {"documents": pdf("more.pdf", PDF + b"more")}).status_code == 302
    assert submitted.claim.customer_name == "Nora New"
    assert submitted.claim.documents.count() == 2


def test_a_product_is_exchanged(tenant: Tenant, submitted: Driver) -> None:
    intune = make_workload("intune")
    make_subscription(tenant, intune)
    assert submitted.save("products", {"products": ["intune"]}).status_code == 302
    outcomes = {line.product.code: line.outcome for line in submitted.claim.lines.select_related("product")}
    assert outcomes == {"teams": Outcome.REMOVED, "intune": Outcome.PENDING}


@pytest.mark.parametrize("step", ["tenant", "activity"])
def test_tenant_and_activity_are_shown_and_closed(tenant: Tenant, submitted: Driver, step: str) -> None:
    page = submitted.open(step)
    assert page.status_code == 200
    assert "cannot be changed any more" in text_of(page)
    assert '<form method="post" novalidate' not in page.content.decode()
    sent = {"tenant_id": str(tenant.tenant_id), "domain": "x.test", "solution_area": "microsoft_365"}
    assert submitted.save(step, sent).status_code == 409


@pytest.mark.parametrize("step", ["mpn", "products", "contacts", "proof"])
def test_a_step_saved_for_an_answer_leads_to_the_claim_and_says_that_it_is_not_handed_in(
    side: Side, asked: Driver, step: str
) -> None:
    assert asked.claim.status == Status.PARTNER_ACTION_REQUIRED
    sent: dict[str, dict[str, Any]] = {
        "mpn": {"mpn_id": side.location.mpn_id},
        "products": {"products": ["teams"]},
        "contacts": CONTACTS,
        "proof": {"documents": pdf("dated.pdf", PDF + b"dated")},
    }
    response = asked.save(step, sent[step])
    assert response.headers["Location"] == detail(asked)
    page = text_of(asked.client.get(detail(asked)))
    assert "Your answer is not handed in yet: choose Answer and resubmit." in page
    assert asked.claim.status == Status.PARTNER_ACTION_REQUIRED
    assert "Save and go on" not in text_of(asked.open(step))


def test_the_answer_is_handed_in_by_a_button_of_one_name(asked: Driver) -> None:
    for address in (detail(asked), reverse("claims:resubmit", args=[asked.reference])):
        assert re.search(
            r'class="btn btn-primary"[^>]*>Answer and resubmit<', asked.client.get(address).content.decode()
        )


def test_a_change_that_comes_after_the_reviewer_is_a_conflict_with_what_was_typed(
    submitted: Driver, reviewer: User
) -> None:
    assert submitted.open("contacts").status_code == 200
    start_review(reference=submitted.reference, by=reviewer)
    response = submitted.save("contacts", CONTACTS | {"customer_name": "Nora New"})
    page = text_of(response)
    assert response.status_code == 409
    assert "Nora New" in page
    assert reviewer.name not in page
    assert submitted.claim.customer_name == "Casey Customer"


def test_a_closed_claim_sends_readers_back_with_a_word(submitted: Driver, reviewer: User) -> None:
    start_review(reference=submitted.reference, by=reviewer)
    response = submitted.client.get(submitted.url("products"), follow=True)
    assert response.redirect_chain[-1][0] == detail(submitted)
    assert "This claim can no longer be changed here" in text_of(response)


def test_an_incentives_user_changes_nothing_that_was_submitted(side: Side, submitted: Driver) -> None:
    user = sign_in(make_person(side.firm, PartnerRole.INCENTIVES_USER), submitted.claim)
    assert user.open("contacts").headers["Location"] == detail(submitted)
    assert user.save("contacts", CONTACTS).status_code == 403
    assert user.save("proof", {"documents": pdf("x.pdf", PDF + b"x")}).status_code == 403
    assert user.claim.documents.count() == 1


def test_a_draft_document_that_was_submitted_stays(submitted: Driver, reviewer: User) -> None:
    make_asked(reviewer, submitted.claim)
    resubmit(reference=submitted.reference, by=submitted.claim.created_by)
    document = submitted.claim.documents.get()
    response = submitted.save("proof", {"remove": document.pk})
    assert response.status_code == 422
    assert codes(response) == {"document_submitted"}
    assert submitted.claim.documents.filter(pk=document.pk).exists()


def test_only_what_can_be_removed_has_a_button(submitted: Driver) -> None:
    handed_in = submitted.claim.documents.get()
    submitted.save("proof", {"documents": pdf("more.pdf", PDF + b"more")})
    added = submitted.claim.documents.exclude(pk=handed_in.pk).get()
    page = submitted.open("proof").content.decode()
    assert f'name="remove" value="{handed_in.pk}"' not in page
    assert f'name="remove" value="{added.pk}"' in page
    assert submitted.save("proof", {"remove": added.pk}).status_code == 302


def test_nobody_hears_of_a_rival_that_came_after_them(tenant: Tenant, teams: Product, submitted: Driver) -> None:
    rival = make_side("Rival Kft.")
    sign_in(rival.person, make_draft(rival, tenant, [teams])).submit()
    assert submitted.claim.lines.get().outcome == Outcome.CONTESTED
    for step in ("products", "check"):
        page = text_of(submitted.open(step))
        assert "arbitration" not in page
        assert "Contested" not in page
    response = submitted.client.post(submitted.url("products"), {"products": ["teams"]}, follow=True)
    assert "arbitration" not in text_of(response)


def test_an_approved_claim_takes_newer_proof_and_nothing_else(submitted: Driver, reviewer: User) -> None:
    start_review(reference=submitted.reference, by=reviewer)
    approve(reference=submitted.reference, by=reviewer)
    assert submitted.open("proof").status_code == 200
    response = submitted.save("proof", {"documents": pdf("newer.pdf", PDF + b"newer")})
    assert response.headers["Location"] == detail(submitted)
    assert submitted.claim.documents.count() == 2
    assert submitted.open("contacts").headers["Location"] == detail(submitted)
    assert submitted.save("contacts", CONTACTS).status_code == 409
    assert submitted.claim.status == Status.APPROVED
