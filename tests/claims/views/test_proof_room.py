"""The proof room: what it shows of each document, who finds it, and how a partner says there what a page shows."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db.models import Max
from django.test import Client

from claims.models import Claim, Document, DocumentPage, Finding, ProofCell
from claims.models.proof import DocumentType
from claims.proof.keys import fingerprint
from claims.proof.room import pieces
from claims.proof.words import Column, Element, ReadState, ScanState, Source, Verdict
from claims.words import Activity
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from tests.claims.views.pages import attributes, queries_for, signed_in, text_of
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import Side, make_customer, make_draft, make_side, make_submitted, make_under_review

pytestmark = pytest.mark.django_db

NOON = "2026-11-20 12:00Z"


@pytest.fixture
def side() -> Side:
    return make_side()


@pytest.fixture
def draft(side: Side) -> Claim:
    """A draft of two products; its document has three pages that were read."""
    products = [make_workload(), make_workload()]
    claim = make_draft(side, make_customer(*products), products)
    _read(claim.documents.get(), "First page", "Second page", "Signed by Casey\nDate:  12 October 2026")
    return claim


def _read(document: Document, *texts: str) -> None:
    DocumentPage.objects.filter(document=document).delete()
    for number, text in enumerate(texts, 1):
        DocumentPage.objects.create(document=document, number=number, text=text)
    Document.objects.filter(pk=document.pk).update(page_count=len(texts), read_state=ReadState.READ)


def _more_documents(claim: Claim, count: int) -> None:
    first = claim.documents.get()
    for number in range(count):
        Document.objects.create(
            claim=claim, file=f"x/{number}", name=f"more-{number}.pdf", content_type=DocumentType.PDF, size=9,
            sha256=f"{number:064}", uploaded_by=first.uploaded_by, page_count=1,
        )  # fmt: skip


def _room(claim: Claim) -> str:
    return f"/claims/{claim.reference}/proof/"


def _cell(claim: Claim, column: str, product: int = 0) -> str:
    return f"{claim.lines.order_by('id')[product].pk}:{column}"


def _post(claim: Claim, person: User, page: int = 3, **sent: Any) -> Any:
    """What the form sends: every cell was offered."""
    document = claim.documents.order_by("id")[0]
    offered = [_cell(claim, column, product) for column in Column for product in range(claim.lines.count())]
    version = Claim.objects.get(pk=claim.pk).version
    data = {"document": document.pk, "page": page, "offered": offered, "version": version, "zoom": "fit", **sent}
    return signed_in(person).post(_room(claim), data)


def _places(claim: Claim) -> dict[str, int]:
    """The page of each filled cell, by its key."""
    lines = dict(claim.lines.values_list("product_id", "pk"))
    cells = ProofCell.objects.filter(claim=claim).exclude(document=None)
    return {f"{lines[cell.product_id]}:{cell.column}": cell.page for cell in cells}


def test_the_newest_document_is_shown_with_its_pages(draft: Claim, side: Side) -> None:
    page = signed_in(side.person).get(_room(draft))
    document = draft.documents.get()
    pictures = f"/claims/{draft.reference}/documents/{document.pk}/pages"
    assert f"{pictures}/1/" in attributes(page, "src")
    assert attributes(page, "data-thumbnail") == [f"{pictures}/{number}/small/" for number in (1, 2, 3)]
    assert "page 1 of 3" in text_of(page)
    assert attributes(page, "data-key") == ["next-page", "zoom-out", "zoom-in"]


def test_a_page_stands_with_its_text_and_the_words_that_were_found(draft: Claim, side: Side) -> None:
    document = draft.documents.get()
    Finding.objects.create(
        document=document, element=Element.DATE, verdict=Verdict.HOLDS, page=3, words="…Date: 12 October 2026",
        on=date(2026, 10, 12),
    )  # fmt: skip
    page = signed_in(side.person).get(_room(draft), {"document": str(document.pk), "page": "3"})
    assert "<p>Signed by Casey</p>" in text_of(page)
    assert "<mark>Date:  12 October 2026</mark>" in text_of(page)
    assert attributes(page, "data-element")[:1] == ["date"]
    assert 'value="2026-10-12"' in text_of(page), "the date that was found is offered"


@time_machine.travel(NOON)
@pytest.mark.parametrize(("day", "is_old"), [("2025-11-20", False), ("2025-11-19", True), ("2020-01-01", True)])
def test_a_day_that_is_too_old_is_saved_and_warned_of(draft: Claim, side: Side, day: str, is_old: bool) -> None:
    columns = [column.value for column in Column]
    assert _post(draft, side.person, columns=columns, dated_on=day).status_code == 302
    client = signed_in(side.person)
    for place in ("proof/", "edit/proof/", "edit/check/"):
        page = text_of(client.get(f"/claims/{draft.reference}/{place}"))
        assert page.count("data-too-old") == (2 if is_old else 0), place
        assert ("Every cell" in page) is (not is_old and place != "proof/"), place


@time_machine.travel(NOON)
def test_whoever_saves_a_day_that_is_too_old_is_told_at_once(draft: Claim, side: Side) -> None:
    client = signed_in(side.person)
    document = draft.documents.get()
    sent = {
        "document": document.pk,
        "page": 3,
        "zoom": "fit",
        "cells": [_cell(draft, "dated")],
        "dated_on": "2020-01-01",
    }
    page = client.post(_room(draft), sent, follow=True)
    assert "The customer&#x27;s acknowledgement of 1 January 2020 is older than 12 months" in text_of(page)


def test_what_was_found_on_a_page_stands_in_the_order_of_the_report(draft: Claim, side: Side) -> None:
    document = draft.documents.get()
    for element in (Element.WORK, Element.DATE, Element.CUSTOMER, Element.TENANT):
        Finding.objects.create(document=document, element=element, verdict=Verdict.HOLDS, page=1, words="Words")
    page = signed_in(side.person).get(_room(draft))
    assert attributes(page, "data-element")[:4] == ["customer", "tenant", "work", "date"]
    assert attributes(page, "data-report")[:2] == ["customer", "domain"]


def test_what_was_found_leads_to_its_page(draft: Claim, side: Side) -> None:
    document = draft.documents.get()
    Finding.objects.create(document=document, element=Element.SIGNATURE, verdict=Verdict.HOLDS, page=3, words="Signed")
    Document.objects.update(judged_at=document.uploaded_at)
    page = signed_in(side.person).get(_room(draft))
    assert f'href="?document={document.pk}&amp;page=3&amp;zoom=fit#page"' in text_of(page)
    states = dict(zip(attributes(page, "data-report"), attributes(page, "data-state"), strict=False))
    assert (states["signature"], states["date"]) == ("found", "missing")


def test_the_ways_on_lead_to_pages_documents_and_zooms(draft: Claim, side: Side) -> None:
    _more_documents(draft, 2)
    oldest, newest = draft.documents.order_by("id")[0], draft.documents.order_by("id")[2]
    middle = draft.documents.order_by("id")[1]
    page = signed_in(side.person).get(_room(draft), {"document": str(oldest.pk), "page": "2", "zoom": "150"})
    assert attributes(page, "data-key") == [
        "previous-document", "previous-page", "next-page", "zoom-out", "zoom-in", "zoom-fit",
    ]  # fmt: skip
    assert f'href="?document={oldest.pk}&amp;page=3&amp;zoom=150#page"' in text_of(page)
    assert f'href="?document={oldest.pk}&amp;page=2&amp;zoom=200#page"' in text_of(page)
    page = signed_in(side.person).get(_room(draft), {"document": middle.pk})
    assert {"previous-document", "next-document"} <= set(attributes(page, "data-key"))
    assert f"documents/{newest.pk}/pages/1/" in text_of(signed_in(side.person).get(_room(draft)))


def test_an_address_that_makes_no_sense_is_put_right(draft: Claim, side: Side) -> None:
    client = signed_in(side.person)
    pages = {"99": "page 3 of 3", **dict.fromkeys(("0", "-1", "two", "9" * 40, "٣"), "page 1 of 3")}
    for page, shown in pages.items():
        assert shown in text_of(client.get(_room(draft), {"page": page})), page
    for zoom, shown in {"<script>": "sheet-fit", "300": "sheet-300"}.items():
        assert shown in text_of(client.get(_room(draft), {"zoom": zoom})), zoom


def test_a_document_that_is_not_there_is_404(draft: Claim, side: Side) -> None:
    client = signed_in(side.person)
    for document in ("0", "999999", "x", "-1", "9" * 40, "1 or 1"):
        assert client.get(_room(draft), {"document": document}).status_code == 404, document


def test_another_claims_document_is_404(draft: Claim, side: Side) -> None:
    other = make_submitted(side).documents.get()
    assert signed_in(side.person).get(_room(draft), {"document": other.pk}).status_code == 404


def test_a_docx_is_shown_as_text(draft: Claim, side: Side) -> None:
    document = draft.documents.get()
    Document.objects.update(content_type=DocumentType.DOCX)
    _read(document, "Statement of work\n\n  \nBetween <b>two</b>")
    page = text_of(signed_in(side.person).get(_room(draft)))
    assert "/pages/" not in page
    assert "<p>Statement of work</p>" in page
    assert "<p>Between &lt;b&gt;two&lt;/b&gt;</p>" in page


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ReadState.WAITING, "still reading"),
        (ReadState.NO_TEXT, "no text to read on this page"),
        (ReadState.UNREADABLE, "could not read"),
    ],
)
def test_a_page_without_text_says_why(draft: Claim, side: Side, state: str, said: str) -> None:
    DocumentPage.objects.all().delete()
    Document.objects.update(read_state=state)
    assert said in text_of(signed_in(side.person).get(_room(draft)))


@pytest.mark.parametrize(
    ("state", "said"), [(ScanState.WAITING, "waits for its virus scan"), (ScanState.INFECTED, "shown to nobody")]
)
def test_what_the_scan_has_not_passed_is_named_and_not_shown(draft: Claim, side: Side, state: str, said: str) -> None:
    document = draft.documents.get()
    Finding.objects.create(document=document, element=Element.DATE, verdict=Verdict.HOLDS, page=1, words="First")
    Document.objects.update(scan_state=state)
    page = text_of(signed_in(side.person).get(_room(draft), {"document": document.pk}))
    assert said in page
    assert document.name in page
    assert "/pages/" not in page
    assert "First page" not in page
    assert 'data-element="date"' not in page


def test_a_claim_without_documents_says_so(draft: Claim, side: Side) -> None:
    Document.objects.all().delete()
    page = signed_in(side.person).get(_room(draft))
    assert page.status_code == 200
    assert "There is no document to look at" in text_of(page)


def test_the_way_back_leads_where_the_reader_came_from(draft: Claim, side: Side) -> None:
    assert f'href="/claims/{draft.reference}/edit/proof/"' in text_of(signed_in(side.person).get(_room(draft)))
    filed = make_submitted(side)
    assert f'href="/claims/{filed.reference}/"' in text_of(signed_in(side.person).get(_room(filed)))


def test_reviewers_are_sent_to_the_room_at_their_desk_and_know_no_drafts(draft: Claim, side: Side) -> None:
    filed, reviewer = make_submitted(side), signed_in(make_staff())
    response = reviewer.get(_room(filed), {"page": "2", "zoom": "150"})
    assert (response.status_code, response["Location"]) == (302, f"/review/{filed.reference}/proof/?page=2&zoom=150")
    assert reviewer.get(_room(draft)).status_code == 404


def test_strangers_do_not_find_it(draft: Claim, client: Client) -> None:
    for stranger in (make_side().person, make_person(), make_staff(StaffRole.PORTAL_ADMIN)):
        assert signed_in(stranger).get(_room(draft)).status_code == 404
        assert _post(draft, stranger).status_code == 404
    assert client.get(_room(draft)).status_code == 302


# --- What a page shows ---------------------------------------------------------------------------------------


def test_ticked_cells_point_to_the_page_and_the_room_comes_back_to_it(draft: Claim, side: Side) -> None:
    cell = _cell(draft, Column.ACKNOWLEDGED)
    response = _post(draft, side.person, cells=[cell], zoom="150")
    document = draft.documents.get()
    assert response.status_code == 302
    assert response["Location"] == f"{_room(draft)}?document={document.pk}&page=3&zoom=150"
    assert _places(draft)[cell] == 3
    page = signed_in(side.person).get(response["Location"])
    assert f'value="{cell}" id="id_cells_{cell}" checked' in text_of(page)
    assert ProofCell.objects.get(page=3).source == Source.PARTNER


def test_a_whole_column_is_one_tick(draft: Claim, side: Side) -> None:
    _post(draft, side.person, columns=[Column.TIED], page=2)
    assert _places(draft) == {_cell(draft, Column.TIED): 2, _cell(draft, Column.TIED, 1): 2}


def test_what_is_not_ticked_any_more_becomes_empty_and_other_pages_stay(draft: Claim, side: Side) -> None:
    _post(draft, side.person, columns=[Column.TIED], page=2)
    _post(draft, side.person, columns=[Column.DESCRIBED], page=3)
    _post(draft, side.person, cells=[_cell(draft, Column.TIED, 1)], page=2)
    described = {_cell(draft, Column.DESCRIBED): 3, _cell(draft, Column.DESCRIBED, 1): 3}
    assert _places(draft) == {_cell(draft, Column.TIED, 1): 2, **described}


def test_a_cell_that_another_page_shows_says_where(draft: Claim, side: Side) -> None:
    _post(draft, side.person, columns=[Column.TIED], page=2)
    page = text_of(signed_in(side.person).get(_room(draft), {"page": 3}))
    assert "Now: page 2" in page
    assert "2 on other pages" in page


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("dated_on", "code"), [("", "date_required"), ("2026-11-22", "date_in_future"), ("31.02.2026", "invalid")]
)
def test_a_date_that_does_not_hold_is_refused_and_nothing_typed_is_lost(
    draft: Claim, side: Side, dated_on: str, code: str
) -> None:
    ticked = [_cell(draft, Column.DATED), _cell(draft, Column.TIED, 1)]
    response = _post(draft, side.person, cells=ticked, dated_on=dated_on)
    assert response.status_code == 422
    assert code in attributes(response, "data-code")
    for cell in ticked:
        assert f'value="{cell}" id="id_cells_{cell}" checked' in text_of(response)
    assert f'value="{dated_on}"' in text_of(response) or not dated_on
    assert "page 3 of 3" in text_of(response)
    assert _places(draft) == {}


@time_machine.travel(NOON, tick=False)
def test_the_date_goes_with_the_cells_that_are_dated(draft: Claim, side: Side) -> None:
    _post(draft, side.person, columns=[Column.DATED, Column.TIED], dated_on="2026-10-12")
    assert set(ProofCell.objects.filter(column=Column.DATED).values_list("dated_on", flat=True)) == {date(2026, 10, 12)}
    assert set(ProofCell.objects.filter(column=Column.TIED).values_list("dated_on", flat=True)) == {None}


def test_a_cell_that_is_none_is_refused(draft: Claim, side: Side) -> None:
    for cell in ("0:tied", "x", "1:nonsense", "", "9" * 50 + ":tied"):
        assert _post(draft, side.person, cells=[cell]).status_code == 422, cell
    assert _places(draft) == {}


def test_a_cell_that_is_not_needed_is_not_offered(draft: Claim, side: Side) -> None:
    Claim.objects.update(activities=[Activity.PRESALES])
    assert f'value="{_cell(draft, Column.NAMED)}"' not in text_of(signed_in(side.person).get(_room(draft)))


def test_a_stale_page_and_a_document_that_went_are_told_so(draft: Claim, side: Side) -> None:
    cell = _cell(draft, Column.TIED)
    gone = (Document.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    response = _post(draft, side.person, cells=[cell], document=gone)
    assert response.status_code == 409
    assert "removed already" in text_of(response)
    seen = fingerprint(draft, side.person)
    assert _post(draft, make_person(side.firm), columns=[Column.DESCRIBED]).status_code == 302
    places = _places(draft)
    response = _post(draft, side.person, cells=[cell], seen=seen)
    assert response.status_code == 409
    assert "colleague" in text_of(response)
    assert _places(draft) == places


def test_everybody_of_the_firm_may_on_a_draft(draft: Claim, side: Side) -> None:
    for role in PartnerRole:
        person = make_person(side.firm, role)
        assert "data-page-shows" in text_of(signed_in(person).get(_room(draft)))
        assert _post(draft, person, columns=[Column.TIED]).status_code == 302, role


def test_on_a_filed_claim_whoever_may_add_proof_may(side: Side) -> None:
    claim, user = make_submitted(side), make_person(side.firm, PartnerRole.INCENTIVES_USER)
    assert "data-page-shows" in text_of(signed_in(side.person).get(_room(claim)))
    assert _post(claim, side.person, page=1, columns=[Column.TIED]).status_code == 302
    assert "data-page-shows" not in text_of(signed_in(user).get(_room(claim)))
    assert _post(claim, user, page=1, columns=[Column.TIED]).status_code == 403


def test_while_it_is_reviewed_nobody_may(side: Side) -> None:
    reviewer = make_staff()
    claim = make_under_review(reviewer, make_submitted(side))
    assert "data-page-shows" not in text_of(signed_in(side.person).get(_room(claim)))
    assert _post(claim, side.person, page=1, columns=[Column.TIED]).status_code == 409
    assert _post(claim, reviewer, page=1, columns=[Column.TIED]).status_code == 403


def test_the_page_costs_the_same_queries_with_many_documents_and_pages(draft: Claim, side: Side) -> None:
    client, document = signed_in(side.person), draft.documents.get()
    few = queries_for(client, _room(draft), document=document.pk)
    _more_documents(draft, 9)
    _read(document, *(f"Page {number}" for number in range(300)))
    for number in range(20):
        Finding.objects.create(
            document=document, element=Element.PRODUCT, product=draft.lines.first().product, verdict=Verdict.HOLDS,
            page=1, words=str(number),
        )  # fmt: skip
    assert queries_for(client, _room(draft), document=document.pk) == few


# --- Marking words -------------------------------------------------------------------------------------------


def _marked(text: str, *phrases: str) -> list[str]:
    return ["".join(f"[{one.text}]" if one.is_found else one.text for one in line) for line in pieces(text, phrases)]


def test_words_are_found_whatever_the_blanks_and_the_case() -> None:
    assert _marked("Signed  by\tCasey Customer.", "…signed by casey…") == ["[Signed  by\tCasey] Customer."]


def test_words_that_run_over_lines_are_marked_on_each() -> None:
    assert _marked("a Microsoft\n\n Teams b", "Microsoft Teams") == ["a [Microsoft]", "[ Teams] b"]


def test_findings_that_overlap_are_marked_once() -> None:
    assert _marked("one two three four", "two three", "three four", "two") == ["one [two three][ four]"]


def test_words_that_are_not_there_mark_nothing() -> None:
    assert _marked("a (b) [c] *", "(b", "*", "zzz", "", "…") == ["a [(b]) [c] [*]"]


# --- Who may say nothing here --------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_filled_in", [True, False])
@pytest.mark.parametrize("role", [PartnerRole.INCENTIVES_USER, StaffRole.REVIEWER, StaffRole.ARBITER])
def test_whoever_may_add_no_proof_to_a_filed_claim_enters_nothing_in_its_room(
    side: Side, role: str, is_filled_in: bool
) -> None:
    claim = make_submitted(side)
    document, line = claim.documents.get(), claim.lines.get()
    _read(document, "First page")
    person = make_person(side.firm, role) if role in PartnerRole.values else make_staff(role)
    sent = {"document": document.pk, "page": 1, "cells": f"{line.product_id}-named", "columns": "named"}
    before = claim.version, list(ProofCell.objects.values()), claim.events.count()
    answer = signed_in(person).post(_room(claim), sent if is_filled_in else {})
    assert answer.status_code == 403
    claim.refresh_from_db()
    assert (claim.version, list(ProofCell.objects.values()), claim.events.count()) == before


def test_once_a_review_has_begun_an_empty_form_is_answered_like_a_full_one(side: Side) -> None:
    claim = make_under_review(make_staff(), make_submitted(side))
    sent = {"document": claim.documents.get().pk, "page": 1}
    for form in (sent, {}):
        assert signed_in(side.person).post(_room(claim), form).status_code == 409


# --- What a browser lets in ----------------------------------------------------------------------------------------


def _policy(client: Client, path: str) -> dict[str, str]:
    parts = client.get(path)["Content-Security-Policy"].split(";")
    return {name: sources for name, _space, sources in (part.strip().partition(" ") for part in parts if part.strip())}


@pytest.mark.parametrize("place", ["claims", "review"])
def test_the_room_lets_in_nothing_but_the_portals_own_and_no_frame(side: Side, place: str) -> None:
    claim = make_submitted(side)
    client = signed_in(side.person if place == "claims" else make_staff())
    policy = _policy(client, f"/{place}/{claim.reference}/proof/")
    assert policy.pop("default-src") == policy.pop("base-uri") == policy.pop("frame-ancestors") == "'none'"
    assert policy == dict.fromkeys(("script-src", "style-src", "img-src", "connect-src", "form-action"), "'self'")
    assert "data:" in _policy(client, f"/{place}/{claim.reference}/")["img-src"]


def test_a_page_of_the_room_that_comes_back_with_faults_lets_in_as_little(side: Side, draft: Claim) -> None:
    answer = signed_in(side.person).post(f"/claims/{draft.reference}/proof/", {"document": "", "page": "1"})
    assert answer.status_code == 422
    assert "default-src 'none'" in answer["Content-Security-Policy"]
