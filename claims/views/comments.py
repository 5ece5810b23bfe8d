"""Writing a comment."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from claims.acts.comment import comment
from claims.permissions import claim_for
from claims.views.forms import CommentForm
from claims.views.reader import reader_of
from claims.words import Audience
from cpor_portal.accounts import permissions as people
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults


@answers_faults("claims:detail")
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """POST `body` and, of reviewers, `audience`; back to the claim. 422 with the text kept where it is refused."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = CommentForm(request.POST, is_staff=people.is_reviewer(reader))
    if form.is_valid():
        audience = form.cleaned_data["audience"] or Audience.PARTNER
        try:
            comment(reference=claim.reference, by=reader, body=form.cleaned_data["body"], audience=audience)
        except Refused as fault:
            form.refuse(fault)
        else:
            messages.success(request, _("Your comment was added."))
            return redirect("claims:detail", claim.reference)
    return render(request, "claims/comment.html", {"claim": claim, "form": form}, status=422)
