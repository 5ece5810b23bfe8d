"""The pages of two acts: answering an information request, and withdrawing."""

import pytest

from arbitration.acts.start import start_review
from claims.acts.editing import save_contacts
from claims.acts.resubmit import resubmit
from claims.models import Claim
from claims.words import Outcome, Reason, Status
from cpor_portal.accounts.models import EnrolmentState, PartnerRole, User
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.source import DirectoryUnreachable
from tests.claims.views.pages import attributes, signed_in, text_of
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import Side, make_asked, make_customer, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Riley Reviewer")


@pytest.fixture
def asked(side: Side, reviewer: User) -> Claim:
    return make_asked(reviewer, make_submitted(side))


def _resubmit(claim: Claim) -> str:
    return f"/claims/{claim.reference}/resubmit/"


def _withdraw(claim: Claim) -> str:
    return f"/claims/{claim.reference}/withdraw/"


def _three_lines(side: Side) -> Claim:
    workloads = [make_workload() for _n in range(3)]
    return make_submitted(side, make_customer(*workloads), *workloads)


# --- Answering ---------------------------------------------------------------------------------------------


def test_the_page_sums_up_what_was_asked_and_that_every_step_holds(side: Side, asked: Claim) -> None:
    page = signed_in(side.person).get(_resubmit(asked))
    assert page.status_code == 200
    assert attributes(page, "data-code") == [Reason.DATES_MISSING_OR_OLD]
    assert "Please add the date." in text_of(page)
    assert "Every step of the claim holds" in text_of(page)
    assert f'name="version" value="{asked.version}"' in text_of(page)


def test_the_answer_goes_back_to_the_reviewers_with_its_comment(side: Side, asked: Claim) -> None:
    response = signed_in(side.person).post(_resubmit(asked), {"body": "It is on page 2.", "version": asked.version})
    assert (response.status_code, response["Location"]) == (302, f"/claims/{asked.reference}/")
    claim = Claim.objects.get(pk=asked.pk)
    assert (claim.status, claim.round) == (Status.SUBMITTED, 2)
    assert claim.comments.order_by("-pk")[0].body == "It is on page 2."


def test_an_answer_without_words_and_version_is_an_answer(side: Side, asked: Claim) -> None:
    assert signed_in(side.person).post(_resubmit(asked)).status_code == 302
    assert Claim.objects.get(pk=asked.pk).status == Status.SUBMITTED


def test_steps_that_no_longer_hold_are_listed_with_their_codes_and_keep_the_answer_back(
    side: Side, asked: Claim
) -> None:
    side.location.enrolments.update(state=EnrolmentState.INACTIVE)
    client = signed_in(side.person)
    page = client.get(_resubmit(asked))
    assert "not_enrolled" in attributes(page, "data-code")
    assert f'href="/claims/{asked.reference}/edit/mpn/"' in text_of(page)
    response = client.post(_resubmit(asked), {"body": "My words"})
    assert response.status_code == 422
    assert "not_enrolled" in attributes(response, "data-code")
    assert "My words" in text_of(response)
    assert Claim.objects.get(pk=asked.pk).status == Status.PARTNER_ACTION_REQUIRED


def test_a_silent_directory_is_not_blamed_on_the_partner(
    side: Side, asked: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_arguments: object) -> None:
        raise DirectoryUnreachable

    monkeypatch.setattr(LocalDirectory, "find_tenant", silent)
    client = signed_in(side.person)
    assert "directory_unreachable" in attributes(client.get(_resubmit(asked)), "data-code")
    response = client.post(_resubmit(asked), {"body": "My words"})
    assert response.status_code == 422
    assert "My words" in text_of(response)


def test_an_endless_answer_is_refused_at_its_field(side: Side, asked: Claim) -> None:
    response = signed_in(side.person).post(_resubmit(asked), {"body": "x" * 10_001})
    assert response.status_code == 422
    assert "comment_too_long" in attributes(response, "data-code")
    assert Claim.objects.get(pk=asked.pk).status == Status.PARTNER_ACTION_REQUIRED


def test_a_stale_page_gets_the_conflict_page_with_what_was_typed(side: Side, asked: Claim) -> None:
    stale = asked.version
    save_contacts(reference=asked.reference, by=side.person, values={"customer_title": "CIO"})
    response = signed_in(side.person).post(_resubmit(asked), {"body": "My long answer", "version": stale})
    assert response.status_code == 409
    assert "My long answer" in text_of(response)
    assert f'href="/claims/{asked.reference}/"' in text_of(response)


def test_whoever_comes_second_is_told_who_was_first(side: Side, asked: Claim, reviewer: User) -> None:
    colleague = make_person(side.firm, name="Casey Colleague")
    resubmit(reference=asked.reference, by=colleague)
    client = signed_in(side.person)
    for response in (client.get(_resubmit(asked)), client.post(_resubmit(asked), {"body": "Mine"})):
        assert response.status_code == 409
        assert "Casey Colleague" in text_of(response)
    start_review(reference=asked.reference, by=reviewer)
    page = text_of(client.get(_resubmit(asked)))
    assert "Microsoft started the review" in page
    assert "Riley" not in page


@pytest.mark.parametrize("path", [_resubmit, _withdraw])
def test_an_incentives_user_may_neither_answer_nor_withdraw(side: Side, asked: Claim, path: object) -> None:
    client = signed_in(make_person(side.firm, PartnerRole.INCENTIVES_USER))
    address = path(asked)  # type: ignore[operator]
    assert client.get(address).status_code == 403
    response = client.post(address, {"body": "My words", "reason": "My words"})
    assert response.status_code == 403
    assert "My words" in text_of(response)
    assert Claim.objects.get(pk=asked.pk).status == Status.PARTNER_ACTION_REQUIRED


@pytest.mark.parametrize("path", [_resubmit, _withdraw])
def test_a_reviewer_may_do_neither(asked: Claim, reviewer: User, path: object) -> None:
    address = path(asked)  # type: ignore[operator]
    assert signed_in(reviewer).get(address).status_code == 403
    assert signed_in(reviewer).post(address).status_code == 403


# --- Withdrawing -------------------------------------------------------------------------------------------


def test_without_lines_everything_undecided_is_withdrawn(side: Side) -> None:
    claim = _three_lines(side)
    response = signed_in(side.person).post(_withdraw(claim), {"reason": "The project was stopped."})
    assert (response.status_code, response["Location"]) == (302, f"/claims/{claim.reference}/")
    assert Claim.objects.get(pk=claim.pk).status == Status.WITHDRAWN
    assert claim.comments.get().body == "The project was stopped."


def test_the_named_lines_alone_are_withdrawn(side: Side) -> None:
    claim = _three_lines(side)
    first, second, third = claim.lines.all()
    signed_in(side.person).post(_withdraw(claim), {"lines": [first.pk, third.pk], "version": claim.version})
    outcomes = [line.outcome for line in claim.lines.all()]
    assert outcomes == [Outcome.WITHDRAWN, Outcome.PENDING, Outcome.WITHDRAWN]
    assert Claim.objects.get(pk=claim.pk).status == Status.SUBMITTED
    assert second.is_undecided


def test_the_page_offers_a_choice_only_where_there_is_one(side: Side) -> None:
    several, single = _three_lines(side), make_submitted(side)
    client = signed_in(side.person)
    page = client.get(_withdraw(several))
    for line in several.lines.all():
        assert f'name="lines" value="{line.pk}"' in text_of(page).replace('" class="form-check-input"', '"') or (
            str(line.pk) in attributes(page, "value")
        )
    assert 'name="lines"' not in text_of(client.get(_withdraw(single)))


@pytest.mark.parametrize(
    ("scope", "ticks", "code"), [("some", False, "lines_required"), ("all", True, "scope_ambiguous")]
)
def test_a_choice_that_could_be_meant_otherwise_is_asked_back(side: Side, scope: str, ticks: bool, code: str) -> None:
    claim = _three_lines(side)
    data = {"scope": scope, "reason": "My words", "lines": [claim.lines.all()[0].pk] if ticks else []}
    response = signed_in(side.person).post(_withdraw(claim), data)
    assert response.status_code == 422
    assert code in attributes(response, "data-code")
    assert "My words" in text_of(response)
    assert Claim.objects.get(pk=claim.pk).status == Status.SUBMITTED


def test_the_whole_claim_can_be_chosen_by_name(side: Side) -> None:
    claim = _three_lines(side)
    assert signed_in(side.person).post(_withdraw(claim), {"scope": "all"}).status_code == 302
    assert Claim.objects.get(pk=claim.pk).status == Status.WITHDRAWN


def test_a_line_that_was_decided_meanwhile_or_is_anothers_is_a_conflict(side: Side) -> None:
    claim, other = _three_lines(side), make_submitted()
    gone = claim.lines.all()[0]
    client = signed_in(side.person)
    client.post(_withdraw(claim), {"lines": [gone.pk]})
    for line in (gone.pk, other.lines.get().pk, 10**15):
        response = client.post(_withdraw(claim), {"lines": [line], "reason": "My words"})
        assert response.status_code == 409
        assert "My words" in text_of(response)
    assert client.post(_withdraw(claim), {"lines": ["nonsense"]}).status_code == 422
    assert other.lines.get().outcome == Outcome.PENDING


def test_a_claim_that_moved_on_since_the_page_was_opened_is_not_withdrawn(side: Side, reviewer: User) -> None:
    claim = make_submitted(side)
    make_under_review(reviewer, claim)
    response = signed_in(side.person).post(_withdraw(claim), {"version": claim.version, "reason": "My words"})
    assert response.status_code == 409
    assert "My words" in text_of(response)
    assert "Riley" not in text_of(response)
    assert Claim.objects.get(pk=claim.pk).status == Status.UNDER_REVIEW


def test_a_closed_claim_has_nothing_to_withdraw(side: Side) -> None:
    claim = make_submitted(side)
    client = signed_in(side.person)
    client.post(_withdraw(claim))
    assert client.get(_withdraw(claim)).status_code == 409
    assert client.post(_withdraw(claim)).status_code == 409


def test_the_page_of_an_act_changes_nothing(side: Side, asked: Claim) -> None:
    before = Claim.objects.values().get(pk=asked.pk)
    for path in (_resubmit(asked), _withdraw(asked)):
        signed_in(side.person).get(path)
    assert Claim.objects.values().get(pk=asked.pk) == before
