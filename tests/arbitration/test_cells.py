"""Ticking cells of the proof matrix, and asking or rejecting with them."""

from typing import Any

import pytest

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.check import check_cells
from arbitration.acts.reject import reject
from arbitration.cells import ticks_of
from arbitration.models import CellCheck
from claims.history import sentence
from claims.proof.matrix import matrix_of
from claims.proof.words import CellVerdict, ScanState
from claims.words import Outcome, Reason
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Conflict, NotAllowed, Refused
from cpor_portal.notifications.models import OutboxMail
from cpor_portal.review_site import review_day
from tests.support.cells import key, lines_of, make_filed, ticks, verdicts
from tests.support.factories import make_staff
from tests.support.stories import make_asked, make_under_review

pytestmark = pytest.mark.django_db
TEXT = "Please add a page that shows it."


@pytest.fixture
def reviewer() -> User:
    return make_staff()


# --- Ticking -----------------------------------------------------------------------------------------------------


def test_ticks_are_working_notes_that_move_nothing(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    before = (claim.version, claim.events.count(), OutboxMail.objects.count())
    check_cells(
        reference=claim.reference,
        by=reviewer,
        held=[key(first, "named")],
        missing=[key(second, "dated")],
        version=claim.version,
    )
    claim.refresh_from_db()
    assert ticks(claim) == {key(first, "named"): True, key(second, "dated"): False}
    assert (claim.version, claim.events.count(), OutboxMail.objects.count()) == before
    assert verdicts(claim) == {}


def test_what_is_not_sent_again_is_cleared_and_what_stays_keeps_its_author(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    kept, gone, turned = key(first, "named"), key(first, "tied"), key(second, "dated")
    check_cells(reference=claim.reference, by=reviewer, held=[kept, gone], missing=[turned])
    arbiter = make_staff(StaffRole.ARBITER)
    check_cells(reference=claim.reference, by=arbiter, held=[kept, turned])
    assert ticks(claim) == {kept: True, turned: True}
    assert {check.column: check.by for check in CellCheck.objects.all()} == {"named": reviewer, "dated": arbiter}


@pytest.mark.parametrize("wrong", ["{line}:signed", "999999:dated", "dated", "", "{line}:dated:x"])
def test_a_key_that_is_no_cell_is_refused(reviewer: User, wrong: str) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    name = wrong.format(line=lines_of(claim)[0].pk)
    with pytest.raises(Refused) as refused:
        check_cells(reference=claim.reference, by=reviewer, missing=[name])
    assert refused.value.code == "cell_unknown"
    assert ticks(claim) == {}


def test_a_cell_of_a_decided_product_can_no_longer_be_ticked(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, _second = lines_of(claim)
    approve(reference=claim.reference, by=reviewer, line_ids=[first.pk])
    with pytest.raises(Refused) as refused:
        check_cells(reference=claim.reference, by=reviewer, held=[key(first, "named")])
    assert refused.value.code == "cell_unknown"


def test_a_cell_cannot_hold_and_be_missing(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    cell = key(lines_of(claim)[0], "named")
    with pytest.raises(Refused) as refused:
        check_cells(reference=claim.reference, by=reviewer, held=[cell], missing=[cell])
    assert refused.value.code == "cell_ticked_twice"


def test_what_waits_for_its_virus_scan_is_missing_or_nothing_but_never_holds(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    named, dated = (key(lines_of(claim)[0], column) for column in ("named", "dated"))
    check_cells(reference=claim.reference, by=reviewer, held=[named])
    claim.documents.update(scan_state=ScanState.WAITING)
    with pytest.raises(Refused) as refused:
        check_cells(reference=claim.reference, by=reviewer, held=[dated], missing=[named])
    assert (refused.value.code, refused.value.facts) == ("cell_hidden", {"cells": [dated]})
    assert ticks_of(claim, matrix_of(claim, reviewer)).held == frozenset()
    check_cells(reference=claim.reference, by=reviewer, missing=[dated])
    assert ticks(claim) == {dated: False}


def test_who_does_not_have_the_claim_ticks_nothing(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    cell = key(lines_of(claim)[0], "named")
    with pytest.raises(Conflict) as conflict:
        check_cells(reference=claim.reference, by=make_staff(), held=[cell])
    assert conflict.value.code == "somebody_else_has_it"
    for stranger in (claim.submitted_by, make_staff(StaffRole.PORTAL_ADMIN)):
        assert stranger is not None
        with pytest.raises(NotAllowed):
            check_cells(reference=claim.reference, by=stranger, held=[cell])
    assert ticks(claim) == {}


def test_only_a_claim_under_review_is_ticked(reviewer: User) -> None:
    claim = make_filed(1)
    cell = key(lines_of(claim)[0], "named")
    with pytest.raises(Conflict):
        check_cells(reference=claim.reference, by=reviewer, held=[cell])
    make_asked(reviewer, claim)
    with pytest.raises(Conflict):
        check_cells(reference=claim.reference, by=reviewer, held=[cell])


def test_a_page_that_is_out_of_date_ticks_nothing(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    approve(reference=claim.reference, by=reviewer, line_ids=[first.pk])
    with pytest.raises(Conflict) as conflict:
        check_cells(reference=claim.reference, by=reviewer, held=[key(second, "named")], version=claim.version)
    assert conflict.value.code == "claim_has_moved_on"


# --- Asking and rejecting ------------------------------------------------------------------------------------------


def test_a_request_names_cells_that_both_sides_read(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    check_cells(reference=claim.reference, by=reviewer, held=[key(first, "named"), key(second, "tied")])
    request_information(
        reference=claim.reference, by=reviewer, reasons=[], text=TEXT, cells=[key(second, "acknowledged")]
    )
    said = {"document": claim.documents.get().sha256, "page": 1}
    frozen = [{"product": second.product.code, "column": "acknowledged", **said}]
    comment = claim.comments.get()
    assert (comment.cells, comment.reasons, comment.body) == (frozen, ["acknowledgement_missing"], TEXT)
    event = claim.events.get(verb="request_information")
    assert event.data["cells"] == frozen
    assert event.data["held"] == [
        {"product": first.product.code, "column": "named", **said},
        {"product": second.product.code, "column": "tied", **said},
    ]
    assert event.data["reasons"] == ["acknowledgement_missing"]
    assert verdicts(claim) == {
        key(first, "named"): CellVerdict.HELD,
        key(second, "tied"): CellVerdict.HELD,
        key(second, "acknowledged"): CellVerdict.REFUSED,
    }


def test_a_reason_without_cells_refuses_its_whole_column(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    request_information(reference=claim.reference, by=reviewer, reasons=[Reason.DATES_MISSING_OR_OLD], text=TEXT)
    assert verdicts(claim) == {key(line, "dated"): CellVerdict.REFUSED for line in (first, second)}


def test_a_cell_that_was_ticked_as_holding_and_is_refused_all_the_same_is_refused(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    cell = key(lines_of(claim)[0], "dated")
    check_cells(reference=claim.reference, by=reviewer, held=[cell])
    request_information(reference=claim.reference, by=reviewer, reasons=[], text=TEXT, cells=[cell])
    assert verdicts(claim) == {cell: CellVerdict.REFUSED}
    assert claim.events.get(verb="request_information").data["held"] == []


def test_a_cell_of_a_product_that_was_not_chosen_refuses_nothing(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    with pytest.raises(Refused) as refused:
        reject(
            reference=claim.reference,
            by=reviewer,
            reasons=[],
            text=TEXT,
            line_ids=[first.pk],
            cells=[key(second, "tied")],
        )
    assert refused.value.code == "cell_not_of_line"
    assert verdicts(claim) == {}
    assert set(claim.lines.values_list("outcome", flat=True)) == {Outcome.PENDING}


def test_a_rejection_says_what_held_of_its_own_products_alone(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    check_cells(reference=claim.reference, by=reviewer, held=[key(first, "named"), key(second, "named")])
    reject(
        reference=claim.reference, by=reviewer, reasons=[], text=TEXT, line_ids=[first.pk], cells=[key(first, "tied")]
    )
    assert verdicts(claim) == {key(first, "named"): CellVerdict.HELD, key(first, "tied"): CellVerdict.REFUSED}
    assert ticks(claim) == {key(first, "named"): True, key(second, "named"): True}


def test_an_approval_publishes_the_ticks_of_its_products(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    check_cells(
        reference=claim.reference,
        by=reviewer,
        held=[key(first, "named"), key(second, "named")],
        missing=[key(second, "tied")],
    )
    approve(reference=claim.reference, by=reviewer, line_ids=[first.pk])
    assert verdicts(claim) == {key(first, "named"): CellVerdict.HELD}
    held = claim.events.get(verb="approve").data["held"]
    assert [(cell["product"], cell["column"]) for cell in held] == [(first.product.code, "named")]


def test_without_a_reason_and_without_a_cell_nothing_is_asked(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    with pytest.raises(Refused) as refused:
        request_information(reference=claim.reference, by=reviewer, reasons=[], text=TEXT)
    assert refused.value.code == "reasons_required"


@pytest.mark.parametrize("act", [request_information, reject])
def test_the_mail_lists_the_cells_by_product(reviewer: User, act: Any) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    cells = [key(first, "named"), key(first, "dated"), key(second, "dated")]
    act(reference=claim.reference, by=reviewer, reasons=[], text=TEXT, cells=cells)
    mail = OutboxMail.objects.order_by("-id").first()
    assert mail is not None
    assert f"- {first.product.name}: Named, Dated\n- {second.product.name}: Dated\n" in mail.text
    assert f"<strong>{first.product.name}</strong>: Named, Dated" in mail.html


def test_the_history_says_how_many_cells_it_is_about(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed())
    first, second = lines_of(claim)
    reject(
        reference=claim.reference, by=reviewer, reasons=[], text=TEXT, line_ids=[first.pk], cells=[key(first, "tied")]
    )
    rejected = claim.events.get(verb="reject")
    assert "1 cell of the proof matrix did not hold." in sentence(rejected, reader=reviewer)
    cells = [key(second, "tied"), key(second, "dated")]
    request_information(reference=claim.reference, by=reviewer, reasons=[], text=TEXT, cells=cells)
    asked = claim.events.get(verb="request_information")
    assert "It is about 2 cells of the proof matrix." in sentence(asked, reader=claim.submitted_by)
    del asked.data["cells"]
    assert "cell" not in sentence(asked, reader=reviewer)


def test_what_was_ticked_as_missing_is_approved_knowingly_or_not_at_all(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    line = claim.lines.get()
    check_cells(reference=claim.reference, by=reviewer, held=[key(line, "tied")], missing=[key(line, "dated")])
    with pytest.raises(Refused) as refused:
        approve(reference=claim.reference, by=reviewer)
    assert (refused.value.code, refused.value.field) == ("cells_missing", "despite_cells")
    approve(reference=claim.reference, by=reviewer, despite_cells=True)
    event = claim.events.get(verb="approve")
    assert [cell["column"] for cell in event.data["missing"]] == ["dated"]
    assert "although 1 cell of the proof matrix was missing" in sentence(event, reader=reviewer)
    assert verdicts(claim) == {key(line, "tied"): CellVerdict.HELD}


def test_a_decision_keeps_what_its_cells_said(reviewer: User) -> None:
    claim = make_under_review(reviewer, make_filed(1))
    line, document = claim.lines.get(), claim.documents.get()
    request_information(reference=claim.reference, by=reviewer, reasons=[], text=TEXT, cells=[key(line, "dated")])
    kept = {"product": line.product.code, "column": "dated", "document": document.sha256, "page": 1}
    assert claim.comments.get().cells == [{**kept, "dated_on": review_day().isoformat()}]
    assert claim.events.get(verb="request_information").data["cells"] == claim.comments.get().cells
