"""The page that shows the exact mails of an act before it is done (docs/decisions/deciding.md).

The button of a form in the workspace or the queue sends `preview`; whoever posts without it has the act done at once.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from arbitration.confirming import letters
from arbitration.forms.acts import ActForm
from arbitration.previewing import mails_of
from arbitration.views.places import place_query, workspace_address


def mails_first(
    request: HttpRequest,
    act: Callable[[], object],
    context: Mapping[str, Any],
    *,
    template: str = "arbitration/confirm_act.html",
    even_none: bool = False,
) -> HttpResponse | None:
    """The page with the mails that `act` would send; None where that is not asked for or, but for `even_none`, no mail.

    Nothing of the act is done. What it raises comes through: whoever could not do it is told now, not after reading.
    """
    if "preview" not in request.POST:
        return None
    shown = letters(mails_of(act))
    if not shown and not even_none:
        return None
    return render(request, template, {"letters": shown, **context})


def on_claim(request: HttpRequest, form: ActForm, part: str) -> dict[str, Any]:
    """What the page needs to send `form` again, or to give it back in the `part` of the workspace that it came from."""
    reference = form.claim.reference
    return {
        "claim": form.claim,
        "form": form,
        "address": f"{reverse(f'arbitration:{form.path}', args=[reference])}{place_query(request)}",
        "part": part,
        "up_url": workspace_address(request, reference),
        "up": reference,
    }
