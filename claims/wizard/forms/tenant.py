"""Who the customer is: two fields, in any of the ways in which people paste them."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.wizard.forms.base import StepForm, part


class TenantForm(StepForm):
    """Lenient on purpose: what was typed is judged by `claims.checks.tenant` and kept as typed."""

    step: ClassVar = "tenant"
    tenant_id = forms.CharField(
        label=_("Tenant ID"),
        required=False,
        strip=False,
        help_text=_(
            "A GUID such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301. Paste it as you have it: capital letters, braces, "
            "quotes or a whole link from an admin center are fine."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )
    domain = forms.CharField(
        label=_("Domain"),
        required=False,
        strip=False,
        help_text=_(
            "A domain that the customer has verified with Microsoft, such as contoso.com, or the name before "
            ".onmicrosoft.com. An e-mail address or a web address of the customer will do."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    layout: ClassVar = ("tenant_id", part("find_tenant_id"), "domain", part("find_domain"))
