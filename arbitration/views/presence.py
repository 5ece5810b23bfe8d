"""Who else looks at a claim: the page of the workspace asks, and says by asking that it stands open."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from arbitration.presence import here, leave, look
from arbitration.views.desk import reader_of
from arbitration.views.places import to_workspace
from claims.permissions import claim_for


@require_POST
def presence(request: HttpRequest, reference: str) -> HttpResponse:
    """Notes that the reader has the claim open (with `leaving`: has no longer) and answers who else has.

    JSON for a script: `people`, their names, and the claim's `version` now; else back to the claim.
    """
    reader, now = reader_of(request), timezone.now()
    claim = claim_for(reader, reference)
    if request.POST.get("leaving"):
        leave(claim, reader)
    else:
        look(claim, reader, now)
    if request.accepts("text/html") and not request.POST.get("leaving"):
        return to_workspace(request, claim.reference)
    return JsonResponse({"people": [str(one) for one in here(claim, reader, now)], "version": claim.version})
