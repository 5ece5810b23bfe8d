"""The documents of a claim as their firm sees them: what each is, its virus scan, and how far its reading has come."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.models import Document
from claims.proof.words import ReadState, ScanState


@dataclass(frozen=True)
class State:
    """A state in words, with an icon of the look. `tone`: good, busy, quiet or bad."""

    code: str
    tone: str
    icon: str
    text: str


@dataclass(frozen=True)
class ShownDocument:
    """A document with its states. `is_news`: it came after what the page compares with (approval, request)."""

    document: Document
    states: tuple[State, ...]
    is_removable: bool = False
    is_news: bool = False

    @property
    def facts(self) -> list[str]:
        """Type, size and pages are facts of the file; who and when are told beside them."""
        return [str(self.document.get_content_type_display()), *_pages(self.document)]

    @property
    def is_busy(self) -> bool:
        """Whether the portal still works on it."""
        return in_work(self.document)


def shown_documents(
    documents: Iterable[Document], *, removable: Collection[int] = (), since: datetime | None = None
) -> list[ShownDocument]:
    """The documents in their order. `removable` are ids; those uploaded after `since` (aware) are news."""
    return [
        ShownDocument(
            document=one,
            states=tuple(_states(one)),
            is_removable=one.pk in removable,
            is_news=since is not None and one.uploaded_at > since,
        )
        for one in documents
    ]


def in_work(document: Document) -> bool:
    """Whether its scan, its reading or the comparison with the claim is still to come. None of them delays anything."""
    if document.is_quarantined:
        return False
    waits = (document.scan_state == ScanState.WAITING, document.read_state == ReadState.WAITING)
    return any(waits) or document.judged_at is None


def documents_context(shown: list[ShownDocument]) -> dict[str, Any]:
    """What templates/claims/parts/documents.html needs; no query."""
    return {"documents": shown, "documents_in_work": sum(one.is_busy for one in shown)}


def _pages(document: Document) -> list[str]:
    count = document.page_count
    return [ngettext("%(number)d page", "%(number)d pages", count) % {"number": count}] if count else []


def _states(document: Document) -> list[State]:
    scan = _scan(document)
    return [scan] if document.is_quarantined else [scan, _reading(document)]


def _scan(document: Document) -> State:
    code = ScanState(document.scan_state)
    if code == ScanState.INFECTED:
        return State(code, "bad", "refuse", _quarantine(document))
    if code == ScanState.WAITING:
        return State(code, "busy", "clock", _("Waiting for the virus scan. Reviewers see it after that."))
    if code == ScanState.CLEAN:
        return State(code, "good", "check", _("No virus found"))
    return State(code, "quiet", "info", _("Not scanned for viruses"))


def _quarantine(document: Document) -> str:
    return _(
        "Quarantined: the virus scan found “%(threat)s” in it. Nobody can open it, and it does not count as proof."
        " Check the computer that it came from, then add a clean copy."
    ) % {"threat": document.threat}


def _reading(document: Document) -> State:
    code = ReadState(document.read_state)
    if code == ReadState.NO_TEXT:
        return State(code, "quiet", "info", _("No text to read: a scan. Reviewers read it; the portal cannot."))
    if code == ReadState.UNREADABLE:
        return State(code, "quiet", "info", _("Could not be read by the portal. Reviewers open it themselves."))
    if code == ReadState.WAITING:
        is_waiting = document.scan_state == ScanState.WAITING
        return State(code, "busy", "clock", _("Is read after the scan") if is_waiting else _("Being read…"))
    if document.judged_at is None:
        return State(code, "busy", "clock", _("Read, and being compared with the claim…"))
    if document.is_given_up:
        words = _("Read, but not compared with the claim: the portal gave up. Reviewers read it themselves.")
        return State(code, "quiet", "info", words)
    return State(code, "good", "check", _read(document.page_count))


def _read(pages: int | None) -> str:
    if not pages:
        return _("Read by the portal")
    return ngettext("Read: %(number)d page", "Read: %(number)d pages", pages) % {"number": pages}
