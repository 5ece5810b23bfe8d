"""Writing one's working note on a claim."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arbitration.models import WorkingNote
from arbitration.permissions import require_role
from claims.permissions import claim_for
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, Refused, Written
from cpor_portal.look.templatetags.look import moment_in_words

LONGEST_NOTE = 10_000


def write_note(
    *, reference: str, by: User, body: str, seen: int | None = None, at: datetime | None = None
) -> WorkingNote:
    """Keep `body` as the note of `by` on a filed claim; each reviewer and arbiter has one, and reads the others'.

    `seen` is the note's version on the page that it was written on, 0 before the first; None where nobody knows. The
    claim, its version and its history stand still. Raises NotAllowed, Refused (`note_too_long`), Http404 where there is
    no such claim for `by`, and Conflict (`note_has_moved_on`, with the text that stands) where the same person has
    written something else meanwhile, in another window or on another machine.
    """
    require_role(by)
    if len(body) > LONGEST_NOTE:
        raise Refused("note_too_long", _("A note can have up to 10,000 characters."), field="body")
    claim = claim_for(by, reference)
    with transaction.atomic():
        first = {"version": 0, "saved_at": at or timezone.now()}
        WorkingNote.objects.get_or_create(claim=claim, author=by, defaults=first)
        note = WorkingNote.objects.select_for_update().get(claim=claim, author=by)
        if note.body == body and note.version:
            return note
        if seen is not None and seen != note.version:
            raise _has_moved_on(note)
        note.body, note.version, note.saved_at = body, note.version + 1, at or timezone.now()
        note.save(update_fields=["body", "version", "saved_at"])
    return note


def _has_moved_on(note: WorkingNote) -> Conflict:
    saved = moment_in_words(note.saved_at)
    text = _(
        "You changed this note in another window or on another machine, %(when)s. Both texts stand below: put them"
        " together and save the note again."
    ) % {"when": saved}
    standing = Written(_("Your note as it was saved, %(when)s") % {"when": saved}, note.body)
    title = _("Your note has moved on")
    return Conflict("note_has_moved_on", text, title=title, written=[standing], note=note)
