"""The Incentives overview, and what people choose for themselves."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.i18n import set_language

from cpor_portal.accounts.forms import OwnLabelForm, SettingsForm
from cpor_portal.accounts.incentives import MEANINGS, PROGRAMMES_FOR, locations_of
from cpor_portal.accounts.labels import set_own_label
from cpor_portal.accounts.models import MpnLocation, PartnerFirm, User
from cpor_portal.accounts.permissions import firm_of, global_admins, may_label_locations
from cpor_portal.accounts.settings import save_settings
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults
from cpor_portal.review_site import review_day


@require_http_methods(["GET", "HEAD", "POST"])
@answers_faults("incentives")
def incentives(request: HttpRequest) -> HttpResponse:
    """The firm's locations and enrolments; a POST writes one location's own label.

    For partners; staff get 404, because they have no firm. Whoever may not label gets 403.
    """
    firm = firm_of(request.user)
    if firm is None or not isinstance(request.user, User):
        raise Http404
    if request.method != "POST":
        return _overview(request, firm)
    location = _location_of(firm, request.POST.get("location", ""))
    form = OwnLabelForm(request.POST, of=location)
    if not form.is_valid():
        return _overview(request, firm, entered=form)
    set_own_label(mpn_id=location.mpn_id, by=request.user, label=form.cleaned_data["own_label"])
    messages.success(request, _("The label of location %(mpn_id)s was saved.") % {"mpn_id": location.mpn_id})
    return redirect("incentives")


def _location_of(firm: PartnerFirm, mpn_id: str) -> MpnLocation:
    if not mpn_id.isdecimal():  # PostgreSQL would not even look for some texts
        raise Http404
    return get_object_or_404(firm.locations, mpn_id=mpn_id)


def _overview(request: HttpRequest, firm: PartnerFirm, entered: OwnLabelForm | None = None) -> HttpResponse:
    context = {
        "firm": firm,
        "rows": locations_of(firm, review_day(), entered),
        "programmes": [(programme.value, use) for programme, use in PROGRAMMES_FOR.items()],
        "meanings": MEANINGS,
        "global_admins": global_admins(firm),
        "may_label": may_label_locations(request.user),
        "form": entered,
    }
    return render(request, "accounts/incentives.html", context, status=422 if entered else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def own_settings(request: HttpRequest) -> HttpResponse:
    """Mails, language and time zone of whoever is signed in; 422 for what cannot be chosen.

    A POST keeps what was changed on the page that it comes from: an older page in another window undoes nothing.
    """
    person = request.user
    if not isinstance(person, User):
        raise Http404
    if request.method != "POST":
        return _settings_page(request, SettingsForm(of=person))
    form = SettingsForm(request.POST, of=person)
    chosen = form.chosen()
    try:
        save_settings(by=person, **chosen)
    except Refused as fault:
        form.refuse(fault)
        return _settings_page(request, form)
    with translation.override(person.language):
        messages.success(request, _("Your settings were saved."))
    if "language" not in chosen:
        return redirect("settings")
    response: HttpResponse = set_language(request)  # and in the cookie, as the switch in the masthead does
    return response


def _settings_page(request: HttpRequest, form: SettingsForm) -> HttpResponse:
    context = {"form": form, "here": request.path}
    return render(request, "accounts/settings.html", context, status=422 if form.is_bound else 200)
