"""The one form that decides: the mail before it goes, the act, and that nothing chosen or typed is lost."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from arbitration.acts.approve import approve
from arbitration.models import Bar
from arbitration.verdicts import Verdict
from claims.models import Association, Claim
from claims.words import Outcome, Status
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.directory.models import Subscription, SubscriptionStatus
from cpor_portal.notifications.models import OutboxMail
from tests.support.cells import key, lines_of, make_filed
from tests.support.deciding import decide, sent_again, verdicts
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def reviewer() -> User:
    return make_staff()


@pytest.fixture
def desk(client: Client, reviewer: User) -> Client:
    """The reviewer's browser."""
    client.force_login(reviewer)
    return client


def outcomes(claim: Claim) -> list[str]:
    return [line.outcome for line in lines_of(claim)]


def mails_about(claim: Claim, start: int) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(claim_reference=claim.reference, pk__gt=start).order_by("pk"))


def last_mail() -> int:
    newest = OutboxMail.objects.order_by("-pk").first()
    return newest.pk if newest else 0


# --- The page of the mails -----------------------------------------------------------------------------------------


def test_the_exact_mail_is_shown_first_and_nothing_happens(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    before = (last_mail(), claim.events.count(), claim.deadlines.count())
    answer = decide(desk, claim, verdicts((lines_of(claim)[0], "approve")))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing has been decided or sent yet." in page
    assert (last_mail(), claim.events.count(), claim.deadlines.count()) == before
    assert Claim.objects.get(pk=claim.pk).status == Status.UNDER_REVIEW
    assert not Association.objects.exists()
    # What was shown is what goes out, to whom it was said.
    assert decide(desk, claim, sent_again(page)).status_code == 302
    (mail,) = mails_about(claim, before[0])
    assert escape(mail.text) in page
    assert escape(mail.subject) in page
    assert mail.recipient in page


def test_the_page_tells_what_happens_next_and_by_when(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    sent = verdicts((lines_of(claim)[0], "ask")) | {"ask_reasons": ["proof_missing"]}
    page = decide(desk, claim, sent).content.decode()
    assert 'data-status="partner_action_required"' in page
    assert "The partner must answer" in page
    told = page.partition("By when")[2].partition("</dd>")[0]
    assert decide(desk, claim, sent_again(page)).status_code == 302
    due_at = Claim.objects.get(pk=claim.pk).due_at
    assert due_at is not None
    local = due_at.astimezone(ZoneInfo(claim.firm.time_zone))
    assert f'datetime="{local.isoformat(timespec="minutes")}"' in told


def test_a_product_of_which_nothing_is_said_is_pointed_out_before_it_goes(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    both = verdicts((first, "ask"), (second, "ask")) | {"cells": [key(first, "dated")]}
    page = decide(desk, claim, both).content.decode()
    assert f"Nothing is said of: {second.product.name}." in page
    # A reason without a cell speaks of both.
    assert "data-unsaid" not in decide(desk, claim, both | {"ask_reasons": ["proof_missing"]}).content.decode()


def test_some_are_approved_one_is_asked_one_rejected_and_one_removed_in_one_act(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(5))
    first, second, third, fourth, _fifth = lines_of(claim)
    start = last_mail()
    sent = verdicts((first, "approve"), (second, "ask"), (third, "reject"), (fourth, "remove")) | {
        "cells": [key(second, "dated")],
        "ask_text_dates_missing_or_old": "Please add the date.",
        "reject_reasons": ["facts_do_not_verify"],
        "reject_text_facts_do_not_verify": "The tenant is gone.",
        "remove_text": "You asked us to take it out.",
    }
    page = decide(desk, claim, sent).content.decode()
    for code in ("approve", "ask", "reject", "remove", ""):
        assert f'data-part="{code}"' in page
    assert decide(desk, claim, sent_again(page)).status_code == 302
    assert outcomes(claim) == [
        Outcome.ASSOCIATED,
        Outcome.ASKED,
        Outcome.REJECTED,
        Outcome.REMOVED,
        Outcome.PENDING,
    ]
    assert Claim.objects.get(pk=claim.pk).status == Status.PARTNER_ACTION_REQUIRED
    (mail,) = mails_about(claim, start)
    assert escape(mail.text) in page
    for said in ("Please add the date.", "The tenant is gone.", "You asked us to take it out."):
        assert said in mail.text


def test_a_text_for_each_reason_goes_out_in_the_order_of_the_reasons(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    sent = verdicts((claim.lines.get(), "reject")) | {
        "reject_reasons": ["partner_request", "proof_missing"],
        "reject_text_partner_request": "Second.",
        "reject_text_proof_missing": "First.\r\nIn two lines.",
        "reject_text": "Third.",
        "reject_text_dates_missing_or_old": "Not among the reasons.",
        "confirmed": "1",
    }
    assert decide(desk, claim, sent).status_code == 302
    said = claim.comments.get()
    assert said.reasons == ["proof_missing", "partner_request"]
    assert said.body == "First.\nIn two lines.\n\nSecond.\n\nThird."


def test_everything_that_was_sent_comes_back_to_be_changed(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    sent = verdicts((first, "ask"), (second, "approve")) | {
        "cells": [key(first, "named")],
        "ask_text_product_missing": "My <own> words.",
        "ask_text": "And more.",
    }
    page = decide(desk, claim, sent).content.decode()
    again = decide(desk, claim, sent_again(page) | {"edit": "1"})
    assert again.status_code == 200
    form = again.context["refused"]
    assert (form.lines_with("ask"), form.lines_with("approve")) == ([first.pk], [second.pk])
    assert form["ask_reasons"].value() == ["product_missing"]
    shown = again.content.decode()
    assert "My &lt;own&gt; words.</textarea>" in shown
    assert "And more.</textarea>" in shown
    assert f'value="{key(first, "named")}" data-reason="product_missing" checked' in shown
    assert "error-summary" not in shown


def test_each_reads_the_mail_in_their_own_language(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    User.objects.filter(pk=claim.submitted_by_id).update(language="hu")
    sent = verdicts((lines_of(claim)[0], "ask")) | {"ask_reasons": ["product_missing"]}
    page = decide(desk, claim, sent).content.decode()
    assert "Hungarian" in page
    assert "az igazolás nem nevezi meg" in page


# --- Refusals: 422, with everything that was sent ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "more", "code", "target"),
    [
        ("", {"ask_text": "Kept text."}, "no_lines", None),
        ("ask", {"ask_text": "Kept text."}, "reasons_required", "decide_ask_reasons_0"),
        ("reject", {"reject_text": "Kept text."}, "reasons_required", "decide_reject_reasons_0"),
        ("reject", {"reject_reasons": ["no_partner_response"], "reject_text": "Kept text."}, "reasons_required", None),
        ("remove", {"ask_text": "Kept text."}, "text_required", "decide_remove_text"),
        ("ask", {"ask_text": "Kept text.", "cells": ["1:named"]}, "cell_unknown", "decide_cells_0"),
        ("ask", {"ask_text": "Kept text." + "x" * 10_000, "ask_reasons": ["proof_missing"]}, "text_too_long", None),
        ("verify", {"ask_text": "Kept text."}, "verdict_unknown", None),
    ],
)
def test_what_does_not_hold_is_said_at_its_place_and_everything_is_kept(
    desk: Client, reviewer: User, verdict: str, more: dict[str, Any], code: str, target: str | None
) -> None:
    claim = make_under_review(reviewer)
    answer = decide(desk, claim, verdicts((claim.lines.get(), verdict)) | more)
    page = answer.content.decode()
    assert answer.status_code == 422
    summary = page.partition("error-summary")[2].partition("</ul>")[0]
    assert f'data-code="{code}"' in summary
    assert "Kept text." in page
    if target:
        assert f'href="#{target}"' in summary
        assert f'id="{target}"' in page
    assert Claim.objects.get(pk=claim.pk).status == Status.UNDER_REVIEW


def test_a_request_without_words_is_refused_when_it_is_sent(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    sent = verdicts((claim.lines.get(), "ask")) | {"ask_reasons": ["proof_missing"], "confirmed": "1"}
    answer = decide(desk, claim, sent)
    assert answer.status_code == 422
    assert 'data-code="text_required"' in answer.content.decode()


def test_a_contested_product_can_be_asked_about_and_not_approved(desk: Client, reviewer: User) -> None:
    workload, free = make_workload(), make_workload()
    tenant = make_customer(workload, free)
    make_submitted(make_side(), tenant, workload)
    claim = make_under_review(reviewer, make_submitted(make_side(), tenant, workload, free))
    contested, other = (claim.lines.get(product=product) for product in (workload, free))
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert f'name="decision_{contested.pk}" value="approve" disabled' in page
    answer = decide(desk, claim, verdicts((contested, "approve"), (other, "approve")))
    assert answer.status_code == 422
    assert 'data-code="contested"' in answer.content.decode()
    both = verdicts((contested, "ask"), (other, "approve")) | {"ask_reasons": ["partner_request"]}
    assert decide(desk, claim, both).status_code == 200


def test_an_approval_against_the_facts_asks_for_a_word_before_any_mail_is_shown(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    Subscription.objects.filter(tenant__tenant_id=claim.tenant_id).update(status=SubscriptionStatus.SUSPENDED)
    sent = verdicts((claim.lines.get(), "approve"))
    refused = decide(desk, claim, sent)
    assert refused.status_code == 422
    assert 'data-code="facts_do_not_verify"' in refused.content.decode()
    page = decide(desk, claim, sent | {"despite_facts": "on"})
    assert page.status_code == 200
    assert sent_again(page.content.decode())["despite_facts"] == ["on"]


# --- Who was first, and who may ------------------------------------------------------------------------------------


def test_whoever_comes_second_is_handed_back_what_they_had_chosen_and_written(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    line = claim.lines.get()
    approve(reference=claim.reference, by=make_staff(StaffRole.ARBITER, name="Ari Arbiter"))
    sent = verdicts((line, "reject")) | {
        "reject_reasons": ["proof_missing"],
        "reject_text_proof_missing": "Mine & only.",
    }
    for more in ({}, {"confirmed": "1"}):
        answer = decide(desk, claim, sent | more)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Ari Arbiter" in page
        assert "Mine &amp; only." in page
        assert line.product.name in page.partition("What you had typed")[2]


def test_a_product_that_another_page_has_decided_is_a_conflict(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    approve(reference=claim.reference, by=reviewer, line_ids=[first.pk])
    now = Claim.objects.get(pk=claim.pk)
    answer = decide(desk, now, verdicts((first, "approve"), (second, "approve")))
    assert answer.status_code == 409
    assert outcomes(claim)[1] == Outcome.PENDING


def test_a_colleague_decides_and_drafts_nothing(desk: Client) -> None:
    claim = make_under_review(make_staff(name="Robin Reviewer"), make_filed(1))
    line = lines_of(claim)[0]
    for more in ({}, {"confirmed": "1"}, {"draft": "1"}):
        sent = verdicts((line, "ask")) | {"ask_reasons": ["proof_missing"], "ask_text": "Mine."} | more
        answer = decide(desk, claim, sent)
        assert answer.status_code == 409
        assert "Robin Reviewer" in answer.content.decode()
    assert outcomes(claim) == [Outcome.PENDING]


def test_whoever_has_a_conflict_of_interest_is_offered_no_form_and_keeps_the_text(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    Bar.objects.create(person=reviewer, firm=claim.firm, reason="My former employer.", declared_by=reviewer)
    assert desk.get(f"/review/{claim.reference}/").context["work"].decision is None
    sent = verdicts((claim.lines.get(), "reject")) | {"reject_reasons": ["proof_missing"], "reject_text": "Mine."}
    for more in ({}, {"confirmed": "1"}, {"draft": "1"}):
        answer = decide(desk, claim, sent | more)
        assert answer.status_code == 403
        assert "Mine." in answer.content.decode()
    assert outcomes(claim) == [Outcome.PENDING]


def test_for_partners_and_portal_admins_there_is_nothing_to_decide(client: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    assert claim.submitted_by is not None
    for person in (claim.submitted_by, make_side().person, make_staff(StaffRole.PORTAL_ADMIN)):
        client.force_login(person)
        assert decide(client, claim, verdicts((claim.lines.get(), "approve"))).status_code == 404
        assert client.get(f"/review/{claim.reference}/decide/").status_code in (404, 405)


# --- Where to ------------------------------------------------------------------------------------------------------


def test_the_next_claim_is_taken_with_the_decision(desk: Client, reviewer: User) -> None:
    claim, waiting = make_under_review(reviewer), make_submitted()
    sent = verdicts((claim.lines.get(), "approve")) | {"confirmed": "1", "then": "next"}
    assert decide(desk, claim, sent)["Location"] == f"/review/{waiting.reference}/"
    waiting.refresh_from_db()
    assert waiting.reviewer == reviewer
    last = verdicts((waiting.lines.get(), "approve")) | {"confirmed": "1", "then": "next"}
    assert decide(desk, waiting, last)["Location"] == "/review/"


def test_whoever_stays_comes_back_to_the_place_in_the_queue(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    place = "?in=status%3Dall&at=20261201T075959.000000-1"
    sent = verdicts((claim.lines.get(), "approve"))
    page = decide(desk, claim, sent, place).content.decode()
    assert f'action="/review/{claim.reference}/decide/{escape(place)}"' in page
    assert page.index('value="following"') < page.index('value="next"') < page.index('value="stay"')
    answer = decide(desk, claim, sent | {"confirmed": "1", "then": "stay"}, place)
    assert answer["Location"] == f"/review/{claim.reference}/{place}"


def test_after_the_last_claim_of_the_filters_one_comes_back_to_the_queue(desk: Client, reviewer: User) -> None:
    claim = make_under_review(reviewer)
    sent = verdicts((claim.lines.get(), "approve")) | {"confirmed": "1", "then": "following"}
    answer = decide(desk, claim, sent, "?in=mine%3D1&at=29991201T075959.000000-1")
    assert answer["Location"] == "/review/?mine=1"


# --- Many products -------------------------------------------------------------------------------------------------


def test_the_page_of_the_mails_costs_fifteen_products_no_more_queries_than_one(desk: Client, reviewer: User) -> None:
    counts = []
    for count in (1, 15):
        claim = make_under_review(reviewer, make_filed(count))
        sent = verdicts(*((line, str(Verdict.ASK)) for line in lines_of(claim))) | {"ask_reasons": ["proof_missing"]}
        decide(desk, claim, sent)
        with CaptureQueriesContext(connection) as queries:
            assert decide(desk, claim, sent).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
