"""Much that is due, made quickly: one claim by the real acts, the others as copies of its rows; and the clock."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.apps import apps
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone

from arbitration.models import Review
from claims.models import Claim, ClaimLine, Comment, Deadline, Document, Event, Snapshot, Target
from claims.models.claim import new_reference
from claims.models.proof import random_name
from claims.proof.words import ReadState
from cpor_portal.notifications import sweeps
from cpor_portal.notifications.models import MailState, OutboxMail

Row = TypeVar("Row", bound=models.Model)
A_MOMENT = timedelta(minutes=1)
_WITH_TIMES = ("claims", "arbitration", "notifications")


def copies(claim: Claim, number: int) -> list[Claim]:
    """That many claims like `claim`, each at a customer of its own, with all that belongs to it but its mails."""
    claims = Claim.objects.bulk_create(
        _again(claim, reference=new_reference(), tenant_id=uuid4()) for _number in range(number)
    )
    lines = _copy_lines(claim, claims)
    for model in (Comment, Deadline, Snapshot, Review):
        _copy_rows(model, claim, claims)
    Event.objects.bulk_create(
        _again(event, claim=one, data=_with_lines(event.data, lines[one.pk]))
        for one in claims
        for event in claim.events.order_by("id")
    )
    _copy_documents(claim, claims)
    return claims


def _copy_rows(model: type[Row], claim: Claim, claims: Sequence[Claim]) -> None:
    rows = list(model._base_manager.filter(claim=claim).order_by("pk"))
    model._base_manager.bulk_create(_again(row, claim=one) for one in claims for row in rows)


def _again(row: Row, **changes: Any) -> Row:
    fresh = copy(row)
    fresh.pk, fresh._state = None, copy(row._state)
    fresh._state.adding, fresh._state.fields_cache = True, {}
    for name, value in changes.items():
        setattr(fresh, name, value)
    return fresh


def _copy_lines(claim: Claim, claims: Sequence[Claim]) -> dict[int, dict[int, int]]:
    """Returns for each copy the ids of its lines by those of the original."""
    originals = list(claim.lines.select_related("target").order_by("id"))
    made: dict[int, dict[int, int]] = {one.pk: {} for one in claims}
    for line in originals:
        targets: list[Target | None] = [None] * len(claims)
        if line.target is not None:
            rows = [_again(line.target, tenant_id=one.tenant_id) for one in claims]
            targets = list(Target.objects.bulk_create(rows))
        pairs = zip(claims, targets, strict=True)
        for fresh in ClaimLine.objects.bulk_create(_again(line, claim=one, target=target) for one, target in pairs):
            made[fresh.claim_id][line.pk] = fresh.pk
    return made


def _with_lines(data: Mapping[str, Any], lines: Mapping[int, int]) -> dict[str, Any]:
    return {**data, **({"lines": [lines[pk] for pk in data["lines"]]} if "lines" in data else {})}


def _copy_documents(claim: Claim, claims: Sequence[Claim]) -> None:
    for document in claim.documents.all():
        with document.file.open("rb") as file:
            content = file.read()
        rows = [_again(document, claim=one) for one in claims]
        for row in rows:
            row.file = default_storage.save(random_name(row, ""), ContentFile(content))
            # Read long ago: a backlog of documents would be another story than the one that is told here.
            row.read_state, row.read_at, row.judged_at = ReadState.READ, timezone.now(), timezone.now()
        Document.objects.bulk_create(rows)


def waiting_mails(number: int) -> list[OutboxMail]:
    """That many mails that are due, each to somebody else and about something else than any before."""
    first = OutboxMail.objects.count()
    return OutboxMail.objects.bulk_create(
        OutboxMail(
            event_key=f"{index}:comment_posted",
            recipient=f"person{index}@partner.example",
            kind="comment_posted",
            language="en",
            subject=f"Comment {index}",
            text=f"What was said, {index}.\n",
            html=f"<p>What was said, {index}.</p>",
            message_id=f"<{uuid4().hex}@portal.example>",
        )
        for index in range(first, first + number)
    )


def no_mail_waits(claims: Iterable[Claim]) -> None:
    """What the making of the claims told is past and gone, unless somebody is sending it already."""
    now = timezone.now()
    told = OutboxMail.objects.filter(state=MailState.WAITING, claim_reference__in=[one.reference for one in claims])
    told.filter(next_attempt_at__lte=now).update(state=MailState.SENT, sent_at=now)


def bring_to_due(claims: Iterable[Claim], *, in_time: timedelta = -A_MOMENT) -> None:
    """The claims' running deadlines are over by a moment, or end `in_time`; each claim's own clock goes on."""
    _bring_to(claims, "due_at", in_time)


def bring_to_reminder(claims: Iterable[Claim], *, in_time: timedelta = -A_MOMENT) -> None:
    """It is a moment past the time to remind of the claims' running deadlines, or that comes `in_time`."""
    _bring_to(claims, "remind_at", in_time)


def _bring_to(claims: Iterable[Claim], field: str, in_time: timedelta) -> None:
    """Copies have the same times: they are moved together."""
    by_instant: dict[Any, list[int]] = {}
    running = Deadline.objects.running().filter(claim__in=list(claims))
    for pk, instant in running.values_list("claim_id", field):
        by_instant.setdefault(instant, []).append(pk)
    for instant, pks in by_instant.items():
        let_time_pass(instant - timezone.now() - in_time, claims=pks)


def let_time_pass(span: timedelta, *, claims: Sequence[int] | None = None) -> None:
    """Every instant that is written down moves into the past by `span`, or what belongs to the claims of these ids.

    To all processes it is then as if the machine's clock had gone on by it.
    """
    if claims is None:
        _move_notes_of_sweeps(span)
    with transaction.atomic(), connection.cursor() as cursor:
        # The history is append-only; what moves here is the clock, not the history.
        cursor.execute("ALTER TABLE claims_event DISABLE TRIGGER USER")
        for label in _WITH_TIMES:
            for model in apps.get_app_config(label).get_models():
                _move(model, span, claims)
        cursor.execute("ALTER TABLE claims_event ENABLE TRIGGER USER")


def _move_notes_of_sweeps(span: timedelta) -> None:
    """Deliveries look at when a sweep was done last."""
    if swept := cache.get(sweeps.SWEPT):
        sweeps.note_sweep(swept - span)
    cache.delete(sweeps.MISSED)


def _move(model: type[models.Model], span: timedelta, claims: Sequence[int] | None) -> None:
    fields = [field.name for field in model._meta.concrete_fields if isinstance(field, models.DateTimeField)]
    rows = model._base_manager.all()
    if claims is not None:
        key = "pk" if model is Claim else "claim"
        if key == "claim" and key not in {field.name for field in model._meta.concrete_fields}:
            return
        rows = rows.filter(**{f"{key}__in": claims})
    if fields:
        rows.update(**{name: models.F(name) - span for name in fields})
