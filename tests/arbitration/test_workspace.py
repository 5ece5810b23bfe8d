"""The workspace: what a reviewer sees of a claim, and which buttons there are."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from arbitration.acts.approve import approve
from arbitration.enforcement import enforce
from claims.acts.comment import comment
from claims.acts.editing import add_documents
from claims.acts.resubmit import resubmit
from claims.models import Claim, ClaimLine, ProofCell
from claims.permissions import visible_comments
from claims.proof.words import Column, ReadState, ScanState, Source
from claims.words import REVIEWER_REASONS, Audience
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.models import Subscription, SubscriptionStatus, Tenant
from cpor_portal.directory.source import DirectoryUnreachable
from tests.support.factories import make_product, make_staff, make_workload
from tests.support.stories import (
    PDF,
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
    pdf,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> User:
    return make_staff()


# What every reviewer can do on a filed claim, whoever has it.
EVERYBODYS = {"comment", "conflict", "note"}


def page_of(reader: User, claim: Claim) -> str:
    """The workspace as `reader` gets it."""
    client = Client()
    client.force_login(reader)
    response = client.get(f"/review/{claim.reference}/")
    assert response.status_code == 200
    return response.content.decode()


def actions(page: str) -> set[str]:
    """Where the forms of the claim's page lead."""
    return set(re.findall(r'action="/review/C-[^/]+/([a-z-]+)/"', page))


# --- Facts -------------------------------------------------------------------------------------------------


def test_the_facts_of_the_claim_are_there(reviewer: User) -> None:
    product = make_product()
    claim = make_submitted(make_side(), make_customer(product), product)
    page = page_of(reviewer, claim)
    line = claim.lines.get()
    for text in (
        claim.reference,
        claim.customer_display_name,
        str(claim.tenant_id),
        claim.domain,
        claim.firm.name,
        claim.location.mpn_id,
        claim.customer_email,
        claim.technical_email,
        claim.partner_email,
        product.name,
        str(line.subscription_id),
        'data-outcome="pending"',
        'data-status="submitted"',
        'data-enrolment="enrolled"',
        "proof.pdf",
        "Every fact still holds",
        "What happens next",
    ):
        assert str(text) in page, text
    assert f"/claims/{claim.reference}/documents/{claim.documents.get().pk}/" in page
    assert f"/review/{claim.reference}/proof/?document={claim.documents.get().pk}" in page


def test_a_difference_from_the_submission_stands_in_the_page_with_its_code(reviewer: User) -> None:
    product = make_product()
    claim = make_submitted(make_side(), make_customer(product), product)
    Subscription.objects.update(status=SubscriptionStatus.LOCKED_OUT)
    Tenant.objects.update(display_name="Contoso Renamed")
    page = page_of(reviewer, claim)
    assert 'data-code="not_active"' in page
    assert 'data-code="tenant_name_changed"' in page
    assert "2 facts differ from the submission" in page


def test_a_directory_that_is_down_blocks_nothing(reviewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = make_under_review(reviewer)

    def unreachable(*_args: object) -> None:
        raise DirectoryUnreachable

    for question in ("find_tenant", "tenant_of_domain", "subscriptions_of"):
        monkeypatch.setattr(LocalDirectory, question, unreachable)
    page = page_of(reviewer, claim)
    assert 'data-code="directory_unreachable"' in page
    client = Client()
    client.force_login(reviewer)
    assert client.post(f"/review/{claim.reference}/approve/").status_code == 302
    assert Claim.objects.get().status == "approved"


def test_a_reviewer_reads_who_the_rival_is_and_where_it_stands(reviewer: User) -> None:
    workload, free = make_workload(), make_workload()
    tenant = make_customer(workload, free)
    first = make_submitted(make_side("Fabrikam"), tenant, workload)
    second = make_submitted(make_side("Litware"), tenant, workload, free)
    page = page_of(reviewer, second)
    assert 'data-code="contested"' in page
    assert "Fabrikam" in page
    assert f'href="/review/{first.reference}/"' in page
    assert "has an open claim" in page
    assert page.count('data-outcome="contested"') == 1


def test_a_reviewer_reads_who_holds_the_association(reviewer: User) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    holder = make_submitted(make_side("Fabrikam"), tenant, workload)
    approve(reference=make_under_review(reviewer, holder).reference, by=reviewer)
    newcomer = make_submitted(make_side("Litware"), tenant, workload)
    page = page_of(reviewer, newcomer)
    assert "Fabrikam holds the association" in page
    assert f'href="/review/{holder.reference}/"' in page


def test_the_proof_of_a_public_customer_must_show_more(reviewer: User) -> None:
    claim = make_submitted()
    assert "Public-sector acknowledgement" not in page_of(reviewer, claim)
    Claim.objects.update(public_sector=True, customer_country="PR")
    assert "Public-sector acknowledgement" in page_of(reviewer, claim)


def test_internal_comments_are_for_reviewers_and_no_partner_finds_them(reviewer: User) -> None:
    claim = make_submitted()
    comment(reference=claim.reference, by=reviewer, body="The signature looks odd.", audience=Audience.INTERNAL)
    comment(reference=claim.reference, by=reviewer, body="Thank you for the claim.", audience=Audience.PARTNER)
    page = page_of(reviewer, claim)
    assert "The signature looks odd." in page
    assert "Reviewers only" in page
    partner = claim.submitted_by
    assert partner is not None
    assert [one.body for one in visible_comments(partner, claim)] == ["Thank you for the claim."]
    client = Client()
    client.force_login(partner)
    for address in (f"/claims/{claim.reference}/", f"/claims/{claim.reference}/history/"):
        response = client.get(address)
        assert response.status_code == 200
        assert "odd" not in response.content.decode()


def test_the_reasons_of_a_request_stand_beside_it_with_their_codes(reviewer: User) -> None:
    page = page_of(reviewer, make_asked(reviewer))
    assert 'data-code="dates_missing_or_old"' in page
    assert "Please add the date." in page


def test_what_the_portal_itself_wrote_is_read_by_both_sides(client: Client, reviewer: User) -> None:
    claim = make_asked(reviewer)
    enforce(now=timezone.now() + timedelta(days=30), limit=10)
    assert claim.comments.get(author=None).body == ""
    client.force_login(claim.submitted_by)
    partners_page = client.get(f"/claims/{claim.reference}/").content.decode()
    for page in (page_of(reviewer, claim), partners_page):
        assert "No answer to our questions came within the time given." in page
        assert 'data-code="no_partner_response"' in page


def test_a_request_is_shown_with_the_cells_that_it_names(reviewer: User) -> None:
    page = page_of(reviewer, make_asked(reviewer))
    product = ClaimLine.objects.get().product
    assert f"<li>{product.name}: Dated</li>" in page


def test_every_reason_that_a_reviewer_can_give_can_be_chosen_for_a_request_and_for_a_rejection(reviewer: User) -> None:
    page = page_of(reviewer, make_under_review(reviewer))
    for reason in REVIEWER_REASONS:
        for part in ("ask_reasons", "reject_reasons"):
            assert page.count(f'name="{part}" value="{reason.value}"') == 1


def test_documents_that_wait_for_their_scan_or_are_quarantined_are_numbers_alone(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    for state, words in (
        (ScanState.WAITING, "1 document waits for its virus scan"),
        (ScanState.INFECTED, "1 document is quarantined"),
    ):
        claim.documents.update(scan_state=state, name="secret-name.pdf")
        page = page_of(reviewer, claim)
        assert words in page
        assert "secret-name" not in page


def test_what_the_portal_found_is_advice_beside_the_documents(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    assert "The portal has not read every document yet." in page_of(reviewer, claim)
    claim.documents.update(read_state=ReadState.READ, judged_at=timezone.now())
    page = page_of(reviewer, claim)
    assert 'data-report="signature" data-state="missing"' in page
    assert "data-untold" not in page
    claim.documents.update(read_state=ReadState.NO_TEXT)
    page = page_of(reviewer, claim)
    assert page.count("There is no text in the document that the portal can read") == 1
    assert "data-report" not in page
    assert "What the portal found is advice only: reviewers decide by the documents themselves." in page


def test_what_the_proof_must_show_is_said_once_whether_or_not_there_is_anything_to_read(reviewer: User) -> None:
    with time_machine.travel(datetime(2026, 3, 4, 3, tzinfo=UTC), tick=False):  # still 3 March at the review site
        claim = make_under_review(reviewer)
    claim.documents.update(read_state=ReadState.READ, judged_at=timezone.now())
    told = _must_show(reviewer, claim)
    assert [row.partition(":")[0] for row in told][-3:] == [
        "Description of the work",
        "Signature",
        "Date of acknowledgement",
    ]
    assert "not before 3 March 2025" in told[-1]
    for untold in ({"read_state": ReadState.NO_TEXT}, {"scan_state": ScanState.WAITING}):
        claim.documents.update(**untold)
        bare = _must_show(reviewer, claim)
        assert [row.partition(":")[0] for row in told] == [row.partition(" not before")[0] for row in bare]
        assert "not before 3 March 2025" in bare[-1]


def _must_show(reviewer: User, claim: Claim) -> list[str]:
    """The points of the list, in words."""
    page = page_of(reviewer, claim)
    assert page.count("What the proof must show") == page.count("data-must-show") == 1
    points = page.partition("data-must-show>")[2].partition("</ul>")[0].split("<li")[1:]
    return [" ".join(re.sub(r"<svg.*?</svg>|<[^>]*>|^[^>]*>", " ", point, flags=re.DOTALL).split()) for point in points]


def test_documents_that_came_after_the_request_are_marked_as_new(reviewer: User) -> None:
    claim = make_asked(reviewer)
    partner = claim.submitted_by
    assert partner is not None
    add_documents(reference=claim.reference, by=partner, files=[pdf("newer.pdf", PDF + b"% newer")])
    page = page_of(reviewer, resubmit(reference=claim.reference, by=partner))
    assert page.count('data-flag="new"') == 1
    assert "New document:" in page
    assert "No document was added." not in page
    assert 'data-changed-cells="1"' in page


# --- Buttons -----------------------------------------------------------------------------------------------


def test_a_submitted_claim_can_be_started_and_commented_on(reviewer: User) -> None:
    assert actions(page_of(reviewer, make_submitted())) == EVERYBODYS | {"start"}


def test_whoever_has_the_claim_can_decide_it(reviewer: User) -> None:
    page = page_of(reviewer, make_under_review(reviewer))
    assert actions(page) == EVERYBODYS | {"decide", "cells", "hand-back"}


def test_a_colleague_reads_who_has_the_claim_and_cannot_decide(reviewer: User) -> None:
    colleague = make_staff(name="Robin Reviewer")
    page = page_of(reviewer, make_under_review(colleague))
    assert actions(page) == EVERYBODYS
    assert "Robin Reviewer has this claim" in page


def test_an_arbiter_can_decide_what_a_reviewer_has(reviewer: User) -> None:
    page = page_of(make_staff(StaffRole.ARBITER), make_under_review(reviewer))
    assert actions(page) == EVERYBODYS | {"decide", "cells", "assign", "hand-back"}


def test_after_a_decision_the_next_claim_is_one_press_away(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    assert "/review/take-next/" not in page_of(reviewer, claim)
    approve(reference=claim.reference, by=reviewer)
    page = page_of(reviewer, claim)
    assert "/review/take-next/" in page
    assert actions(page) == EVERYBODYS


def test_every_form_that_moves_the_claim_carries_the_version_that_its_reader_saw(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    forms = re.findall(r'<form[^>]*action="/review/C-[^/]+/([a-z-]+)/.*?</form>', page_of(reviewer, claim), re.DOTALL)
    blocks = re.findall(r"<form.*?</form>", page_of(reviewer, claim), re.DOTALL)
    assert {"decide", "cells"} <= set(forms)
    for path in ("decide", "cells"):
        block = next(one for one in blocks if f"/{path}/" in one)
        assert f'name="version" value="{claim.version}"' in block


def test_ids_are_unique_though_several_forms_stand_on_the_page(reviewer: User) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page_of(reviewer, make_under_review(reviewer)))
    assert len(ids) == len(set(ids))


# --- Who ---------------------------------------------------------------------------------------------------


def test_for_partners_and_portal_admins_there_is_no_workspace(client: Client) -> None:
    claim = make_submitted()
    for person in (claim.submitted_by, make_side().person, make_staff(StaffRole.PORTAL_ADMIN)):
        assert person is not None
        client.force_login(person)
        assert client.get(f"/review/{claim.reference}/").status_code == 404


def test_a_draft_does_not_exist_for_reviewers(client: Client, reviewer: User) -> None:
    workload = make_workload()
    draft = make_draft(make_side(), make_customer(workload), [workload])
    client.force_login(reviewer)
    assert client.get(f"/review/{draft.reference}/").status_code == 404


@pytest.mark.parametrize("reference", ["C-ZZZZZZZZ", "figures", "C-", "%00", "x" * 300])
def test_an_unknown_reference_is_not_found(client: Client, reviewer: User, reference: str) -> None:
    client.force_login(reviewer)
    assert client.get(f"/review/{reference}/").status_code == 404


def test_a_reference_in_small_letters_is_the_same_claim(client: Client, reviewer: User) -> None:
    client.force_login(reviewer)
    assert client.get(f"/review/{make_submitted().reference.lower()}/").status_code == 200


def test_the_history_names_whoever_acted_once_and_the_ask_form_says_what_it_closes(reviewer: User) -> None:
    page = page_of(reviewer, make_under_review(reviewer))
    assert f"{reviewer.name} started the review." in page
    assert f"{reviewer.name} ·" not in page
    assert "While the partner owes an answer, nothing else on this claim can be decided." in page


def test_a_domain_stands_in_its_own_letters_beside_its_technical_form(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    Claim.objects.filter(pk=claim.pk).update(domain="xn--bcher-kva.example")
    page = page_of(reviewer, claim)
    assert "bücher.example" in page
    assert "xn--bcher-kva.example" in page


def test_a_day_that_is_too_old_is_flagged_in_the_reviewers_matrix(reviewer: User) -> None:
    claim = make_under_review(reviewer)
    document, line = claim.documents.get(), claim.lines.get()
    assert claim.submitted_at is not None
    for days, is_old in ((30, False), (800, True)):
        day = claim.submitted_at.date() - timedelta(days=days)
        where = {"document": document, "page": 1, "dated_on": day, "source": Source.PARTNER}
        ProofCell.objects.update_or_create(claim=claim, product=line.product, column=Column.DATED, defaults=where)
        assert ("data-too-old" in page_of(reviewer, claim)) is is_old
