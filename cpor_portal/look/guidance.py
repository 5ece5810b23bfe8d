"""The public pages of guidance: one for each step of the wizard, read without signing in."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

# In the order of the wizard; each has a template of its name in templates/guidance/.
TOPICS: Mapping[str, Promise] = {
    "tenant": _("The customer's tenant"),
    "activity": _("Solution area and activity"),
    "mpn": _("MPN location and enrolment"),
    "products": _("Products and subscriptions"),
    "contacts": _("Contacts"),
    "proof": _("Proof of execution"),
}


@require_safe
def page(request: HttpRequest, topic: str) -> HttpResponse:
    """What to know about one step; open to everybody. 404 for a topic that there is not."""
    if topic not in TOPICS:
        raise Http404
    context = {"topic": topic, "heading": TOPICS[topic], "topics": TOPICS}
    return render(request, f"guidance/{topic}.html", context)
