"""Working notes: kept while they are written, read by colleagues alone, and never overwritten unseen."""

import pytest
from django.http import Http404
from django.test import Client

from arbitration.acts.notes import LONGEST_NOTE, write_note
from arbitration.models import WorkingNote
from arbitration.notes import notes_on
from claims.models import Claim, Event
from cpor_portal.accounts.models import StaffRole, User
from cpor_portal.faults import Conflict, NotAllowed, Refused
from tests.support.factories import make_staff, make_workload
from tests.support.stories import make_customer, make_draft, make_side, make_submitted

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def reviewer() -> User:
    return make_staff(name="Rita Reviewer")


@pytest.fixture
def claim() -> Claim:
    return make_submitted()


@pytest.fixture
def desk(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def _write(claim: Claim, by: User, body: str, seen: int | None = None) -> WorkingNote:
    return write_note(reference=claim.reference, by=by, body=body, seen=seen)


def test_a_note_is_kept_and_nothing_of_the_claim_moves(claim: Claim, reviewer: User) -> None:
    events = Event.objects.count()
    first = _write(claim, reviewer, "Signature on page 3?", seen=0)
    second = _write(claim, reviewer, "Signature on page 4.", seen=first.version)
    assert (first.version, second.version) == (1, 2)
    assert WorkingNote.objects.get().body == "Signature on page 4."
    assert Claim.objects.get().version == claim.version
    assert Event.objects.count() == events


def test_the_same_text_twice_is_harmless(claim: Claim, reviewer: User) -> None:
    _write(claim, reviewer, "Once.", seen=0)
    assert _write(claim, reviewer, "Once.", seen=0).version == 1


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_what_the_same_person_wrote_elsewhere_is_not_overwritten(claim: Claim, reviewer: User, seen: int) -> None:
    _write(claim, reviewer, "One.", seen=0)
    _write(claim, reviewer, "Two.", seen=1)
    with pytest.raises(Conflict) as conflict:
        _write(claim, reviewer, "Three.", seen=seen)
    assert conflict.value.code == "note_has_moved_on"
    assert [one.text for one in conflict.value.facts["written"]] == ["Two."]
    assert WorkingNote.objects.get().body == "Two."


def test_a_note_that_is_refused_or_stale_leaves_no_row_behind(claim: Claim, reviewer: User) -> None:
    with pytest.raises(Refused, match="note_too_long"):
        _write(claim, reviewer, "x" * (LONGEST_NOTE + 1))
    with pytest.raises(Conflict):
        _write(claim, reviewer, "Over a note that there never was.", seen=7)
    assert not WorkingNote.objects.exists()


def test_each_reviewer_has_a_note_and_reads_the_others(claim: Claim, reviewer: User) -> None:
    colleague = make_staff(StaffRole.ARBITER, name="Ari Arbiter")
    _write(claim, reviewer, "Mine.")
    _write(claim, colleague, "Theirs.")
    _write(claim, make_staff(), "  ")
    notes = notes_on(claim, reviewer)
    assert notes.body == "Mine."
    assert [(str(note.author), note.body) for note in notes.others] == [("Ari Arbiter", "Theirs.")]


def test_nobody_but_reviewers_writes_notes_and_drafts_have_none(claim: Claim, reviewer: User) -> None:
    for person in (claim.submitted_by, make_staff(StaffRole.PORTAL_ADMIN)):
        assert person is not None
        with pytest.raises(NotAllowed):
            _write(claim, person, "x")
    workload = make_workload()
    draft = make_draft(make_side(), make_customer(workload), [workload])
    with pytest.raises(Http404):
        _write(draft, reviewer, "x")


# --- At the desk -------------------------------------------------------------------------------------------


def test_a_script_saves_the_note_and_hears_its_version(desk: Client, claim: Claim) -> None:
    address = f"/review/{claim.reference}/note/"
    answer = desk.post(address, {"body": "Look again.", "seen": "0"}, headers=JSON)
    assert answer.status_code == 200
    assert answer.json()["version"] == 1
    assert answer.json()["saved"].startswith("Saved, ")
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert "Look again.</textarea>" in page
    assert 'name="seen" value="1"' in page


def test_without_scripts_the_button_saves_and_leads_back_to_the_place_in_the_queue(desk: Client, claim: Claim) -> None:
    answer = desk.post(f"/review/{claim.reference}/note/?in=mine%3Don&at=17", {"body": "Later.", "seen": "0"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/review/{claim.reference}/?in=mine%3Don&at=17#notes"
    assert "Your note is saved." in desk.get(answer["Location"]).content.decode()


def test_a_stale_note_shows_both_texts(desk: Client, claim: Claim, reviewer: User) -> None:
    _write(claim, reviewer, "Written on the <other> machine.")
    sent = {"body": "Written here & now.", "seen": "0"}
    answer = desk.post(f"/review/{claim.reference}/note/", sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'data-code="note_has_moved_on"' in page
    assert "<h1>Your note has moved on</h1>" in page
    assert "Written on the &lt;other&gt; machine.</pre>" in page
    assert "Written here &amp; now.</pre>" in page
    told = desk.post(f"/review/{claim.reference}/note/", sent, headers=JSON)
    assert told.status_code == 409
    assert told.json()["standing"] == "Written on the <other> machine."
    again = desk.post(f"/review/{claim.reference}/note/", {**sent, "seen": told.json()["version"]}, headers=JSON)
    assert again.status_code == 200
    assert WorkingNote.objects.get().body == sent["body"]


@pytest.mark.parametrize(
    ("body", "code"), [("Kept. " + "x" * LONGEST_NOTE, "note_too_long"), ("Kept. \x00", "null_characters_not_allowed")]
)
def test_a_note_that_does_not_hold_comes_back_as_it_was_typed(desk: Client, claim: Claim, body: str, code: str) -> None:
    answer = desk.post(f"/review/{claim.reference}/note/", {"body": body, "seen": "0"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'data-code="{code}"' in page
    assert 'href="#note_body"' in page
    assert "Kept. " in page
    assert desk.post(f"/review/{claim.reference}/note/", {"body": body}, headers=JSON).json()["errors"]["body"]


def test_no_partner_ever_reads_a_note(client: Client, claim: Claim, reviewer: User) -> None:
    _write(claim, reviewer, "Smells of a copied signature.")
    assert claim.submitted_by is not None
    client.force_login(claim.submitted_by)
    for address in (f"/claims/{claim.reference}/", f"/claims/{claim.reference}/history/", "/claims/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "copied signature" not in answer.content.decode()
    assert client.post(f"/review/{claim.reference}/note/", {"body": "x"}).status_code == 404


def test_notes_are_handed_on_with_the_claim(desk: Client, claim: Claim) -> None:
    _write(claim, make_staff(name="Noor Before"), "The acknowledgement is on the last page.")
    page = desk.get(f"/review/{claim.reference}/").content.decode()
    assert "The acknowledgement is on the last page." in page
    assert "Noor Before" in page
