"""The workspace: everything that a reviewer needs to decide one claim, read once and put in order for the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import prefetch_related_objects
from django.utils import timezone

from arbitration.cells import Ticks, cells_in_words
from arbitration.corrections import CorrectionsAtDesk, corrections_at_desk
from arbitration.facts import LineCheck, LiveChecks, look_up
from arbitration.forms.acts import ACT_FORMS, ActForm, CellsForm, ConflictForm
from arbitration.forms.correcting import CorrectionForm
from arbitration.forms.deciding import DecisionForm
from arbitration.forms.notes import NoteForm
from arbitration.lookalikes import Hint, hints
from arbitration.notes import Notes, notes_on
from arbitration.permissions import has_in_hand, is_barred, may_decide
from arbitration.presence import here
from arbitration.queue import WAITING_FOR_MICROSOFT
from arbitration.rivals import Rival, rivals_of
from arbitration.ticking import Ticking, ticking
from claims.history import comment_text, sentence
from claims.meanings import MEANINGS
from claims.models import Claim, ClaimLine, Comment, Document, Event
from claims.panels import Panel, next_panel
from claims.permissions import HeldBack, held_back, visible_comments, visible_documents, visible_events
from claims.proof.documents import in_work
from claims.proof.freshness import Freshness, earliest_day, freshness_of
from claims.proof.matrix import matrix_of
from claims.proof.report import Report, report
from claims.rounds import Changes, changes_in
from claims.time_shown import ShownTime, time_of
from claims.transitions import Act
from claims.words import Activity, Audience, Outcome, Reason
from cpor_portal.accounts.models import Enrolment, User
from cpor_portal.directory.domain_names import display_form
from cpor_portal.directory.source import directory

# Not an act on the claim: the form that bars its reader from it.
CONFLICT = "conflict"


@dataclass(frozen=True)
class LineView:
    """One product line, with what the directory says now and who else wants it."""

    line: ClaimLine
    verdict: LineCheck | None
    rivals: list[Rival]

    @property
    def is_contested(self) -> bool:
        """Whether it waits for arbitration."""
        return self.line.outcome == Outcome.CONTESTED


@dataclass(frozen=True)
class CommentView:
    """A comment, what it says, and the reasons that it carries, as codes with labels, and the cells that it names."""

    comment: Comment
    body: str
    reasons: list[tuple[str, str]]
    cells: list[str]


@dataclass(frozen=True)
class EventView:
    """One entry of the history as a sentence."""

    what: str
    at: datetime
    is_internal: bool


@dataclass(frozen=True)
class DocumentView:
    """A document, and whether it came with the latest answer."""

    document: Document
    is_new: bool


@dataclass(frozen=True)
class Workspace:
    """What the page shows of one claim to one reader."""

    claim: Claim
    panel: Panel
    time: ShownTime
    checks: LiveChecks
    lines: list[LineView]
    enrolments: list[Enrolment]
    documents: list[DocumentView]
    held_back: HeldBack
    report: Report
    freshness: Freshness | None
    ticking: Ticking
    hints: list[Hint]
    comments: list[CommentView]
    events: list[EventView]
    forms: dict[str, ActForm]
    has_in_hand: bool
    notes: Notes
    note_form: NoteForm
    correction: CorrectionsAtDesk | None
    colleagues: list[User]
    """Who else has the claim open at this moment."""
    changes: Changes | None = None
    """What changed since the last round; None in the first one."""
    place: str = ""
    """Where its reader stands in the queue, as the end of an address: what leads back here carries it along."""

    @property
    def earliest(self) -> date:
        """The first day of an acknowledgement that is recent enough, at the review site."""
        return earliest_day(self.claim, self.checks.at)

    @property
    def domain(self) -> str:
        """The customer's domain as people write it."""
        return display_form(self.claim.domain)

    @property
    def activities(self) -> list[tuple[str, str]]:
        """Each activity of the claim with its meaning."""
        area = self.claim.solution_area
        return [(str(Activity(code).label), str(MEANINGS[area, code].to_reviewer)) for code in self.claim.activities]

    @property
    def earlier_rounds(self) -> range:
        """The numbers of the rounds before this one, each with a page of its own."""
        return range(1, self.claim.round)

    @property
    def start(self) -> ActForm | None:
        """The form that starts the review, where the reader may."""
        return self.forms.get(Act.START_REVIEW) or self.forms.get(Act.TAKE)

    @property
    def decision(self) -> DecisionForm | None:
        """The form that decides, product by product, where the reader may."""
        form = self.forms.get(Act.REQUEST_INFORMATION)
        return form if isinstance(form, DecisionForm) else None

    @property
    def is_to_decide(self) -> bool:
        """Whether the reader has something to start or to decide here: the page keeps the way to it in sight."""
        return self.start is not None or self.decision is not None

    @property
    def assign_form(self) -> ActForm | None:
        """The form that gives the claim to somebody, where the reader may."""
        return self.forms.get(Act.ASSIGN)

    @property
    def hands(self) -> list[ActForm]:
        """The forms that put the claim into other hands, where the reader may."""
        found = (self.forms.get(name) for name in (Act.HAND_BACK, Act.ASSIGN, CONFLICT))
        return [form for form in found if form is not None]

    @property
    def is_barred(self) -> bool:
        """Whether a conflict of interest keeps the reader from taking and deciding it."""
        return CONFLICT not in self.forms

    @property
    def comment_form(self) -> ActForm | None:
        """The form for a comment, where the reader may."""
        return self.forms.get(Act.COMMENT)

    @property
    def contested(self) -> list[LineView]:
        """The lines that cannot be approved yet."""
        return [view for view in self.lines if view.is_contested]

    @property
    def new_documents(self) -> list[Document]:
        """What was added since the partner was asked."""
        return [view.document for view in self.documents if view.is_new]

    @property
    def documents_in_work(self) -> int:
        """On how many of the documents the portal still works; until then an empty cell says nothing."""
        return sum(in_work(view.document) for view in self.documents)

    @property
    def is_done_for_now(self) -> bool:
        """Whether nothing waits for Microsoft here, so that the next claim is what the reader wants."""
        return self.claim.status not in WAITING_FOR_MICROSOFT

    @property
    def offers_next(self) -> bool:
        """Whether "Take the next claim" stands on the page: unless the reader has something to decide in this one."""
        return self.decision is None

    @property
    def belongs_to_colleague(self) -> bool:
        """Whether somebody else has the claim and the reader may not decide it."""
        return self.claim.reviewer is not None and not self.has_in_hand and not self.is_done_for_now


@dataclass(frozen=True)
class _Ground:
    """What the parts of the page are made from, read once."""

    claim: Claim
    reader: User
    refused: ActForm | None
    lines: list[ClaimLine]
    checks: LiveChecks
    ticks: Ticking
    barred: bool


def _ground(claim: Claim, reader: User, refused: ActForm | None, now: datetime) -> _Ground:
    lines = list(claim.lines.exclude(submitted_at=None).select_related("product", "association"))
    checks = look_up(claim, lines, directory(), now)
    ticks = ticking(claim, reader, matrix_of(claim, reader, lines), sent=_ticks_sent(refused))
    return _Ground(claim, reader, refused, lines, checks, ticks, is_barred(reader, claim))


def workspace(
    claim: Claim,
    reader: User,
    refused: ActForm | None = None,
    *,
    note: NoteForm | None = None,
    place: str = "",
    now: datetime | None = None,
) -> Workspace:
    """The workspace of a filed claim for a reviewer or arbiter. Looks the facts up again, live.

    `refused` is a form that came back with faults: it takes the place of the fresh one, whatever the reader may;
    `note` likewise. `place` ("?in=…&at=…") is where the reader stands in the queue.
    """
    now = now or timezone.now()
    ground, notes = _ground(claim, reader, refused, now), notes_on(claim, reader)
    return Workspace(
        claim=claim,
        panel=next_panel(claim, reader),
        time=time_of(claim, reader),
        checks=ground.checks,
        lines=_line_views(ground.lines, ground.checks),
        enrolments=_enrolments(claim),
        documents=_documents(claim, reader, ground.ticks.matrix.asked_at),
        held_back=held_back(reader, claim),
        report=report(claim, reader),
        freshness=freshness_of(claim, now),
        ticking=ground.ticks,
        hints=hints(claim, reader),
        comments=_comments(ground),
        events=[_event_view(event, reader) for event in visible_events(reader, claim).order_by("-id")],
        forms=_placed(_forms(ground), place),
        has_in_hand=has_in_hand(reader, claim),
        notes=notes,
        note_form=note or NoteForm.of(claim, notes, place),
        correction=_correction(ground, place),
        colleagues=here(claim, reader, now),
        changes=changes_in(claim, reader),
        place=place,
    )


def _comments(ground: _Ground) -> list[CommentView]:
    names = {line.product.code: line.product.name for line in ground.lines}
    return [_comment_view(comment, names) for comment in visible_comments(ground.reader, ground.claim)]


def _correction(ground: _Ground, place: str) -> CorrectionsAtDesk | None:
    came_back = ground.refused if isinstance(ground.refused, CorrectionForm) else None
    return corrections_at_desk(ground.claim, ground.reader, came_back, place=place, barred=ground.barred)


def _placed(forms: dict[str, ActForm], place: str) -> dict[str, ActForm]:
    """What the forms send comes back to this place in the queue."""
    for form in forms.values():
        form.helper.form_action += place
    return forms


def _ticks_sent(refused: ActForm | None) -> Ticks | None:
    """What was ticked on a form that came back, so that nothing has to be ticked twice."""
    if not isinstance(refused, CellsForm):
        return None
    return Ticks(frozenset(refused["held"].value() or ()), frozenset(refused["missing"].value() or ()))


def _forms(ground: _Ground) -> dict[str, ActForm]:
    claim, lines, refused, barred = ground.claim, ground.lines, ground.refused, ground.barred
    able = [act for act in ACT_FORMS if may_decide(ground.reader, act, claim, barred=barred)]
    forms: dict[str, ActForm] = {act: ACT_FORMS[act](claim, lines) for act in able}
    if isinstance(refused, ConflictForm) or not barred:
        forms[CONFLICT] = refused if isinstance(refused, ConflictForm) else ConflictForm(claim, lines)
    if refused is not None and not isinstance(refused, CellsForm | DecisionForm | ConflictForm | CorrectionForm):
        forms[next(act for act, form in ACT_FORMS.items() if isinstance(refused, form))] = refused
    if decision := _decision(ground):
        forms[Act.REQUEST_INFORMATION] = decision
    return forms


def _decision(ground: _Ground) -> DecisionForm | None:
    """The form that decides; one that came back stands whatever the reader may."""
    claim, lines, ticks = ground.claim, ground.lines, ground.ticks
    came_back = ground.refused if isinstance(ground.refused, DecisionForm) else None
    may = came_back or may_decide(ground.reader, Act.REQUEST_INFORMATION, claim, barred=ground.barred)
    if not may:
        return None
    form = came_back or DecisionForm(claim, lines)
    if ground.checks.failures(line.pk for line in lines if line.is_undecided):
        form.offer("despite_facts")
    if ticks.ticks.missing:
        form.offer("despite_cells")
    form.offer_cells(ticks.matrix, ticks.ticks)
    return form


def _line_views(lines: list[ClaimLine], checks: LiveChecks) -> list[LineView]:
    rivals = rivals_of(lines)
    return [LineView(line, checks.verdicts.get(line.pk), rivals.get(line.pk, [])) for line in lines]


def _enrolments(claim: Claim) -> list[Enrolment]:
    if claim.location is None:
        return []
    prefetch_related_objects([claim.location], "enrolments")
    return sorted(claim.location.enrolments.all(), key=lambda row: row.programme)


def _documents(claim: Claim, reader: User, asked_at: datetime | None) -> list[DocumentView]:
    return [
        DocumentView(document, is_new=asked_at is not None and document.uploaded_at > asked_at)
        for document in visible_documents(reader, claim)
    ]


def _comment_view(comment: Comment, names: Mapping[str, str]) -> CommentView:
    reasons = [(code, str(Reason(code).label)) for code in comment.reasons]
    return CommentView(comment, comment_text(comment), reasons, cells_in_words(comment.cells, names))


def _event_view(event: Event, reader: User) -> EventView:
    return EventView(
        what=sentence(event, reader=reader),
        at=event.at,
        is_internal=event.audience == Audience.INTERNAL,
    )
