"""Mails about corrections: to whoever answers them, and the answer to the firm (docs/decisions/corrections.md)."""

from collections.abc import Sequence

from claims.away import reviewer_who_is_there
from claims.corrections import Change, changes_of
from claims.mails.context import Context, Standing, due, for_firm, for_review
from claims.mails.sending import send, to_firm
from claims.models import Claim, Correction, CorrectionState, Deadline, Event
from claims.words import DeadlineKind
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import arbiters


class Changes:
    """What a correction changes, put into words in the language of each mail."""

    def __init__(self, correction: Correction) -> None:
        self._correction = correction

    @property
    def in_words(self) -> list[Change]:
        """Each change with what stands there now, and what is to stand there."""
        return changes_of(self._correction)


def correction_asked(*, claim: Claim, event: Event, correction: Correction) -> None:
    """Tell whoever has the claim that the firm asks for a correction; the arbiters where nobody who is there has it."""
    reviewer = reviewer_who_is_there(claim, event.at)
    context = asked_context(claim, correction, _owed(claim))
    send("correction_asked", claim, event, context, [reviewer] if reviewer else arbiters())


def correction_near(*, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    """Remind of an answer that is due soon."""
    _send_about("correction_near", claim, deadline, recipients)


def correction_missed(*, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    """Tell the reviewer and the arbiters that a correction was not answered in time."""
    _send_about("correction_missed", claim, deadline, recipients)


def _send_about(kind: str, claim: Claim, deadline: Deadline, recipients: Sequence[User]) -> None:
    waiting = claim.corrections.filter(state=CorrectionState.ASKED).select_related("location", "asked_by").first()
    if waiting is not None:
        waiting.claim = claim
        send(kind, claim, deadline, asked_context(claim, waiting, deadline), recipients)


def asked_context(claim: Claim, correction: Correction, deadline: Deadline | None) -> Context:
    """What the templates of `correction_asked`, `correction_near` and `correction_missed` get."""
    told = {"text": correction.reason, "changes": Changes(correction), "due": due(deadline, is_partner=False)}
    return for_review(claim, (), by=correction.asked_by, **told)


def correction_answered(*, claim: Claim, event: Event, correction: Correction) -> None:
    """Tell the firm what became of the correction: accepted or refused, with the answer in words."""
    is_accepted = correction.state == CorrectionState.ACCEPTED
    kind = "correction_accepted" if is_accepted else "correction_refused"
    to_firm(kind, claim, event, answered_context(claim, correction))


def answered_context(claim: Claim, correction: Correction) -> Context:
    """What the templates of `correction_accepted` and `correction_refused` get; they name no reviewer."""
    told = {"by": correction.asked_by, "text": correction.answer, "changes": Changes(correction)}
    return for_firm(claim, Standing(()), is_open=claim.is_open, **told)


def _owed(claim: Claim) -> Deadline | None:
    return claim.deadlines.running().filter(kind=DeadlineKind.CORRECTION).first()
