"""The pages of corrections, on both sides: asking, taking back, the difference at the desk, the mail before it goes."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.corrections import accept_correction
from claims.acts.corrections import ask_correction
from claims.models import Claim, Correction
from claims.words import Activity, Status
from cpor_portal.accounts.models import EnrolmentState, MpnLocation, PartnerRole, Programme, StaffRole, User
from cpor_portal.notifications.models import OutboxMail
from tests.claims.views.pages import attributes, queries_for, signed_in, text_of
from tests.support.factories import make_location, make_person, make_product, make_staff, make_workload
from tests.support.stories import Side, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Riley Reviewer")


@pytest.fixture
def other(side: Side) -> MpnLocation:
    return make_location(side.firm, *Programme, name="Debrecen")


@pytest.fixture
def claim(side: Side, reviewer: User) -> Claim:
    product = make_product()
    return make_under_review(reviewer, make_submitted(side, make_customer(product), product))


def _page(claim: Claim) -> str:
    return f"/claims/{claim.reference}/correct/"


def _back(claim: Claim) -> str:
    return f"/claims/{claim.reference}/correct/withdraw/"


def _desk(claim: Claim) -> str:
    return f"/review/{claim.reference}/correction/"


def _sent(other: MpnLocation, **more: Any) -> dict[str, Any]:
    return {"mpn_id": other.mpn_id, "activities": ["usage"], "reason": "Debrecen did it."} | more


@pytest.fixture
def asked(claim: Claim, side: Side, other: MpnLocation) -> Claim:
    return ask_correction(reference=claim.reference, by=side.person, mpn_id=other.mpn_id, reason="Debrecen <did> it.")


# --- The partner's ---------------------------------------------------------------------------------------------


def test_the_page_is_filled_in_with_what_the_claim_says(side: Side, claim: Claim, other: MpnLocation) -> None:
    page = signed_in(side.person).get(_page(claim))
    assert page.status_code == 200
    text = text_of(page)
    assert text.count('" checked') == 2
    assert other.mpn_id in text
    assert f'name="version" value="{claim.version}"' in text
    assert "Debrecen" in text


def test_a_claim_of_microsoft_365_is_asked_for_no_activity(side: Side, reviewer: User) -> None:
    workload = make_workload()
    claim = make_under_review(reviewer, make_submitted(side, make_customer(workload), workload))
    text = text_of(signed_in(side.person).get(_page(claim)))
    assert 'name="activities"' not in text
    assert 'name="seller_name"' not in text


def test_asking_leads_back_to_the_claim_which_shows_the_difference(
    side: Side, claim: Claim, other: MpnLocation
) -> None:
    client = signed_in(side.person)
    answer = client.post(_page(claim), _sent(other, version=claim.version))
    assert (answer.status_code, answer["Location"]) == (302, f"/claims/{claim.reference}/")
    page = client.get(answer["Location"])
    assert attributes(page, "data-correction") == ["asked"]
    assert attributes(page, "data-change") == ["location"]
    assert str(other) in text_of(page)
    assert _back(claim) in text_of(page)


def test_everything_typed_comes_back_with_what_is_wrong(side: Side, claim: Claim) -> None:
    sent = {
        "mpn_id": "123",
        "activities": ["presales", "revenue_association"],
        "reason": "",
        "isv_solution": "Fieldwork",
    }
    page = signed_in(side.person).post(_page(claim), sent)
    assert page.status_code == 422
    assert {"mpn_id_malformed", "revenue_association_stands_alone", "reason_required"} <= set(
        attributes(page, "data-code")
    )
    text = text_of(page)
    assert 'value="123"' in text
    assert 'value="Fieldwork"' in text
    assert not Correction.objects.exists()


def test_facts_of_a_revenue_association_that_are_missing_are_named(side: Side, claim: Claim) -> None:
    sent = {
        "activities": ["revenue_association"],
        "reason": "It was selection.",
        "seller_name": "",
        "isv_solution": "A",
    }
    page = signed_in(side.person).post(_page(claim), sent)
    assert page.status_code == 422
    assert "contact_required" in attributes(page, "data-code")
    assert "Dynamics solution seller" in text_of(page)


def test_an_unenrolled_location_says_what_is_missing_and_that_the_claim_stays(side: Side, claim: Claim) -> None:
    page = signed_in(side.person).post(_page(claim), _sent(make_location(side.firm)))
    assert page.status_code == 422
    assert "not_enrolled" in attributes(page, "data-code")
    assert "The claim stays as it is meanwhile" in text_of(page)
    assert "go on with the draft" not in text_of(page)


def test_while_one_waits_the_page_shows_it_and_how_to_take_it_back(side: Side, asked: Claim) -> None:
    page = signed_in(side.person).get(_page(asked))
    assert attributes(page, "data-correction") == ["asked"]
    assert 'name="reason"' not in text_of(page)


def test_a_colleague_who_was_second_gets_what_was_typed_back(side: Side, asked: Claim, other: MpnLocation) -> None:
    colleague = make_person(side.firm, PartnerRole.GLOBAL_ADMIN)
    page = signed_in(colleague).post(_page(asked), _sent(other, reason="A long explanation"))
    assert page.status_code == 409
    assert "A long explanation" in text_of(page)


def test_taking_it_back_frees_the_claim_for_another(side: Side, asked: Claim) -> None:
    client = signed_in(side.person)
    assert client.post(_back(asked), {"version": asked.version}).status_code == 302
    assert attributes(client.get(f"/claims/{asked.reference}/"), "data-correction") == ["withdrawn"]
    assert 'name="reason"' in text_of(client.get(_page(asked)))


def test_taking_back_what_was_answered_meanwhile_is_a_conflict_that_says_so(
    side: Side, asked: Claim, reviewer: User
) -> None:
    accept_correction(reference=asked.reference, by=reviewer, text="Thank you for telling us.")
    page = signed_in(side.person).post(_back(asked), {"version": asked.version})
    assert page.status_code == 409
    text = text_of(page)
    assert "accepted the correction" in text
    assert "Thank you for telling us." in text
    assert "Riley" not in text


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_ask_is_told_so(side: Side, claim: Claim, method: str) -> None:
    client = signed_in(make_person(side.firm, PartnerRole.INCENTIVES_USER))
    assert getattr(client, method)(_page(claim)).status_code == 403
    assert _page(claim) not in text_of(client.get(f"/claims/{claim.reference}/"))


def test_the_way_to_it_stands_on_the_claim_once_a_review_has_started(side: Side, claim: Claim, reviewer: User) -> None:
    client = signed_in(side.person)
    waiting = make_submitted(side)
    assert _page(waiting) not in text_of(client.get(f"/claims/{waiting.reference}/"))
    assert client.get(_page(waiting)).status_code == 409
    assert _page(claim) in text_of(client.get(f"/claims/{claim.reference}/"))
    approve(reference=claim.reference, by=reviewer)
    assert _page(claim) in text_of(client.get(f"/claims/{claim.reference}/"))


@time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False)
def test_in_the_list_stands_what_the_firm_owes_not_what_it_waits_for(asked: Claim, side: Side, reviewer: User) -> None:
    request_information(reference=asked.reference, by=reviewer, reasons=["proof_missing"], text="Please add it.")
    asked.deadlines.filter(kind="correction").update(due_at=datetime(2027, 3, 2, 12, tzinfo=UTC))
    listed = text_of(signed_in(side.person).get("/claims/"))
    assert 'datetime="2027-03-08' in listed
    assert 'datetime="2027-03-02' not in listed


# --- At the desk -------------------------------------------------------------------------------------------------


def test_the_workspace_shows_the_difference_and_whether_it_could_be_filed_so_today(
    asked: Claim, reviewer: User, other: MpnLocation
) -> None:
    client = signed_in(reviewer)
    text = text_of(client.get(f"/review/{asked.reference}/"))
    assert "Debrecen &lt;did&gt; it." in text
    assert "enrolled for the activity" in text
    other.enrolments.update(state=EnrolmentState.INACTIVE)
    page = client.get(f"/review/{asked.reference}/")
    assert "not_enrolled" in attributes(page, "data-code")


def test_a_workspace_without_corrections_speaks_of_none(claim: Claim, reviewer: User) -> None:
    assert 'id="correction"' not in text_of(signed_in(reviewer).get(f"/review/{claim.reference}/"))


def test_the_mail_is_shown_before_anything_happens(asked: Claim, reviewer: User, other: MpnLocation) -> None:
    client = signed_in(reviewer)
    sent = {"answer": "accept", "text": "Thank you.", "version": asked.version, "preview": "1"}
    page = client.post(_desk(asked), sent)
    assert page.status_code == 200
    assert "correction accepted" in text_of(page)
    assert not OutboxMail.objects.filter(kind="correction_accepted").exists()
    assert Claim.objects.get(pk=asked.pk).version == asked.version
    answer = client.post(_desk(asked), {"answer": "accept", "text": "Thank you.", "version": asked.version})
    assert (answer.status_code, answer["Location"]) == (302, f"/review/{asked.reference}/")
    assert Claim.objects.get(pk=asked.pk).location == other
    assert "Thank you." in OutboxMail.objects.get(kind="correction_accepted").text


def test_back_gives_the_form_with_what_was_typed(asked: Claim, reviewer: User) -> None:
    page = signed_in(reviewer).post(_desk(asked), {"answer": "refuse", "text": "Because of page 2.", "edit": "1"})
    assert page.status_code == 200
    assert "Because of page 2." in text_of(page)


@pytest.mark.parametrize(
    ("sent", "code"),
    [({"answer": "refuse"}, "text_required"), ({"answer": "perhaps", "text": "Hm."}, "invalid_choice")],
)
def test_what_is_refused_comes_back_in_the_workspace(
    asked: Claim, reviewer: User, sent: dict[str, str], code: str
) -> None:
    page = signed_in(reviewer).post(_desk(asked), sent | {"version": str(asked.version)})
    assert page.status_code == 422
    assert code in attributes(page, "data-code")
    assert sent.get("text", "") in text_of(page)


def test_a_refusal_reaches_the_partner_in_words(asked: Claim, reviewer: User, side: Side) -> None:
    assert signed_in(reviewer).post(_desk(asked), {"answer": "refuse", "text": "Budapest did it."}).status_code == 302
    page = signed_in(side.person).get(f"/claims/{asked.reference}/")
    assert attributes(page, "data-correction") == ["refused"]
    assert "Budapest did it." in text_of(page)
    assert "Riley" not in text_of(page)


def test_whoever_is_second_reads_what_the_first_wrote_beside_their_own_words(asked: Claim, reviewer: User) -> None:
    arbiter = signed_in(make_staff(StaffRole.ARBITER))
    signed_in(reviewer).post(_desk(asked), {"answer": "refuse", "text": "Budapest did it.", "version": asked.version})
    page = arbiter.post(_desk(asked), {"answer": "accept", "text": "Debrecen it is.", "version": asked.version})
    assert page.status_code == 409
    assert "Budapest did it." in text_of(page)
    assert "Debrecen it is." in text_of(page)


def test_a_reviewer_who_does_not_have_the_claim_gets_no_buttons_until_it_is_approved(
    asked: Claim, reviewer: User
) -> None:
    client = signed_in(make_staff())
    assert _desk(asked) not in text_of(client.get(f"/review/{asked.reference}/"))
    approve(reference=asked.reference, by=reviewer)
    assert Claim.objects.get(pk=asked.pk).status == Status.APPROVED
    assert _desk(asked) in text_of(client.get(f"/review/{asked.reference}/"))


def test_both_pages_ask_the_database_the_same_for_one_and_for_thirty_corrections(
    asked: Claim, side: Side, reviewer: User
) -> None:
    pages = [(side.person, f"/claims/{asked.reference}/"), (reviewer, f"/review/{asked.reference}/")]
    few = [queries_for(signed_in(person), path) for person, path in pages]
    over = Correction.objects.get()
    over.pk, over.state, over.decided_by, over.decided_at = None, "refused", reviewer, over.asked_at
    Correction.objects.bulk_create([over.__class__(**_columns(over)) for _one in range(29)])
    assert [queries_for(signed_in(person), path) for person, path in pages] == few


def _columns(row: Correction) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.name != "id"}


def test_the_activity_is_named_in_words_on_both_sides(claim: Claim, side: Side, reviewer: User) -> None:
    ask_correction(reference=claim.reference, by=side.person, activities=[Activity.PRESALES], reason="Advice only.")
    for person, path in ((side.person, f"/claims/{claim.reference}/"), (reviewer, f"/review/{claim.reference}/")):
        page = signed_in(person).get(path)
        assert attributes(page, "data-change") == ["activities"]
        assert "Presales" in text_of(page)
