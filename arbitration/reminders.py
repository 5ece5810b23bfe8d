"""What nothing keeps a reviewer from, and what they should know before they send a decision."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arbitration.cells import tickable, ticks_of
from arbitration.verdicts import Part, Verdict
from claims.models import Claim
from claims.permissions import visible_documents
from claims.proof.matrix import MatrixView
from cpor_portal.accounts.models import User

Reminder = tuple[str, str]
"""A code, and a sentence in the active language."""


def reminders(claim: Claim, reader: User, matrix: MatrixView, parts: Sequence[Part], after: Claim) -> list[Reminder]:
    """What the page of the mails says besides, in the order of the workspace; `after` is the claim as it would be.

    An approval may be given without a document and without a tick: the reviewer may have judged otherwise. It should
    not be given so by mistake (docs/decisions/deciding.md).
    """
    found: list[Reminder] = []
    if approved := [line for part in parts if part.verdict == Verdict.APPROVE for line in part.line_ids]:
        found = [*_without_document(claim, reader), *_unticked(claim, matrix, approved)]
    return [*found, *_correction(claim, after)]


def _without_document(claim: Claim, reader: User) -> list[Reminder]:
    if visible_documents(reader, claim):
        return []
    return [("no_document", _("You approve, and there is no document to look at in this claim."))]


def _unticked(claim: Claim, matrix: MatrixView, line_ids: Collection[int]) -> list[Reminder]:
    ticks = ticks_of(claim, matrix)
    ticked = ticks.held | ticks.missing
    count = sum(1 for cell in tickable(matrix) if cell.line_id in set(line_ids) and cell.key not in ticked)
    if not count:
        return []
    text = ngettext(
        "You approve, and %(count)s cell of the proof matrix is ticked neither way.",
        "You approve, and %(count)s cells of the proof matrix are ticked neither way.",
        count,
    )
    return [("cells_not_ticked", text % {"count": count})]


def _correction(claim: Claim, after: Claim) -> list[Reminder]:
    if claim.correction_asked_at is None:
        return []
    if after.correction_asked_at is None:
        text = _(
            "The partner waits for an answer to a correction. This decision ends the claim: nobody answers it then."
        )
        return [("correction_lapses", text)]
    text = _("The partner waits for an answer to a correction. This decision does not answer it, and it stays open.")
    return [("correction_waits", text)]
