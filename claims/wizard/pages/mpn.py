"""Step "mpn"."""

from typing import Any

from claims.acts import editing
from claims.checks.mpn import check_enrolment, check_mpn
from claims.wizard.forms.mpn import MpnForm
from claims.wizard.pages.base import Data, StepPage, Visit
from cpor_portal.accounts.permissions import global_admins


class MpnPage(StepPage):
    """Under which of the firm's locations the claim is filed."""

    template_name = "claims/wizard/mpn.html"

    def form(self, visit: Visit, data: Data = None, files: Data = None) -> MpnForm:
        """The location as chosen last."""
        location = visit.claim.location
        initial = {"mpn_id": location.mpn_id if location else ""}
        return MpnForm(data, initial=initial, claim=visit.claim, today=visit.today)

    def save(self, visit: Visit, form: Any) -> list[str]:
        """Keep the location, then say whether it is enrolled: a draft may stand on one that is not."""
        location = check_mpn(form.cleaned_data["mpn_id"], visit.claim.firm)
        claim = editing.save_mpn(**visit.key, location=location, seen=form.as_seen())
        form.look_again(claim)
        check_enrolment(location, claim.solution_area, claim.activities, visit.today)
        return []

    def facts(self, visit: Visit, form: Any) -> dict[str, Any]:
        """Whom to ask about enrolment, and whether the draft can go on without it."""
        refused = any(fault.code == "not_enrolled" for fault in form.faults)
        location = visit.claim.location
        waits = not form.is_bound and location is not None and location not in form.enrolled
        return {
            "global_admins": global_admins(visit.claim.firm),
            "goes_on_unenrolled": visit.claim.is_draft and (refused or waits),
            "stands_unenrolled": waits,
        }
