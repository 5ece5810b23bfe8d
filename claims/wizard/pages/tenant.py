"""Step "tenant": both fields go to the directory; its silence keeps what was typed."""

from typing import Any

from django.utils.translation import gettext as _

from claims.acts import editing
from claims.checks.faults import ManyRefused
from claims.checks.tenant import TenantAnswer, check_tenant
from claims.refusals import refused
from claims.wizard.forms.tenant import TenantForm
from claims.wizard.pages.base import Data, StepPage, Visit
from cpor_portal.directory.source import directory
from cpor_portal.faults import Refused

MALFORMED = {"tenant_id": "tenant_id_malformed", "domain": "domain_malformed"}


class TenantPage(StepPage):
    """Who the customer is."""

    template_name = "claims/wizard/tenant.html"

    def form(self, visit: Visit, data: Data = None, files: Data = None) -> TenantForm:
        """The two texts as they were typed last."""
        claim = visit.claim
        initial = {"tenant_id": claim.tenant_entered, "domain": claim.domain_entered}
        return TenantForm(data, initial=initial, claim=claim)

    def save(self, visit: Visit, form: Any) -> list[str]:
        """Keep the tenant once ID and domain agree; another tenant than before drops the products."""
        had_products = visit.claim.lines.exists()
        answer = self._checked(visit, form)
        claim = editing.save_tenant(**visit.key, answer=answer, seen=form.as_seen())
        told = [_("The customer is %(customer)s.") % {"customer": claim.customer_display_name}]
        if had_products and not claim.lines.exists():
            told.append(_("You changed the tenant, so the products that were chosen before have been taken out."))
        return told

    def _checked(self, visit: Visit, form: Any) -> TenantAnswer:
        tenant_id, domain = form.cleaned_data["tenant_id"], form.cleaned_data["domain"]
        if not (tenant_id.strip() or domain.strip()):
            raise ManyRefused([refused(code, field=field, variant="missing") for field, code in MALFORMED.items()])
        try:
            return check_tenant(tenant_id, domain, directory())
        except Refused as fault:
            if fault.code == "directory_unreachable":
                typed = {"tenant_entered": tenant_id, "domain_entered": domain}
                form.look_again(editing.keep_tenant_text(**visit.key, **typed, seen=form.as_seen()))
            raise

    def facts(self, visit: Visit, form: Any) -> dict[str, Any]:
        """Whether the text was kept although nothing could be checked."""
        return {"text_was_kept": any(fault.code == "directory_unreachable" for fault in form.faults)}
