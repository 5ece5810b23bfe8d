"""What the contract's single acts are sent (design.md, "Contract"): approve, request-information, reject.

Nothing is drawn from these: what an act refuses comes back in the decision form, filled with what was sent.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from arbitration.forms.deciding import DecisionForm, name_of
from arbitration.forms.fields import Codes, Lines
from arbitration.verdicts import ACT_OF, Verdict
from claims.models import Claim, ClaimLine
from claims.transitions import BY_ACT


class DoorForm(forms.Form):
    """One verdict on lines (none named: all that it can touch)."""

    verdict: ClassVar[Verdict]

    version = forms.IntegerField(required=False)
    lines = Lines(coerce=int, required=False)

    def arguments(self) -> dict[str, Any]:
        """What was sent, named as the act's parameters."""
        return {"line_ids" if name == "lines" else name: value for name, value in self.cleaned_data.items()}

    def as_decision(self, claim: Claim, lines: Iterable[ClaimLine]) -> DecisionForm:
        """The decision form with what was sent here: a text in one piece stands below the reasons."""
        rows = list(lines)
        data = QueryDict(mutable=True)
        data["version"] = self.data.get("version") or str(claim.version)
        for line_id in self._line_ids(rows):
            data[name_of(line_id)] = str(self.verdict)
        names = {"reasons": f"{self.verdict}_reasons", "text": f"{self.verdict}_text"}
        for name in self.fields:
            if name not in ("version", "lines") and name in self.data:
                data.setlist(names.get(name, name), self.data.getlist(name))  # type: ignore[attr-defined]
        return DecisionForm(claim, rows, data)

    def _line_ids(self, lines: Iterable[ClaimLine]) -> list[int]:
        given = self.cleaned_data.get("lines")
        takes = BY_ACT[ACT_OF[self.verdict]].takes
        return list(given) if given else [line.pk for line in lines if line.outcome in takes]

    def hand_over_faults(self, form: DecisionForm) -> None:
        """What does not hold here stands in the decision form as well."""
        for name, faults in self.errors.as_data().items():
            field = next((one for one in (f"{self.verdict}_{name}", name) if one in form.fields), None)
            for fault in faults:
                form.add_error(field, fault)


class ApproveDoor(DoorForm):
    """POST approve/: `lines`, `despite_facts`, `despite_cells`."""

    verdict = Verdict.APPROVE
    despite_facts = forms.BooleanField(required=False)
    despite_cells = forms.BooleanField(required=False)


class WordedDoor(DoorForm):
    """What a request and a rejection are sent: `reasons`, `text`, `cells`, `lines`."""

    reasons = Codes(required=False)
    text = forms.CharField(required=False, strip=False)
    cells = Codes(required=False)


class AskDoor(WordedDoor):
    """POST request-information/."""

    verdict = Verdict.ASK


class RejectDoor(WordedDoor):
    """POST reject/."""

    verdict = Verdict.REJECT
