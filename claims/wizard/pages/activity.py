"""Step "activity"."""

from typing import Any

from django.utils.translation import gettext as _

from claims.acts import editing
from claims.wizard.forms.activity import ActivityForm, initial_of
from claims.wizard.pages.base import Data, StepPage, Visit


class ActivityPage(StepPage):
    """What the firm did for the customer."""

    template_name = "claims/wizard/activity.html"

    def form(self, visit: Visit, data: Data = None, files: Data = None) -> ActivityForm:
        """Area and activities as chosen last."""
        claim = visit.claim
        return ActivityForm(data, initial=initial_of(claim.solution_area, claim.activities), claim=claim)

    def save(self, visit: Visit, form: Any) -> list[str]:
        """Keep area and activities; another area than before drops the products."""
        had_products = visit.claim.lines.exists()
        claim = editing.save_activity(
            **visit.key,
            area=form.cleaned_data["solution_area"],
            activities=form.cleaned_data["activities"],
            seen=form.as_seen(),
        )
        if had_products and not claim.lines.exists():
            return [_("You changed the solution area, so the products that were chosen before have been taken out.")]
        return []

    def facts(self, visit: Visit, form: Any) -> dict[str, Any]:
        """Whether a change of the area would cost chosen products."""
        return {"has_products": visit.claim.lines.exists()}
