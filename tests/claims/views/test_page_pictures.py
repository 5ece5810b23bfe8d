"""Pictures of pages: who gets them, what they can do, that each is drawn once, and what becomes of the broken ones."""

import errno
import io
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from claims.models import Claim, Document
from claims.proof import pictures
from claims.proof.pictures import Busy, NoPicture, Size, picture
from claims.proof.words import ScanState
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from cpor_portal.documents import draw
from cpor_portal.documents.stored import pictures_of
from tests.claims.views.pages import Page, signed_in
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import Side, make_customer, make_draft, make_side, make_submitted

pytestmark = pytest.mark.django_db

BROKEN_PDF = b"%PDF-1.7\nThis is no PDF at all."


@pytest.fixture
def side() -> Side:
    return make_side()


def _png(size: tuple[int, int] = (2000, 1000)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG")
    return out.getvalue()


def _address(document: Document, page: int = 1, small: bool = False) -> str:
    return f"/claims/{document.claim.reference}/documents/{document.pk}/pages/{page}/{'small/' if small else ''}"


def _document(side: Side) -> Document:
    """The document of a claim that was submitted, of which nothing is kept in the storage yet."""
    return make_submitted(side).documents.select_related("claim").get()


def _holds(document: Document, content: bytes, page_count: int | None = 1) -> None:
    """Let the document hold something that the checks at the upload would have refused."""
    document.file.storage.delete(document.file.name)
    document.file.storage.save(document.file.name, ContentFile(content))
    Document.objects.filter(pk=document.pk).update(page_count=page_count)
    document.refresh_from_db()


def _size(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as seen:
        return seen.size


def _body(response: Page) -> bytes:
    """A streamed answer to its end, which closes the file behind it."""
    return b"".join(cast("Iterable[bytes]", response))


def _status(person: User, address: str) -> int:
    response = signed_in(person).get(address)
    if response.streaming:
        _body(response)
    return response.status_code


def _kept(document: Document) -> list[str]:
    folder = pictures_of(document.file.name)
    return sorted(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else []


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pages that were really drawn."""
    drawn: list[int] = []

    def draw_it(path: Path, content_type: str, page: int, width: int) -> bytes:
        drawn.append(page)
        return draw(path, content_type, page, width)

    monkeypatch.setattr(pictures, "draw", draw_it)
    return drawn


def test_a_page_is_a_picture_that_can_do_nothing_but_be_looked_at(side: Side) -> None:
    document = _document(side)
    response = signed_in(side.person).get(_address(document))
    assert response.status_code == 200
    assert _size(_body(response))[0] == 1400
    assert response["Content-Type"] == "image/png"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Disposition"] == 'inline; filename="page-1.png"'
    small = signed_in(side.person).get(_address(document, small=True))
    assert _size(_body(small))[0] == 150


def test_a_picture_that_was_uploaded_is_written_anew(side: Side) -> None:
    document = _document(side)
    Document.objects.update(content_type="image/png")
    _holds(document, _png() + b"<script>alert(1)</script>")
    assert _body(signed_in(side.person).get(_address(document))).find(b"script") == -1


def test_a_page_is_drawn_once_and_kept_beside_the_document(side: Side, counted: list[int]) -> None:
    document = _document(side)
    bodies = {_body(signed_in(side.person).get(_address(document))) for _time in range(3)}
    assert len(bodies) == 1
    assert counted == [1]
    assert _kept(document) == ["1-1400.png"]


def test_a_browser_that_has_the_picture_asks_and_is_sent_nothing_again(side: Side, counted: list[int]) -> None:
    document, client = _document(side), signed_in(side.person)
    first = client.get(_address(document))
    _body(first)
    again = client.get(_address(document), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, no-cache"
    Document.objects.update(scan_state=ScanState.INFECTED)
    assert client.get(_address(document), headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_a_picture_whose_end_is_missing_is_drawn_anew(side: Side, counted: list[int]) -> None:
    document, client = _document(side), signed_in(side.person)
    whole = _body(client.get(_address(document)))
    name = f"{pictures_of(document.file.name)}/1-1400.png"
    for cut in (whole[:-20], b""):
        default_storage.delete(name)
        default_storage.save(name, ContentFile(cut))
        assert _body(client.get(_address(document))) == whole
        assert _kept(document) == ["1-1400.png"]
    assert counted == [1, 1, 1]


def test_two_who_ask_at_the_same_moment_both_get_it_and_one_is_kept(side: Side, counted: list[int]) -> None:
    document = _document(side)
    inside, outcomes = threading.Barrier(2, timeout=10), []

    def ask() -> None:
        inside.wait()
        with picture(document, 1, Size.LARGE) as file:
            outcomes.append(file.read())

    # Only what is drawn runs in the other thread: the test's database belongs to this one.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "_is_still_there", lambda _document: True)
        patch.setattr(pictures, "is_spoilt", lambda _document, _page: False)
        threads = [threading.Thread(target=ask) for _one in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(outcomes) == 2
    assert outcomes[0] == outcomes[1]
    assert counted == [1]
    assert _kept(document) == ["1-1400.png"]


def test_whoever_comes_third_is_asked_to_come_again(side: Side) -> None:
    document, easel = _document(side), pictures.EASELS[Size.SMALL]
    with easel.turn():
        easel._places.acquire()
        try:
            response = signed_in(side.person).get(_address(document, small=True))
        finally:
            easel._places.release()
        assert response.status_code == 503
        assert response["Retry-After"] == "2"
        assert "ETag" not in response
        assert _status(side.person, _address(document)) == 200, "thumbnails keep nobody from the page"
    assert _status(side.person, _address(document, small=True)) == 200


def test_a_wait_that_gets_long_ends(monkeypatch: pytest.MonkeyPatch, side: Side) -> None:
    monkeypatch.setitem(pictures.EASELS, Size.LARGE, easel := pictures._Easel(wait=0.01))
    with easel.turn(), pytest.raises(Busy):
        picture(_document(side), 1, Size.LARGE)
    with picture(_document(side), 1, Size.LARGE) as drawn:
        assert drawn.size


def test_a_page_that_cannot_be_drawn_is_404_and_not_tried_again(side: Side, counted: list[int]) -> None:
    document = _document(side)
    _holds(document, BROKEN_PDF)
    for _time in range(2):
        assert _status(side.person, _address(document)) == 404
        assert _status(side.person, _address(document, small=True)) == 404
    assert counted == [1]
    assert _kept(document) == []
    cache.clear()


def test_there_are_no_pages_beyond_the_last(side: Side, counted: list[int]) -> None:
    document = _document(side)
    Document.objects.update(page_count=1)
    for page in (0, 2, 301, 10**12):
        assert _status(side.person, _address(document, page)) == 404
    Document.objects.update(page_count=None)
    assert _status(side.person, _address(document, 5000)) == 404
    assert counted == []


def test_a_docx_has_no_pictures(side: Side, counted: list[int]) -> None:
    document = _document(side)
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    Document.objects.update(content_type=docx)
    assert _status(side.person, _address(document)) == 404
    assert counted == []


def test_nothing_is_drawn_before_the_scan_and_nothing_in_quarantine_is_shown(side: Side, counted: list[int]) -> None:
    document, reviewer = _document(side), make_staff()
    for state in (ScanState.WAITING, ScanState.INFECTED):
        Document.objects.update(scan_state=state)
        for person in (side.person, reviewer):
            assert _status(person, _address(document)) == 404
            assert _status(person, _address(document, small=True)) == 404
    assert counted == []
    Document.objects.update(scan_state=ScanState.CLEAN)
    assert _status(side.person, _address(document)) == 200
    # Kept pictures are behind the same door.
    Document.objects.update(scan_state=ScanState.INFECTED)
    assert _status(side.person, _address(document)) == 404


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.ARBITER])
def test_reviewers_see_pages_once_the_claim_is_filed(side: Side, role: str) -> None:
    draft = make_draft(side, make_customer(), [make_workload()]).documents.get()
    reviewer = make_staff(role)
    assert _status(reviewer, _address(draft)) == 404
    assert _status(reviewer, _address(_document(side))) == 200


def test_colleagues_of_every_role_may_and_strangers_may_not(side: Side) -> None:
    document = _document(side)
    for role in PartnerRole:
        assert _status(make_person(side.firm, role), _address(document)) == 200
    for stranger in (make_side().person, make_staff(StaffRole.PORTAL_ADMIN), make_person()):
        assert _status(stranger, _address(document)) == 404
        assert _status(stranger, _address(document, small=True)) == 404


def test_a_page_is_not_shown_under_another_claim(side: Side) -> None:
    document, other = _document(side), make_submitted(side)
    address = f"/claims/{other.reference}/documents/{document.pk}/pages/1/"
    assert _status(side.person, address) == 404


def test_a_document_that_goes_while_it_is_drawn_leaves_no_picture(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    document = _document(side)

    def draw_it(path: Path, content_type: str, page: int, width: int) -> bytes:
        Document.objects.filter(pk=document.pk).update(file="quarantine/somewhere")
        return draw(path, content_type, page, width)

    monkeypatch.setattr(pictures, "draw", draw_it)
    picture(document, 1, Size.LARGE).close()
    assert _kept(document) == []


def test_a_full_disk_keeps_nobody_from_seeing_the_page(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_kwargs: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    document = _document(side)
    monkeypatch.setattr(default_storage, "save", full)
    response = signed_in(side.person).get(_address(document))
    assert response.status_code == 200
    assert _size(_body(response))[0] == Size.LARGE
    monkeypatch.setattr(default_storage, "open", full)
    assert _status(side.person, _address(document)) == 503


def test_a_file_that_the_storage_has_lost_is_404_and_not_an_error(side: Side) -> None:
    document = _document(side)
    default_storage.delete(document.file.name)
    assert _status(side.person, _address(document)) == 404
    with pytest.raises(NoPicture):
        picture(Document.objects.get(pk=document.pk), 1, Size.SMALL)


def test_the_claims_own_page_needs_no_picture_to_be_drawn(side: Side, counted: list[int]) -> None:
    claim: Claim = _document(side).claim
    assert signed_in(side.person).get(f"/claims/{claim.reference}/proof/").status_code == 200
    assert counted == []
