"""The corrections of a claim at the reviewer's desk: the difference, whether it could be accepted, and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from arbitration.acts.corrections import may_answer, require_sound
from arbitration.findings import Finding, finding
from arbitration.forms.correcting import CorrectionForm
from claims.corrections_shown import ShownCorrections, corrections_of
from claims.models import Claim, Correction, CorrectionState
from cpor_portal.accounts.models import Enrolment, User
from cpor_portal.faults import Refused


@dataclass(frozen=True)
class CorrectionsAtDesk:
    """What the part shows. `form` is None where the reader does not answer, `fault` where nothing speaks against it.

    `enrolments` are those of the location that the claim would have, as they stand now.
    """

    shown: ShownCorrections
    form: CorrectionForm | None = None
    fault: Finding | None = None
    enrolments: Sequence[Enrolment] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has to answer."""
        return self.shown.waiting is not None


def corrections_at_desk(
    claim: Claim, reader: User, refused: CorrectionForm | None = None, *, place: str = "", barred: bool | None = None
) -> CorrectionsAtDesk | None:
    """The part of the workspace for this reader; None where nothing was ever asked to be corrected.

    `refused` is a form that came back; `place` is where the reader stands in the queue.
    """
    shown = corrections_of(claim, reader)
    if not shown and refused is None:
        return None
    waiting = _waiting(claim) if shown.waiting else None
    if waiting is None:
        return CorrectionsAtDesk(shown, refused)
    form = refused or (CorrectionForm(claim, ()) if may_answer(reader, claim, barred=barred) else None)
    if form is not None:
        form.helper.form_action += place
    return CorrectionsAtDesk(shown, form, _fault_of(claim, waiting), _enrolments(waiting))


def _waiting(claim: Claim) -> Correction | None:
    rows = claim.corrections.filter(state=CorrectionState.ASKED).select_related("location__firm")
    return rows.prefetch_related("location__enrolments").first()


def _fault_of(claim: Claim, waiting: Correction) -> Finding | None:
    """What would keep the correction from being accepted at this moment."""
    try:
        require_sound(claim, waiting)
    except Refused as fault:
        if fault.code == "not_enrolled":
            return finding(fault.code, fault.facts)
        return Finding(fault.code, str(fault.text))
    return None


def _enrolments(waiting: Correction) -> list[Enrolment]:
    return sorted(waiting.location.enrolments.all(), key=lambda row: row.programme)
