"""Acts of the workspace and the queue that write to somebody: the exact mail first, then the act, and nothing lost."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils.html import escape

from arbitration.acts.assign import assign
from arbitration.models import Bar
from claims.models import Claim, Comment
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.notifications.models import OutboxMail
from tests.support.deciding import sent_again
from tests.support.factories import make_staff
from tests.support.stories import make_submitted, make_under_review

pytestmark = pytest.mark.django_db
WORDS = "Please look at <page 2>.\n\nIt names another customer."


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Robin Reviewer")


@pytest.fixture
def arbiter() -> User:
    return make_staff(StaffRole.ARBITER, name="Ada Arbiter")


@pytest.fixture
def claim(reviewer: User) -> Claim:
    return make_under_review(reviewer)


def post(client: Client, who: User, claim: Claim, act: str, data: dict[str, Any], place: str = "") -> Any:
    client.force_login(who)
    return client.post(f"/review/{claim.reference}/{act}/{place}", data)


def newest_mail() -> int:
    return OutboxMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def mails_since(start: int) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(pk__gt=start).order_by("pk"))


def shown_and_nothing_done(answer: Any, claim: Claim, start: int) -> str:
    """The page of the mails; it has sent none of them and changed nothing."""
    page: str = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing has been done or sent yet." in page
    assert mails_since(start) == []
    assert Claim.objects.get(pk=claim.pk).version == claim.version
    return page


def test_a_comment_to_the_partner_is_shown_as_its_mails_and_goes_out_as_shown(
    client: Client, arbiter: User, claim: Claim
) -> None:
    start, sent = newest_mail(), {"body": WORDS, "audience": "partner", "preview": "1"}
    page = shown_and_nothing_done(post(client, arbiter, claim, "comment", sent), claim, start)
    assert not Comment.objects.filter(author=arbiter).exists()
    assert sent_again(page) == {"body": [WORDS], "audience": ["partner"]}
    assert post(client, arbiter, claim, "comment", sent_again(page)).status_code == 302
    # Whoever has the claim reads another mail than the firm does: both are shown in full.
    assert {mail.kind for mail in mails_since(start)} == {"comment_posted", "comment_posted_review"}
    for mail in mails_since(start):
        assert escape(mail.text) in page
        assert mail.recipient in page
    assert page.count('<article class="letter">') == 2


def test_back_gives_the_comment_back_as_it_was_written(client: Client, reviewer: User, claim: Claim) -> None:
    place = f"?{urlencode({'in': 'mine=1', 'at': '12'})}"
    sent = {"body": WORDS, "audience": "partner"}
    page = post(client, reviewer, claim, "comment", {**sent, "preview": "1"}, place).content.decode()
    back = f'action="/review/{claim.reference}/comment/{place}#act-comment"'
    assert back in page.replace("&amp;", "&")
    answer = post(client, reviewer, claim, "comment", {**sent, "edit": "1"}, place)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert escape(WORDS) in page
    assert re.search(r'value="partner"[^>]* checked', page)
    assert not Comment.objects.filter(author=reviewer, body=WORDS).exists()


def test_an_internal_comment_is_written_at_once_where_nobody_gets_a_mail(
    client: Client, reviewer: User, arbiter: User, claim: Claim
) -> None:
    start, sent = newest_mail(), {"body": WORDS, "audience": "internal", "preview": "1"}
    assert post(client, reviewer, claim, "comment", sent).status_code == 302
    assert Comment.objects.filter(author=reviewer, body=WORDS).count() == 1
    assert mails_since(start) == []
    # On a colleague's claim it is a mail to them, so it is shown like every other.
    page = post(client, arbiter, claim, "comment", sent).content.decode()
    assert reviewer.email in page
    assert not Comment.objects.filter(author=arbiter).exists()


def test_what_is_refused_is_told_before_any_mail_is_read(client: Client, reviewer: User, claim: Claim) -> None:
    answer = post(client, reviewer, claim, "comment", {"body": " ", "audience": "partner", "preview": "1"})
    assert answer.status_code == 422
    assert 'data-code="comment_required"' in answer.content.decode()


def test_giving_a_claim_away_shows_both_people_their_mail(
    client: Client, reviewer: User, arbiter: User, claim: Claim
) -> None:
    after, start = make_staff(name="Sam Second"), newest_mail()
    sent = {"reviewer": after.email, "note": WORDS, "version": claim.version, "preview": "1"}
    page = shown_and_nothing_done(post(client, arbiter, claim, "assign", sent), claim, start)
    assert "Sam Second (0 open claims)" in page
    assert post(client, arbiter, claim, "assign", sent_again(page)).status_code == 302
    assert {mail.recipient for mail in mails_since(start)} == {after.email, reviewer.email}
    for mail in mails_since(start):
        assert escape(mail.text) in page


def test_what_was_confirmed_stays_confirmed_through_the_page_and_back(
    client: Client, arbiter: User, claim: Claim, settings: Any
) -> None:
    settings.REVIEWER_LOAD_LIMIT = 1
    after = make_staff()
    assign(reference=make_submitted().reference, by=arbiter, reviewer_email=after.email)
    sent = {"reviewer": after.email, "version": claim.version, "preview": "1"}
    assert post(client, arbiter, claim, "assign", sent).status_code == 422
    page = post(client, arbiter, claim, "assign", {**sent, "despite_load": "on"}).content.decode()
    again = sent_again(page)
    assert again["despite_load"] == ["on"]
    form = post(client, arbiter, claim, "assign", {**again, "edit": "1"}).content.decode()
    assert re.search(r'name="despite_load"[^>]* checked', form)
    assert post(client, arbiter, claim, "assign", again).status_code == 302
    assert Claim.objects.get(pk=claim.pk).reviewer == after


def test_handing_back_shows_a_mail_only_where_a_colleague_gets_one(
    client: Client, reviewer: User, arbiter: User, claim: Claim
) -> None:
    start, sent = newest_mail(), {"note": "Robin is ill.", "version": claim.version, "preview": "1"}
    page = shown_and_nothing_done(post(client, arbiter, claim, "hand-back", sent), claim, start)
    assert reviewer.email in page
    assert post(client, reviewer, claim, "hand-back", sent).status_code == 302
    assert mails_since(start) == []
    assert Claim.objects.get(pk=claim.pk).reviewer is None


def test_a_conflict_of_interest_writes_to_nobody_and_says_so(client: Client, reviewer: User, claim: Claim) -> None:
    client.force_login(reviewer)
    page = client.get(f"/review/{claim.reference}/").content.decode()
    form = page.partition(f'action="/review/{claim.reference}/conflict/"')[2].partition("</form>")[0]
    assert "It is done at once, and nobody is written to." in form
    assert 'name="preview"' not in form
    start = newest_mail()
    assert post(client, reviewer, claim, "conflict", {"reason": "My brother works there."}).status_code == 302
    assert Bar.objects.filter(person=reviewer, claim=claim).exists()
    assert mails_since(start) == []


def test_every_button_that_writes_to_somebody_asks_for_the_page_first(
    client: Client, arbiter: User, claim: Claim
) -> None:
    client.force_login(arbiter)
    page = client.get(f"/review/{claim.reference}/").content.decode()
    for act in ("comment", "assign", "hand-back"):
        form = page.partition(f'action="/review/{claim.reference}/{act}/"')[2].partition("</form>")[0]
        (button,) = re.findall(r"<button[^>]*>", form)
        assert 'name="preview"' in button
        assert "data-go-on" in button


def test_a_page_that_is_too_old_hands_back_what_was_typed(client: Client, arbiter: User, claim: Claim) -> None:
    sent = {"reviewer": make_staff().email, "note": WORDS, "version": claim.version - 1, "preview": "1"}
    answer = post(client, arbiter, claim, "assign", sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert escape(WORDS) in page
    assert "preview" not in page


# --- Many claims, from the queue -----------------------------------------------------------------------------------


def test_claims_that_are_given_away_together_show_every_mail_first(
    client: Client, reviewer: User, arbiter: User, claim: Claim
) -> None:
    client.force_login(arbiter)
    other, after, start = make_submitted(), make_staff(), newest_mail()
    place = {"in": "area=microsoft_365", "after": ""}
    given = {"claims": [claim.reference, other.reference], "reviewer": after.email, "note": WORDS, "assign": "1"}
    answer = client.post("/review/assign/", {**given, **place, "preview": "1"})
    page = shown_and_nothing_done(answer, claim, start)
    again = sent_again(page)
    assert again == {
        "claims": given["claims"],
        "reviewer": [after.email],
        "note": [WORDS],
        "in": ["area=microsoft_365"],
        "assign": ["1"],
    }
    answer = client.post("/review/assign/", again)
    assert answer["Location"] == "/review/?area=microsoft_365"
    assert {mail.recipient for mail in mails_since(start)} == {after.email, reviewer.email}
    for mail in mails_since(start):
        assert escape(mail.text) in page
        assert escape(mail.subject) in page


def test_back_to_the_queue_ticks_and_fills_in_again_what_was_chosen(
    client: Client, reviewer: User, arbiter: User, claim: Claim
) -> None:
    client.force_login(arbiter)
    sent = {"claims": [claim.reference], "reviewer": "", "note": WORDS.splitlines()[0], "back": "1"}
    page = client.post("/review/assign/", {**sent, "preview": "1"}).content.decode()
    assert reviewer.email in page
    assert sent_again(page)["back"] == ["1"]
    answer = client.post("/review/assign/", {**sent_again(page), "edit": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(rf'name="claims" value="{claim.reference}"[^>]* checked', page)
    assert escape(sent["note"]) in page
    assert Claim.objects.get(pk=claim.pk).reviewer == reviewer


def test_claims_that_nobody_is_told_of_are_given_at_once(client: Client, arbiter: User) -> None:
    client.force_login(arbiter)
    claim = make_submitted()
    sent = {"claims": [claim.reference], "reviewer": arbiter.email, "assign": "1", "preview": "1"}
    assert client.post("/review/assign/", sent).status_code == 302
    assert Claim.objects.get(pk=claim.pk).reviewer == arbiter
