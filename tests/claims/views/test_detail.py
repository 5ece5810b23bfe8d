"""A claim's page: who sees it, what stands on top, which buttons there are, and what nobody may learn from it."""

import re
from datetime import timedelta
from html import unescape
from itertools import product

import pytest

from arbitration.acts.approve import approve
from arbitration.acts.reject import reject
from arbitration.acts.start import start_review
from arbitration.enforcement import enforce
from claims.acts.cells import set_cells
from claims.acts.comment import comment
from claims.acts.editing import add_documents, save_mpn
from claims.acts.resubmit import resubmit
from claims.models import Claim, Document
from claims.proof.keys import cells_of
from claims.proof.words import ScanState
from claims.words import Audience, Outcome, Reason
from cpor_portal.accounts.models import PartnerRole, Programme, StaffRole, User
from tests.claims.views.pages import attributes, queries_for, signed_in, text_of
from tests.support.factories import make_location, make_person, make_product, make_staff, make_workload
from tests.support.papers import small_pdf
from tests.support.stories import (
    PDF,
    Side,
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
    pdf,
)

pytestmark = pytest.mark.django_db
PATHS = ("", "history/", "comments/", "documents/1/", "resubmit/", "withdraw/")


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Riley Reviewer")


def test_another_firms_claim_does_not_exist_for_any_path_and_method() -> None:
    claim, stranger = make_submitted(), signed_in(make_submitted(make_side()).created_by)
    for path, method in product(PATHS, ("get", "post", "head", "put", "delete")):
        addresses = (f"/claims/{claim.reference}/{path}", f"/claims/C-22222222/{path}")
        answers = [getattr(stranger, method)(address).status_code for address in addresses]
        # 405 is the same answer that a claim gets which is not there at all: it tells nothing.
        assert answers[0] == answers[1], (path, method)
        assert answers[0] in (404, 405), (path, method)
        if method in ("get", "head"):
            assert answers[0] == 404, (path, method)


def test_a_draft_does_not_exist_for_reviewers(side: Side, reviewer: User) -> None:
    draft = make_draft(side, make_customer(), [make_workload()])
    for path in PATHS:
        assert signed_in(reviewer).get(f"/claims/{draft.reference}/{path}").status_code == 404


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.ARBITER])
def test_reviewers_are_sent_to_the_workspace(side: Side, role: str) -> None:
    claim = make_submitted(side)
    response = signed_in(make_staff(role)).get(f"/claims/{claim.reference}/")
    assert (response.status_code, response["Location"]) == (302, f"/review/{claim.reference}/")


def test_portal_admins_see_no_claim(side: Side) -> None:
    claim = make_submitted(side)
    assert signed_in(make_staff(StaffRole.PORTAL_ADMIN)).get(f"/claims/{claim.reference}/").status_code == 404


@pytest.mark.parametrize("reference", ["C-%00%00", "C-7K3M'", "new", "ÄÄÄÄ", "x" * 60])
def test_a_reference_that_is_none_is_404(side: Side, reference: str) -> None:
    assert signed_in(side.person).get(f"/claims/{reference}/history/").status_code == 404


def test_a_reference_in_small_letters_is_the_same_claim(side: Side) -> None:
    claim = make_submitted(side)
    assert signed_in(side.person).get(f"/claims/{claim.reference.lower()}/").status_code == 200


def test_the_page_shows_facts_products_contacts_proof_and_what_happens_next(side: Side) -> None:
    claim = make_submitted(side)
    page = text_of(signed_in(make_person(side.firm)).get(f"/claims/{claim.reference}/"))
    for fact in (
        claim.customer_display_name,
        str(claim.tenant_id),
        claim.domain,
        "United States",
        "Usage",
        side.location.mpn_id,
        claim.lines.get().product.name,
        "casey@customer.example",
        "proof.pdf",
        claim.documents.get().sha256[:12],
        "What happens next",
        "Why this date?",
        "business days are counted after",
        "submitted the claim",
    ):
        assert fact in page, fact


def test_the_subscription_id_is_told_only_after_the_approval(side: Side, reviewer: User) -> None:
    product = make_product()
    claim = make_submitted(side, make_customer(product), product)
    client, address = signed_in(side.person), f"/claims/{claim.reference}/"
    subscription_id = str(claim.lines.get().subscription_id)
    assert subscription_id not in text_of(client.get(address))
    start_review(reference=claim.reference, by=reviewer)
    approve(reference=claim.reference, by=reviewer)
    page = client.get(address)
    assert attributes(page, "data-subscription-id") == [subscription_id]
    assert attributes(page, "data-outcome") == ["associated"]
    assert "since" in text_of(page)


def test_a_request_stands_on_top_with_reasons_text_and_the_steps_that_cure_them(side: Side, reviewer: User) -> None:
    claim = make_asked(reviewer, make_submitted(side))
    page = signed_in(side.person).get(f"/claims/{claim.reference}/")
    assert Reason.DATES_MISSING_OR_OLD in attributes(page, "data-code")
    text = text_of(page)
    assert "Please add the date." in text
    assert text.index("What Microsoft asks for") < text.index("Proof of execution</h2>")
    assert f'href="/claims/{claim.reference}/edit/proof/"' in text
    assert f'href="/claims/{claim.reference}/resubmit/"' in text
    assert "Riley" not in text


def test_why_a_claim_was_rejected_stands_on_top(side: Side, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_submitted(side))
    reject(reference=claim.reference, by=reviewer, reasons=[Reason.PROOF_MISSING], text="This is an invoice.")
    page = signed_in(side.person).get(f"/claims/{claim.reference}/")
    assert "Why the claim was rejected" in text_of(page)
    assert "This is an invoice." in text_of(page)
    assert Reason.PROOF_MISSING in attributes(page, "data-code")
    assert "/edit/proof/" not in text_of(page)


def test_an_answered_request_no_longer_stands_on_top(side: Side, reviewer: User) -> None:
    claim = make_asked(reviewer, make_submitted(side))
    resubmit(reference=claim.reference, by=side.person, body="Here it is.")
    page = text_of(signed_in(side.person).get(f"/claims/{claim.reference}/"))
    assert "What Microsoft asks for" not in page
    assert "Here it is." in page


def test_the_newcomer_is_told_of_arbitration_and_the_first_firm_is_not(side: Side) -> None:
    workload = make_workload()
    tenant = make_customer(workload)
    first = make_submitted(make_side("Firstcomer Ltd"), tenant, workload)
    second = make_submitted(side, tenant, workload)
    assert Claim.objects.get(pk=first.pk).lines.get().outcome == Outcome.CONTESTED
    newcomer = signed_in(side.person).get(f"/claims/{second.reference}/")
    holder = signed_in(first.created_by).get(f"/claims/{first.reference}/")
    assert attributes(newcomer, "data-outcome") == ["contested"]
    assert "Another partner holds or claims" in text_of(newcomer)
    assert "Firstcomer" not in text_of(newcomer)
    assert attributes(holder, "data-outcome") == ["pending"]
    assert "another partner" not in text_of(holder).lower()
    history = text_of(signed_in(first.created_by).get(f"/claims/{first.reference}/history/"))
    assert "another partner" not in history.lower()


def test_a_verified_line_gives_no_later_rival_away(side: Side) -> None:
    claim = make_submitted(side)
    claim.lines.update(outcome=Outcome.VERIFIED)
    page = text_of(signed_in(side.person).get(f"/claims/{claim.reference}/"))
    assert "Another partner" not in page


def test_internal_comments_stay_inside_and_reviewers_are_microsoft(side: Side, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_submitted(side))
    comment(reference=claim.reference, by=reviewer, body="Between us.", audience=Audience.INTERNAL)
    comment(reference=claim.reference, by=reviewer, body="Hello firm.")
    client = signed_in(side.person)
    page, history = (text_of(client.get(f"/claims/{claim.reference}/{path}")) for path in ("", "history/"))
    assert "Hello firm." in page
    assert "Between us." not in page
    assert "Riley" not in page + history
    assert history.count("wrote a comment") == 1
    inside = text_of(signed_in(reviewer).get(f"/claims/{claim.reference}/history/"))
    assert inside.count("Riley Reviewer wrote a comment") == 2


BUTTONS = {"resubmit": "/resubmit/", "withdraw": "/withdraw/", "comment": "/comments/", "delete": "/delete/"}


def _buttons(person: User, claim: Claim) -> set[str]:
    page = text_of(signed_in(person).get(f"/claims/{claim.reference}/"))
    return {name for name, end in BUTTONS.items() if f'"/claims/{claim.reference}{end}"' in page}


def test_buttons_follow_role_and_status(side: Side, reviewer: User) -> None:
    user = make_person(side.firm, PartnerRole.INCENTIVES_USER)
    draft = make_draft(side, make_customer(), [make_workload()])
    assert _buttons(side.person, draft) == _buttons(user, draft) == {"delete"}
    claim = make_submitted(side)
    assert (_buttons(side.person, claim), _buttons(user, claim)) == ({"withdraw", "comment"}, {"comment"})
    make_asked(reviewer, claim)
    assert _buttons(side.person, claim) == {"withdraw", "comment", "resubmit"}
    assert _buttons(user, claim) == {"comment"}


def test_links_into_the_wizard_are_there_only_while_it_can_be_changed(side: Side, reviewer: User) -> None:
    claim = make_submitted(side)
    address, edit = f"/claims/{claim.reference}/", f"/claims/{claim.reference}/edit/"
    admin, user = signed_in(side.person), signed_in(make_person(side.firm, PartnerRole.INCENTIVES_USER))
    for step in ("mpn", "products", "contacts", "proof"):
        assert f"{edit}{step}/" in text_of(admin.get(address))
    assert edit not in text_of(user.get(address))
    start_review(reference=claim.reference, by=reviewer)
    assert edit not in text_of(admin.get(address))


def test_a_draft_shows_how_far_it_is_and_goes_on_at_the_first_open_step(side: Side) -> None:
    draft = make_draft(side, make_customer(), [make_workload()])
    Claim.objects.filter(pk=draft.pk).update(location=None)
    page = signed_in(side.person).get(f"/claims/{draft.reference}/")
    assert attributes(page, "data-state") == ["done", "done", "todo", "done", "done", "done", "locked"]
    assert f'class="btn btn-primary" href="/claims/{draft.reference}/edit/mpn/"' in text_of(page)


def test_an_empty_draft_has_a_page(side: Side) -> None:
    draft = Claim.objects.create(firm=side.firm, created_by=side.person)
    assert signed_in(side.person).get(f"/claims/{draft.reference}/").status_code == 200
    assert signed_in(side.person).get(f"/claims/{draft.reference}/history/").status_code == 200


def test_the_history_has_every_submission_with_what_was_handed_in(side: Side, reviewer: User) -> None:
    claim = make_asked(reviewer, make_submitted(side))
    resubmit(reference=claim.reference, by=side.person)
    page = text_of(signed_in(side.person).get(f"/claims/{claim.reference}/history/"))
    assert [head.strip() for head in re.findall(r"<summary>([^<]+)<", page)] == ["Answer to round 1", "Submitted"]
    for text in (claim.name, "submitted the claim", "Microsoft started the review", "resubmitted the claim"):
        assert text in page, text
    assert page.count("proof.pdf") == 2


def test_the_page_costs_the_same_queries_for_few_and_for_many_comments_and_lines(side: Side) -> None:
    def cost(number: int) -> int:
        workloads = [make_workload() for _n in range(number)]
        claim = make_submitted(side, make_customer(*workloads), *workloads)
        for n in range(number):
            comment(reference=claim.reference, by=make_person(side.firm), body=f"Comment {n}")
        client = signed_in(side.person)
        return queries_for(client, f"/claims/{claim.reference}/") + 100 * queries_for(
            client, f"/claims/{claim.reference}/history/"
        )

    assert cost(1) == cost(12)


def test_each_handing_in_says_what_it_was(side: Side) -> None:
    claim = make_submitted(side)
    other = make_location(side.firm, *Programme)
    save_mpn(reference=claim.reference, by=side.person, location=other)
    add_documents(reference=claim.reference, by=side.person, files=[pdf("more.pdf", PDF + b"more")])
    page = text_of(signed_in(side.person).get(f"/claims/{claim.reference}/history/"))
    heads = [head.strip() for head in re.findall(r"<summary>([^<]+)<", page)]
    assert heads == ["Document added", "Changed", "Submitted"]


def test_a_domain_stands_in_its_own_letters_and_as_it_is_written_in_links(side: Side) -> None:
    claim = make_submitted(side)
    Claim.objects.filter(pk=claim.pk).update(domain="xn--bcher-kva.example")
    page = text_of(signed_in(side.person).get(f"/claims/{claim.reference}/"))
    assert "bücher.example" in page
    assert "xn--bcher-kva.example" in page


def test_a_rejection_by_the_portal_is_not_introduced_as_microsofts_words(side: Side, reviewer: User) -> None:
    claim = make_asked(reviewer, make_submitted(side))
    assert claim.due_at
    enforce(now=claim.due_at + timedelta(minutes=1))
    page = text_of(signed_in(side.person).get(f"/claims/{claim.reference}/"))
    assert 'data-status="rejected"' in page
    assert "The reasons are below" in page
    assert "Microsoft's reasons" not in unescape(page)


def test_where_the_proof_shows_what_was_noted_no_document_was_handed_in(side: Side) -> None:
    claim = make_submitted(side)
    document = claim.documents.get()
    set_cells(reference=claim.reference, by=side.person, document_id=document.pk, page=1, keys=[*cells_of(claim)][:1])
    page = text_of(signed_in(side.person).get(f"/claims/{claim.reference}/history/"))
    assert "Proof matrix filled in" in page
    assert "Document added" not in page
    add_documents(reference=claim.reference, by=side.person, files=[pdf("more.pdf", small_pdf("more"))])
    assert "Document added" in text_of(signed_in(side.person).get(f"/claims/{claim.reference}/history/"))


@pytest.mark.parametrize("state", [ScanState.WAITING, ScanState.INFECTED])
def test_a_reviewer_reads_no_name_of_a_document_that_is_held_back_in_what_was_handed_in(
    side: Side, state: ScanState
) -> None:
    claim = make_submitted(side)
    document = claim.documents.get()
    Document.objects.update(scan_state=state)
    address, hidden = f"/claims/{claim.reference}/history/", "1 document that reviewers cannot see"
    for person, is_told in ((make_staff(), False), (side.person, True)):
        page = text_of(signed_in(person).get(address))
        assert (document.name in page, document.sha256[:12] in page, hidden in page) == (is_told, is_told, not is_told)
