"""The acts of a second reading: take one, put it back, judge. None of them touches the claim or its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arbitration.acts.ground import LONGEST_TEXT
from arbitration.models import ReviewDecision, SecondReading
from arbitration.permissions import require_role, require_unbarred
from arbitration.second_reading.access import open_reading, unread, waiting_for
from arbitration.verdicts import DECISION_OF, Verdict
from claims.words import REVIEWER_REASONS, Reason
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.faults import Conflict, NotAllowed, Refused

NEEDS_REASONS = frozenset({Verdict.ASK, Verdict.REJECT})


@dataclass(frozen=True)
class Judgement:
    """What the second reader would have decided on one product, and why. `verdict` is a code as it was sent."""

    verdict: str
    reasons: Sequence[str] = field(default=())


def take_next(*, by: User, at: datetime | None = None) -> SecondReading | None:
    """Give `by` the round that waits longest for a second reading and that they may judge; None where none waits.

    Reviewers and arbiters may; raises NotAllowed for others. Whoever has one open gets that one again: nobody chooses
    and nobody collects. Rows that a colleague is taking at this moment are passed over.
    """
    require_role(by)
    with transaction.atomic():
        # Two presses of one button, in two windows, get the same reading.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        mine = open_reading(by)
        if mine is not None:
            return mine
        reading = _next_locked(by)
        if reading is None:
            return None
        # As the round stands now: what is decided later on the claim is not part of this comparison.
        reading.first = {str(line): decision for line, decision in _decided(reading)}
        reading.reader, reading.taken_at = by, at or timezone.now()
        reading.save(update_fields=["first", "reader", "taken_at"])
    return reading


def _next_locked(by: User) -> SecondReading | None:
    skips = connection.features.has_select_for_update_skip_locked
    waiting = waiting_for(by).select_for_update(of=("self",), no_key=True, skip_locked=skips)
    reading = waiting.first()
    # The database checks a row that a colleague took a moment ago against who the reader was before: look once more.
    while reading is not None and not waiting_for(by).filter(pk=reading.pk).exists():
        reading = waiting.first()
    return reading


def _decided(reading: SecondReading) -> list[tuple[int, str]]:
    return list(reading.review.decisions.order_by("line_id").values_list("line_id", "decision"))


def put_back(*, reading_id: int, by: User) -> SecondReading:
    """Let somebody else read it: whoever has it may, and an arbiter. Raises Conflict once it is answered."""
    require_role(by)
    with transaction.atomic():
        reading = _locked(reading_id)
        if reading.reader_id != by.pk and not people.is_arbiter(by):
            raise NotAllowed("not_your_reading", _("Only whoever has this second reading, or an arbiter, can do this."))
        reading.reader, reading.taken_at, reading.first = None, None, {}
        reading.save(update_fields=["reader", "taken_at", "first"])
    return reading


def judge(
    *, reading_id: int, by: User, judgements: Mapping[int, Judgement], text: str = "", at: datetime | None = None
) -> SecondReading:
    """Write down what `by`, who has the reading, would have decided on each product, and compare.

    `judgements` are by the id of the line; every product of the round needs one, a request and a rejection need
    reasons. Raises Refused (`verdict_required`, `reasons_required`, `text_too_long`), Conflict where the reading is
    answered or somebody else's by now, NotAllowed. It changes nothing on the claim.
    """
    require_role(by)
    with transaction.atomic():
        reading = _locked(reading_id)
        if reading.reader_id != by.pk:
            raise Conflict("reading_is_gone", _("This second reading has been put back, or somebody else has it now."))
        require_unbarred(by, reading.review.claim)
        faults = faults_in(reading, judgements, text)
        if faults:
            raise faults[0]
        checked = {line: _checked(line, judgements.get(line)) for line in _lines(reading)}
        _write(reading, checked, text, at or timezone.now())
    return reading


def faults_in(reading: SecondReading, judgements: Mapping[int, Judgement], text: str) -> list[Refused]:
    """Everything that `judge` would refuse, so that a form can show all of it at once."""
    faults = []
    for line in _lines(reading):
        try:
            _checked(line, judgements.get(line))
        except Refused as fault:
            faults.append(fault)
    if len(text) > LONGEST_TEXT:
        faults.append(Refused("text_too_long", _("The text can have up to 10,000 characters."), field="text"))
    return faults


def _lines(reading: SecondReading) -> list[int]:
    return [int(line) for line in reading.first]


def _locked(reading_id: int) -> SecondReading:
    readings = unread().select_for_update(of=("self",), no_key=True).select_related("review__claim")
    reading = readings.filter(pk=reading_id).first()
    if reading is None:
        raise Conflict("reading_is_done", _("This second reading has been answered already."))
    return reading


def _checked(line: int, judgement: Judgement | None) -> tuple[ReviewDecision, list[str]]:
    """The decision in the words of a round, and its reasons in the order of domain.md."""
    if judgement is None or judgement.verdict not in Verdict.values:
        raise Refused("verdict_required", _("Say what you would decide on this product."), field=f"verdict_{line}")
    verdict = Verdict(judgement.verdict)
    if verdict == Verdict.REMOVE:
        return DECISION_OF[verdict], [str(Reason.PARTNER_REQUEST.value)]
    known = [str(reason.value) for reason in REVIEWER_REASONS if reason in set(judgement.reasons)]
    if verdict in NEEDS_REASONS and not known:
        raise Refused("reasons_required", _("Choose at least one reason."), field=f"reasons_{line}")
    return DECISION_OF[verdict], known if verdict in NEEDS_REASONS else []


def _write(
    reading: SecondReading, checked: Mapping[int, tuple[ReviewDecision, list[str]]], text: str, at: datetime
) -> None:
    reading.verdicts = {str(line): str(decision.value) for line, (decision, _reasons) in checked.items()}
    reading.reasons = {str(line): reasons for line, (_decision, reasons) in checked.items()}
    reading.agrees = reading.verdicts == reading.first
    reading.text, reading.read_at = text.strip(), at
    reading.save(update_fields=["verdicts", "reasons", "agrees", "text", "read_at"])
