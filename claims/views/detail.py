"""A claim as its firm sees it: what happens next, facts, products, proof, comments, the latest history."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims.corrections_shown import corrections_of
from claims.countries import country_name
from claims.models import Claim
from claims.panels import next_panel
from claims.permissions import claim_for, may
from claims.shown import comments_of, contested_in, history_of, lines_of, word_from_microsoft
from claims.time_shown import time_of
from claims.transitions import Act
from claims.views.forms import CommentForm
from claims.views.proof_shown import proof_of
from claims.views.reader import reader_of, to_workspace
from claims.views.steps import cures_of, editable_steps, progress_links
from cpor_portal.accounts.models import User
from cpor_portal.directory.domain_names import display_form
from cpor_portal.review_site import review_day

LATEST_EVENTS = 5
BUTTONS = (Act.EDIT, Act.DELETE_DRAFT, Act.COMMENT, Act.RESUBMIT, Act.WITHDRAW)


@require_safe
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """The claim for its firm. Reviewers are sent to the workspace; for everybody else it does not exist (404)."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    if away := to_workspace(reader, claim):
        return away
    lines = lines_of(claim, reader)
    word = word_from_microsoft(claim, reader)
    editable = editable_steps(claim, reader)
    context = {
        "claim": claim,
        "panel": next_panel(claim, reader),
        "time": time_of(claim, reader),
        "may": {act.value: may(reader, act, claim) for act in BUTTONS},
        "lines": lines,
        "has_associations": any(line.since for line in lines),
        "contested": contested_in(lines),
        "word": word,
        "cures": cures_of(word, editable),
        "editable": editable,
        "corrections": None if claim.is_draft else corrections_of(claim, reader),
        "may_take_back": may(reader, Act.WITHDRAW_CORRECTION, claim),
        "country": country_name(claim.customer_country),
        "domain": display_form(claim.domain) if claim.domain else "",
        **proof_of(claim, reader, lines, word),
        **_draft_facts(claim),
        **_talk(claim, reader),
    }
    return render(request, "claims/detail.html", context)


def _talk(claim: Claim, reader: User) -> dict[str, object]:
    """Comments and history; a draft has neither."""
    if claim.is_draft:
        return {}
    return {
        "comments": comments_of(claim, reader),
        "comment_form": CommentForm(is_staff=False),
        "history": history_of(claim, reader, LATEST_EVENTS),
    }


def _draft_facts(claim: Claim) -> dict[str, object]:
    """How far a draft has come, and at which step it goes on."""
    if not claim.is_draft:
        return {}
    steps, go_on = progress_links(claim, review_day())
    return {"progress": steps, "go_on": go_on}
