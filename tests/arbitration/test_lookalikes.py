"""Hints that a proof was filed elsewhere too: who gets them, and who never does."""

from datetime import date
from itertools import combinations, count
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from arbitration import lookalikes
from arbitration.acts.ask import request_information
from arbitration.lookalikes import ALIKE_FROM, MOST_HINTS, Hint, hints
from claims.acts.submit import submit
from claims.models import Claim, Document, TextBand
from claims.proof.alike import bands_of, likeness, signature_of
from claims.proof.found import Facts
from claims.proof.words import ScanState
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.directory.models import Tenant
from cpor_portal.notifications.models import OutboxMail
from tests.proofs.facts import claim_of
from tests.proofs.papers import LETTERS, letter
from tests.support.factories import make_staff, make_subscription, make_tenant, make_workload
from tests.support.stories import PDF, Side, make_customer, make_draft, make_side, make_under_review

pytestmark = pytest.mark.django_db
_numbers = count()
FACTS = Facts(
    customer="",
    domains=(),
    tenant_id=UUID(int=1),
    partner="",
    products=(),
    submitted_on=date(2026, 11, 22),
    public_sector=False,
)
STORY = (
    "In spring our adviser sat beside the dispatchers and listened. We threw out two folders of macros and drew the"
    " routing anew with chalk on a board. Every branch then learnt to keep its own rota. When snow closed the pass the"
    " planners phoned from home and nothing broke. The apprentices wrote small guides with screenshots and jokes. Old"
    " tapes were thrown away in June. Nobody misses the fax machine, and the works council agreed to all of it."
)

ENGAGEMENT = " ".join(letter("engagement_letter").text.split())
ANOTHER_CUSTOMER = {
    "Contoso Ltd": "Wide World Importers Ltd",
    "CONTOSO LIMITED (“Contoso”": "WIDE WORLD IMPORTERS LIMITED (“WWI”",
    "Contoso Limited": "Wide World Importers Limited",
    "contoso": "wideworldimporters",
    "Jane Doe": "Ana Bowman",
    "Ms Doe": "Ms Bowman",
    "412": "96",
}
REWORDED = {
    "Thank you for choosing": "We are glad that you chose",
    "migrate": "move",
    "naming policy and guest access": "rules for names and guests",
    "train champions in each department": "coach people in each department",
    "in three instalments": "in two parts",
    "returning the enclosed copy": "sending back the second copy",
    "to our satisfaction": "as we wanted it",
    "non-exclusive licence": "simple right",
}


@pytest.fixture
def reviewer() -> User:
    return make_staff()


def filed(side: Side | None = None, tenant: Tenant | None = None, content: bytes = b"") -> Claim:
    """A submitted claim with one document of this content; of one that no other has, where none is given."""
    workload = make_workload()
    tenant = tenant or make_tenant()
    make_subscription(tenant, workload)
    own = content or PDF + b"%% %d\n" % next(_numbers)
    draft = make_draft(side or make_side(), tenant, [workload], proof=own)
    return submit(reference=draft.reference, by=draft.created_by)


def tell(claim: Claim, story: str) -> Claim:
    """Give the claim's document a text, signed as the job that reads documents signs it."""
    document = claim.documents.get()
    signature = signature_of([story], FACTS)
    assert signature is not None
    Document.objects.filter(pk=document.pk).update(text_signature=signature)
    TextBand.objects.bulk_create(
        TextBand(document=document, band=band, value=value) for band, value in enumerate(bands_of(signature))
    )
    return claim


def share_a_band(claim: Claim, other: Claim) -> None:
    """Give the claim's document a text that has one band in common with the other's, and nothing else."""
    document, band = claim.documents.get(), TextBand.objects.filter(document__claim=other).order_by("band").first()
    assert band is not None
    Document.objects.filter(pk=document.pk).update(text_signature=bytes(256))
    TextBand.objects.create(document=document, band=band.band, value=band.value)


def hinted(claim: Claim) -> list[Hint]:
    """What some reviewer is told about the claim."""
    return hints(claim, User.objects.filter(staff_role=StaffRole.REVIEWER).first() or make_staff())


def found(claim: Claim) -> list[tuple[str, bool]]:
    """Where the claim's proof was filed too, and whether it is the same file."""
    return [(hint.other_claim.reference, hint.is_same_file) for hint in hinted(claim)]


# --- Which -------------------------------------------------------------------------------------------------------


def test_the_same_file_for_another_customer_is_hinted_at_on_both_claims() -> None:
    side = make_side()
    one, other = filed(side, content=PDF), filed(side, content=PDF)
    assert found(one) == [(other.reference, True)]
    assert found(other) == [(one.reference, True)]
    hint = hinted(one)[0]
    assert (hint.document, hint.other_firm, hint.customer) == (
        one.documents.get(),
        side.firm.name,
        other.customer_display_name,
    )


def test_the_same_file_by_another_firm_for_the_same_customer_is_hinted_at() -> None:
    tenant = make_tenant()
    one, other = filed(tenant=tenant, content=PDF), filed(tenant=tenant, content=PDF)
    assert found(one) == [(other.reference, True)]


def test_a_firm_may_prove_several_claims_about_one_customer_with_one_file() -> None:
    side, tenant = make_side(), make_tenant()
    one = tell(filed(side, tenant, content=PDF), STORY)
    tell(filed(side, tenant, content=PDF), STORY)
    assert found(one) == []


def test_a_draft_is_no_claim_that_a_reviewer_may_know_of() -> None:
    one, workload = filed(content=PDF), make_workload()
    make_draft(make_side(), make_customer(workload), [workload], proof=PDF)
    assert found(one) == []


def test_nearly_the_same_text_is_hinted_at_with_its_likeness() -> None:
    one = tell(filed(), STORY)
    other = tell(filed(), STORY.replace("apprentices", "trainees"))
    stranger = tell(filed(), " ".join(reversed(STORY.split())))
    assert found(one) == [(other.reference, False)]
    assert 70 <= hinted(one)[0].percent < 100
    assert found(stranger) == []


def test_a_letter_of_which_four_turns_were_reworded_for_another_customer_is_always_found() -> None:
    """The corpus' engagement letter with every choice of four of these, the customer and its people changed."""
    contoso, importers = claim_of("contoso", ""), claim_of("importers", "")
    letter = signature_of([ENGAGEMENT], contoso)
    assert letter is not None
    for turns in combinations(REWORDED.items(), 4):
        text = ENGAGEMENT
        for turn, other in (*ANOTHER_CUSTOMER.items(), *turns):
            assert turn in text
            text = text.replace(turn, other)
        copy = signature_of([text], importers)
        assert copy is not None
        assert likeness(letter, copy) >= ALIKE_FROM
        assert set(enumerate(bands_of(letter))) & set(enumerate(bands_of(copy)))


def test_no_two_letters_of_the_corpus_that_differ_come_near_a_hint() -> None:
    contoso = claim_of("contoso", "")
    texts = (letter(path.stem).text for path in sorted(LETTERS.glob("*.txt")))
    signed = [signature for text in texts if (signature := signature_of([text], contoso))]
    assert len(signed) > 40
    assert max(likeness(one, other) for one, other in combinations(signed, 2)) < ALIKE_FROM / 2


def test_both_decisions_name_the_likeness_that_is_used() -> None:
    decisions = Path(settings.BASE_DIR) / "docs" / "decisions"
    assert f"**from {ALIKE_FROM}** on" in (decisions / "alike-texts.md").read_text(encoding="utf-8")
    assert "the likeness of alike-texts.md" in (decisions / "hints-of-alike-proof.md").read_text(encoding="utf-8")


def test_of_many_candidates_those_that_share_most_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookalikes, "MOST_COMPARED", 1)
    one, true_copy = tell(filed(), STORY), tell(filed(), STORY)
    for _claim in range(3):
        share_a_band(filed(), one)
    assert found(one) == [(true_copy.reference, False)]


def test_other_files_with_other_texts_are_nothing_to_tell() -> None:
    one = filed()
    filed()
    assert found(one) == []


def test_a_file_that_is_the_same_is_told_once_and_before_what_is_alike() -> None:
    one = tell(filed(content=PDF), STORY)
    alike, same = tell(filed(), STORY), tell(filed(content=PDF), STORY)
    assert found(one) == [(same.reference, True), (alike.reference, False)]


@pytest.mark.parametrize("state", [ScanState.WAITING, ScanState.INFECTED])
def test_a_document_that_reviewers_may_not_see_is_neither_named_nor_led_to(
    client: Client, reviewer: User, state: ScanState
) -> None:
    closed, other = tell(filed(content=PDF), STORY), tell(filed(content=PDF), STORY)
    closed.documents.update(scan_state=state, name="closed.pdf")
    client.force_login(reviewer)
    for place in ("", "proof/"):
        page = client.get(f"/review/{closed.reference}/{place}").content.decode()
        assert "closed.pdf" not in page
        assert other.reference not in page
        assert closed.reference not in client.get(f"/review/{other.reference}/{place}").content.decode()
    closed.documents.update(scan_state=ScanState.CLEAN)
    assert (found(closed), found(other)) == ([(other.reference, True)], [(closed.reference, True)])


def test_hints_are_capped_and_cost_the_same_whatever_there_is(reviewer: User) -> None:
    one = tell(filed(content=PDF), STORY)
    tell(filed(content=PDF), STORY)
    with CaptureQueriesContext(connection) as few:
        assert len(hints(one, reviewer)) == 1
    for _claim in range(MOST_HINTS + 2):
        tell(filed(content=PDF), STORY)
    with CaptureQueriesContext(connection) as many:
        assert len(hints(one, reviewer)) == MOST_HINTS
    assert len(few) == len(many) == 6


# --- Who ---------------------------------------------------------------------------------------------------------


def test_reviewers_read_the_hint_in_the_workspace_and_beside_the_pages(client: Client, reviewer: User) -> None:
    one, other = filed(content=PDF), filed(content=PDF)
    client.force_login(reviewer)
    for place in ("", "proof/"):
        page = client.get(f"/review/{one.reference}/{place}").content.decode()
        assert 'data-hint="same"' in page
        assert f'href="/review/{other.reference}/proof/"' in page
        assert other.firm.name in page
        assert other.customer_display_name in page


def test_no_partner_ever_reads_of_it(client: Client, reviewer: User) -> None:
    one, other = filed(content=PDF), filed(content=PDF)
    make_under_review(reviewer, one)
    request_information(reference=one.reference, by=reviewer, reasons=["proof_missing"], text="Please add a page.")
    assert one.submitted_by is not None
    client.force_login(one.submitted_by)
    for place in ("", "history/", "proof/", "resubmit/", "edit/proof/"):
        answer = client.get(f"/claims/{one.reference}/{place}")
        assert answer.status_code == 200, place
        page = answer.content.decode()
        for secret in (other.reference, other.firm.name, other.customer_display_name, "data-hint"):
            assert secret not in page, (place, secret)
    told = [mail.text + mail.html for mail in OutboxMail.objects.filter(recipient=one.submitted_by.email)]
    assert told
    assert not [text for text in told if other.reference in text or other.firm.name in text]
